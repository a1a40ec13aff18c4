"""Tables: what a cell prints, and what a table refuses."""

from __future__ import annotations

import pandas as pd
import pytest
from coalition.outputs.tables.table import Cell, Column, Row, Table


def test_a_cell_prints_its_value_in_its_form_and_then_its_mark() -> None:
    assert Cell(0.5, "error3").text == "(0.500)"
    assert Cell(None, "error3").text == "\N{EM DASH}"
    assert Cell(0.5, "fixed3", "*").text == "0.500*"


def _table(**changes: object) -> Table:
    parts = {
        "name": "t",
        "kind": "k",
        "title": "T",
        "columns": (Column("A"), Column("B")),
        "notes": (),
        "key": ("a",),
    }
    parts |= {
        "rows": (Row("r", (Cell(1, "count"), Cell(2, "count"))),),
        "tidy": pd.DataFrame({"a": [1, 2]}),
    }
    return Table(**(parts | changes))  # type: ignore[arg-type]


def test_a_table_refuses_a_row_of_another_width() -> None:
    with pytest.raises(ValueError, match="row 'r' has 1 cells for 2 columns"):
        _table(rows=(Row("r", (Cell(1, "count"),)),))


def test_a_table_refuses_a_key_that_is_not_unique() -> None:
    with pytest.raises(ValueError, match="not unique"):
        _table(tidy=pd.DataFrame({"a": [1, 1]}))


def test_spanning_headings_join_neighbours_of_one_group_only() -> None:
    columns = tuple(
        Column(str(i), group=group) for i, group in enumerate(["x", "x", "", "", "y", "x"])
    )
    row = Row("r", tuple(Cell(1, "count") for _ in columns))
    assert _table(columns=columns, rows=(row,)).groups == (
        ("x", 2),
        ("", 1),
        ("", 1),
        ("y", 1),
        ("x", 1),
    )
