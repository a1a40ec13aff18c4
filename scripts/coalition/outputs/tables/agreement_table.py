"""The table of agreement of the coders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import display_names
from ..stored_results import Entry, Sources, tidy
from .table import Cell, Column, Row, Table

COVERAGE = ("rated", "one_coder")
COLUMNS = (
    "cells",
    "states",
    "exact",
    "within_one",
    "mean_difference",
    "alpha",
    "alpha_low",
    "alpha_high",
)


def _elsewhere(entries: Sequence[Entry], labels: Mapping[str, str]) -> list[str]:
    """Return what stands behind the lines on operations that are compared and not analysed, and
    where there is none.
    """
    if not entries:
        return []
    nobody: dict[str, list[str]] = {}
    for entry in entries:
        if not entry["cells"]:
            nobody.setdefault(labels.get(entry["operation"], entry["operation"]), []).append(
                entry["comparison"]
            )
    named = dict.fromkeys(entry["operation"] for entry in entries)
    without = "; ".join(f"{operation} ({', '.join(of)})" for operation, of in nobody.items())
    text = (
        f"{', '.join(labels.get(name, name) for name in named)}: compared by this run and not "
        "analysed by it; read statements alone, by state, as agreement of what was recalled says "
        "nothing."
    )
    return [f"{text} No state that two coders read: {without}." if without else text]


def _first(contents: Iterable[Entry], key: str) -> Entry:
    """Return the first content that has a key; nothing where none has."""
    return next((content for content in contents if key in content), {})


def agreement(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of agreement, a row for each comparison and unit, operation by operation."""
    found = _first(sources.diagnostics, "replicates")
    elsewhere = _first(sources.estimates, "agreement")
    labels = {**elsewhere.get("operations", {}), **sources.operations}
    further = elsewhere.get("agreement", [])
    entries = [*found["rows"], *(entry for entry in further if entry["cells"])]
    named = dict.fromkeys(entry["operation"] for entry in entries)
    rows = [row for name in named for row in _lines(labels.get(name, name), name, entries)]
    columns = (
        *(Column(title) for title in ("Units", "States", "Equal", "Within one", "Mean difference")),
        *(Column(title, group="Krippendorff's alpha") for title in ("Alpha", "95% interval")),
    )
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=columns,
        rows=tuple(rows),
        notes=(
            "Units: states, or states and years, that two coders or more rated; of all coders, "
            "the shares are of their pairs. Coders who had seen the others' levels are in no "
            "line. Mean difference: second coder minus first, in levels 0 to 3. Alpha: ordinal; 1 "
            "is perfect agreement, 0 what chance gives. Its interval: percentiles of "
            f"{found['replicates']:,} resamples of states (seed {found['seed']}).",
            *_one_coder(found["rows"], sources),
            *_elsewhere(further, labels),
        ),
        tidy=tidy(entries, ("operation", "coders", "comparison", "unit", *COLUMNS, *COVERAGE)),
        key=("operation", "coders", "comparison", "unit"),
        stub="Rows compared",
    )


def _lines(label: str, operation: str, entries: Sequence[Entry]) -> list[Row]:
    """Return the rows of one operation, under a heading for each unit and group of coders."""
    mine = [entry for entry in entries if entry["operation"] == operation]
    rows: list[Row] = []
    for unit, coders in dict.fromkeys((entry["unit"], entry["coders"]) for entry in mine):
        title = f"{label}: by {unit}, {display_names.coders(coders)}"
        rows.append(Row(title, kind="group"))
        rows += [
            _row(entry) for entry in mine if (entry["unit"], entry["coders"]) == (unit, coders)
        ]
    return rows


def _one_coder(rows: Sequence[Entry], sources: Sources) -> list[str]:
    """Return how many states' levels rest on one coder alone, operation by operation."""
    parts: dict[str, list[str]] = {}
    for entry in (entry for entry in rows if "rated" in entry):
        said = (
            f"{entry['comparison']} {entry['one_coder']:,} of "
            f"{display_names.plural(entry['rated'], 'state')}"
        )
        parts.setdefault(sources.operation(entry["operation"]), []).append(said)
    listed = "; ".join(f"{operation}: {', '.join(said)}" for operation, said in parts.items())
    return (
        [f"Levels that rest on one coder alone, and are in no line of this table: {listed}."]
        if listed
        else []
    )


def _row(entry: Entry) -> Row:
    value = {column: entry.get(column) for column in COLUMNS}
    cells = (
        *(Cell(value[column], "count") for column in ("cells", "states")),
        *(Cell(value[column], "share") for column in ("exact", "within_one")),
        *(Cell(value[column], "fixed2") for column in ("mean_difference", "alpha")),
        Cell((value["alpha_low"], value["alpha_high"]), "interval2"),
    )
    return Row(entry["comparison"][:1].upper() + entry["comparison"][1:], cells)
