"""A figure as bytes: the same on every run, with nothing of the machine or the day in it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import matplotlib
from fontTools import subset

from . import figure_frame, figure_style
from .figure import Figure

PICTURES = ("svg", "pdf", "png")
NUMBER = re.compile(rb"-?\d+\.\d{3,}")
DPI = 300
"""Resolution of the PNG in dots per printed inch; what most journals ask of a figure with text."""


def picture(figure: Figure, ending: str, source: str = "") -> bytes:
    """Return the figure as SVG, PDF or PNG, with its title above it and below it how to read it.

    Parameters
    ----------
    ending : {"svg", "pdf", "png"}
    source : str
        The last line: N and where the numbers come from.
    """
    metadata: Mapping[str, Mapping[str, str | None]] = {
        "svg": {"Title": figure.title, "Description": figure.alt, "Date": None, "Creator": None},
        "pdf": {
            "Title": figure.title,
            "Subject": figure.alt,
            "CreationDate": None,
            "Creator": None,
            "Producer": None,
        },
        "png": {"Title": figure.title, "Description": figure.alt, "Software": None},
    }
    # quicker than the usual 6, and drawings become no larger
    packing: dict[str, Any] = {"pil_kwargs": {"compress_level": 3}} if ending == "png" else {}
    stream = io.BytesIO()
    # The salt of a figure's ids is its name, so that two figures on one page do not share an id.
    around = figure_frame.frame(figure, source)
    with (
        figure_style.applied(),
        matplotlib.rc_context({"svg.hashsalt": figure.name}),
        _fonts_without_layout(),
        figure_frame.framed(figure, around) as part,
    ):
        figure.canvas.savefig(
            stream,
            format=ending,
            dpi=DPI,
            metadata=metadata[ending],
            bbox_inches=part,
            **packing,
        )
    return _lighter(stream.getvalue()) if ending == "svg" else stream.getvalue()


class _WithoutLayout(subset.Options):
    """Leaves out the tables by which a text engine shapes words: in a drawing every glyph has its
    place already, and cutting them down takes two thirds of the time of writing a PDF.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.drop_tables += ["GDEF", "GPOS", "GSUB", "kern"]


@contextmanager
def _fonts_without_layout() -> Iterator[None]:
    """Embed fonts so; matplotlib asks fontTools for a part of a font and has no setting for it."""
    usual = subset.Options
    subset.Options = _WithoutLayout
    try:
        yield
    finally:
        subset.Options = usual


def _lighter(drawing: bytes) -> bytes:
    """Return an SVG whose paths have two decimals (a hundredth of a point, that is 1/7200 inch) and
    no space that their grammar does not ask for.
    """
    return re.sub(
        rb'(?<= d=")[^"]*',
        lambda path: re.sub(rb"\s*([A-Za-z])\s*", rb"\1", NUMBER.sub(_rounded, path[0])).strip(),
        drawing,
    )


def _rounded(number: re.Match[bytes]) -> bytes:
    text = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return b"0" if text == "-0" else text.encode()


def record(figure: Figure, made_from: Iterable[str], source: str = "") -> dict[str, Any]:
    """Return what the report needs to print a figure, and the numbers in it.

    Parameters
    ----------
    made_from : iterable of str
        The files that hold the plotted numbers.
    source : str
        The last line of its files.
    """
    around = figure_frame.frame(figure, source)
    width, height = figure.canvas.get_size_inches()
    about = {part: getattr(figure, part) for part in ("name", "kind", "title", "caption", "alt")}
    numbers = figure.tidy.astype(object).where(figure.tidy.notna(), None).to_dict("records")
    size = {"width_inches": float(width), "height_inches": float(height)}
    size |= {"head_inches": around.head, "foot_inches": around.foot}
    about["source"] = source
    return (
        about | size | {"made_from": list(made_from), "key": list(figure.key), "numbers": numbers}
    )
