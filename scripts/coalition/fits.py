"""What an estimator takes and gives back."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


class EstimationFailure(Exception):
    """A model that has no meaningful numbers: its kind (see docs/architecture.md) and a sentence for the table's foot."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


@dataclass(frozen=True)
class Caution:
    """Something that a reader of the numbers must know."""

    kind: str
    message: str


@dataclass(frozen=True)
class Design:
    """The data of one model.

    y : (n,) float; codes 0..K-1 of categorical outcomes
    X : (n, k) float with a constant in its first column
    names : (k,)
    levels : outcome labels in order, the first is the reference of a multinomial; empty for continuous outcomes and counts
    groups : (n,) integer codes of clusters, or None
    entity, time : (n,) panel unit and year, for panel models
    products : (j, (i, ...)): column j is the product of the columns i, ...; a square has the same column twice
    nonproportional : columns whose effects differ between the cut points of a partial proportional odds model
    covariance : "driscoll_kraay" where a panel model is to have it in place of its own
    """

    y: np.ndarray
    X: np.ndarray
    names: tuple[str, ...]
    levels: tuple[str, ...]
    groups: np.ndarray | None
    entity: np.ndarray | None = None
    time: np.ndarray | None = None
    products: tuple[tuple[int, tuple[int, ...]], ...] = ()
    nonproportional: tuple[int, ...] = ()
    covariance: str | None = None


@dataclass(frozen=True)
class Fit:
    """Estimates of one model; arrays are (p,), the covariance (p, p).

    n : what the estimates rest on: rows, differences, or means of units
    used : (rows of the design,) bool, where the family itself leaves rows out that say nothing
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    levels: tuple[str | None, ...]
    terms: tuple[str, ...]
    params: np.ndarray
    covariance: np.ndarray
    std_error: np.ndarray
    statistic: np.ndarray
    p_value: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    inference: dict[str, object]
    convergence: dict[str, object]
    separation: dict[str, object]
    fit: dict[str, float]
    n: int
    warnings: tuple[Caution, ...] = field(default=())
    used: np.ndarray | None = None
