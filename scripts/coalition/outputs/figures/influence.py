"""The figure of the primary tests without one state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.number_formats import fixed, known
from .. import unit_words
from ..stored_results import Entry, Sources, tidy
from . import evidence_figures, figure_style, interval_rows
from .figure import Figure, gid

COLUMNS = (
    "hypothesis",
    "left_out",
    "country",
    "flips",
    "model",
    "term",
    "estimate",
    "conf_low",
    "conf_high",
    "n",
)
LABELS = 1.3
STATES = 20
"""How many states are drawn where the config does not say."""


def influence(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw the primary estimate without each of the states that move it most, a panel a hypothesis.

    Parameters
    ----------
    spec : mapping
        title, and states (how many).
    """
    found = [
        (verdict, content, _records(verdict, content, spec.get("states", STATES), sources))
        for verdict, content in sources.tested()
    ]
    panels = [_panel(verdict, records, sources) for verdict, _, records in found]
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=_caption(found),
        alt=" ".join(_alt(verdict, content, records) for verdict, content, records in found)
        or "Nothing is drawn: there is no hypothesis.",
        canvas=interval_rows.grid(panels, LABELS)
        if panels
        else figure_style.message("Nothing to draw: the config has no hypothesis."),
        tidy=tidy([record for _, _, records in found for record in records], COLUMNS),
        key=("hypothesis", "left_out"),
    )


def _records(verdict: Entry, content: Entry, states: int, sources: Sources) -> list[Entry]:
    """Return the primary test and the refits that move it most, from the largest estimate down;
    those without numbers are all kept.
    """
    primary, flips = content["primary"], set(verdict["flips"])
    failed = [other for other in content["leave_one_out"] if not known(other["estimate"])]
    moved = [other for other in content["leave_one_out"] if known(other["estimate"])]
    centre = primary["estimate"] if known(primary["estimate"]) else 0.0
    most = sorted(moved, key=lambda other: (-abs(other["estimate"] - centre), other["left_out"]))[
        :states
    ]
    ordered = sorted(
        [primary | {"left_out": ""}, *most],
        key=lambda entry: (-(entry["estimate"] or 0.0), entry["left_out"]),
    )
    about = {"hypothesis": verdict["hypothesis"]}
    return [
        about
        | entry
        | {"country": sources.country(entry["left_out"]), "flips": entry["left_out"] in flips}
        for entry in [*ordered, *failed[:states]]
    ]


def _panel(verdict: Entry, records: list[Entry], sources: Sources) -> interval_rows.Panel:
    primary = next(record for record in records if not record["left_out"])
    every = unit_words.worded("Every state", verdict.get("unit"))
    marks = tuple(
        interval_rows.Mark(
            gid(record["hypothesis"], record["left_out"]),
            figure_style.wrapped(record["country"], LABELS) if record["left_out"] else every,
            record["estimate"], record["conf_low"], record["conf_high"],
            primary=not record["left_out"], hollow=record["flips"],
        )
        for record in records
    )  # fmt: skip
    lines: tuple[interval_rows.Reference, ...] = evidence_figures.references(verdict)
    if known(primary["estimate"]):
        lines = (*lines, interval_rows.Reference(primary["estimate"], colour=figure_style.BLUE))
    note = evidence_figures.note(verdict, sources)
    return interval_rows.Panel(
        evidence_figures.heading(verdict), (note,), marks, lines, evidence_figures.scale(verdict)
    )


def _caption(found: list[tuple[Entry, Entry, list[Entry]]]) -> str:
    totals = ". ".join(
        f"{verdict['hypothesis']}: {_counted(verdict, content, records)}"
        for verdict, content, records in found
    )
    about = (
        "The primary estimate without one state (its rows of every operation), with 95% "
        "intervals, for the states whose absence moves it most. Bold, with a diamond, and the "
        "blue line: the estimate with every state; hollow: without this state the sign, or the "
        "significance before adjustment, changes; grey line: zero; dashed line: the smallest "
        "effect of interest in the predicted direction. "
    )
    word = unit_words.unit(verdict for verdict, _, _ in found)
    return f"{unit_words.worded(about, word)}{totals}."


def _counted(verdict: Entry, content: Entry, records: list[Entry]) -> str:
    every = len(content["leave_one_out"])
    return (
        f"{len(records) - 1} of {unit_words.plural(every, verdict.get('unit'))} drawn; "
        f"{len(verdict['flips'])} of the {every} change the sign, or the significance before "
        "adjustment"
    )


def _alt(verdict: Entry, content: Entry, records: list[Entry]) -> str:
    primary, word = content["primary"]["estimate"], verdict.get("unit") or unit_words.STATE
    others = [record for record in records if record["left_out"] and known(record["estimate"])]
    if not others:
        return (
            f"{evidence_figures.heading(verdict)}: nothing could be estimated without one {word}."
        )
    high, low = others[0], others[-1]
    return (
        f"{evidence_figures.heading(verdict)}: {fixed(primary, 2)} with every {word}; from "
        f"{fixed(low['estimate'], 2)} without {low['country']} to {fixed(high['estimate'], 2)} "
        f"without {high['country']}; {unit_words.plural(len(verdict['flips']), word)} of "
        f"{len(content['leave_one_out'])} change the sign, or the significance before adjustment."
    )
