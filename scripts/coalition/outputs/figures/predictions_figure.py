"""The figure of predictions: a line with its band along the range of a term, or a point with its
interval in each group.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from ...base.number_formats import fixed
from .. import predicted
from ..stored_results import Entry, Sources, tidy
from . import figure_style, interval_rows
from .figure import Figure, gid

COLUMNS = ("model", "prediction", "level", "at", "label", "estimate", "conf_low", "conf_high")
STYLES: tuple[tuple[str, Any], ...] = (
    (figure_style.BLUE, "-"),
    (figure_style.VERMILLION, (0, (5, 2))),
    (figure_style.GREEN, (0, (1, 1))),
    (figure_style.PURPLE, (0, (5, 1, 1, 1))),
)
LEFT, WIDE, TALL, UNDER = 0.62, 4.2, 2.5, 0.32
"""Inches: room for the axis, the panel, and the bars of rows below it."""
LABELS = 2.2


def predictions(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw one prediction of a model.

    Parameters
    ----------
    spec : mapping
        title, model, and prediction: its name in the model.
    """
    model = sources.models([spec["model"]])[0]
    about = predicted.prediction_of(model, spec["prediction"])
    if about is None:
        why = predicted.why_not(model, spec["prediction"], sources)
        nothing = f"Nothing to draw of {model['label']}: {why}."
        return _figure(name, spec, [], nothing, nothing, figure_style.message(nothing))
    records: list[Entry] = [
        {
            "model": model["model"],
            "prediction": spec["prediction"],
            "label": predicted.place(about, point["at"], sources),
            **point,
        }
        for point in about["points"]
    ]
    drawn = _along if about["over"] else _in_groups
    return _figure(
        name,
        spec,
        records,
        _caption(about, model, sources),
        _alt(about, model, records, sources),
        drawn(about, model, records, sources),
    )


def _figure(
    name: str,
    spec: Mapping[str, Any],
    records: list[Entry],
    caption: str,
    alt: str,
    canvas: Canvas,
) -> Figure:
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=caption,
        alt=alt,
        canvas=canvas,
        tidy=tidy(records, COLUMNS),
        key=("model", "prediction", "level", "at"),
    )


def _style(about: Entry, level: str | None) -> tuple[str, Any]:
    return STYLES[about["levels"].index(level) % len(STYLES)]


def _key(record: Entry) -> str:
    return gid(record["model"], record["prediction"], record["level"], record["at"])


def _along(about: Entry, model: Entry, records: list[Entry], sources: Sources) -> Canvas:
    drawing = figure_style.canvas(0.15 + TALL + 0.1 + UNDER + 0.42)
    axes = figure_style.place(drawing, LEFT, 0.15, WIDE, TALL)
    for level in about["levels"]:
        _line(axes, [record for record in records if record["level"] == level], about, level)
    ends = (records[0]["at"], records[-1]["at"])
    room = 0.01 * (ends[1] - ends[0])
    axes.set_xlim(ends[0] - room, ends[1] + room)
    if about["effect_of"]:
        axes.axhline(0, color=figure_style.GREY, linewidth=0.6, zorder=1)
    axes.set_ylabel(figure_style.wrapped(_capital(predicted.quantity(about, model, sources)), TALL))
    axes.tick_params(labelbottom=False)
    _bars(drawing, about, axes.get_xlim(), model, sources)
    if len(about["levels"]) > 1:
        _legend(drawing, about, model)
    return drawing


def _line(axes: Axes, records: list[Entry], about: Entry, level: str | None) -> None:
    colour, line = _style(about, level)
    at = [record["at"] for record in records]
    low, high = ([record[end] for record in records] for end in ("conf_low", "conf_high"))
    axes.fill_between(at, low, high, color=colour, alpha=0.18, linewidth=0, zorder=2)
    axes.plot(
        at,
        [record["estimate"] for record in records],
        color=colour,
        linestyle=line,
        linewidth=1.2,
        zorder=3,
    )
    for record in records:  # no mark of their own: what a reader of the file finds by its key
        axes.plot(
            [record["at"]], [record["estimate"]], linestyle="none", marker="", gid=_key(record)
        )


def _bars(
    drawing: Canvas, about: Entry, ends: tuple[float, float], model: Entry, sources: Sources
) -> None:
    """Draw below the panel how many rows lie where."""
    axes = figure_style.place(drawing, LEFT, 0.15 + TALL + 0.1, WIDE, UNDER)
    seen = about["observed"]
    edges = seen["edges"]
    axes.bar(
        edges[:-1],
        seen["counts"],
        width=[high - low for low, high in pairwise(edges)],
        align="edge",
        color=figure_style.LIGHT,
        linewidth=0,
    )
    axes.set_xlim(*ends)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(_capital(predicted.term(about["over"], model, sources)), labelpad=2)
    figure_style.write(drawing, LEFT + WIDE + 0.08, 0.15 + TALL + 0.2, "Rows of the model")


def _legend(drawing: Canvas, about: Entry, model: Entry) -> None:
    left = LEFT + WIDE + 0.08
    axes = figure_style.place(drawing, left, 0.15, figure_style.PAGE - left, TALL)
    axes.set_axis_off()
    axes.set_xlim(0, figure_style.PAGE - left)
    axes.set_ylim(-TALL, 0)
    for position, level in enumerate(about["levels"]):
        colour, line = _style(about, level)
        height = -0.4 - 0.32 * position
        axes.plot([0.0, 0.3], [height, height], color=colour, linestyle=line, linewidth=1.2)
        text = figure_style.wrapped(predicted.level(level, model), 1.15)
        axes.text(0.37, height, text, va="center", color=colour)


def _in_groups(about: Entry, model: Entry, records: list[Entry], sources: Sources) -> Canvas:
    marks = []
    for level in about["levels"]:
        heading = predicted.level(level, model)
        if heading:
            nothing = (None, None, None)
            marks.append(interval_rows.Mark(gid("heading", level), heading, *nothing, absent=""))
        colour, _ = _style(about, level)
        marks += [
            interval_rows.Mark(
                _key(record),
                figure_style.wrapped(_named(record, about, model, sources), LABELS),
                record["estimate"],
                record["conf_low"],
                record["conf_high"],
                colour=colour if heading else figure_style.BLACK,
            )
            for record in records
            if record["level"] == level
        ]
    high = sum(interval_rows.heights(marks))
    drawing = figure_style.canvas(0.15 + high + 0.42)
    axes = figure_style.place(drawing, LABELS + 0.15, 0.15, figure_style.PAGE - LABELS - 0.3, high)
    lines = [interval_rows.Reference(0.0)] if about["effect_of"] else []
    interval_rows.draw(axes, marks, interval_rows.limits(marks, lines), lines)
    axes.set_xlabel(_capital(predicted.quantity(about, model, sources)), labelpad=2)
    return drawing


def _named(record: Entry, about: Entry, model: Entry, sources: Sources) -> str:
    """Return the name of a group; a number with what it is a number of."""
    plain = not isinstance(record["at"], str) or record["at"].lstrip("-").isdigit()
    term = predicted.term(about["groups"], model, sources)
    return f"{term}: {record['label']}" if plain else record["label"]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _caption(about: Entry, model: Entry, sources: Sources) -> str:
    what = _capital(predicted.quantity(about, model, sources)) + predicted.event(model)
    moved = predicted.term(about["over"] or about["groups"], model, sources)
    where = f"along {moved}" if about["over"] else f"with every row as if it were of each {moved}"
    band = "the band holds" if about["over"] else "lines are"
    caution = predicted.caution(about, model, sources)
    bars = " Below: how many rows lie where." if about["over"] else ""
    return (
        f"{what} ({model['label']}, N = {model['n']:,}) {where}, averaged over the rows, all else "
        f"as observed; {band} 95% intervals, each of one point, by the delta method.{bars}"
        + (f" {caution}" if caution else "")
    )


def _alt(about: Entry, model: Entry, records: list[Entry], sources: Sources) -> str:
    parts = []
    for level in about["levels"]:
        of = [record for record in records if record["level"] == level]
        shown = [of[0], of[-1]] if about["over"] else of
        numbers = ", ".join(
            f"{fixed(record['estimate'], 2)} ({fixed(record['conf_low'], 2)} to "
            f"{fixed(record['conf_high'], 2)}) at {record['label']}"
            for record in shown
        )
        heading = predicted.level(level, model)
        parts.append(f"{heading}: {numbers}" if heading else numbers)
    moved = predicted.term(about["over"] or about["groups"], model, sources)
    what = _capital(predicted.quantity(about, model, sources))
    return f"{what} by {moved}, {model['label']}. {'; '.join(parts)}."
