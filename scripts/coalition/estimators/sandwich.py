"""Sandwich covariance of estimates from their scores, in one convention for every family: that of
R's sandwich package.
"""

from __future__ import annotations

import numpy as np

from .fit_types import Design, FitWarning
from .separation import FEW_CLUSTERS

CORRECTIONS = ("full", "clusters", "none")


def sandwich(
    bread: np.ndarray, scores: np.ndarray, groups: np.ndarray | None, correction: str = "full"
) -> np.ndarray:
    """Return the robust or clustered covariance of p parameters.

    Parameters
    ----------
    bread : ndarray, shape (p, p)
        Inverse of the negative Hessian (of least squares: of X'X).
    scores : ndarray, shape (n, p)
        Each row's contribution to the score at the estimate.
    groups : ndarray of int, shape (n,), or None
        Cluster of each row; None treats each row as its own.
    correction : {"full", "clusters", "none"}
        Factor for small samples: G/(G-1) (n-1)/(n-p); G/(G-1), as Stata has it for likelihood
        models; or 1.

    Returns
    -------
    ndarray, shape (p, p)
        bread (sum over clusters of s s') bread times the factor. The full one is `vcovCL(type =
        "HC1", cadjust = TRUE)`, and for G = n the HC1 covariance (Liang & Zeger 1986; Cameron &
        Miller 2015, eq. 11-12; Zeileis, Köll & Graham 2020). p counts every parameter: constants,
        cut points, and all equations of a multinomial logit. statsmodels' likelihood models count
        the same way; Stata uses (n-1)/(n-p) for linear models only.
    """
    n, p = scores.shape
    codes = np.arange(n) if groups is None else np.unique(groups, return_inverse=True)[1]
    clusters = int(codes.max()) + 1
    sums = np.zeros((clusters, p))
    np.add.at(sums, codes, scores)
    factor = {
        "full": clusters / (clusters - 1) * (n - 1) / (n - p),
        "clusters": clusters / (clusters - 1),
        "none": 1.0,
    }[correction]
    return factor * bread @ (sums.T @ sums) @ bread


def crossed_sandwich(
    bread: np.ndarray,
    scores: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    correction: str = "full",
) -> np.ndarray:
    """Return the covariance clustered in two crossed ways: by the first, plus by the second, minus
    by both together.

    Each part has its own factor (Cameron, Gelbach & Miller 2011, eq. 2.11 and section 2.3). The
    difference need not be positive definite; negative eigenvalues are then set to zero, as the
    authors propose.
    """
    both = np.unique(np.column_stack([first, second]), axis=0, return_inverse=True)[1].ravel()
    by_first, by_second, by_both = (
        sandwich(bread, scores, groups, correction) for groups in (first, second, both)
    )
    found = by_first + by_second - by_both
    values, vectors = np.linalg.eigh(found)
    return found if values.min() >= 0 else (vectors * np.maximum(values, 0)) @ vectors.T


def kind_of(design: Design, pseudo: bool = False) -> str:
    """Return which covariance a design asks for: the one rule for every family.

    What it names; else clustered where it has clusters; else that of the model (from its
    information, or of least squares with errors of one variance), as R and Stata print it; and HC1
    where the likelihood is none: under weights, and of a `pseudo` likelihood, which asks for no
    more than a right mean (a Poisson regression of what is no count).
    """
    if design.errors.kind != "default":
        return design.errors.kind
    if design.groups is not None:
        return "cluster"
    return "hc1" if pseudo or design.weights is not None else "model"


def covariance(
    design: Design, bread: np.ndarray, scores: np.ndarray, pseudo: bool = False
) -> np.ndarray:
    """Return the covariance that a design asks for.

    Parameters
    ----------
    bread : ndarray, shape (p, p)
        Inverse of the negative Hessian; it is the covariance itself where the model is believed
        ("model").
    scores : ndarray, shape (n, p)
    pseudo : bool
        As in `kind_of`.

    Returns
    -------
    ndarray, shape (p, p)
    """
    kind, correction = kind_of(design, pseudo), design.errors.correction
    if kind == "model":
        return bread
    if kind in ("hc0", "hc1"):
        return sandwich(bread, scores, None, "none" if kind == "hc0" else correction)
    if design.crossed is None or design.groups is None:
        return sandwich(bread, scores, design.groups, correction)
    return crossed_sandwich(bread, scores, design.groups, design.crossed, correction)


def words(design: Design, pseudo: bool = False) -> dict[str, object]:
    """Return the words for a design's covariance, for `inference` of an estimates file."""
    kind = kind_of(design, pseudo)
    cluster = " and ".join(design.errors.cluster) or None
    return {
        "covariance": kind,
        "cluster": cluster if kind == "cluster" else None,
        "correction": design.errors.correction,
    }


def crossed_clusters(design: Design) -> tuple[FitWarning, ...]:
    """Return what a reader must know of a second clustering."""
    if design.crossed is None:
        return ()
    number = len(np.unique(design.crossed))
    return (
        (FitWarning("few_clusters", f"the second clustering has only {number} clusters"),)
        if number < FEW_CLUSTERS
        else ()
    )
