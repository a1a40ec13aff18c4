"""A table as CSV: everything behind it, in full precision."""

from __future__ import annotations

from ....base import files
from ..table import Table


def write(table: Table) -> bytes:
    """Return the table's `tidy` as UTF-8 CSV; a text that a spreadsheet would run is made inert
    (`files.inert`).
    """
    return files.csv_text(table.tidy.astype(object)).encode()
