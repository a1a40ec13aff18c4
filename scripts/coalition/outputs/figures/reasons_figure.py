"""The figure of what governments said: for each decision, the share of statements that give a kind
of reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.number_formats import known
from ..stored_results import Sources, tidy
from . import figure_style, interval_rows
from .figure import Figure, gid

COLUMNS = ("decision", "reason", "share", "conf_low", "conf_high", "n", "n_states")
DECISIONS = ("joining", "caveats", "staying out or leaving")
"""Decisions that are drawn; statements on lifting caveats are too few."""
COLOURS = {
    "abandonment": figure_style.BLUE,
    "entrapment, strict": figure_style.VERMILLION,
    "entrapment, wide": figure_style.VERMILLION,
}
LABELS = 1.3
"""Room for the labels, in inches."""


def reasons(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw the shares of all speakers, a panel a decision."""
    records = [
        one
        for found in sources.estimates
        for one in found.get("shares", [])
        if one["speakers"] == "all" and one["decision"] in DECISIONS
    ]
    panels = [
        _panel(decision, [one for one in records if one["decision"] == decision])
        for decision in DECISIONS
    ]
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=(
            "Share of statements on each decision that give a reason of the kind, with 95% "
            "intervals over states: blue is fear of abandonment, red fear of entrapment (open: "
            "with the public's opposition and law as arguments against), black the rivals. Compare "
            "the rows of one panel; which reasons can be given depends on the decision."
        ),
        alt=" ".join(_alt(decision, records) for decision in DECISIONS),
        canvas=interval_rows.grid(panels, LABELS),
        tidy=tidy(records, COLUMNS),
        key=("decision", "reason"),
    )


def _panel(decision: str, records: list[Mapping[str, Any]]) -> interval_rows.Panel:
    number = records[0]["n"] if records else 0
    states = records[0]["n_states"] if records else 0
    marks = tuple(
        interval_rows.Mark(
            gid(decision, one["reason"]),
            one["reason"].capitalize(),
            one["share"],
            one["conf_low"],
            one["conf_high"],
            absent="no statement",
            hollow=one["reason"] == "entrapment, wide",
            colour=COLOURS.get(one["reason"], figure_style.BLACK),
        )
        for one in records
    )
    return interval_rows.Panel(
        decision.capitalize(),
        (f"{number} statements,", f"{states} states"),
        marks,
        (interval_rows.Reference(0.0),),
        "Share of statements",
    )


def _alt(decision: str, records: list[Mapping[str, Any]]) -> str:
    of = [one for one in records if one["decision"] == decision and known(one["share"])]
    first = sorted(of, key=lambda one: -one["share"])[:3]
    listed = ", ".join(f"{one['reason']} {one['share']:.0%}" for one in first)
    return f"{decision.capitalize()}: {listed}." if first else f"{decision.capitalize()}: none."
