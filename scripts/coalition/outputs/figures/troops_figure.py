"""The figure of troops over time: the largest contributors of each operation, and the rest in
sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ...base.number_formats import count
from ...base.records import records as records_of
from ...data.troop_counts import by_year
from .. import display_names
from ..stored_results import Sources, tidy
from . import figure_style, label_places
from .figure import Figure, gid

COLUMNS = ("operation", "series", "label", "year", "troops", "between", "states", "rank")
STATES = 8
"""How many states have a line where the config does not say."""
REST = "rest"
SMALLEST = 10
"""Below it the vertical axis is linear, so that it reaches zero."""
COLOURS = (
    figure_style.BLACK,
    figure_style.BLUE,
    figure_style.VERMILLION,
    figure_style.GREEN,
    figure_style.PURPLE,
    figure_style.ORANGE,
    figure_style.SKY,
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p")
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1)))
STATISTICS = {"median": "median", "mean": "mean", "maximum": "largest"}
FLAGS = {
    "ok": "usable",
    "approx_date": "dated approximately",
    "outside_theatre": "outside the theatre",
    "other_mission": "of another mission",
}
BESIDE = 0.35
"""Room right of a panel for the lines to the labels, in inches; the labels' own width comes on top.
"""
YEAR = 0.45
"""Least distance of two printed years, in inches."""
LEFT = 0.68
"""Room for the vertical axis, in inches."""


def troops(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw the troops of the largest contributors by year, and the sum of all others.

    Parameters
    ----------
    spec : mapping
        title, and states (how many have a line of their own).
    """
    table = _yearly(sources)
    found = set(table["operation"]) if len(table) else set()
    operations = [operation for operation in sources.operations if operation in found]
    lines = [
        _lines(table[table["operation"] == operation], spec.get("states", STATES), sources)
        for operation in operations
    ]
    nothing = "Nothing to draw: no operation has a usable troop count."
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=_caption(sources, operations) if lines else nothing,
        alt=_alt(lines, operations, sources) if lines else nothing,
        canvas=_canvas(lines, operations, sources) if lines else figure_style.message(nothing),
        tidy=tidy([record for of_one in lines for record in records_of(of_one)], COLUMNS),
        key=("operation", "series", "year"),
    )


def _yearly(sources: Sources) -> pd.DataFrame:
    """Return one count a state, operation and year: columns operation, iso3, year, troops."""
    counts, rule = sources.counts(), sources.counting
    parts = [
        by_year(group, rule["evidence"], rule["flags"], rule["statistic"]).assign(
            operation=operation
        )
        for operation, group in (counts.groupby("operation") if len(counts) else [])
    ]
    return (
        pd.concat(parts, ignore_index=True).dropna(subset=["troops"]) if parts else pd.DataFrame()
    )


def _lines(counts: pd.DataFrame, states: int, sources: Sources) -> pd.DataFrame:
    """Return the points of one operation's lines: the largest states by their highest year, then
    the sum of the rest.
    """
    operation = counts["operation"].iloc[0]
    wide = counts.pivot(index="year", columns="iso3", values="troops").sort_index()
    wide = wide.reindex(range(wide.index.min(), wide.index.max() + 1))
    filled = wide.interpolate(method="index", limit_area="inside")
    peaks = wide.max().sort_values(ascending=False, kind="stable")
    largest = [iso3 for iso3 in peaks.index[:states] if peaks[iso3] > 0]
    parts = []
    for rank, iso3 in enumerate(largest):
        points = filled[iso3].dropna()
        parts.append(
            _points(points, operation, iso3, sources.country(iso3), rank).assign(
                between=wide[iso3].isna(), states=1
            )
        )
    others = filled.drop(columns=largest)
    if others.shape[1]:
        total = others.sum(axis=1, min_count=1).dropna()
        label = f"{display_names.plural(others.shape[1], 'other state')}, in sum"
        rest = _points(total, operation, REST, label, len(largest))
        parts.append(
            rest.assign(
                between=wide[others.columns].loc[total.index].isna().all(axis=1),
                states=others.notna().sum(axis=1),
            )
        )
    return pd.concat(parts, ignore_index=True)


def _points(values: pd.Series, operation: str, series: str, label: str, rank: int) -> pd.DataFrame:
    """Return the points of one line; its index is the year."""
    about: dict[str, Any] = {"operation": operation, "series": series, "label": label, "rank": rank}
    return pd.DataFrame(
        {"year": values.index, "troops": values.to_numpy()}, index=values.index
    ).assign(**about)


def _canvas(lines: list[pd.DataFrame], operations: list[str], sources: Sources) -> Canvas:
    columns = 1 if len(operations) <= 3 else 2
    tall, step = (2.6, 3.15) if columns == 1 else (2.0, 2.5)
    drawing = figure_style.canvas(0.1 + step * -(-len(operations) // columns))
    width = figure_style.PAGE / columns
    beside = BESIDE + max(
        figure_style.text_width(label) for points in lines for label in set(points["label"])
    )
    for position, (operation, points) in enumerate(zip(operations, lines, strict=True)):
        line, column = divmod(position, columns)
        size = (width - LEFT - beside, tall)
        axes = figure_style.place(drawing, column * width + LEFT, 0.1 + line * step + 0.2, *size)
        axes.set_title(sources.operation(operation), loc="left", fontweight="bold", pad=4)
        _panel(axes, points, size)
        if column == 0:
            axes.set_ylabel("Troops (log scale)", labelpad=2)
    return drawing


def _panel(axes: Axes, points: pd.DataFrame, size: tuple[float, float]) -> None:
    _scale(axes, points["troops"])
    years = points["year"]
    axes.set_xlim(years.min() - 0.3, years.max() + 0.3)
    axes.xaxis.set_major_locator(
        MaxNLocator(max(1, min(7, int(size[0] / YEAR))), integer=True, steps=[1, 2, 5, 10])
    )
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
    axes.grid(axis="y", color="#E5E5E5", linewidth=0.4, zorder=0)
    ends = []
    for _, line in points.groupby("rank", sort=True):
        _draw(axes, line)
        ends.append(line.iloc[-1])
    _label(axes, ends, size)


def _scale(axes: Axes, values: pd.Series) -> None:
    axes.set_yscale("symlog", linthresh=SMALLEST, linscale=0.4)
    least, most = values.min(), values.max()
    bottom = 0 if least < SMALLEST else 10 ** np.floor(np.log10(least))
    top = most * 1.25
    axes.set_ylim(bottom, top)
    powers = 10.0 ** np.arange(1, np.floor(np.log10(max(top, SMALLEST))) + 1)
    axes.set_yticks([tick for tick in (0.0, *powers) if tick >= bottom])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: count(value)))


def _look(rank: int, series: str) -> dict[str, Any]:
    if series == REST:
        return {"color": figure_style.GREY, "linestyle": (0, (3, 1, 1, 1)), "marker": "."}
    return {
        "color": COLOURS[rank % len(COLOURS)],
        "linestyle": DASHES[rank // len(COLOURS) % len(DASHES)],
        "marker": MARKERS[rank % len(MARKERS)],
    }


def _draw(axes: Axes, line: pd.DataFrame) -> None:
    look = _look(int(line["rank"].iloc[0]), line["series"].iloc[0])
    key = gid(line["operation"].iloc[0], line["series"].iloc[0])
    axes.plot(
        line["year"],
        line["troops"],
        color=look["color"],
        linestyle=look["linestyle"],
        linewidth=1.0,
        zorder=3,
        gid=key,
    )
    for filled, part in ((True, line[~line["between"]]), (False, line[line["between"]])):
        axes.plot(
            part["year"], part["troops"], look["marker"], color=look["color"], markersize=3.4,
            markeredgewidth=0.6,
            markerfacecolor=look["color"] if filled else "white", zorder=4,
        )  # fmt: skip


def _label(axes: Axes, ends: list[pd.Series], size: tuple[float, float]) -> None:
    """Write the name of each line at the right, near the height of its last point. Grey dots
    lead to it: a line in the series' colour would look like data after the last count.
    """
    transform = axes.transScale + axes.transLimits
    at = [transform.transform((end["year"], end["troops"])) for end in ends]
    heights = label_places.spread(
        [place[1] * size[1] for place in at], figure_style.LINE * 0.92, 0.0, size[1]
    )
    for end, (x, y), height in zip(ends, at, heights, strict=True):
        look = _look(int(end["rank"]), end["series"])
        axes.plot(
            [x + 0.012, 1.0, 1.035], [y, y, height / size[1]], transform=axes.transAxes,
            color=figure_style.LIGHT,
            linewidth=0.5, linestyle=(0, (0.6, 3)), clip_on=False, zorder=2,
        )  # fmt: skip
        axes.plot(
            [1.055],
            [height / size[1]],
            look["marker"],
            transform=axes.transAxes,
            color=look["color"],
            markersize=3.4,
            clip_on=False,
        )
        axes.annotate(
            end["label"], (1.055, height / size[1]), (5, 0), "axes fraction", "offset points",
            va="center_baseline",
            annotation_clip=False,
        )  # fmt: skip


def _caption(sources: Sources, operations: list[str]) -> str:
    without = [
        label for operation, label in sources.operations.items() if operation not in operations
    ]
    statistic = STATISTICS[sources.counting["statistic"]]
    flags = " or ".join(FLAGS.get(flag, flag) for flag in sources.counting["flags"])
    text = (
        f"A point is the {statistic} of a state's dated counts in a year, over all series that "
        f"were counted (the leader's too, and only counts flagged {flags}); a hollow point has no "
        "count in its year and lies on the straight line between its neighbours. Nothing is added "
        "before a state's first or after its last count, so that a sum can fall for want of "
        "counts. Every year with a count is drawn, also one that is not among the years of the "
        f"sample that models use. The scale is logarithmic from {SMALLEST} upwards, where equal "
        "steps are equal ratios, and linear below, so that it can reach zero; grey dots lead to "
        "the names and are no data."
    )
    return text + (f" No usable counts: {', '.join(without)}." if without else "")


def _alt(lines: list[pd.DataFrame], operations: list[str], sources: Sources) -> str:
    parts = []
    for operation, points in zip(operations, lines, strict=True):
        peaks = []
        for _, line in points.groupby("rank", sort=True):
            top = line.iloc[int(line["troops"].argmax())]
            peaks.append(f"{top['label']} {count(top['troops'])} in {top['year']}")
        parts.append(
            f"{sources.operation(operation)}, {points['year'].min()} to {points['year'].max()}: "
            f"{'; '.join(peaks)}"
        )
    return f"Lines of troops by year; the highest year of each. {'. '.join(parts)}."
