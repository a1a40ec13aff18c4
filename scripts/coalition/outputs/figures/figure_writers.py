"""A figure as bytes: the same on every run, with nothing of the machine or the day in it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

import matplotlib

from . import figure_style
from .figure import Figure

PICTURES = ("svg", "pdf", "png")
DPI = 300
"""Resolution of the PNG in dots per printed inch; what most journals ask of a figure with text."""


def picture(figure: Figure, ending: str) -> bytes:
    """Return the figure as SVG, PDF or PNG.

    Parameters
    ----------
    ending : {"svg", "pdf", "png"}
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
    stream = io.BytesIO()
    # The salt of a figure's ids is its name, so that two figures on one page do not share an id.
    with figure_style.applied(), matplotlib.rc_context({"svg.hashsalt": figure.name}):
        figure.canvas.savefig(stream, format=ending, dpi=DPI, metadata=metadata[ending])
    return stream.getvalue()


def record(figure: Figure, made_from: Iterable[str]) -> dict[str, Any]:
    """Return what the report needs to print a figure, and the numbers in it.

    Parameters
    ----------
    made_from : iterable of str
        The files that hold the plotted numbers.
    """
    width, height = figure.canvas.get_size_inches()
    about = {part: getattr(figure, part) for part in ("name", "kind", "title", "caption", "alt")}
    numbers = figure.tidy.astype(object).where(figure.tidy.notna(), None).to_dict("records")
    size = {"width_inches": float(width), "height_inches": float(height)}
    return (
        about | size | {"made_from": list(made_from), "key": list(figure.key), "numbers": numbers}
    )
