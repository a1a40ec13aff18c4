"""Predictions along a term, in groups, and effects along another term, against R (`predictions.R`,
whose output is `predictions.json`): averages and delta method written out; numDeriv's derivatives
leave 1e-6.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.base.errors import Problems
from coalition.base.keys import Keys
from coalition.config.checks.prediction_checks import check_predictions
from coalition.estimators.estimate import estimate

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "predictions.json").read_text(encoding="utf-8"))
ROWS = pd.read_csv(HERE / "data" / "cross_section.csv").assign(row=lambda t: range(2, len(t) + 2))
RANGE = {"from": -2, "to": 2, "points": 5}
ASKED = {
    "along": {"over": "x1", **RANGE},
    "effect": {"over": "x2", "effect_of": "x1", **RANGE},
    "groups": {"groups": "d"},
}
MODEL = {
    "group": "g", "label": "M", "sample": "s", "terms": ["x1", "x2", "d", "x1:x2"],
    "cluster": "cluster", "predictions": ASKED,
}  # fmt: skip
OUTCOMES = {"logit": "binary", "ols": "linear", "poisson": "count"}


def predicted(rows: pd.DataFrame = ROWS, **model: Any) -> dict[str, Any]:
    entry = estimate("m", MODEL | model, rows, {}, keys=Keys(("row",)))
    assert entry["status"] == "ok", entry["failure"]
    return dict(entry["predictions"])


def holds(found: dict[str, Any], case: str) -> None:
    for part, of in (("estimate", "estimate"), ("std_error", "error")):
        ours = [point[part] for point in found["points"]]
        np.testing.assert_allclose(ours, EXPECTED[case][of], rtol=1e-6)


@pytest.mark.parametrize("case", [name for name in EXPECTED if name != "logit_square"])
def test_predictions(case: str) -> None:
    family, _, name = case.partition("_")
    model = {"family": family, "outcome": OUTCOMES[family]}
    if case == "ols_groups":
        asked = {"groups": {"groups": "factor(ordered)"}}
        model |= {"terms": ["x1", "factor(ordered)"], "predictions": asked}
    holds(predicted(**model)[name], case)


def test_a_square_moves_along() -> None:
    asked = {"along": {"over": "x1", **RANGE}}
    model = {"family": "logit", "outcome": "binary", "terms": ["x1", "square(x1)"]}
    holds(predicted(**model, predictions=asked)["along"], "logit_square")


def test_units_of_a_term_change_nothing() -> None:
    large = ROWS.assign(x1=ROWS["x1"] * 1e9)
    asked = {"along": {"over": "x1", "from": -2e9, "to": 2e9, "points": 5}}
    found = predicted(large, family="logit", outcome="binary", predictions=asked)
    holds(found["along"], "logit_along")


def test_intervals_stay_where_their_numbers_can_be() -> None:
    asked = {"along": {"over": "x1", "from": -30, "to": 30, "points": 9}}
    for family, top in (("logit", 1.0), ("poisson", np.inf)):
        found = predicted(family=family, outcome=OUTCOMES[family], predictions=asked)["along"]
        for point in found["points"]:
            assert 0 <= point["conf_low"] <= point["estimate"] <= point["conf_high"] <= top
        assert found["observed"]["low"] > -30
        assert sum(found["observed"]["counts"]) == len(ROWS)


def test_every_level_of_an_ordered_outcome_is_predicted() -> None:
    found = predicted(family="ordered_logit", outcome="ordered")["along"]
    by_place: dict[float, float] = {}
    for point in found["points"]:
        by_place[point["at"]] = by_place.get(point["at"], 0.0) + point["estimate"]
    np.testing.assert_allclose(list(by_place.values()), 1.0)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ({"predictions": {"p": {"over": "x3"}}}, "unknown term of this model"),
        ({"predictions": {"p": {"over": "x1", "effect_of": "x1"}}}, "shown along"),
        ({"predictions": {"p": {"over": "x1", "from": 2, "to": 1}}}, "from must be below to"),
        ({"predictions": {"p": {"groups": "d", "points": 3}}}, "groups have no range"),
        (
            {"predictions": {"p": {"over": "x1"}}, "terms": ["x1", "log(x1)"]},
            "would not move with it",
        ),
        ({"family": "cox"}, "the family has no predictions here"),
    ],
)
def test_what_can_not_be_predicted_is_a_problem(model: dict[str, Any], said: str) -> None:
    problems = Problems()
    check_predictions(MODEL | {"family": "logit"} | model, "models.m.predictions", problems)
    assert any(said in problem.message for problem in problems.found)


@pytest.mark.long
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_still_says_so(tmp_path: Path) -> None:
    made = tmp_path / "predictions.json"
    subprocess.run(
        ["Rscript", str(HERE / "predictions.R"), str(HERE / "data"), str(made)],
        check=True,
        capture_output=True,
    )
    again = json.loads(made.read_text(encoding="utf-8"))
    assert again.keys() == EXPECTED.keys()
    for name, numbers in EXPECTED.items():
        for part, value in numbers.items():
            np.testing.assert_allclose(again[name][part], value, rtol=1e-5)
