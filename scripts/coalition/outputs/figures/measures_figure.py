"""The figure of two measures by state: a panel an operation, what each state did as colour and
shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from ...base.number_formats import fixed
from ...base.records import records as records_of
from .. import display_names
from ..stored_results import Sources, tidy
from . import figure_style, label_places
from .figure import Figure, gid
from .responses import without_rows

COLUMNS = ("operation", "iso3", "country", "response", "first", "second", "labelled")
EXTREMES = 8
"""How many states that abstained are labelled: those farthest from the middle."""
MARKER = 4.2
"""Size of a marker in points."""
CROWD = 0.3
"""Points nearer than this to each other compete for ground, in inches."""
HEIGHT = 0.095
"""Height of a label in inches: capitals and a little air."""


def measures(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw two measures of every state, a panel an operation.

    Parameters
    ----------
    spec : mapping
        title, sample, first (horizontal) and second (vertical).
    """
    first, second = spec["first"], spec["second"]
    table = _states(sources.rows(), first, second)
    operations = [
        operation for operation in sources.operations if (table["operation"] == operation).any()
    ]
    nothing = (
        f"Nothing to draw: no state of the sample has both {sources.label(first)} and "
        f"{sources.label(second)}."
    )
    if not operations:
        return without_rows(name, spec, nothing, COLUMNS)
    canvas, unlabelled = _canvas(table, operations, first, second, sources)
    table["labelled"] = [
        (row["operation"], row["iso3"]) not in unlabelled and row["wanted"]
        for row in records_of(table)
    ]
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=_caption(unlabelled, sources),
        alt=_alt(table, operations, first, second, sources),
        canvas=canvas,
        tidy=tidy(records_of(table), COLUMNS),
        key=("operation", "iso3"),
    )


def _states(rows: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """Return one row a state and operation with both measures, what it did, and whether it should
    be labelled.
    """
    if rows.empty:
        return pd.DataFrame(columns=[*COLUMNS, "wanted"])
    rows = rows[rows["participated"].notna()].dropna(subset=[first, second])
    given = (
        rows["response"]
        if "response" in rows
        else pd.Series(pd.NA, index=rows.index, dtype="object")
    )
    response = given.astype("object").where(
        given.notna(), np.where(rows["participated"] == 1, "unknown", "abstain")
    )
    table = rows[["operation", "iso3", "country"]].assign(
        response=response, first=rows[first], second=rows[second]
    )
    table["wanted"] = table["response"] != "abstain"
    for _, group in table.groupby("operation"):
        scaled = (
            group[["first", "second"]]
            .sub(group[["first", "second"]].mean())
            .div(group[["first", "second"]].std().replace(0, np.nan))
        )
        far = (scaled.fillna(0.0) ** 2).sum(axis=1)[~group["wanted"]]
        table.loc[far.sort_values(ascending=False, kind="stable").index[:EXTREMES], "wanted"] = True
    return table.sort_values(["operation", "iso3"]).reset_index(drop=True)


def _canvas(
    table: pd.DataFrame, operations: list[str], first: str, second: str, sources: Sources
) -> tuple[Canvas, set[tuple[str, str]]]:
    columns = 1 if len(operations) == 1 else 2
    lines = -(-len(operations) // columns)
    left, gap, top, foot = 0.55, 0.2, 0.52, 0.38
    width = (figure_style.PAGE - left - gap * (columns - 1) - 0.06) / columns
    tall = 6.4 if len(operations) <= 2 else width  # two panels are crowded, and a page has room
    drawing = figure_style.canvas(top + lines * (tall + foot + 0.25) - 0.2)
    ends = [(table[part].min(), table[part].max()) for part in ("first", "second")]
    unlabelled: set[tuple[str, str]] = set()
    for position, operation in enumerate(operations):
        line, column = divmod(position, columns)
        axes = figure_style.place(
            drawing, left + column * (width + gap), top + line * (tall + foot + 0.25), width, tall
        )
        _set_ends(axes, ends)
        axes.set_title(sources.operation(operation), loc="left", fontweight="bold", pad=4)
        axes.set_xlabel(_axis(first, sources), labelpad=2)
        if column == 0:
            axes.set_ylabel(_axis(second, sources), labelpad=2)
        else:
            axes.tick_params(labelleft=False)
        here = table[table["operation"] == operation].reset_index(drop=True)
        _points(axes, here)
        unlabelled |= {(operation, iso3) for iso3 in _labels(axes, here, (width, tall))}
    _legend(drawing, table)
    return drawing, unlabelled


def _axis(measure: str, sources: Sources) -> str:
    """Return a measure with its unit; by their definition measures have standard deviations."""
    return f"{sources.label(measure)} (SD)"


def _set_ends(axes: Axes, ends: list[tuple[float, float]]) -> None:
    setters: tuple[Callable[[float, float], object], ...] = (axes.set_xlim, axes.set_ylim)
    for set_, (low, high) in zip(setters, ends, strict=True):
        room = 0.05 * ((high - low) or 1.0)
        set_(low - room, high + room)
    for line in (axes.axvline, axes.axhline):
        line(0, color=figure_style.LIGHT, linewidth=0.5, zorder=0)


def _points(axes: Axes, here: pd.DataFrame) -> None:
    for row in records_of(here):
        _, colour, marker = figure_style.RESPONSES[row["response"]]
        hollow = row["response"] == "abstain"
        axes.plot(
            [row["first"]], [row["second"]], marker, markersize=MARKER - 1.2 if hollow else MARKER,
            color=colour, zorder=2 if hollow else 3,
            markerfacecolor="white" if hollow else colour,
            markeredgecolor=figure_style.GREY if hollow else "white",
            markeredgewidth=0.5 if hollow else 0.3, gid=gid(row["operation"], row["iso3"]),
        )  # fmt: skip


def _labels(axes: Axes, here: pd.DataFrame, size: tuple[float, float]) -> list[str]:
    """Label states with their codes; return those that found no place."""
    places = _inches(axes, here[["first", "second"]].to_numpy(dtype=float), size)
    wanted, placed, left_out = min(
        (
            _placed(order, places, here["iso3"], size)
            for order in _orders(places, np.flatnonzero(here["wanted"]))
        ),
        key=lambda found: (len(found[2]), sum(label.leader is not None for label in found[1])),
    )
    codes, responses = (here.loc[wanted, name].tolist() for name in ("iso3", "response"))
    for label in placed:
        response = responses[label.index]
        colour = figure_style.GREY if response == "abstain" else figure_style.RESPONSES[response][1]
        where = (label.x / size[0], label.y / size[1])
        if label.leader:
            line = np.array([label.leader, places[wanted[label.index]]]) / np.array(size)
            axes.plot(
                *line.T, transform=axes.transAxes, color=figure_style.GREY, linewidth=0.3, zorder=1
            )
        axes.text(
            *where,
            codes[label.index],
            transform=axes.transAxes,
            ha="center",
            va="center_baseline",
            color=colour,
            zorder=5,
        )
    return [codes[index] for index in left_out]


def _inches(axes: Axes, values: np.ndarray, size: tuple[float, float]) -> np.ndarray:
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    return (values - low) / (high - low) * np.array(size)


def _placed(
    order: list[int], places: np.ndarray, codes: pd.Series, size: tuple[float, float]
) -> tuple[list[int], list[label_places.Placed], list[int]]:
    """Return an order of points, the labels that found a place when served in it, and those that
    found none.
    """
    sizes = [(figure_style.text_width(codes[index]) + 0.02, HEIGHT) for index in order]
    points = [(float(x), float(y)) for x, y in places]
    return order, *label_places.place(
        [points[index] for index in order], sizes, points, (0.0, 0.0, *size), MARKER / 144 + 0.012
    )


def _orders(places: np.ndarray, wanted: np.ndarray) -> list[list[int]]:
    """Return the orders that are tried: the most crowded points first, the freest first, and along
    both axes from both ends.
    """
    crowd = [(np.hypot(*(places - place).T) < CROWD).sum() for place in places]
    keys = (
        lambda index: crowd[index],
        lambda index: places[index, 0],
        lambda index: places[index, 1],
    )
    indices = [int(index) for index in wanted]
    return [sorted(indices, key=key, reverse=reverse) for key in keys for reverse in (True, False)]


def _legend(drawing: Canvas, table: pd.DataFrame) -> None:
    axes = figure_style.place(drawing, 0.55, 0.05, figure_style.PAGE - 0.6, 0.2)
    axes.set_axis_off()
    axes.set_xlim(0, figure_style.PAGE - 0.6)
    axes.set_ylim(-0.1, 0.1)
    left = 0.06
    for response, (text, colour, marker) in figure_style.RESPONSES.items():
        if (table["response"] == response).any():
            hollow = response == "abstain"
            axes.plot(
                [left], [0], marker, markersize=MARKER, color=colour,
                markerfacecolor="white" if hollow else colour,
                markeredgecolor=figure_style.GREY if hollow else colour, markeredgewidth=0.5,
            )  # fmt: skip
            axes.text(left + 0.09, 0, text, va="center_baseline")
            left += 0.35 + figure_style.text_width(text)


def _caption(unlabelled: set[tuple[str, str]], sources: Sources) -> str:
    text = (
        "One marker a state and operation; colour and shape say what it did. Labelled (ISO 3166-1 "
        f"codes) are the states that joined, and the {EXTREMES} abstaining ones farthest from the "
        "middle; grey lines: zero, the mean of a measure among the states that could have joined."
    )
    if unlabelled:
        by_operation: dict[str, list[str]] = {}
        for operation, iso3 in sorted(unlabelled):
            by_operation.setdefault(operation, []).append(iso3)
        listed = "; ".join(
            f"{sources.operation(operation)}: {', '.join(codes)}"
            for operation, codes in by_operation.items()
        )
        text += f" No room for the labels of: {listed}."
    return text


def _alt(
    table: pd.DataFrame, operations: list[str], first: str, second: str, sources: Sources
) -> str:
    parts = []
    for operation in operations:
        here = table[table["operation"] == operation]
        means = []
        for response, (text, _, _) in figure_style.RESPONSES.items():
            group = here[here["response"] == response]
            if len(group):
                numbers = (
                    f"{fixed(group['first'].mean(), 2)} and {fixed(group['second'].mean(), 2)}"
                )
                means.append(
                    f"{text.lower()} ({display_names.plural(len(group), 'state')}): {numbers}"
                )
        parts.append(f"{sources.operation(operation)}: {'; '.join(means)}")
    return (
        f"Scatter of {sources.label(first)} (across) and {sources.label(second)} (up). Means "
        f"by response. {'. '.join(parts)}."
    )
