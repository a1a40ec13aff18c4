"""The user's files -> canonical tables, validated; every problem of every table is found before anything is used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from .errors import Problems
from .schema import Known, load, read_raw, validate

OPERATION_TABLES = ("contributors", "troops", "caveats", "caveat_types")


def known_names(states: str, sources: str, problems: Problems) -> tuple[Known, pd.DataFrame]:
    """Read what names may refer to.

    Returns
    -------
    Known
        The codes of states and the ids of sources.
    DataFrame
        The table of states.
    """
    bibliography = _table(sources, "sources", {}, Known(), problems)
    known = Known(sources=set(bibliography.get("source_id", [])) or None)  # None: a broken bibliography is one problem, not thousands
    table = _table(states, "states", {}, known, problems)
    return Known(states=set(table.get("iso3", [])) or None, sources=known.sources), table


def operation(name: str, spec: Mapping[str, Any], known: Known, problems: Problems) -> dict[str, pd.DataFrame]:
    """Read the tables of one operation.

    Parameters
    ----------
    name : str
        The operation's name in the config; a file without the column `operation` gets it.
    spec : mapping
        One entry of `operations`.
    known : Known
    problems : Problems
        Takes all that is wrong.

    Returns
    -------
    dict of DataFrame
        Canonical tables by name; only those that the config names.
    """
    tables = {}
    for table, path in spec["files"].items():
        renames = spec.get("columns", {}).get(table, {})
        tables[table] = _table(path, table, renames, known, problems, fill={"operation": name})
        _check_operation(tables[table], name, path, problems)
    return tables


def covariate(spec: Mapping[str, Any], name: str, known: Known, problems: Problems) -> dict[str, pd.DataFrame]:
    """Read one table of covariates, and the list of events that belongs to a table of events."""
    tables = {name: _table(spec["file"], name, spec.get("columns", {}), known, problems)}
    if "events" in spec:
        tables[f"{name}_events"] = _table(spec["events"], "terror_events", {}, known, problems)
    return tables


def everything(config: Mapping[str, Any], problems: Problems) -> tuple[pd.DataFrame, dict[str, dict[str, pd.DataFrame]]]:
    """Read every table that a config names.

    Returns
    -------
    DataFrame
        The states.
    dict
        Operation -> table -> DataFrame; the covariates under "covariates".
    """
    known, states = known_names(config["states"], config["sources"], problems)
    tables = {name: operation(name, spec, known, problems) for name, spec in config["operations"].items()}
    tables["covariates"] = {}
    for name, spec in config["covariates"].items():
        tables["covariates"] |= covariate(spec, name, known, problems)
    return states, tables


def _table(
    path: str, table: str, renames: Mapping[str, str], known: Known, problems: Problems, fill: Mapping[str, str] | None = None
) -> pd.DataFrame:
    raw = read_raw(path, problems)
    if raw is None:
        return pd.DataFrame()
    for ours, theirs in renames.items():
        if theirs not in raw.columns:
            problems.add(path, f"the column {theirs!r}, which `columns` maps to {ours!r}, is not in the file", row=1)
    raw = raw.rename(columns={theirs: ours for ours, theirs in renames.items()})
    for column, value in (fill or {}).items():
        if column not in raw.columns:
            raw[column] = value
    return validate(raw, load(table), path, known, problems)


def _check_operation(table: pd.DataFrame, name: str, path: str, problems: Problems) -> None:
    if "operation" not in table.columns:
        return
    for line, value in table.loc[table["operation"].notna() & (table["operation"] != name), "operation"].items():
        problems.add(path, f"a row of another operation in the file of {name!r}", row=int(line), column="operation", value=value)
