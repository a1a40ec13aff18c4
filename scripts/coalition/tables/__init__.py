"""Estimates, diagnostics and verdicts -> tables -> files of every format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .. import files
from ..findings import Sources
from ..table import Table
from . import (
    agreement,
    assumed,
    curve,
    effects,
    evidence,
    inference,
    power,
    regression,
    samples,
    to_csv,
    to_html,
    to_latex,
    to_markdown,
    to_word,
    uncertainty,
    verdicts,
)

BUILDERS: Mapping[str, Callable[[str, Mapping[str, Any], Sources], Table]] = {
    "agreement": agreement.agreement,
    "assumed_correlations": assumed.assumed_correlations,
    "components": samples.components,
    "corners": effects.corners,
    "descriptives": samples.descriptives,
    "flow": samples.flow,
    "inference": inference.inference,
    "influence": evidence.influence,
    "marginal_effects": effects.marginal_effects,
    "power": power.power,
    "regression": regression.regression,
    "robustness": evidence.robustness,
    "uncertainty": uncertainty.uncertainty,
    "specification_curve": curve.curve,
    "verdicts": verdicts.verdicts,
}
WRITERS: Mapping[str, Callable[[Table], bytes]] = {
    "csv": to_csv.write,
    "docx": to_word.write,
    "html": to_html.write,
    "md": to_markdown.write,
    "tex": to_latex.write,
}


def build(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build one table of the config.

    Parameters
    ----------
    name : str
        Its name.
    spec : mapping
        Its entry in `tables`: kind, title, and what the kind needs (models, terms, sample).
    sources : Sources
        What the stages before have written.
    """
    return BUILDERS[spec["kind"]](name, spec, sources)


def write_all(table: Table, paths: Mapping[str, str | Path]) -> None:
    """Write a table in several formats.

    Parameters
    ----------
    paths : mapping
        Format (csv, tex, html, md, docx) -> file.
    """
    for ending, path in paths.items():
        files.write_bytes(path, WRITERS[ending](table))
