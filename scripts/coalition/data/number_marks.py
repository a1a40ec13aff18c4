"""Commas, dots and spaces in numbers: decimals or thousands, as declared; what is not declared and
could be either is asked, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from ..base.errors import Problems
from .typed_table import TEXT, WRITTEN, Table

SPACES = "[ \u00a0\u2009\u202f]"
"""Spaces that stand in numbers: also those that do not break, and thin ones."""
PLAIN = re.compile(r"[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?|[-+]?[.,]\d+")
GROUPED = {
    mark: re.compile(rf"[-+]?[1-9]\d{{0,2}}({pattern}\d{{3}})+")
    for mark, pattern in ((".", r"\."), (",", ","), (" ", SPACES), ("'", "['’]"))
}
"""Whole numbers whose digits stand in threes: 2.420, 2,420, 2 420, 2'420."""


def with_marks(table: Table, rules: Mapping[str, Any], path: str, problems: Problems) -> Table:
    """Return the table with numbers as computers write them: no thousands, a dot for decimals.

    Parameters
    ----------
    table : Table
    rules : mapping
        decimal (what stands before decimals) and thousands (what stands between groups of three
        digits).
    path : str
        For messages.
    problems : Problems
        Takes rules that contradict each other, or match no cell.
    """
    decimal, thousands = rules.get("decimal", "."), rules.get("thousands")
    if thousands == decimal:
        problems.add(path, "`decimal` and `thousands` are the same mark", value=decimal)
        return table
    if thousands is None and decimal == ".":
        return table
    columns = [name for name in table.cells.columns if table.kind(name).name in (WRITTEN, TEXT)]
    form = _form(decimal, thousands)
    changed, matched = {}, thousands is None
    for name in columns:
        cells = table.cells[name]
        fits = cells.str.fullmatch(form.pattern)
        made = cells[fits]
        if thousands is not None:
            matched |= bool(made.str.contains(_mark(thousands)).any())
            made = made.str.replace(_mark(thousands), "", regex=True)
        changed[name] = cells.where(~fits, made.str.replace(decimal, ".", regex=False))
    if not matched and not _decimals(table, columns, decimal, str(thousands)):
        problems.add(path, "no cell has the mark that `thousands` names", value=thousands)
    return table.with_cells(table.cells.assign(**changed), **dict(table.kinds))


def _mark(thousands: str) -> str:
    return {" ": SPACES, "'": "['’]"}.get(thousands, re.escape(thousands))


def _form(decimal: str, thousands: str | None) -> re.Pattern[str]:
    """Return what a number looks like by the rules."""
    whole = r"\d+" if thousands is None else rf"(\d{{1,3}}({_mark(thousands)}\d{{3}})+|\d+)"
    return re.compile(
        rf"[-+]?({whole}({re.escape(decimal)}\d*)?|{re.escape(decimal)}\d+)([eE][-+]?\d+)?"
    )


def _decimals(table: Table, columns: list[str], decimal: str, thousands: str) -> bool:
    """Tell whether the mark of thousands is there to say that the other one is of decimals."""
    return thousands in ".," and any(
        bool(table.cells[name].str.fullmatch(GROUPED[decimal].pattern).any()) for name in columns
    )


def marked(cells: pd.Series) -> pd.Series:
    """Tell which cells are numbers but for a comma, a dot, a space or an apostrophe."""
    found = cells.str.fullmatch(PLAIN.pattern)
    for form in GROUPED.values():
        found |= cells.str.fullmatch(form.pattern)
    return found


def question(
    table: Table,
    columns: Collection[str],
    rules: Mapping[str, Any],
    path: str,
    problems: Problems,
) -> None:
    """Ask of columns of numbers in which every mark has three digits behind it what the mark is.

    Parameters
    ----------
    table : Table
        As the file has it, before `with_marks`.
    columns : collection of str
        Those that are calculated with.
    rules : mapping
        decimal and thousands; a mark that `thousands` or `decimal` names is declared.
    path : str
        For messages.
    problems : Problems
        Takes the first cell of each column that could be read in two ways.
    """
    if "thousands" in rules:
        return
    decimal = rules.get("decimal", ".")
    other = "," if decimal == "." else "."
    for column in columns:
        if column not in table.cells or table.kind(column).name not in (WRITTEN, TEXT):
            continue
        cells = table.cells[column]
        _ask(cells, column, decimal, other, "decimal" in rules and decimal == ".", path, problems)


def _ask(
    cells: pd.Series,
    column: str,
    decimal: str,
    other: str,
    confirmed: bool,
    path: str,
    problems: Problems,
) -> None:
    words = {".": "dot", ",": "comma"}
    marked = cells[cells.str.contains(re.escape(decimal))]
    grouped = marked.str.fullmatch(GROUPED[decimal].pattern)
    numbers = marked[marked.str.fullmatch(PLAIN.pattern) | grouped]
    both = f"`thousands: '{decimal}'` if it stands between thousands, or "
    both += (
        "`decimal: '.'` if it stands before decimals"
        if decimal == "."
        else ("`thousands: '.'` beside `decimal: ','` if it stands before decimals")
    )
    if len(numbers) and grouped[numbers.index].all() and not confirmed:
        problems.add(
            path,
            f"every {words[decimal]} in this column has three digits behind it: thousands or "
            f"decimals? Write in `reading` {both}",
            row=int(numbers.index[0]),
            column=column,
            value=str(numbers.iloc[0]),
        )
    _other_marks(cells, column, decimal, other, path, problems)


def _other_marks(
    cells: pd.Series, column: str, decimal: str, other: str, path: str, problems: Problems
) -> None:
    """Say how a mark that is not that of decimals is declared, where the column is of numbers."""
    wrong = cells[cells.str.fullmatch(PLAIN.pattern) | cells.str.fullmatch(GROUPED[other].pattern)]
    wrong = wrong[wrong.str.contains(re.escape(other))]
    if wrong.empty:
        return
    grouped = bool(wrong.str.fullmatch(GROUPED[other].pattern).all())
    if grouped and other == ",":
        hint = (
            "every comma has three digits behind it: write `thousands: ','` in `reading` if it "
            "stands between thousands; if it stands before decimals, both `decimal: ','` and "
            "`thousands: '.'`"
        )
    elif grouped:
        hint = "a dot beside decimal commas: write `thousands: '.'` in `reading`"
    elif other == ",":
        hint = "for a decimal comma write `decimal: ','` in `reading`"
    else:
        hint = "a dot before decimals in a file whose `decimal` is a comma"
    count = f" ({len(wrong):,} cells)" if len(wrong) > 1 else ""
    problems.add(
        path,
        f"not a number, but the models calculate with this column{count}; {hint}",
        row=int(wrong.index[0]),
        column=column,
        value=str(wrong.iloc[0]),
    )
