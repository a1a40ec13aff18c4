"""A table: what is printed, in what form, and the stored numbers behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Number = int | float | None
Value = Number | str | tuple[Number, Number]

MINUS = "\N{MINUS SIGN}"
MISSING = "\N{EM DASH}"
ZERO = 1e-9
STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))


def known(value: object) -> bool:
    """Return whether a value is a number that means something."""
    return isinstance(value, int | float) and math.isfinite(value)


def fixed(value: Number, decimals: int) -> str:
    """Return a number with a fixed number of decimals, thousands separated by commas, and a true minus sign.

    A number that the decimals do not reach gets two significant digits, so that it never prints as zero; below 1e-9 it is what
    rounding left of a zero, and prints as zero.
    """
    if not known(value):
        return MISSING
    text = f"{value if abs(value) >= ZERO else 0:,.{decimals}f}"
    if abs(value) >= ZERO and not text.strip("-0.,"):
        text = f"{value:.{1 - math.floor(math.log10(abs(value)))}f}"
    return text.replace("-", MINUS)


def count(value: Number) -> str:
    """Return a whole number with thousands separated by commas."""
    return fixed(value, 0)


def p_value(value: Number) -> str:
    """Return a p-value with three decimals, "<0.001" below and ">0.999" above what they show."""
    if not known(value):
        return MISSING
    if value < 0.001:
        return "<0.001"
    return ">0.999" if 0.9995 <= value < 1 else f"{value:.3f}"


def share(value: Number) -> str:
    """Return a share as a percentage with one decimal."""
    return f"{fixed(100 * value, 1)}%" if known(value) else MISSING


def interval(value: tuple[Number, Number], decimals: int) -> str:
    """Return both ends of an interval in brackets; an end that is not known is a dash."""
    low, high = value
    if not known(low) and not known(high):
        return MISSING
    return f"[{fixed(low, decimals)}, {fixed(high, decimals)}]"


def stars(value: Number) -> str:
    """Return the stars of a p-value."""
    return next((text for bound, text in STARS if known(value) and value < bound), "")


FORMS: Mapping[str, Callable[[Value], str]] = {
    "text": lambda value: MISSING if value is None else str(value),
    "count": count,
    "p": p_value,
    "share": share,
    "test": lambda value: f"[{p_value(value)}]" if known(value) else MISSING,
    "error": lambda value: f"({fixed(value, 3)})" if known(value) else MISSING,
    **{f"fixed{decimals}": lambda value, decimals=decimals: fixed(value, decimals) for decimals in range(4)},
    **{f"interval{decimals}": lambda value, decimals=decimals: interval(value, decimals) for decimals in range(4)},
}
"""How a stored value is printed, by name."""


@dataclass(frozen=True)
class Cell:
    """One cell: the stored value, the form that it is printed in, and a mark that follows it (stars)."""

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

    title : its heading; number : "(1)", where columns are referred to; group : heading that spans neighbours of the same group;
    align : "number" aligns at the right, "text" may wrap; width : share of the room that text columns divide between them.
    """

    title: str
    number: str = ""
    group: str = ""
    align: Literal["number", "text"] = "number"
    width: float = 1.0


@dataclass(frozen=True)
class Row:
    """A row.

    kind : "body"; "more", a second line of the row above (standard errors); "statistic", below the estimates; "group", a heading
    over the rows that follow; "rule", a line.
    """

    label: str = ""
    cells: tuple[Cell, ...] = ()
    kind: Literal["body", "more", "statistic", "group", "rule"] = "body"
    indent: int = 0


RULE = Row(kind="rule")


@dataclass(frozen=True)
class Table:
    """A table and what stands behind it.

    name : of the config and the files; title : caption; stub : heading of the labels; notes : sentences of the foot;
    tidy : (rows, columns) everything printed and more, in full precision; key : columns of `tidy` that together name a row.

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

    def __post_init__(self) -> None:
        for row in self.rows:
            if row.kind not in ("group", "rule") and len(row.cells) != len(self.columns):
                raise ValueError(f"table {self.name}: row {row.label!r} has {len(row.cells)} cells for {len(self.columns)} columns")
        if self.tidy.duplicated(list(self.key)).any():
            raise ValueError(f"table {self.name}: the key {self.key} is not unique")

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """The spanning headings and how many columns each spans, from the left; an empty one spans one column."""
        spans: list[tuple[str, int]] = []
        for column in self.columns:
            if column.group and spans and spans[-1][0] == column.group:
                spans[-1] = (column.group, spans[-1][1] + 1)
            else:
                spans.append((column.group, 1))
        return tuple(spans)
