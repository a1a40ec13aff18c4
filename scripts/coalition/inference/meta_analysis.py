"""Random-effects meta-analysis of estimates that may be correlated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from ..base.distributions import ChiSquared, Student
from ..estimators.fit_types import EstimationFailure

PREDICTED_FROM = 3
"""Estimates that a prediction interval takes: its t has k - 2 degrees of freedom."""


@dataclass(frozen=True)
class Pooled:
    """The mean of a distribution of effects.

    tau2 : variance of the effects between studies
    scale : Hartung & Knapp's q, the weighted square of the residuals over k - 1
    std_error, p_value, conf_low, conf_high : with the scale, but never under one; t, k - 1 degrees
    q, q_p : Cochran's test of homogeneity; i2 : share of the variance that is between studies
    predicted_low, predicted_high : of the effect in one more study; nan with fewer than three
    """

    k: int
    estimate: float
    std_error: float
    statistic: float
    p_value: float
    conf_low: float
    conf_high: float
    tau2: float
    scale: float
    q: float
    q_p: float
    i2: float
    predicted_low: float
    predicted_high: float


@dataclass(frozen=True)
class _Weighted:
    """The weighted mean at one tau2, its variance, and the square of the weighted residuals."""

    mean: float
    variance: float
    square: float


def _at(tau2: float, y: np.ndarray, V: np.ndarray) -> _Weighted:
    ones = np.ones(len(y))
    weights = np.linalg.solve(V + tau2 * np.eye(len(y)), np.column_stack([ones, y]))
    variance = 1 / float(ones @ weights[:, 0])
    mean = variance * float(ones @ weights[:, 1])
    left = y - mean
    square = float(left @ np.linalg.solve(V + tau2 * np.eye(len(y)), left))
    return _Weighted(mean, variance, square)


def between_variance(y: np.ndarray, V: np.ndarray) -> float:
    """Return tau2 by Paule & Mandel (1982): where the weighted squares are what they should be.

    Parameters
    ----------
    y : ndarray, shape (k,)
    V : ndarray, shape (k, k)
        Known covariance of the estimates.

    Returns
    -------
    float
        The root of (y - m)'(V + tau2 I)^-1 (y - m) = k - 1, zero where there is none above zero;
        with a diagonal V the estimate of statsmodels' `combine_effects(method_re="pm")`.
    """
    k = len(y)
    if _at(0.0, y, V).square <= k - 1:
        return 0.0
    high = float(np.var(y, ddof=1)) + float(np.trace(V)) / k
    while _at(high, y, V).square > k - 1:
        high *= 2
    return float(brentq(lambda tau2: _at(tau2, y, V).square - (k - 1), 0.0, high, xtol=1e-14))


def restricted_likelihood(tau2: float, y: np.ndarray, V: np.ndarray) -> float:
    """Return the restricted log likelihood of tau2 up to a constant (Viechtbauer 2005, eq. 11)."""
    found = _at(tau2, y, V)
    determinant = np.linalg.slogdet(V + tau2 * np.eye(len(y)))[1]
    return float(-0.5 * (determinant - np.log(found.variance) + found.square))


def pool(y: np.ndarray, V: np.ndarray, level: float = 0.95, tau2: float | None = None) -> Pooled:
    """Pool estimates of one effect in several studies.

    Parameters
    ----------
    y : ndarray, shape (k,)
    V : ndarray, shape (k, k)
        Covariance of the estimates, taken as known.
    level : float
        Of the intervals.
    tau2 : float, optional
        Variance between studies, where another estimator has it.

    Notes
    -----
    The mean is that of generalised least squares with covariance V + tau2 I. Its variance is
    multiplied by Hartung & Knapp's (2001) scale and compared with t(k - 1), as statsmodels'
    `combine_effects(use_t=True)` does for independent estimates; a scale under one, which a few
    homogeneous studies produce by chance, is set to one (Roever, Knapp & Friede 2015). The
    prediction interval is that of Higgins, Thompson & Spiegelhalter (2009, eq. 12), t(k - 2).

    Raises
    ------
    EstimationFailure
        With fewer than two estimates.
    """
    k = len(y)
    if k < 2:
        raise EstimationFailure("too_few_rows", f"{k} estimates are too few to be pooled")
    tau2 = between_variance(y, V) if tau2 is None else tau2
    found, fixed = _at(tau2, y, V), _at(0.0, y, V)
    scale = found.square / (k - 1)
    error = float(np.sqrt(found.variance * max(1.0, scale)))
    half = float(Student(k - 1).ppf((1 + level) / 2)) * error
    reach = np.nan
    if k >= PREDICTED_FROM:
        reach = float(Student(k - 2).ppf((1 + level) / 2)) * float(np.sqrt(tau2 + error**2))
    return Pooled(
        k=k,
        estimate=found.mean,
        std_error=error,
        statistic=found.mean / error,
        p_value=float(2 * Student(k - 1).sf(abs(found.mean) / error)),
        conf_low=found.mean - half,
        conf_high=found.mean + half,
        tau2=tau2,
        scale=scale,
        q=fixed.square,
        q_p=float(ChiSquared(k - 1).sf(fixed.square)),
        i2=max(0.0, 1 - (k - 1) / fixed.square) if fixed.square > 0 else 0.0,
        predicted_low=found.mean - reach,
        predicted_high=found.mean + reach,
    )


def independent(y: np.ndarray, variances: np.ndarray) -> tuple[float, float, float]:
    """Return estimate, standard error and tau2 as if the estimates were independent (statsmodels:
    Paule & Mandel, Hartung & Knapp), to stand beside those that know of the same states.
    """
    from statsmodels.stats.meta_analysis import combine_effects

    found = combine_effects(y, variances, method_re="iterated", use_t=True)
    return float(found.mean_effect_re), float(found.sd_eff_w_re_hksj), float(found.tau2)
