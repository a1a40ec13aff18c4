"""Cluster covariances with less bias in small samples, CR2 and CR3, and Satterthwaite degrees of
freedom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

RANK = 1e-12
"""Eigenvalues of an adjusted block that count as zero, as in clubSandwich: there the cluster alone
decides some coefficient.
"""


@dataclass(frozen=True)
class ClusterCovariance:
    """covariance : (p, p); df : (p,) degrees of freedom of each coefficient's t statistic."""

    covariance: np.ndarray
    df: np.ndarray


def bias_reduced(
    X: np.ndarray,
    residuals: np.ndarray,
    groups: np.ndarray,
    kind: str,
    variance: np.ndarray | None = None,
) -> ClusterCovariance:
    """Return a bias-reduced cluster covariance of a linear model, or of a logit in its
    working-weights form.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    residuals : ndarray, shape (n,)
        y minus its fitted mean.
    groups : ndarray, shape (n,)
        Cluster of each row.
    kind : {"cr2", "cr3"}
        CR2 is unbiased where the working variance is true (Bell & McCaffrey 2002; Pustejovsky &
        Tipton 2018); CR3 leaves out one cluster at a time, for a logit by one Newton step (Bell &
        McCaffrey 2002).
    variance : ndarray, shape (n,), optional
        Working variance of the outcome: p (1 - p) for a logit, ones (the default) for a linear
        model.

    Returns
    -------
    ClusterCovariance
        Degrees of freedom by Satterthwaite's approximation under the working variance (Bell &
        McCaffrey 2002; Pustejovsky & Tipton 2018): those of a scaled chi-square with the mean and
        variance of the estimated variance.

    Notes
    -----
    A block I - H_gg loses rank where a cluster alone decides a coefficient (its fixed effect). CR2
    then takes the pseudo-inverse, as Pustejovsky & Tipton (2018) do; so does CR3 here, where
    clubSandwich stops with an error.
    """
    v = np.ones(len(X)) if variance is None else variance
    bread = np.linalg.inv((X * v[:, None]).T @ X)
    meat, pieces = np.zeros_like(bread), []
    for rows in blocks(groups):
        A = ADJUSTMENTS[kind](X[rows], v[rows], bread)
        score = X[rows].T @ (A @ residuals[rows])
        meat += np.outer(score, score)
        u = A.T @ X[rows] @ bread
        pieces.append(((u * v[rows, None] * u).sum(axis=0), (X[rows] * v[rows, None]).T @ u))
    own, cross = (np.array(part) for part in zip(*pieces, strict=True))
    return ClusterCovariance(bread @ meat @ bread, _satterthwaite(own, cross, bread))


def blocks(groups: np.ndarray) -> Iterator[np.ndarray]:
    """Return the positions of each cluster's rows."""
    order = np.argsort(groups, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)


def _cr2(X: np.ndarray, v: np.ndarray, bread: np.ndarray) -> np.ndarray:
    """Return A with A (residuals' covariance) A' = diag(v): D' (D (I - H) diag(v) D')^(-1/2) D, D
    the root of v.
    """
    root = np.sqrt(v)
    left = np.diag(v) - (X * v[:, None]) @ bread @ (X * v[:, None]).T
    values, vectors = np.linalg.eigh(root[:, None] * left * root)
    powers = np.where(values > RANK, np.maximum(values, RANK) ** -0.5, 0.0)
    return root[:, None] * ((vectors * powers) @ vectors.T) * root


def _cr3(X: np.ndarray, v: np.ndarray, bread: np.ndarray) -> np.ndarray:
    """Return the (pseudo-)inverse of I - H."""
    return np.linalg.pinv(np.eye(len(X)) - (X * v[:, None]) @ bread @ X.T, rcond=RANK)


ADJUSTMENTS: Mapping[str, Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]] = {
    "cr2": _cr2,
    "cr3": _cr3,
}


def _satterthwaite(own: np.ndarray, cross: np.ndarray, bread: np.ndarray) -> np.ndarray:
    """Return (tr P)^2 / tr(P P), P = diag(own) - Z' bread Z the covariance of the clusters' parts
    of one coefficient.

    Parameters
    ----------
    own : ndarray, shape (G, p)
    cross : ndarray, shape (G, p, p)
        Z' of each cluster; the last axis is the coefficient.
    """
    found = np.empty(own.shape[1])
    for j, d in enumerate(own.T):
        Z = cross[:, :, j]
        lost = np.einsum("gk,kl,gl->g", Z, bread, Z)
        product = bread @ Z.T @ Z
        found[j] = (d - lost).sum() ** 2 / (
            (d**2).sum() - 2 * (d * lost).sum() + np.trace(product @ product)
        )
    return found
