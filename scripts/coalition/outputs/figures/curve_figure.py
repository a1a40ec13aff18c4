"""The figure of a specification curve: every estimate in order, and below it which choices they
rest on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ...base.distributions import norm
from ...base.number_formats import MISSING, fixed, known, share
from ...base.records import records
from .. import display_names, sentences
from ..stored_results import Entry, Sources
from . import evidence_figures, figure_style, interval_rows
from .figure import Figure, gid

LEFT, WIDE, RIGHT = 2.05, 3.05, 0.46
"""Room for the options' labels, width of the curve, and width of each column of numbers at its
right, in inches.
"""
TALL, GAP = 2.1, 0.42
GROUPS = 150
"""Specifications stand side by side closer than a printer's dots, so the choices are shaded for
groups of them.
"""
OUTER = 0.01
"""Share of estimates at either end that the vertical axis need not reach."""
BEYOND = 0.25
"""The same of the ends of intervals: the widest are of estimates that run off."""
WIDTH = float(norm.ppf(0.975))
"""Half-width of a 95% interval in standard errors; the curve's p-values are of the normal too."""
PALE = "#BBD6E8"
NUMBERS = ("Median", "Sign", "Sig.")


def curve(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw the specification curve of one hypothesis.

    Parameters
    ----------
    spec : mapping
        title, and hypothesis.
    """
    found = next(
        content for content in sources.curves() if content["hypothesis"] == spec["hypothesis"]
    )
    points = _points(found)
    nothing = f"Nothing to draw: no specification of {spec['hypothesis']} could be fitted."
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=_caption(found, points) if len(points) else nothing,
        alt=_alt(found, points) if len(points) else nothing,
        canvas=_canvas(found, points) if len(points) else figure_style.message(nothing),
        tidy=points,
        key=("specification",),
    )


def _points(found: Entry) -> pd.DataFrame:
    """Return the specifications that were fitted, from the smallest estimate up."""
    of = found["specifications"]
    columns = {name: of[name] for name in ("estimate", "p_value", "significant", "n")}
    errors = np.asarray(of["std_error"], dtype=float)
    table = pd.DataFrame(
        {
            "hypothesis": found["hypothesis"],
            "specification": range(1, len(columns["estimate"]) + 1),
            **columns,
            "conf_low": np.asarray(of["estimate"], dtype=float) - WIDTH * errors,
            "conf_high": np.asarray(of["estimate"], dtype=float) + WIDTH * errors,
        }
    )
    table = table[table["estimate"].notna()].astype({"estimate": float})
    table = table.sort_values(["estimate", "specification"]).reset_index(drop=True)
    return table.assign(rank=np.arange(1, len(table) + 1))


def _canvas(found: Entry, points: pd.DataFrame) -> Canvas:
    lines = [2 + len(choice["options"]) for choice in found["choices"]]
    below = figure_style.LINE * (sum(lines) - len(lines))
    drawing = figure_style.canvas(0.1 + TALL + GAP + below + 0.35)
    upper = figure_style.place(drawing, LEFT, 0.1, WIDE, TALL)
    _estimates(upper, found, points)
    top = 0.1 + TALL + GAP
    for position, title in enumerate(NUMBERS):
        figure_style.write(
            drawing,
            LEFT + WIDE + RIGHT * (position + 1),
            top - 0.02,
            title,
            ha="right",
            fontweight="bold",
        )
    _strip(
        drawing,
        0.1 + TALL + 0.08,
        shares(points["significant"].to_numpy(int), 2, GROUPS)[1:],
        points,
        "Greys",
    )
    figure_style.write(
        drawing,
        LEFT - 0.06,
        0.1 + TALL + 0.08 + figure_style.LINE / 2,
        "Significant, predicted sign",
        ha="right",
        va="center",
    )
    for choice in found["choices"]:
        figure_style.write(drawing, 0.05, top, choice["label"], fontweight="bold")
        _choice(drawing, top + figure_style.LINE, choice, found, points)
        top += figure_style.LINE * (1 + len(choice["options"]))
    text = f"{len(points):,} specifications, by estimate"
    figure_style.write(drawing, LEFT + WIDE / 2, top + 0.08, text, ha="center")
    return drawing


def _limits(found: Entry, points: pd.DataFrame) -> tuple[float, float]:
    inner = points["estimate"].quantile([OUTER, 1 - OUTER]).tolist()
    ends = [points["conf_low"].quantile(BEYOND), points["conf_high"].quantile(1 - BEYOND)]
    shown = [
        *inner,
        *(end for end in ends if known(end)),
        0.0,
        found["sign"] * found["smallest_effect"],
        *points.loc[points["specification"] == 1, "estimate"],
    ]
    room = 0.06 * (max(shown) - min(shown) or 1.0)
    return min(shown) - room, max(shown) + room


def _estimates(axes: Axes, found: Entry, points: pd.DataFrame) -> None:
    low, high = _limits(found, points)
    axes.set_xlim(0.5, len(points) + 0.5)
    axes.set_ylim(low, high)
    axes.axhline(0, color=figure_style.GREY, linewidth=0.6, zorder=1)
    axes.axhline(
        found["sign"] * found["smallest_effect"],
        color=figure_style.VERMILLION,
        linewidth=0.6,
        linestyle=(0, (4, 2)),
        zorder=1,
    )
    axes.vlines(
        points["rank"],
        points["conf_low"].clip(low, high),
        points["conf_high"].clip(low, high),
        color=PALE,
        linewidth=72 * WIDE / max(len(points), 1),
        zorder=0,
        rasterized=True,
    )
    # thousands of points are one picture inside the SVG and the PDF, which would else be megabytes
    axes.plot(
        points["rank"],
        points["estimate"].clip(low, high),
        "o",
        markersize=1.6,
        color=figure_style.BLUE,
        markeredgewidth=0,
        rasterized=True,
    )
    for point in records(points[points["specification"] == 1]):
        axes.plot(
            [point["rank"]],
            [point["estimate"]],
            "D",
            color=figure_style.BLACK,
            markersize=5,
            zorder=4,
            gid=gid(point["specification"]),
        )
    axes.set_ylabel(evidence_figures.SCALES.get(found["scale"]) or str(found["scale"]))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: interval_rows.tick(value)))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def shares(codes: np.ndarray, options: int, groups: int) -> np.ndarray:
    """Return the share of each option in each group of neighbours, shape (options, groups)."""
    parts = np.array_split(codes, min(groups, len(codes)))
    return np.stack([np.bincount(part, minlength=options) / len(part) for part in parts], axis=1)


def _strip(
    drawing: Canvas, top: float, shades: np.ndarray, points: pd.DataFrame, colours: str = "Blues"
) -> None:
    """Draw shares (options, groups) as shades, a line each, and where the primary test stands."""
    lines = len(shades)
    axes = figure_style.place(drawing, LEFT, top, WIDE, figure_style.LINE * lines)
    ends = (0.5, len(points) + 0.5, lines - 0.5, -0.5)
    axes.imshow(
        shades, cmap=colours, vmin=0, vmax=1, aspect="auto", interpolation="nearest", extent=ends
    )
    for edge in np.arange(lines + 1) - 0.5:
        axes.axhline(edge, color="white", linewidth=1.2)
    for rank in points.loc[points["specification"] == 1, "rank"].tolist():
        axes.axvline(rank, color=figure_style.BLACK, linewidth=0.5)
    axes.set_axis_off()


def _choice(drawing: Canvas, top: float, choice: Entry, found: Entry, points: pd.DataFrame) -> None:
    options = choice["options"]
    codes = np.asarray(found["options"][choice["choice"]], dtype=int)[
        points["specification"].to_numpy() - 1
    ]
    _strip(drawing, top, shares(codes, len(options), GROUPS), points)
    by_option = {
        row["option"]: row for row in found["by_option"] if row["choice"] == choice["choice"]
    }
    for place, option in enumerate(options):
        middle, row = top + figure_style.LINE * (place + 0.5), by_option[option["name"]]
        figure_style.write(drawing, LEFT - 0.06, middle, option["label"], ha="right", va="center")
        for position, text in enumerate(
            (
                fixed(row["median"], 2),
                _percent(row["sign_share"]),
                _percent(row["significant_share"]),
            )
        ):
            figure_style.write(
                drawing, LEFT + WIDE + RIGHT * (position + 1), middle, text, ha="right", va="center"
            )


def _percent(value: float | None) -> str:
    return MISSING if value is None else f"{value:.0%}"


def _caption(found: Entry, points: pd.DataFrame) -> str:
    low, high = _limits(found, points)
    beyond = int(((points["estimate"] < low) | (points["estimate"] > high)).sum())
    text = (
        "Above: the estimate of every specification, in order, with its 95% interval (pale; cut "
        "at the axis's ends); diamond: the primary test; solid line: zero; dashed line: the "
        "smallest effect of interest. Below, for groups of neighbours: the share (the darker, the "
        f"more) that is significant at {found['alpha']:g} in the predicted direction "
        f"({display_names.direction(found['sign'])}), and that has each option; the primary "
        "test's options come first. Right: median, share with the predicted sign and share "
        f"significant among the specifications with an option. {sentences.joint(found)}"
    )
    return f"{text} {beyond:,} estimates beyond the axis are drawn at its end." if beyond else text


def _alt(found: Entry, points: pd.DataFrame) -> str:
    summary = found["summary"]
    primary = points.loc[points["specification"] == 1, "estimate"]
    of_primary = f" The primary estimate is {fixed(primary.iloc[0], 2)}." if len(primary) else ""
    return (
        f"{found['hypothesis']} {found['title']}: {len(points):,} estimates rise from "
        f"{fixed(points['estimate'].min(), 2)} to {fixed(points['estimate'].max(), 2)}, with a "
        f"median of {fixed(summary['median'], 2)}; {share(summary['sign_share'])} have the "
        f"predicted sign ({display_names.direction(found['sign'])}) and "
        f"{share(summary['significant_share'])} are significant in it.{of_primary}"
    )
