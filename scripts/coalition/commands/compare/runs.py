"""A finished run, as its folder holds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...base.errors import Problems
from ...base.files import read_json, sha256

Entry = dict[str, Any]
MANIFEST = "manifest.json"
ALPHA = 0.05
"""Threshold of significance for a run whose config states none: the one of the verdict rule that
ships with the project.
"""


@dataclass(frozen=True)
class Run:
    """A run and what its JSON files hold.

    letter : "A" or "B"; folder : where it stands; manifest : content of manifest.json; models,
        hypotheses : MODEL and verdict entries of docs/architecture.md by name; robustness,
        uncertainty, inference : hypothesis -> what its file holds of it; estimates, figures :
        content of each JSON file there, by name.
    """

    letter: str
    folder: Path
    manifest: Entry
    models: Mapping[str, Entry]
    hypotheses: Mapping[str, Entry]
    robustness: Mapping[str, Entry]
    uncertainty: Mapping[str, Entry]
    inference: Mapping[str, Entry]
    estimates: Mapping[str, Entry]
    figures: Mapping[str, Entry]

    @property
    def name(self) -> str:
        """What the page calls the run."""
        return f"{self.letter}: {self.folder.resolve().name}"

    @property
    def config(self) -> Entry:
        """The whole config, as the run used it."""
        return self.manifest["config"]

    @property
    def alpha(self) -> float:
        """The threshold of significance of the run's verdict rule."""
        return float((self.config.get("verdict") or {}).get("alpha", ALPHA))

    @property
    def outputs(self) -> dict[str, str]:
        """What the run made: path below its folder -> sha256."""
        prefix = f"results/{self.manifest['run']}/"
        return {path.removeprefix(prefix): made for path, made in self.manifest["outputs"].items()}


def read(letter: str, folder: str | Path, problems: Problems) -> Run | None:
    """Read a run.

    Parameters
    ----------
    letter : str
        "A" or "B".
    folder : path
        results/<run>.
    problems : Problems
        Takes what keeps the folder from being read as a finished run; then None is returned.
    """
    folder, before = Path(folder), len(problems.found)
    manifest = _manifest(folder, problems)
    if manifest is None:
        return None
    estimates = _contents(folder / "estimates", problems)
    figures = _contents(folder / "figures", problems)
    if len(problems.found) > before:
        return None
    return Run(
        letter,
        folder,
        manifest,
        models={
            model["model"]: model
            for content in estimates.values()
            for model in content.get("models", [])
        },
        hypotheses={
            entry["hypothesis"]: entry
            for entry in estimates.get("verdicts", {}).get("hypotheses", [])
        },
        robustness=_of_hypotheses(estimates, "robustness_"),
        uncertainty=_of_hypotheses(estimates, "uncertainty_"),
        inference={
            entry["hypothesis"]: entry
            for entry in estimates.get("inference", {}).get("hypotheses", [])
        },
        estimates=estimates,
        figures=figures,
    )


def touched(run: Run) -> list[str]:
    """Return the results that are no longer as the run made them, or gone; sorted."""
    found = []
    for name, made in sorted(run.outputs.items()):
        path = run.folder / name
        if not path.is_file():
            found.append(f"{name} (gone)")
        elif sha256(path) != made:
            found.append(f"{name} (changed)")
    return found


def _manifest(folder: Path, problems: Problems) -> Entry | None:
    place = str(folder)
    if not folder.is_dir():
        problems.add(
            place, "there is no such folder", allowed="the folder of a run, such as results/main"
        )
        return None
    if not (folder / MANIFEST).is_file():
        message = (
            "no finished run: it has no manifest.json, which a run writes last; start the run "
            "again with ./run and let it come to its end"
        )
        problems.add(place, message)
        return None
    manifest = _json(folder / MANIFEST, problems)
    if manifest is not None and not {"run", "config", "inputs", "outputs"} <= manifest.keys():
        problems.add(
            str(folder / MANIFEST),
            "made by a version that did not store the settings; make the run again with ./run",
        )
        return None
    return manifest


def _contents(folder: Path, problems: Problems) -> dict[str, Entry]:
    """Return the JSON files of a folder by name; without those that cannot be read, which are
    problems.
    """
    read_in = {path.stem: _json(path, problems) for path in sorted(folder.glob("*.json"))}
    return {name: content for name, content in read_in.items() if content is not None}


def _of_hypotheses(estimates: Mapping[str, Entry], prefix: str) -> dict[str, Entry]:
    return {
        content["hypothesis"]: content
        for name, content in estimates.items()
        if name.startswith(prefix) and "hypothesis" in content
    }


def _json(path: Path, problems: Problems) -> Entry | None:
    try:
        content = read_json(path)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        problems.add(str(path), f"the file cannot be read: {error}")
        return None
    if not isinstance(content, dict):
        problems.add(str(path), "not a result of a run: no names and values in it")
        return None
    return content
