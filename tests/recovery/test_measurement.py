"""Plausible values of latent tightness: an effect on it stays what it is if they are drawn given
the regressor, and shrinks if they are not.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from coalition.estimators import ordered
from coalition.estimators.fit_types import EstimationFailure
from coalition.measurement import quadrature, statements, tightness
from coalition.robustness.rubin import rubin
from measured import Study
from truth import MONTE_CARLO, nearly_covers

pytestmark = pytest.mark.long

UNITS, STATEMENTS, SLOPE, LOADING, DRAWS = 89, 570, 0.5, 2.0, 20
CUTS = np.array([-3.0, -1.0, 1.0])
BASES = {"stated": 0.0, "task_profile": -1.0, "force_composition": 1.0, "": -0.5}
CODERS = {1: 0.5, 2: 0.0, 3: -0.3, 4: 0.2}

Begin = Callable[..., Study]


def sample(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Return a regressor and the tightness of 89 units, and 570 statements on them: one for some
    units and twenty and more for others, as in the data."""
    x = rng.standard_normal(UNITS)
    tight = SLOPE * x + rng.standard_normal(UNITS)
    attention = rng.gamma(1.5, size=UNITS)
    more = rng.choice(UNITS, STATEMENTS - UNITS, p=attention / attention.sum())
    unit = np.concatenate([np.arange(UNITS), more])
    basis = rng.choice(list(BASES), STATEMENTS, p=[0.4, 0.35, 0.1, 0.15])
    coder = rng.choice(list(CODERS), STATEMENTS, p=[0.2, 0.5, 0.23, 0.07])
    index = LOADING * tight[unit] + [BASES[name] for name in basis]
    index = index + [CODERS[number] for number in coder] + rng.logistic(size=STATEMENTS)
    table = pd.DataFrame({"iso3": [f"S{number:03d}" for number in unit], "operation": "one"})
    return x, tight, table.assign(coder=coder, basis=basis, level=np.digitize(index, CUTS))


def least_squares(y: np.ndarray, x: np.ndarray) -> tuple[float, float]:
    X = np.column_stack([np.ones(len(x)), x])
    inverse = np.linalg.inv(X.T @ X)
    beta = inverse @ X.T @ y
    residuals = y - X @ beta
    variance = residuals @ residuals / (len(y) - 2)
    return float(beta[1]), float(np.sqrt(variance * inverse[1, 1]))


def of_levels(level: np.ndarray, x: np.ndarray) -> float:
    """Return the slope of an ordered logit of levels, those of caveats in the run's own models."""
    present, codes = np.unique(level, return_inverse=True)
    X = np.column_stack([np.ones(len(x)), x])
    return float(ordered.maximise(codes.astype(float), X, len(present))[0][0])


def pooled(
    model: quadrature.Measured, x: np.ndarray, rng: np.random.Generator
) -> tuple[float, bool, float]:
    draws = list(tightness.plausible_values(model, DRAWS, rng))
    found = [least_squares(values, x) for values, _ in draws]
    one = rubin([b for b, _ in found], [error for _, error in found], len(x) - 2)
    by_level = float(np.mean([of_levels(level, x) for _, level in draws]))
    return one.estimate, one.conf_low <= SLOPE <= one.conf_high, by_level


def test_plausible_values_keep_an_effect(study: Begin) -> None:
    about = study(
        title="Plausible values of latent tightness",
        simulated="89 states in operations with 570 statements, one on some and twenty on "
        "others, by "
        "four coders on four bases; an effect on latent tightness by 20 plausible values, "
        "drawn given the regressor or not; on their levels by ordered logit, against that on "
        "the levels of tightness itself.",
        n=UNITS,
        clusters=0,
        replications=(5, 200),
        seed=20261126,
    )
    rng, rows = about.rng, []
    for _ in range(about.replications):
        x, tight, table = sample(rng)
        of = statements.read(table)
        try:
            given = quadrature.fit(of.given(x[:, None], ["x"]))
            plain = quadrature.fit(of)
        except EstimationFailure:
            continue
        regression = tightness.effects(given).set_index("name").loc["x"]
        half = 1.96 * regression["std_error"]
        held = abs(regression["estimate"] - SLOPE) <= half
        shrunk = least_squares(tightness.summary(plain)["latent"].to_numpy(), x)[0]
        rows.append(
            (
                regression["estimate"],
                held,
                *pooled(given, x, rng),
                *pooled(plain, x, rng),
                shrunk,
                least_squares(tight, x)[0],
                of_levels(tightness.naive_levels(plain), x),
                of_levels(np.digitize(LOADING * tight, CUTS), x),
            )
        )
    found = np.array(rows, float)
    assert len(found) >= 0.95 * about.replications
    names = {"latent regression": 0, "given the regressor": 2, "not given": 5}
    for name, place in names.items():
        about.bias(name, ["effect"], found[:, place], SLOPE)
        about.coverage(name, ["effect"], found[:, place + 1].astype(bool))
    about.bias("empirical Bayes means", ["effect"], found[:, 8], SLOPE)
    about.bias("tightness itself", ["effect"], found[:, 9], SLOPE)
    on_levels = {"given the regressor": 4, "not given": 7, "median of the coders": 10}
    for name, place in on_levels.items():
        about.bias(f"levels, {name}", ["log odds"], found[:, place] - found[:, 11], 0.0)
    error = MONTE_CARLO * found[:, 2].std(ddof=1) / np.sqrt(len(found))
    # a loading from 89 units is itself a little off: what is left of it is small
    assert abs(found[:, 2].mean() - SLOPE) <= error + 0.02
    assert nearly_covers(found[:, 3].mean(), len(found))
    lost = found[:, 2] - found[:, 5]
    assert lost.mean() > MONTE_CARLO * lost.std(ddof=1) / np.sqrt(len(found))
