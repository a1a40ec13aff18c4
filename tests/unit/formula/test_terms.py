"""The closed language of terms, and what its transforms make of a column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.base.keys import Keys
from coalition.estimators.design_matrix import prepare
from coalition.estimators.fit_types import EstimationFailure
from coalition.formula.terms import Change, Factor, TermError, evaluate, label_of, parse_term

PANEL = pd.DataFrame(
    {
        "firm": ["a", "a", "a", "b", "b", "b"],
        "year": [2001, 2002, 2004, 2001, 2002, 2003],
        "x": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0],
        "region": ["N", "S", "S", "E", "N", "E"],
        "y": [0.0, 1.0, 1.0, 0.0, 1.0, 0.0],
    }
)
KEYS = Keys(("firm", "year"), ("firm",), "year")
ALL = pd.Series(True, index=PANEL.index)


def column(text: str, used: pd.Series = ALL) -> list[float]:
    return evaluate(parse_term(text).factors[0], PANEL, used, KEYS).tolist()


def test_nested_transforms_are_read_from_the_inside() -> None:
    assert parse_term("lag(log(x), 2)").factors == (
        Factor("x", (Change("log"), Change("lag", "2"))),
    )


def test_a_lag_never_reaches_over_a_gap_or_into_another_unit() -> None:
    np.testing.assert_array_equal(column("lag(x)"), [np.nan, 1, np.nan, np.nan, 8, 16])
    np.testing.assert_array_equal(column("lag(x, 2)"), [np.nan, np.nan, 2, np.nan, np.nan, 8])
    np.testing.assert_array_equal(column("lead(x)"), [2, np.nan, np.nan, 16, 32, np.nan])
    np.testing.assert_array_equal(column("difference(x)"), [np.nan, 1, np.nan, np.nan, 8, 16])


def test_means_are_those_of_the_rows_that_are_used() -> None:
    used = PANEL["firm"] == "a"
    x = PANEL["x"]
    np.testing.assert_allclose(column("centre(x)", used), x - x[used].mean())
    np.testing.assert_allclose(column("standardise(x)", used), (x - x[used].mean()) / x[used].std())
    np.testing.assert_allclose(
        column("standardise2(x)", used), (x - x[used].mean()) / (2 * x[used].std())
    )


def test_a_lag_looks_at_rows_that_the_condition_leaves_out() -> None:
    model = {"family": "ols", "outcome": "y", "terms": ["lag(x)"], "where": "year >= 2002"}
    assert prepare(PANEL, model, {}, KEYS).design.X[:, 1].tolist() == [1, 8, 16]


def test_a_factor_has_a_column_for_every_value_but_one() -> None:
    model = {"family": "ols", "outcome": "x", "terms": ["y", "factor(region)", "y:factor(region)"]}
    prepared = prepare(pd.concat([PANEL] * 2), model, {"region": "Region"}, KEYS)
    names = (
        "y",
        "factor(region)[N]",
        "factor(region)[S]",
        "y:factor(region)[N]",
        "y:factor(region)[S]",
    )
    assert prepared.terms == names
    assert prepared.labels["y:factor(region)[S]"] == "y × Region: S"
    np.testing.assert_array_equal(
        prepared.design.X[:, 4], prepared.design.X[:, 1] * prepared.design.X[:, 2]
    )
    assert prepared.design.products == ((4, (1, 2)), (5, (1, 3)))


def test_the_reference_of_a_factor_can_be_named() -> None:
    model = {"family": "ols", "outcome": "x", "terms": ["factor(region, S)"]}
    assert prepare(PANEL, model, {}, KEYS).terms == ("factor(region)[E]", "factor(region)[N]")
    with pytest.raises(EstimationFailure, match="'W'"):
        prepare(PANEL, model | {"terms": ["factor(region, W)"]}, {}, KEYS)


def test_a_square_moves_with_its_variable() -> None:
    model = {"family": "ols", "outcome": "y", "terms": ["x", "square(x)", "cube(x)"]}
    assert prepare(PANEL, model, {}, KEYS).design.products == ((2, (1, 1)), (3, (1, 1, 1)))


def test_texts_need_a_factor() -> None:
    for term in ("region", "log(region)"):
        with pytest.raises(EstimationFailure, match="holds texts"):
            prepare(PANEL, {"family": "ols", "outcome": "y", "terms": [term]}, {}, KEYS)


def test_a_lag_needs_a_panel() -> None:
    with pytest.raises(TermError, match="panel"):
        evaluate(parse_term("lag(x)").factors[0], PANEL, ALL, Keys(("row",)))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("x", "Income"),
        ("log(x)", "Income, log"),
        ("lag(log(x), 2)", "Income, log, lag of 2"),
        ("square(x):y", "Income, squared × y"),
        ("factor(region)[a:b]", "region: a:b"),
    ],
)
def test_labels(text: str, label: str) -> None:
    assert label_of(text, {"x": "Income"}) == label


def test_constants_and_weights_and_clusters() -> None:
    model = {
        "family": "ols",
        "outcome": "y",
        "terms": ["x"],
        "constant": False,
        "weights": "year",
        "cluster": ["firm", "region"],
    }
    design = prepare(
        PANEL.assign(year=PANEL["year"].where(PANEL["year"] != 2004)),
        model,
        {"year": "Year"},
        Keys(("firm",)),
    ).design
    assert design.names == ("x",)
    assert design.weights.tolist() == [2001, 2002, 2001, 2002, 2003]
    assert design.groups.tolist() == [0, 0, 1, 1, 1]
    assert design.crossed.tolist() == [0, 1, 2, 0, 2]
