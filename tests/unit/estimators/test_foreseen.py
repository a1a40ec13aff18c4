"""What a check says of a fit before it is made, and that the fit says the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.base.keys import Keys
from coalition.estimators.design_matrix import prepare
from coalition.estimators.estimate import estimate
from coalition.estimators.fit_types import EstimationFailure
from coalition.estimators.foreseen import foreseen

KEYS = Keys(("row",), ("id",), "year")
OLS = {"group": "g", "label": "M", "sample": "s", "family": "ols", "outcome": "y"}


def table(rows: int = 40, **columns: Any) -> pd.DataFrame:
    generator = np.random.default_rng(4)
    made = {
        "row": np.arange(rows), "id": np.arange(rows) // 4, "year": 2000 + np.arange(rows) % 4,
        "x": generator.normal(size=rows), "y": generator.normal(size=rows),
    }  # fmt: skip
    return pd.DataFrame(made | columns)


@pytest.mark.parametrize(
    ("columns", "change", "said"),
    [
        ({"g": ["Z"] + ["A", "B"] * 19 + ["A"]}, {"terms": ["x", "factor(g)"], "covariance": "hc3"},
        "leverage 1 (factor(g)[Z]"),
        ({"w": 1}, {"terms": ["x"], "cluster": "w"}, "all rows are one cluster"),
        ({"w": 1}, {"terms": ["x"], "cluster": ["id", "w"]}, "all rows are one cluster"),
        ({}, {"terms": ["x", "factor(row)"]}, "40 rows for 41 parameters"),
    ],
)  # fmt: skip
def test_a_fit_without_numbers_is_foreseen_with_its_own_reason(
    columns: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    model, sample = OLS | change, table(**columns)
    (note,) = foreseen(prepare(sample, model, {}, KEYS), model)
    assert said in note
    failure = estimate("m", model, sample, {}, keys=KEYS)["failure"]
    assert note == f"will have no estimates: {failure['message']}"


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (np.arange(1, 41), "the offset days lies between 1 and 40: an offset is on the log scale"),
        (np.linspace(900.5, 80000, 40), "between 900.5 and 80,000: an offset is on the log scale"),
        (np.log(np.arange(1, 41)), ""),
        (np.linspace(2.3, 31.2, 40), ""),
        (np.zeros(40), ""),
    ],
)
def test_an_offset_that_is_no_log_is_questioned(offset: np.ndarray, said: str) -> None:
    sample = table(y=np.arange(40) % 5, days=offset)
    model = OLS | {"family": "poisson", "terms": ["x"], "offset": "days"}
    notes = foreseen(prepare(sample, model, {}, KEYS), model)
    assert said in " ".join(notes)
    assert len(notes) == bool(said)


def test_terms_that_are_left_out_are_foreseen() -> None:
    model = OLS | {"terms": ["x", "factor(g)", "w"]}
    sample = table(g="A", w=table()["x"] * 2)
    notes = foreseen(prepare(sample, model, {}, KEYS), model)
    assert notes == [
        warning["message"]
        for warning in estimate("m", model, sample, {}, keys=KEYS)["warnings"]
        if warning["kind"] == "collinear"
    ]
    assert len(notes) == 2


def test_a_transform_that_is_undefined_is_told_from_a_missing_cell() -> None:
    sample = table(c=[0, None, *range(1, 39)])
    dropped = prepare(sample, OLS | {"terms": ["log(c)", "lag(x)"]}, {"c": "Count"}, KEYS).dropped
    reasons = [row["reason"] for row in dropped]
    assert reasons[:3] == ["missing: log(Count), lag(x)", "missing: Count", "missing: lag(x)"]


def test_waves_that_lie_apart_have_no_lag() -> None:
    sample = table()
    sample["year"] = 1900 + (sample["year"] - 2000) * 5
    with pytest.raises(EstimationFailure, match=r"lag\(x\): missing.*'year' no unit has two rows"):
        prepare(sample, OLS | {"terms": ["lag(x)"]}, {}, KEYS)


def test_an_ordered_model_without_terms_has_no_test_of_them() -> None:
    model = OLS | {"family": "ordered_logit", "terms": []}
    found = estimate("m", model, table(y=[1, 2, 3, 4] * 10), {}, keys=KEYS)
    assert found["status"] == "ok"
    cuts = [row["estimate"] for row in found["rows"]]
    assert np.allclose(cuts, [-np.log(3), 0, np.log(3)], atol=1e-8)
