"""Ordered logit (proportional odds, McCullagh 1980) by maximum likelihood, reported with real cut
points.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from .fit_types import Design, Fit
from .newton import climb
from .separation import check_rank, effective_size, few_events, refuse_separation, separated
from .wald import about, categorical_null, likelihood_covariance, likelihood_fit, wald

Ends = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""P(y <= its level) of each row (n,) and how its index, cut - x'b, moves with the parameters (n,
p); then those of the level below.
"""


def _below(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return P(y <= level) for no level up to all of them, shape (n, K + 1); the cut points take
    the place of the constant.
    """
    slopes = X.shape[1] - 1
    cuts = np.concatenate([[-np.inf], params[slopes:], [np.inf]])
    return expit(cuts[None, :] - (X[:, 1:] @ params[:slopes])[:, None])


def probabilities(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the probability of each level, shape (n, K)."""
    return np.diff(_below(params, X), axis=1)


def derivatives(params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
    """Return the derivatives of the probabilities where the design moves along dX, shape (n, K)."""
    below = _below(params, X)
    return -np.diff(below * (1 - below), axis=1) * (dX[:, 1:] @ params[: X.shape[1] - 1])[:, None]


def _ends(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> Ends:
    """Return the two ends of each row's level."""
    code, rows = y.astype(int), np.arange(len(y))
    below, cuts = _below(params, X), len(params) - X.shape[1] + 1
    unit = np.vstack([np.zeros(cuts), np.eye(cuts), np.zeros(cuts)])
    upper, lower = (
        (below[rows, at], np.column_stack([-X[:, 1:], unit[at]])) for at in (code + 1, code)
    )
    return upper, lower


def scores_of(ends: Ends) -> np.ndarray:
    """Return each row's score, shape (n, p), from the two ends of its level."""
    (upper, d_upper), (lower, d_lower) = ends
    chance = upper - lower
    return (upper * (1 - upper) / chance)[:, None] * d_upper - (lower * (1 - lower) / chance)[
        :, None
    ] * d_lower


def hessian_of(ends: Ends) -> np.ndarray:
    """Return the Hessian of the log likelihood, shape (p, p), from the two ends of each row's
    level.
    """
    (upper, d_upper), (lower, d_lower) = ends
    chance = upper - lower
    curve = [end * (1 - end) * (1 - 2 * end) / chance for end in (upper, lower)]
    score = scores_of(ends)
    return (
        d_upper.T @ (curve[0][:, None] * d_upper)
        - d_lower.T @ (curve[1][:, None] * d_lower)
        - score.T @ score
    )


def scores(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return each row's score, shape (n, slopes + cut points)."""
    return scores_of(_ends(params, y, X))


def hessian(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the Hessian of the log likelihood, shape (p, p)."""
    return hessian_of(_ends(params, y, X))


def log_likelihood(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> float:
    """Return the log likelihood; minus infinity where cut points are out of order or a row is
    impossible.
    """
    chance = probabilities(params, X)[np.arange(len(y)), y.astype(int)]
    ordered = np.all(np.diff(params[X.shape[1] - 1 :]) > 0)
    return float(np.log(chance).sum()) if ordered and chance.min() > 0 else -np.inf


def margins(y: np.ndarray, X: np.ndarray, K: int) -> np.ndarray:
    """Return the rows in which separation is looked for: the cut above minus the index, and the
    index minus the cut below.
    """
    code, unit = y.astype(int), np.eye(K - 1)
    above, under = code < K - 1, code > 0
    return np.vstack(
        [
            np.column_stack([-X[above, 1:], unit[code[above]]]),
            np.column_stack([X[under, 1:], -unit[code[under] - 1]]),
        ]
    )


def maximise(y: np.ndarray, X: np.ndarray, K: int) -> tuple[np.ndarray, float, int]:
    """Climb from slopes of zero; the likelihood is concave in slopes and cut points (Pratt 1981).

    statsmodels' OrderedModel climbs by numerical gradients, stops early by default and takes fifty
    times as long; the tests hold the two together.
    """
    below = np.cumsum(np.bincount(y.astype(int), minlength=K))[:-1] / len(y)
    start = np.concatenate([np.zeros(X.shape[1] - 1), np.log(below / (1 - below))])
    return climb(
        start,
        lambda at: log_likelihood(at, y, X),
        lambda at: (scores(at, y, X).sum(axis=0), -hessian(at, y, X)),
    )


def _basis(design: Design, cuts: int) -> np.ndarray | None:
    """Return what brings slopes back from inner coordinates; cut points are not asked about."""
    if design.basis is None:
        return None
    slopes = design.basis[1:, 1:]
    return np.block(
        [
            [slopes, np.zeros((len(slopes), cuts))],
            [np.zeros((cuts, len(slopes))), np.eye(cuts)],
        ]
    )


def fit(design: Design, level: float) -> Fit:
    """Fit an ordered logit; the levels that occur are its categories."""
    y, X, K = design.y, design.X, len(design.levels)
    terms = list(design.names[1:])
    cuts = [
        f"{low}|{high}" for low, high in zip(design.levels[:-1], design.levels[1:], strict=True)
    ]
    check_rank(design, len(terms) + len(cuts))
    infinite = separated(margins(y, X, K), terms + cuts, _basis(design, len(cuts)))
    refuse_separation(
        [name for name in infinite if name in terms],
        "ordered logit",
    )
    params, top, steps = maximise(y, X, K)
    return wald(
        names=terms + cuts,
        params=params,
        covariance=likelihood_covariance(design, hessian(params, y, X), scores(params, y, X)),
        level=level,
        n=len(y),
        about=about(design),
        fit=likelihood_fit(top, categorical_null(y), len(params), len(y)),
        convergence={"converged": True, "iterations": steps, "method": "newton"},
        kinds=["coefficient"] * len(terms) + ["threshold"] * len(cuts),
        levels=[None] * len(terms) + cuts,
        warnings=few_events(effective_size(y), len(terms)),
    )
