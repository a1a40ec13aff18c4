"""Estimates, verdicts and data -> figures -> files of every format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ...base import files
from ..stored_results import Sources
from . import (
    coefficients,
    corners,
    curve_figure,
    figure_style,
    figure_writers,
    influence,
    measures_figure,
    responses,
    robustness_figure,
    troops_figure,
)
from .figure import Figure

DRAWERS: Mapping[str, Callable[[str, Mapping[str, Any], Sources], Figure]] = {
    "coefficients": coefficients.coefficients,
    "corners": corners.corners,
    "influence": influence.influence,
    "measures": measures_figure.measures,
    "responses": responses.responses,
    "robustness": robustness_figure.robustness,
    "specification_curve": curve_figure.curve,
    "troops": troops_figure.troops,
}


def draw(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw one figure of the config.

    Parameters
    ----------
    name : str
        Its name.
    spec : mapping
        Its entry in `figures`: kind, title, and what the kind needs (models, terms, sample, states,
        first, second).
    sources : Sources
        What the stages before have written.
    """
    with figure_style.applied():
        return DRAWERS[spec["kind"]](name, spec, sources)


def write_all(figure: Figure, paths: Mapping[str, str | Path], made_from: Iterable[str]) -> None:
    """Write a figure as pictures, and what is needed to print and trace it.

    Parameters
    ----------
    paths : mapping
        Format (svg, pdf, png, json) -> file.
    made_from : iterable of str
        The files that hold the plotted numbers.
    """
    for ending in figure_writers.PICTURES:
        files.write_bytes(paths[ending], figure_writers.picture(figure, ending))
    files.write_json(paths["json"], figure_writers.record(figure, made_from))
