"""The closed list of what several columns become: their least, greatest, mean, sum, difference,
ratio
and product, or whether a condition holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from .filters import truth, variables

Table = pd.DataFrame
COMBINATIONS: Mapping[str, Callable[[Table], pd.Series]] = {
    "min_of": lambda parts: parts.min(axis=1),
    "max_of": lambda parts: parts.max(axis=1),
    "mean_of": lambda parts: parts.mean(axis=1),
    "sum_of": lambda parts: parts.sum(axis=1),
    "product": lambda parts: parts.prod(axis=1),
    "difference": lambda parts: parts.iloc[:, 0] - parts.iloc[:, 1],
    "ratio": lambda parts: parts.iloc[:, 0] / parts.iloc[:, 1].where(parts.iloc[:, 1] != 0),
}
"""How each is made of its columns, of which none is missing or some are to be passed over."""
OF_TWO = ("difference", "ratio")
"""Those whose columns have an order, and are two."""
CONDITION = "condition"
IGNORED = "ignored"
ZERO_WHERE = "zero_where"
"""Condition under which a missing value of a column is zero by declared rule."""


def kind_of(spec: Mapping[str, Any]) -> str | None:
    """Return which combination a variable of the config is, or None."""
    return next((name for name in (*COMBINATIONS, CONDITION) if name in spec), None)


def parts_of(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns that a combination calculates with; a condition calculates with none."""
    kind = kind_of(spec)
    return () if kind in (None, CONDITION) else tuple(spec[kind])


def columns_of(spec: Mapping[str, Any]) -> list[str]:
    """Return every column that a variable of the config is made of, each once."""
    named = [spec["from"]] if "from" in spec else []
    conditions = [
        *spec.get("any_of", []),
        *(spec[name] for name in (CONDITION, ZERO_WHERE) if name in spec),
    ]
    named += [*parts_of(spec), *(name for each in conditions for name in variables(each))]
    return list(dict.fromkeys(named))


def combined(rows: pd.DataFrame, spec: Mapping[str, Any]) -> pd.Series:
    """Return a combination of columns, (n,) float.

    Parameters
    ----------
    rows : DataFrame, shape (n, any)
    spec : mapping
        One of `COMBINATIONS` with its columns, or `condition`; `missing_parts` says what is made of
        a row in which a part is missing: "missing" (the default), or "ignored", which takes the
        parts that are known and is missing where none is. A difference or a ratio needs both. What
        is divided by zero is missing. A condition is 1 or 0, and missing where the missing value
        decides it.

    Raises
    ------
    FilterError
        When a condition compares texts with numbers.
    """
    kind = kind_of(spec)
    if kind == CONDITION:
        return truth(rows, spec[CONDITION]).astype("Float64").astype("float64")
    assert kind is not None
    parts = rows[list(parts_of(spec))].astype("float64")
    known = parts.notna()
    needed = spec.get("missing_parts") == IGNORED and kind not in OF_TWO
    enough = known.any(axis=1) if needed else known.all(axis=1)
    return COMBINATIONS[kind](parts).where(enough).astype("float64")


def notes(rows: pd.DataFrame, name: str, spec: Mapping[str, Any]) -> list[str]:
    """Return what a reader must know of how a variable came out: divisions by zero, missing
    parts.
    """
    found: list[str] = []
    parts = parts_of(spec)
    if not parts:
        return found
    values = rows[list(parts)].astype("float64")
    if "ratio" in spec and (
        zero := int(((values.iloc[:, 1] == 0) & values.notna().all(axis=1)).sum())
    ):
        found.append(f"{name}: missing in {_rows(zero)} where {parts[1]} is zero")
    some = values.isna().any(axis=1)
    if some.any():
        lost = some & (values.isna().all(axis=1) | (spec.get("missing_parts") != IGNORED))
        kept = int((some & ~lost).sum())
        if kept:
            found.append(f"{name}: of the known parts alone in {_rows(kept)} with a missing part")
        if lost.any():
            found.append(f"{name}: missing in {_rows(int(lost.sum()))} for a missing part")
    return found


def _rows(number: int) -> str:
    return f"{number:,} row{'' if number == 1 else 's'}"


def texts_among(rows: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return the columns that hold texts, with which nothing can be calculated."""
    return [name for name in columns if not pd.api.types.is_numeric_dtype(rows[name])]
