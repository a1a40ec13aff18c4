"""One specification curve as a process of its own, whole or without its permutations; prints what
it
did as a line of JSON.

python benchmarks/curve.py [--scripts scripts] [--config FILE] [--hypothesis H1]
[--specifications 2000] [--permutations 1000] [--export FILE]

The library is that of `--scripts`, so that an earlier commit's can be measured beside this one's.
Where the config has fewer combinations than are asked for, further controls, each with or without,
make more. Peaks are the most memory (MB) that the process has held until the fits began, until the
permutations began, and in all. `--export` writes logits of the curve for benchmarks/curve.R.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

FURTHER = (
    "gdp", "population", "electoral_democracy", "opposition", "capability_asymmetry", "rivalries",
    "neighbour_disputes", "territorial_threat", "conflict_at_home", "muslim",
)  # fmt: skip
"""Controls of which each is one more choice of two options."""


def library(*names: str) -> ModuleType:
    """Return the first of some modules that the library has."""
    for name in names:
        try:
            return importlib.import_module(f"coalition.{name}")
        except ModuleNotFoundError:
            continue
    raise SystemExit(f"none of {names} is in the library")


def widened(config: dict[str, Any], hypothesis: str, wanted: int, parts: ModuleType) -> None:
    """Give a config choices enough for so many specifications, and draw as many of them."""
    about = config["specification_curve"]
    combinations = int(
        np.prod([len(options) for options in parts.choices(config, hypothesis).values()])
    )
    for control in FURTHER:
        if combinations > 2 * wanted:
            break
        about["choices"][f"further_{control}"] = {
            "label": control,
            "options": {
                "without": {"label": "without", "argument": "."},
                "with": {"label": "with", "argument": ".", "model": {"with": [control]}},
            },
        }
        combinations *= 2
    about["share"] = min(1, wanted / combinations)


def peak() -> int:
    """Return the most memory that this process has held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1024**2 if sys.platform == "darwin" else 1024))


def export(problems: list[Any], path: Path, most: int = 200) -> int:
    """Write logits (outcome, columns, clusters) for R; return how many."""
    chosen = [problem for problem in problems if problem.family == "logit"][:most]
    with open(path, "wb") as stream:
        for problem in chosen:
            design = problem.design
            np.array([*design.X.shape], dtype="<i4").tofile(stream)
            for values in (design.y, design.X.T, design.groups):
                np.ascontiguousarray(values, dtype="<f8").tofile(stream)
    return len(chosen)


def main() -> None:
    """Draw one curve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scripts", default="scripts")
    parser.add_argument("--config")
    parser.add_argument("--hypothesis", default="H1")
    parser.add_argument("--specifications", type=int, default=2000)
    parser.add_argument("--permutations", type=int, default=1000)
    parser.add_argument("--export", type=Path)
    given = parser.parse_args()
    sys.path.insert(0, given.scripts)
    settings, ingest = library("config.settings", "config"), library("data.ingest", "ingest")
    curve = library("robustness.curve", "curve")
    parts = library("robustness.curve.specifications", "curve.specifications")
    errors = library("base.errors", "errors")
    changes = settings.read(given.config) if given.config else {}
    config = settings.plain(settings.combine(settings.read("config.yaml"), changes))
    config["specification_curve"]["permutations"] = given.permutations
    widened(config, given.hypothesis, given.specifications, parts)
    tables = ingest.everything(config, errors.Problems())
    if given.export:
        problems = library("robustness.curve.curve_problems", "curve.data")
        data = problems.Problems(config, given.hypothesis, tables)
        wanted = parts.combinations(config, given.hypothesis)
        kept = curve._distinct(wanted[: 20 * given.specifications], data, lambda _: None)[1]
        print(json.dumps({"exported": export(kept, given.export, given.specifications)}))
        return
    told: list[tuple[float, int, str]] = []
    started = time.process_time()
    found = curve.curve(
        config,
        given.hypothesis,
        tables,
        lambda text: told.append((time.process_time() - started, peak(), text)),
    )
    used = time.process_time() - started
    fitting = next(line for line in told if line[2].endswith("fitting"))
    permuting = next(line for line in told if "permutations of each" in line[2])
    print(
        json.dumps(
            {
                "specifications": found["counts"]["specifications"],
                "counts": found["counts"],
                "permutations": given.permutations,
                "read": round(fitting[0], 2),
                "fit": round(permuting[0] - fitting[0], 2),
                "permute": round(used - permuting[0], 2),
                "peak_mb": {"read": fitting[1], "fit": permuting[1], "all": peak()},
            }
        )
    )


if __name__ == "__main__":
    main()
