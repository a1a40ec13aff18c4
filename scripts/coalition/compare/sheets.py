"""CSV that a spreadsheet shows and does not run."""

from __future__ import annotations

import re

import pandas as pd

from ..tables.to_csv import FORMULA

STARTS = (
    *FORMULA,
    "\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def sheet(table: pd.DataFrame) -> bytes:
    """Return a table as UTF-8 CSV with LF line ends.

    A text that begins as a formula does (=, +, -, @, a tab, a line end, or the wide forms of the first four) gets an apostrophe in
    front, which spreadsheets take for "this is text"; a text that is nothing but a number (-0.5, +3, 1e-9) stays as it is.
    """
    columns = {name: pd.Series([_safe(value) for value in values], dtype=object) for name, values in table.items()}
    return pd.DataFrame(columns, columns=list(table.columns)).to_csv(index=False, lineterminator="\n").encode()


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(STARTS) and not NUMBER.fullmatch(value) else value
