"""Estimates with intervals as rows: what coefficient plots, alternatives and refits without one
state have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ...base.number_formats import Number, fixed, known
from . import figure_style

PADDING = 0.04
"""Room left and right of the outermost interval, as a share of the axis."""


@dataclass(frozen=True)
class Mark:
    """One row: an estimate with its interval, or why there is none.

    gid : id of its artists; label : may have several lines; absent : printed in place of the
        numbers, empty for a heading over the rows below; primary : the test that the verdict rests
        on; hollow : drawn open.
    """

    gid: str
    label: str
    estimate: Number
    low: Number
    high: Number
    absent: str = "not estimated"
    primary: bool = False
    hollow: bool = False
    colour: str = figure_style.BLACK
    marker: str = "o"

    @property
    def lines(self) -> int:
        """How many lines its label has."""
        return self.label.count("\n") + 1


@dataclass(frozen=True)
class Reference:
    """A vertical line: zero, the smallest effect of interest, the primary estimate."""

    value: float
    dashed: bool = False
    colour: str = figure_style.GREY


def limits(marks: Iterable[Mark], references: Iterable[Reference] = ()) -> tuple[float, float]:
    """Return the ends of an axis that shows every finite number; an axis of nothing runs from -1 to
    1.
    """
    numbers = [
        number for mark in marks for number in (mark.estimate, mark.low, mark.high) if known(number)
    ]
    if not numbers:
        return -1.0, 1.0
    numbers += [reference.value for reference in references]
    room = PADDING * ((max(numbers) - min(numbers)) or 1.0)
    return min(numbers) - room, max(numbers) + room


def heights(marks: Sequence[Mark]) -> list[float]:
    """Return the height of each row in inches."""
    return [
        figure_style.LINE * (1 if mark.lines == 1 else 0.78 * mark.lines + 0.22) for mark in marks
    ]


def draw(
    axes: Axes,
    marks: Sequence[Mark],
    ends: tuple[float, float],
    references: Sequence[Reference],
    labels: bool = True,
) -> None:
    """Draw rows from the top down.

    Parameters
    ----------
    axes : Axes
        Its height is the sum of `heights(marks)`; the vertical axis is in inches.
    ends : (low, high)
        Ends of the horizontal axis.
    labels : bool
        Whether the rows' labels are printed at the left.
    """
    axes.set_xlim(*ends)
    total = sum(heights(marks))
    axes.set_ylim(-total, 0)
    for reference in references:
        line = (0, (4, 2)) if reference.dashed else "-"
        axes.axvline(
            reference.value, color=reference.colour, linewidth=0.6, linestyle=line, zorder=1
        )
    top, middles = 0.0, []
    for mark, height in zip(marks, heights(marks), strict=True):
        middles.append(top - height / 2)
        _draw_one(axes, mark, middles[-1], ends)
        top -= height
    _label(axes, marks, middles, labels)


def _draw_reason(axes: Axes, mark: Mark, middle: float) -> None:
    """Write why there is no estimate, if there is anything to say."""
    if mark.absent:
        axes.text(
            0.5, middle, mark.absent, transform=axes.get_yaxis_transform(), ha="center",
            va="center", fontstyle="italic", color=figure_style.GREY, gid=mark.gid,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8}, zorder=2,
        )  # fmt: skip


def _draw_one(axes: Axes, mark: Mark, middle: float, ends: tuple[float, float]) -> None:
    if not known(mark.estimate):
        _draw_reason(axes, mark, middle)
        return
    low, high = (
        end if known(end) else beyond
        for end, beyond in zip((mark.low, mark.high), ends, strict=True)
    )
    wide = 1.5 if mark.primary else 0.9
    axes.plot(
        [low, high],
        [middle, middle],
        color=mark.colour,
        linewidth=wide,
        solid_capstyle="butt",
        zorder=3,
        gid=f"{mark.gid}/interval",
    )
    for end, beyond, arrow in ((mark.low, ends[0], "<"), (mark.high, ends[1], ">")):
        if not known(end):
            axes.plot(
                [beyond], [middle], arrow, color=mark.colour, markersize=3, clip_on=False, zorder=3
            )
    axes.plot(
        [mark.estimate], [middle], "D" if mark.primary else mark.marker,
        markersize=5.0 if mark.primary else 4.0, color=mark.colour,
        markerfacecolor="white" if mark.hollow else mark.colour, markeredgewidth=0.9, zorder=4,
        gid=mark.gid,
    )  # fmt: skip


def _label(axes: Axes, marks: Sequence[Mark], middles: Sequence[float], labels: bool) -> None:
    axes.spines["left"].set_visible(False)
    axes.set_yticks(
        list(middles), [mark.label if labels else "" for mark in marks], linespacing=1.05
    )
    axes.tick_params(axis="y", length=0, pad=3)
    for text, mark in zip(axes.get_yticklabels(), marks, strict=True):
        text.set_fontweight("bold" if mark.primary else "normal")
    for middle, mark in zip(middles, marks, strict=True):
        if not known(mark.estimate) and not mark.absent:
            continue
        axes.axhline(
            middle, color=figure_style.LIGHT, linewidth=0.3, linestyle=(0, (1, 3)), zorder=0
        )
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))


def tick(value: float) -> str:
    """Return a tick's number without needless zeros, with a true minus sign."""
    return fixed(value, 3).rstrip("0").rstrip(".") if abs(value) > 1e-9 else "0"


@dataclass(frozen=True)
class Panel:
    """Rows under a heading, with their own axis.

    notes : lines below the heading; axis : what the horizontal axis measures.
    """

    heading: str
    notes: tuple[str, ...]
    marks: tuple[Mark, ...]
    references: tuple[Reference, ...]
    axis: str


HEAD, FOOT = 0.2, 0.46
"""Room for a panel's heading and for its axis, in inches."""


def grid(panels: Sequence[Panel], label_width: float, columns: int = 2) -> Canvas:
    """Draw panels below each other, in columns of about the same height, each with the labels of
    its own rows.

    Parameters
    ----------
    label_width : float
        Room for the labels of a panel, in inches; the marks' labels must be wrapped to it.
    """
    stacks = _stacks(panels, min(columns, len(panels)))
    drawing, width = (
        figure_style.canvas(max(map(_height, stacks)) + 0.05),
        figure_style.PAGE / len(stacks),
    )
    for position, stack in enumerate(stacks):
        top = 0.05
        for panel in stack:
            _panel(drawing, panel, position * width, top, width, label_width)
            top += _height([panel])
    return drawing


def _stacks(panels: Sequence[Panel], columns: int) -> list[Sequence[Panel]]:
    """Cut panels into columns, in their order, so that the highest column is as low as it can
    be.
    """
    if columns == 1:
        return [panels]
    cuts = range(1, len(panels) - columns + 2)
    options = [[panels[:cut], *_stacks(panels[cut:], columns - 1)] for cut in cuts]
    return min(options, key=lambda stacks: max(map(_height, stacks)))


def _height(panels: Sequence[Panel]) -> float:
    return sum(_head(panel) + sum(heights(panel.marks)) + FOOT for panel in panels)


def _head(panel: Panel) -> float:
    return HEAD + figure_style.LINE * len(panel.notes)


def _panel(
    drawing: Canvas, panel: Panel, left: float, top: float, width: float, label_width: float
) -> None:
    figure_style.write(
        drawing, left + 0.03, top, panel.heading, fontsize=figure_style.HEADING, fontweight="bold"
    )
    for number, note in enumerate(panel.notes):
        figure_style.write(
            drawing,
            left + 0.03,
            top + 0.16 + figure_style.LINE * number,
            note,
            color=figure_style.GREY,
        )
    beside = left + label_width + 0.08
    axes = figure_style.place(
        drawing, beside, top + _head(panel), left + width - beside - 0.12, sum(heights(panel.marks))
    )
    draw(axes, panel.marks, limits(panel.marks, panel.references), panel.references)
    axes.set_xlabel(panel.axis, labelpad=2)
