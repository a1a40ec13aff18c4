"""Score cluster bootstrap: the wild bootstrap of likelihood models, with the null imposed and
nothing refitted.
"""

from __future__ import annotations

import numpy as np

from .bootstrap_weights import Weights
from .likelihoods import Likelihood
from .linear_parts import sums
from .replicates import p_equal_tailed, p_symmetric


def efficient_scores(
    family: Likelihood,
    params: np.ndarray,
    slope: np.ndarray,
    y: np.ndarray,
    X: np.ndarray,
    groups: np.ndarray,
) -> np.ndarray:
    """Return each cluster's part of the score statistic of a quantity, shape (G,).

    Parameters
    ----------
    params : ndarray, shape (p,)
        Estimates with the quantity held at the tested value.
    slope : ndarray, shape (p,)
        The quantity's derivatives there; of one coefficient, a unit vector.
    groups : ndarray of int, shape (n,)
        Codes 0..G-1.

    Returns
    -------
    ndarray, shape (G,)
        slope' I^-1 s_g, I the observed information: what a Newton step with cluster g's scores adds
        to the quantity. Of a coefficient it is proportional to its score without what the scores of
        the other parameters explain (Neyman's efficient score).
    """
    direction = np.linalg.solve(-family.hessian(params, y, X), slope)
    return sums(family.scores(params, y, X) @ direction, groups)


def studentised(parts: np.ndarray) -> np.ndarray:
    """Return the sum over clusters (last axis) by the root of their centred sum of squares."""
    total, clusters = parts.sum(axis=-1), parts.shape[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return total / np.sqrt(np.maximum((parts**2).sum(axis=-1) - total**2 / clusters, 0))


def score_bootstrap(parts: np.ndarray, weights: Weights) -> tuple[float, float, float]:
    """Return the score statistic and its symmetric and equal-tailed bootstrap p-values.

    Parameters
    ----------
    parts : ndarray, shape (G,)
        As `efficient_scores` returns them.
    weights : Weights
        (B, G)

    Notes
    -----
    Kline & Santos (2012): the clusters' scores are weighted, the information is not computed again,
    so that a replicate never fails to converge. Each replicate has its own variance.
    """
    statistic, replicates = float(studentised(parts)), studentised(weights.values * parts)
    return (
        statistic,
        p_symmetric(statistic, replicates, weights.exhaustive),
        p_equal_tailed(statistic, replicates, weights.exhaustive),
    )
