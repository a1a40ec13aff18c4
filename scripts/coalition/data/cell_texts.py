"""Values of any format as texts that lose nothing, and the kind of a column of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from .typed_table import CATEGORY, DATE, INTEGER, NUMBER, TEXT, Kind

SHORT = 1e15
"""Below it a whole float is written without a point; its digits are then all its own."""

KINDS_OF_COLUMNS: tuple[tuple[Callable[[pd.Series], bool], str], ...] = (
    (pd.api.types.is_bool_dtype, INTEGER),
    (pd.api.types.is_integer_dtype, INTEGER),
    (pd.api.types.is_float_dtype, NUMBER),
    (pd.api.types.is_datetime64_any_dtype, DATE),
)
KINDS_OF_VALUES: tuple[tuple[set[type], str], ...] = (
    ({bool, int, np.bool_, np.int64, np.int32}, INTEGER),
    ({float, int, Decimal, np.float64}, NUMBER),
    ({date, datetime, pd.Timestamp}, DATE),
)
"""What a column of objects is, by the types of its values; the first that fits."""


def cell_text(value: Any) -> str:
    """Return a cell as text: whole numbers without a point, dates as ISO 8601, what is missing as
    an empty text.
    """
    if _missing(value):
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return _float_text(float(value))
    if isinstance(value, Decimal):
        return "" if value.is_nan() else format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return str(value).strip()


def _float_text(value: float) -> str:
    if value != value:
        return ""
    if abs(value) < SHORT and value == int(value):
        return str(int(value))
    return repr(value)


def column_texts(values: pd.Series) -> tuple[list[str], Kind]:
    """Return a column of a data frame as texts, and what it is."""
    kind = values.dtype
    if isinstance(kind, pd.CategoricalDtype):
        levels = [cell_text(level) for level in kind.categories]
        codes = values.cat.codes.to_numpy()
        texts = [levels[code] if code >= 0 else "" for code in codes]
        return texts, Kind(CATEGORY, tuple(dict.fromkeys(levels)), bool(kind.ordered))
    texts = [cell_text(value) for value in values.tolist()]
    return texts, _kind(values)


def _kind(values: pd.Series) -> Kind:
    for holds, kind in KINDS_OF_COLUMNS:
        if holds(values):
            return Kind(kind)
    types = {type(value) for value in values.tolist() if not _missing(value)}
    fitting = (kind for known, kind in KINDS_OF_VALUES if types and types <= known)
    return Kind(next(fitting, TEXT))


def _missing(value: Any) -> bool:
    return (
        value is None
        or value is pd.NaT
        or value is pd.NA
        or (isinstance(value, float) and value != value)
    )
