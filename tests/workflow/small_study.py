"""The project as it ships in a folder with an awkward name, with fewer states and the smallest
resampling, so that whatever a page says can be run for real.
"""

from __future__ import annotations

import contextlib
import csv
import os
import re
import shutil
from pathlib import Path
from typing import Any

import yaml
from coalition.config import settings
from tiny import PARTS, ROOT, Tiny

FOLDER = "Ann's study é"
"""A space, an apostrophe and a letter that is not of ASCII."""
SHIPPED = ("config.yaml", "configs", "data", "docs", "CITATION.cff", *PARTS)
CODE = re.compile(r"\b[A-Z]{3}\b")
OTHERS = 5
"""Of the states that no operation and no config names, every so many is kept for the pages."""
SMALLEST: dict[str, Any] = {
    "inference": {"replicates": 99, "permutations": 99, "benchmark_times": 1},
    "uncertainty": {"draws": 2},
    "measurement": {"draws": 2, "folds": 2},
    "power": {"replicates": 20, "multiples": [0, 1]},
    "agreement": {"replicates": 2},
    "companions": {"terciles": {"replicates": 99}},
    "specification_curve": {"permutations": 19, "share": 0.01},
}
PATIENCE = 1200
"""Seconds for a command: whole runs on a machine that does other things too."""
KEPT = 2
"""How many alternatives and blocs that a config takes over from another are tried with it."""
ALWAYS = {"verdicts", "without_controls"}
OVERLAY = "smallest.yaml"


def make(folder: Path) -> Tiny:
    """Make the project as it ships, data and all; `.venv` is that of these tests."""
    folder.mkdir(parents=True)
    for part in SHIPPED:
        if (ROOT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, folder / part, ignore=ignored)
        else:
            shutil.copy(ROOT / part, folder / part)
    for lock in ROOT.glob("requirements*.lock"):
        shutil.copy(lock, folder)
    (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
    (folder / OVERLAY).write_text(yaml.safe_dump(SMALLEST), encoding="utf-8")
    project = Tiny(folder)
    project.patience = PATIENCE
    return project


def with_fewer_states(project: Tiny) -> Tiny:
    """Leave every state that a table of an operation or a config names, and some of the others."""
    data, configs = project.folder / "data", project.folder.glob("c*/**/*.yaml")
    named = {word for path in configs for word in CODE.findall(path.read_text(encoding="utf-8"))}
    named |= {
        row.get("iso3", "") for path in data.glob("operations/*/*.csv") for row in _rows(path)
    }
    named |= {row["location_iso3"] for row in _rows(data / "terror_events.csv")}
    states = [row["iso3"] for row in _rows(data / "states.csv")]
    kept = named | {"", "USA", "AFG", "IRQ", "MLI", "TCD"}
    kept |= set([code for code in states if code not in kept][::OTHERS])
    for path in sorted(data.glob("*.csv")):
        rows = _rows(path)
        columns = [name for name in rows[0] if name.endswith("iso3")] if rows else []
        if columns:
            with open(path, "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(row for row in rows if {row[name] for name in columns} <= kept)
    return project


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def trimmed(project: Tiny, files: list[str]) -> str:
    """Write what is laid over a command's own files, and return its name: the smallest resampling,
    and of config.yaml's models, tests and outputs those that the user's files name.
    """
    with contextlib.chdir(project.folder):
        given: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for file in files:
            given = settings.merged(given, settings.read(file))
            if not file.startswith("configs/"):
                own = settings.merged(own, settings.read(file))
        config = settings.main(given)
    named = _words(project, [file for file in files if not file.startswith("configs/")])
    hypotheses = (set(config["hypotheses"]) & named) or set(list(config["hypotheses"])[:1])
    primary = {config["hypotheses"][name]["primary"]["model"] for name in hypotheses}
    kept = named | primary | hypotheses | ALWAYS
    changes = settings.merged(SMALLEST, {})
    for block in ("hypotheses", "models", "tables", "figures", "robustness", "blocs", "samples"):
        used = {config["models"][name]["sample"] for name in config["models"] if name in kept}
        mine = {*own.get(block, {}), *ALWAYS} if block in ("tables", "figures") else kept
        gone = [name for name in config[block] if name not in mine | used]
        changes[block] = dict.fromkeys(gone)
    for name in hypotheses:
        supporting = config["hypotheses"][name]["supporting"]
        changes["hypotheses"][name] = {"supporting": [one for one in supporting if one in kept]}
    curve, of_user = config["specification_curve"], own.get("specification_curve", {})
    gone = [name for name in curve["choices"] if name not in of_user.get("choices", {})]
    changes["specification_curve"]["choices"] = dict.fromkeys(gone)
    (project.folder / OVERLAY).write_text(yaml.safe_dump(changes), encoding="utf-8")
    return OVERLAY


def lighter(project: Tiny, file: str) -> str:
    """Write what is laid over a config that ships, and return its name: the smallest resampling,
    and
    of what it takes over from the files that it extends a sample.

    What the file itself names stays whole: its models, tables, figures, hypotheses and
    alternatives.
    Of alternatives and blocs that others wrote (and that their own runs, the main one above all,
    try) only some stay: `KEPT` of each block, and the alternatives that a choice of the curve
    names.
    """
    with contextlib.chdir(project.folder):
        own = settings.read(file)
        config = settings.main(own)
    changes = settings.merged(SMALLEST, {})
    choices = config["specification_curve"]["choices"].values()
    used = {option.get("alternative") for one in choices for option in one["options"].values()}
    for block in ("robustness", "blocs"):
        mine = {*own.get(block, {}), *ALWAYS, *used}
        inherited = [name for name in config[block] if name not in mine]
        changes[block] = dict.fromkeys(inherited[KEPT:])
    (project.folder / OVERLAY).write_text(yaml.safe_dump(changes), encoding="utf-8")
    return OVERLAY


def _words(project: Tiny, files: list[str]) -> set[str]:
    texts = [(project.folder / file).read_text(encoding="utf-8") for file in files]
    return {word for text in texts for word in re.findall(r"\w+", text)}


def environment() -> dict[str, str]:
    """Return the environment of a user's shell."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COALITION_", "PYTEST_"))
    }
