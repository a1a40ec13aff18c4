"""Sandwich covariance of estimates from their scores, in one convention for every family: that of R's sandwich package."""

from __future__ import annotations

import numpy as np


def sandwich(bread: np.ndarray, scores: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Return the robust or clustered covariance of p parameters.

    Parameters
    ----------
    bread : ndarray, shape (p, p)
        Inverse of the negative Hessian (of least squares: of X'X).
    scores : ndarray, shape (n, p)
        Each row's contribution to the score at the estimate.
    groups : ndarray of int, shape (n,), or None
        Cluster of each row; None treats each row as its own.

    Returns
    -------
    ndarray, shape (p, p)
        bread (sum over clusters of s s') bread times G/(G-1) (n-1)/(n-p), which is `vcovCL(type = "HC1", cadjust = TRUE)`, and for
        G = n the HC1 covariance (Liang & Zeger 1986; Cameron & Miller 2015, eq. 11-12; Zeileis, Köll & Graham 2020). p counts
        every parameter: constants, cut points, and all equations of a multinomial logit. statsmodels' likelihood models count
        the same way; Stata uses (n-1)/(n-p) for linear models only.
    """
    n, p = scores.shape
    codes = np.arange(n) if groups is None else np.unique(groups, return_inverse=True)[1]
    clusters = int(codes.max()) + 1
    sums = np.zeros((clusters, p))
    np.add.at(sums, codes, scores)
    factor = clusters / (clusters - 1) * (n - 1) / (n - p)
    return factor * bread @ (sums.T @ sums) @ bread
