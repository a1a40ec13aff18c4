"""Covariance under clustering in two ways at once, for linear models and for any likelihood with scores."""

from __future__ import annotations

import numpy as np

from ..covariance import sandwich


def two_way(bread: np.ndarray, scores: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the covariance clustered by `first` and by `second`.

    Parameters
    ----------
    bread : ndarray, shape (p, p)
        Inverse of the negative Hessian (of least squares: of X'X).
    scores : ndarray, shape (n, p)
    first, second : ndarray, shape (n,)
        Clusters, not nested in each other.

    Returns
    -------
    ndarray, shape (p, p)
        V(first) + V(second) - V(first and second), each with its own factor G/(G-1) (n-1)/(n-p) (Cameron, Gelbach & Miller
        2011). The difference need not be a covariance; negative eigenvalues are then set to zero, as they propose.

    Notes
    -----
    It is right as the number of clusters grows in both ways. Two operations are not many: use operation effects there.
    """
    both = np.unique(np.column_stack([np.unique(part, return_inverse=True)[1] for part in (first, second)]), axis=0, return_inverse=True)[1]
    covariance = sandwich(bread, scores, first) + sandwich(bread, scores, second) - sandwich(bread, scores, both)
    values, vectors = np.linalg.eigh(covariance)
    return covariance if values.min() >= 0 else (vectors * np.maximum(values, 0)) @ vectors.T
