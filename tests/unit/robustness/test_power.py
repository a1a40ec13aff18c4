"""Power by simulation: size without an effect, power in between, and effects as large as asked
for.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.estimators.design_matrix import prepare
from coalition.robustness import power as simulation
from coalition.robustness import refit
from coalition.robustness.curve import curve_effects
from coalition.verdicts.rule import reached
from scipy import stats

CONFIG = {
    "seed": 1,
    "variables": {},
    "measures": {},
    "samples": {"s": {}},
    "power": {"replicates": 400, "multiples": [0, 1, 6], "target": 0.8},
    "verdict": {"alpha": 0.05},
}


def sample(states: int = 90, tie: float = 0.0, seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 2 * states
    table = pd.DataFrame(
        {
            "iso3": np.repeat([f"S{i:03d}" for i in range(states)], 2),
            "operation": ["isaf", "iraq"] * states,
            "year": 2000,
        }
    )
    table["fear"], table["risk"] = np.repeat(rng.normal(size=states), 2), rng.normal(size=n)
    latent = stats.norm.cdf(
        np.sqrt(tie) * np.repeat(rng.normal(size=states), 2) + np.sqrt(1 - tie) * rng.normal(size=n)
    )
    table["joined"] = (latent > 1 / (1 + np.exp(0.4 * table["fear"] - 0.5 * table["risk"]))).astype(
        float
    )
    draws = rng.random(n)
    table["response"] = np.where(
        table["joined"] == 0, "abstain", np.where(draws < 0.5, "reserved", "unreserved")
    )
    return table


LOGIT = {
    "family": "logit",
    "outcome": "joined",
    "terms": ["fear", "risk"],
    "cluster": "iso3",
    "sample": "s",
}
MULTINOMIAL = {
    **LOGIT, "family": "multinomial_logit", "outcome": "response",
    "terms": ["fear", "risk", "fear:risk"],
    "corners": {"first": "fear", "second": "risk", "low": 0.2, "high": 0.8},
}  # fmt: skip
TERM = {"model": "m", "term": "fear", "sign": 1, "smallest_effect": {"odds_ratio": 1.5}}
CONTRASTS = {
    "model": "m",
    "contrasts": ["more_reserved", "reserved_not_unreserved"],
    "sign": 1,
    "smallest_effect": {"probability": 0.1},
}


def config(model: dict, primary: dict) -> dict:
    return CONFIG | {
        "models": {"m": model},
        "hypotheses": {"H": {"title": "T", "primary": primary}},
    }


def test_size_and_power() -> None:
    """In the line of no effect the power is half the size: three Monte Carlo errors of 0.025 in 400
    draws, and one point for the sandwich.
    """
    rows = simulation.power(config(LOGIT, TERM), "H", sample())["rows"]
    assert rows[0]["power"] < 0.025 + 0.01 + 3 * np.sqrt(0.025 * 0.975 / 400)
    assert rows[0]["power"] < rows[1]["power"] < rows[2]["power"]
    assert rows[2]["power"] > 0.99
    assert rows[1]["type_m"] > 1
    assert all(row["power_holm"] <= row["power"] for row in rows)


@pytest.mark.parametrize("effect", [0.0, 0.05, 0.2])
def test_contrasts_are_as_large_as_asked_for(effect: float) -> None:
    prepared = prepare(sample(), MULTINOMIAL, {})
    world = simulation.fitted_world(refit.problem_of(prepared, MULTINOMIAL, CONTRASTS))
    params = simulation.with_effect(world, CONTRASTS, effect)
    assert min(
        curve_effects.contrasts(world.problem, params, CONTRASTS["contrasts"])[0]
    ) == pytest.approx(effect, abs=1e-9)


def test_the_tie_between_the_rows_of_a_state_is_found() -> None:
    """Scores of discrete outcomes are coarser than the latent ones, so that a tie of 0.6 shows as
    somewhat less.
    """
    found = [
        simulation.fitted_world(
            refit.problem_of(prepare(sample(600, tie), LOGIT, {}), LOGIT, TERM)
        ).correlation
        for tie in (0.0, 0.6)
    ]
    assert found[0] < 0.1
    assert 0.3 < found[1] < 0.7


def test_the_same_seed_gives_the_same_numbers() -> None:
    once, again = (simulation.power(config(LOGIT, TERM), "H", sample()) for _ in range(2))
    assert once == again


def test_a_family_that_is_not_known_says_so() -> None:
    found = simulation.power(config(LOGIT | {"family": "ols"}, TERM), "H", sample())
    assert found["rows"] == []
    assert "ols" in found["message"]


def test_where_power_reaches_its_target() -> None:
    rows = [
        {"effect": effect, "power": power}
        for effect, power in ((0.0, 0.02), (0.5, 0.4), (1.0, 0.9))
    ]
    assert reached(rows, "power", 0.8) == pytest.approx(0.9)
    assert reached(rows, "power", 0.95) is None
    assert reached([], "power", 0.8) is None
