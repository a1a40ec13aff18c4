"""Sandwich covariance of estimates from their scores, in the convention of R's sandwich package."""

from __future__ import annotations

import numpy as np


def sandwich(bread: np.ndarray, scores: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Return the robust or clustered covariance of p parameters.

    Parameters
    ----------
    bread : ndarray, shape (p, p)
        Inverse of the negative Hessian.
    scores : ndarray, shape (n, p)
        Each row's contribution to the score at the estimate.
    groups : ndarray of int, shape (n,), or None
        Cluster of each row; None treats each row as its own.

    Returns
    -------
    ndarray, shape (p, p)
        bread (sum over clusters of s s') bread times G/(G-1) (n-1)/(n-p), which is `vcovCL(type = "HC1")`, and for G = n the HC1
        covariance (Liang & Zeger 1986; Cameron & Miller 2015, eq. 11; Zeileis, Köll & Graham 2020).
    """
    n, p = scores.shape
    if groups is None:
        sums, factor = scores, n / (n - p)
    else:
        sums = np.zeros((int(groups.max()) + 1, p))
        np.add.at(sums, groups, scores)
        clusters = len(np.unique(groups))
        factor = clusters / (clusters - 1) * (n - 1) / (n - p)
    return factor * bread @ (sums.T @ sums) @ bread
