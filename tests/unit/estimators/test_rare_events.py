"""The rare-events logit: what its corrections do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coalition.estimators import fit, rare_events
from coalition.estimators.fit_types import Design, EstimationFailure
from scipy.special import expit
from simulated import design


def test_without_a_population_share_the_constant_is_corrected_for_bias_alone() -> None:
    assert rare_events.intercept_correction(0.3, 0.3) == pytest.approx(0)
    data = design("logit")
    plain = fit("logit", data)
    corrected = fit("rare_events_logit", data)
    np.testing.assert_allclose(
        plain.params - corrected.params, rare_events.bias(plain.params, data.X, data.y)
    )
    np.testing.assert_array_equal(corrected.std_error, plain.std_error)


def test_the_prior_correction_recovers_the_constant_of_a_sample_of_cases_and_controls() -> None:
    """Every event and one in twenty of the others: the corrected constant is that of the whole
    population, the others' chance rows apart.
    """
    rng = np.random.default_rng(4)
    x = rng.normal(size=200_000)
    y = (rng.random(len(x)) < expit(-5 + x)).astype(float)
    kept = (y == 1) | (rng.random(len(x)) < 0.05)
    whole = np.column_stack([np.ones(len(x)), x])
    data = replace(
        design("logit"), y=y[kept], X=whole[kept], names=("const", "x"), groups=None, products=()
    )
    uncorrected, result = (
        fit("logit", data),
        fit("rare_events_logit", replace(data, population_share=float(y.mean()))),
    )
    assert abs(uncorrected.params[0] + 5) > 10 * uncorrected.std_error[0]
    # 3.3 standard errors: chance of 1 in 1,000
    assert np.all(np.abs(result.params - [-5, 1]) < 3.3 * result.std_error)


def case_control(clustered: bool = False) -> tuple[Design, float]:
    """Return a sample, half of it events, and the share of events in a population for which every
    other row stands four times as often.
    """
    data = design("logit", n=400, clusters=20 if clustered else None)
    rows = np.concatenate(
        [
            np.flatnonzero(data.y == of)[: min(data.y.sum(), (1 - data.y).sum()).astype(int)]
            for of in (0, 1)
        ]
    )
    groups = None if data.groups is None else data.groups[rows]
    return replace(
        data,
        y=data.y[rows],
        X=data.X[rows],
        groups=groups,
        case_control="weighting",
        population_share=0.2,
    ), 0.2


def test_weights_stand_for_rows_of_the_population() -> None:
    """The likelihood that weights each other row four times an event is that of a sample that holds
    it four times.
    """
    data, share = case_control()
    assert data.y.mean() == 0.5
    weights = rare_events.sampling_weights(0.5, share)
    found = fit("rare_events_logit", data)
    uncorrected = found.params + rare_events.bias(logit_of(data, weights), data.X, data.y, *weights)
    repeated = np.repeat(np.arange(len(data.y)), np.where(data.y == 1, 1, 4))
    whole = fit(
        "logit", replace(data, y=data.y[repeated], X=data.X[repeated], population_share=None)
    )
    # two climbs to one maximum, each to a decrement below 1e-10
    np.testing.assert_allclose(uncorrected, whole.params, atol=1e-8)
    np.testing.assert_allclose(uncorrected, logit_of(data, weights), atol=1e-12)


def logit_of(data: Design, weights: tuple[float, float]) -> np.ndarray:
    return fit("logit", replace(data, weights=np.where(data.y == 1, *weights))).params


@pytest.mark.parametrize("weight", [0.4, 1.0, 2.5])
def test_the_bias_is_that_of_the_mean_whose_curve_is_followed_numerically(weight: float) -> None:
    """Bias = (X'WX)^-1 X'W xi, xi = -Q mu''/(2 mu') with mu = expit(eta)^w (King & Zeng 2001): mu',
    mu'' by differences.
    """
    data = design("logit", n=150, clusters=None)
    beta, other, step = fit("logit", data).params, (1 - 0.3 * weight) / 0.7, 1e-4
    eta = data.X @ beta
    low, middle, high = (expit(eta + shift) ** weight for shift in (-step, 0, step))
    ratio = ((high - 2 * middle + low) / step**2) / ((high - low) / (2 * step))
    spread = expit(eta) * expit(-eta) * np.where(data.y == 1, weight, other)
    root = np.sqrt(spread)[:, None] * data.X
    q = np.diag(data.X @ np.linalg.pinv(root.T @ root) @ data.X.T)
    expected = np.linalg.lstsq(root, np.sqrt(spread) * (-0.5 * q * ratio), rcond=None)[0]
    # second differences of step h err by h^2/12 of the fourth derivative and by rounding, 1e-16 /
    # h^2: both about 1e-8
    np.testing.assert_allclose(
        rare_events.bias(beta, data.X, data.y, weight, other), expected, rtol=1e-6, atol=1e-8
    )


def test_weighting_has_robust_standard_errors_and_clustered_ones_where_there_are_clusters() -> None:
    for clustered, kind in ((False, "hc1"), (True, "cluster")):
        data, share = case_control(clustered)
        weights = np.where(data.y == 1, *rare_events.sampling_weights(0.5, share))
        found, weighted = (
            fit("rare_events_logit", data),
            fit("logit", replace(data, weights=weights)),
        )
        assert found.inference["covariance"] == kind
        np.testing.assert_array_equal(found.covariance, weighted.covariance)


@pytest.mark.long
def test_weighting_finds_the_best_approximation_and_the_prior_correction_does_not() -> None:
    """The truth bends and the model does not: in a sample taken by the outcome only weights give
    what the whole population gives.
    """
    rng = np.random.default_rng(5)
    x = rng.normal(size=400_000)
    y = (rng.random(len(x)) < expit(-4 + x + 0.8 * x**2)).astype(float)
    kept = (y == 1) | (rng.random(len(x)) < 0.1)
    whole = replace(
        design("logit"),
        y=y,
        X=np.column_stack([np.ones(len(x)), x]),
        names=("const", "x"),
        groups=None,
        products=(),
    )
    sampled = replace(whole, y=y[kept], X=whole.X[kept], population_share=float(y.mean()))
    truth = fit("logit", whole).params
    prior, weighting = (
        fit("rare_events_logit", replace(sampled, case_control=kind))
        for kind in ("prior", "weighting")
    )
    # 3.3 standard errors: chance of 1 in 1,000
    assert np.all(np.abs(weighting.params - truth) < 3.3 * weighting.std_error)
    assert np.abs(prior.params - truth).max() > 10 * prior.std_error.max()


def test_without_a_population_share_there_is_nothing_to_weight_to() -> None:
    data, _ = case_control()
    without = replace(data, population_share=None)
    np.testing.assert_array_equal(
        fit("rare_events_logit", without).params,
        fit("rare_events_logit", replace(without, case_control="prior")).params,
    )


def test_a_separated_sample_has_no_estimate_to_correct() -> None:
    data, _ = case_control()
    with pytest.raises(EstimationFailure, match="separated"):
        fit(
            "rare_events_logit",
            replace(
                data,
                X=np.column_stack([data.X[:, :2], data.y]),
                names=("const", "a", "same"),
                products=(),
            ),
        )


def test_the_bias_correction_agrees_with_firth_to_first_order() -> None:
    """Both remove the bias of order 1/n (Firth 1993); what is left is of order 1/n^2, so far
    smaller than the correction.
    """
    data = design("logit", n=600, clusters=None)
    plain, ours, firth = (
        fit(family, data).params for family in ("logit", "rare_events_logit", "firth_logit")
    )
    assert np.abs(ours - firth).max() < 0.1 * np.abs(plain - firth).max()
