"""Estimates, verdicts and data -> figures -> files of every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ...base import files
from ...config.output_kinds import FIGURES
from ..stored_results import Sources
from . import figure_frame, figure_style, figure_writers
from .figure import Figure


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
    module, _, function = FIGURES[spec["kind"]].builder.partition(":")
    drawer = getattr(import_module(f".{module}", __name__), function)
    with figure_style.applied():
        figure: Figure = drawer(name, spec, sources)
    return figure


def write_all(
    figure: Figure, paths: Mapping[str, str | Path], made_from: Sequence[str], run: str = ""
) -> None:
    """Write a figure as pictures, and what is needed to print and trace it.

    Parameters
    ----------
    paths : mapping
        Format (svg, pdf, png, json) -> file.
    made_from : sequence of str
        The files that hold the plotted numbers.
    run : str
        The run's name, for the line that tells the source.
    """
    source = figure_frame.source_line(figure, made_from, run)
    for ending in figure_writers.PICTURES:
        files.write_bytes(paths[ending], figure_writers.picture(figure, ending, source))
    files.write_json(paths["json"], figure_writers.record(figure, made_from, source))
