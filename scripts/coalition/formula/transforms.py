"""The closed list of transforms, used by variables, components and terms alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd


def _positive_log(values: pd.Series) -> pd.Series:
    # The log of zero or less is undefined: such a cell is missing, and the flow says so.
    return pd.Series(np.log(values.where(values > 0)), index=values.index)


POINTWISE: Mapping[str, Callable[[pd.Series], pd.Series]] = {
    "none": lambda values: values,
    "log": _positive_log,
    "log1p": lambda values: np.log1p(values.where(values > -1)),
    "asinh": lambda values: np.arcsinh(values),
    "sqrt": lambda values: np.sqrt(values.where(values >= 0)),
    "square": lambda values: values**2,
    "cube": lambda values: values**3,
}
"""What one value becomes, whatever the others are."""
POWERS = {"square": 2, "cube": 3}
RELATIVE: Mapping[str, Callable[[pd.Series, pd.Series], pd.Series]] = {
    "centre": lambda values, among: values - among.mean(),
    "standardise": lambda values, among: _scaled(values, among, 1),
    "standardise2": lambda values, among: _scaled(values, among, 2),
    "rank": lambda values, among: values.where(values.index.isin(among.index)).rank(pct=True),
}
"""What a value becomes among the rows that are used: their mean, standard deviation (one, or two:
Gelman 2008), or rank.
"""
TEMPORAL = ("lag", "lead", "difference")
"""What a value becomes by the value of the same unit some periods before or after."""
TRANSFORMS = (*POINTWISE, *RELATIVE)
"""Transforms that need no panel: those of variables and components."""


def _scaled(values: pd.Series, among: pd.Series, deviations: int) -> pd.Series:
    spread = among.std(ddof=1)
    return (values - among.mean()) / (deviations * spread) if spread > 0 else values * float("nan")


def transform(values: pd.Series, name: str, among: pd.Series | None = None) -> pd.Series:
    """Return the transformed values as floats; what is undefined (the log of zero) is missing.

    Parameters
    ----------
    values : Series, shape (n,)
    name : str
        One of `TRANSFORMS`.
    among : Series of bool, shape (n,), optional
        The rows whose mean and standard deviation count; all if not given.
    """
    values = values.astype("float64")
    if name in RELATIVE:
        return RELATIVE[name](values, values if among is None else values[among]).astype("float64")
    return POINTWISE[name](values).astype("float64")


def _twice(keys: pd.MultiIndex) -> str:
    """Return the sentence for a unit that has two rows in one period."""
    first = keys[keys.duplicated()][0]
    *unit, time = first
    called = ", ".join(str(part) for part in unit)
    return f"{called} has more than one row at {time:g}: which of them comes before is not known"


def shifted(
    values: pd.Series, name: str, periods: int, unit: Sequence[pd.Series], time: pd.Series
) -> pd.Series:
    """Return a unit's value some periods before (lag), after (lead), or the change since then
    (difference).

    Parameters
    ----------
    values : Series, shape (n,)
    name : {"lag", "lead", "difference"}
    periods : int
        In units of time: a gap in a unit's rows gives a missing value, never the row before the
        gap.
    unit : sequence of Series, shape (n,)
        Columns that together name the unit.
    time : Series of int, shape (n,)
    """
    named = time.notna()  # a row without unit or time has no row before it
    for column in unit:
        named &= column.notna()
    parts = [*(column[named] for column in unit), time[named].astype("float64")]
    keys = pd.MultiIndex.from_arrays(parts)
    if keys.has_duplicates:
        raise ValueError(_twice(keys))
    moved = parts[-1] + (periods if name == "lead" else -periods)
    then = pd.MultiIndex.from_arrays([*parts[:-1], moved])
    other = pd.Series(values[named].to_numpy(float), index=keys).reindex(then)
    other = other.set_axis(values.index[named]).reindex(values.index)
    return values.astype("float64") - other if name == "difference" else other
