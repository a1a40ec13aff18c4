"""A statistic and its replicates under the null -> p-values, and intervals by inverting the
test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

TIE = 1e-9
"""Relative difference under which a replicate equals the statistic: rounding must not decide
whether the sample itself counts.
"""
FARTHEST, HALVINGS = 1e4, 16
"""Widths from the estimate at which the search for an end gives up; halvings of a bracket (to
1/65,536 of it).
"""


def p_symmetric(statistic: float, replicates: np.ndarray, exhaustive: bool) -> float:
    """Return the share of replicates at least as far from zero; drawn ones have the sample itself
    added (Phipson & Smyth 2010).
    """
    extra = 0 if exhaustive else 1
    # a replicate that is not a number counts as far
    below = (np.abs(replicates) < abs(statistic) * (1 - TIE)).sum()
    return float((len(replicates) - below + extra) / (len(replicates) + extra))


def p_equal_tailed(statistic: float, replicates: np.ndarray, exhaustive: bool) -> float:
    """Return twice the smaller share of replicates on either side, at most 1 (Davidson & MacKinnon
    2004, chapter 4); a replicate that is not a number counts on both.
    """
    extra, tie = 0 if exhaustive else 1, TIE * abs(statistic)
    left, right = (~(replicates > statistic + tie)).sum(), (~(replicates < statistic - tie)).sum()
    return float(min(1.0, 2 * (min(left, right) + extra) / (len(replicates) + extra)))


def invert(
    p_value: Callable[[float], float], estimate: float, width: float, alpha: float
) -> tuple[float, float]:
    """Return the ends of the interval of values that a test does not reject at `alpha`.

    Parameters
    ----------
    p_value : callable
        Value of the parameter -> p-value of the test of that value.
    estimate : float
        A value that is not rejected.
    width : float
        Where the search begins to look: a standard error or so.

    Returns
    -------
    low, high
        Infinite where no value on that side is rejected.
    """
    return _end(p_value, estimate, -width, alpha), _end(p_value, estimate, width, alpha)


def _end(p_value: Callable[[float], float], estimate: float, step: float, alpha: float) -> float:
    inside, reach = estimate, 2 * step
    while p_value(estimate + reach) >= alpha:
        inside, reach = estimate + reach, 1.5 * reach
        if abs(reach) > FARTHEST * abs(step):
            return float(np.sign(step) * np.inf)
    outside = estimate + reach
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if p_value(middle) >= alpha else (inside, middle)
    return inside


@dataclass(frozen=True)
class LinearReplicates:
    """The t statistic of one coefficient of a linear model and its replicates, for every value that
    it is tested against.

    estimate, std_error : of the coefficient
    numerator : (2, B), a replicate's numerator is numerator[0] - d numerator[1], d the tested value
        minus the estimate
    variance : (3, B), its variance is variance[0] - 2 d variance[1] + d^2 variance[2]
    exhaustive : whether the replicates are every possible one

    Restricted residuals are linear in the tested value, so that a new value costs no new
    replicates.
    """

    estimate: float
    std_error: float
    numerator: np.ndarray
    variance: np.ndarray
    exhaustive: bool

    def at(self, value: float) -> tuple[float, np.ndarray]:
        """Return the statistic and its replicates where the coefficient is tested against a
        value.
        """
        d = value - self.estimate
        numerator = self.numerator[0] - d * self.numerator[1]
        variance = self.variance[0] - 2 * d * self.variance[1] + d**2 * self.variance[2]
        with np.errstate(divide="ignore", invalid="ignore"):
            return -d / self.std_error, numerator / np.sqrt(np.maximum(variance, 0))

    def p_value(self, value: float = 0.0) -> float:
        """Return the symmetric p-value."""
        return p_symmetric(*self.at(value), self.exhaustive)

    def p_equal_tailed(self, value: float = 0.0) -> float:
        """Return the equal-tailed p-value."""
        return p_equal_tailed(*self.at(value), self.exhaustive)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the values that the symmetric test does not reject."""
        return invert(self.p_value, self.estimate, self.std_error, 1 - level)
