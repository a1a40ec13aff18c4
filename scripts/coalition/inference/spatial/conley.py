"""Standard errors that let the scores of states near each other be correlated (Conley 1999)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

CUTOFF = 2000.0
"""Km from which on states count as unrelated, where nothing else is asked for."""

KERNELS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "bartlett": lambda ratio: np.maximum(1 - ratio, 0),
    "uniform": lambda ratio: (ratio < 1).astype(float),
}
"""Name -> weight of a pair of rows, from their distance as a share of the cutoff."""


def conley(
    bread: np.ndarray,
    scores: np.ndarray,
    distance: np.ndarray,
    cutoff: float = CUTOFF,
    kernel: str = "bartlett",
) -> np.ndarray:
    """Return the covariance of p parameters with correlation between rows near each other.

    Parameters
    ----------
    bread : ndarray, shape (p, p)
        Inverse of the negative Hessian (of least squares: of X'X).
    scores : ndarray, shape (n, p)
        Each row's contribution to the score at the estimate: of logits and ordered or multinomial
        logits that of the likelihood, of least squares x e.
    distance : ndarray, shape (n, n)
        Km between rows; rows of one state are 0 apart and count in full.
    cutoff : float
        Km.
    kernel : {"bartlett", "uniform"}

    Returns
    -------
    ndarray, shape (p, p)
        B (sum over i, j of K(d_ij / cutoff) s_i s_j') B (Conley 1999, eq. 3.11, with one distance
        in place of two coordinates). No correction for small samples. A variance can be negative
        where the kernel is not positive definite on these places.
    """
    weights = KERNELS[kernel](distance / cutoff)
    meat = scores.T @ weights @ scores
    return bread @ ((meat + meat.T) / 2) @ bread
