"""Estimates, diagnostics and verdicts -> tables -> files of every format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...base import files
from ..stored_results import Sources
from . import (
    agreement_table,
    assumed_correlations,
    curve_table,
    effects_tables,
    evidence_tables,
    inference_tables,
    missing_data_table,
    power_table,
    regression,
    samples_tables,
    verdict_tables,
)
from .table import Table
from .writers import to_csv, to_html, to_latex, to_markdown, to_word

BUILDERS: Mapping[str, Callable[[str, Mapping[str, Any], Sources], Table]] = {
    "agreement": agreement_table.agreement,
    "assumed_correlations": assumed_correlations.assumed_correlations,
    "components": samples_tables.components,
    "corners": effects_tables.corners,
    "descriptives": samples_tables.descriptives,
    "flow": samples_tables.flow,
    "inference": inference_tables.inference,
    "influence": evidence_tables.influence,
    "marginal_effects": effects_tables.marginal_effects,
    "power": power_table.power,
    "regression": regression.regression,
    "robustness": evidence_tables.robustness,
    "uncertainty": missing_data_table.uncertainty,
    "specification_curve": curve_table.curve,
    "verdicts": verdict_tables.verdicts,
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
