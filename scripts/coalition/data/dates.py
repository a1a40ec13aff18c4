"""Dates in columns: read by a declared form, and their years taken."""

from __future__ import annotations

import re
from datetime import datetime

from ..base.errors import Problems, nearest
from .typed_table import DATE, INTEGER, Kind, Table

ISO = re.compile(r"(\d{4})-\d{2}(-\d{2}([T ].*)?)?")
YEAR = re.compile(r"\d{4}(\.0)?")


def _missing_column(table: Table, column: str, rule: str, path: str, problems: Problems) -> bool:
    if column in table.cells:
        return False
    problems.add(
        path,
        f"the column {column!r}, which `{rule}` names, is not in the file",
        row=1,
        nearest=nearest(column, table.cells.columns),
    )
    return True


def dated(table: Table, column: str, form: str, path: str, problems: Problems) -> Table:
    """Return the table with a column's dates, which stand in the form that is declared, as ISO
    8601.
    """
    if _missing_column(table, column, "dates", path, problems):
        return table
    cells = table.cells[column]
    found: dict[str, str] = {"": ""}
    for line, cell in cells.items():
        if cell in found:
            continue
        try:
            found[cell] = datetime.strptime(cell, form).date().isoformat()
        except (ValueError, re.error):
            problems.add(
                path,
                "not a date in the form that `dates` declares",
                row=int(line),  # type: ignore[call-overload]
                column=column,
                value=cell,
                allowed=form,
            )
            found[cell] = ""
    made = cells.map(found).astype("str")
    return table.with_cells(table.cells.assign(**{column: made}), **{column: Kind(DATE)})


def years_taken(table: Table, column: str, source: str, path: str, problems: Problems) -> Table:
    """Return the table with the years of a column of dates in a column of their own, or in place of
    the dates.
    """
    if _missing_column(table, source, "year_of", path, problems):
        return table
    if column != source and column in table.cells:
        problems.add(
            path,
            f"`year_of` makes a column {column!r}, and the file has one of that name",
            row=1,
            value=column,
        )
        return table
    cells = table.cells[source]
    found: dict[str, str] = {"": ""}
    for line, cell in cells.items():
        if cell in found:
            continue
        match = ISO.fullmatch(cell)
        found[cell] = match[1] if match else str(int(float(cell))) if YEAR.fullmatch(cell) else ""
        if not found[cell]:
            problems.add(
                path,
                "not a date of which `year_of` could take the year; `dates` says its form",
                row=int(line),  # type: ignore[call-overload]
                column=source,
                value=cell,
                allowed="YYYY-MM-DD, or a year",
            )
    made = cells.map(found).astype("str")
    return table.with_cells(table.cells.assign(**{column: made}), **{column: Kind(INTEGER)})
