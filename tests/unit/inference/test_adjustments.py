"""Equivalence, sensitivity, replicates: by hand."""

from __future__ import annotations

import numpy as np
import pytest
from coalition.estimators.fit_types import EstimationFailure
from coalition.inference import sensitivity
from coalition.inference.equivalence import two_one_sided_tests
from coalition.inference.methods import one_sided
from coalition.inference.replicates import invert, p_equal_tailed, p_symmetric
from scipy import stats


def test_equivalence_is_the_interval_within_the_margins() -> None:
    """Both one-sided tests reject at 5% exactly where the 90% interval lies within the margins."""
    for estimate in np.linspace(-0.6, 0.6, 25):
        half = stats.t(12).ppf(0.95) * 0.15
        inside = estimate - half > -0.4 and estimate + half < 0.4
        assert (two_one_sided_tests(estimate, 0.15, 0.4, df=12).p_value < 0.05) == inside
    assert two_one_sided_tests(0.0, 0.1, 0.2).p_below == pytest.approx(stats.norm.cdf(-2))
    with pytest.raises(ValueError, match="above zero"):
        two_one_sided_tests(0.0, 0.1, 0.0)


def test_p_values_count_the_sample_once() -> None:
    replicates = np.array([-3.0, -1.0, 0.0, 1.0, 3.0])
    assert p_symmetric(3.0, replicates, exhaustive=True) == pytest.approx(2 / 5)
    assert p_symmetric(3.0, replicates, exhaustive=False) == pytest.approx(3 / 6)
    assert p_equal_tailed(3.0, replicates, exhaustive=True) == pytest.approx(2 / 5)
    # what is no number counts against
    assert p_symmetric(1.0, np.array([np.nan, 0.0]), exhaustive=True) == pytest.approx(1 / 2)
    assert p_equal_tailed(1.0, np.array([np.nan, 0.0, -1.0]), exhaustive=True) == 2 / 3
    # a tie but for rounding
    assert p_symmetric(1 / 3, np.array([(0.1 + 0.2) / 0.9, 0.0]), exhaustive=True) == pytest.approx(
        1 / 2
    )


def test_inverting_a_normal_test_gives_the_normal_interval() -> None:
    low, high = invert(lambda value: 2 * stats.norm.sf(abs(value - 1.5) / 0.4), 1.5, 0.4, 0.05)
    half = stats.norm.ppf(0.975) * 0.4
    assert (low, high) == pytest.approx((1.5 - half, 1.5 + half), abs=1e-4)


def test_one_sided() -> None:
    assert one_sided(2.0, 0.04, 1) == pytest.approx(0.02)
    assert one_sided(2.0, 0.04, -1) == pytest.approx(0.98)


def test_the_robustness_value_is_what_it_says() -> None:
    """A confounder as strong as the robustness value with both brings the estimate to zero, or its
    interval's end to zero.
    """
    t, df = 3.1, 60
    strength = sensitivity.robustness_value(t, df)
    assert sensitivity.adjusted(t * 0.2, 0.2, df, strength, strength)[0] == pytest.approx(
        0, abs=1e-12
    )
    strength = sensitivity.robustness_value(t, df, alpha=0.05)
    estimate, error = sensitivity.adjusted(t * 0.2, 0.2, df, strength, strength)
    assert estimate / error == pytest.approx(stats.t.ppf(0.975, df - 1))
    assert sensitivity.robustness_value(1.0, 60, alpha=0.05) == 0.0


def test_adjusting_for_a_confounder_gives_what_fitting_it_gives() -> None:
    rng = np.random.default_rng(2)
    n = 80
    x, z = rng.normal(size=(2, n))
    d = 0.5 * x + 0.6 * z + rng.normal(size=n)
    y = d + x + 0.8 * z + rng.normal(size=n)
    short, long = np.column_stack([np.ones(n), d, x]), np.column_stack([np.ones(n), d, x, z])
    left = sensitivity.least_squares(y, short)
    whole, treatment = (
        sensitivity.least_squares(y, long),
        sensitivity.least_squares(d, long[:, [0, 2, 3]]),
    )
    r2 = [
        sensitivity.partial_r2(of.estimates[j] / of.std_error[j], of.df)
        for of, j in ((treatment, 2), (whole, 3))
    ]
    estimate, error = sensitivity.adjusted(left.estimates[1], left.std_error[1], left.df, *r2)
    assert (estimate, error) == pytest.approx((whole.estimates[1], whole.std_error[1]))


def test_a_benchmark_that_can_not_be() -> None:
    with pytest.raises(EstimationFailure, match="3 times"):
        sensitivity.bound(0.4, 0.1, 3)
