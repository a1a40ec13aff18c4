"""What the batched estimators take and give back: many problems of one family side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..fit_types import Design


@dataclass(frozen=True)
class Stack:
    """B problems of N rows and k columns.

    y : (B, N) float; codes of the outcome
    X : (N, k), one design that all problems share, or (B, N, k), one each; a constant in the first
        column
    mask : (B, N) bool; the rows that a problem uses
    groups : (B, N) integer codes of clusters from 0, or None for covariances from the model
    start : (p,) parameters from which all are climbed, or None where a family begins as it does
    alone
    """

    y: np.ndarray
    X: np.ndarray
    mask: np.ndarray
    groups: np.ndarray | None = None
    start: np.ndarray | None = None

    def part(self, which: slice) -> Stack:
        """Return some of the problems."""
        X = self.X if self.X.ndim == 2 else self.X[which]
        groups = None if self.groups is None else self.groups[which]
        return Stack(self.y[which], X, self.mask[which], groups, self.start)

    def design(
        self, problem: int, names: tuple[str, ...] = (), levels: tuple[str, ...] = ()
    ) -> Design:
        """Return one problem alone, without the rows that it does not use."""
        rows = self.mask[problem]
        X = self.X if self.X.ndim == 2 else self.X[problem]
        groups = None if self.groups is None else self.groups[problem][rows]
        return Design(
            self.y[problem][rows],
            X[rows],
            names or tuple(map(str, range(X.shape[1]))),
            levels,
            groups,
        )


@dataclass(frozen=True)
class Estimates:
    """Estimates of B problems with p parameters.

    params, std_error : (B, p); covariance : (B, p, p); status : (B,) "ok", "separation",
        "no_convergence", ...; steps : (B,). A problem that failed has NaN everywhere.
    """

    params: np.ndarray
    covariance: np.ndarray
    status: np.ndarray
    steps: np.ndarray

    @property
    def std_error(self) -> np.ndarray:
        """Standard errors, (B, p)."""
        return np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))


def stack(designs: Sequence[Design]) -> Stack:
    """Put designs with the same number of columns side by side; shorter ones are filled up with
    rows that are not used.

    Raises
    ------
    ValueError
        When some designs have clusters and others have none.
    """
    clustered = {design.groups is not None for design in designs}
    if len(clustered) > 1:
        raise ValueError("problems with and without clusters cannot stand in one stack")
    B, N, k = len(designs), max(len(design.y) for design in designs), designs[0].X.shape[1]
    # one alone is fitted as it is among others, so that neighbours change no digit
    if B > 1 and all(design.X is designs[0].X for design in designs):
        return _of_one_design(designs)
    y, X, mask = np.zeros((B, N)), np.zeros((B, N, k)), np.zeros((B, N), dtype=bool)
    groups = np.zeros((B, N), dtype=int) if clustered == {True} else None
    for place, design in enumerate(designs):
        n = len(design.y)
        y[place, :n], X[place, :n], mask[place, :n] = design.y, design.X, True
        if groups is not None:
            groups[place, :n] = design.groups
    return Stack(y, X, mask, groups)


def _of_one_design(designs: Sequence[Design]) -> Stack:
    """Return outcomes of one and the same design side by side: it is then held once."""
    y = np.stack([design.y for design in designs])
    groups = [design.groups for design in designs if design.groups is not None]
    mask = np.ones(y.shape, dtype=bool)
    return Stack(y, designs[0].X, mask, np.stack(groups) if groups else None)


def joined(parts: Sequence[Estimates]) -> Estimates:
    """Return the estimates of chunks as one."""
    return Estimates(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("params", "covariance", "status", "steps")
        ),
    )
