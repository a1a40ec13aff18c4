"""What the columns of a sample are, beside its CSV: levels in their order, long whole numbers,
texts
that look like numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from .files import read_table

TEXT, INTEGER, CATEGORY = "text", "integer", "category"
Kinds = Mapping[str, Mapping[str, Any]]


def kinds_of(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return what the columns of a table are that a CSV does not tell: column -> kind, and of a
    category its levels and whether their order means something.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, cells in table.items():
        if isinstance(cells.dtype, pd.CategoricalDtype):
            levels = [str(level) for level in cells.cat.categories]
            found[str(name)] = {
                "kind": CATEGORY, "levels": levels, "ordered": bool(cells.cat.ordered),
            }  # fmt: skip
        elif isinstance(cells.dtype, pd.Int64Dtype):
            found[str(name)] = {"kind": INTEGER}
        elif not pd.api.types.is_numeric_dtype(cells):
            found[str(name)] = {"kind": TEXT}
    return found


def read_sample(path: str | Path, kinds: Kinds) -> pd.DataFrame:
    """Read the table of a sample that the run has written, its columns as what they were.

    Parameters
    ----------
    path : path
        The CSV.
    kinds : mapping
        As `kinds_of` returned it when the table was written.
    """
    table = read_table(path, tuple(kinds))
    for name in (name for name in kinds if name in table.columns):
        about = kinds[name]
        if about["kind"] == INTEGER:
            whole = [None if pd.isna(cell) else int(cell) for cell in table[name]]
            table[name] = pd.array(whole, dtype="Int64")
        elif about["kind"] == CATEGORY:
            table[name] = pd.Categorical(
                table[name], categories=about["levels"], ordered=about["ordered"]
            )
    return table


def values_in_order(values: pd.Series) -> list[Any]:
    """Return the values that occur in a column, in the order of its categories, or sorted."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        present = set(values.dropna())
        return [level for level in values.cat.categories if level in present]
    return sorted(values.dropna().unique())
