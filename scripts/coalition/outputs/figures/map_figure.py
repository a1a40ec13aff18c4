"""The map of responses: who joined each operation, and under which caveats, on the world and on
Europe.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Circle, PathPatch, Rectangle
from matplotlib.path import Path as Outline

from ...base.number_formats import known
from ...base.records import records as records_of
from .. import display_names
from ..stored_results import Sources, tidy
from . import figure_style
from .figure import Figure, gid
from .responses import COLUMNS, LEVELS, SHADES, answers, caveats_said, without_rows

FILE = Path(__file__).with_name("world_outlines.json")
ABSTAINED, ELSEWHERE = "#D9D9D9", "#FAFAFA"
"""Fill of a state that stayed away, and of one that is not in the sample."""
WORLD = (-2.75, 2.75, -1.08, 1.32)
"""What is shown of the world, in the units of the projection: left, right, bottom, top."""
EUROPE = (-0.22, 0.68, 0.565, 1.22)
WIDTHS = (4.05, 2.4)
"""Of the two panels, in inches."""
GAP = 0.05
KEY, HEAD = 0.2, 0.17
DOT = 0.022
"""Radius of a state without an outline, as a share of the height that is shown."""

# Equal Earth: Savric, Patterson and Jenny (2019), equations 1 and 2.
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796


def projected(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return places in the Equal Earth projection (radius 1), in which areas keep their ratios.

    Parameters
    ----------
    lon, lat : ndarray of shape (n,)
        In degrees.
    """
    theta = np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(lat)))
    square = theta**2
    slope = A1 + 3 * A2 * square + square**3 * (7 * A3 + 9 * A4 * square)
    x = 2 * np.sqrt(3) * np.radians(lon) * np.cos(theta) / (3 * slope)
    return x, theta * (A1 + A2 * square + square**3 * (A3 + A4 * square))


@cache
def _outlines() -> tuple[dict[str, list[np.ndarray]], dict[str, np.ndarray]]:
    """Return the projected rings of every state with an outline, and the places of the others."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    rings = {
        iso3: [np.column_stack(projected(*np.array(ring).T)) for ring in found]
        for iso3, found in stored["outlines"].items()
    }
    dots = {
        iso3: np.concatenate(projected(*np.array([place]).T))
        for iso3, place in stored["dots"].items()
    }
    return rings, dots


def response_map(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw every operation on a map of the world and of Europe.

    Parameters
    ----------
    spec : mapping
        title, and sample.
    """
    table = answers(sources.rows())
    joined = table[table["answer"] == "joined"]
    operations = [one for one in sources.operations if (joined["operation"] == one).any()]
    if not operations:
        nothing = "Nothing to draw: no state of the sample is known to have joined an operation."
        return without_rows(name, spec, nothing, COLUMNS)
    table = table[table["operation"].isin(operations)]
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=_caption(table),
        alt=_alt(table, operations, sources),
        canvas=_canvas(table, operations, sources),
        tidy=tidy(records_of(table), COLUMNS),
        key=("operation", "iso3"),
    )


def _canvas(table: pd.DataFrame, operations: Sequence[str], sources: Sources) -> Canvas:
    tall = max(_height(WORLD, WIDTHS[0]), _height(EUROPE, WIDTHS[1]))
    drawing = figure_style.canvas(KEY + (HEAD + tall + GAP) * len(operations))
    _key(figure_style.place(drawing, 0.03, 0, figure_style.PAGE - 0.03, KEY))
    for position, operation in enumerate(operations):
        top = KEY + position * (HEAD + tall + GAP)
        here = table[table["operation"] == operation].set_index("iso3")
        count = int((here["answer"] == "joined").sum())
        text = f"{sources.operation(operation)}: {count} of {len(here)} states joined"
        figure_style.write(drawing, 0.03, top + 0.03, text, fontweight="bold")
        _panel(drawing, (0.0, top + HEAD, WIDTHS[0]), WORLD, here, operation)
        left = figure_style.PAGE - WIDTHS[1]
        _panel(drawing, (left, top + HEAD, WIDTHS[1]), EUROPE, here, None)
    return drawing


def _height(shown: tuple[float, float, float, float], width: float) -> float:
    left, right, bottom, top = shown
    return width * (top - bottom) / (right - left)


def _panel(
    drawing: Canvas,
    place: tuple[float, float, float],
    shown: tuple[float, float, float, float],
    here: pd.DataFrame,
    operation: str | None,
) -> None:
    """Draw a part of the world; `operation` names the artists of the panel that stands for the
    stored rows, None for one that repeats them.
    """
    left, top, width = place
    axes = figure_style.place(drawing, left, top, width, _height(shown, width))
    axes.set_xlim(shown[0], shown[1])
    axes.set_ylim(shown[2], shown[3])
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(operation is None)
        side.set_color(figure_style.LIGHT)
    rings, dots = _outlines()
    for iso3 in sorted(rings):
        seen = [ring for ring in rings[iso3] if _seen(ring, shown)]
        if seen:
            _area(axes, seen, _look(here, iso3), _name(here, iso3, operation))
    for iso3 in sorted(dots):
        if iso3 in here.index and _seen(dots[iso3][None, :], shown):
            _dot(axes, dots[iso3], shown, _look(here, iso3), _name(here, iso3, operation))


def _name(here: pd.DataFrame, iso3: str, operation: str | None) -> str | None:
    return gid(operation, iso3) if operation is not None and iso3 in here.index else None


def _seen(ring: np.ndarray, shown: tuple[float, float, float, float]) -> bool:
    """Tell whether the box of a ring meets what is shown."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    left, right, bottom, top = shown
    return bool(low[0] < right and high[0] > left and low[1] < top and high[1] > bottom)


def _look(here: pd.DataFrame, iso3: str) -> dict[str, Any]:
    """Return fill and hatching of a state."""
    line = {"edgecolor": "#8C8C8C", "linewidth": 0.25}
    if iso3 not in here.index:
        return {"facecolor": ELSEWHERE, **line, "edgecolor": figure_style.LIGHT, "linestyle": ":"}
    row = here.loc[iso3]
    if row["answer"] == "abstained":
        return {"facecolor": ABSTAINED, **line}
    if known(row["level"]):
        # Joined without caveats is white in the matrix; here a strong line tells it from absence.
        edge = {"edgecolor": "#000000", "linewidth": 0.6} if row["level"] == 0 else line
        return {"facecolor": SHADES[int(row["level"])], **edge}
    return {"facecolor": "#FFFFFF", **line, "hatch": "////////"}


def _area(axes: Axes, rings: list[np.ndarray], look: Mapping[str, Any], name: str | None) -> None:
    path = Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))
    patch = PathPatch(path, **look)
    patch.set_gid(name)
    patch.set_zorder(2 if look["linewidth"] > 0.5 else 1)
    axes.add_patch(patch)


def _dot(
    axes: Axes,
    place: np.ndarray,
    shown: tuple[float, float, float, float],
    look: Mapping[str, Any],
    name: str | None,
) -> None:
    if look["facecolor"] == ABSTAINED:
        look = {**look, "edgecolor": "#6E6E6E"}
    radius = DOT * (shown[3] - shown[2]) * (0.6 if shown is WORLD else 1.0)
    dot = Circle((place[0], place[1]), radius, **look)
    dot.set_gid(name)
    dot.set_zorder(3)
    axes.add_patch(dot)


def _key(axes: Axes) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, figure_style.PAGE - 0.03)
    axes.set_ylim(-KEY, 0)
    entries: list[tuple[str, dict[str, Any]]] = [
        (f"{level} {text}", {"facecolor": SHADES[level], "edgecolor": "#000000"})
        for level, text in LEVELS.items()
    ]
    entries += [
        ("level not known", {"facecolor": "#FFFFFF", "edgecolor": "#8C8C8C", "hatch": "////////"}),
        ("stayed away", {"facecolor": ABSTAINED, "edgecolor": "#8C8C8C"}),
        (
            "not in the sample",
            {"facecolor": ELSEWHERE, "edgecolor": figure_style.LIGHT, "linestyle": ":"},
        ),
    ]
    axes.text(0, -0.09, "Caveats", va="center_baseline", fontweight="bold")
    left = figure_style.text_width("Caveats", weight="bold") + 0.12
    for text, look in entries:
        axes.add_patch(Rectangle((left, -0.14), 0.16, 0.11, linewidth=0.4, **look))
        axes.text(left + 0.21, -0.09, text, va="center_baseline")
        left += 0.21 + figure_style.text_width(text) + 0.13


def _caption(table: pd.DataFrame) -> str:
    rings, dots = _outlines()
    absent = sorted(set(table["iso3"]) - set(rings) - set(dots))
    gone = f" Without a place on the map: {', '.join(absent)}." if absent else ""
    return (
        "Who joined each operation, shaded by the level of its caveats (0 none to 3 high); grey "
        "stayed away, white is not in the sample (leader, target, states that could not have "
        "joined). Dots are states too small for the outline. Equal-area map with Europe enlarged; "
        f"the borders are today's, whatever year the operation began.{gone}"
    )


def _alt(table: pd.DataFrame, operations: Sequence[str], sources: Sources) -> str:
    parts = []
    for operation in operations:
        here = table[table["operation"] == operation]
        joined = here[here["answer"] == "joined"]
        parts.append(
            f"{sources.operation(operation)}: {display_names.plural(len(joined), 'state')} joined "
            f"{caveats_said(joined)}"
        )
    return f"World maps, one an operation, and Europe enlarged. {'. '.join(parts)}."
