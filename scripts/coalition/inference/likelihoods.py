"""The log likelihoods of the families with per-row scores, in one form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, gammaln

from ..estimators import binary_probit, logit, multinomial, ordered, poisson
from ..estimators.fit_types import Design
from ..estimators.newton import climb

Array = np.ndarray


@dataclass(frozen=True)
class Likelihood:
    """A family: functions of parameters (p,), outcome (n,) and design (n, k).

    height : log likelihood; scores : (n, p); hessian : (p, p)
    index : (n,) derivative of each row's log likelihood in its index x'b plus a shift; None where
        there are several indices
    first : the design's column that the first parameter belongs to: 0, or 1 where cut points take
        the place of the constant
    """

    height: Callable[[Array, Array, Array], float]
    scores: Callable[[Array, Array, Array], Array]
    hessian: Callable[[Array, Array, Array], Array]
    index: Callable[[Array, Array, Array, float], Array] | None
    first: int


def _log_probability(
    probabilities: Callable[[Array, Array], Array],
) -> Callable[[Array, Array, Array], float]:
    def height(params: Array, y: Array, X: Array) -> float:
        chance = probabilities(params, X)[np.arange(len(y)), y.astype(int)]
        return float(np.log(chance).sum()) if chance.min() > 0 else -np.inf

    return height


def _ordered_index(params: Array, y: Array, X: Array, shift: float) -> Array:
    """Return the scores of a column of ones whose coefficient is the shift."""
    wider = np.column_stack([X[:, :1], np.ones(len(y)), X[:, 1:]])
    return ordered.scores(np.concatenate([[shift], params]), y, wider)[:, 0]


def _probit_index(params: Array, y: Array, X: Array, shift: float) -> Array:
    """Return the scores of a column of ones whose coefficient is the shift."""
    ones = np.ones((len(y), 1))
    wider = np.column_stack([X, ones])
    return binary_probit.scores(np.append(params, shift), y, wider)[:, -1]


def _poisson_height(params: Array, y: Array, X: Array) -> float:
    with np.errstate(over="ignore"):  # a step too far has the height minus infinity
        eta = X @ params
        return float((y * eta - np.exp(eta) - gammaln(y + 1)).sum())


LIKELIHOODS: Mapping[str, Likelihood] = {
    "logit": Likelihood(
        height=_log_probability(logit.probabilities),
        scores=logit.scores,
        hessian=lambda params, y, X: logit.hessian(params, X),
        index=lambda params, y, X, shift: y - expit(X @ params + shift),
        first=0,
    ),
    "probit": Likelihood(
        height=_log_probability(binary_probit.probabilities),
        scores=binary_probit.scores,
        hessian=binary_probit.hessian,
        index=_probit_index,
        first=0,
    ),
    "poisson": Likelihood(
        height=_poisson_height,
        scores=poisson.scores,
        hessian=lambda params, y, X: poisson.hessian(params, X),
        index=lambda params, y, X, shift: y - np.exp(X @ params + shift),
        first=0,
    ),
    "ordered_logit": Likelihood(
        height=ordered.log_likelihood,
        scores=ordered.scores,
        hessian=ordered.hessian,
        index=_ordered_index,
        first=1,
    ),
    "multinomial_logit": Likelihood(
        height=_log_probability(multinomial.probabilities),
        scores=multinomial.scores,
        hessian=lambda params, y, X: multinomial.hessian(params, X),
        index=None,
        first=0,
    ),
}


def refit(family: Likelihood, start: Array, y: Array, X: Array, free: Array | None = None) -> Array:
    """Climb to the maximum from a start nearby; parameters that are not free keep their value.

    Raises
    ------
    EstimationFailure
        When the climb does not end.
    """
    return climb(
        start,
        lambda at: family.height(at, y, X),
        lambda at: (family.scores(at, y, X).sum(axis=0), -family.hessian(at, y, X)),
        free,
    )[0]


def codes(design: Design) -> Array:
    """Return the clusters of a design; each row its own where it has none."""
    return (
        np.arange(len(design.y))
        if design.groups is None
        else np.unique(design.groups, return_inverse=True)[1]
    )
