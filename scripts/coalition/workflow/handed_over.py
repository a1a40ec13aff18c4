"""Canonical tables that the check before a run has read, kept for the steps that would read the
same files again.

They are named by all that such a step depends on: the content of its files, its part of the config
and the program. A step whose tables are not there reads them itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ..base.files import digest, write_bytes
from .kept_plan import FOLDER

TABLES = FOLDER / "tables"


def keep(steps: Iterable[Mapping[str, Any]], texts: Mapping[str, Mapping[str, str]]) -> None:
    """Keep the tables of the steps that read them; what an earlier check has kept goes.

    Parameters
    ----------
    steps : iterable of mapping
        The steps `ingest` of the plan.
    texts : mapping
        Group -> table -> the canonical table as CSV.
    """
    shutil.rmtree(TABLES, ignore_errors=True)
    with suppress(OSError):  # without room for them, the steps read their files again
        for step in steps:
            params = step["params"]
            for path in map(Path, step["output"]["tables"]):
                text = texts[params["group"]][path.stem]
                write_bytes(_folder(SimpleNamespace(**params)) / path.name, text.encode())


def taken(params: Any, paths: Iterable[str | Path]) -> bool:
    """Put what was kept for a step in its place; return whether all of it was there.

    Parameters
    ----------
    params : object
        Of the step, as Snakemake gives them to its script.
    paths : iterable of path
        Its output.
    """
    folder = _folder(params)
    try:
        kept = {path: (folder / Path(path).name).read_bytes() for path in paths}
    except OSError:  # nothing was kept, or another run in this folder has just taken it away
        return False
    for path, content in kept.items():
        write_bytes(path, content)
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _folder(params: Any) -> Path:
    parts = ("group", "config", "content", "library")
    return TABLES / digest({part: getattr(params, part, None) for part in parts})
