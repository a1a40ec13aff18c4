"""What a run says at its end: the verdicts, and where to look."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from ..base.files import written
from ..base.unprintable import spelt_out

RESULTS_VARIABLE = "COALITION_RESULTS"
"""Name of the environment variable by which the Snakefile tells the logger plugin the run's folder.
"""
SKIPPED_VARIABLE = "COALITION_SKIPPED"
"""Name of the one by which it tells what was left out, a line a sentence."""


def ending(results: str | Path, skipped: Sequence[str] = ()) -> str:
    """Return the verdicts of a run as a few lines, what was left out and why, and the page to open."""
    results = Path(results)
    lines: list[str] = []
    if (results / "verdicts.csv").is_file():
        with open(results / "verdicts.csv", encoding="utf-8", newline="") as handle:
            rows = [
                {name: written(cell) for name, cell in row.items()}
                for row in csv.DictReader(handle)
            ]
        width = max((len(row["title"]) for row in rows), default=0)
        lines += [
            f"  {row['hypothesis']:<4} {row['title']:<{width}}  {row['verdict']}" for row in rows
        ]
    heading = (
        [
            "",
            "Verdicts (the hypotheses are a reconstruction; the report says what stands behind them):",
        ]
        if lines
        else []
    )
    left_out = ["", *(f"{sentence}." for sentence in skipped)] if skipped else []
    return "\n".join(
        [*heading, *map(spelt_out, [*lines, *left_out]), "", f"Open {results / 'report.html'}"]
    )
