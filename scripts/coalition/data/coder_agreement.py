"""How well coders agree, pair by pair and all together: exact, within one level, Krippendorff's
alpha with the ordinal metric.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from .caveat_levels import round_half, year_by_year

READ = "read rows (A, B)"
COMPARISONS: Mapping[str, Mapping[str, list[str]]] = {
    READ: {"evidence": ["A", "B"]},
    "read rows, stated limits only": {"evidence": ["A", "B"], "basis": ["stated", ""]},
    "read rows, limits by rule or none found": {
        "evidence": ["A", "B"],
        "restricted_by": ["rule", "none_found", ""],
    },
    "all rows (A, B, C)": {"evidence": ["A", "B", "C"]},
}
"""Which rows are compared; an empty text keeps a coder who did not record the column."""

ANALYSED: Mapping[str, list[str] | None] = {
    "level of a state as analysed: median of a coder's statements": ["rule", "none_found", ""],
    "the same, make-up as coded": None,
}
"""What a state's level is made of, a median of its statements by each coder whatever the years; and
the values of restricted_by that count.
"""
NEW_SOURCES = "read rows, the second coder's new sources"
"""Of the read rows, the second coder's only where no coder before had used one of their sources."""
ALL = "all"
"""What stands for the coders of a comparison of all of them, where there are more than two."""


def ordinal_alpha(values: np.ndarray, levels: int = 4) -> float:
    """Return Krippendorff's alpha for any number of coders, with gaps, ordinal metric.

    Parameters
    ----------
    values : ndarray of float, shape (n, coders)
        Levels 0 .. levels-1 of the same units; nan where a coder did not rate the unit. A unit
        with one rating alone does not count.

    Returns
    -------
    float
        1 perfect, 0 what chance gives; nan where the values do not vary.

    Notes
    -----
    Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section D (any number of
    observers, missing data) with the ordinal difference function of section E: a unit that m coders
    rated adds its m (m - 1) ordered pairs to the coincidences, each with weight 1 / (m - 1).
    """
    return float(_alphas(_coincidences(values, levels).sum(axis=0)))


def _coincidences(values: np.ndarray, levels: int = 4) -> np.ndarray:
    """Return what each unit adds to the coincidences, shape (n, levels, levels); a unit with one
    rating adds nothing.
    """
    rated = (values[:, :, None] == np.arange(levels)).sum(axis=1).astype(float)
    pairs = rated[:, :, None] * rated[:, None, :]
    pairs[:, np.arange(levels), np.arange(levels)] -= rated  # nobody is paired with himself
    return pairs / np.maximum(rated.sum(axis=1) - 1, 1)[:, None, None]


def _alphas(coincidences: np.ndarray) -> np.ndarray:
    """Return alpha of each matrix of coincidences, shape (...,); nan where values do not vary.

    Parameters
    ----------
    coincidences : ndarray, shape (..., levels, levels)
    """
    totals = coincidences.sum(axis=-1)
    middle = np.cumsum(totals, axis=-1) - totals / 2  # the rank that values of one level share
    distance = (middle[..., :, None] - middle[..., None, :]) ** 2
    by_chance = totals[..., :, None] * totals[..., None, :] * distance
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = by_chance.sum(axis=(-2, -1)) / (totals.sum(axis=-1) - 1)
        alphas = 1 - (coincidences * distance).sum(axis=(-2, -1)) / expected
    return np.where(expected > 0, alphas, np.nan)


def blind(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of coders who had not seen the others' levels: no other row says how well two
    readers agree.
    """
    return rows[rows["blind"].fillna(1) == 1] if "blind" in rows else rows


def by_coder(rows: pd.DataFrame) -> pd.DataFrame:
    """Return every coder's level of every state-year: the median of the coder's rows that cover the
    year, halves rounded up.

    Parameters
    ----------
    rows : DataFrame
        Columns iso3, coder, from_year, to_year, level.

    Returns
    -------
    DataFrame
        Index iso3, year; one column a coder, nan where the coder has no level.
    """
    rated = rows.dropna(subset=["level"])
    medians = (
        year_by_year(rated).groupby(["iso3", "year", "coder"])["level"].median().astype("float64")
    )
    return round_half(medians, "up").unstack("coder")


def units(levels: pd.DataFrame, coders: Sequence[int], unit: str) -> pd.DataFrame:
    """Return the units that two of the coders or more rated.

    A coder's value of a state is the median over the years that another of them covers too.

    Parameters
    ----------
    levels : DataFrame
        As `by_coder` returns it.
    unit : {"state", "state-year"}

    Returns
    -------
    DataFrame
        Index iso3 (and year); one column a coder: whole levels, nan where not rated.
    """
    both = levels.reindex(columns=list(coders))
    both = both[both.notna().sum(axis=1) > 1]
    if unit == "state" and not both.empty:
        both = both.groupby("iso3").median().apply(round_half, ties="up")
        both = both[both.notna().sum(axis=1) > 1]
    return both


def _bootstrap(rated: pd.DataFrame, replicates: int, seed: int) -> tuple[float, float]:
    """Return the 95% percentile interval of alpha over resampled states, which carry all their
    years along.
    """
    generator = np.random.default_rng(seed)
    of_states = np.stack(
        [_coincidences(part.to_numpy()).sum(axis=0) for _, part in rated.groupby("iso3")]
    )
    drawn = generator.integers(len(of_states), size=(replicates, len(of_states)))
    times = (drawn[:, :, None] == np.arange(len(of_states))).sum(axis=1)
    alphas = _alphas(np.tensordot(times, of_states, axes=1))
    known = alphas[np.isfinite(alphas)]
    return (
        (float(np.quantile(known, 0.025)), float(np.quantile(known, 0.975)))
        if len(known)
        else (float("nan"), float("nan"))
    )


def compare(
    caveats: pd.DataFrame,
    operation: str,
    replicates: int,
    seed: int,
    wanted: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """Compare the coders of one operation, each with each and all together, under every comparison
    and unit.

    Parameters
    ----------
    caveats : DataFrame
        The canonical table `caveats`. Rows with blind 0 are left out.
    replicates : int
        Resamples of states for the interval of alpha.
    wanted : collection of str, optional
        Names of the comparisons that are made; all where nothing is said.

    Returns
    -------
    list of dict
        One entry a pair (`coders`: "1 and 2", or "all"), comparison and unit; see
        docs/architecture.md.
    """
    if "coder" not in caveats:
        return []
    kept = caveats[caveats["preferred"].fillna(1) == 1] if "preferred" in caveats else caveats
    kept = blind(kept)
    entries = []
    for coders in _groups(sorted(int(coder) for coder in kept["coder"].dropna().unique())):
        for name, used in _wanted(_comparisons(kept, coders), wanted).items():
            levels = by_coder(used)
            for unit in ("state", "state-year"):
                about: dict[str, Any] = {
                    "operation": operation,
                    "coders": _named(coders),
                    "comparison": name,
                    "unit": unit,
                }
                about |= _coverage(used, unit) if _first(coders, kept) else {}
                entries.append(about | _statistics(units(levels, coders, unit), replicates, seed))
        for name, used in _wanted(_as_analysed(kept), wanted).items():
            about = {"operation": operation, "coders": _named(coders), "comparison": name}
            about |= {"unit": "state"} | (_coverage(used, "state") if _first(coders, kept) else {})
            entries.append(about | _statistics(_medians(used, coders), replicates, seed))
    return entries


def _wanted(
    found: dict[str, pd.DataFrame], names: Collection[str] | None
) -> dict[str, pd.DataFrame]:
    return {name: rows for name, rows in found.items() if names is None or name in names}


def of_read_states(
    caveats: pd.DataFrame, operation: str, replicates: int, seed: int
) -> list[dict[str, Any]]:
    """Compare the coders of one operation on read statements alone, by state: in pairs, on sources
    that are new to the second of a pair, and on the level as it is analysed; what is recalled is
    agreement of memories.
    """
    wanted = (READ, NEW_SOURCES, *ANALYSED)
    return [
        entry
        for entry in compare(caveats, operation, replicates, seed, wanted)
        if entry["unit"] == "state"
    ]


def _as_analysed(kept: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the read statements that the samples' levels are made of, under each name."""
    read, found = kept[kept["evidence"].isin(["A", "B"])], {}
    for name, allowed in ANALYSED.items():
        found[name] = (
            read
            if allowed is None or "restricted_by" not in read
            else read[read["restricted_by"].fillna("").isin(allowed)]
        )
    return found


def _medians(rows: pd.DataFrame, coders: Sequence[int]) -> pd.DataFrame:
    """Return each coder's level of a state, the median of its statements whatever the years, of
    states that two of the coders or more rated; halves rounded up.
    """
    medians = rows.dropna(subset=["level"]).groupby(["iso3", "coder"])["level"].median()
    rated = round_half(medians.astype("float64"), "up").unstack("coder")
    rated = rated.reindex(columns=list(coders))
    return rated[rated.notna().sum(axis=1) > 1]


def _groups(coders: Sequence[int]) -> list[tuple[int, ...]]:
    """Return all coders together where there are more than two, then every pair."""
    pairs: list[tuple[int, ...]] = list(combinations(coders, 2))
    return [tuple(coders), *pairs] if len(coders) != 2 else pairs


def _named(coders: Sequence[int]) -> str:
    return " and ".join(map(str, coders)) if len(coders) <= 2 else ALL


def _first(coders: Sequence[int], kept: pd.DataFrame) -> bool:
    """Return whether a group holds every coder: coverage is said once."""
    return len(coders) == kept["coder"].nunique()


def _comparisons(kept: pd.DataFrame, coders: Sequence[int]) -> dict[str, pd.DataFrame]:
    """Return the rows of every comparison that a group of coders has."""
    found = {}
    for name, condition in COMPARISONS.items():
        used = kept
        for column, allowed in condition.items():
            if column in used:
                used = used[used[column].fillna("").isin(allowed)]
        found[name] = used
    if len(coders) == 2 and "source_id" in kept:
        found[NEW_SOURCES] = _on_new_sources(found[READ], coders[1])
    return found


def _on_new_sources(rows: pd.DataFrame, second: int) -> pd.DataFrame:
    """Return the rows without those of the second coder that rest on a source of a coder before."""
    before = rows.loc[rows["coder"] < second, "source_id"]
    used = {part.strip() for ids in before for part in str(ids).split(";")}
    again = rows["source_id"].map(lambda ids: bool(used & {p.strip() for p in str(ids).split(";")}))
    return rows[(rows["coder"] != second) | ~again]


def _coverage(rows: pd.DataFrame, unit: str) -> dict[str, int]:
    """Return how many states have a level by any coder, and how many of them by one alone; of
    state-years nothing.
    """
    if unit != "state":
        return {}
    coders = rows.dropna(subset=["level"]).groupby("iso3")["coder"].nunique()
    return {"rated": len(coders), "one_coder": int((coders == 1).sum())}


def _statistics(rated: pd.DataFrame, replicates: int, seed: int) -> dict[str, Any]:
    """Return the figures of one comparison; of more than two coders, equal and within one say it of
    every pair that rated a unit, and there is no difference of the second from the first.
    """
    if rated.empty:
        return {"cells": 0, "states": 0}
    values = rated.to_numpy(float)
    apart = np.concatenate(
        [values[:, b] - values[:, a] for a, b in combinations(range(values.shape[1]), 2)]
    )
    apart = apart[np.isfinite(apart)]
    low, high = _bootstrap(rated, replicates, seed)
    return {
        "cells": len(rated),
        "states": rated.index.get_level_values("iso3").nunique(),
        "exact": float(np.mean(apart == 0)),
        "within_one": float(np.mean(np.abs(apart) <= 1)),
        "mean_difference": float(apart.mean()) if values.shape[1] == 2 else None,
        "alpha": ordinal_alpha(values),
        "alpha_low": low,
        "alpha_high": high,
    }
