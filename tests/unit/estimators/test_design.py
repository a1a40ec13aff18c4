"""Terms, rows, design matrix."""

from __future__ import annotations

import contextlib

import numpy as np
import pandas as pd
import pytest
from coalition.estimators.design_matrix import prepare
from coalition.estimators.fit_types import EstimationFailure
from coalition.formula.terms import Change, Factor, TermError, label_of, parse_term
from hypothesis import given
from hypothesis import strategies as st

SAMPLE = pd.DataFrame(
    {
        "iso3": ["A", "B", "C", "A", "B", "C"],
        "operation": ["isaf"] * 3 + ["iraq"] * 3,
        "year": [2000] * 3 + [2002] * 3,
        "joined": [1, 0, 1, 0, 1, np.nan],
        "response": ["reserved", "abstain", "unreserved", "abstain", "reserved", None],
        "caveat_level": [3, 0, 2, 0, 2, np.nan],
        "fear": [0.5, -1.0, 2.0, 1.0, np.nan, 0.1],
        "gdp": [1.0, 2.0, 4.0, 1.0, 2.0, 4.0],
    }
)
MODEL = {
    "family": "logit",
    "outcome": "joined",
    "terms": ["fear"],
    "fixed_effects": [],
    "cluster": "iso3",
}


def test_terms_are_names_products_and_transforms() -> None:
    assert parse_term("a").factors == (Factor("a"),)
    assert parse_term("log(a):b").factors == (Factor("a", (Change("log"),)), Factor("b"))
    assert parse_term("a:b").variables == ("a", "b")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a*b",
        "a + b",
        "__import__('os')",
        "a:",
        "exp(a)",
        "lag(a, -1)",
        "log(factor(a))",
        "log(a)(b)",
        "log((a))",
        "log(a, 2)",
        "a.b",
        "1a",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(TermError):
        parse_term(text)


@given(st.text(max_size=30))
def test_the_parser_never_fails_in_another_way(text: str) -> None:
    with contextlib.suppress(TermError):
        assert parse_term(text).factors


def test_labels_of_terms() -> None:
    assert label_of("fear:log(gdp)", {"fear": "Fear", "gdp": "GDP"}) == "Fear × GDP, log"


def test_incomplete_rows_are_left_out_and_named() -> None:
    prepared = prepare(SAMPLE, MODEL, {"fear": "Fear of abandonment", "joined": "Participated"})
    assert prepared.design.X.tolist() == [[1, 0.5], [1, -1], [1, 2], [1, 1]]
    assert prepared.design.y.tolist() == [1, 0, 1, 0]
    assert prepared.design.names == ("const", "fear")
    assert prepared.design.groups.tolist() == [0, 1, 2, 0]
    assert [(row["iso3"], row["operation"], row["reason"]) for row in prepared.dropped] == [
        ("B", "iraq", "missing: Fear of abandonment"),
        ("C", "iraq", "missing: Participated"),
    ]


def test_products_know_their_parts() -> None:
    rows = pd.concat([SAMPLE, SAMPLE.assign(gdp=SAMPLE["gdp"] + 1.5, iso3=["D", "E", "F"] * 2)])
    design = prepare(rows, MODEL | {"terms": ["fear", "log(gdp)", "fear:log(gdp)"]}, {}).design
    assert design.products == ((3, (1, 2)),)
    np.testing.assert_allclose(design.X[:, 3], design.X[:, 1] * design.X[:, 2])


def test_powers_know_their_parts() -> None:
    design = prepare(SAMPLE, MODEL | {"terms": ["fear", "square(fear)"]}, {}).design
    assert design.products == ((2, (1, 1)),)
    cubic = prepare(
        pd.concat([SAMPLE] * 2),
        MODEL | {"terms": ["gdp", "square(gdp)", "cube(gdp)", "square(fear)"]},
        {},
    ).design
    # the square of fear stands alone, without its root
    assert cubic.products == ((2, (1, 1)), (3, (1, 1, 1)))
    np.testing.assert_allclose(cubic.X[:, 3], cubic.X[:, 1] ** 3)
    centred = prepare(
        pd.concat([SAMPLE] * 2),
        MODEL | {"terms": ["centre(gdp)", "square(centre(gdp))", "square(gdp)"]},
        {},
    ).design
    # a power of a transform knows it too; gdp itself is no term
    assert centred.products == ((2, (1, 1)),)
    np.testing.assert_allclose(centred.X[:, 2], centred.X[:, 1] ** 2)


def test_units_are_states_where_there_is_one_row_an_operation() -> None:
    model = MODEL | {"family": "conditional_logit", "fixed_effects": ["operation"]}
    assert prepare(SAMPLE, model, {}).design.entity.tolist() == ["A", "B", "C", "A"]
    assert "operation[isaf]" in prepare(SAMPLE, model, {}).design.names


def test_units_are_states_in_operations_where_there_is_a_row_a_year() -> None:
    yearly = pd.concat([SAMPLE, SAMPLE.assign(year=SAMPLE["year"] + 1)])
    design = prepare(
        yearly, MODEL | {"family": "conditional_logit", "fixed_effects": ["operation"]}, {}
    ).design
    assert set(design.entity) == {"A:isaf", "B:isaf", "C:isaf", "A:iraq"}
    assert design.names == ("const", "fear")


def test_nonproportional_terms_are_columns() -> None:
    model = MODEL | {
        "family": "partial_ordered_logit",
        "outcome": "caveat_level",
        "terms": ["gdp", "fear"],
        "nonproportional": ["fear"],
    }
    assert prepare(SAMPLE, model, {}).design.nonproportional == (2,)
    assert prepare(SAMPLE, model, {}).design.levels == ("none", "medium", "high")


def test_fixed_effects_leave_the_first_value_out() -> None:
    model = MODEL | {"family": "firth_logit", "fixed_effects": ["operation"]}
    design = prepare(SAMPLE, model, {}).design
    assert design.names == ("const", "fear", "operation[isaf]")
    assert design.X[:, 2].tolist() == [1, 1, 1, 0]


def test_multinomial_outcomes_put_abstaining_first() -> None:
    design = prepare(
        SAMPLE, MODEL | {"family": "multinomial_logit", "outcome": "response", "terms": ["gdp"]}, {}
    ).design
    assert design.levels == ("abstain", "unreserved", "reserved")
    assert design.y.tolist() == [2, 0, 1, 0, 2]


def test_levels_that_do_not_occur_are_no_part_of_an_ordered_model() -> None:
    design = prepare(
        SAMPLE, MODEL | {"family": "ordered_logit", "outcome": "caveat_level", "terms": ["gdp"]}, {}
    ).design
    assert design.levels == ("none", "medium", "high")
    assert design.y.tolist() == [2, 0, 1, 0, 1]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"where": {"operation": ["kfor"]}}, "too_few_rows"),
        ({"where": {"joined": [1]}}, "constant_outcome"),
        ({"terms": ["fear", "gdp", "square(gdp)", "square(fear)"]}, "too_few_rows"),
    ],
)
def test_samples_that_can_not_be_fitted(change: dict, kind: str) -> None:
    with pytest.raises(EstimationFailure) as failure:
        prepare(SAMPLE, MODEL | change, {})
    assert failure.value.kind == kind


# -- with a second equation: who can have the outcome
# -------------------------------------------------------------

JOINERS = pd.DataFrame(
    {
        "iso3": list("ABCDEFGH"),
        "operation": ["isaf"] * 8,
        "year": [2000] * 8,
        "joined": [1, 1, 1, 1, 0, 0, np.nan, 0],
        "level": [3, 0, 2, np.nan, np.nan, np.nan, np.nan, np.nan],
        "fear": [0.5, -1.0, 2.0, 1.0, np.nan, 0.1, 0.2, 0.3],
        "war": [0.0, 1.0, 0.5, 0.0, 2.0, 1.0, 0.0, np.nan],
    }
)
SELECTED = {
    "family": "selection_ordered_probit",
    "outcome": "level",
    "terms": ["fear"],
    "selection": {"outcome": "joined", "terms": ["war"]},
    "cluster": "iso3",
}


def test_an_outcome_that_is_missing_because_a_row_is_not_selected_drops_nothing() -> None:
    prepared = prepare(
        JOINERS, SELECTED, {"joined": "Participated", "level": "Caveat level", "war": "War at home"}
    )
    assert [(row["iso3"], row["reason"]) for row in prepared.dropped] == [
        ("D", "missing: Caveat level"),
        ("G", "missing: Participated"),
        ("H", "missing: War at home"),
    ]
    design = prepared.design
    assert design.levels == ("0", "2", "3")
    np.testing.assert_array_equal(design.y, [2, 0, 1, np.nan, np.nan])
    # of E the outcome's terms are not asked for
    np.testing.assert_array_equal(design.X[:, 1], [0.5, -1, 2, np.nan, 0.1])
    assert design.selection.y.tolist() == [1, 1, 1, 0, 0]
    assert design.selection.X.tolist() == [[1, 0], [1, 1], [1, 0.5], [1, 2], [1, 1]]
    assert design.selection.names == ("const", "war")


def test_a_term_of_both_equations_is_asked_for_everywhere_and_named_once() -> None:
    model = SELECTED | {"selection": {"outcome": "joined", "terms": ["fear", "war"]}}
    reasons = {row["iso3"]: row["reason"] for row in prepare(JOINERS, model, {}).dropped}
    assert reasons == {
        "D": "missing: level",
        "E": "missing: fear",
        "G": "missing: joined",
        "H": "missing: war",
    }


def test_an_outcome_of_rows_that_are_not_selected_is_not_used() -> None:
    sample = JOINERS.assign(level=JOINERS["level"].mask(JOINERS["joined"] == 0, 3))
    np.testing.assert_array_equal(prepare(sample, SELECTED, {}).design.y, [2, 0, 1, np.nan, np.nan])


def test_fixed_effects_are_in_both_equations() -> None:
    both = pd.concat([JOINERS, JOINERS.assign(operation="iraq")], ignore_index=True)
    design = prepare(both, SELECTED | {"fixed_effects": ["operation"]}, {}).design
    assert design.names == ("const", "fear", "operation[isaf]")
    assert design.selection.names == ("const", "war", "operation[isaf]")


def test_selected_rows_whose_outcome_does_not_vary() -> None:
    with pytest.raises(EstimationFailure) as failure:
        prepare(JOINERS.assign(level=1.0), SELECTED, {})
    assert failure.value.kind == "constant_outcome"


def test_effects_in_which_the_outcome_does_not_vary_are_left_out_and_counted() -> None:
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"iso3": [f"S{i}" for i in range(40)], "year": 2001})
    table = table.assign(fear=rng.normal(size=40), operation=np.repeat(["a", "b"], 20))
    table["joined"] = (table["fear"] + rng.logistic(size=40) > 0).astype(int)
    table = pd.concat([table, table.assign(operation="c", joined=0)], ignore_index=True)
    model = MODEL | {"terms": ["fear"], "fixed_effects": ["operation"]}
    found = prepare(table, model, {})
    reasons = {row["reason"] for row in found.dropped}
    assert "the outcome does not vary: operation c" in reasons
    assert "c" not in set(found.rows["operation"])
    kept = prepare(table, model | {"family": "firth_logit"}, {})
    assert "c" in set(kept.rows["operation"])


def test_standardised_terms_take_their_moments_from_the_fitted_rows() -> None:
    table = pd.DataFrame({"iso3": [*"ABCDEFGH"], "operation": "a", "year": 2001})
    table = table.assign(fear=[1.0, 4, 2, 9, 5, 7, 3, 8], gap=[1.0, np.nan, *[1.0] * 6])
    table["joined"] = table["fear"] % 3 * table["gap"]
    model = MODEL | {"family": "ols", "terms": ["standardise(fear)"]}
    column = prepare(table, model, {}).design.X[:, 1]
    assert column.mean() == pytest.approx(0, abs=1e-12)
    assert column.std(ddof=1) == pytest.approx(1)
