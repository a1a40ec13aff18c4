"""What a simulation measures: bias, coverage and size with their Monte Carlo errors, and the file
that holds those of the long version.

The tests are fast: their replications tell an estimator that is wrong from one that is right. With
COALITION_LONG_TESTS=1 every one of them has several times as many, and what they measure replaces
their rows in results.csv, from which page.py makes docs/recovery.md.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

LONG = os.environ.get("COALITION_LONG_TESTS", "") not in ("", "0")
SHARD = os.environ.get("COALITION_RECOVERY_ROWS", "")
"""Where ./run recovery wants what one file of tests measured; empty where results.csv takes it."""
RESULTS = Path(__file__).with_name("results.csv")
KEY = ("test", "method", "quantity", "measure")
DRAWN = ("title", "simulated", "n", "clusters", "replications", "seed")
FOUND = ("estimated", "truth", "value", "mc_error", "spread")
COLUMNS = (*KEY, *DRAWN, *FOUND)

Row = dict[str, str]


def _text(number: float) -> str:
    return f"{number:.6g}"


@dataclass(frozen=True)
class Study:
    """One simulation.

    test : file, function and case of the test
    title, simulated : what is tested, and a sentence on what was drawn
    n, clusters : rows and clusters of one sample; 0 clusters where rows are independent
    fast, long : replications of the two versions
    rows : what was measured
    """

    test: str
    title: str
    simulated: str
    n: int
    clusters: int
    fast: int
    long: int
    seed: int
    rows: list[Row] = field(default_factory=list)

    @property
    def replications(self) -> int:
        """How many samples this run draws."""
        return self.long if LONG else self.fast

    @property
    def rng(self) -> np.random.Generator:
        """The source of all that is drawn, from its start."""
        return np.random.default_rng(self.seed)

    def bias(
        self,
        method: str,
        quantities: Sequence[str],
        estimates: np.ndarray,
        truth: np.ndarray | Sequence[float],
    ) -> None:
        """Keep the mean error of estimates (R, q), and their standard deviation."""
        estimates, truth = (
            np.asarray(estimates, float).reshape(len(estimates), -1),
            np.broadcast_to(truth, len(quantities)),
        )
        spread = estimates.std(axis=0, ddof=1)
        for position, quantity in enumerate(quantities):
            error = float(spread[position] / np.sqrt(len(estimates)))
            found = (
                len(estimates),
                truth[position],
                estimates[:, position].mean() - truth[position],
                error,
                spread[position],
            )
            self._keep(method, quantity, "bias", found)

    def coverage(self, method: str, quantities: Sequence[str], held: np.ndarray) -> None:
        """Keep how often 95% intervals held the truth, (R, q) bool."""
        self._shares(method, quantities, "coverage", held)

    def size(self, method: str, quantities: Sequence[str], rejected: np.ndarray) -> None:
        """Keep how often tests at 5% rejected a true null, (R, q) bool."""
        self._shares(method, quantities, "size", rejected)

    def power(self, method: str, quantities: Sequence[str], rejected: np.ndarray) -> None:
        """Keep how often tests at 5% rejected a false null, (R, q) bool."""
        self._shares(method, quantities, "power", rejected)

    def _shares(
        self, method: str, quantities: Sequence[str], measure: str, happened: np.ndarray
    ) -> None:
        happened = np.asarray(happened, float).reshape(len(happened), -1)
        for position, quantity in enumerate(quantities):
            share = float(happened[:, position].mean())
            error = float(np.sqrt(share * (1 - share) / len(happened)))
            self._keep(method, quantity, measure, (len(happened), np.nan, share, error, np.nan))

    def _keep(self, method: str, quantity: str, measure: str, found: Sequence[float]) -> None:
        drawn = (
            self.title,
            self.simulated,
            str(self.n),
            str(self.clusters),
            str(self.long),
            str(self.seed),
        )
        numbers = ["" if np.isnan(number) else _text(number) for number in found]
        row = dict(
            zip(COLUMNS, (self.test, method, quantity, measure, *drawn, *numbers), strict=True)
        )
        if identity(row) in map(identity, self.rows):
            raise ValueError(f"{identity(row)} is measured twice")
        self.rows.append(row)


def identity(row: Row) -> tuple[str, ...]:
    """Return the key of a row."""
    return tuple(row[name] for name in KEY)


def drawn(row: Row) -> tuple[str, ...]:
    """Return the key of a row and what was drawn for it: all that a fast version knows too."""
    return tuple(row[name] for name in (*KEY, *DRAWN))


def read(path: Path = RESULTS) -> list[Row]:
    """Return the rows of a results file; none where there is no file."""
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def merged(old: Iterable[Row], new: Iterable[Row]) -> list[Row]:
    """Return the old rows of tests that have no new ones, and the new ones, sorted by test; a
    test's rows keep their order.
    """
    new = list(new)
    again = {row["test"] for row in new}
    return sorted(
        [*(row for row in old if row["test"] not in again), *new], key=lambda row: row["test"]
    )


def written(rows: Iterable[Row]) -> bytes:
    """Return the bytes of a results file."""
    handle = io.StringIO(newline="")
    writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return handle.getvalue().encode()
