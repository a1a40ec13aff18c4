"""Cells of the page: bounds are never rounded to what they are not."""

from __future__ import annotations

import pandas as pd
import pytest
from coalition.commands.compare.difference import differences
from coalition.commands.compare.grids import LONGEST, difference_text, shortened


def cells(gap: float, first: float, second: float) -> tuple[str, str]:
    sides = [
        pd.DataFrame({"estimate": [value], "std_error": [error], "df": [float("nan")]})
        for value, error in ((0.0, first), (gap, second))
    ]
    return difference_text(differences(*sides).iloc[0].to_dict())


@pytest.mark.parametrize(
    ("gap", "first", "second", "told"),
    [
        (0.0, 0.1, 0.1, "\N{EM DASH}"),
        (5.0, 0.1, 0.1, "any"),
        (0.01, 0.1, 0.5, "none, however\nhigh, would do"),
        # 1 - (0.003 / 1.96 / 0.1)^2 / 2 = 0.99988, which two decimals would print as 1
        (0.003, 0.1, 0.1, "above 0.9999"),
        # 1 - (0.3 / 1.96 / 0.1)^2 / 2 = -0.1714, rounded up
        (0.3, 0.1, 0.1, "above \N{MINUS SIGN}0.17"),
    ],
)
def test_the_correlation_needed(gap: float, first: float, second: float, told: str) -> None:
    assert cells(gap, first, second)[1] == told


def test_both_intervals_stand_below_the_difference() -> None:
    lines = cells(1.0, 0.3, 0.4)[0].split("\n")
    assert lines == ["1.000", "[0.020, 1.980]", "[\N{MINUS SIGN}0.372, 2.372]"]


def test_long_texts_are_cut_and_empty_ones_are_a_dash() -> None:
    assert len(shortened("x" * 1000)) == LONGEST
    assert shortened("") == shortened(None) == "\N{EM DASH}"
