"""Whether a run has nothing to do, told without Snakemake, which takes longer to be imported and to
read the rules than to find that out.

It has nothing to do where the last run in this folder made everything, of the same plan and by the
same command, and every result is still what that run wrote. All else is left to Snakemake.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..base.files import digest, read_json, sha256
from .foreign_results import made_here
from .kept_plan import found
from .provenance import MANIFEST


def from_here(path: str | Path) -> str:
    """Return the path from the project's folder of a file that lies in it."""
    path, here = Path(path).resolve(), Path.cwd().resolve()
    return path.relative_to(here).as_posix() if here in path.parents else str(path)


def plan_kind(config_files: Sequence[str]) -> str:
    """Return the name under which a plan is kept. It says of each setting in which file it stands,
    so the same settings from other files are another plan.

    Parameters
    ----------
    config_files : sequence of str
        The files of the command, as `from_here` returns them.
    """
    return "_".join(["plan", *([digest(list(config_files))[:8]] if config_files else [])])


def nothing_to_do(changes: Mapping[str, Any], config_files: Sequence[str]) -> dict[str, Any] | None:
    """Return the plan of a run that has nothing to do; None where Snakemake has to look.

    Parameters
    ----------
    changes : mapping
        The settings that are laid over config.yaml, all of them from files.
    config_files : sequence of str
        These files, as the command names them.
    """
    files = [from_here(path) for path in config_files]
    plan = found(changes, plan_kind(files))
    # such a variable can hold arguments that stand nowhere else
    if plan is None or any(name.startswith("SNAKEMAKE") for name in os.environ):
        return None
    # no manifest, or one that was cut short: not finished
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        manifest = read_json(Path(plan["results"]) / MANIFEST)
        if _same(manifest, plan, files) and made_here(plan["results"]):
            outputs = {path: manifest["outputs"][path] for path in manifest["made_from"]}
            return plan if _untouched(outputs) else None
    return None


def _same(manifest: Mapping[str, Any], plan: Mapping[str, Any], files: list[str]) -> bool:
    """Tell whether a manifest is of a plan's config, program and steps, and of the same command."""
    wanted = plan["manifest"]
    return (
        manifest["command"] == {"configfiles": files, "settings": {}}
        and manifest["program"]["sha256"] == wanted["program"]
        and manifest["config_sha256"] == digest(plan["config"])
        and manifest["made_from"] == wanted["made_from"]
    )


def _untouched(outputs: Mapping[str, str]) -> bool:
    """Tell whether every output is there as it was written."""
    return all(os.path.isfile(path) and sha256(path) == made for path, made in outputs.items())
