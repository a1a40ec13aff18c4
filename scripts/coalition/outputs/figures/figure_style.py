"""How every figure looks: sizes in printed inches and points, colours, markers, and the places of
axes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.text import Text

PAGE = 6.5
"""Width of every figure in inches: the text block of a journal's page, or of a manuscript on letter
paper.
"""
TEXT = 7.0
"""Size of the text in points; none is smaller."""
HEADING = 8.0
LINE = 0.12
"""Height of one line of text with its leading, in inches."""

# Okabe & Ito's palette, in which colour-blind readers tell every pair apart; its yellow is too
# light for lines and text.
BLACK, GREY, LIGHT = "#000000", "#595959", "#BFBFBF"
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
)

RESPONSES = {
    "abstain": ("Abstain", LIGHT, "o"),
    "unreserved": ("Join without reservations", BLUE, "s"),
    "reserved": ("Join with reservations", VERMILLION, "^"),
    "unknown": ("Join, caveats not known", BLACK, "D"),
}
"""Response -> what is printed, colour, marker."""

SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT,
    "axes.titlesize": HEADING,
    "axes.labelsize": TEXT,
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "axes.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "hatch.linewidth": 0.5,
    "axes.unicode_minus": True,
    "text.parse_math": False,  # a dollar sign in a label is a dollar sign
    "pdf.fonttype": 42,  # TrueType, which journals can edit and search
    "svg.fonttype": "path",  # the reader's fonts then change nothing
    "svg.hashsalt": "coalition",
}


@contextmanager
def applied() -> Iterator[None]:
    """Draw in this style, whatever the settings and the fonts of the machine."""
    manager = font_manager.fontManager
    found, bundled = manager.ttflist, Path(matplotlib.get_data_path())
    manager.ttflist = [entry for entry in found if bundled in Path(entry.fname).parents]
    try:
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(SETTINGS)
            yield
    finally:
        manager.ttflist = found


def canvas(height: float, width: float = PAGE) -> Canvas:
    """Return an empty drawing of a size in inches."""
    return Canvas(figsize=(width, height))


def place(drawing: Canvas, left: float, top: float, width: float, height: float) -> Axes:
    """Add axes at a place in inches from the left and from the top of the drawing."""
    across, down = drawing.get_size_inches()
    return drawing.add_axes(
        (left / across, 1 - (top + height) / down, width / across, height / down)
    )


def write(drawing: Canvas, left: float, top: float, text: str, **how: Any) -> Text:
    """Write text at a place in inches from the left and from the top of the drawing; the text hangs
    from there.
    """
    across, down = drawing.get_size_inches()
    usual = dict[str, Any](ha="left", va="top", fontsize=TEXT)
    return drawing.text(left / across, 1 - top / down, text, **(usual | how))


UNITS = 100
"""Size in which text is measured, so that rounding to whole units of the font does not show."""


def _font(weight: str) -> FT2Font:
    name = {"normal": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}[weight]
    return font_manager.get_font(str(Path(matplotlib.get_data_path(), "fonts", "ttf", name)))


@cache
def text_width(text: str, size: float = TEXT, weight: str = "normal") -> float:
    """Return the printed width of the longest line of a text, in inches."""
    font, widest = _font(weight), 0.0
    font.set_size(UNITS, 72)  # each time: the font is shared with all that draws
    for line in text.split("\n"):
        font.set_text(line, 0.0, flags=LoadFlags.NO_HINTING)
        widest = max(widest, font.get_width_height()[0] / 64)  # FreeType counts in 64ths
    return widest * size / UNITS / 72


def wrapped(text: str, width: float, size: float = TEXT, weight: str = "normal") -> str:
    """Return a text in lines that fit a width in inches; a word that is longer keeps a line to
    itself.
    """
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def message(text: str) -> Canvas:
    """Return a drawing that says why there is nothing to draw."""
    drawing = canvas(1.0)
    drawing.text(
        0.5,
        0.5,
        wrapped(text, PAGE - 0.5, HEADING),
        ha="center",
        va="center",
        fontsize=HEADING,
        color=GREY,
    )
    return drawing
