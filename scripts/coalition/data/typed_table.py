"""A table as a file holds it: every cell as the exact text of its value, and what each column
is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

WRITTEN = "written"
"""Cells of a text file, or of a column of a sheet in which kinds mix: what they say is all that is
known.
"""
TEXT = "text"
INTEGER = "integer"
NUMBER = "number"
DATE = "date"
CATEGORY = "category"
EXACT = 2**53
"""The largest whole number below which a float holds every other (IEEE 754, binary64)."""
LONG = 2**63
"""Whole numbers of 64 bits with a sign are below it."""
ROW_NAMES = "row_names"
"""The first column of a table that R or pandas wrote with its row names, which has no name."""
WHOLE = re.compile(r"[-+]?[0-9]+")
TRUTH = {"true": 1.0, "false": 0.0}


@dataclass(frozen=True)
class Kind:
    """What a column of a file is; a category has levels in the order in which the file has them.

    Parameters
    ----------
    name : str
        WRITTEN, TEXT, INTEGER, NUMBER, DATE (ISO 8601) or CATEGORY.
    levels : tuple of str
        Of a category, also those that no cell has.
    ordered : bool
        Whether the file says that the order of the levels means something.
    labels : tuple of (str, str)
        Codes of numbers that the file has a label for, and the label.
    """

    name: str = WRITTEN
    levels: tuple[str, ...] = ()
    ordered: bool = False
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """Cells as texts, which lose nothing of what a file holds, and the kind of each column.

    Parameters
    ----------
    cells : DataFrame of str, shape (rows, columns)
        Under the line of the file, or the row of the sheet, as index; an empty text is missing. A
        whole number is written with all its digits, a float so that it reads back exactly, a date
        as ISO 8601.
    kinds : mapping
        Column -> Kind; WRITTEN where there is none.
    notes : tuple of str
        What the rules of reading did and a user must know, such as infinite cells taken for
        missing.
    """

    cells: pd.DataFrame
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def kind(self, column: str) -> Kind:
        """Return what a column is."""
        return self.kinds.get(column, Kind())

    def with_cells(self, cells: pd.DataFrame, **kinds: Kind) -> Table:
        """Return the table with other cells; columns that are new are WRITTEN, or what is given."""
        kept = {name: kind for name, kind in self.kinds.items() if name in cells.columns}
        return replace(self, cells=cells, kinds={**kept, **kinds})

    def renamed(self, names: Mapping[str, str]) -> Table:
        """Return the table with other names of columns."""
        kinds = {names.get(name, name): kind for name, kind in self.kinds.items()}
        return replace(self, cells=self.cells.rename(columns=names), kinds=kinds)

    def noted(self, note: str) -> Table:
        """Return the table with one more note."""
        return replace(self, notes=(*self.notes, note))


def floats(cells: pd.Series) -> pd.Series:
    """Return texts as floats; what is no number is missing, and infinite texts are infinite."""
    return pd.to_numeric(cells, errors="coerce").astype("float64")


def foreign_digits(cells: pd.Series) -> pd.Series:
    """Tell which cells are numbers written in other digits than 0 to 9 (Devanagari, Arabic,
    ...).
    """
    return ~cells.map(str.isascii).astype(bool) & cells.str.fullmatch(r"[-+]?\d+([.,]\d+)?")


def plain_number(text: str) -> str:
    """Return a number in one spelling, so that 1, 1.0, 01 and +1 are the same; other texts as they
    are.
    """
    if WHOLE.fullmatch(text):
        return str(int(text))
    try:
        value = float(text)
    except ValueError:
        return text
    if not np.isfinite(value) or "_" in text:
        return text
    return str(int(value)) if value == int(value) and abs(value) <= EXACT else repr(value)


def typed(cells: pd.Series, kind: Kind, calculated: bool) -> pd.Series:
    """Return a column as what it is.

    Parameters
    ----------
    cells : Series of str, shape (rows,)
    kind : Kind
    calculated : bool
        Whether the models calculate with the column: texts of which each is a number are then
        numbers, and TRUE and FALSE are 1 and 0.

    Returns
    -------
    Series
        float64; Int64 where whole numbers are too long for a float; a category with its levels in
        their order; or object, with None for what is missing.
    """
    known = cells[cells != ""]
    if kind.name == CATEGORY and not (calculated and _are_numbers(known)):
        values = cells.where(cells.isin(kind.levels))
        return pd.Series(
            pd.Categorical(values, categories=list(kind.levels), ordered=kind.ordered), cells.index
        )
    if _are_numbers(known) and (calculated or not _are_codes(known, kind)):
        return _numbers(cells, known, calculated)
    if calculated and len(known) and known.str.casefold().isin(TRUTH).all():
        return cells.str.casefold().map(TRUTH).astype("float64")
    return cells.astype("object").where(cells != "", None)


def _are_numbers(known: pd.Series) -> bool:
    return bool(floats(known).notna().all())


def _are_codes(known: pd.Series, kind: Kind) -> bool:
    """Tell whether texts that could be numbers are names: the file says so, or all are as long with
    zeros before them (01, 02, 10).
    """
    if kind.name in (TEXT, DATE):
        return len(known) > 0
    if kind.name != WRITTEN or known.empty:
        return False
    width = known.str.len()
    padded = known.str.startswith("0") & (width > 1) & known.str.isdigit()
    return bool(padded.any() and (width == width.iloc[0]).all() and known.str.isdigit().all())


def _numbers(cells: pd.Series, known: pd.Series, calculated: bool) -> pd.Series:
    """Return numbers as floats where these are exact, else whole numbers of 64 bits, else texts."""
    values = floats(cells)
    if not bool((values.abs() > EXACT).any()) or not known.str.fullmatch(WHOLE.pattern).all():
        return values
    whole = [int(cell) if cell else None for cell in cells]
    if all(number is None or -LONG <= number < LONG for number in whole):
        return pd.Series(pd.array(whole, dtype="Int64"), cells.index)
    return values if calculated else cells.astype("object").where(cells != "", None)


def inexact(cells: pd.Series, kind: Kind) -> pd.Series:
    """Tell which cells are whole numbers that a float has rounded: the file, or a program before
    it, no longer holds all their digits.
    """
    if kind.name not in (NUMBER, WRITTEN):
        return pd.Series(False, index=cells.index)
    exact = cells.str.fullmatch(WHOLE.pattern) & (kind.name == WRITTEN)
    values = floats(cells)
    return ~exact & np.isfinite(values) & (values.abs() >= EXACT) & (values % 1 == 0)


def common(kinds: Sequence[Kind]) -> Kind:
    """Return the kind of cells that come from several columns."""
    return kinds[0] if kinds and all(kind == kinds[0] for kind in kinds) else Kind()
