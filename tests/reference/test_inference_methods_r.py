"""Likelihood ratio, profile, score, CR2 and classical tests of one coefficient against R
(`inference_methods.R`, whose output is `inference_methods.json`: glm, ordinal, clubSandwich).

Both sides solve the same equations, so that statistics agree to 1e-6; the ends of a profile are
roots to 1e-9 here and to 1e-12 there, and ordinal's are interpolated between 200 steps (1e-5).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from coalition.base.keys import Keys
from coalition.inference.by_method import Draws, by_method

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "inference_methods.json").read_text())
CROSS = pd.read_csv(HERE / "data" / "cross_section.csv")
EXACT, ENDS, DF = 1e-6, 1e-7, 1e-6
OUTCOMES = {
    "logit": "binary", "probit": "binary", "poisson": "count", "ordered_logit": "ordered",
    "ols": "linear",
}  # fmt: skip


def rows_of(family: str, *methods: str, size: float = 1.0) -> dict[str, dict[str, Any]]:
    """Return the rows of x1 by method, x1 in units of `size`."""
    model = {
        "group": "g", "label": "L", "sample": "s", "family": family, "outcome": OUTCOMES[family],
        "terms": ["x1", "x2"], "cluster": "cluster",
        "inference": {"methods": list(methods), "terms": ["x1"]},
    }  # fmt: skip
    table = CROSS.assign(x1=CROSS["x1"] * size, row=range(len(CROSS)))
    found = by_method(model, table, Draws(99, 99, 1), Keys(("row",)))
    assert found is not None
    return {row["method"]: row for row in found["rows"]}


@pytest.mark.parametrize("family", ["logit", "probit", "poisson", "ordered_logit"])
def test_likelihood_ratios_and_profiles(family: str) -> None:
    of = EXPECTED[family]
    row = rows_of(family, "profile", "likelihood_ratio")
    for method in ("profile", "likelihood_ratio"):
        assert row[method]["statistic"] ** 2 == pytest.approx(of["lr"], rel=EXACT)
    assert row["likelihood_ratio"]["conf_low"] is None
    ends = 1e-5 if family == "ordered_logit" else ENDS
    assert row["profile"]["conf_low"] == pytest.approx(of["low"], rel=ends)
    assert row["profile"]["conf_high"] == pytest.approx(of["high"], rel=ends)
    if "lr_p" in of:
        assert row["profile"]["p_value"] == pytest.approx(of["lr_p"], rel=1e-5)


@pytest.mark.parametrize("family", ["logit", "poisson"])
def test_score_tests(family: str) -> None:
    """Of a canonical link the observed information is the expected one, which R takes."""
    row = rows_of(family, "score")["score"]
    assert row["statistic"] ** 2 == pytest.approx(EXPECTED[family]["rao"], rel=EXACT)
    assert row["p_value"] == pytest.approx(EXPECTED[family]["rao_p"], rel=1e-5)


@pytest.mark.parametrize("size", [1.0, 1e9], ids=["as it is", "in billionths"])
def test_cr2_of_a_count(size: float) -> None:
    row, of = rows_of("poisson", "cr2", size=size)["cr2"], EXPECTED["poisson"]["cr2"]
    assert row["std_error"] * size == pytest.approx(of["se"], rel=EXACT)
    assert row["df"] == pytest.approx(of["df"], rel=DF)
    assert row["p_value"] == pytest.approx(of["p"], rel=1e-5)


def test_classical_errors_of_least_squares() -> None:
    row, of = rows_of("ols", "model")["model"], EXPECTED["ols"]
    assert row["std_error"] == pytest.approx(of["se"], rel=1e-9)
    assert row["p_value"] == pytest.approx(of["p"], rel=EXACT)
