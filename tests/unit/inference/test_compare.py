"""The comparison of methods: complete, honest about what is missing, the same every time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.base.multiplicity import holm
from coalition.estimators import fit
from coalition.estimators.design_matrix import prepare
from coalition.estimators.estimate import estimate
from coalition.inference.methods import METHODS, Case, one_sided
from coalition.inference.primary_tests import NUMBERS, PRIMARY, compare
from scipy.stats import norm

Entry = dict[str, Any]
CORNERS = {"first": "a", "second": "b", "low": 0.2, "high": 0.8}
ABOUT = {
    "group": "g",
    "label": "L",
    "sample": "s",
    "cluster": "iso3",
    "fixed_effects": ["operation"],
}
MODELS = {
    "binary": {**ABOUT, "family": "logit", "outcome": "participated", "terms": ["a", "b", "c"]},
    "alone": {
        **ABOUT,
        "family": "logit",
        "outcome": "participated",
        "terms": ["a", "b", "c"],
        "cluster": None,
    },
    "ordered": {**ABOUT, "family": "ordered_logit", "outcome": "level", "terms": ["a", "b", "c"]},
    "linear": {**ABOUT, "family": "ols", "outcome": "amount", "terms": ["a", "b", "c"]},
    "count": {**ABOUT, "family": "poisson", "outcome": "count", "terms": ["a", "b", "c"]},
    "choice": {
        **ABOUT,
        "family": "multinomial_logit",
        "outcome": "response",
        "terms": ["a", "b", "a:b", "c"],
        "corners": CORNERS,
    },
    "separated": {**ABOUT, "family": "logit", "outcome": "participated", "terms": ["a", "perfect"]},
    "penalised": {
        **ABOUT,
        "family": "firth_logit",
        "outcome": "participated",
        "terms": ["a", "b", "c"],
        "cluster": None,
    },
    "weighted": {
        **ABOUT,
        "family": "logit",
        "outcome": "participated",
        "terms": ["a", "b", "c"],
        "weights": "w",
    },
}
RATIO, DIFFERENCE = {"odds_ratio": 1.5}, {"probability": 0.1}


def hypothesis(model: str) -> Entry:
    tested = (
        {"contrasts": ["more_reserved", "reserved_not_unreserved"]}
        if model == "choice"
        else {"term": "a"}
    )
    smallest = DIFFERENCE if model == "choice" else RATIO
    return {
        "title": model,
        "claim": "C",
        "primary": {"model": model, **tested, "sign": 1, "smallest_effect": smallest},
    }


CONFIG: Entry = {
    "seed": 5, "models": MODELS, "hypotheses": {model: hypothesis(model) for model in MODELS},
    "inference": {"replicates": 199, "permutations": 199, "benchmark_times": 1,
    "methods": list(METHODS)},
}  # fmt: skip


def sample() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    states, n = 60, 120
    state, operation = np.tile(np.arange(states), 2), np.repeat(["isaf", "iraq"], states)
    a, b, c = (rng.normal(size=(3, states)))[:, state]
    latent = 0.8 * a - 0.3 * b + 0.5 * rng.normal(size=states)[state] + rng.logistic(size=n)
    choice = (np.column_stack([np.zeros(n), latent, a + rng.normal(size=n)])).argmax(axis=1)
    joined = (latent > 0).astype(float)
    return pd.DataFrame(
        {
            "iso3": [f"S{i:02d}" for i in state], "operation": operation, "year": 2000, "a": a,
            "b": b, "c": c, "participated": joined,
            "level": np.digitize(latent, [-1, 0.5]).astype(float), "amount": latent,
            "count": rng.poisson(np.exp(0.3 * a)).astype(float),
            "response": np.array(["abstain", "unreserved", "reserved"])[choice],
            "perfect": joined + 0.1 * rng.random(n), "w": 1.0 + state % 3,
        }
    ).iloc[:-7]  # fmt: skip


SAMPLE = sample()
ESTIMATES = {
    name: estimate(name, model, SAMPLE, {}, marginal_effects=False)
    for name, model in MODELS.items()
}
FOUND = compare(CONFIG, {"s": SAMPLE}, ESTIMATES)
BY_NAME = {
    one["hypothesis"]: {row["method"]: row for row in one["rows"]} for one in FOUND["hypotheses"]
}
MISSING = {
    "binary": {"wild_bootstrap"}, "alone": {"wild_bootstrap"},
    "ordered": {"firth", "wild_bootstrap"},
    "choice": {"firth", "wild_bootstrap"}, "linear": {"jackknife", "firth", "score_bootstrap"},
    "count": {"firth", "wild_bootstrap"},
}  # fmt: skip


@pytest.mark.parametrize("name", list(MISSING))
def test_every_method_has_numbers_or_a_reason(name: str) -> None:
    rows = BY_NAME[name]
    assert list(rows) == [PRIMARY, *METHODS]
    assert {method for method, row in rows.items() if row["reason"]} == MISSING[name]
    for row in rows.values():
        if row["reason"]:
            assert all(row[part] is None for part in NUMBERS)
        else:
            assert 0 < row["p_value"] <= 1
            low, high = (row["conf_low"], row["conf_high"])
            assert low is None or low < row["estimate"] < high


def test_a_model_that_fails_has_reasons_only() -> None:
    rows = BY_NAME["separated"]
    assert all("separated by" in row["reason"] and row["p_value"] is None for row in rows.values())
    assert (
        next(one for one in FOUND["hypotheses"] if one["hypothesis"] == "separated")["sensitivity"]
        is None
    )


def test_the_primary_row_is_that_of_the_estimates_file() -> None:
    stored = next(row for row in ESTIMATES["binary"]["rows"] if row["term"] == "a")
    row = BY_NAME["binary"][PRIMARY]
    assert all(
        row[part] == stored[part]
        for part in ("estimate", "std_error", "p_value", "conf_low", "conf_high")
    )
    assert row["statistic"] == stored["statistic"]


def test_the_primary_statistic_is_the_one_that_the_p_value_belongs_to() -> None:
    """Firth's p-value without clusters is that of a likelihood ratio: its signed root is not the
    estimate over its standard error.
    """
    stored = next(row for row in ESTIMATES["penalised"]["rows"] if row["term"] == "a")
    row = BY_NAME["penalised"][PRIMARY]
    assert row["statistic"] == stored["statistic"]
    assert row["statistic"] != pytest.approx(row["estimate"] / row["std_error"], rel=1e-3)
    assert row["p_value"] == pytest.approx(2 * norm.sf(abs(row["statistic"])), rel=1e-9)


def test_where_no_method_is_defined_the_primary_row_is_still_whole() -> None:
    row, *others = BY_NAME["weighted"].values()
    assert row["estimate"] is not None
    assert 0 < row["p_below_smallest"] < 1
    assert all(
        "weights" in other["reason"] and other["p_below_smallest"] is None for other in others
    )


def test_likelihood_methods_share_the_estimate_and_linear_ones_theirs() -> None:
    for name in ("binary", "ordered", "choice"):
        estimates = {row["linear"]: set() for row in BY_NAME[name].values()}
        for row in BY_NAME[name].values():
            if row["reason"] is None and row["method"] != "firth":
                estimates[row["linear"]].add(round(row["estimate"], 9))
        assert {len(values) for values in estimates.values()} == {1}


def test_a_linear_model_is_its_own_counterpart() -> None:
    rows = BY_NAME["linear"]
    for one, other in (("cr2", "linear_cr2"), (PRIMARY, "linear_cluster")):
        assert all(
            rows[one][part] == pytest.approx(rows[other][part])
            for part in ("estimate", "std_error", "df", "p_value")
        )


def test_a_model_without_clusters_has_each_row_its_own() -> None:
    """The jackknife then leaves out rows, and Firth's p-value does not depend on clusters."""
    assert BY_NAME["alone"]["jackknife"]["df"] == len(SAMPLE) - 1
    assert BY_NAME["binary"]["jackknife"]["df"] == 59
    assert BY_NAME["alone"]["firth"]["p_value"] == BY_NAME["binary"]["firth"]["p_value"]


def test_of_several_contrasts_the_one_that_supports_the_claim_least() -> None:
    primary = CONFIG["hypotheses"]["choice"]["primary"]
    prepared = prepare(SAMPLE, MODELS["choice"], {})
    case = Case(
        MODELS["choice"], primary, prepared, fit("multinomial_logit", prepared.design), 199, 199, 5
    )
    for method in ("jackknife", "permutation", "linear_wild_bootstrap"):
        results = METHODS[method](case)
        assert [result.term for result in results] == primary["contrasts"]
        least = max(results, key=lambda result: one_sided(result.statistic, result.p_value, 1))
        assert BY_NAME["choice"][method]["term"] == least.term
        assert BY_NAME["choice"][method]["p_value"] == least.p_value


@pytest.mark.parametrize("method", [PRIMARY, *METHODS])
def test_p_values_are_adjusted_over_the_hypotheses_of_a_method(method: str) -> None:
    rows = [BY_NAME[name][method] for name in MODELS]
    expected = holm([np.nan if row["p_value"] is None else row["p_value"] for row in rows])
    assert [row["p_holm"] for row in rows] == pytest.approx(expected, nan_ok=True)


def test_too_small_is_said_on_the_scale_of_the_smallest_effect_only() -> None:
    assert BY_NAME["binary"]["cr2"]["p_below_smallest"] > 0
    # a probability is no log odds
    assert BY_NAME["binary"]["linear_cr2"]["p_below_smallest"] is None
    assert BY_NAME["choice"]["linear_cr2"]["p_below_smallest"] > 0


def test_the_same_input_gives_the_same_numbers() -> None:
    one = {**CONFIG, "hypotheses": {"binary": hypothesis("binary")}}
    again = compare(one, {"s": SAMPLE}, ESTIMATES)["hypotheses"][0]["rows"]
    assert [row["p_value"] for row in again] == [
        row["p_value"] for row in BY_NAME["binary"].values()
    ]


def test_sensitivity_has_a_benchmark_for_every_other_term() -> None:
    found = {one["hypothesis"]: one["sensitivity"] for one in FOUND["hypotheses"]}
    assert [one["covariate"] for one in found["binary"]["benchmarks"]] == ["b", "c"]
    assert [one["covariate"] for one in found["choice"]["benchmarks"]] == ["c"]
    assert 0 < found["binary"]["partial_r2"] < found["binary"]["robustness_value"] < 1
