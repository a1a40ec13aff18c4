"""The table of a figure's values: heads, words, numbers, and what has no table."""

from __future__ import annotations

from coalition.outputs.report.figure_values import MOST, values
from coalition.outputs.stored_results import Sources

SOURCES = Sources(operations={"alpha": "ALPHA (Somewhere)"})


def test_words_come_first_and_columns_of_the_program_are_left_out() -> None:
    rows = [
        {
            "estimate": value,
            "operation": "alpha",
            "model": "m",
            "term": "x",
            "term_label": "Fear",
            "n": 1361,
            "empty": None,
            "year": 2003,
            "flips": value > 0,
        }
        for value in (-0.12345, 2.0)
    ]
    found = values(rows, SOURCES)
    assert found is not None
    assert found.heads == ("Operation", "Term", "Turns", "Estimate", "N", "Year")
    assert found.rows[0] == ("ALPHA (Somewhere)", "Fear", "no", "−0.123", "1,361", "2003")
    assert found.rows[1][3] == "2"
    assert found.align == ("text", "text", "text", "number", "number", "number")


def test_a_curve_of_thousands_and_a_figure_of_nothing_have_no_table() -> None:
    assert values([{"estimate": 0.5}] * (MOST + 1), SOURCES) is None
    assert values([], SOURCES) is None
