"""Dated troop counts -> one count a state and year."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from ..base.grades import used

STATISTICS = {"median": "median", "mean": "mean", "maximum": "max"}


def by_year(
    counts: pd.DataFrame, evidence: Collection[str], flags: Collection[str], statistic: str
) -> pd.DataFrame:
    """Combine the usable counts of each state and year, whatever series they come from.

    Parameters
    ----------
    counts : DataFrame
        The canonical table `troops` of one operation.
    evidence : collection of {"A", "B", "C"}
        Grades that are used.
    flags : collection of str
        Flags that are used; a table without flags is used whole.
    statistic : {"median", "mean", "maximum"}

    Returns
    -------
    DataFrame, one row per state and year
        Columns iso3, year, troops (persons).
    """
    counts = counts[counts["evidence"].isin(used(evidence))]
    if "flag" in counts:
        counts = counts[counts["flag"].isin(list(flags))]
    years = counts.assign(year=pd.to_numeric(counts["date"].str[:4])).astype({"troops": "float64"})
    return years.groupby(["iso3", "year"])["troops"].agg(STATISTICS[statistic]).reset_index()
