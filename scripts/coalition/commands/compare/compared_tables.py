"""The tables that two runs print, cell by cell."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from .changes import presence
from .runs import Entry, Run

COLUMNS = ["table", "presence", "same", "rows_a", "rows_b", "cells", "columns"]


def printed(a: Run, b: Run) -> pd.DataFrame:
    """Compare the numbers behind every table that either run printed.

    Returns
    -------
    DataFrame
        table; presence; same: whether no cell differs; rows_a, rows_b; cells: how many differ,
        missing where the two have other rows or columns; columns: those in which cells differ, the
        most first, with their number. Tables that differ come first.
    """
    names = sorted({path.name for run in (a, b) for path in _files(run)})
    rows = [_row(name, *(run.folder / "tables" / name for run in (a, b))) for name in names]
    rows.sort(key=lambda row: (row["same"], row["table"]))
    return pd.DataFrame(rows, columns=COLUMNS)


def _files(run: Run) -> list[Path]:
    return list((run.folder / "tables").glob("*.csv"))


def _row(name: str, first: Path, second: Path) -> Entry:
    a, b = (_read(path) for path in (first, second))
    about: Entry = {
        "table": name.removesuffix(".csv"),
        "presence": presence(a is not None, b is not None),
        "rows_a": None if a is None else len(a),
        "rows_b": None if b is None else len(b),
    }
    return about | ({"same": False, "cells": None, "columns": ""} | _cells(a, b))


def _cells(a: pd.DataFrame | None, b: pd.DataFrame | None) -> Entry:
    """Return how many cells differ, and in which columns; of tables of other shape the columns that
    only one has.
    """
    if a is None or b is None:
        return {}
    if list(a) != list(b) or len(a) != len(b):
        alone = sorted({*a} ^ {*b})
        return {"columns": ", ".join(f"{name} (one run only)" for name in alone)}
    unlike = (a != b).sum()
    cells = int(unlike.sum())
    told = [f"{name} ({n:,})" for name, n in unlike.sort_values(ascending=False).items() if n]
    return {"same": not cells, "cells": cells, "columns": ", ".join(told)}


def _read(path: Path) -> pd.DataFrame | None:
    if not path.is_file():
        return None
    try:
        return pd.read_csv(path, dtype="str", keep_default_na=False)
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
