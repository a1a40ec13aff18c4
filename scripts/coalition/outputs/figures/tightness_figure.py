"""The figure of latent tightness: every state of every operation, in order, with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ...base.number_formats import fixed
from .. import display_names
from ..stored_results import Entry, Sources, tidy
from . import figure_style, interval_rows
from .figure import Figure, gid

COLUMNS = (
    "operation", "iso3", "country", "latent", "latent_low", "latent_high", "level", "caveat_level",
    "statements", "coders",
)  # fmt: skip
KEY = ("operation", "iso3")
LABELS = 1.55
"""Room for a state and the number of its statements, in inches."""
SHADES = ("#FFFFFF", "#EFF4FA", "#DCE7F3", "#C6D6EA")
"""Ground of a level's stretch of the scale, from light to dark."""


def tightness(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw each operation's states from the tightest down, on the ground of the levels.

    Parameters
    ----------
    spec : mapping
        title.
    """
    content = next(found for found in sources.estimates if "held_out" in found)
    found = _by_operation(content)
    if not found:
        return _nothing(name, spec, content["message"])
    cuts = _cuts(content)
    panels = [_panel(sources.operation(operation), rows, cuts) for operation, rows in found.items()]
    canvas = interval_rows.grid(panels, LABELS)
    _grounds(canvas.axes, panels, cuts)
    units = [row for rows in found.values() for row in rows]
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=_caption(units),
        alt=" ".join(_alt(sources.operation(name), rows) for name, rows in found.items()),
        canvas=canvas,
        tidy=tidy(units, COLUMNS),
        key=KEY,
    )


def _by_operation(content: Entry) -> dict[str, list[Entry]]:
    """Return the states of the sample by operation, the tightest first; of operations that have
    any."""
    rows = sorted(
        (row for row in content["units"] if row["in_sample"]), key=lambda row: -row["latent"]
    )
    found = {
        name: [row for row in rows if row["operation"] == name] for name in content["operations"]
    }
    return {name: own for name, own in found.items() if own}


def _nothing(name: str, spec: Mapping[str, Any], message: str | None) -> Figure:
    """Return a figure that says why nothing is drawn."""
    why = f"Nothing to draw: {message or 'no state of the sample has a statement'}."
    canvas = figure_style.message(why)
    return Figure(name, spec["kind"], spec["title"], why, why, canvas, tidy([], COLUMNS), KEY)


def _cuts(content: Entry) -> list[float]:
    """Return where a stated limit of the reference coder changes its level, in standard deviations
    of tightness."""
    loading = content["fit"]["loading"]
    thresholds = [row["estimate"] for row in content["effects"] if row["kind"] == "threshold"]
    return [threshold / loading for threshold in thresholds]


def _panel(label: str, rows: Sequence[Entry], cuts: Sequence[float]) -> interval_rows.Panel:
    marks = tuple(
        interval_rows.Mark(
            gid(row["operation"], row["iso3"]),
            figure_style.wrapped(f"{row['country']} ({row['statements']})", LABELS),
            row["latent"],
            row["latent_low"],
            row["latent_high"],
            hollow=row["coders"] < 2,
            colour=figure_style.BLACK if _agrees(row) else figure_style.VERMILLION,
            marker="o" if _agrees(row) else "s",
        )
        for row in rows
    )
    lines = tuple(interval_rows.Reference(cut, dashed=True) for cut in cuts)
    states = display_names.plural(len(rows), "state")
    axis = "Latent tightness (SD)"
    return interval_rows.Panel(label, (f"{states}, the tightest first", ""), marks, lines, axis)


def _agrees(row: Entry) -> bool:
    return bool(row["level"] == row["caveat_level"])


def _grounds(
    every: Sequence[Axes], panels: Sequence[interval_rows.Panel], cuts: Sequence[float]
) -> None:
    """Give all panels one scale and the ground of the levels."""
    ends = interval_rows.limits([mark for panel in panels for mark in panel.marks])
    for axes in every:
        _ground(axes, cuts, ends)


def _ground(axes: Axes, cuts: Sequence[float], ends: tuple[float, float]) -> None:
    """Shade the stretches of the levels and name them above the rows."""
    axes.set_xlim(*ends)
    edges = [ends[0], *np.clip(cuts, *ends), ends[1]]
    for place, (low, high) in enumerate(pairwise(edges)):
        text = str(place)
        axes.axvspan(low, high, facecolor=SHADES[place % len(SHADES)], linewidth=0, zorder=-1)
        share = (high - low) / (ends[1] - ends[0])
        wide = share * axes.get_position().width * figure_style.PAGE
        if figure_style.text_width(text) < wide:
            axes.text(
                (low + high) / 2, 0.02, text, ha="center", va="bottom", color=figure_style.GREY
            )


def _caption(units: Sequence[Entry]) -> str:
    other = sum(not _agrees(row) for row in units)
    return (
        "What the statements on a state say together, corrected for coders and bases: posterior "
        "mean and 95% interval, in standard deviations between states. In brackets the number of "
        "statements; few of them, or statements that are all at the highest level, leave a wide "
        "interval. The ground, and the number above it, show the level that a stated limit of "
        "that tightness would get (0 none to 3 high). Orange squares: the median of the coders, "
        f"which the sample uses, is another level ({other} of {len(units)}). Open marks: one "
        "coder alone."
    )


def _alt(label: str, rows: Sequence[Entry]) -> str:
    ends = " to ".join(
        (
            f"{row['country']} at {fixed(row['latent'], 1)} ({fixed(row['latent_low'], 1)} to "
            f"{fixed(row['latent_high'], 1)})"
        )
        for row in (rows[0], rows[-1])
    )
    return f"{label}: {display_names.plural(len(rows), 'state')} from {ends}."
