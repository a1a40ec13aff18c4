"""Robustness: samples that are built for each alternative, and what stays as it was where states
are left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from coalition.base.errors import Problems
from coalition.config import settings as configuration
from coalition.data import ingest
from coalition.estimators import estimate
from coalition.estimators.design_matrix import prepare
from coalition.robustness import alternatives, power, refit
from test_refit import STATES, sample

ROOT = Path(__file__).parents[3]
PRIMARY = {"model": "m", "term": "fear", "sign": 1, "smallest_effect": {"odds_ratio": 1.5}}
FIRTH = {
    "family": "firth_logit", "outcome": "joined", "terms": ["fear", "risk"],
    "fixed_effects": ["operation"],
    "sample": "s", "group": "g", "label": "M", "cluster": None,
}  # fmt: skip
NUMBERS = ("estimate", "std_error", "p_value", "conf_low", "conf_high", "n")


def config_of(model: dict[str, Any], primary: dict[str, Any] = PRIMARY) -> dict[str, Any]:
    return {
        "models": {"m": model}, "variables": {}, "measures": {}, "samples": {"s": {}}, "blocs": {},
        "seed": 1,
        "hypotheses": {"H": {"title": "T", "primary": primary}},
        "verdict": {"leave_one_out": "iso3", "alpha": 0.05},
        "power": {"replicates": 300, "multiples": [0], "target": 0.8},
    }  # fmt: skip


@pytest.fixture(scope="module")
def tiny() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the tests' small config on the real data, and its tables."""
    with pytest.MonkeyPatch.context() as at:
        at.chdir(ROOT)
        real = configuration.main()
        config = real | yaml.safe_load(
            (ROOT / "tests" / "workflow" / "data" / "tiny.yaml").read_text(encoding="utf-8")
        )
        problems = Problems()
        tables = ingest.everything(config, problems)
        problems.stop()
    return config, tables


def test_alternatives_with_the_same_data_have_the_columns_that_they_name(
    tiny: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    """The sample that is kept for one alternative can lack a column of the covariates that the next
    names in its terms.
    """
    config, tables = tiny
    with_gdp = {"label": "Raw GDP", "model": {"with": ["gdp_wdi_usd"]}}
    without = {"label": "Without", "model": {"without": ["gdp_per_head"]}}
    found = []
    for order in ({"raw": with_gdp, "none": without}, {"none": without, "raw": with_gdp}):
        results = alternatives.alternatives(
            config | {"robustness": order}, "H1", alternatives.builder(tables, [config])
        )
        assert [result["status"] for result in results] == ["ok", "ok"]
        found.append({result["name"]: result["estimate"] for result in results})
    assert found[0] == found[1]
    assert found[0]["raw"] != found[0]["none"]


@pytest.mark.parametrize("family", ["logit", "firth_logit"])
def test_relative_transforms_stay_as_they_were(family: str) -> None:
    """Both solvers keep the mean and standard deviation of all fitted rows, so that the coefficient
    is
    that of the raw term, rescaled.
    """
    model = FIRTH | {"family": family, "terms": ["standardise(fear)", "risk"], "cluster": "iso3"}
    table = sample()
    # without it the standard deviation is another
    table.loc[table["iso3"] == STATES[0], "fear"] = 9.0
    groups = {STATES[0]: table["iso3"] == STATES[0], STATES[1]: table["iso3"] == STATES[1]}
    primary = PRIMARY | {"term": "standardise(fear)"}
    together = alternatives.leave_out_together(config_of(model, primary), primary, table, groups)
    alone = alternatives.leave_out_one_by_one(config_of(model, primary), primary, table, groups)
    raw = estimate.estimate(
        "m", model | {"terms": ["fear", "risk"]}, table[table["iso3"] != STATES[0]], {}
    )
    coefficient = next(row["estimate"] for row in raw["rows"] if row["term"] == "fear")
    for found in (together, alone):
        # both climb to a Newton decrement below 1e-12, hence the tolerance
        assert found[STATES[0]]["estimate"] == pytest.approx(
            coefficient * table.loc[table["risk"].notna(), "fear"].std(), rel=1e-6
        )
    for state in groups:
        for part in NUMBERS:
            assert together[state][part] == pytest.approx(alone[state][part], rel=1e-6, abs=1e-8)


def test_a_value_that_only_one_state_has_goes_with_it() -> None:
    """Its column would be zero everywhere else: the design without it is one column less, in both
    ways.
    """
    model = FIRTH | {
        "family": "logit",
        "terms": ["fear", "factor(region)"],
        "fixed_effects": [],
        "cluster": "iso3",
    }
    table = sample().assign(region="inland")
    table.loc[table.index % 3 == 0, "region"] = "coast"
    table.loc[table["iso3"] == STATES[0], "region"] = "island"
    table.loc[table["iso3"] == STATES[0], "joined"] = [0.0, 1.0]
    groups = {STATES[0]: table["iso3"] == STATES[0]}
    together = alternatives.leave_out_together(config_of(model), PRIMARY, table, groups)[STATES[0]]
    alone = alternatives.leave_out_one_by_one(config_of(model), PRIMARY, table, groups)[STATES[0]]
    assert alone["estimate"] is not None
    assert all(together[part] == pytest.approx(alone[part], rel=1e-6, abs=1e-8) for part in NUMBERS)


def test_without_variation_neither_way_has_numbers() -> None:
    model, table = FIRTH | {"family": "logit", "cluster": "iso3"}, sample()
    table["joined"] = (table["iso3"] == STATES[0]).astype(float)
    groups = {STATES[0]: table["iso3"] == STATES[0]}
    together = alternatives.leave_out_together(config_of(model), PRIMARY, table, groups)[STATES[0]]
    alone = alternatives.leave_out_one_by_one(config_of(model), PRIMARY, table, groups)[STATES[0]]
    assert together == alone
    assert together["estimate"] is None


def test_firth_without_clusters_is_tested_as_the_primary_is() -> None:
    """By the penalised likelihood ratio and the profile: the same row twice would otherwise have
    two p-values, and states would "flip".
    """
    table = sample().iloc[:60]
    groups = {state: table["iso3"] == state for state in STATES[:4]}
    together = alternatives.leave_out_together(config_of(FIRTH), PRIMARY, table, groups)
    alone = alternatives.leave_out_one_by_one(config_of(FIRTH), PRIMARY, table, groups)
    for state in groups:
        for part in NUMBERS:  # the ends of the interval are found to 1e-9 standard errors
            assert together[state][part] == pytest.approx(alone[state][part], rel=1e-6, abs=1e-7), (
                state,
                part,
            )
        wald = 2 * (1 - _normal(abs(alone[state]["estimate"] / alone[state]["std_error"])))
        assert together[state]["p_value"] != pytest.approx(wald, rel=1e-3)


def _normal(value: float) -> float:
    return float(refit.stats.norm.cdf(value))


def test_the_power_of_firths_test_is_that_of_its_likelihood_ratio() -> None:
    """With 24 rows Wald's test of a Firth estimate never rejects here; the likelihood ratio does,
    on each side up to half of alpha.
    """
    table = sample().iloc[:24]
    config = config_of(FIRTH | {"fixed_effects": []})
    problem = refit.problem_of(
        prepare(table, config["models"]["m"], {}), config["models"]["m"], PRIMARY
    )
    found = refit.tested([problem, problem], PRIMARY, None)
    entry = estimate.estimate("m", config["models"]["m"], table, {})
    stored = next(row for row in entry["rows"] if row["term"] == "fear")
    np.testing.assert_allclose(found.p_value, stored["p_value"], rtol=1e-6)
    row = power.power(config, "H", table)["rows"][0]
    assert row["power"] > 0
    # three Monte Carlo errors, and a point for 24 rows
    assert abs(row["power"] - 0.025) < 0.01 + 3 * np.sqrt(0.025 * 0.975 / 300)
