"""The closed language of conditions."""

from __future__ import annotations

import contextlib

import pandas as pd
import pytest
from coalition.formula.filters import FilterError, holds, parse, variables
from hypothesis import given
from hypothesis import strategies as st

TABLE = pd.DataFrame(
    {"operation": ["isaf", "iraq", "isaf"], "score": [0.2, None, 0.9], "other": [0.1, 0.5, 1.0]}
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, [True, True, True]),
        ({"operation": ["isaf"]}, [True, False, True]),
        ({"score": {"min": 0.5}}, [False, False, True]),
        ({"score": {"min": 0.2, "max": 0.9}}, [True, False, True]),
        ({"operation": ["isaf"], "score": {"max": 0.5}}, [True, False, False]),
        ("score >= 0.5", [False, False, True]),
        ("0.1 < score < 0.5", [True, False, False]),
        ("operation in ['iraq', 'kfor']", [False, True, False]),
        ("operation not in ['iraq']", [True, False, True]),
        ("operation == 'isaf' and not score > 0.5", [True, False, False]),
        ("score > -1 or other == 0.5", [True, True, True]),
        ("not score > 0.5", [True, False, False]),
        ("missing(score)", [False, True, False]),
        ("not missing(score)", [True, False, True]),
        ("score > other", [True, False, False]),
        (["score > 0", "operation != 'iraq'"], [True, False, True]),
        ([], [True, True, True]),
    ],
)
def test_holds(condition: object, expected: list[bool]) -> None:
    assert holds(TABLE, condition).tolist() == expected


def test_unknown_variable_is_an_error() -> None:
    with pytest.raises(KeyError, match="troops"):
        holds(TABLE, {"troops": [1]})


def test_texts_are_not_compared_with_numbers() -> None:
    with pytest.raises(FilterError, match="operation"):
        holds(TABLE, "operation > 3")


def test_variables_that_a_condition_names() -> None:
    assert variables("a > 1 and (b in [1] or missing(c)) and a < d") == ["a", "b", "c", "d"]
    assert variables({"a": [1]}) == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "", "score", "score = 1", "1 == 1", "score > max(other)", "__import__('os').system('true')",
        "score.abs() > 1", "score[0] > 1",
        "score in other", "score > [1]", "lambda: 1", "(score := 1) > 0", "score + 1 > 2",
        "score is None", "missing(1)", "missing(a, b)",
        "f'{score}' == '1'", "score > 1; score", "(" * 500 + "score > 1" + ")" * 500,
        "score > 1 or " * 300 + "score > 1", "score > 1j",
        "score > b'1'", "score > -'a'",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(FilterError):
        parse(text)


@given(st.text(max_size=60))
def test_the_parser_never_fails_in_another_way(text: str) -> None:
    with contextlib.suppress(FilterError):
        parse(text)
