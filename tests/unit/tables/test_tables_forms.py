"""How numbers are printed."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from coalition.table import Cell, Column, Row, Table, count, fixed, interval, p_value, share, stars
from hypothesis import given
from hypothesis import strategies as st

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.1235, 3, "0.123"),  # the double below 0.1235
        (-1.5, 3, f"{MINUS}1.500"),
        (1234567.891, 1, "1,234,567.9"),
        (0, 3, "0.000"),
        (-0.0, 2, "0.00"),
        (0.0004, 3, "0.00040"),
        (-0.00004321, 3, f"{MINUS}0.000043"),
        (0.0005, 3, "0.001"),  # half to even of the decimal digits does not apply: the double lies above
        (-3e-17, 2, "0.00"),
        (None, 3, "\N{EM DASH}"),
        (math.nan, 3, "\N{EM DASH}"),
        (math.inf, 3, "\N{EM DASH}"),
    ],
)
def test_fixed(value: float | None, decimals: int, text: str) -> None:
    assert fixed(value, decimals) == text


@given(st.floats(min_value=-1e9, max_value=1e9), st.integers(0, 3))
def test_fixed_reads_back_within_half_a_unit(value: float, decimals: int) -> None:
    text = fixed(value, decimals).replace(MINUS, "-").replace(",", "")
    shown = len(text.partition(".")[2])
    assert abs(float(text) - value) <= max(0.5 * 10**-shown * (1 + 1e-9), 1e-9)
    assert abs(value) < 1e-9 or float(text) != 0


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0004, "<0.001"), (0.001, "0.001"), (0.0499, "0.050"), (1.0, "1.000"), (0.9996, ">0.999"), (0.9994, "0.999"), (None, "\N{EM DASH}")],
)
def test_p_value(value: float | None, text: str) -> None:
    assert p_value(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0499, "*"), (0.05, ""), (0.0099, "**"), (0.01, "*"), (0.00099, "***"), (None, ""), (math.nan, "")]
)
def test_stars_need_p_below_the_bound(value: float | None, text: str) -> None:
    assert stars(value) == text


def test_counts_shares_and_intervals() -> None:
    assert count(12345) == "12,345"
    assert share(0.64285) == "64.3%"
    assert interval((-0.5, None), 2) == f"[{MINUS}0.50, \N{EM DASH}]"
    assert interval((None, None), 2) == "\N{EM DASH}"
    assert Cell(0.5, "error").text == "(0.500)"
    assert Cell(None, "error").text == "\N{EM DASH}"
    assert Cell(0.5, "fixed3", "*").text == "0.500*"


def _table(**changes: object) -> Table:
    parts = {"name": "t", "kind": "k", "title": "T", "columns": (Column("A"), Column("B")), "notes": (), "key": ("a",)}
    parts |= {"rows": (Row("r", (Cell(1, "count"), Cell(2, "count"))),), "tidy": pd.DataFrame({"a": [1, 2]})}
    return Table(**(parts | changes))  # type: ignore[arg-type]


def test_a_table_refuses_a_row_of_another_width() -> None:
    with pytest.raises(ValueError, match="row 'r' has 1 cells for 2 columns"):
        _table(rows=(Row("r", (Cell(1, "count"),)),))


def test_a_table_refuses_a_key_that_is_not_unique() -> None:
    with pytest.raises(ValueError, match="not unique"):
        _table(tidy=pd.DataFrame({"a": [1, 1]}))


def test_spanning_headings_join_neighbours_of_one_group_only() -> None:
    columns = tuple(Column(str(i), group=group) for i, group in enumerate(["x", "x", "", "", "y", "x"]))
    row = Row("r", tuple(Cell(1, "count") for _ in columns))
    assert _table(columns=columns, rows=(row,)).groups == (("x", 2), ("", 1), ("", 1), ("y", 1), ("x", 1))
