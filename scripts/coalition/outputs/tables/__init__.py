"""Estimates, diagnostics and verdicts -> tables -> files of every format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from ...base import files
from ...config.output_kinds import TABLES
from ..stored_results import Sources
from .table import Table
from .writers import to_csv, to_html, to_latex, to_markdown, to_word

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
    module, _, function = TABLES[spec["kind"]].builder.partition(":")
    table: Table = getattr(import_module(f".{module}", __name__), function)(name, spec, sources)
    return table


def write_all(table: Table, paths: Mapping[str, str | Path]) -> None:
    """Write a table in several formats.

    Parameters
    ----------
    paths : mapping
        Format (csv, tex, html, md, docx) -> file.
    """
    for ending, path in paths.items():
        files.write_bytes(path, WRITERS[ending](table))
