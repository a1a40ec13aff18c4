"""The manifest: what went in, what came out, with what."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from .files import digest, sha256

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


def manifest(config: Mapping[str, Any], inputs: Iterable[str], outputs: Iterable[str]) -> dict[str, Any]:
    """Return the manifest of a run.

    Parameters
    ----------
    config : mapping
        The whole config, as it was used.
    inputs, outputs : paths
        Files that were read and made.
    """
    return {
        "run": config["run"],
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": config["seed"],
        "config_sha256": digest(config),
        "inputs": {str(path): sha256(path) for path in sorted(inputs)},
        "outputs": {str(path): sha256(path) for path in sorted(set(outputs))},
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "packages": versions(),
        "config": dict(config),
    }


def versions() -> dict[str, str]:
    """Return the version of each package that the results depend on."""
    return {name: metadata.version(name) for name in PACKAGES}


def made(folder: str | Path) -> list[str]:
    """Return every result below a run's folder, without logs and the manifest itself."""
    paths = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return [
        path.as_posix() for path in paths if "logs" not in path.parts and path.name != "manifest.json" and not path.name.startswith(".")
    ]
