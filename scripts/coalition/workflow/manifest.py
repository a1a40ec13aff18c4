"""The manifest: what went in, what came out, with what."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from ..base.errors import Problems
from ..base.files import digest, read_json, sha256
from . import provenance
from .provenance import MANIFEST

PACKAGES = (
    "snakemake",
    "pandas",
    "numpy",
    "scipy",
    "statsmodels",
    "linearmodels",
    "pyyaml",
    "matplotlib",
    "jinja2",
    "python-docx",
    "jsonschema",
)


def manifest(
    config: Mapping[str, Any],
    inputs: Iterable[str],
    outputs: Iterable[str],
    given: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the manifest of a run.

    Parameters
    ----------
    config : mapping
        The whole config, as it was used.
    inputs, outputs : paths
        Files that were read and made.
    given : mapping, optional
        How the run was started: `config_files` (those that config.yaml extends with it),
        `configfiles` (those of the command) and `settings` (single keys of the command);
        `made_from`, as `foreign_results.made_from` returns it.
    """
    outputs = sorted(set(outputs))
    given = given or {}
    # here, because it is slow to import and only the last step needs it
    from ..data.file_formats import located

    return {
        "run": config["run"],
        "version": provenance.version(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": config["seed"],
        "config_sha256": digest(config),
        "inputs": {str(path): sha256(located(path)) for path in sorted(inputs)},
        "outputs": {str(path): sha256(path) for path in outputs},
        "made_from": dict(given.get("made_from", {})),
        "config_files": {path: sha256(path) for path in sorted({*given.get("config_files", ())})},
        "command": {
            "configfiles": list(given.get("configfiles", ())),
            "settings": dict(given.get("settings", {})),
        },
        "program": provenance.made_by(),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "machine": provenance.machine(),
        "packages": provenance.packages(),
        "steps": provenance.costs(Path("results") / config["run"], outputs),
        "config": dict(config),
    }


def of_one_program(began: str) -> None:
    """Check that the program is at the end of a run what it was at its beginning.

    Parameters
    ----------
    began : str
        sha256 of the program, from the plan of the run.

    Raises
    ------
    Problems
        When a file of the program was changed while the run was under way: which results are of
        which program could then not be said.
    """
    problems = Problems()
    if provenance.program_sha256() != began:
        problems.add(
            "the program",
            "its files were changed while the run was under way; start ./run again, which makes "
            "again what depends on them",
        )
    problems.stop()


def versions() -> dict[str, str]:
    """Return the version of each package that the results depend on."""
    return {name: metadata.version(name) for name in PACKAGES}


def begin(folder: str | Path, wanted: Iterable[str]) -> None:
    """Make a run's folder ready for new results: nothing in it shall seem to belong to a run that
    it does not belong to.

    The manifest and the report go, and come back when everything else is there. What an earlier
    config made and this one does not make goes as well, unless somebody has changed it since.

    Parameters
    ----------
    folder : path
        The run's folder, results/<run>.
    wanted : paths
        Every file that the run makes.
    """
    keep = {Path(path).resolve() for path in wanted}
    for path, made in _outputs(folder).items():
        if path.resolve() not in keep and path.is_file() and sha256(path) == made:
            path.unlink()
    for name in ("report.html", MANIFEST):
        (Path(folder) / name).unlink(missing_ok=True)


def not_in_place_of_others(folder: str | Path, changes: Mapping[str, Any]) -> None:
    """Check that settings laid over config.yaml do not replace what config.yaml alone has made.

    Parameters
    ----------
    folder : path
        The run's folder, results/<run>.
    changes : mapping
        The settings of this start that stand in other files or on the command.

    Raises
    ------
    Problems
        When a config that has no name of its own would take the place of a finished run.
    """
    problems = Problems()
    path = Path(folder) / MANIFEST
    command = read_json(path).get("command") if changes and path.is_file() else None
    if command is not None and not any(command.values()):
        problems.add(
            "run",
            f"config.yaml alone made {Path(folder).as_posix()}, which this config would replace; "
            "give it a name of its own (run: NAME), or delete that folder first",
            value=Path(folder).name,
        )
    problems.stop()


def untouched(folder: str | Path) -> None:
    """Check that the results of a finished run are as the run made them.

    Raises
    ------
    Problems
        Names every result that has been changed since; Snakemake would build on it as if it were
        its own.
    """
    problems = Problems()
    for path, made in _outputs(folder).items():
        if path.is_file() and sha256(path) != made:
            problems.add(
                str(path),
                (
                    "changed by hand since the run made it; keep a copy elsewhere if you need it, "
                    "then delete it: ./run makes it again"
                ),
            )
    problems.stop()


def _outputs(folder: str | Path) -> dict[Path, str]:
    """Return what the folder's manifest says was made there; nothing where there is no manifest."""
    path = Path(folder) / MANIFEST
    if not path.is_file():
        return {}
    outputs = {Path(name): made for name, made in read_json(path)["outputs"].items()}
    return {
        name: made
        for name, made in outputs.items()
        if Path(folder).resolve() in name.resolve().parents
    }
