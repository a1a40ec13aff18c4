"""A table as CSV: everything behind it, in full precision."""

from __future__ import annotations

import pandas as pd

from ..table import Table

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is taken for a formula by spreadsheets."""


def write(table: Table) -> bytes:
    """Return the table's `tidy` as UTF-8 CSV; a text that a spreadsheet would run is quoted by an apostrophe."""
    columns = {name: pd.Series([_safe(value) for value in values], dtype=object) for name, values in table.tidy.items()}
    return pd.DataFrame(columns).to_csv(index=False, lineterminator="\n").encode()


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
