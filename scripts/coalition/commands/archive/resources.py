"""The tables of the data package: which they are, where they stand, what each column is and under
which terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from ...data.frictionless_schema import table_schema
from ...data.table_schema import Column, Schema
from ...formula.outcomes import CROSS_SECTION, PANEL
from . import licences, state_operations, table_files
from .licences import Terms
from .operations_read import Read, units

OWN, OTHERS = "data", "third_party"
NAMES: dict[str, str] = {
    "caveats": "statements",
    "caveat_types": "types",
    "printed_totals": "totals",
}
"""What coded tables are called in the package, where that is not the name of their schema."""
TITLES = {
    "statements": "Statements on national caveats, one row a statement, state, period and coder",
    "types": "Types of caveats, one row a statement and type",
    "contributors": "Who took part in which operation",
    "troops": "Dated counts of troops",
    "totals": "Totals that lists of troops print",
    "amounts": "Contributions in other units: aircraft, ships, sorties, money",
    "reasons": "Reasons that governments and others gave for what a state did",
}
DESCRIBED = ("state_operation", "state_operation_year", "operations")
PROJECTS = ("states", "sources")
"""Lists of the project among the facts."""
DOCUMENTS = ("country_year_dictionary", "datasets")
"""What the project says of the tables of others, beside them."""
REFERS = {"iso3": "states.iso3", "operation": "operations.operation"}


@dataclass(frozen=True)
class Resource:
    """One table of the package.

    name : of its files; folder : OWN or OTHERS; terms : column -> its terms (of the project's own
    tables, those of the sources of the rows stand in `rows_by_terms` instead).
    """

    name: str
    folder: str
    title: str
    row: str
    schema: Schema
    columns: tuple[Column, ...]
    table: pd.DataFrame
    terms: Mapping[str, Terms]
    rows_by_terms: Mapping[str, int]

    @property
    def stem(self) -> str:
        """Path of its files in the package, without ending."""
        return f"{self.folder}/{self.name}"

    def files(self) -> dict[str, bytes]:
        """Return its files in the package."""
        made = table_files.written(self.table, self.columns, self.title)
        return {f"{self.stem}.{ending}": content for ending, content in made.items()}

    def described(self, tables: set[str]) -> dict[str, Any]:
        """Return the Table Schema, with the terms of each column of others' tables.

        Parameters
        ----------
        tables : set of str
            Names of the tables in the package: what refers to others is left out.
        """
        foreign = {
            name: target
            for name, target in REFERS.items()
            if target.partition(".")[0] in tables - {self.name} and self._resolves(name)
        }
        found = table_schema(self.columns, self.schema, foreign)
        for field in found["fields"]:
            terms = self.terms.get(field["name"])
            if terms is not None:
                field["terms"] = list(terms.terms)
                field["shareAlike"] = terms.share_alike
                if terms.stated:
                    field["licence"] = terms.stated
                if terms.sources and len(terms.sources) <= MANY:
                    field["sources"] = list(terms.sources)
        return found

    def _resolves(self, name: str) -> bool:
        """Tell whether a column is of the kind that refers: of dates and names of states, the
        project's tables alone.
        """
        column = state_operations.by_name(list(self.columns)).get(name)
        return column is not None and (name != "operation" or self.folder == OWN)


MANY = 12
"""Sources of one column beyond which the rows say them better."""


def resources(read: Read) -> list[Resource]:
    """Return every table of the package, the project's own first, those that a user loads first
    before all.
    """
    own = [_made(read, name) for name in DESCRIBED if _possible(read, name)]
    order = list(TITLES)
    coded = sorted(read.coded, key=lambda table: order.index(_called(table)))
    own += [_coded(read, table) for table in coded]
    own += [_fact(read, name, OWN) for name in PROJECTS]
    others = [_fact(read, name, OTHERS) for name in sorted(set(read.facts) - set(PROJECTS))]
    return own + others


def _called(table: str) -> str:
    """Return the name of a coded table in the package."""
    return NAMES.get(table, table)


def _possible(read: Read, name: str) -> bool:
    unit = {"state_operation": CROSS_SECTION, "state_operation_year": PANEL}.get(name)
    return unit is None or units(read)[unit]


def _made(read: Read, name: str) -> Resource:
    schema = state_operations.schema(name)
    if name == "operations":
        table, columns = state_operations.operations(read), list(schema.columns)
    else:
        table, columns = getattr(state_operations, name)(read)
    return _resource(name, OWN, replace(schema, title=schema.title), columns, table)


def _coded(read: Read, table: str) -> Resource:
    rows, columns = state_operations.stacked(read, table)
    name, schema = _called(table), read.schemas[table]
    made = _resource(name, OWN, replace(schema, title=TITLES[name]), columns, rows)
    return replace(made, rows_by_terms=licences.rows_by_terms(rows, read))


def _fact(read: Read, name: str, folder: str) -> Resource:
    rows, schema = read.facts[name], read.schemas[name]
    described = licences.dictionary(read)
    columns = []
    for title in rows.columns:
        column = schema.column(str(title)) or Column(str(title))
        entry = described.get(str(title)) if name == "country_year" else None
        if entry is not None and not column.description:
            column = replace(column, description=entry["definition"], unit=entry["unit"])
        columns.append(column)
    made = _resource(name, folder, schema, columns, rows)
    if folder == OWN:
        return made
    own = Terms((licences.OWN,), "no")
    terms = {
        column.name: own if name in DOCUMENTS else licences.of_column(column, name, read)
        for column in columns
    }
    return replace(made, terms=terms)


def _resource(
    name: str, folder: str, schema: Schema, columns: list[Column], table: pd.DataFrame
) -> Resource:
    content = table_files.canonical(table, columns)
    return Resource(name, folder, schema.title, schema.row, schema, tuple(columns), content, {}, {})
