"""What a run says at its end: the verdicts, and where to look."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ..base.files import read_json, written
from ..base.unprintable import spelt_out

RESULTS_VARIABLE = "COALITION_RESULTS"
"""Name of the environment variable by which the Snakefile tells the logger plugin the run's folder.
"""
SKIPPED_VARIABLE = "COALITION_SKIPPED"
"""Name of the one by which it tells what was left out, a line a sentence."""

asked_for: list[Callable[[], Iterable[str]]] = []
"""What tells which results were asked for, which Snakemake knows only after it has read the
Snakefile; the logger runs in the same process.
"""
NOTHING_TO_DO = "Nothing to do: {what} is up to date."
PARTLY = "What was asked for is there; ./run makes all the rest, and the report."


def targets() -> list[str]:
    """Return the results that were asked for by name; nothing where all are made."""
    return sorted({str(name) for function in asked_for for name in function()} - {"all"})


def ending(results: str | Path, skipped: Sequence[str] = (), targets: Sequence[str] = ()) -> str:
    """Return the verdicts of a run as a few lines, what was left out and why, and the page to open.

    Where single results were asked for (`targets`), verdicts and page may be those of another
    config, or not be there: neither is then named.
    """
    results = Path(results)
    if targets or not (results / "report.html").is_file():
        return f"\n{PARTLY}"
    lines = _verdicts(results / "verdicts.csv", _ours(results / "estimates" / "verdicts.json"))
    left_out = ["", *(f"{sentence}." for sentence in skipped)] if skipped else []
    return "\n".join([*map(spelt_out, [*lines, *left_out]), "", f"Open {results / 'report.html'}"])


def _ours(path: Path) -> bool:
    """Tell whether a run tests any of the project's own hypotheses, not only a user's on a file."""
    return not path.is_file() or any("unit" not in entry for entry in read_json(path)["hypotheses"])


def _verdicts(path: Path, ours: bool) -> list[str]:
    """Return the verdicts under their heading; nothing where the run has none."""
    if not path.is_file():
        return []
    with open(path, encoding="utf-8", newline="") as handle:
        rows = [
            {name: written(cell) for name, cell in row.items()} for row in csv.DictReader(handle)
        ]
    if not rows:
        return []
    width = max(len(row["title"]) for row in rows)
    origin = "the hypotheses are a reconstruction; " if ours else ""
    return [
        "",
        f"Verdicts ({origin}the report says what stands behind them):",
        *(f"  {row['hypothesis']:<4} {row['title']:<{width}}  {row['verdict']}" for row in rows),
    ]
