"""Fits per second: the batched solver, a loop over statsmodels and R's glm on the same logits,
interleaved in one run.

python benchmarks/batch.py [--problems 1000] [--rows 2000] [--columns 10] [--rounds 10] [--chunk
100]

All three fit the same problems: one design, an outcome and a mask of rows for each. They take
turns, a share of the problems at a time, so that whatever else the machine does slows all of them
alike. One thread; the seconds are those of the processor, so that waiting for it does not count. R
is left out where there is no Rscript.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import itertools
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy.special import expit
from statsmodels.discrete.discrete_model import Logit

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))
from coalition.estimators import batched
from coalition.estimators.batched.stack import Stack

R_LOOP = Path(__file__).with_name("glm.R")


def simulate(problems: int, rows: int, columns: int, seed: int = 20190101) -> Stack:
    """Return problems with one design, outcomes of their own, and a tenth of the rows of every
    second problem masked.
    """
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(rows), rng.normal(size=(rows, columns - 1))])
    slopes = 0.3 * rng.normal(size=columns)
    y = (rng.uniform(size=(problems, rows)) < expit(X @ slopes)).astype(float)
    mask = np.ones((problems, rows), dtype=bool)
    mask[1::2] = rng.uniform(size=(len(mask[1::2]), rows)) < 0.9
    return Stack(y, X, mask)


def by_batch(part: Stack, chunk: int) -> tuple[float, np.ndarray, np.ndarray]:
    """Return seconds, estimates and standard errors of the batched solver."""
    start = time.process_time()
    found = batched.fit("logit", part, chunk=chunk)
    return time.process_time() - start, found.params, found.std_error


def by_statsmodels(part: Stack) -> tuple[float, np.ndarray, np.ndarray]:
    """Return seconds, estimates and standard errors of statsmodels, by Newton's method, one problem
    after the other.
    """
    seconds, params, errors = 0.0, [], []
    for y, rows in zip(part.y, part.mask, strict=True):
        own = y[rows], part.X[rows]  # not timed
        start = time.process_time()
        found = Logit(*own).fit(method="newton", disp=False)
        params.append(found.params)
        errors.append(found.bse)
        seconds += time.process_time() - start
    return seconds, np.array(params), np.array(errors)


class R:
    """An R process that times glm and glm.fit on problems that it is sent as files."""

    def __init__(self, folder: Path, X: np.ndarray) -> None:
        self.folder = folder
        X.T.astype("<f8").tofile(folder / "X")
        command = [
            "Rscript",
            "--vanilla",
            str(R_LOOP),
            str(folder),
            str(X.shape[0]),
            str(X.shape[1]),
        ]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.version = self._line()

    def _line(self) -> str:
        return self.process.stdout.readline().strip()

    def fit(self, part: Stack) -> tuple[float, float, np.ndarray, np.ndarray]:
        """Return seconds of glm and of glm.fit, estimates and standard errors of glm."""
        part.y.astype("<f8").tofile(self.folder / "y")
        part.mask.astype("<f8").tofile(self.folder / "mask")
        self.process.stdin.write(f"{len(part.y)}\n")
        self.process.stdin.flush()
        whole, inner = map(float, self._line().split())
        found = np.fromfile(self.folder / "found", dtype="<f8").reshape(len(part.y), 2, -1)
        return whole, inner, found[:, 0], found[:, 1]


def main() -> None:
    """Run the benchmark and print its results."""
    parser = argparse.ArgumentParser()
    for option, default in (
        ("problems", 1000),
        ("rows", 2000),
        ("columns", 10),
        ("rounds", 10),
        ("chunk", batched.CHUNK),
    ):
        parser.add_argument(f"--{option}", type=int, default=default)
    given = parser.parse_args()
    stack = simulate(given.problems, given.rows, given.columns)
    edges = np.linspace(0, given.problems, given.rounds + 1).astype(int)
    seconds: dict[str, float] = {}
    furthest: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        r = R(Path(folder), stack.X) if shutil.which("Rscript") else None
        by_batch(stack.part(slice(0, 2)), given.chunk)  # what is loaded at the first call
        for first, last in itertools.pairwise(edges):
            part = stack.part(slice(first, last))
            taken, params, errors = by_batch(part, given.chunk)
            others = {"statsmodels": by_statsmodels(part)}
            seconds["batch"] = seconds.get("batch", 0) + taken
            if r:
                whole, inner, *numbers = r.fit(part)
                seconds["R glm.fit"] = seconds.get("R glm.fit", 0) + inner
                others["R glm"] = (whole, *numbers)
            for name, (taken, their_params, their_errors) in others.items():
                seconds[name] = seconds.get(name, 0) + taken
                apart = max(
                    np.abs(their_params - params).max(), np.abs(their_errors - errors).max()
                )
                furthest[name] = max(furthest.get(name, 0), apart)
    _report(given, seconds, furthest, r.version if r else None)


def _report(
    given: argparse.Namespace,
    seconds: dict[str, float],
    furthest: dict[str, float],
    r_version: str | None,
) -> None:
    print(
        f"{given.problems:,} logits, N = {given.rows:,}, k = {given.columns}, one thread, chunks "
        f"of {given.chunk}, {given.rounds} rounds"
    )
    versions = [f"{name} {version(name)}" for name in ("numpy", "scipy", "statsmodels")]
    print(
        f"Python {platform.python_version()}, "
        f"{', '.join(versions)}{f', {r_version}' if r_version else ''}"
    )
    print(f"{'':14}{'fits/s':>10}{'ms a fit':>10}{'batch is faster':>17}{'largest difference':>20}")
    for name, taken in seconds.items():
        apart = f"{furthest[name]:.1e}" if name in furthest else ""
        print(
            f"{name:14}{given.problems / taken:10.0f}{1000 * taken / given.problems:10.3f}"
            f"{taken / seconds['batch']:16.1f}x{apart:>20}"
        )


if __name__ == "__main__":
    main()
