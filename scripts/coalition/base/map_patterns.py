"""Moran eigenvectors: map patterns that, as terms of a model, take up what neighbours share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def map_pattern(number: int) -> str:
    """Return the name of the column that holds a map pattern; the smoothest is number 1."""
    return f"map_pattern_{number}"


def moran_eigenvectors(weights: np.ndarray, share: float = 0.25) -> tuple[np.ndarray, np.ndarray]:
    """Return the map patterns with positive spatial autocorrelation.

    Parameters
    ----------
    weights : ndarray, shape (n, n)
        Between places (states); they are made symmetric.
    share : float
        Patterns are kept whose Moran's I is at least this share of the largest.

    Returns
    -------
    vectors : ndarray, shape (n, q)
        Orthonormal, each sums to zero, the smoothest first; the entry of largest size is positive.
    values : ndarray, shape (q,)
        Moran's I of each.

    Notes
    -----
    Eigenvectors of M (W + W') / 2 M, M = I - 11'/n (Griffith 2003, chapter 3; Tiefelsdorf &
    Griffith 2007, eq. 2). An eigenvalue times n / S0 is the pattern's Moran's I.
    """
    import numpy as np  # here: who reads a config needs the names alone

    n, symmetric = len(weights), (weights + weights.T) / 2
    centring = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(centring @ symmetric @ centring)
    values = values[::-1] * n / symmetric.sum()
    vectors = vectors[:, ::-1]
    kept = (values > 0) & (values >= share * values[0])
    chosen = vectors[:, kept]
    largest = np.take_along_axis(chosen, np.abs(chosen).argmax(axis=0)[None], axis=0)[0]
    return chosen * np.sign(largest), values[kept]
