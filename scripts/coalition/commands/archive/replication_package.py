"""The replication package: what runs, the run's results, a README for data editors, RO-Crate."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from ...data.file_formats import located
from ...workflow.fingerprints import PROJECT
from . import licences, replication_readme, research_object
from .about import About
from .fixed_zip import with_sums
from .operations_read import Read

PROGRAMS = ("run",)
NOT_PACKED = (".venv", "results", "__pycache__", ".snakemake", ".git", ".github", ".ci")
"""Folders that no package holds, wherever they are; the run's own results are added."""
SHARED = "SHARE_ALIKE.csv"
MANIFEST = "manifest.json"
PROJECTS = "README-project.md"
"""What the project's own README is called in the package, beside the one for replicators."""


def files(about: About, manifest: Mapping[str, Any], read: Read) -> dict[str, bytes]:
    """Return every file of the replication package: path -> content."""
    found = {name: (PROJECT / name).read_bytes() for name in program_files(manifest)}
    run = f"results/{manifest['run']}"
    for name in [*manifest["outputs"], f"{run}/{MANIFEST}"]:
        found[name] = Path(name).read_bytes()
    carrying = licences.carrying(manifest["config"], read, headers(manifest))
    columns = ["file", "column", "share_alike", "from"]
    found[SHARED] = (
        pd.DataFrame(carrying, columns=columns).to_csv(index=False, lineterminator="\n").encode()
    )
    facts = replication_readme.Facts(about, manifest, read, carrying)
    if "README.md" in found:
        found[PROJECTS] = found.pop("README.md")
    found["README.md"] = replication_readme.readme(facts).encode()
    crate = research_object.crate(about, manifest, sorted(found))
    text = json.dumps(crate, indent=1, ensure_ascii=False)
    found[research_object.NAME] = f"{text}\n".encode()
    return with_sums(found)


def program_files(manifest: Mapping[str, Any]) -> list[str]:
    """Return the files of the project that are packed, from its folder: those under version control
    where there is such, else all; and what the run read, wherever that is in the folder.
    """
    tracked = _tracked()
    names = {*(tracked if tracked is not None else _all())}
    names |= {*manifest["program"]["files"], *manifest["config_files"]}
    names |= {
        path.relative_to(PROJECT).as_posix()
        for path in (Path(located(name)).resolve() for name in manifest["inputs"])
        if PROJECT.resolve() in path.parents
    }
    return sorted(
        name
        for name in names
        if not set(NOT_PACKED) & set(Path(name).parts) and (PROJECT / name).is_file()
    )


def outside(names: Iterable[str]) -> list[str]:
    """Return those of some files that lie outside the project's folder."""
    return [
        name for name in names if PROJECT.resolve() not in Path(located(name)).resolve().parents
    ]


def _tracked() -> list[str] | None:
    """Return the files under version control; None where the folder is no repository of its own."""
    if not (PROJECT / ".git").exists():
        return None
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(
            ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True, timeout=60
        )
        return [name for name in done.stdout.decode().split("\0") if name]
    return None


def _all() -> list[str]:
    return [
        path.relative_to(PROJECT).as_posix()
        for path in PROJECT.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(PROJECT).parts)
        and path.suffix != ".pyc"
    ]


def headers(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the columns of every data file that the run made."""
    run = f"results/{manifest['run']}/data/"
    return {
        name: list(pd.read_csv(name, nrows=0).columns)
        for name in sorted(manifest["outputs"])
        if name.startswith(run) and name.endswith(".csv")
    }
