"""Tail probabilities and quantiles of the normal, t and chi-squared distributions.

They are those of scipy.special under the names that scipy.stats gives them: the same numbers to the
last digit, but scipy.stats takes longer to import than most steps of a run take to compute.
scipy.special itself is imported by the first call: a check of the data needs none of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import scipy

Number = TypeVar("Number", float, np.ndarray)


class Distribution(Protocol):
    """What tests and intervals are read from; every function takes and gives a number, or an array
    of any shape.
    """

    def cdf(self, x: Number) -> Number:
        """Return the probability below x."""

    def sf(self, x: Number) -> Number:
        """Return the probability above x."""

    def ppf(self, q: Number) -> Number:
        """Return the quantile: below it lies the probability q, between 0 and 1."""


@dataclass(frozen=True)
class Normal:
    """The standard normal distribution."""

    def cdf(self, x: Number) -> Number:
        """Return the probability below x."""
        return scipy.special.ndtr(x)

    def sf(self, x: Number) -> Number:
        """Return the probability above x."""
        return scipy.special.ndtr(-x)

    def ppf(self, q: Number) -> Number:
        """Return the quantile: below it lies the probability q, between 0 and 1."""
        return scipy.special.ndtri(q)


@dataclass(frozen=True)
class Student:
    """Student's t distribution with df degrees of freedom."""

    df: float

    def cdf(self, x: Number) -> Number:
        """Return the probability below x."""
        return scipy.special.stdtr(self.df, x)

    def sf(self, x: Number) -> Number:
        """Return the probability above x."""
        return scipy.special.stdtr(self.df, -x)

    def ppf(self, q: Number) -> Number:
        """Return the quantile: below it lies the probability q, between 0 and 1."""
        return scipy.special.stdtrit(self.df, q)


@dataclass(frozen=True)
class ChiSquared:
    """The chi-squared distribution with df degrees of freedom."""

    df: float

    def sf(self, x: Number) -> Number:
        """Return the probability above x; 1 below zero, where rounding can leave a likelihood
        ratio.
        """
        return scipy.special.chdtrc(self.df, np.maximum(x, 0.0))

    def ppf(self, q: Number) -> Number:
        """Return the quantile: below it lies the probability q, between 0 and 1."""
        return 2 * scipy.special.gammaincinv(self.df / 2, q)


norm = Normal()


def normal_or_t(df: float | None) -> Distribution:
    """Return the t distribution with df degrees of freedom; the standard normal one where there are
    none.
    """
    return norm if df is None else Student(df)
