"""CR2 for models of a categorical outcome with several levels, as for the linear model."""

from __future__ import annotations

import numpy as np

from ..estimators.adjusted_scores import Expansion
from .bias_reduced import RANK, ClusterCovariance, _satterthwaite, blocks


def categorical_cr2(
    y: np.ndarray, at: Expansion, groups: np.ndarray, directions: np.ndarray | None = None
) -> ClusterCovariance:
    """Return CR2 and its degrees of freedom of an ordered or multinomial logit.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Codes 0..K-1.
    at : Expansion
        Of the probabilities at the estimate.
    groups : ndarray, shape (n,)
        Cluster of each row.
    directions : ndarray, shape (p, m), optional
        Combinations of the parameters whose degrees of freedom are wanted, as the slopes of
        contrasts of probabilities; each parameter's own if not given.

    Notes
    -----
    The score of such a model is the sum of J_i' V_i^-1 (d_i - p_i), where d_i are the K - 1
    indicators of a row's level without the first, p_i their probabilities with derivatives J_i,
    and V_i = diag(p_i) - p_i p_i' their covariance: a weighted least squares of K - 1 outcomes a
    row at the estimate. CR2 (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018, eq. 8) then needs
    A_g (V_g - J_g M J_g') A_g' = V_g in each cluster, M the inverse expected information, and
    takes A_g = D'(D (V_g - J_g M J_g') D')^(-1/2) D with D the Cholesky root of V_g. With two
    levels this is the CR2 of a logit. The bread is the expected information, which for an ordered
    logit is not the observed one.
    """
    hits = (y[:, None] == np.arange(1, at.probabilities.shape[1])[None, :]).astype(float)
    return of_residuals(hits - at.probabilities[:, 1:], at, groups, directions)


def of_residuals(
    residuals: np.ndarray, at: Expansion, groups: np.ndarray, directions: np.ndarray | None = None
) -> ClusterCovariance:
    """Return CR2 from the residuals (n, K - 1) of the indicators of every level but the first."""
    slopes, probabilities = at.slopes[:, 1:], at.probabilities[:, 1:]
    variance = np.einsum("nj,jk->njk", probabilities, np.eye(probabilities.shape[1]))
    variance -= probabilities[:, :, None] * probabilities[:, None, :]
    weighted = np.linalg.solve(variance, slopes)
    bread = np.linalg.inv(np.einsum("njp,njq->pq", slopes, weighted))
    towards = bread if directions is None else bread @ directions
    meat, own, cross = np.zeros_like(bread), [], []
    for rows in blocks(groups):
        J, W, V = _stacked(slopes[rows]), _stacked(weighted[rows]), _diagonal(variance[rows])
        A = _adjustment(J, V, bread)
        score = W.T @ (A @ residuals[rows].ravel())
        meat += np.outer(score, score)
        u = A.T @ W @ towards
        own.append(np.einsum("np,nm,mp->p", u, V, u))
        cross.append(J.T @ u)
    return ClusterCovariance(
        bread @ meat @ bread, _satterthwaite(np.array(own), np.array(cross), bread)
    )


def _stacked(parts: np.ndarray) -> np.ndarray:
    """Return a cluster's (m, K - 1, p) as (m (K - 1), p)."""
    return parts.reshape(-1, parts.shape[2])


def _diagonal(variance: np.ndarray) -> np.ndarray:
    """Return a cluster's covariances (m, q, q) as one block-diagonal matrix (m q, m q)."""
    m, q, _ = variance.shape
    whole = np.zeros((m, q, m, q))
    whole[np.arange(m), :, np.arange(m), :] = variance
    return whole.reshape(m * q, m * q)


def _adjustment(J: np.ndarray, V: np.ndarray, bread: np.ndarray) -> np.ndarray:
    D = np.linalg.cholesky(V).T
    values, vectors = np.linalg.eigh(D @ (V - J @ bread @ J.T) @ D.T)
    powers = np.where(values > RANK, np.maximum(values, RANK) ** -0.5, 0.0)
    return D.T @ (vectors * powers) @ vectors.T @ D
