"""What a figure's file holds around the drawing, so that it stands alone on a slide: its title, how
to read it, N, and where its numbers come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from matplotlib.transforms import Bbox

from ...base.number_formats import count
from ..stored_results import FIGURE_FOOT, FIGURE_HEAD
from . import figure_style
from .figure import Figure

EDGE, GAP = 0.05, 0.08
"""Room at the sides and between title, drawing and the lines below it, in inches."""
TITLE = 9.0
TITLE_LINE = 0.16


@dataclass(frozen=True)
class Frame:
    """The text above and below a drawing, in lines, and the heights that they need in inches."""

    title: str
    below: str
    head: float
    foot: float


def frame(figure: Figure, source: str) -> Frame:
    """Return the frame of a figure: its title; its caption, which holds the key; N and the
    source.
    """
    across, _ = figure.canvas.get_size_inches()
    width = float(across) - 2 * EDGE
    title = figure_style.wrapped(figure.title, width, TITLE, "bold")
    below = "\n".join(
        figure_style.wrapped(text, width) for text in (figure.caption, source) if text
    )
    head = GAP + TITLE_LINE * (title.count("\n") + 1)
    foot = 2 * GAP + figure_style.LINE * (below.count("\n") + 1)
    return Frame(title, below, head, foot)


def source_line(figure: Figure, made_from: Iterable[str], run: str) -> str:
    """Return N and the files that hold the plotted numbers, as a sentence each."""
    files = ", ".join(made_from)
    where = (
        f"Source: own estimates and data, run {run}" if run else "Source: own estimates and data"
    )
    return f"{rows_behind(figure)} {where}{f' ({files})' if files else ''}."


def rows_behind(figure: Figure) -> str:
    """Return N: how many rows the plotted estimates rest on, or how many values are drawn."""
    if "n" in figure.tidy and figure.tidy["n"].notna().any():
        known = figure.tidy["n"].dropna()
        least, most = count(int(known.min())), count(int(known.max()))
        return f"N = {least}." if least == most else f"N = {least} to {most}."
    return (
        f"{count(len(figure.tidy))} values are drawn." if len(figure.tidy) else "Nothing is drawn."
    )


@contextmanager
def framed(figure: Figure, around: Frame) -> Iterator[Bbox]:
    """Write the frame around the drawing while its file is made; yield the part of the canvas to
    save, in inches.
    """
    drawing = figure.canvas
    width, height = (float(inches) for inches in drawing.get_size_inches())
    texts = [
        figure_style.write(
            drawing, EDGE, -around.head + GAP / 2, around.title, fontsize=TITLE, fontweight="bold",
            gid=FIGURE_HEAD
        ),
        figure_style.write(
            drawing, EDGE, height + GAP, around.below, color=figure_style.GREY, gid=FIGURE_FOOT
        ),
    ]  # fmt: skip
    try:
        yield Bbox.from_extents(0, -around.foot, width, height + around.head)
    finally:
        for text in texts:
            text.remove()
