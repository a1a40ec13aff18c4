"""A table: what is printed, in what form, and the stored numbers behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from ...base.number_formats import FORMS, Value


@dataclass(frozen=True)
class Cell:
    """One cell: the stored value, the form that it is printed in, and a mark that follows it
    (stars).
    """

    value: Value = ""
    form: str = "text"
    mark: str = ""

    @property
    def body(self) -> str:
        """What the cell prints, without its mark."""
        return FORMS[self.form](self.value)

    @property
    def text(self) -> str:
        """What the cell prints."""
        return self.body + self.mark


BLANK = Cell()


@dataclass(frozen=True)
class Column:
    """A column right of the labels.

    title : its heading; number : "(1)", where columns are referred to; group : heading that spans
        neighbours of the same group;
    align : "number" aligns at the right, "text" may wrap; width : share of the room that text
        columns divide between them.
    """

    title: str
    number: str = ""
    group: str = ""
    align: Literal["number", "text"] = "number"
    width: float = 1.0


@dataclass(frozen=True)
class Row:
    """A row.

    kind : "body"; "more", a second line of the row above (standard errors); "statistic", below the
        estimates; "group", a heading over the rows that follow; "rule", a line.
    """

    label: str = ""
    cells: tuple[Cell, ...] = ()
    kind: Literal["body", "more", "statistic", "group", "rule"] = "body"
    indent: int = 0


RULE = Row(kind="rule")


@dataclass(frozen=True)
class Table:
    """A table and what stands behind it.

    name : of the config and the files; title : caption; stub : heading of the labels; notes :
        sentences of the foot;
    tidy : (rows, columns) everything printed and more, in full precision; key : columns of `tidy`
        that together name a row; landscape : whether the page lies on its side; plain : whether its
        LaTeX is for editing.

    Raises
    ------
    ValueError
        When a row has not one cell a column, or the key does not name the rows of `tidy`.
    """

    name: str
    kind: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    tidy: pd.DataFrame
    key: tuple[str, ...]
    stub: str = ""
    landscape: bool = False
    plain: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if row.kind not in ("group", "rule") and len(row.cells) != len(self.columns):
                raise ValueError(
                    f"table {self.name}: row {row.label!r} has {len(row.cells)} cells for "
                    f"{len(self.columns)} columns"
                )
        if self.tidy.duplicated(list(self.key)).any():
            raise ValueError(f"table {self.name}: the key {self.key} is not unique")

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """The spanning headings and how many columns each spans, from the left; an empty one spans
        one column.
        """
        spans: list[tuple[str, int]] = []
        for column in self.columns:
            if column.group and spans and spans[-1][0] == column.group:
                spans[-1] = (column.group, spans[-1][1] + 1)
            else:
                spans.append((column.group, 1))
        return tuple(spans)
