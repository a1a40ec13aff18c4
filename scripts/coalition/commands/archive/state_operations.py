"""One row a state and operation, and one a state, operation and year: what a user of the data loads
first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...base.keys import listed
from ...config.settings import merged
from ...data import caveat_levels
from ...data.table_schema import SCHEMAS, Column, Schema, read_schema
from ...formula.outcomes import CROSS_SECTION, PANEL
from ...samples.country_operations import UNITS
from .operations_read import Config, Read, alternatives

FOLDER = SCHEMAS.parent / "archive"
GRADES = ("A", "B", "C", "own")
LABELS = ((0, "none"), (1, "low"), (2, "medium"), (3, "high"))
OF_THE_SAMPLE = "other"
"""The role in an operation of a state that is neither its leader, its target nor at war in it."""
LONGEST_NAME = 32
"""Characters of a name in Stata."""
KEY = ["iso3", "operation"]


def schema(name: str) -> Schema:
    """Return the schema of a table that is made for a deposit."""
    return read_schema(FOLDER / f"{name}.yaml")


def operations(read: Read) -> pd.DataFrame:
    """Return one row an operation, as the config declares it."""
    rows = [
        {
            "operation": name,
            "label": about["label"],
            "start_date": about["start"],
            "end_date": about["end"],
            "baseline_year": about["baseline_year"],
            **{key: ";".join(listed(about.get(key, []))) for key in ("leader", "target", "at_war")},
            "list_complete": int(about["contributors_complete"]),
        }
        for name, about in sorted(read.config["operations"].items())
    ]
    return pd.DataFrame(rows)


def names(states: pd.DataFrame) -> pd.DataFrame:
    """Return what names a state in other data: iso3, country, cow_code, gw_code."""
    return states.reindex(columns=["iso3", "country", "cow_code", "gw_code"])


def _grid(read: Read, operation: str) -> pd.DataFrame:
    """Return the states that existed during an operation, with their role in it."""
    about, states = read.config["operations"][operation], read.facts["states"]
    first, last = int(about["start"][:4]), int(about["end"][:4])
    there = (states["first_year"] <= last) & (states["last_year"] >= min(first, _known(states)))
    # a state that took part is there, whatever the list of states says
    there |= states["iso3"].isin(read.of(operation)["contributors"]["iso3"])
    rows = names(states[there]).assign(operation=operation, role=OF_THE_SAMPLE)
    for role in ("at_war", "target", "leader"):
        own = rows["iso3"].isin(listed(about.get(role, [])))
        rows["role"] = rows["role"].mask(own, role)
    return rows.reset_index(drop=True)


def _known(states: pd.DataFrame) -> int:
    """Return the last year that the list of states covers: who was there then is there later."""
    return int(states["last_year"].max())


def _outcomes(
    read: Read, operation: str, unit: str, keys: pd.DataFrame, change: Config | None = None
) -> pd.DataFrame | None:
    """Return what each state did, as the samples of the run compute it; None without such a sample,
    or where a rule does not speak of the operation.
    """
    rules = read.rules(operation, unit)
    if rules is None:
        return None
    config, spec = rules
    if change:
        spec = merged(spec, change)
    about = config["operations"].get(operation, read.config["operations"][operation])
    keys = keys.assign(personnel=np.nan)
    try:
        return UNITS[unit].outcomes(keys, about, spec, read.of(operation), operation)
    except KeyError as missing:
        if change and missing.args == (operation,):  # first phases are declared for some
            return None
        raise


def state_operation(read: Read) -> tuple[pd.DataFrame, list[Column]]:
    """Return one row a state and operation, and its columns.

    Beside the columns of schemas/archive there is one a coder (level_coder_1), and one an
    alternative of the run that reads the statements in another way (level_by_rule).
    """
    parts = [_one_operation(read, name) for name in sorted(read.config["operations"])]
    table = pd.concat(parts, ignore_index=True)
    table = table.merge(latent(read), on=KEY, how="left", validate="1:1")
    columns = [*schema("state_operation").columns]
    after = next(i for i, column in enumerate(columns) if column.name == "level_low")
    columns[after:after] = _readings(read)
    made = [column.name for column in columns]
    return table.reindex(columns=made).sort_values(KEY).reset_index(drop=True), columns


def _readings(read: Read) -> list[Column]:
    """Return the columns of levels by alternative and by coder."""
    columns = _named(read)
    found = [
        _level(columns[name], spec["label"].removeprefix("Caveats: "), f"the alternative {name!r}")
        for name, spec in alternatives(read).items()
    ]
    return found + [
        _level(_of_coder(coder), f"coder {coder} alone", f"coder {coder} alone")
        for coder in coders(read)
    ]


def _level(name: str, label: str, by: str) -> Column:
    return Column(
        name,
        "integer",
        allowed=tuple(str(level) for level, _ in LABELS),
        description=f"Level of caveats, as caveat_level but read by {by} of the study: {label}",
        label=f"Caveat level: {label}"[:80],
        labels=LABELS,
    )


def level_names(alternatives: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Return the column of each alternative: level_<alternative>, cut to the length that Stata
    allows.

    Where another column has that name (in capitals or not), the first free number stands at its
    end,
    in the order of the alternatives.
    """
    used, found = {name.lower() for name in taken}, {}
    for alternative in alternatives:
        whole = f"level_{alternative}"
        names = [whole[:LONGEST_NAME]]
        names += [
            f"{whole[: LONGEST_NAME - len(end)]}{end}" for end in map("_{}".format, range(2, 999))
        ]
        found[alternative] = next(name for name in names if name.lower() not in used)
        used.add(found[alternative].lower())
    return found


def _named(read: Read) -> dict[str, str]:
    """Return the column of each alternative of the run."""
    taken = [column.name for column in schema("state_operation").columns]
    return level_names(alternatives(read), [*taken, *map(_of_coder, coders(read))])


def _of_coder(coder: int) -> str:
    return f"level_coder_{coder}"


def coders(read: Read) -> list[int]:
    """Return every coder of caveats."""
    found = {
        int(coder)
        for rows in read.coded.get("caveats", {}).values()
        if "coder" in rows
        for coder in rows["coder"].dropna().unique()
    }
    return sorted(found)


def _one_operation(read: Read, operation: str) -> pd.DataFrame:
    rows, tables = _grid(read, operation), read.of(operation)
    rows = _coded_participation(rows, tables["contributors"], read.config["operations"][operation])
    year = read.config["operations"][operation]["baseline_year"]
    keys = rows[["iso3"]].assign(year=year)
    found = _outcomes(read, operation, CROSS_SECTION, keys)
    if found is not None:
        rows["participated_by_rule"] = found["participated"].to_numpy()
        for name in (
            "caveat_level",
            "any_caveat",
            "substantive_caveat",
            "response",
            "n_caveat_types",
        ):
            rows[name] = found[name].to_numpy()
        for name, change in _changes(read).items():
            other = _outcomes(read, operation, CROSS_SECTION, keys, change)
            rows[name] = np.nan if other is None else other["caveat_level"].to_numpy()
    if "caveats" in tables:
        rows = rows.merge(_about_statements(read, operation), on="iso3", how="left")
        rows["n_statements_all"] = rows["n_statements_all"].fillna(0)
    return rows


def _changes(read: Read) -> dict[str, Config]:
    columns = _named(read)
    by_alternative = {columns[name]: spec["sample"] for name, spec in alternatives(read).items()}
    by_coder = {_of_coder(coder): {"caveats": {"coders": [coder]}} for coder in coders(read)}
    return by_alternative | by_coder


def _coded_participation(
    rows: pd.DataFrame, contributors: pd.DataFrame, about: Config
) -> pd.DataFrame:
    """Add what contributors.csv says of each state, all grades of evidence alike."""
    taken = ["participated", "participated_broad", "disputed", "entry_date", "exit_date",
             "peak_troops", "evidence"]  # fmt: skip
    own = contributors.reindex(columns=["iso3", *taken]).rename(
        columns={"evidence": "participation_evidence"}
    )
    rows = rows.merge(own, on="iso3", how="left", validate="1:1")
    rows["listed"] = rows["iso3"].isin(contributors["iso3"]).astype(int)
    if about["contributors_complete"]:
        rows["participated"] = rows["participated"].mask(rows["listed"] == 0, 0)
    return rows


def _selected(read: Read, operation: str) -> pd.DataFrame:
    """Return the statements that the main rule selects."""
    rules, rows = read.rules(operation, CROSS_SECTION), read.coded["caveats"][operation]
    if rules is None:
        return rows
    return caveat_levels.select(rows, rules[1]["caveats"], rules[1]["evidence"], operation)


def _about_statements(read: Read, operation: str) -> pd.DataFrame:
    """Return of each state with statements their number, range, coders, grade, and whether a rule
    restricted it.
    """
    rows, chosen = read.coded["caveats"][operation], _selected(read, operation)
    rated = chosen[chosen["level"].notna()]
    levels = rated.groupby("iso3")["level"]
    place = rows["evidence"].map({grade: number for number, grade in enumerate(GRADES)})
    best = place.groupby(rows["iso3"]).min()
    found = {
        "n_statements_all": rows.groupby("iso3").size(),
        "best_evidence": best.map(dict(enumerate(GRADES))),
        "level_low": levels.min(),
        "level_high": levels.max(),
        "n_statements": levels.size(),
        "n_coders": rated.groupby("iso3")["coder"].nunique()
        if "coder" in rated
        else levels.size().clip(upper=1),
        "restricted_by_rule": _by_rule(chosen),
    }
    table = pd.DataFrame(found, index=pd.Index(sorted(rows["iso3"].unique()), name="iso3"))
    return table.reset_index()


def _by_rule(chosen: pd.DataFrame) -> pd.Series:
    if "restricted_by" not in chosen:
        return pd.Series(dtype="float64")
    said = chosen[chosen["restricted_by"].notna()]
    return (said["restricted_by"] == "rule").groupby(said["iso3"]).max().astype("float64")


def latent(read: Read) -> pd.DataFrame:
    """Return the latent tightness of each state in each operation that the run measured, digit by
    digit as the run's report has it: iso3, operation, latent, latent_sd, latent_low, latent_high;
    no rows where it measured none.
    """
    columns = [*KEY, "latent", "latent_sd", "latent_low", "latent_high"]
    if read.measured is None:
        return pd.DataFrame(columns=columns).astype(dict.fromkeys(columns[2:], "float64"))
    return read.measured[columns]


def state_operation_year(read: Read) -> tuple[pd.DataFrame, list[Column]]:
    """Return one row a state, operation and year of the operation, and its columns."""
    parts = [_years(read, name) for name in sorted(read.config["operations"])]
    table = pd.concat(parts, ignore_index=True)
    columns = [*schema("state_operation_year").columns]
    made = table.reindex(columns=[column.name for column in columns])
    return made.sort_values([*KEY, "year"]).reset_index(drop=True), columns


def _years(read: Read, operation: str) -> pd.DataFrame:
    about, states = read.config["operations"][operation], read.facts["states"]
    first, last = int(about["start"][:4]), int(about["end"][:4])
    rows = _grid(read, operation).merge(pd.DataFrame({"year": range(first, last + 1)}), how="cross")
    there = rows[["iso3"]].merge(states[["iso3", "first_year", "last_year"]], on="iso3", how="left")
    covered = rows["year"].clip(upper=_known(states))
    kept = (there["first_year"] <= rows["year"]) & (there["last_year"] >= covered)
    rows = rows[kept.to_numpy()].reset_index(drop=True)
    found = _outcomes(read, operation, PANEL, rows[["iso3", "year"]])
    if found is not None:
        for name in ("deployed", "troops", "exited", "years_in"):
            rows[name] = found[name].to_numpy()
    if "caveats" in read.of(operation):
        rows = rows.merge(_yearly(_selected(read, operation)), on=["iso3", "year"], how="left")
    return rows


def _yearly(chosen: pd.DataFrame) -> pd.DataFrame:
    """Return the statements that speak of each year: median level, number, coders."""
    rated = chosen[chosen["level"].notna()]
    spells = zip(rated["from_year"], rated["to_year"], strict=True)
    listed: Any = [list(range(int(a), int(b) + 1)) for a, b in spells]
    years = rated.assign(year=listed).explode("year")
    by: Any = years.groupby(["iso3", "year"])
    coder = "coder" if "coder" in years else "level"
    table = pd.DataFrame(
        {
            "caveat_level": by["level"].median(),
            "n_statements": by.size(),
            "n_coders": by[coder].nunique(),
        }
    )
    return table.reset_index().astype({"year": "int64"})


def stacked(read: Read, table: str) -> tuple[pd.DataFrame, list[Column]]:
    """Return a coded table of all operations, with name and codes of the state behind its ISO code
    (not where no state names a row), and its columns.
    """
    own, of = read.schemas[table], read.coded[table]
    rows = pd.concat([part.assign(operation=name) for name, part in of.items()], ignore_index=True)
    columns = [column for column in own.columns if column.name in rows]
    if "iso3" in rows:
        columns[1:1] = _naming(rows)
        rows = rows.merge(names(read.facts["states"]), on="iso3", how="left", validate="m:1")
    key = [name for name in own.key if name in rows]
    made = [column.name for column in columns]
    return rows[made].sort_values(key, kind="stable").reset_index(drop=True), columns


def _naming(rows: pd.DataFrame) -> list[Column]:
    """Return the columns that name a state in other data, without those that a table has."""
    known = by_name([*schema("state_operation").columns])
    return [known[name] for name in ("country", "cow_code", "gw_code") if name not in rows]


def by_name(columns: list[Column]) -> Mapping[str, Column]:
    """Return columns by name."""
    return {column.name: column for column in columns}
