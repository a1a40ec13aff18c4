"""The shipped data as a Data Package: data/datapackage.json, made from the schemas of the
tables.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .frictionless_schema import table_schema
from .table_schema import Column, Schema, load

FILE = "datapackage.json"
DICTIONARY = "country_year_dictionary.csv"
FOREIGN: Mapping[str, Mapping[str, str]] = {
    "terror_victims": {"event_id": "terror_events.event_id"}
}
"""Columns that name a row of another table, beside the codes of states."""
OF_STATES = "states"


def resource_name(path: str) -> str:
    """Return the name of a table in the package: operations/isaf/troops.csv is isaf_troops."""
    *folders, name = Path(path).with_suffix("").parts
    return "_".join([*folders[1:], name])


def data_package(folder: Path) -> dict[str, Any]:
    """Return the description of every table of a folder of data.

    Parameters
    ----------
    folder : path
        data/, with VERSION and the dictionary of country_year.

    Returns
    -------
    dict
        A Data Package (version 1 of the standard, which `frictionless` reads): a resource a table,
        with the types, constraints and keys of its schema. Columns that a schema leaves open are
        numbers and described by the dictionary.
    """
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.csv"))
    version = (folder / "VERSION").read_text(encoding="utf-8").strip()
    return {
        "profile": "tabular-data-package",
        "name": "coalitions-and-caveats",
        "title": "Coalitions and caveats: the coded data",
        "version": version,
        "resources": [_resource(folder, path) for path in paths if not path.startswith("build/")],
    }


def text(folder: Path) -> str:
    """Return datapackage.json."""
    return json.dumps(data_package(folder), ensure_ascii=False, indent=1) + "\n"


def _resource(folder: Path, path: str) -> dict[str, Any]:
    schema = load(Path(path).stem)
    columns = _columns(folder, path, schema)
    foreign = dict(FOREIGN.get(schema.table, {}))
    if schema.table != OF_STATES:
        states = [column.name for column in columns if column.type == "state"]
        foreign |= dict.fromkeys(states, f"{OF_STATES}.iso3")
    return {
        "name": resource_name(path),
        "path": path,
        "profile": "tabular-data-resource",
        "title": schema.title,
        "description": f"One row is {schema.row}.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": table_schema(columns, schema, foreign),
    }


def _columns(folder: Path, path: str, schema: Schema) -> list[Column]:
    """Return the columns of a file in its order."""
    with (folder / path).open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    known = {column.name: column for column in schema.columns}
    said = _dictionary(folder) if schema.other_columns else {}
    return [known.get(name) or _open_column(name, schema, said) for name in names]


def _open_column(name: str, schema: Schema, said: Mapping[str, Mapping[str, str]]) -> Column:
    about = said.get(name, {})
    return Column(
        name,
        schema.other_columns or "text",
        description=about.get("definition", ""),
        unit=about.get("unit", ""),
    )


def _dictionary(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / DICTIONARY).open(encoding="utf-8", newline="") as file:
        return {row["variable"]: row for row in csv.DictReader(file)}
