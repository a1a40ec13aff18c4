"""The table of power: what each primary test finds under effects of several sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.number_formats import known
from .. import unit_words
from ..stored_results import Entry, Sources, tidy
from .table import Cell, Column, Row, Table

COLUMNS = (
    "hypothesis",
    "title",
    "scale",
    "effect",
    "multiple",
    "power",
    "power_holm",
    "type_s",
    "type_m",
    "failed",
    "replicates",
)
TITLES = ("Effect", "Power", "Power, Holm", "Wrong sign", "Exaggeration", "Not estimated")


def power(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of power, hypothesis by hypothesis, a row an effect."""
    found = [content for content in sources.estimates if "alpha_holm" in content]
    rows: list[Row] = []
    for content in found:
        rows.append(Row(_heading(content), kind="group"))
        rows += [_row(row) for row in content["rows"]]
    records = [
        {
            "hypothesis": content["hypothesis"],
            "title": content["title"],
            "scale": content["scale"],
            "replicates": content["replicates"],
            **row,
        }
        for content in found
        for row in content["rows"]
    ]
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(map(Column, TITLES)),
        rows=tuple(rows),
        notes=(*_missing(found), *_notes(found)),
        tidy=tidy(records, COLUMNS),
        key=("hypothesis", "multiple"),
        stub="Size of the effect, as a multiple of the smallest of interest",
    )


def _heading(content: Entry) -> str:
    size = f", N = {content['n']:,}" if known(content["n"]) else ""
    tie = (
        f", correlation of {_rows_of(content.get('unit'))} {content['correlation']:.2f}"
        if known(content["correlation"])
        else ""
    )
    return f"{content['hypothesis']} {content['title']} ({content['scale']}{size}{tie})"


def _row(row: Entry) -> Row:
    cells = (
        Cell(row["effect"], "fixed3"),
        *(Cell(row[part], "share") for part in ("power", "power_holm", "type_s")),
        Cell(row["type_m"], "fixed2"),
        Cell(row["failed"], "share"),
    )
    return Row(f"{row['multiple']:g}", cells, indent=1)


def _missing(found: list[Entry]) -> list[str]:
    return [
        f"{content['hypothesis']} not simulated: {content['message']}."
        for content in found
        if content["message"]
    ]


def _notes(found: list[Entry]) -> tuple[str, ...]:
    replicates = max((content["replicates"] for content in found), default=0)
    return (
        f"Outcomes drawn {replicates:,} times on the real design from the fitted model with the "
        "tested effect set to the given size in the predicted direction; the rows of "
        f"{_a_unit(found)} are tied by a Gaussian copula with the correlation that they show "
        "beyond the model. Each draw is tested as the real outcome is.",
        f"Power: share of draws in which the effect is significant at {_alpha(found, 'alpha')} in "
        f"the predicted direction; Holm: at {_alpha(found, 'alpha_holm')}, Holm's first step over "
        "the primary tests. Wrong sign (type S) and exaggeration (type M: mean size of the "
        "estimate over the true size), among significant estimates (Gelman & Carlin 2014). Not "
        "estimated: draws without an estimate, which count as not significant. In the line of no "
        "effect, power is half the size of the test.",
    )


def _rows_of(word: str | None) -> str:
    return "a state's rows" if word is None else f"the rows of one {word}"


def _a_unit(found: list[Entry]) -> str:
    word = unit_words.unit(found)
    return "a state" if word is None else f"one {word}"


def _alpha(found: list[Entry], part: str) -> str:
    return " or ".join(f"{alpha:g}" for alpha in sorted({content[part] for content in found}))
