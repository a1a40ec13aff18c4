"""Whether a run is full: what it lacks for numbers that may be printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LEAST = {
    ("inference", "replicates"): (1999, "resamples of the bootstraps"),
    ("inference", "permutations"): (1999, "permutations"),
    ("uncertainty", "draws"): (5, "imputed data sets"),
    ("power", "replicates"): (500, "simulated samples of the power analysis"),
}
"""Setting -> the least number below which its results are coarse, and what is counted. The least
p-value of B permutations is 1 / (B + 1) (Phipson and Smyth 2010, equation 2).
"""


def missing(config: Mapping[str, Any]) -> list[str]:
    """Return what a run lacks, each as a clause; nothing for a full run, or one that tests no
    hypothesis.
    """
    if not config["hypotheses"]:
        return []
    few = [
        f"only {number:,} {what} (full: {least:,} or more)"
        for (part, key), (least, what) in LEAST.items()
        if (number := (config.get(part) or {}).get(key)) is not None and number < least
    ]
    curve = config.get("specification_curve", {}).get("choices")
    named = ["its config is for a quick look"] if config["run"] == "quick" else []
    return [*named, *few, *([] if curve else ["no specification curve"])]
