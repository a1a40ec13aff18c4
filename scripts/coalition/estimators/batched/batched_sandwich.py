"""Covariances of many problems at once, in the convention of coalition.estimators.sandwich."""

from __future__ import annotations

import numpy as np


def cluster_sums(rows: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Sum rows over clusters.

    Parameters
    ----------
    rows : ndarray, shape (B, N, p)
    groups : ndarray of int, shape (B, N)
        Codes from 0.

    Returns
    -------
    ndarray, shape (B, G, p)
    """
    B, N, p = rows.shape
    G = int(groups.max()) + 1
    places = (groups + G * np.arange(B)[:, None]).ravel()
    flat = rows.reshape(B * N, p)
    return np.stack(
        [np.bincount(places, flat[:, column], B * G) for column in range(p)], axis=1
    ).reshape(B, G, p)


def clusters(groups: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the number of clusters with a row in use, shape (B,)."""
    used = cluster_sums(mask[:, :, None].astype(float), groups)[:, :, 0]
    return (used > 0).sum(axis=1)


def sandwich(
    bread: np.ndarray, scores: np.ndarray, groups: np.ndarray, mask: np.ndarray
) -> np.ndarray:
    """Return the clustered covariances of B problems, as `coalition.estimators.sandwich.sandwich`
    does for one.

    Parameters
    ----------
    bread : ndarray, shape (B, p, p)
        Inverse information.
    scores : ndarray, shape (B, N, p)
        Zero in rows that are not used.
    groups, mask : ndarray, shape (B, N)

    Returns
    -------
    ndarray, shape (B, p, p)
    """
    sums = cluster_sums(scores, groups)
    meat = sums.transpose(0, 2, 1) @ sums
    G, n, p = clusters(groups, mask), mask.sum(axis=1), bread.shape[1]
    # one cluster, or as many rows as parameters, have no such covariance
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where((G > 1) & (n > p), G / (G - 1) * (n - 1) / (n - p), np.nan)
    return factor[:, None, None] * (bread @ meat @ bread)
