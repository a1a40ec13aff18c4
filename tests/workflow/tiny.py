"""A small project in a folder of its own: the real run, rules, scripts and schemas, a small config,
and a slice of the real data.
"""

from __future__ import annotations

import contextlib
import csv
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from coalition.config import settings as configuration

ROOT = Path(__file__).parents[2]
PARTS = (
    "run", "Snakefile", "rules", "scripts", "schemas", "profiles", "environment.yml",
    "CITATION.cff",
)  # fmt: skip
YEARS = ("2001", "2002")
COLUMNS = (
    "iso3",
    "year",
    "gdppc_maddison_sim",
    "unga_ideal_dist_us",
    "us_defence_pact_any",
    "rivalry_count",
    "milper",
)
OTHERS = 5
"""Of the states that are not contributors, every so many is kept."""
FILES = (
    "states.csv",
    "sources.csv",
    "operations/iraq/contributors.csv",
    "operations/iraq/caveats.csv",
)


@dataclass(frozen=True)
class Answer:
    """What a command came back with."""

    code: int
    out: str
    err: str


class Tiny:
    """A project in a folder, and the commands that a user gives in it."""

    patience = 240
    """Seconds after which a command is taken to hang."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def results(self) -> Path:
        """The folder of the run."""
        return self.folder / "results" / "tiny"

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `./run` in a process group of its own."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("COALITION_", "PYTEST_"))
        }
        return subprocess.Popen(
            ["./run", *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> Answer:
        """Give `./run ARGUMENTS` and wait for it."""
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=self.patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return Answer(process.returncode, out, err)

    def planned(self, *arguments: str) -> set[str]:
        """Return the steps that `./run -n` says would be made."""
        answer = self.run("-n", *arguments)
        assert answer.code == 0, answer.err
        return {
            re.split(r" {2,}", line.strip())[0]
            for line in answer.err.splitlines()
            if line.startswith("  ")
        }

    def nothing_to_do(self, *files: str) -> bool:
        """Tell whether `./run --configfile FILES` would say so without asking Snakemake."""
        asked = (
            "import sys; from coalition.config.settings import laid_over; "
            "from coalition.workflow.finished import nothing_to_do; "
            "sys.exit(not nothing_to_do(laid_over(sys.argv[1:]), sys.argv[1:]))"
        )
        process = subprocess.run(
            [".venv/bin/python", "-c", asked, *files],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder / "scripts")},
            check=False,
            capture_output=True,
            text=True,
        )
        assert not process.stderr, process.stderr
        return not process.returncode

    def config(self) -> dict[str, Any]:
        """Return the config as it stands."""
        return yaml.safe_load((self.folder / "config.yaml").read_text(encoding="utf-8"))

    def configure(self, config: dict[str, Any]) -> None:
        """Write the config."""
        (self.folder / "config.yaml").write_text(
            yaml.safe_dump(config, sort_keys=False), encoding="utf-8"
        )

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text in a file."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def outputs(self) -> dict[str, bytes]:
        """Return the bytes of every result; logs and the manifest (which holds the time) apart."""
        files = sorted(path for path in self.results.rglob("*") if path.is_file())
        named = {path.relative_to(self.results).as_posix(): path for path in files}
        return {
            name: path.read_bytes()
            for name, path in named.items()
            if not name.startswith("logs/") and name != "manifest.json"
        }

    def copy(self, folder: Path) -> Tiny:
        """Return a copy with its results and what Snakemake knows of them."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Tiny(folder)


def make(folder: Path) -> Tiny:
    """Make the project in a folder that does not exist yet."""
    folder.mkdir(parents=True)
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(
            ROOT / part,
            folder / part,
            **({"ignore": shutil.ignore_patterns("__pycache__")} if (ROOT / part).is_dir() else {}),
        )
    for lock in ROOT.glob("requirements*.lock"):
        shutil.copy(lock, folder)
    (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
    (folder / "configs").mkdir()
    for name in ("levels.csv", "verdicts_1.csv", "diagnosis.json"):
        shutil.copy(ROOT / "configs" / name, folder / "configs")
    _slice_data(folder / "data")
    tiny = Tiny(folder)
    with contextlib.chdir(ROOT):
        real = configuration.main()
    tiny.configure(
        real
        | yaml.safe_load((Path(__file__).parent / "data" / "tiny.yaml").read_text(encoding="utf-8"))
    )
    return tiny


def _slice_data(folder: Path) -> None:
    """Write every state that contributors.csv names and some others, two years, and the columns
    that the config uses.
    """
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "data" / name, folder / name)
    _, contributors = _read("operations/iraq/contributors.csv")
    header, states = _read("states.csv")
    named = {row["iso3"] for row in contributors}
    others = [row["iso3"] for row in states if row["iso3"] not in named][::OTHERS]
    kept = named | set(others) | {"USA", "IRQ"}
    _write(folder / "states.csv", header, [row for row in states if row["iso3"] in kept])
    _, facts = _read("country_year.csv")
    _write(
        folder / "country_year.csv",
        COLUMNS,
        [row for row in facts if row["iso3"] in kept and row["year"] in YEARS],
    )


def _read(name: str) -> tuple[Sequence[str], list[dict[str, str]]]:
    with open(ROOT / "data" / name, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return reader.fieldnames or (), list(reader)


def _write(path: Path, header: Sequence[str], rows: list[dict[str, str]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
