"""Fuzzy sets, Lee bounds, priors, and the covariance of estimates that share states."""

from __future__ import annotations

import numpy as np
import pytest
from coalition.estimators import fit, logit
from coalition.estimators.fit_types import Design, EstimationFailure
from coalition.inference import fuzzy_sets, meta_analysis, stacked
from coalition.inference.lee_bounds import imbens_manski, lee_bounds, trimmed_mean
from coalition.inference.likelihoods import LIKELIHOODS
from coalition.inference.normal_prior import maximum_a_posteriori, prior_std
from scipy import optimize


def test_anchors_have_ragins_memberships() -> None:
    found = fuzzy_sets.calibrate(np.array([10.0, 20.0, 50.0, 15.0]), 10, 20, 50)
    np.testing.assert_allclose(found, [0.0474, 0.5, 0.9526, 0.1824], atol=5e-5)


def test_anchors_have_to_rise() -> None:
    with pytest.raises(ValueError, match="anchors"):
        fuzzy_sets.calibrate(np.array([1.0]), 2, 1, 3)


def test_sufficiency_by_hand() -> None:
    """X = .8 .6 .3 .1, Y = .9 .4 .5 .7: min .8 .4 .3 .1, with 1 - Y .1 .4 .3 .1."""
    found = fuzzy_sets.sufficiency(np.array([0.8, 0.6, 0.3, 0.1]), np.array([0.9, 0.4, 0.5, 0.7]))
    assert found.consistency == pytest.approx(1.6 / 1.8)
    assert found.coverage == pytest.approx(1.6 / 2.5)
    assert found.pri == pytest.approx((1.6 - 0.9) / (1.8 - 0.9))
    assert found.necessity_relevance == pytest.approx(2.2 / 2.4)
    assert (found.members, found.members_in_outcome, found.cases) == (2, 1, 4)


def test_crisp_sets_are_shares() -> None:
    """With memberships 0 and 1, consistency and PRI are P(Y | X) and coverage is P(X | Y)."""
    x, y = np.array([1.0, 1, 1, 0, 0]), np.array([1.0, 1, 0, 1, 0])
    found = fuzzy_sets.sufficiency(x, y)
    assert (found.consistency, found.pri, found.coverage) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert np.isnan(fuzzy_sets.sufficiency(np.zeros(2), np.ones(2)).consistency)


def test_pri_of_a_set_and_its_negation_sum_to_one() -> None:
    generator = np.random.default_rng(1)
    x, y = generator.random((2, 50))
    either = fuzzy_sets.sufficiency(x, y).pri + fuzzy_sets.sufficiency(x, 1 - y).pri
    a, b, m = np.minimum(x, y).sum(), np.minimum(x, 1 - y).sum(), np.min([x, y, 1 - y], 0).sum()
    assert either == pytest.approx((a + b - 2 * m) / (x.sum() - m))


def test_trimmed_mean_cuts_values_in_part() -> None:
    values = np.array([3.0, 1.0, 2.0, 4.0])
    assert trimmed_mean(values, 0.375, "top") == pytest.approx((1 + 2 + 0.5 * 3) / 2.5)
    assert trimmed_mean(values, 0.375, "bottom") == pytest.approx((4 + 3 + 0.5 * 2) / 2.5)


def _lee(flip: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ten rows a group; of the treated 8, of the others 4 are selected: half of the 8 is cut."""
    outcome = np.array([0, 0, 1, 1, 2, 2, 3, 3, 9, 9, 1, 1, 2, 2, *[9] * 6], float)
    selected = np.array([True] * 8 + [False] * 2 + [True] * 4 + [False] * 6)
    treated = np.array([True] * 10 + [False] * 10)
    return outcome, selected, ~treated if flip else treated


def test_lee_bounds_by_hand() -> None:
    found = lee_bounds(*_lee(), np.arange(20), replicates=50, seed=1)
    assert (found.low, found.high) == pytest.approx((0.5 - 1.5, 2.5 - 1.5))
    assert (found.unadjusted, found.trimmed, found.group) == (0.0, 0.5, "high")
    turned = lee_bounds(*_lee(flip=True), np.arange(20), replicates=50, seed=1)
    assert (turned.low, turned.high, turned.group) == (-1.0, 1.0, "low")
    assert found.conf_low < found.low < found.high < found.conf_high


def test_lee_bounds_need_selected_rows() -> None:
    outcome, selected, treated = _lee()
    with pytest.raises(EstimationFailure, match="no selected"):
        lee_bounds(outcome, selected & treated, treated, np.arange(20), 10, 1)


def test_imbens_manski_lies_between_one_and_two_sided() -> None:
    assert imbens_manski(0.0, 1.0, 0.95) == pytest.approx(1.95996, abs=1e-4)
    assert imbens_manski(50.0, 1.0, 0.95) == pytest.approx(1.64485, abs=1e-4)


def _sample(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    X = np.column_stack([np.ones(n), generator.standard_normal((n, 2)) * [1.0, 3.0]])
    chance = 1 / (1 + np.exp(-X @ [0.2, 1.0, -0.3]))
    return (generator.random(n) < chance).astype(float), X


def test_prior_of_an_odds_ratio() -> None:
    assert prior_std(4.0) == pytest.approx(np.log(4) / 1.959964, abs=1e-6)


def test_posterior_against_a_general_optimiser() -> None:
    y, X = _sample(60, 3)
    found = maximum_a_posteriori(
        LIKELIHOODS["logit"], y, X, ("const", "a", "b"), (0.5, 1.0), np.zeros(3)
    )
    Z = np.column_stack([X[:, 0], (X[:, 1:] - X[:, 1:].mean(0)) / X[:, 1:].std(0, ddof=1)])

    def loss(params: np.ndarray) -> float:
        fall = np.logaddexp(0, -(2 * y - 1) * (Z @ params)).sum()
        return fall + (params**2 / np.array([200, 0.5, 2.0])).sum()

    best = optimize.minimize(loss, np.zeros(3), method="BFGS", options={"gtol": 1e-10}).x
    np.testing.assert_allclose([of.estimate for of in found], best[1:], atol=1e-5)
    step, curve = 1e-3, np.empty((3, 3))
    for a in range(3):
        for b in range(3):
            e, f = step * np.eye(3)[a], step * np.eye(3)[b]
            parts = (
                loss(best + e + f) - loss(best + e - f) - loss(best - e + f) + loss(best - e - f)
            )
            curve[a, b] = parts / (4 * step**2)
    errors = np.sqrt(np.diag(np.linalg.inv(curve)))[1:]
    np.testing.assert_allclose([of.std_error for of in found], errors, rtol=1e-4)


def test_wide_prior_is_maximum_likelihood_and_narrow_is_zero() -> None:
    y, X = _sample(80, 4)
    names, start = ("const", "a", "b"), np.zeros(3)
    scale = X[:, 1:].std(axis=0, ddof=1)
    wide = maximum_a_posteriori(LIKELIHOODS["logit"], y, X, names, (1e3, 1e3), start)
    top = logit.maximise(y, X, None)[0]
    np.testing.assert_allclose([of.estimate for of in wide], top[1:] * scale, rtol=5e-3)
    narrow = maximum_a_posteriori(LIKELIHOODS["logit"], y, X, names, (1e-3, 1e-3), start)
    assert max(abs(of.estimate) for of in narrow) < 1e-3


def test_posterior_of_an_ordered_logit_orders_its_cuts() -> None:
    y, X = _sample(90, 5)
    y = y + (X[:, 1] > 0.5)  # three levels
    start = np.array([0.0, 0.0, -1.0, 1.0])
    found = maximum_a_posteriori(
        LIKELIHOODS["ordered_logit"], y, X, ("const", "a", "b"), (0.5, 0.5), start
    )
    assert [of.term for of in found] == ["a", "b"]
    assert found[0].positive > 0.99


def test_stacked_covariance_is_that_of_one_interacted_model() -> None:
    """Two samples with shared states: the fully interacted pooled logit, clustered by state, has
    the covariance between the two estimates as a block of its sandwich."""
    (y1, X1), (y2, X2) = _sample(70, 6), _sample(50, 7)
    states = [np.arange(70), np.arange(20, 70)]
    parts, names = [], ("const", "a", "b")
    for y, X, of in ((y1, X1, states[0]), (y2, X2, states[1])):
        found = fit("logit", Design(y, X, names, ("0", "1"), None))
        bread = np.linalg.inv(-logit.hessian(found.params, X))
        values = logit.scores(found.params, y, X) @ bread[:, 1]
        parts.append(stacked.Influence(of, values, float(found.std_error[1])))
    zero = np.zeros((70, 3)), np.zeros((50, 3))
    X = np.vstack([np.hstack([X1, zero[0]]), np.hstack([zero[1], X2])])
    y, groups = np.concatenate([y1, y2]), np.concatenate(states)
    params = logit.maximise(y, X, None)[0]
    bread = np.linalg.inv(-logit.hessian(params, X))
    sums = np.zeros((70, 6))
    np.add.at(sums, groups, logit.scores(params, y, X))
    whole = bread @ sums.T @ sums @ bread
    expected = whole[1, 4] / np.sqrt(whole[1, 1] * whole[4, 4])
    matrix = stacked.correlation(parts)
    assert matrix[0, 1] == pytest.approx(expected, rel=1e-6)
    assert np.linalg.eigvalsh(stacked.covariance(parts)).min() >= 0


def test_without_shared_states_estimates_are_independent() -> None:
    parts = [
        stacked.Influence(np.array(["A", "B"]), np.array([1.0, -1.0]), 0.5),
        stacked.Influence(np.array(["C", "D"]), np.array([2.0, -1.0]), 0.4),
    ]
    np.testing.assert_allclose(stacked.covariance(parts), np.diag([0.25, 0.16]))


def test_shared_states_widen_the_pooled_error() -> None:
    y, errors = np.array([0.5, 0.3, 0.4]), np.array([0.2, 0.2, 0.2])
    alone = meta_analysis.pool(y, np.diag(errors**2))
    shared = meta_analysis.pool(y, np.outer(errors, errors) * (0.5 * np.eye(3) + 0.5))
    assert shared.std_error > alone.std_error
    assert np.isnan(meta_analysis.pool(y[:2], np.diag(errors[:2] ** 2)).predicted_low)
    with pytest.raises(EstimationFailure):
        meta_analysis.pool(y[:1], np.eye(1))
