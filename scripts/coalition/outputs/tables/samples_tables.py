"""Tables of the samples: descriptive statistics, the flow of states, the components of the
measures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ...base.number_formats import MINUS, known
from .. import display_names
from ..stored_results import Entry, Sources, tidy
from .table import BLANK, Cell, Column, Row, Table

SHOWN_STATES = 15
"""How many states of one reason are named before the rest is counted."""


OF_STATES = (
    "Outcomes other than participation are known for participants only. "
    "Measures are scaled to mean 0 and standard deviation 1 in each operation's universe."
)


ON_MISSING = (
    "The foot of each regression table says which rows its models leave out for missing "
    "values, and for the lack of what."
)


def descriptives(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of descriptive statistics, operation by operation.

    Parameters
    ----------
    spec : mapping
        title, and the sample.
    """
    found = sources.sample(spec["sample"])
    decimals = _decimals(found["descriptives"])
    rows: list[Row] = []
    for operation in dict.fromkeys(entry["operation"] for entry in found["descriptives"]):
        rows += [Row(sources.operation(operation), kind="group")] if operation else []
        rows += [
            _descriptive(entry, decimals[entry["variable"]])
            for entry in found["descriptives"]
            if entry["operation"] == operation
        ]
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(
            Column(title) for title in ("N", "Missing", "Mean", "SD", "Min", "Median", "Max")
        ),
        rows=tuple(rows),
        notes=(
            (
                f"One row of the data: {display_names.named(display_names.UNITS, found['unit'])}. "
                "N: known values. SD: standard deviation (n - 1)."
            ),
            *([OF_STATES] if found["unit"] != "row" else []),
        ),
        tidy=tidy(
            found["descriptives"],
            (
                "operation",
                "variable",
                "label",
                "n",
                "missing",
                "mean",
                "sd",
                "min",
                "median",
                "max",
            ),
        ),
        key=("operation", "variable"),
        stub="Variable",
    )


STATISTICS = ("mean", "sd", "min", "median", "max")


def _decimals(entries: Iterable[Entry]) -> dict[str, int]:
    """Return how many decimals each variable has in all operations: as few as its largest statistic
    needs.
    """
    largest: dict[str, float] = {}
    for entry in entries:
        values = [abs(entry[part]) for part in STATISTICS if known(entry[part])]
        largest[entry["variable"]] = max([largest.get(entry["variable"], 0.0), *values])
    return {
        name: 2 - min(2, max(0, math.floor(math.log10(value)) - 1)) if value > 0 else 2
        for name, value in largest.items()
    }


def _descriptive(entry: Entry, decimals: int) -> Row:
    counts = (Cell(entry["n"], "count"), Cell(entry["missing"], "count"))
    values = (Cell(_cleared(entry, part), f"fixed{decimals}") for part in STATISTICS)
    return Row(entry["label"], (*counts, *values))


ROUNDING = 1e-9


def _cleared(entry: Entry, part: str) -> float | None:
    """Return a statistic, or zero where it is what rounding left of one: the mean of a variable
    that
    was centred.
    """
    value, spread = entry[part], entry["sd"]
    rounding = known(value) and known(spread) and abs(value) < ROUNDING * spread
    return 0.0 if rounding else value


def flow(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of the states that are left after each step, sample by sample and operation by
    operation.
    """
    rows: list[Row] = []
    records: list[Entry] = []
    notes: list[str] = []
    for found in (content for content in sources.diagnostics if "flow" in content):
        for operation in dict.fromkeys(step["operation"] for step in found["flow"]):
            heading = (
                f"{sources.operation(operation)}: "
                f"{display_names.named(display_names.UNITS, found['unit'])}"
            )
            rows.append(Row(heading, kind="group"))
            steps = [step for step in found["flow"] if step["operation"] == operation]
            rows += [_step(step) for step in steps]
            records += [
                {
                    "sample": found["sample"],
                    "position": position,
                    **step,
                    "left_out": ";".join(step["left_out"]),
                    "n_left_out": len(step["left_out"]),
                }
                for position, step in enumerate(steps, start=1)
            ]
            notes += _not_in_the_flow(heading, found, operation)
    columns = (
        Column("States"),
        Column("Rows"),
        Column("Left out"),
        Column("States left out", align="text", width=2.0),
    )
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=columns,
        rows=tuple(rows),
        notes=(
            "States by their ISO 3166-1 codes.",
            ON_MISSING,
            *notes,
            "All states left out: the CSV file of this table and the diagnostics.",
        ),
        tidy=tidy(
            records,
            (
                "sample",
                "operation",
                "position",
                "step",
                "states",
                "rows",
                "n_left_out",
                "left_out",
                "reason",
            ),
        ),
        key=("sample", "operation", "position"),
        stub="Step",
    )


def _step(step: Entry) -> Row:
    left_out = step["left_out"]
    listed = Cell(_shortened(left_out)) if left_out else BLANK
    gone = Cell(len(left_out), "count") if left_out else BLANK
    rows = Cell(step["rows"], "count") if "rows" in step else BLANK
    return Row(
        display_names.sentence(step["step"]).rstrip("."),
        (Cell(step["states"], "count"), rows, gone, listed),
    )


def _shortened(states: list[str]) -> str:
    shown = ", ".join(states[:SHOWN_STATES])
    return (
        shown if len(states) <= SHOWN_STATES else f"{shown} and {len(states) - SHOWN_STATES} more"
    )


def _not_in_the_flow(heading: str, found: Entry, operation: str) -> list[str]:
    """Return the states that were never counted (too young at the baseline) with their reasons."""
    counted = {(step["operation"], step["reason"]) for step in found["flow"]}
    gone = [
        entry
        for entry in found["states_out"]
        if entry["operation"] == operation and (operation, entry["reason"]) not in counted
    ]
    texts = []
    for reason in dict.fromkeys(entry["reason"] for entry in gone):
        states = [entry["iso3"] for entry in gone if entry["reason"] == reason]
        texts.append(f"{heading}, not counted above ({reason}): {_shortened(states)}.")
    return texts


COMPONENT_COLUMNS = (
    *(
        "operation",
        "measure",
        "measure_label",
        "kind",
        "component",
        "second",
        "label",
        "method",
        "sign",
        "transform",
    ),
    *("known", "of", "mean", "sd", "loading", "correlation", "alpha"),
)


def components(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of the measures: their components, coverage, weights, correlations with the
    measure, Cronbach's alpha.

    Parameters
    ----------
    spec : mapping
        title, and the sample.
    """
    found = sources.sample(spec["sample"])
    rows: list[Row] = []
    for operation in dict.fromkeys(entry["operation"] for entry in found["components"]):
        rows.append(Row(sources.operation(operation), kind="group"))
        here = [entry for entry in found["components"] if entry["operation"] == operation]
        for measure in dict.fromkeys(entry["measure"] for entry in here):
            rows += _measure(
                [entry for entry in here if entry["measure"] == measure], found["alpha"]
            )
    titles = ("Direction", "Known", "Of", "Mean", "SD", "Weight", "Correlation", "Alpha")
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(map(Column, titles)),
        rows=tuple(rows),
        notes=(
            "Known: values; in the line of a measure: rows with every component, to which "
            "Cronbach's alpha belongs (standardised). Weight: of the component, turned in its "
            "direction, in the measure. Correlation: of the component, turned in its direction, "
            "with the measure. A measure made of parts that need not go together (formative) can "
            "have a low alpha.",
            "Correlations between components: the CSV file of this table.",
        ),
        tidy=tidy(_component_records(found), COMPONENT_COLUMNS),
        key=("operation", "measure", "kind", "component", "second"),
        stub="Measure and component",
    )


def _measure(parts: list[Entry], alphas: list[Entry]) -> list[Row]:
    first = parts[0]
    alpha = next(
        entry
        for entry in alphas
        if (entry["operation"], entry["measure"]) == (first["operation"], first["measure"])
    )
    head = (
        BLANK,
        Cell(alpha["n"], "count"),
        Cell(first["of"], "count"),
        *[BLANK] * 4,
        Cell(alpha["alpha"], "fixed2"),
    )
    rows = [
        Row(
            (
                f"{first['measure_label']}: "
                f"{display_names.named(display_names.METHODS, first['method'])}"
            ),
            head,
        )
    ]
    for part in parts:
        cells = (
            Cell("+" if part["sign"] > 0 else MINUS),
            *(Cell(part[column], "count") for column in ("known", "of")),
            *(
                Cell(_cleared(part, column), "fixed2")
                for column in ("mean", "sd", "loading", "correlation_with_measure")
            ),
            BLANK,
        )
        change = "" if part["transform"] == "none" else f", {part['transform']}"
        rows.append(Row(part["label"] + change, cells, indent=1))
    return rows


def _component_records(found: Entry) -> list[Entry]:
    records: list[Entry] = [
        {**part, "kind": "component", "second": "", "correlation": part["correlation_with_measure"]}
        for part in found["components"]
    ]
    records += [
        {
            "operation": pair["operation"],
            "measure": pair["measure"],
            "kind": "correlation",
            "component": pair["first"],
        }
        | {"second": pair["second"], "correlation": pair["correlation"], "known": pair["n"]}
        for pair in found["correlations"]
    ]
    records += [
        {
            "operation": entry["operation"],
            "measure": entry["measure"],
            "kind": "measure",
            "component": "",
            "second": "",
        }
        | {"known": entry["n"], "alpha": entry["alpha"]}
        for entry in found["alpha"]
    ]
    return records
