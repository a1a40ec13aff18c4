"""Tail probabilities and quantiles: the numbers of scipy.stats to the last digit."""

from __future__ import annotations

import numpy as np
import pytest
from coalition.base.distributions import ChiSquared, Student, norm, normal_or_t
from scipy import stats

X = np.concatenate(
    [np.random.default_rng(0).normal(0, 5, 500), [0.0, np.inf, -np.inf, np.nan, 38.0, -38.0]]
)
Q = np.concatenate([np.random.default_rng(1).uniform(0, 1, 500), [1e-300, 0.5, 1 - 1e-16]])


def test_normal() -> None:
    np.testing.assert_array_equal(norm.cdf(X), stats.norm.cdf(X))
    np.testing.assert_array_equal(norm.sf(X), stats.norm.sf(X))
    np.testing.assert_array_equal(norm.ppf(Q), stats.norm.ppf(Q))


@pytest.mark.parametrize("df", [1, 3, 12.345, 187])
def test_student_and_chi_squared(df: float) -> None:
    np.testing.assert_array_equal(Student(df).cdf(X), stats.t.cdf(X, df))
    np.testing.assert_array_equal(Student(df).sf(X), stats.t.sf(X, df))
    np.testing.assert_array_equal(Student(df).ppf(Q), stats.t.ppf(Q, df))
    np.testing.assert_array_equal(ChiSquared(df).sf(X), stats.chi2.sf(X, df))
    np.testing.assert_array_equal(ChiSquared(df).ppf(Q), stats.chi2.ppf(Q, df))


def test_normal_where_there_are_no_degrees_of_freedom() -> None:
    assert normal_or_t(None) == norm
    assert normal_or_t(4) == Student(4)
