"""Wild cluster bootstrap of one coefficient of a linear model, with the null imposed."""

from __future__ import annotations

import numpy as np

from .bootstrap_weights import draw
from .linear_parts import parts, sums
from .replicates import LinearReplicates


def wild_cluster_bootstrap(
    y: np.ndarray,
    X: np.ndarray,
    column: int,
    groups: np.ndarray,
    replicates: int,
    seed: int,
    points: str | None = None,
) -> LinearReplicates:
    """Return the t statistic of a coefficient and its wild bootstrap replicates.

    Parameters
    ----------
    y : ndarray, shape (n,)
    X : ndarray, shape (n, p)
    column : int
        Of the coefficient that is tested.
    groups : ndarray, shape (n,)
        Clusters; each gets one weight a replicate.
    replicates, seed : int
    points : {"rademacher", "webb"}, optional
        Weights; see `bootstrap_weights.draw`.

    Returns
    -------
    LinearReplicates
        The restricted wild cluster bootstrap, WCR (Cameron, Gelbach & Miller 2008): residuals of
        the model with the null imposed, weighted by cluster; each replicate's t statistic has its
        own HC1 clustered standard error. Computed from sums by cluster, never row by row (Roodman
        et al. 2019).

    Notes
    -----
    Where very few clusters hold all of the variation of the column (few treated clusters) the test
    rejects too seldom, whatever the number of clusters (MacKinnon & Webb 2017).
    """
    of = parts(y, X, column, groups)
    weights = draw(len(of.loading), replicates, seed, points)
    numerators, scores = [], []
    # the restricted residual is the first minus (tested value - estimate) times the second
    for residual in (of.residuals, of.partial):
        own = sums(of.influence * residual, of.codes)
        shift = sums(residual[:, None] * X, of.codes) @ of.bread
        numerators.append(weights.values @ own)
        scores.append(weights.values * own - (weights.values @ shift) @ of.loading.T)
    return of.replicates(numerators, scores, weights.exhaustive)
