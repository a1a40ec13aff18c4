"""How coders and periods become one caveat level per state and operation: a declared rule, applied
to every state alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..base.grades import used

SENT = "what_was_sent"
"""restricted_by of a statement that tells nothing but what a contingent consisted of."""
STATED_ABSENCE = "stated_absence"
"""In a rule: statements that there is no caveat (any_caveat 0)."""
STATES_CAVEAT = "states_caveat"
"""Column of selected statements: what each says of the presence of a caveat."""


def select(
    rows: pd.DataFrame, rule: Mapping[str, Any], evidence: Collection[str], operation: str
) -> pd.DataFrame:
    """Return the statements that a rule keeps.

    Parameters
    ----------
    rows : DataFrame, one row per state, coder, period and source
        The canonical table `caveats` of one operation.
    rule : mapping
        The block `caveats` of a sample in the config. Where it asks for some years only, statements
        are cut to these; what a statement on nothing but a contingent's make-up says, its
        `what_was_sent` declares (see `as_read`).
    evidence : collection of {"A", "B", "C"}
        Grades that are used; the other rows are missing, not zero.
    operation : str
        Its name, which picks its first phase.

    Returns
    -------
    DataFrame
        The statements with their levels as the construct reads them, and STATES_CAVEAT.
    """
    rows = rows.assign(**{STATES_CAVEAT: states_caveat(rows)})
    kept = rows["evidence"].isin(used(evidence))
    if "coder" in rows:
        kept &= rows["coder"].isin(rule["coders"])
    if rule["preferred_only"] and "preferred" in rows:
        kept &= rows["preferred"].fillna(1) == 1
    for column in ("basis", "role"):
        if rule.get(column, "all") != "all":
            kept &= rows[column].isin(rule[column]) if column in rows else False
    if rule.get("restricted_by", "all") != "all":
        kept &= _restricted_by(rows, rule["restricted_by"])
    years = rule["first_phase"][operation] if rule["years"] == "first_phase" else rule["years"]
    if years != "all":
        kept &= (rows["from_year"] <= years[1]) & (rows["to_year"] >= years[0])
        rows = rows.assign(
            from_year=rows["from_year"].clip(lower=years[0]),
            to_year=rows["to_year"].clip(upper=years[1]),
        )
    return as_read(rows[kept], rule)


def _column(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return a column, all missing where the coders did not record it."""
    return rows[name] if name in rows else pd.Series(np.nan, rows.index, dtype="object")


def _restricted_by(rows: pd.DataFrame, wanted: Collection[str]) -> pd.Series:
    """Return which statements are of the wanted kinds; one that says that there is no caveat is a
    stated absence, and one in which no limit was found as well.
    """
    absent = _column(rows, "any_caveat").eq(0).fillna(False).astype(bool)
    return _column(rows, "restricted_by").isin(wanted) | (absent & (STATED_ABSENCE in wanted))


def states_caveat(rows: pd.DataFrame) -> pd.Series:
    """Return what each statement says of the presence of a caveat, a rule that limits use.

    Parameters
    ----------
    rows : DataFrame
        The whole table of an operation.

    Returns
    -------
    Series of float
        1 it says that there is one, 0 that there is none, nan nothing: a contingent that is sent
        to do little, or a fight without a word on limits, is neither. The level is asked only in a
        table that records neither restricted_by nor any_caveat.
    """
    restricted, stated = _column(rows, "restricted_by"), _column(rows, "any_caveat")
    if restricted.isna().all() and stated.isna().all():
        return rows["level"].ge(1).where(rows["level"].notna()).astype("Float64").astype("float64")
    said = stated.astype("Float64").astype("float64").mask(restricted.eq("rule").fillna(False), 1.0)
    return said.mask(restricted.eq(SENT).fillna(False))


def as_read(rows: pd.DataFrame, rule: Mapping[str, Any]) -> pd.DataFrame:
    """Return statements with their levels as the declared construct reads them.

    A caveat is a political reservation on the use of a force (Fermann 2019; Saideman & Auerswald
    2014), and what a contingent consists of is none: it may be all that the state has. So under
    says_nothing a statement on that alone is left out; under as_coded it keeps its level; under
    none it says that there is no caveat, which no source does.
    """
    reading = rule.get("what_was_sent", "as_coded")
    sent = _column(rows, "restricted_by").eq(SENT).fillna(False).astype(bool)
    if reading == "says_nothing":
        return rows[~sent]
    return rows.assign(level=rows["level"].mask(sent, 0)) if reading == "none" else rows


def round_half(values: pd.Series, ties: str) -> pd.Series:
    """Round to whole levels; a half goes up or down as declared, never to the even number."""
    return np.floor(values + 0.5) if ties == "up" else np.ceil(values - 0.5)


def year_by_year(rated: pd.DataFrame) -> pd.DataFrame:
    """Return statements once for each `year` in which they held."""
    spells = zip(rated["from_year"], rated["to_year"], strict=True)
    years = [range(int(first), int(last) + 1) for first, last in spells]
    return rated.assign(year=pd.Series(years, rated.index, dtype=object)).explode("year")


def _yearly(rated: pd.DataFrame) -> pd.Series:
    """Return the median over the years of each year's median, so that a statement counts for as
    long as it held.
    """
    return year_by_year(rated).groupby(["iso3", "year"])["level"].median().groupby("iso3").median()


def _by_coder(rated: pd.DataFrame) -> pd.Series:
    """Return the median over coders of each coder's median, so that a coder who wrote down many
    statements does not outvote the others.
    """
    if "coder" not in rated:
        return rated.groupby("iso3")["level"].median()
    return rated.groupby(["iso3", "coder"])["level"].median().groupby("iso3").median()


COMBINED: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = {
    "by_coder": _by_coder,
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
        n_coders, level_low, level_high. any_caveat comes from statements on rules and never from
        the level: 1 where one says that there is a caveat, 0 where one says that there is none and
        no other that there is.
    """
    rated = rows.dropna(subset=["level"])
    levels = rated.groupby("iso3")["level"]
    value = COMBINED[rule["combine"]](rated)
    said = rows[STATES_CAVEAT] if STATES_CAVEAT in rows else states_caveat(rows)
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
    table["any_caveat"] = said.groupby(rows["iso3"]).max()
    return table.astype("Float64").reset_index()


def types_used(
    rows: pd.DataFrame, evidence: Collection[str], coders: Collection[int]
) -> pd.DataFrame:
    """Return the rows on types of caveats whose grade and coder are used."""
    graded = rows[rows["evidence"].isin(used(evidence))]
    return graded[graded["coder"].isin(list(coders))] if "coder" in graded else graded


def count_types(
    rows: pd.DataFrame, evidence: Collection[str], coders: Collection[int]
) -> pd.Series:
    """Count the types of caveat that a state is known to have had, as the mean over its coders.

    Each coder's list is counted by itself, since one list of all coders grows with the number of
    readers. No row means not known, so the count of a state without any row is missing, unless its
    level is none (which the sample fills in).

    Returns
    -------
    Series
        Index iso3, mean number of types.
    """
    graded = types_used(rows, evidence, coders)
    coder = graded["coder"] if "coder" in graded else pd.Series(1, index=graded.index)
    present = graded["type"].where(graded["present"] == 1)
    by_coder = present.groupby([graded["iso3"], coder]).nunique()
    return by_coder.groupby("iso3").mean().rename("n_caveat_types")
