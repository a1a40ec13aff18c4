"""Results that other code, settings or data made: found where Snakemake, which knows only what it
made itself in this very folder, would take them for up to date.

A folder that was copied without `.snakemake`, unpacked, or whose results a colleague put in place
has no record of Snakemake, or a record of other results. The manifest lies with the results and
says of each what it was made from; that is held against what the plan would make it from.
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..base.errors import Problems
from ..base.files import digest, read_json, sha256, write_bytes
from .kept_plan import FOLDER
from .provenance import MANIFEST

RECORDS = FOLDER.parent / "metadata"
"""Where Snakemake keeps a record of each file that it made."""
LONGEST_NAME = 255
"""Characters of a file's name; Snakemake cuts the name of a longer record into folders."""


def made_from(steps: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return of every output of some steps the hash of what it is made from: the step's params
    (slice of the config, content of the sources and of the program) and the names of its inputs.
    """
    found: dict[str, str] = {}
    for step in steps:
        # in the order of the keys: that of choices and options has a meaning
        of = digest(json.dumps([step["params"], step["input"]], default=str))
        for paths in step["output"].values():
            found |= dict.fromkeys([paths] if isinstance(paths, str) else paths, of)
    return found


def foreign(folder: str | Path, wanted: Mapping[str, str]) -> list[str]:
    """Return the results that are there, but not known to be what this program makes of these
    settings and data.

    Parameters
    ----------
    folder : path
        The run's folder, results/<run>.
    wanted : mapping
        As `made_from` returns it, of what the rules make.
    """
    manifest = Path(folder) / MANIFEST
    known = _recorded(manifest)
    # of a run that is not finished, and of what no run makes, Snakemake's records are right
    own = not manifest.is_file() or made_here(folder)
    return [
        path
        for path, of in wanted.items()
        if os.path.isfile(path)
        and known.get(path) != of
        and not ((own or path not in known) and _record(path).is_file())
    ]


def _recorded(manifest: Path) -> dict[str, str]:
    """Return what the manifest says that each result of its run was made from ("" where it does not
    say); nothing where there is no manifest.
    """
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        found = read_json(manifest)
        return dict.fromkeys(found["outputs"], "") | dict(found.get("made_from", {}))
    return {}


def mark(paths: Iterable[str]) -> None:
    """Have Snakemake make foreign results again, now or in a later run: give each a record of
    params that no step has.

    Raises
    ------
    Problems
        Where Snakemake's folder cannot be written to: it would then call them up to date.
    """
    # here, because only foreign results need it; the rules have loaded it
    from snakemake.persistence import RECORD_FORMAT_VERSION

    record = {"params": ["not known"], "record_format_version": RECORD_FORMAT_VERSION}
    problems = Problems()
    for path in paths:
        try:
            write_bytes(_record(path), json.dumps(record).encode())
        except OSError as error:
            problems.add(
                path,
                "made by other code, settings or data, which cannot be noted in "
                f"{RECORDS.parent}: {error.strerror}",
            )
    problems.stop()


def note(folder: str | Path) -> None:
    """Note that the finished run in a folder was made here, so that Snakemake's records are of
    it.
    """
    manifest = Path(folder) / MANIFEST
    # without room for it, the next start holds the manifest against the plan
    with suppress(OSError):
        write_bytes(_note_path(folder), sha256(manifest).encode())


def made_here(folder: str | Path) -> bool:
    """Tell whether the finished run in a folder is noted as made here."""
    with suppress(OSError):
        return _note_path(folder).read_text(encoding="utf-8") == sha256(Path(folder) / MANIFEST)
    return False


def _note_path(folder: str | Path) -> Path:
    return FOLDER / f"made_here_{digest(str(folder))[:16]}"


def _record(path: str) -> Path:
    """Return where Snakemake's FilePersistence keeps its record of a file."""
    name = urlsafe_b64encode(path.encode()).decode()
    width = LONGEST_NAME - 1
    parts = [name[at : at + width] for at in range(0, len(name), width)]
    return RECORDS.joinpath(*(f"@{part}" for part in parts[:-1]), parts[-1])


def in_words(folder: str | Path, found: Iterable[str]) -> str:
    """Return what is said of foreign results; empty where there are none."""
    number = len([*found])
    if not number:
        return ""
    return (
        f"{number} result{'s' if number != 1 else ''} in {folder} "
        f"{'were' if number != 1 else 'was'} made by other code, packages, settings or data than "
        "these, or it is not known by which: made again."
    )
