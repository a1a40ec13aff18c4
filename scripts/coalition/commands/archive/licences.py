"""Whose each table and column is, under which terms, and which results are made of columns that
must
be passed on under their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...config import settings
from ...data.table_schema import Column
from ...formula.columns import columns_of
from .operations_read import Config, Read

ORDER = ("yes", "unclear", "no", "")
"""Share-alike, the strictest first."""
OWN = "own-coding"
KEYS = ("iso3", "year", "operation", "country", "cow_code", "gw_code", "event_id")
BOOKKEEPING = ("source_id", "evidence", "note")
MARKS = {"yes": "share-alike", "unclear": "share-alike unclear"}


@dataclass(frozen=True)
class Terms:
    """Terms of a column or a table.

    terms : labels of the closed list of data/README.md; share_alike : yes, unclear, no or "" (does
    not apply); stated : the licence in the source's words, where one is stated; sources : ids.
    """

    terms: tuple[str, ...]
    share_alike: str
    stated: str = ""
    sources: tuple[str, ...] = ()


def of_column(column: Column, table: str, read: Read) -> Terms:
    """Return the terms of a column of a table of facts.

    A column that a dictionary describes has the terms stated there; every other has those of the
    sources that the table's rows name. Keys and the project's own remarks are the project's.
    """
    if column.name in (*KEYS, *BOOKKEEPING) or column.name.endswith("_evidence"):
        return Terms((OWN,), "no")
    entry = dictionary(read).get(column.name) if table == "country_year" else None
    if entry is not None:
        ids = tuple(_ids(entry["source_id"]))
        return Terms((entry["terms"],), entry["share_alike"], entry["licence"], ids)
    return of_rows(read.facts[table], read)


def dictionary(read: Read) -> dict[str, dict[str, str]]:
    """Return the rows of the dictionary of country_year by variable; none where there is none."""
    rows = read.facts.get("country_year_dictionary", pd.DataFrame())
    return {
        str(row["variable"]): {
            str(key): "" if pd.isna(cell) else str(cell) for key, cell in row.items()
        }
        for row in rows.to_dict("records")
    }


def of_rows(rows: pd.DataFrame, read: Read) -> Terms:
    """Return the terms of all sources that the rows of a table name; unknown, and unclear whether
    share-alike, where they name none: what nobody states is not the project's.
    """
    ids = sorted({part for cell in rows.get("source_id", []) for part in _ids(cell)})
    named = read.facts["sources"].set_index("source_id").reindex(ids)
    terms = sorted({str(cell) for cell in named.get("terms", []) if not pd.isna(cell)})
    shared = {str(cell) for cell in named.get("share_alike", []) if not pd.isna(cell)}
    if not terms:
        return Terms(("unknown",), "unclear", "", tuple(ids))
    return Terms(tuple(terms), strictest(shared), "", tuple(ids))


def rows_by_terms(rows: pd.DataFrame, read: Read) -> dict[str, int]:
    """Return how many rows of a coded table name a source of each kind of terms, most first."""
    named = read.facts["sources"].set_index("source_id").get("terms", pd.Series(dtype=object))
    counts: dict[str, int] = {}
    for cell in rows.get("source_id", []):
        for term in {str(named.get(part, "unknown")) for part in _ids(cell)}:
            counts[term] = counts.get(term, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _ids(cell: Any) -> list[str]:
    return [] if pd.isna(cell) else [part.strip() for part in str(cell).split(";") if part.strip()]


def strictest(found: Iterable[str]) -> str:
    """Return the strictest answer to whether something is share-alike."""
    answers = set(found)
    return next((answer for answer in ORDER if answer in answers), "no")


# -- results that carry such columns


def carried(config: Config, read: Read) -> dict[str, dict[str, str]]:
    """Return the variables, measures and raw columns of the run that are made of share-alike
    columns, or of columns whose terms leave that unclear.

    Returns
    -------
    dict
        Name -> {"share_alike": "yes" or "unclear", "from": the columns}.
    """
    about = {
        name: entry["share_alike"]
        for name, entry in dictionary(read).items()
        if entry["share_alike"] in MARKS
    }
    made_of = {name: {name} for name in about}
    for name, spec in config["variables"].items():
        made_of.setdefault(name, set()).update(_words(spec) & set(about))
    for name, spec in config["measures"].items():
        parts = [made_of.get(part, set()) for part in _words(spec)]
        made_of.setdefault(name, set()).update(*parts)
    return {
        name: {
            "share_alike": strictest(about[column] for column in columns),
            "from": ";".join(sorted(columns)),
        }
        for name, columns in sorted(made_of.items())
        if columns
    }


def _words(spec: Any) -> set[str]:
    """Return every text in a definition: the names among them are what it is made of."""
    if isinstance(spec, Mapping):
        return set().union(*(_words(value) for value in spec.values())) | {str(key) for key in spec}
    if isinstance(spec, list | tuple):
        return set().union(*map(_words, spec))
    return {spec} if isinstance(spec, str) else set()


def carrying(
    config: Config, read: Read, headers: Mapping[str, Sequence[str]]
) -> list[dict[str, str]]:
    """Return which results of the run carry such columns, one entry a file and column: data files
    by their header, groups of estimates by the terms of their models.

    Parameters
    ----------
    headers : mapping
        Data file of the run -> its columns.
    """
    marked, found = carried(config, read), []
    for path, columns in sorted(headers.items()):
        found += [
            {"file": path, "column": name, **marked[name]} for name in columns if name in marked
        ]
    groups: dict[str, set[str]] = {}
    for model in config["models"].values():
        path = f"results/{config['run']}/estimates/{model['group']}.json"
        groups.setdefault(path, set()).update(set(columns_of(model)) & set(marked))
    for path, names in sorted(groups.items()):
        found += [{"file": path, "column": name, **marked[name]} for name in sorted(names)]
    return found


def labels(config: Config) -> dict[str, str]:
    """Return what variables and measures are called where they are printed."""
    return settings.labels(config)
