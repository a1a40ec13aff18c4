"""Whole processes, side by side with an earlier commit: full run, no-op, check, quick config, a
model on a user's CSV, and a specification curve; CPU and wall seconds and peak memory of each.

python benchmarks/run.py [--then 1e9b20e] [--tasks full no_op check quick csv curve r] [--rounds 1]
[--cores 2] [--write docs/performance.md]

Both versions run in folders of their own, made for it and removed afterwards, with the interpreter
and packages of this project: the earlier commit as it was, and this working tree, uncommitted
changes included, on the earlier commit's data and its config (`benchmarks/configs/t1.yaml`). They
take turns, so that whatever else the machine does slows both alike; of CPU seconds, which hardly
depend on that, the ratio counts. `quick` and `csv` run on this working tree's own data. Numbers of
the two full runs are compared in every estimates file that both have.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
CONFIG = "benchmarks/configs/t1.yaml"
HERE = Path(__file__).parent
SAME = 1e-6
"""Relative difference up to which two numbers are the same: six significant digits."""
TASKS = {
    "full": "full run from empty results",
    "no_op": "second run, nothing to do",
    "version": "`snakemake --version`",
    "check": "`./run check`",
    "check_again": "`./run check`, nothing changed",
    "quick": "`configs/quick.yaml`",
    "csv": "one model on a user's CSV",
    "curve": "curve of 2,000 specifications, 1,000 permutations",
}
CSV_CONFIG = """run: csv
replace: all
samples:
  mine:
    file: mine.csv
    keys: [id]
models:
  one: {group: models, label: One, sample: mine, family: logit, outcome: y, terms: [a, b]}
tables:
  one: {kind: regression, title: One model, models: [one]}
"""
BEGIN, END = "<!-- benchmarks/run.py -->", "<!-- end -->"


@dataclass(frozen=True)
class Used:
    """What a process and those that it waited for have used."""

    cpu: float
    wall: float
    megabytes: float
    code: int


@dataclass
class Measured:
    """What was measured: task -> version -> one entry a round."""

    used: dict[str, dict[str, list[Used]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    compared: str = ""

    def take(self, task: str, of: str, command: Sequence[str], folder: Path) -> Used:
        """Run a command and note what it used."""
        found = run(command, folder)
        self.used.setdefault(task, {}).setdefault(of, []).append(found)
        state = "" if found.code == 0 else f" (ended with code {found.code})"
        print(
            f"{TASKS[task]:<52}{of:<6}{found.cpu:9.2f} CPU s {found.wall:9.1f} s"
            f" {found.megabytes:7.0f} MB{state}",
            flush=True,
        )
        return found


def run(command: Sequence[str], folder: Path) -> Used:
    """Run a command to its end; its output goes to a file in the folder."""
    with open(folder / "benchmark.log", "ab") as log:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    memory = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return Used(
        used.ru_utime + used.ru_stime, time.monotonic() - started, memory, process.returncode
    )


@contextlib.contextmanager
def folders(commit: str) -> Iterator[dict[str, Path]]:
    """Give the folders of both versions, and one of this version with its own data."""
    with tempfile.TemporaryDirectory() as name:
        made = {of: Path(name) / of for of in ("then", "now", "today")}
        git("worktree", "add", "--quiet", "--detach", str(made["then"]), commit)
        try:
            listed = git("ls-files", "--cached", "--others", "--exclude-standard").split("\n")
            for of in ("now", "today"):
                for path in filter(lambda path: (ROOT / path).is_file(), listed):
                    (made[of] / path).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(ROOT / path, made[of] / path)
            shutil.rmtree(made["now"] / "data")
            shutil.copytree(made["then"] / "data", made["now"] / "data")
            for folder in made.values():
                (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
            yield made
        finally:
            git("worktree", "remove", "--force", str(made["then"]))


def git(*arguments: str) -> str:
    """Return what git says."""
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def fresh(folder: Path) -> None:
    """Remove all that a run has left."""
    for name in ("results", ".snakemake"):
        shutil.rmtree(folder / name, ignore_errors=True)


def one_round(tasks: Sequence[str], made: dict[str, Path], cores: int, to: Measured) -> None:
    """Run every task once, the two versions in turn."""
    own = {"then": [], "now": ["--configfile", CONFIG], "today": []}
    pairs = [(of, made[of]) for of in ("then", "now")]
    if "full" in tasks:
        for of, folder in pairs:
            fresh(folder)
            to.take("full", of, ["./run", "--cores", str(cores), *own[of]], folder)
        to.compared = compared(made)  # now: later tasks begin with empty results
    if "no_op" in tasks:
        for of, folder in pairs:
            to.take("no_op", of, ["./run", "--cores", str(cores), *own[of]], folder)
            to.take("version", of, [str(folder / ".venv/bin/snakemake"), "--version"], folder)
    if "check" in tasks:
        for of, folder in pairs:
            shutil.rmtree(folder / ".snakemake", ignore_errors=True)
            to.take("check", of, ["./run", "check", *own[of]], folder)
            to.take("check_again", of, ["./run", "check", *own[of]], folder)
    for task, config in (("quick", "configs/quick.yaml"), ("csv", "csv.yaml")):
        for of in ("then", "today") if task in tasks else ():
            write_csv(made[of])
            # a folder's first start compiles the library, which is of the installation
            run(["./run", "--version"], made[of])
            fresh(made[of])
            command = ["./run", "--cores", str(cores), "--configfile", config]
            to.take(task, of.replace("today", "now"), command, made[of])
    if "curve" in tasks:
        for of, folder in pairs:
            to.take("curve", of, curve_command(of, folder), folder)


def write_csv(folder: Path) -> None:
    """Write a user's table and the config of one model of it."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 400)).round(6)
    y = (rng.uniform(size=400) < 1 / (1 + np.exp(-a + b))).astype(int)
    lines = [f"{row},{y[row]},{a[row]},{b[row]}" for row in range(400)]
    (folder / "mine.csv").write_text("\n".join(["id,y,a,b", *lines, ""]), encoding="utf-8")
    (folder / "csv.yaml").write_text(CSV_CONFIG, encoding="utf-8")


def curve_command(of: str, folder: Path, *more: str) -> list[str]:
    """Return the command that draws one curve with the library in a folder."""
    command = [str(folder / ".venv/bin/python"), str(HERE / "curve.py"), "--scripts", "scripts"]
    return [*command, *(["--config", CONFIG] if of == "now" else []), *more]


def in_r(made: dict[str, Path], to: Measured) -> None:
    """Time R's glm and sandwich::vcovCL on the same logits, and the batched solver on the curve."""
    path = made["now"] / "logits.bin"
    run(
        curve_command("now", made["now"], "--export", str(path), "--specifications", "400"),
        made["now"],
    )
    found = subprocess.run(
        ["Rscript", "--vanilla", str(HERE / "curve.R"), str(path)],
        capture_output=True, text=True, check=True,
    ).stdout.split(maxsplit=2)  # fmt: skip
    logits, seconds = int(found[0]), float(found[1])
    lines = (made["now"] / "benchmark.log").read_text(encoding="utf-8").split("\n")
    curves = [json.loads(line) for line in lines if line.startswith('{"specifications"')]
    note = f"{found[2].strip()}, glm and sandwich::vcovCL: {1000 * seconds / logits:.2f} ms a logit"
    if curves:
        last = curves[-1]
        own = 1000 * last["fit"] / last["specifications"]
        note += f" ({logits} of the curve's); the batched solver {own:.2f} ms a specification"
    to.notes.append(note + ".")


def compared(made: dict[str, Path]) -> str:
    """Say how far the numbers of the two full runs lie apart, in the estimates that both have."""
    folders = [made["then"] / "results/main/estimates", made["now"] / "results/t1/estimates"]
    count, apart = 0, dict[str, int]()
    for path in sorted(folders[0].glob("*.json")):
        other = folders[1] / path.name
        if not other.is_file():
            continue
        texts = (json.loads(each.read_text(encoding="utf-8")) for each in (path, other))
        for _, first, second in numbers(*texts, path.name):
            count += 1
            if abs(first - second) > SAME * max(abs(first), abs(second), SAME):
                apart[path.name] = apart.get(path.name, 0) + 1
    named = ", ".join(f"{name} {number:,}" for name, number in apart.items())
    return (
        f"{count:,} numbers stand in both full runs; {sum(apart.values()):,} differ by more than "
        f"{SAME:g} of their size{f' ({named})' if named else ''}."
    )


def numbers(first: Any, second: Any, place: str) -> Iterator[tuple[str, float, float]]:
    """Give every number that stands in the same place of two results."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in first.keys() & second.keys():
            yield from numbers(first[key], second[key], f"{place}/{key}")
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for position, (one, other) in enumerate(zip(first, second, strict=True)):
            yield from numbers(one, other, f"{place}/{position}")
    elif (
        isinstance(first, float)
        and isinstance(second, float)
        and math.isfinite(first)
        and math.isfinite(second)
    ):
        yield place, first, second


def table(to: Measured) -> list[str]:
    """Return what was measured as a table in Markdown: medians over the rounds."""
    lines = [
        "| | CPU s then | CPU s now | ratio | wall s then | wall s now | MB then | MB now |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for task, label in TASKS.items():
        if task not in to.used:
            continue
        cells = {of: middle(to.used[task].get(of, [])) for of in ("then", "now")}
        then, now = cells["then"], cells["now"]
        ratio = f"{now.cpu / then.cpu:.2f}" if then and now and not (then.code or now.code) else ""
        columns = [
            text
            for part, form in (("cpu", "{:.1f}"), ("wall", "{:.1f}"), ("megabytes", "{:.0f}"))
            for text in (
                printed(then, part, form),
                printed(now, part, form),
                *([ratio] if part == "cpu" else []),
            )
        ]
        lines.append(f"| {label} | {' | '.join(columns)} |")
    return lines


def middle(entries: Sequence[Used]) -> Used | None:
    """Return the entry of the median CPU seconds."""
    return sorted(entries, key=lambda used: used.cpu)[len(entries) // 2] if entries else None


def printed(used: Used | None, part: str, form: str) -> str:
    """Return one number of the table; a dash where there is none, `failed` for what ended badly."""
    return "-" if used is None else "failed" if used.code else form.format(getattr(used, part))


def main() -> None:
    """Run the benchmark, print its table and write it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--then", default="1e9b20e")
    every = ("full", "no_op", "check", "quick", "csv", "curve", "r")
    parser.add_argument("--tasks", nargs="+", default=every, choices=every)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    to = Measured()
    with folders(given.then) as made:
        for _ in range(given.rounds):
            one_round(given.tasks, made, given.cores, to)
        if "r" in given.tasks and shutil.which("Rscript"):
            in_r(made, to)
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas", "snakemake"))
    about = (
        f"{given.then} beside {git('rev-parse', '--short', 'HEAD').strip()}, {given.rounds} "
        f"round(s), {given.cores} cores of {platform.machine()}, Python "
        f"{platform.python_version()}, {packages}; load of the machine at the end "
        f"{os.getloadavg()[1]:.1f}."
    )
    text = "\n".join([about, "", *table(to), "", *filter(None, [to.compared, *to.notes])])
    print(f"\n{text}")
    if given.write:
        page = given.write.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        after = rest.partition(END)[2]
        lines = [
            line if line.startswith("|") else textwrap.fill(line, 100) for line in text.split("\n")
        ]
        text = "\n".join([BEGIN, *lines, END])
        given.write.write_text(f"{before}{text}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
