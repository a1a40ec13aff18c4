"""What made the results: version, commit and hash of the program, packages, machine, cost of each
step.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from ..base.files import read_json, sha256, write_json
from .fingerprints import PROJECT

CITATION = PROJECT / "CITATION.cff"
"""Where the version stands, and who the authors are; nowhere else."""
PARTS = ("scripts", "rules", "schemas", "profiles")
"""Folders of the program: their content decides what is made of the data and the config."""
FILES = (
    "run", "Snakefile", "Snakefile.diagnose", "requirements.lock", "requirements-slurm.lock",
    "requirements-bootstrap.lock", "environment.yml", "CITATION.cff",
)  # fmt: skip
"""What belongs to the program beside these folders: what changes results, or how they are made."""
COSTS = "logs"
"""Folder of a run in which every step leaves what it cost, beside its log."""
MANIFEST = "manifest.json"
MEBIBYTE = 1024 * 1024


def citation() -> dict[str, Any]:
    """Return CITATION.cff; nothing where there is none."""
    if not CITATION.is_file():
        return {}
    found = yaml.safe_load(CITATION.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def version() -> str:
    """Return the version of the program, which is that of CITATION.cff; "" where none is stated."""
    return str(citation().get("version") or "")


def program() -> dict[str, str]:
    """Return the sha256 of every file of the program: path from the project's folder -> sha256."""
    found = [path for part in PARTS for path in (PROJECT / part).rglob("*")]
    found += [PROJECT / name for name in FILES]
    return {
        path.relative_to(PROJECT).as_posix(): sha256(path)
        for path in sorted(found)
        if path.is_file() and "__pycache__" not in path.parts
    }


def program_sha256(files: dict[str, str] | None = None) -> str:
    """Return one sha256 of the whole program: of its files' paths and sha256, in their order."""
    files = program() if files is None else files
    lines = "".join(f"{made}  {path}\n" for path, made in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def made_by() -> dict[str, Any]:
    """Return what the manifest says of the program: sha256 (whole, and by file), commit, and
    whether files under version control differ from that commit (null: no version control).
    """
    files = program()
    return {"sha256": program_sha256(files), **commit(), "files": files}


def commit() -> dict[str, Any]:
    """Return the commit that is checked out, if the project's folder is a repository of its own."""
    nothing = {"commit": None, "modified": None}
    top = _git("rev-parse", "--show-toplevel")
    if top is None or Path(top).resolve() != PROJECT.resolve():
        return nothing
    found, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "-uno")
    return {"commit": found, "modified": bool(changes)} if found else nothing


def _git(*arguments: str) -> str | None:
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(
            ["git", *arguments], cwd=PROJECT, capture_output=True, text=True, timeout=20, check=True
        )
        return done.stdout.strip()
    return None


def packages() -> dict[str, str]:
    """Return every package that is installed beside the program, by name."""
    found = {each.metadata["Name"].lower(): each.version for each in metadata.distributions()}
    return dict(sorted(found.items()))


def machine() -> dict[str, Any]:
    """Return what the steps ran on: processor, cores, memory (GB), linear algebra library."""
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": _memory(),
        "linear_algebra": _linear_algebra(),
        "threads_per_step": 1,
    }


def _memory() -> float | None:
    with suppress(OSError, ValueError, AttributeError):
        return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1)
    return None


def _linear_algebra() -> dict[str, str]:
    # here, because the plan of a run is made by a process that does without it
    import numpy as np

    built: Any = np.show_config(mode="dicts").get("Build Dependencies", {})
    return {
        part: " ".join(str(of[key]) for key in ("name", "version") if of.get(key))
        for part, of in sorted(built.items())
        if part in ("blas", "lapack")
    }


# -- what a step cost


def meter(step: str, outputs: Collection[str], log: Path) -> Callable[[], None]:
    """Start to measure a step; the function that is returned writes what it cost beside its log.

    seconds : of the clock; cpu_seconds : of the processor, in user code and system; peak_mb : the
    most memory that the process held at once, in MiB.
    """
    began, cpu = time.monotonic(), _cpu()

    def write() -> None:
        with suppress(OSError):  # it is no result: a full disk is said by the step itself
            write_json(
                log.with_suffix(".cost.json"),
                {
                    "step": step,
                    "seconds": round(time.monotonic() - began, 2),
                    "cpu_seconds": round(_cpu() - cpu, 2),
                    "peak_mb": round(_peak() / MEBIBYTE),
                    "outputs": sorted(map(str, outputs)),
                },
            )

    return write


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak() -> int:
    """Return the most bytes that this process has held in memory."""
    import resource  # not on every system

    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found if sys.platform == "darwin" else found * 1024


def costs(folder: Path, outputs: Collection[str]) -> list[dict[str, Any]]:
    """Return what each step of a run cost, by name: of those that made an output of the run, or
    something between that is gone.

    Parameters
    ----------
    folder : Path
        results/<run>.
    outputs : collection of str
        Every file that the run made.
    """
    made, found = set(map(str, outputs)), []
    for path in sorted((folder / COSTS).rglob("*.cost.json")):
        with suppress(OSError, ValueError, KeyError):
            cost = read_json(path)
            own = cost.pop("outputs")
            if any(Path(name).name == MANIFEST for name in own):
                continue  # of the run before: the manifest is written before its own is known
            if made & set(own) or not any(Path(name).exists() for name in own):
                found.append(cost)
    return sorted(found, key=lambda cost: str(cost["step"]))
