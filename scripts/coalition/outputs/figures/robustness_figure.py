"""The figure of the primary tests under every alternative."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.number_formats import fixed, known
from .. import display_names
from ..stored_results import Entry, Sources, tidy
from . import evidence_figures, figure_style, interval_rows
from .figure import Figure, gid

COLUMNS = (
    "hypothesis",
    "name",
    "label",
    "status",
    "message",
    "model",
    "term",
    "estimate",
    "conf_low",
    "conf_high",
    "n",
)
LABELS = 1.72
"""Room for the labels of the alternatives, in inches."""


def robustness(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw the primary test and every alternative, a panel a hypothesis, from the largest estimate
    down; failed ones come last.
    """
    found = [(verdict, _records(verdict, content)) for verdict, content in sources.tested()]
    panels = [_panel(verdict, records, sources) for verdict, records in found]
    records = [record for _, of_one in found for record in of_one]
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=_caption(found, sources),
        alt=" ".join(_alt(verdict, of_one) for verdict, of_one in found)
        or "Nothing is drawn: there is no hypothesis.",
        canvas=interval_rows.grid(panels, LABELS)
        if panels
        else figure_style.message("Nothing to draw: the config has no hypothesis."),
        tidy=tidy(records, COLUMNS),
        key=("hypothesis", "name"),
    )


def _records(verdict: Entry, content: Entry) -> list[Entry]:
    about = {"hypothesis": verdict["hypothesis"]}
    failed = "ok" if known(content["primary"]["estimate"]) else "failed"
    every = [
        {
            "name": "primary",
            "label": "Primary test",
            "status": failed,
            "message": None,
            **content["primary"],
        },
        *(other for other in content["alternatives"] if other["status"] != "unchanged"),
    ]
    ordered = sorted(
        every,
        key=lambda entry: (
            not known(entry["estimate"]),
            -(entry["estimate"] or 0.0),
            entry["label"],
            entry["name"],
        ),
    )
    return [about | entry for entry in ordered]


def _panel(verdict: Entry, records: list[Entry], sources: Sources) -> interval_rows.Panel:
    marks = tuple(
        interval_rows.Mark(
            gid(record["hypothesis"], record["name"]),
            figure_style.wrapped(record["label"], LABELS), record["estimate"], record["conf_low"],
            record["conf_high"], primary=record["name"] == "primary",
        )
        for record in records
    )  # fmt: skip
    note = evidence_figures.note(verdict, sources)
    return interval_rows.Panel(
        evidence_figures.heading(verdict),
        (note,),
        marks,
        evidence_figures.references(verdict),
        evidence_figures.scale(verdict),
    )


def _caption(found: list[tuple[Entry, list[Entry]]], sources: Sources) -> str:
    text = (
        "Each row changes one setting of the analysis and fits the primary test again (estimates "
        "with 95% intervals, largest first). Bold, with a diamond: the primary test; solid line: "
        "zero; dashed line: the smallest effect of interest in the predicted direction. A finding "
        "that holds keeps its side of the solid line from top to bottom."
    )
    failed = [
        (
            f"{record['hypothesis']}, {record['label']}: "
            f"{display_names.with_labels(record['message'] or 'no numbers', sources.labels)}"
        )
        for _, records in found
        for record in records
        if not known(record["estimate"])
    ]
    return f"{text} Not estimated: {'; '.join(failed)}." if failed else text


def _alt(verdict: Entry, records: list[Entry]) -> str:
    others = [
        record["estimate"]
        for record in records
        if record["name"] != "primary" and known(record["estimate"])
    ]
    primary = next(record["estimate"] for record in records if record["name"] == "primary")
    keep = sum(verdict["sign"] * estimate > 0 for estimate in others)
    failed = sum(
        record["name"] != "primary" and not known(record["estimate"]) for record in records
    )
    spread = f", from {fixed(min(others), 2)} to {fixed(max(others), 2)}" if others else ""
    return (
        f"{evidence_figures.heading(verdict)}: primary estimate {fixed(primary, 2)}; {keep} of "
        f"{display_names.plural(len(others), 'alternative')} have the predicted sign "
        f"({display_names.direction(verdict['sign'])}){spread}; {failed} could not be estimated."
    )
