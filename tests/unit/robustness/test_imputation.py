"""The imputation model and the rules by which completed data sets are pooled."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.estimators.fit_types import EstimationFailure
from coalition.robustness import missing_data
from coalition.robustness.imputation import em, impute
from coalition.robustness.rubin import rubin
from scipy import stats


def drawn(n: int, seed: int = 1) -> np.ndarray:
    covariance = [[1.0, 0.6, 0.3], [0.6, 1.0, 0.2], [0.3, 0.2, 1.0]]
    return np.random.default_rng(seed).multivariate_normal([0.0, 1.0, -1.0], covariance, size=n)


def test_without_gaps_em_gives_the_mean_and_the_covariance() -> None:
    values = drawn(80)
    normal = em(values, ridge=0.0)
    np.testing.assert_allclose(normal.mean, values.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(normal.covariance, np.cov(values.T, bias=True), atol=1e-12)


def test_with_one_column_of_gaps_em_gives_andersons_closed_form() -> None:
    """Anderson (1957): the regression on complete rows, evaluated at the mean of all rows. EM stops
    at 1e-4, hence the tolerance.
    """
    values = drawn(200)
    gaps = np.random.default_rng(2).random(200) < 0.4
    x, y = values[:, :2], values[:, 2].copy()
    design = np.column_stack([np.ones((~gaps).sum()), x[~gaps]])
    beta, left = np.linalg.lstsq(design, y[~gaps], rcond=None)[:2]
    mean = beta[0] + x.mean(axis=0) @ beta[1:]
    variance = left[0] / (~gaps).sum() + beta[1:] @ np.cov(x.T, bias=True) @ beta[1:]
    values[gaps, 2] = np.nan
    normal = em(values, ridge=0.0)
    assert normal.mean[2] == pytest.approx(mean, abs=1e-3)
    assert normal.covariance[2, 2] == pytest.approx(variance, abs=1e-3)


def test_known_values_stay_and_gaps_are_filled_the_same_with_the_same_seed() -> None:
    values = drawn(60)
    values[::4, 0] = np.nan
    values[1::5, 2] = np.nan
    known = ~np.isnan(values)
    first, again = (impute(values, 3, np.random.default_rng(7)) for _ in range(2))
    for copy, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(copy[known], values[known])
        np.testing.assert_array_equal(copy, other)
        assert np.isfinite(copy).all()
    assert not np.allclose(first[0][~known], first[1][~known])


def test_a_variable_that_is_never_known_can_not_be_imputed() -> None:
    values = drawn(20)
    values[:, 1] = np.nan
    with pytest.raises(EstimationFailure, match="never known"):
        em(values, ridge=0.2)


def test_rubins_rules() -> None:
    """Within 0.04, between 0.01: total 0.04 + 1.25 x 0.01 = 0.0525 with m = 4; large-sample df
    (m-1)/(0.0125/0.0525)^2.
    """
    estimates = (
        np.array([1.0, 1.1, 0.9, 1.0]) + np.array([1, -1, -1, 1]) * np.sqrt(0.01 * 3 - 0.02) / 2
    )
    pooled = rubin(estimates, [0.2] * 4, np.inf)
    assert np.var(estimates, ddof=1) == pytest.approx(0.01)
    assert pooled.std_error == pytest.approx(np.sqrt(0.0525))
    assert pooled.df == pytest.approx(3 / (0.0125 / 0.0525) ** 2)
    assert pooled.conf_high - pooled.estimate == pytest.approx(
        stats.t.ppf(0.975, pooled.df) * pooled.std_error
    )


def test_degrees_of_freedom_never_exceed_those_of_complete_data() -> None:
    for share in (0.0, 0.01, 0.2):
        pooled = rubin([1.0, 1.0 + share, 1.0 - share], [0.2] * 3, 50)
        assert pooled.df <= 50
    assert rubin([1.0, 1.0, 1.0], [0.2] * 3, 50).missing == 0


def test_one_data_set_pools_to_itself() -> None:
    pooled = rubin([0.4], [0.1], np.inf)
    assert (pooled.estimate, pooled.std_error, pooled.missing) == (0.4, 0.1, 0.0)


def test_a_response_that_is_not_known_is_no_level() -> None:
    """As zeros in every column it would be the first level, and impute as if the state had
    abstained.
    """
    responses = pd.Series(["abstain", "reserved", None, "unreserved"])
    columns = missing_data.outcome_columns(responses, {"family": "multinomial_logit"})
    np.testing.assert_equal(columns.to_numpy(), [[0, 0], [1, 0], [np.nan, np.nan], [0, 1]])
