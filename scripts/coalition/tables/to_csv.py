"""A table as CSV: everything behind it, in full precision."""

from __future__ import annotations

from ..table import Table

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is taken for a formula by spreadsheets."""


def write(table: Table) -> bytes:
    """Return the table's `tidy` as UTF-8 CSV; a text that a spreadsheet would run is quoted by an apostrophe."""
    safe = table.tidy.map(lambda value: f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value)
    return safe.to_csv(index=False, lineterminator="\n").encode()
