"""The closed language of conditions: {variable: [values]} and {variable: {min: a, max: b}}; nothing is ever evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

Condition = Mapping[str, Any]


def holds(table: pd.DataFrame, condition: Condition) -> pd.Series:
    """Tell for each row whether every part of a condition holds; a missing value satisfies nothing.

    Parameters
    ----------
    table : DataFrame, shape (n, any)
    condition : mapping
        Variable to a list of values, or to {min, max} with both ends included.

    Returns
    -------
    Series of bool, shape (n,)

    Raises
    ------
    KeyError
        When the table lacks a variable of the condition.
    """
    kept = pd.Series(True, index=table.index)
    for variable, allowed in condition.items():
        column = table[variable]
        if isinstance(allowed, Mapping):
            inside = column.between(allowed.get("min", float("-inf")), allowed.get("max", float("inf")))
            kept &= inside.fillna(False).astype(bool)
        else:
            kept &= column.isin(list(allowed))
    return kept
