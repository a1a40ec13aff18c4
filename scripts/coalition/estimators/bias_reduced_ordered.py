"""Bias-reduced ordered logit (Kosmidis 2014): finite under separation, less biased in small
samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..base.distributions import ChiSquared
from . import ordered
from .adjusted_scores import Expand, Expansion, adjusted_scores, solve, without_wald
from .fit_types import Design, Fit
from .sandwich import covariance
from .separation import check_rank, effective_size, few_events, separated
from .wald import about, categorical_null, likelihood_fit, wald

probabilities, derivatives = ordered.probabilities, ordered.derivatives


def cumulative(below: np.ndarray, index: np.ndarray) -> Expansion:
    """Return the expansion of a cumulative logit.

    Parameters
    ----------
    below : ndarray, shape (n, K + 1)
        P(y <= level) for no level up to all of them.
    index : ndarray, shape (K + 1, n, p)
        How the index of each of them moves with the parameters; zeros at both ends.
    """
    density = below * (1 - below)
    slopes = np.diff(density.T[:, :, None] * index, axis=0).transpose(1, 0, 2)

    def curves(matrix: np.ndarray) -> np.ndarray:
        square = np.einsum("jnp,pq,jnq->nj", index, matrix, index)
        return np.diff(density * (1 - 2 * below) * square, axis=1)

    return Expansion(np.diff(below, axis=1), slopes, curves)


def expansion(X: np.ndarray, K: int) -> Expand:
    """Return the expansion of an ordered logit as a function of its slopes and cut points."""
    n, unit = len(X), np.eye(K - 1)
    rows = [np.hstack([-X[:, 1:], np.tile(unit[cut], (n, 1))]) for cut in range(K - 1)]
    none = np.zeros((n, X.shape[1] - 1 + K - 1))
    index = np.stack([none, *rows, none])
    return lambda params: cumulative(ordered._below(params, X), index)


def start_of(y: np.ndarray, X: np.ndarray, K: int) -> np.ndarray:
    """Return slopes of zero and the cut points that half a row more in each level would have."""
    counts = np.bincount(y.astype(int), minlength=K) + 0.5
    below = np.cumsum(counts)[:-1] / counts.sum()
    return np.concatenate([np.zeros(X.shape[1] - 1), np.log(below / (1 - below))])


@dataclass(frozen=True)
class ScoreTest:
    """The adjusted score test of one coefficient: signed root of chi2(1), and its p-value."""

    statistic: float
    p_value: float


def score_test(design: Design, column: int, value: float = 0.0) -> ScoreTest:
    """Test one coefficient by its adjusted score where the others solve theirs.

    Parameters
    ----------
    design : Design
    column : int
        Of the design; not its constant.
    value : float
        Of the coefficient under the null.

    Notes
    -----
    The adjusted scores of a cumulative link model are not the gradient of a penalised likelihood,
    so that there is no penalised likelihood ratio. Their test needs only the estimates under the
    null and is defined under separation too; rows count as independent.
    """
    y, X, K = design.y, design.X, len(design.levels)
    expand, start = expansion(X, K), start_of(y, X, K)
    start[column - 1] = value
    others = np.flatnonzero(np.arange(len(start)) != column - 1)
    found = adjusted_scores(y, expand(solve(y, expand, start, others)[0]))
    score = float(found.scores[:, column - 1].sum())
    spread = float(np.linalg.inv(found.information)[column - 1, column - 1])
    statistic = score * spread**0.5
    return ScoreTest(statistic, float(ChiSquared(1).sf(statistic**2)))


def fit(design: Design, level: float) -> Fit:
    """Fit a bias-reduced ordered logit; the levels that occur are its categories.

    Standard errors are from the inverse expected information at the estimate, as in Kosmidis
    (2014, section 5); with clusters the sandwich of the adjusted scores. Tests are Wald's.
    """
    y, X, K = design.y, design.X, len(design.levels)
    terms = list(design.names[1:])
    cuts = [
        f"{low}|{high}" for low, high in zip(design.levels[:-1], design.levels[1:], strict=True)
    ]
    check_rank(design, len(terms) + len(cuts))
    expand = expansion(X, K)
    params, steps = solve(y, expand, start_of(y, X, K))
    found = adjusted_scores(y, expand(params))
    result = wald(
        names=terms + cuts,
        params=params,
        covariance=covariance(design, np.linalg.inv(found.information), found.scores),
        level=level,
        n=len(y),
        about=about(design),
        fit=likelihood_fit(
            ordered.log_likelihood(params, y, X), categorical_null(y), len(params), len(y)
        ),
        convergence={"converged": True, "iterations": steps, "method": "quasi_fisher_scoring"},
        kinds=["coefficient"] * len(terms) + ["threshold"] * len(cuts),
        levels=[None] * len(terms) + cuts,
        warnings=few_events(effective_size(y), len(terms)),
    )
    infinite = separated(ordered.margins(y, X, K), terms + cuts)
    return without_wald(result, infinite, "the adjusted score test")
