"""The figure of predicted probabilities in the four corners of two terms, and of the contrasts
between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from ...base.number_formats import fixed, known
from .. import display_names, sentences
from ..stored_results import Entry, Sources, tidy
from . import figure_style, interval_rows
from .figure import Figure, gid

COLUMNS = (
    "model",
    "kind",
    "term",
    "first",
    "second",
    "level",
    "label",
    "estimate",
    "conf_low",
    "conf_high",
)
STYLES = (
    (figure_style.GREY, "o", "-"),
    (figure_style.BLUE, "s", (0, (4, 2))),
    (figure_style.VERMILLION, "^", (0, (1, 1))),
    (figure_style.GREEN, "D", (0, (5, 1, 1, 1))),
)
VALUES = ("low", "high")
APART = 0.16
"""How far the intervals of neighbouring responses stand apart, of the step from low to high."""
TALL, LABELS = 2.3, 3.2


def corners(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw the probability of each response in the four corners, and below it the contrasts.

    Parameters
    ----------
    spec : mapping
        title, and model, whose estimates have probabilities.
    """
    model = sources.models([spec["model"]])[0]
    records = [*_probabilities(model), *_contrasts(model, sources)]
    drawn = any(record["kind"] == "probability" for record in records)
    nothing = _nothing(model, sources)
    return Figure(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        caption=_caption(model, records, sources) if drawn else nothing,
        alt=_alt(model, records, sources) if drawn else nothing,
        canvas=_canvas(model, records, sources) if drawn else figure_style.message(nothing),
        tidy=tidy(records, COLUMNS),
        key=("model", "kind", "term", "level"),
    )


def _nothing(model: Entry, sources: Sources) -> str:
    if model["status"] == "ok":
        return (
            f"Nothing to draw: {model['label']} has no probabilities; it needs the key "
            "corners in the config."
        )
    reason = sentences.readable(
        (model["failure"] or {"message": "the estimator gave no reason"})["message"], model, sources
    )
    return f"Nothing to draw: {model['label']} was not estimated, because {reason}."


def _probabilities(model: Entry) -> list[Entry]:
    found: list[Entry] = []
    for row in model["rows"]:
        if row["kind"] == "probability":
            values = [part.split("=")[1] for part in row["term"].split(", ")]
            found.append(
                {
                    **row,
                    "first": values[0],
                    "second": values[1],
                    "label": display_names.level(row["level"]),
                }
            )
    return found


def _contrasts(model: Entry, sources: Sources) -> list[Entry]:
    _, second = _names(model, sources)
    return [
        {**row, "label": sentences.contrast(row["term"], second)}
        for row in model["rows"]
        if row["kind"] == "contrast"
    ]


def _names(model: Entry, sources: Sources) -> tuple[str, str]:
    """Return what is printed for the two terms that the corners are made of."""
    points = (row["term"] for row in model["rows"] if row["kind"] == "probability")
    first, second = sentences.corner_terms(points)
    return sentences.label(first, [model], sources), sentences.label(second, [model], sources)


def _of_kind(records: list[Entry], kind: str) -> list[Entry]:
    return [record for record in records if record["kind"] == kind]


def _contrast(record: Entry) -> interval_rows.Mark:
    return interval_rows.Mark(
        gid(record["model"], "contrast", record["term"], None),
        figure_style.wrapped(record["label"], LABELS),
        record["estimate"],
        record["conf_low"],
        record["conf_high"],
    )


def _canvas(model: Entry, records: list[Entry], sources: Sources) -> Canvas:
    first, second = _names(model, sources)
    marks = list(map(_contrast, _of_kind(records, "contrast")))
    below = 0.5 + sum(interval_rows.heights(marks)) + 0.4 if marks else 0.0
    drawing = figure_style.canvas(0.3 + TALL + 0.42 + below)
    probabilities = _of_kind(records, "probability")
    low, high = _ends(probabilities)
    for position, value in enumerate(VALUES):
        axes = figure_style.place(drawing, 0.5 + position * 2.25, 0.3, 2.05, TALL)
        axes.set_ylim(low - 0.06, high + 0.02)
        _panel(axes, [record for record in probabilities if record["second"] == value], model)
        axes.set_title(f"{second}: {value}", loc="left", fontweight="bold", pad=5)
        axes.set_xlabel(first, labelpad=2)
        if position:
            axes.tick_params(labelleft=False)
        else:
            axes.set_ylabel("Predicted probability")
    _legend(drawing, model)
    if marks:
        _draw_contrasts(drawing, marks, 0.3 + TALL + 0.42, f"{first} raised from low to high")
    return drawing


def _ends(records: list[Entry]) -> tuple[float, float]:
    """Return the least and the largest number of some intervals, and of 0 and 1."""
    bounds = [record[end] for record in records for end in ("conf_low", "conf_high")]
    numbers = [0, 1, *filter(known, bounds)]
    return min(numbers), max(numbers)


def _style(model: Entry, level: str) -> tuple[Any, str, Any]:
    return STYLES[model["levels"].index(level) % len(STYLES)]


def _lowest(records: list[Entry]) -> dict[str, float]:
    """Return the least probability at each value of the first term."""
    falling = sorted(records, key=lambda record: -record["estimate"])
    return {record["first"]: record["estimate"] for record in falling}


def _panel(axes: Axes, records: list[Entry], model: Entry) -> None:
    for bound in (0, 1):
        axes.axhline(bound, color=figure_style.LIGHT, linewidth=0.5, zorder=0)
    drawn = [record for record in records if known(record["estimate"])]
    lowest = _lowest(drawn)
    middle = (len(model["levels"]) - 1) / 2
    for level in model["levels"]:
        colour, marker, line = _style(model, level)
        shift = (model["levels"].index(level) - middle) * APART / max(middle, 1)
        of_level = [record for record in drawn if record["level"] == level]
        of_level.sort(key=lambda record: VALUES.index(record["first"]))
        places = [VALUES.index(record["first"]) + shift for record in of_level]
        heights = [record["estimate"] for record in of_level]
        axes.plot(places, heights, color=colour, linestyle=line, linewidth=0.9, zorder=2)
        for place, record in zip(places, of_level, strict=True):
            below = record["estimate"] == lowest[record["first"]]
            _point(axes, place, record, colour, marker, below=below)
    axes.set_xlim(-0.65, 1.65)
    axes.set_xticks([0, 1], ["Low", "High"])


def _point(axes: Axes, place: float, record: Entry, colour: str, marker: str, below: bool) -> None:
    key = gid(record["model"], "probability", record["term"], record["level"])
    ends = (record["conf_low"], record["conf_high"])
    if all(map(known, ends)):
        axes.plot(
            [place, place],
            ends,
            color=colour,
            linewidth=1.1,
            solid_capstyle="butt",
            zorder=3,
            gid=f"{key}/interval",
        )
    axes.plot([place], [record["estimate"]], marker, color=colour, markersize=5, zorder=4, gid=key)
    axes.annotate(
        fixed(record["estimate"], 2), (place, record["estimate"]),
        (4.5 if place > 0.5 else -4.5, 0), textcoords="offset points",
        ha="left" if place > 0.5 else "right", va="top" if below else "bottom", color=colour,
        fontsize=figure_style.TEXT,
    )  # fmt: skip


def _legend(drawing: Canvas, model: Entry) -> None:
    axes = figure_style.place(drawing, 4.95, 0.3, 1.5, TALL)
    axes.set_axis_off()
    axes.set_xlim(0, 1.5)
    axes.set_ylim(-TALL, 0)
    for position, level in enumerate(model["levels"]):
        colour, marker, line = _style(model, level)
        height = -0.9 - 0.3 * position
        axes.plot([0.0, 0.3], [height, height], color=colour, linestyle=line, linewidth=0.9)
        axes.plot([0.15], [height], marker, color=colour, markersize=5)
        axes.text(
            0.37,
            height,
            figure_style.wrapped(display_names.level(level), 1.1),
            va="center",
            color=colour,
        )


def _draw_contrasts(
    drawing: Canvas, marks: list[interval_rows.Mark], top: float, heading: str
) -> None:
    figure_style.write(
        drawing, 0.05, top + 0.15, heading, fontsize=figure_style.HEADING, fontweight="bold"
    )
    axes = figure_style.place(
        drawing,
        LABELS + 0.15,
        top + 0.42,
        figure_style.PAGE - LABELS - 0.3,
        sum(interval_rows.heights(marks)),
    )
    line = interval_rows.Reference(0.0)
    interval_rows.draw(axes, marks, interval_rows.limits(marks, [line]), [line])
    axes.set_xlabel("Difference of probabilities", labelpad=2)


def _caption(model: Entry, records: list[Entry], sources: Sources) -> str:
    first, second = _names(model, sources)
    low, high = (f"{model['corners'][end]:g}" for end in ("low", "high"))
    text = (
        f"Above: average predicted probability of each response ({model['label']}, N = "
        f"{model['n']:,}) with {first} and {second} at their low and high values (quantiles {low} "
        f"and {high} of each), all else as observed, with 95% intervals by the delta method "
        "(which can pass 0 and 1); the responses of a corner add up to 1."
    )
    if any(record["kind"] == "contrast" for record in records):
        text += (
            f" Below: what {first}, raised from low to high, changes; an interval that "
            "crosses zero cannot tell the direction."
        )
    return text


def _alt(model: Entry, records: list[Entry], sources: Sources) -> str:
    first, second = _names(model, sources)
    parts = []
    for record in records:
        number = (
            f"{fixed(record['estimate'], 2)} ({fixed(record['conf_low'], 2)} to "
            f"{fixed(record['conf_high'], 2)})"
        )
        where = (
            f" with {first} {record['first']}, {second} {record['second']}"
            if record["kind"] == "probability"
            else ""
        )
        parts.append(f"{record['label']}{where}: {number}")
    return f"Predicted probabilities of {model['label']}. {'; '.join(parts)}."
