"""How numbers are printed."""

from __future__ import annotations

import math

import pytest
from coalition.base.number_formats import count, fixed, interval, p_value, p_words, share, stars
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
        # half to even of the decimal digits does not apply: the double lies above
        (0.0005, 3, "0.001"),
        (-3e-17, 2, "\N{MINUS SIGN}3.0e\N{MINUS SIGN}17"),
        (-0.0, 3, "0.000"),
        (5.4e-9, 3, "5.4e\N{MINUS SIGN}9"),
        (0.00012, 3, "0.00012"),
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
    [
        (0.0004, "<0.001"),
        (0.001, "0.001"),
        (0.0499, "0.050"),
        (1.0, "1.000"),
        (0.9996, ">0.999"),
        (0.9994, "0.999"),
        (None, "\N{EM DASH}"),
    ],
)
def test_p_value(value: float | None, text: str) -> None:
    assert p_value(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0004, "p < 0.001"),
        (0.012, "p = 0.012"),
        (1.0, "p = 1.000"),
        (0.9996, "p > 0.999"),
        (None, "p = \N{EM DASH}"),
    ],
)
def test_p_value_in_a_sentence(value: float | None, text: str) -> None:
    assert p_words(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0499, "*"),
        (0.05, ""),
        (0.0099, "**"),
        (0.01, "*"),
        (0.00099, "***"),
        (None, ""),
        (math.nan, ""),
    ],
)
def test_stars_need_p_below_the_bound(value: float | None, text: str) -> None:
    assert stars(value) == text


def test_counts_shares_and_intervals() -> None:
    assert count(12345) == "12,345"
    assert share(0.64285) == "64.3%"
    assert interval((-0.5, None), 2) == f"[{MINUS}0.50, \N{EM DASH}]"
    assert interval((None, None), 2) == "\N{EM DASH}"
