"""How well two coders agree: exact, within one level, Krippendorff's alpha with the ordinal metric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from .caveat_levels import round_half

COMPARISONS: Mapping[str, Mapping[str, list[str]]] = {
    "read rows (A, B)": {"evidence": ["A", "B"]},
    "read rows, stated limits only": {"evidence": ["A", "B"], "basis": ["stated", ""]},
    "read rows, limits by rule or none found": {
        "evidence": ["A", "B"],
        "restricted_by": ["rule", "none_found", ""],
    },
    "all rows (A, B, C)": {"evidence": ["A", "B", "C"]},
}
"""Which rows are compared; an empty text lets a coder through who did not record the column."""


def ordinal_alpha(first: np.ndarray, second: np.ndarray, levels: int = 4) -> float:
    """Return Krippendorff's alpha for two coders without gaps, ordinal metric.

    Parameters
    ----------
    first, second : ndarray of int, shape (n,)
        Levels 0 .. levels-1 of the same units.

    Returns
    -------
    float
        1 perfect, 0 what chance gives; nan where the values do not vary.

    Notes
    -----
    Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section E with the ordinal
    difference function.
    """
    coincidences = np.zeros((levels, levels))
    np.add.at(coincidences, (first, second), 1.0)
    coincidences += coincidences.T
    totals = coincidences.sum(axis=1)
    cumulated = np.cumsum(totals)
    middle = cumulated - totals / 2  # the rank that the values of one level share
    distance = (middle[:, None] - middle[None, :]) ** 2
    expected = (np.outer(totals, totals) * distance).sum() / (totals.sum() - 1)
    return float(1 - (coincidences * distance).sum() / expected) if expected > 0 else float("nan")


def cells(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return the units that both coders rated.

    A coder's value of a state-year is the median of the rows that cover the year, halves rounded
    up; of a state, the median over the years that both coders cover.

    Parameters
    ----------
    rows : DataFrame
        Columns iso3, coder, from_year, to_year, level.
    unit : {"state", "state-year"}

    Returns
    -------
    DataFrame
        iso3, (year,) first, second: whole levels of the two coders.
    """
    rated = rows.dropna(subset=["level"])
    years = [
        range(int(first), int(last) + 1)
        for first, last in zip(rated["from_year"], rated["to_year"], strict=True)
    ]
    spread = rated.assign(year=years).explode("year")
    value = round_half(
        spread.groupby(["iso3", "year", "coder"])["level"].median().astype("float64"), "up"
    ).unstack("coder")
    if value.shape[1] < 2:
        return pd.DataFrame(columns=["iso3", "first", "second"])
    both = value.dropna().set_axis(["first", "second"], axis=1)
    if unit == "state":
        both = both.groupby("iso3").median().apply(round_half, ties="up")
    return both.astype(int).reset_index()


def _bootstrap(units: pd.DataFrame, replicates: int, seed: int) -> tuple[float, float]:
    """Return the 95% percentile interval of alpha over resampled states, which carry all their
    years along.
    """
    generator = np.random.default_rng(seed)
    groups = [part[["first", "second"]].to_numpy() for _, part in units.groupby("iso3")]
    alphas = []
    for _ in range(replicates):
        drawn = np.vstack(
            [groups[index] for index in generator.integers(len(groups), size=len(groups))]
        )
        alphas.append(ordinal_alpha(drawn[:, 0], drawn[:, 1]))
    known = np.array([alpha for alpha in alphas if np.isfinite(alpha)])
    return (
        (float(np.quantile(known, 0.025)), float(np.quantile(known, 0.975)))
        if len(known)
        else (float("nan"), float("nan"))
    )


def compare(
    caveats: pd.DataFrame, operation: str, replicates: int, seed: int
) -> list[dict[str, Any]]:
    """Compare the first two coders of one operation under every comparison and unit.

    Parameters
    ----------
    caveats : DataFrame
        The canonical table `caveats`.
    replicates : int
        Resamples of states for the interval of alpha.

    Returns
    -------
    list of dict
        One entry a comparison and unit; see docs/architecture.md.
    """
    rows = []
    if "coder" not in caveats:
        return rows
    kept = caveats[caveats["preferred"].fillna(1) == 1] if "preferred" in caveats else caveats
    for name, condition in COMPARISONS.items():
        used = kept
        for column, allowed in condition.items():
            if column in used:
                used = used[used[column].fillna("").isin(allowed)]
        for unit in ("state", "state-year"):
            units = cells(used, unit)
            about = {"operation": operation, "comparison": name, "unit": unit} | _coverage(
                used, unit
            )
            rows.append(about | _statistics(units, replicates, seed))
    return rows


def _coverage(rows: pd.DataFrame, unit: str) -> dict[str, int]:
    """Return how many states have a level by any coder, and how many of them by one alone; of
    state-years nothing.
    """
    if unit != "state":
        return {}
    coders = rows.dropna(subset=["level"]).groupby("iso3")["coder"].nunique()
    return {"rated": len(coders), "one_coder": int((coders == 1).sum())}


def _statistics(units: pd.DataFrame, replicates: int, seed: int) -> dict[str, Any]:
    if units.empty:
        return {"cells": 0, "states": 0}
    difference = (units["second"] - units["first"]).to_numpy(float)
    low, high = _bootstrap(units, replicates, seed)
    return {
        "cells": len(units),
        "states": units["iso3"].nunique(),
        "exact": float(np.mean(difference == 0)),
        "within_one": float(np.mean(np.abs(difference) <= 1)),
        "mean_difference": float(difference.mean()),
        "alpha": ordinal_alpha(units["first"].to_numpy(int), units["second"].to_numpy(int)),
        "alpha_low": low,
        "alpha_high": high,
    }
