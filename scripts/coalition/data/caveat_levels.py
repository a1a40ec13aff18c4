"""How coders and periods become one caveat level per state and operation: a declared rule, applied
to every state alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..base.grades import used


def select(
    rows: pd.DataFrame, rule: Mapping[str, Any], evidence: Collection[str], operation: str
) -> pd.DataFrame:
    """Return the statements that a rule lets through.

    Parameters
    ----------
    rows : DataFrame, one row per state, coder, period and source
        The canonical table `caveats` of one operation.
    rule : mapping
        The block `caveats` of a sample in the config. Where it asks for some years only, statements
        are cut to these.
    evidence : collection of {"A", "B", "C"}
        Grades that are used; the other rows are missing, not zero.
    operation : str
        Its name, which picks its first phase.
    """
    kept = rows["evidence"].isin(used(evidence))
    if "coder" in rows:
        kept &= rows["coder"].isin(rule["coders"])
    if rule["preferred_only"] and "preferred" in rows:
        kept &= rows["preferred"].fillna(1) == 1
    for column in ("basis", "restricted_by", "role"):
        if rule.get(column, "all") != "all":
            kept &= rows[column].isin(rule[column]) if column in rows else False
    years = rule["first_phase"][operation] if rule["years"] == "first_phase" else rule["years"]
    if years != "all":
        kept &= (rows["from_year"] <= years[1]) & (rows["to_year"] >= years[0])
        rows = rows.assign(
            from_year=rows["from_year"].clip(lower=years[0]),
            to_year=rows["to_year"].clip(upper=years[1]),
        )
    return rows[kept]


def round_half(values: pd.Series, ties: str) -> pd.Series:
    """Round to whole levels; a half goes up or down as declared, never to the even number."""
    return np.floor(values + 0.5) if ties == "up" else np.ceil(values - 0.5)


def _yearly(rated: pd.DataFrame) -> pd.Series:
    """Return the median over the years of each year's median, so that a statement counts for as
    long as it held.
    """
    spells = zip(rated["from_year"], rated["to_year"], strict=True)
    by_year = rated.assign(year=[list(range(first, last + 1)) for first, last in spells]).explode(
        "year"
    )
    return by_year.groupby(["iso3", "year"])["level"].median().groupby("iso3").median()


COMBINED: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = {
    "median": lambda rated: rated.groupby("iso3")["level"].median(),
    "yearly": _yearly,
    "highest": lambda rated: rated.groupby("iso3")["level"].max(),
}
"""Statements with a level -> one value per state."""


def combine(rows: pd.DataFrame, rule: Mapping[str, Any]) -> pd.DataFrame:
    """Combine the selected statements into one value per state.

    Parameters
    ----------
    rows : DataFrame
        As `select` returns it.
    rule : mapping

    Returns
    -------
    DataFrame, one row per state
        Index iso3; caveat_level (0-3 or missing), any_caveat (0, 1 or missing), n_caveat_rows,
        n_coders, level_low, level_high. A state about which a source says that it has caveats, but
        not how tight, has any_caveat 1 and no level.
    """
    rated = rows.dropna(subset=["level"])
    levels = rated.groupby("iso3")["level"]
    value = COMBINED[rule["combine"]](rated)
    presence = (
        rows.groupby("iso3")["any_caveat"].max()
        if "any_caveat" in rows
        else pd.Series(dtype="float64")
    )
    table = pd.DataFrame(
        {
            "caveat_level": round_half(value.astype("float64"), rule["ties"]),
            "level_low": levels.min(),
            "level_high": levels.max(),
            "n_caveat_rows": levels.size(),
            "n_coders": rated.groupby("iso3")["coder"].nunique()
            if "coder" in rated
            else levels.size().clip(upper=1),
        },
        index=pd.Index(sorted(rows["iso3"].unique()), name="iso3"),
    )
    any_level = (table["caveat_level"] >= 1).where(table["caveat_level"].notna())
    table["any_caveat"] = any_level.astype("Float64").fillna(
        presence.reindex(table.index).astype("Float64")
    )
    return table.astype("Float64").reset_index()


def count_types(
    rows: pd.DataFrame, evidence: Collection[str], coders: Collection[int]
) -> pd.Series:
    """Count the types of caveat that a state is known to have had.

    The coders' lists are pooled: each coder missed types that the other found. No row means not
    known, so the count of a state without any row is missing, unless its level is none (which the
    sample fills in).

    Returns
    -------
    Series
        Index iso3, number of types.
    """
    graded = rows[rows["evidence"].isin(used(evidence))]
    if "coder" in graded:
        graded = graded[graded["coder"].isin(list(coders))]
    present = (
        graded[graded["present"] == 1].drop_duplicates(["iso3", "type"]).groupby("iso3").size()
    )
    return present.reindex(sorted(graded["iso3"].unique()), fill_value=0).rename("n_caveat_types")
