"""What each step asks of a cluster's queue: memory and time, from what such steps were measured to
need.

A laptop's run asks for nothing: Snakemake heeds memory and time only where a scheduler does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..base.files import read_json
from .fingerprints import PROJECT

MEASURED = PROJECT / "profiles" / "slurm" / "measured.yaml"
"""Kind of step -> cpu_seconds and peak_mb, the largest of its steps in real runs; of the curve also
with how many permutations (benchmarks/steps.py).
"""
BESIDE_MB = 500
"""What Snakemake holds beside a step: two processes of it in a job, and the one that forks; 110 to
190 where memory that they share counts once, more where a cluster counts it for each.
"""
SPARE_MEMORY, SPARE_TIME = 1.5, 10
"""How many times what was measured a step asks for: other data, slower machines."""
LEAST_MINUTES = 10
ROUNDED_MB = 100


@cache
def measured() -> Mapping[str, Mapping[str, float]]:
    """Return what the kinds of steps were measured to need."""
    found: dict[str, Mapping[str, float]] = yaml.safe_load(MEASURED.read_text(encoding="utf-8"))
    return found


def asked(kind: str, log: str, size: float = 1.0) -> dict[str, Callable[..., int]]:
    """Return a rule's resources, in functions of the attempt: mem_mb and runtime (minutes), both
    doubled when a job is submitted again.

    Parameters
    ----------
    kind : str
        The kind of step, as in profiles/slurm/measured.yaml.
    log : str
        The step's log; what the same step cost in an earlier run here stands beside it, and counts
        where it is more.
    size : float
        How many times as long as the measured one this step takes by its own settings.
    """

    def mem_mb(wildcards: Any, attempt: int) -> int:
        needed = _cost(kind, log)["peak_mb"] * SPARE_MEMORY + BESIDE_MB
        return int(math.ceil(needed / ROUNDED_MB) * ROUNDED_MB) * attempt

    def runtime(wildcards: Any, attempt: int) -> int:
        minutes = _cost(kind, log, size)["cpu_seconds"] * SPARE_TIME / 60
        return max(LEAST_MINUTES, math.ceil(minutes)) * attempt

    return {"mem_mb": mem_mb, "runtime": runtime}


def _cost(kind: str, log: str, size: float = 1.0) -> dict[str, float]:
    """Return cpu_seconds and peak_mb of a step: as measured, or as it was here where that is
    more.
    """
    known, before = measured()[kind], Path(log).with_suffix(".cost.json")
    found = {"cpu_seconds": known["cpu_seconds"] * size, "peak_mb": known["peak_mb"]}
    # there may be no earlier run, or one whose disk was full
    with suppress(OSError, ValueError, KeyError, TypeError):
        own = read_json(before)
        found = {name: max(value, float(own[name])) for name, value in found.items()}
    return found


def curve_size(params: Mapping[str, Any]) -> float:
    """Return how many times the measured number of permutations a curve's step makes: at least 1,
    since reading and fitting remain.
    """
    about = params["config"]["specification_curve"]
    return max(
        1.0, about["permutations"] / measured()["curve"]["permutations"] / params.get("of", 1)
    )
