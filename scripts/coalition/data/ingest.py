"""The user's files -> canonical tables, validated; every problem of every table is found before
anything is used.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import Problem, Problems, looking_at, nearest
from ..base.files import read_table, table_text
from ..base.grades import OWN
from ..base.keys import listed
from .file_formats import NO_ROWS
from .recoding import read
from .table_schema import SCHEMAS, Column, Known, Schema, load, number_rows, validate

COVARIATES = "covariates"


def source_files(config: Mapping[str, Any]) -> list[str]:
    """Return the lists of sources: one file, or several of which the user's own is one."""
    return listed(config["sources"])


SHAPES: Mapping[str, tuple[Column, ...]] = {
    "state_year": (Column("iso3", "state", True), Column("year", "integer", True)),
    "snapshot": (Column("iso3", "state", True), Column("year", "integer", True)),
    "state": (Column("iso3", "state", True),),
    "spell": (
        Column("iso3", "state", True),
        Column("from_year", "integer", True),
        Column("to_year", "integer"),
    ),
}
BOOKKEEPING = (
    Column("source_id", "sources"),
    Column("evidence", "text", allowed=("A", "B", "C")),
    Column("note"),
    Column("country"),
)

Tables = dict[str, dict[str, pd.DataFrame]]


@dataclass(frozen=True)
class Source:
    """One file of the user and the canonical table that it becomes:
    results/<run>/data/<group>/<table>.csv.
    """

    group: str
    table: str
    path: str
    schema: Schema
    columns: Mapping[str, str]
    operation: str | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    """What stands in columns that the file does not have."""


OWN_CODING = "own_coding"
"""The source of rows that name none: the user's own coding."""
CODED = ("contributors", "troops", "caveats", "caveat_types")
"""Tables that a user codes; a file of one may leave out what is the same in every row."""


def _absent(table: str, operation: Mapping[str, Any]) -> dict[str, str]:
    """Return what a coded table holds where its file lacks the column: the years of the operation,
    the user's own coding as source and as grade, one coder.
    """
    if table not in CODED:
        return {}
    found = {"source_id": OWN_CODING, "evidence": OWN, "coder": "1"}
    years = {"from_year": operation.get("start"), "to_year": operation.get("end")}
    return found | {column: str(day)[:4] for column, day in years.items() if day}


def sources(config: Mapping[str, Any]) -> list[Source]:
    """Return every table that a config names: the states, the operations' tables, the
    covariates.
    """
    found = [Source(COVARIATES, "states", config["states"], load("states"), {})]
    for name, spec in config["operations"].items():
        found += [
            Source(
                name,
                table,
                path,
                load(table),
                spec.get("columns", {}).get(table, {}),
                name,
                spec.get("reading", {}).get(table, {}),
                _absent(table, spec),
            )
            for table, path in spec["files"].items()
        ]
    for name, spec in config["covariates"].items():
        schema = _covariate_schema(name, spec["shape"])
        found.append(
            Source(
                COVARIATES,
                name,
                spec["file"],
                schema,
                spec.get("columns", {}),
                reading=spec.get("reading", {}),
            )
        )
        if "events" in spec:
            found.append(
                Source(COVARIATES, f"{name}_events", spec["events"], load("terror_events"), {})
            )
    return found


def _covariate_schema(name: str, shape: str) -> Schema:
    """Return the schema of a table that ships with the project, or of the shape of a table of the
    user's own.
    """
    if (SCHEMAS / f"{name}.yaml").is_file():
        return load(name)
    if shape not in SHAPES:
        return load(
            {"events": "terror_victims", "polls": "public_opinion", "places": "capital_distances"}[
                shape
            ]
        )
    key = SHAPES[shape]
    names = tuple(column.name for column in key if column.name != "to_year")
    return Schema(
        name,
        name,
        f"one {shape.replace('_', ' ')}",
        names,
        (*key, *BOOKKEEPING),
        other_columns="number",
    )


def known_names(config: Mapping[str, Any], problems: Problems) -> Known:
    """Read what names may refer to: the codes of states and the ids of sources.

    A broken list of names is one problem, not thousands: names are then not checked against it.
    """
    paths = source_files(config)
    listed = [
        _read(Source("", "sources", path, load("sources"), {}), Known(), problems) for path in paths
    ]
    ids = {name for table in listed for name in table.get("source_id", [])}
    known = Known(sources=ids | {OWN_CODING} if ids else None, sources_file=", ".join(paths))
    states = _read(Source("", "states", config["states"], load("states"), {}), known, problems)
    names = (
        dict(zip(states["iso3"], states["country"], strict=True))
        if {"iso3", "country"} <= set(states)
        else None
    )
    return replace(
        known, states=names or None, states_file=config["states"], table=states if names else None
    )


def table(source: Source, known: Known, problems: Problems) -> pd.DataFrame:
    """Read one file as a canonical table; `problems` takes all that is wrong with it."""
    found = _read(source, known, problems)
    if source.operation is not None and "operation" in found:
        other = found["operation"].notna() & (found["operation"] != source.operation)
        for line, value in found.loc[other, "operation"].items():
            message = f"a row of another operation in the file of {source.operation!r}"
            problems.add(source.path, message, row=int(str(line)), column="operation", value=value)
    return found


def everything(config: Mapping[str, Any], problems: Problems) -> Tables:
    """Read every table that a config names: group -> table -> DataFrame."""
    known = known_names(config, problems)
    found: Tables = {}
    for source in sources(config):
        found.setdefault(source.group, {})
    return {group: group_tables(config, group, known, problems) for group in found}


def group_tables(
    config: Mapping[str, Any], group: str, known: Known, problems: Problems
) -> dict[str, pd.DataFrame]:
    """Read the tables of one operation, or of the facts.

    Parameters
    ----------
    config : mapping
        The whole config, or `workflow.slices.ingest` of it.
    group : str
        The operation, or COVARIATES.
    known : Known
        As `known_names` returns it.
    problems : Problems
        Takes all that is wrong with the files.
    """
    found = {}
    for source in sources(config):
        if source.group == group:
            repeated = source.table == "states"  # its problems were noted with the names
            found[source.table] = table(source, known, Problems() if repeated else problems)
    if group == COVARIATES:
        _check_events(config, found, problems)
    return found


def as_csv(config: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return the canonical tables of a group as CSV, each sorted by its key."""
    keys = {source.table: list(source.schema.key) for source in sources(config)}
    return {name: table_text(name, table, keys[name]) for name, table in tables.items()}


def _check_events(
    config: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], problems: Problems
) -> None:
    """Note victims of an event that is not in the list of events: they would count nowhere."""
    places = {source.table: source.path for source in sources(config)}
    for name, victims in tables.items():
        events = tables.get(f"{name}_events")
        if events is None or events.empty or victims.empty:
            continue  # a table that could not be read has a problem of its own
        ids = set(events["event_id"])
        for line, event in victims.loc[~victims["event_id"].isin(ids), "event_id"].items():
            problems.add(
                str(places[name]),
                "an event that is not in the list of events",
                row=int(str(line)),
                column="event_id",
                value=str(event),
                allowed=f"the ids in {places[f'{name}_events']}",
                nearest=nearest(str(event), ids),
            )


def _read(source: Source, known: Known, problems: Problems) -> pd.DataFrame:
    with looking_at(source.path):
        return _read_and_validated(source, known, problems)


def _given(source: Source, wanted: Collection[str]) -> dict[str, str]:
    """Return what a column holds in every row of a file that has no such column."""
    given = {} if source.operation is None else {"operation": source.operation}
    return given | {column: text for column, text in source.absent.items() if column in wanted}


def _read_and_validated(source: Source, known: Known, problems: Problems) -> pd.DataFrame:
    names = known.names if "state" in source.reading else None
    calculated = [
        column.name for column in source.schema.columns if column.type in ("integer", "number")
    ]
    raw = read(source.path, source.reading, source.columns, names, problems, calculated)
    if raw is None:
        _say_what_rows_need(source, problems)
        return pd.DataFrame()
    wanted = {column.name for column in source.schema.columns}
    if source.table in CODED and "country" not in wanted:
        raw = raw.drop(columns="country", errors="ignore")  # a name beside the code, for the reader
    for column, text in _given(source, wanted).items():
        if column not in raw.columns:
            raw[column] = text
    return validate(number_rows(raw, source.schema), source.schema, source.path, known, problems)


def _say_what_rows_need(source: Source, problems: Problems) -> None:
    """Add to the problem of a table without rows which columns every row needs."""
    if problems.found and problems.found[-1] == Problem(source.path, NO_ROWS):
        filled_in = {"operation"} if source.operation is not None else set()
        columns = [
            column.name
            for column in source.schema.columns
            if column.required and column.name not in filled_in
        ]
        problems.found[-1] = Problem(
            source.path, NO_ROWS, allowed=f"one row or more, each with {', '.join(columns)}"
        )


# -- canonical tables that the run has written
# --------------------------------------------------------------------


def canonical_path(folder: str | Path, source: Source) -> Path:
    """Return where a source's canonical table stands below the run's folder."""
    return Path(folder) / "data" / source.group / f"{source.table}.csv"


def read_canonical(path: str | Path, schema: Schema) -> pd.DataFrame:
    """Read a canonical table with the types of its schema."""
    text = tuple(
        column.name for column in schema.columns if column.type not in ("integer", "number")
    )
    return read_table(path, text)


def read_all(config: Mapping[str, Any], folder: str | Path) -> Tables:
    """Read every canonical table of a run: group -> table -> DataFrame."""
    tables: Tables = {}
    for source in sources(config):
        tables.setdefault(source.group, {})[source.table] = read_canonical(
            canonical_path(folder, source), source.schema
        )
    return tables


def read_some(
    config: Mapping[str, Any], folder: str | Path, made: Collection[str], problems: Problems
) -> Tables:
    """Read every table of a config: those of the groups that the run has made, from its folder; the
    others from the user's files, which are checked as `table` does.
    """
    known, tables = known_names(config, problems), Tables()
    for source in sources(config):
        path = canonical_path(folder, source)
        found = (
            read_canonical(path, source.schema)
            if source.group in made
            else table(source, known, problems)
        )
        tables.setdefault(source.group, {})[source.table] = found
    return tables
