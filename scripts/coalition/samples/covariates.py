"""Facts of every shape -> one row per state and time, then the variables that the config makes of
them.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..base.cache import Cache
from ..base.files import digest
from ..base.grades import used as used_grades
from ..base.great_circle import distances as all_distances
from ..base.great_circle import great_circle
from ..base.map_patterns import map_pattern, moran_eigenvectors
from ..formula.combinations import ZERO_WHERE, combined, kind_of
from ..formula.filters import holds
from ..formula.filters import variables as named_in
from ..formula.transforms import transform

Tables = Mapping[str, pd.DataFrame]
KEYS = ("iso3", "year", "from_year", "to_year")
BOOKKEEPING = ("source_id", "evidence", "note", "country")


def attach(
    rows: pd.DataFrame,
    tables: Tables,
    covariates: Mapping[str, Any],
    evidence: Collection[str],
    operation: str,
    wanted: Collection[str] | None = None,
    targets: Sequence[str] = (),
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Join every table of covariates to the rows of one operation.

    Parameters
    ----------
    rows : DataFrame, shape (n, any)
        Columns covariate_iso3 (whose facts are used), covariate_year (the year they are read in)
        and as_of (ISO date up to which events and polls count).
    tables : mapping
        Canonical tables of covariates by name.
    covariates : mapping
        The block `covariates` of the config.
    evidence : collection of str
        Grades that are used; a fact of another grade is missing.
    operation : str
        Polls are about one operation.
    wanted : collection of str, optional
        Columns that are used; None joins them all.
    targets : sequence of str
        States in which the operation takes place; places are measured from their capitals.

    Returns
    -------
    DataFrame, shape (n, any + columns of the tables)
    list of dict
        What each join matched: table, rows, matched, unmatched states.
    """
    joins = []
    for name, spec in covariates.items():
        facts = graded(tables[name], evidence)
        if wanted is not None and spec["shape"] in JOINS:
            facts = facts[
                [column for column in facts.columns if column in wanted or column in KEYS]
            ]
        if spec["shape"] == "events":
            added = _events(
                rows, facts, tables[name], graded(tables[f"{name}_events"], evidence), spec
            )
        elif spec["shape"] == "polls":
            added = _polls(rows, facts, spec, operation)
        elif spec["shape"] == "places":
            added = _places(rows, facts, spec, targets)
        else:
            added = JOINS[spec["shape"]](rows, facts)
        known = added.notna().any(axis=1)
        unmatched = sorted(rows.loc[~known.to_numpy(), "iso3"].unique())
        joins.append(
            {
                "table": name,
                "operation": operation,
                "rows": len(rows),
                "matched": int(known.sum()),
                "unmatched": unmatched,
            }
        )
        rows = pd.concat([rows, added.set_axis(rows.index)], axis=1)
    return rows, joins


def graded(table: pd.DataFrame, evidence: Collection[str]) -> pd.DataFrame:
    """Leave out rows and cells whose grade is not used; they are missing, not zero."""
    if "evidence" in table:
        table = table[table["evidence"].isin(used_grades(evidence))]
    own = [
        name
        for name in table.columns
        if name.endswith("_evidence") and name.removesuffix("_evidence") in table.columns
    ]
    cells = {
        name.removesuffix("_evidence"): table[name.removesuffix("_evidence")].where(
            table[name].isin(used_grades(evidence))
        )
        for name in own
    }
    return table.assign(**cells).drop(columns=own)


def _facts(table: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Leave the key and the facts."""
    return table.drop(columns=[name for name in (*BOOKKEEPING, *keys) if name in table.columns])


def _state_year(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    right = _facts(table).rename(columns={"iso3": "covariate_iso3", "year": "covariate_year"})
    keys = ["covariate_iso3", "covariate_year"]
    return (
        rows[keys]
        .astype({"covariate_year": "Int64"})
        .merge(right, on=keys, how="left", validate="m:1")
        .drop(columns=keys)
    )


def _state(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    right = _facts(table).rename(columns={"iso3": "covariate_iso3"})
    return (
        rows[["covariate_iso3"]]
        .merge(right, on="covariate_iso3", how="left", validate="m:1")
        .drop(columns="covariate_iso3")
    )


def _latest(rows: pd.DataFrame, table: pd.DataFrame, start: str, end: str | None) -> pd.DataFrame:
    """Join the last row that starts at or before the year (and has not ended)."""
    keys = rows[["covariate_iso3", "covariate_year"]].assign(order=range(len(rows)))
    right = table.rename(columns={"iso3": "covariate_iso3"})
    found = keys.merge(right, on="covariate_iso3", how="inner", validate="m:m")
    found = found[found[start] <= found["covariate_year"]]
    if end is not None:
        found = found[found[end].fillna(9999) >= found["covariate_year"]]
    found = (
        found.sort_values(["order", start]).drop_duplicates("order", keep="last").set_index("order")
    )
    spell = [start] if end is None else [start, end]
    return _facts(found, "covariate_iso3", "covariate_year", *spell).reindex(range(len(rows)))


def _snapshot(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    return _latest(rows, table, "year", None)


def _spell(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    return _latest(rows, table, "from_year", "to_year")


JOINS = {"state_year": _state_year, "state": _state, "snapshot": _snapshot, "spell": _spell}


def _events(
    rows: pd.DataFrame,
    facts: pd.DataFrame,
    ungraded: pd.DataFrame,
    events: pd.DataFrame,
    spec: Mapping[str, Any],
) -> pd.DataFrame:
    """Count victims in the events before a date.

    A state with an entry whose grade is not used has no count: its sum would be too small. Under
    the name `at_least` that sum stands for what it is, a lower bound. Under the names `lower` and
    `upper` stand the sums of the smallest and the largest figures that sources give; an entry
    without such figures counts with its own.
    """
    dates = events.set_index("event_id")["event_date"]
    complete = events.set_index("event_id")["breakdown_complete"]
    named = {spec[name]: column for name, column in VICTIMS.items() if name in spec}
    sums = pd.DataFrame(float("nan"), index=range(len(rows)), columns=list(named))
    known = np.ones(len(rows), dtype=bool)
    for as_of in rows["as_of"].unique():
        past = set(dates.index[dates < as_of])
        before = facts[facts["event_id"].isin(past)]
        used = facts.set_index(["iso3", "event_id"]).index
        left_out = ungraded[
            ungraded["event_id"].isin(past)
            & ~ungraded.set_index(["iso3", "event_id"]).index.isin(used)
        ]
        zero = 0.0 if spec["zero_if_unlisted"] or complete[list(past)].eq(1).all() else float("nan")
        here = (rows["as_of"] == as_of).to_numpy()
        states = rows.loc[here, "covariate_iso3"]
        for name, column in named.items():
            total = _killed(before, column).groupby(before["iso3"]).sum()
            sums.loc[here, name] = states.map(total).fillna(zero).to_numpy()
        known[here] = ~states.isin(left_out["iso3"])
    counted = [str(name) for name in sums if name != spec.get("at_least")]
    return sums.assign(**{name: sums[name].where(known) for name in counted})


VICTIMS: Mapping[str, str] = {
    "variable": "nationals_killed",
    "at_least": "nationals_killed",
    "lower": "killed_lower",
    "upper": "killed_upper",
}
"""Key of a covariate of events -> the column of the table that is summed under its name."""


def _killed(facts: pd.DataFrame, column: str) -> pd.Series:
    """Return a column of victims, (n,) float; where it is empty or not there, the entry's
    figure.
    """
    own = facts["nationals_killed"].astype("float64")
    return facts[column].astype("float64").fillna(own) if column in facts else own


def _polls(
    rows: pd.DataFrame, facts: pd.DataFrame, spec: Mapping[str, Any], operation: str
) -> pd.DataFrame:
    """Take the median of the polls on the operation that were taken before the date."""
    about = facts[(facts["operation"] == operation) & holds(facts, spec.get("keep", {}))].dropna(
        subset=[spec["value"]]
    )
    values = pd.Series(float("nan"), index=range(len(rows)))
    for as_of in rows["as_of"].unique():
        # partial dates: as far as they go
        past = about[np.array([date <= as_of[: len(date)] for date in about["date"]], dtype=bool)]
        here = (rows["as_of"] == as_of).to_numpy()
        values[here] = (
            rows.loc[here, "covariate_iso3"]
            .map(past.groupby("iso3")[spec["value"]].median())
            .to_numpy()
        )
    return values.to_frame(spec["variable"])


def _places(
    rows: pd.DataFrame, facts: pd.DataFrame, spec: Mapping[str, Any], targets: Sequence[str]
) -> pd.DataFrame:
    """Measure the distance from each state's capital to the nearest capital of the targets; add
    what else is asked for: coordinates, distances to single states, map patterns.
    """
    places = facts.set_index("iso3")[["lat", "lon"]]
    distances = [_distance_to(places, target) for target in targets if target in places.index]
    nearest = pd.concat(distances, axis=1).min(axis=1) if distances else pd.Series(dtype="float64")
    found = {spec["variable"]: nearest}
    found |= dict(zip(spec.get("coordinates", []), (places["lat"], places["lon"]), strict=False))
    found |= {
        name: _distance_to(places, state)
        for name, state in spec.get("to", {}).items()
        if state in places.index
    }
    here = rows["covariate_iso3"]
    added = {name: here.map(values).astype("float64") for name, values in found.items()}
    return pd.DataFrame(added | _map_patterns(here, places, spec.get("map_patterns", 0)))


def _distance_to(places: pd.DataFrame, state: str) -> pd.Series:
    lat, lon = (places[name].to_numpy(float) for name in ("lat", "lon"))
    return pd.Series(great_circle(lat, lon, *places.loc[state, ["lat", "lon"]]), places.index)


PATTERN_RANGE = 2000.0
"""Km at which the weight of two places in the map patterns has fallen to 1/e: patterns as wide as
continents come first."""


def _map_patterns(here: pd.Series, places: pd.DataFrame, number: int) -> dict[str, pd.Series]:
    """Return the smoothest map patterns of all places, of mean 0 and variance 1 over them.

    They are those of the table, the same for every operation and universe.
    """
    if not number:
        return {}
    known = places.dropna()
    apart = all_distances(known["lat"].to_numpy(float), known["lon"].to_numpy(float))
    weights = np.exp(-apart / PATTERN_RANGE)
    np.fill_diagonal(weights, 0)
    vectors = moran_eigenvectors(weights, share=0.0)[0] * np.sqrt(len(known))
    return {
        map_pattern(k): here.map(pd.Series(vectors[:, k - 1], known.index)).astype("float64")
        for k in range(1, min(number, vectors.shape[1]) + 1)
    }


def derive(
    rows: pd.DataFrame,
    variables: Mapping[str, Any],
    aliases: Mapping[str, str],
    cache: Cache | None = None,
    of: Hashable = None,
) -> pd.DataFrame:
    """Make the variables of the config from the columns that are there.

    Parameters
    ----------
    rows : DataFrame
        The rows of one operation with every covariate.
    variables : mapping
        The block `variables`: `from` with a transform (and `zero_where`, a condition under which a
        missing value is zero), `any_of`, a list of conditions of which one
        must hold, or a combination of several columns.
    aliases : mapping
        Columns that mean another column in this operation, in place of a covariate of that name.
    cache : Cache, optional
        Of variables that were made of rows that `of` names.

    Returns
    -------
    DataFrame
        The rows with the aliases and variables added; a variable whose columns are all missing in a
        row is missing there.
    """
    added = {alias: rows[column] for alias, column in aliases.items()}
    rows = pd.concat(
        [
            rows.drop(columns=[alias for alias in added if alias in rows]),
            pd.DataFrame(added, index=rows.index),
        ],
        axis=1,
    )
    cache = cache or Cache()
    made = {
        name: cache.once(
            (of, digest([spec, aliases])),
            lambda spec=spec: _variable(rows, spec),  # type: ignore[misc]
        )
        for name, spec in variables.items()
    }
    taken = [name for name in made if name in rows.columns]
    return pd.concat([rows.drop(columns=taken), pd.DataFrame(made, index=rows.index)], axis=1)


def _variable(rows: pd.DataFrame, spec: Mapping[str, Any]) -> pd.Series:
    if "from" in spec:
        values, change = rows[spec["from"]], spec.get("transform", "none")
        if (
            change == "none"
            and pd.to_numeric(values, errors="coerce").isna().gt(values.isna()).any()
        ):
            return values  # words, such as a region
        numbers = pd.to_numeric(values)
        if ZERO_WHERE in spec:
            numbers = numbers.mask(numbers.isna() & holds(rows, spec[ZERO_WHERE]), 0.0)
        return transform(numbers, change)
    if kind_of(spec):
        return transform(combined(rows, spec), spec.get("transform", "none"))
    conditions = spec["any_of"]
    columns = list(
        dict.fromkeys(column for condition in conditions for column in named_in(condition))
    )
    value = pd.concat([holds(rows, condition) for condition in conditions], axis=1).any(axis=1)
    return value.astype("float64").where(rows[columns].notna().any(axis=1))
