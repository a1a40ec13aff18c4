"""Where items stand, which addresses are links, what is drawn and how effects are put into
words.
"""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest
from coalition.outputs.report import coverage, phrasing
from coalition.outputs.report.bibliography import link
from coalition.outputs.report.coverage import mentioned
from coalition.outputs.report.interval_plot import MARGIN, WIDTH, strip
from coalition.outputs.report.sections import place_of
from coalition.outputs.stored_results import Sources
from hypothesis import given
from hypothesis import strategies as st

HYPOTHESES = {
    "H1": {"primary": {"model": "a"}, "supporting": ["b", "c"]},
    "H1b": {"primary": {"model": "a"}, "supporting": ["b"]},
    "H2": {"primary": {"model": "x"}},
}


@pytest.mark.parametrize(
    ("name", "spec", "place"),
    [
        ("h1_intensity", {"kind": "regression", "models": ["x"]}, "hypothesis-H1"),
        ("table_h1b", {"kind": "regression", "models": ["a", "b", "c"]}, "hypothesis-H1b"),
        # names two: its models decide
        ("h1_and_h2", {"kind": "coefficients", "models": ["x"]}, "hypothesis-H2"),
        ("who_joins", {"kind": "regression", "models": ["a", "c"]}, "hypothesis-H1"),
        ("mixed", {"kind": "regression", "models": ["a", "x"]}, "further"),
        ("corners", {"kind": "corners", "model": "x"}, "hypothesis-H2"),
        ("anything", {"kind": "regression", "hypothesis": "H2"}, "hypothesis-H2"),
        ("anything", {"kind": "regression"}, "further"),
        ("h1_flow", {"kind": "flow"}, "data"),
        ("robustness", {"kind": "robustness"}, "robustness"),
    ],
)
def test_place(name: str, spec: dict, place: str) -> None:
    assert place_of(name, spec, {"hypotheses": HYPOTHESES}) == place


def test_place_without_hypotheses() -> None:
    assert place_of("h1", {"kind": "regression", "models": ["a"]}, {"hypotheses": {}}) == "further"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://example.org/a", "https://example.org/a"),
        (" http://example.org ", "http://example.org"),
        ("github.com/a/b", "https://github.com/a/b"),
        ("doi.org/10.1/x", "https://doi.org/10.1/x"),
        ("github.com/a/b @1234 data/x.csv", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://", ""),
        ("//example.org", ""),
        ("https://exa mple.org", ""),
        ("http://[broken", ""),
        ("a file on a shelf", ""),
        ("", ""),
    ],
)
def test_link(address: str, found: str) -> None:
    assert link(address) == found


def entry(estimate: float, error: float, sign: int, scale: str) -> dict:
    smallest = math.log(1.5) if scale == "log odds" else 0.1
    ends = {"conf_low": estimate - 1.96 * error, "conf_high": estimate + 1.96 * error}
    inner = {
        "equivalence_low": estimate - 1.645 * error,
        "equivalence_high": estimate + 1.645 * error,
    }
    return {
        "estimate": estimate,
        "scale": scale,
        "sign": sign,
        "smallest_effect": smallest,
        **ends,
        **inner,
    }


finite = st.floats(-5, 5)


@given(
    finite,
    st.floats(0.01, 3),
    st.sampled_from([1, -1]),
    st.sampled_from(["log odds", "probability"]),
    st.lists(finite, max_size=5),
)
def test_a_strip_keeps_the_order_of_its_numbers_and_its_bounds(
    estimate: float, error: float, sign: int, scale: str, others: list[float]
) -> None:
    alternatives = [{"status": "ok", "estimate": value} for value in others]
    drawn = strip(
        entry(estimate, error, sign, scale),
        [*alternatives, {"status": "failed", "estimate": None}],
        0.9,
    )
    assert drawn is not None
    places = [drawn.none, drawn.smallest, *drawn.alternatives, *(place for place, _ in drawn.ticks)]
    assert all(MARGIN <= place <= WIDTH - MARGIN for place in places)
    assert (
        MARGIN
        <= drawn.interval[0]
        <= drawn.inner[0]
        <= drawn.estimate
        <= drawn.inner[1]
        <= drawn.interval[1]
        <= WIDTH - MARGIN
    )
    assert (drawn.none < drawn.smallest) == (sign > 0)
    assert len(drawn.alternatives) == len(others)


def test_nothing_is_drawn_of_a_test_without_numbers() -> None:
    assert strip({**entry(1.0, 0.2, 1, "log odds"), "conf_high": None}, [], 0.9) is None


def test_names_that_a_config_mentions() -> None:
    assert mentioned({"a": ["log(x):y_2", {"b": 3}], "c": None}) == {
        "a",
        "log",
        "x",
        "y_2",
        "b",
        "c",
    }


def test_numbers_in_words() -> None:
    assert phrasing.signed(0.0123, 3) == "+0.012"
    assert phrasing.signed(-0.5, 1) == "\N{MINUS SIGN}0.5"
    assert phrasing.size(math.log(2), "log odds") == "2.00"
    assert phrasing.size(None, "probability") == "\N{EM DASH}"
    assert phrasing.sizes(-0.1, 0.2, "probability") == "\N{MINUS SIGN}0.100 to +0.200"
    assert phrasing.ratio(1000.0) is None


def test_a_fall_is_told_as_a_fall() -> None:
    spec = {"corners": {"first": "fear", "second": "risk"}}
    row = entry(0.12, 0.05, 1, "probability") | {
        "term": "less_abstaining",
        "p_value": 0.02,
        "p_holm": 0.04,
    }
    said = phrasing.effect(row, {}, spec, {}, Sources({"fear": "Fear", "risk": "Risk"}))
    assert said == (
        "where risk is high, raising fear from low to high changes the probability of "
        "abstaining by \N{MINUS SIGN}12.0 percentage points"
    )
    assert phrasing.certainty(row).startswith(
        "95% interval \N{MINUS SIGN}21.8 to \N{MINUS SIGN}2.2; p"
    )


def test_a_variable_of_another_scale_is_told_as_it_stands() -> None:
    row = entry(0.5, 0.1, 1, "probability") | {
        "scale": "troops",
        "term": "size",
        "p_value": 0.02,
        "p_holm": 0.04,
    }
    assert phrasing.effect(row, {}, {}, {}, Sources({"size": "Size"})) == "size is +0.500 (troops)"
    assert "0.304 to 0.696" in phrasing.certainty(row)


def test_an_operation_can_have_several_leaders() -> None:
    """As Libya in 2011; a state without a name keeps its code."""
    countries = {"USA": "United States", "FRA": "France"}
    assert (
        coverage.names_of_states(["USA", "FRA", "GBR"], countries) == "United States, France, GBR"
    )
    assert coverage.names_of_states("USA", countries) == "United States"


def test_where_one_coder_rated_alone_there_is_no_agreement() -> None:
    row = {
        "operation": "libya",
        "coders": "1",
        "comparison": "read rows",
        "unit": "state",
        "rated": 13,
        "one_coder": 13,
        "cells": 0,
        "states": 0,
    }
    results = SimpleNamespace(agreement={"rows": [row]})
    assert coverage.agreements(results, Sources(operations={"libya": "Libya"})) == [
        "Libya: no state was rated by two coders, so there is no agreement to report."
    ]
