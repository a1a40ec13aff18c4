"""A likelihood with weakly informative normal priors: the posterior's mode and Laplace intervals.

A companion for significant estimates of tests with little power, which are exaggerated (Gelman &
Carlin 2014); no test and no verdict rests on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..base.distributions import norm
from ..estimators.fit_types import EstimationFailure
from ..estimators.newton import climb
from .likelihoods import Likelihood

FLAT = 10.0
"""Prior standard deviation, in log odds, of constants, cut points and unscaled columns: no opinion,
but finite under separation."""


@dataclass(frozen=True)
class Posterior:
    """One coefficient, per standard deviation of its column.

    prior_std : of the normal prior around zero
    positive : posterior probability that the coefficient is above zero
    """

    term: str
    prior_std: float
    prior_low: float
    prior_high: float
    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    positive: float


def prior_std(largest_ratio: float, probability: float = 0.95) -> float:
    """Return the standard deviation of a prior that expects odds ratios up to a largest one.

    Parameters
    ----------
    largest_ratio : float
        Of the odds, per standard deviation of the term: with the given probability the prior has
        the ratio between it and its inverse. 4 gives 0.71.
    """
    return float(np.log(largest_ratio) / norm.ppf((1 + probability) / 2))


def maximum_a_posteriori(
    family: Likelihood,
    y: np.ndarray,
    X: np.ndarray,
    names: Sequence[str],
    priors: Sequence[float],
    start: np.ndarray,
    level: float = 0.95,
) -> list[Posterior]:
    """Return the posterior of each slope.

    Parameters
    ----------
    family : Likelihood
        Of a logit or ordered logit.
    y, X : ndarray, shapes (n,), (n, k)
        The design has a constant in its first column.
    names : sequence of str, length k
    priors : sequence of float, length k - 1
        Standard deviation of each slope's prior, per standard deviation of its column.
    start : ndarray, shape (p,)
        Where the climb starts; the maximum likelihood estimate, or zeros and ordered cut points.
    level : float

    Notes
    -----
    Columns are centred and scaled by their standard deviation in the estimation sample, so that a
    prior says the same of each. The covariance is the inverse of the negative Hessian of the log
    posterior at its mode (Laplace's approximation; Gelman et al. 2013, section 4.1), the interval
    normal. The prior is part of the answer: the smaller it is, the closer to zero the estimate.

    Raises
    ------
    EstimationFailure
        When the climb does not end or the posterior is flat.
    """
    slopes = X.shape[1] - 1
    scale = X[:, 1:].std(axis=0, ddof=1)
    if len(priors) != slopes or not scale.min() > 0:
        raise EstimationFailure("collinearity", "each slope takes one prior and a varying column")
    Z = np.column_stack([X[:, 0], (X[:, 1:] - X[:, 1:].mean(axis=0)) / scale])
    places = np.arange(slopes) + (1 - family.first)
    precision = np.full(len(start), FLAT**-2)
    precision[places] = np.asarray(priors, float) ** -2.0

    def height(params: np.ndarray) -> float:
        return family.height(params, y, Z) - 0.5 * float(precision @ params**2)

    def climbing(params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gradient = family.scores(params, y, Z).sum(axis=0) - precision * params
        return gradient, np.diag(precision) - family.hessian(params, y, Z)

    mode = climb(start, height, climbing)[0]
    errors = np.sqrt(np.diag(np.linalg.inv(climbing(mode)[1])))
    width = float(norm.ppf((1 + level) / 2))
    return [
        Posterior(
            name, spread, -width * spread, width * spread, estimate, error,
            estimate - width * error, estimate + width * error, float(norm.cdf(estimate / error)),
        )
        for name, spread, estimate, error in zip(
            names[1:], map(float, priors), mode[places].tolist(), errors[places].tolist(),
            strict=True
        )
    ]  # fmt: skip
