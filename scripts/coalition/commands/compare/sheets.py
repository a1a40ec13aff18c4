"""CSV that a spreadsheet shows and does not run."""

from __future__ import annotations

import pandas as pd

from ...base.files import csv_text


def sheet(table: pd.DataFrame) -> bytes:
    """Return a table as UTF-8 CSV with LF line ends, its texts inert (`files.inert`)."""
    return csv_text(table).encode()
