"""Estimates, verdicts and data -> figures -> files of every format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from .. import files
from ..figure import Figure
from ..findings import Sources
from . import coefficients, corners, curve, influence, measures, responses, robustness, style, troops, writers

DRAWERS: Mapping[str, Callable[[str, Mapping[str, Any], Sources], Figure]] = {
    "coefficients": coefficients.coefficients,
    "corners": corners.corners,
    "influence": influence.influence,
    "measures": measures.measures,
    "responses": responses.responses,
    "robustness": robustness.robustness,
    "specification_curve": curve.curve,
    "troops": troops.troops,
}


def draw(name: str, spec: Mapping[str, Any], sources: Sources) -> Figure:
    """Draw one figure of the config.

    Parameters
    ----------
    name : str
        Its name.
    spec : mapping
        Its entry in `figures`: kind, title, and what the kind needs (models, terms, sample, states, first, second).
    sources : Sources
        What the stages before have written.
    """
    with style.applied():
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
    for ending in writers.PICTURES:
        files.write_bytes(paths[ending], writers.picture(figure, ending))
    files.write_json(paths["json"], writers.record(figure, made_from))
