"""The plan of a run, kept until anything changes that it was made from: making it reads the heads
of all data files and looks at the whole config, which every start of Snakemake would pay for.

So is the account of a check. It is imported before anything heavy is, and imports nothing heavy
itself.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..base.files import digest, sha256, write_bytes
from .manifest import versions
from .provenance import program_sha256

FOLDER = Path(".snakemake") / "coalition"


def kept(
    changes: Mapping[str, Any],
    make: Callable[[Mapping[str, Any]], tuple[dict[str, Any], Iterable[str]]],
    kind: str = "plan",
) -> dict[str, Any]:
    """Return the plan of config.yaml with other settings laid over it, or what else is made of it.

    Parameters
    ----------
    changes : mapping
        The other settings.
    make : callable
        Makes a plan of them, and names the files that it was made from.
    kind : str
        What is made: the plan, or the account of a check.
    """
    there = found(changes, kind)
    if there is not None:
        return there
    plan, files = make(changes)
    text = json.dumps({"key": _key(changes), "files": _contents(files), "plan": plan})
    # without room for it, or in a folder that is not ours to write, it is made every time
    with suppress(OSError):
        write_bytes(_path(changes, kind), text.encode())
    made: dict[str, Any] = json.loads(text)["plan"]
    return made


def found(changes: Mapping[str, Any], kind: str = "plan") -> dict[str, Any] | None:
    """Return what was kept; None where there is nothing, or anything has changed since."""
    # there may be none, or one that was cut short: then it is made again
    with suppress(OSError, ValueError, KeyError, TypeError):
        there = json.loads(_path(changes, kind).read_bytes())
        if there["key"] == _key(changes) and there["files"] == _contents(there["files"]):
            plan: dict[str, Any] = there["plan"]
            return plan
    return None


def _path(changes: Mapping[str, Any], kind: str) -> Path:
    return FOLDER / f"{kind}_{digest(changes)[:16]}.json"


def _key(changes: Mapping[str, Any]) -> str:
    """Return the hash of all that makes a plan but the user's files."""
    return digest([changes, program_sha256(), platform.python_version(), versions()])


def _contents(paths: Iterable[str]) -> dict[str, str]:
    """Return the sha256 of each file; of one that is not there, nothing."""
    return {path: sha256(path) if Path(path).is_file() else "" for path in sorted(set(paths))}
