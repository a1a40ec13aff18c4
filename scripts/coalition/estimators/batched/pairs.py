"""Weighted cross products of one design for many weights at once."""

from __future__ import annotations

import numpy as np


class Pairs:
    """The pairs of columns of a design X (N, k): X'WX of all weights is one product with them."""

    def __init__(self, X: np.ndarray) -> None:
        k = X.shape[1]
        first, second = np.triu_indices(k)
        self._columns = X[:, first] * X[:, second]
        self._place = np.empty((k, k), dtype=int)
        self._place[first, second] = self._place[second, first] = np.arange(len(first))
        self._twice = np.where(first == second, 1.0, 2.0)
        self._upper = (first, second)

    def weighted(self, weight: np.ndarray) -> np.ndarray:
        """Return X'WX of each row of weights, (b, k, k); weight (b, N)."""
        return (weight @ self._columns)[:, self._place]

    def quadratic(self, matrices: np.ndarray) -> np.ndarray:
        """Return x'Mx of each row x of the design for each M, (b, N); matrices (b, k, k),
        symmetric.
        """
        return (matrices[:, *self._upper] * self._twice) @ self._columns.T
