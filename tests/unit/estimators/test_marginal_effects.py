"""Marginal effects, corners and contrasts against closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from coalition.estimators import fit, predictor
from coalition.estimators.fit_types import Design
from coalition.estimators.marginal_effects import (
    CONTRASTS,
    average_marginal_effects,
    corner_probabilities,
    direction,
    jacobian,
    moved,
    observed_in_corners,
)
from scipy.special import expit, logit
from simulated import design

FAMILIES = (
    *(
        "logit",
        "firth_logit",
        "ordered_logit",
        "partial_ordered_logit",
        "multinomial_logit",
        "bias_reduced_ordered_logit",
        "bias_reduced_multinomial_logit",
        "sequential_logit",
    ),
    *("conditional_logit", "random_effects_cre_logit", "cre_logit_pooled"),
)


def test_the_logit_in_closed_form() -> None:
    """Estimates, and standard errors from the analytic Jacobian (Greene 2012, section 17.3.2,
    averaged over rows).
    """
    data = replace(
        design("logit"),
        X=design("logit").X[:, [0, 1, 2, 4]],
        names=("const", "a", "b", "d"),
        products=(),
    )
    result = fit("logit", data)
    one = expit(data.X @ result.params)
    density = one * (1 - one)
    slope = density * (1 - 2 * one)
    jacobians = [
        (slope[:, None] * data.X * result.params[j]).mean(axis=0) + density.mean() * np.eye(4)[j]
        for j in (1, 2)
    ]  # d/dbeta of mean(density) beta_j
    X1, X0 = data.X.copy(), data.X.copy()
    X1[:, 3], X0[:, 3] = 1, 0
    p1, p0 = expit(X1 @ result.params), expit(X0 @ result.params)
    jacobians.append(((p1 * (1 - p1))[:, None] * X1 - (p0 * (1 - p0))[:, None] * X0).mean(axis=0))
    found = average_marginal_effects("logit", result, data, ["a", "b", "d"])
    expected = [
        density.mean() * result.params[1],
        density.mean() * result.params[2],
        (p1 - p0).mean(),
    ]
    np.testing.assert_allclose([effect.estimate for effect in found], expected, rtol=1e-10)
    errors = [np.sqrt(row @ result.covariance @ row) for row in jacobians]
    np.testing.assert_allclose([effect.std_error for effect in found], errors, rtol=1e-7)


def test_the_multinomial_jacobian_in_closed_form() -> None:
    """d P_l / d beta_m = P_l (1[l = m] - P_m) x, averaged over rows, at one corner."""
    data = design("multinomial_logit")
    result = fit("multinomial_logit", data)
    X = moved(data, {1: 1.0, 2: -1.0})
    module = predictor("multinomial_logit", data)
    chance = module.probabilities(result.params, X)
    analytic = np.array(
        [
            np.concatenate(
                [
                    ((chance[:, of] * ((of == m) - chance[:, m]))[:, None] * X).mean(axis=0)
                    for m in (1, 2)
                ]
            )
            for of in (0, 1, 2)
        ]
    )
    numerical = jacobian(lambda params: module.probabilities(params, X).mean(axis=0), result.params)
    np.testing.assert_allclose(numerical, analytic, atol=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_products_move_along(family: str) -> None:
    """A finite step in a, products made anew, changes the average probability as its marginal
    effect says.
    """
    data = design(family)
    result = fit(family, data)
    step = 1e-5
    chance = predictor(family, data).probabilities
    up, down = data.X.copy(), data.X.copy()
    up[:, 1], down[:, 1] = up[:, 1] + step, down[:, 1] - step
    up[:, 3], down[:, 3] = up[:, 1] * up[:, 2], down[:, 1] * down[:, 2]
    slopes = (chance(result.params, up) - chance(result.params, down)).mean(axis=0) / (2 * step)
    found = [effect.estimate for effect in average_marginal_effects(family, result, data, ["a"])]
    np.testing.assert_allclose(found, slopes[1:] if len(data.levels) == 2 else slopes, atol=1e-9)


@pytest.mark.parametrize(
    "family", ["ordered_logit", "partial_ordered_logit", "multinomial_logit", "sequential_logit"]
)
def test_effects_on_all_levels_sum_to_zero(family: str) -> None:
    data = design(family)
    found = average_marginal_effects(family, fit(family, data), data, ["a", "d"])
    assert [(effect.term, effect.level) for effect in found] == [
        (term, level) for term in ("a", "d") for level in data.levels
    ]
    for term in ("a", "d"):
        assert sum(effect.estimate for effect in found if effect.term == term) == pytest.approx(
            0, abs=1e-12
        )


def test_the_direction_of_a_square_is_twice_its_root() -> None:
    data = design("logit")
    X = np.column_stack([data.X[:, 0], data.X[:, 1], data.X[:, 1] ** 2])
    square = Design(data.y, X, ("const", "a", "a:a"), data.levels, None, products=((2, (1, 1)),))
    np.testing.assert_allclose(direction(square, 1)[:, 2], 2 * X[:, 1])


def corners() -> tuple[Design, list, list]:
    data = design("multinomial_logit", n=300)
    return data, *corner_probabilities(
        "multinomial_logit", fit("multinomial_logit", data), data, "a", "b", 0.2, 0.8
    )


def test_corners_are_average_predictions() -> None:
    data, probabilities, _ = corners()
    result = fit("multinomial_logit", data)
    a, b = np.quantile(data.X[:, 1], 0.8), np.quantile(data.X[:, 2], 0.2)
    X = np.column_stack(
        [np.ones(300), np.full(300, a), np.full(300, b), np.full(300, a * b), data.X[:, 4]]
    )
    expected = predictor("multinomial_logit", data).probabilities(result.params, X).mean(axis=0)
    found = [effect for effect in probabilities if effect.term == "a=high, b=low"]
    assert [effect.level for effect in found] == list(data.levels)
    np.testing.assert_allclose([effect.estimate for effect in found], expected, rtol=1e-12)


def test_intervals_of_probabilities_are_symmetric_in_log_odds() -> None:
    """The derivative of the log odds is 1 / (p (1 - p)); an interval that is symmetric in p would
    pass 0 or 1.
    """
    for effect in corners()[1]:
        middle, half = (
            logit(effect.estimate),
            1.959963984540054 * effect.std_error / (effect.estimate * (1 - effect.estimate)),
        )
        np.testing.assert_allclose(
            [logit(effect.conf_low), logit(effect.conf_high)],
            [middle - half, middle + half],
            rtol=1e-9,
        )
        assert 0 < effect.conf_low < effect.estimate < effect.conf_high < 1


def test_rows_are_counted_where_both_terms_are_at_their_ends() -> None:
    data = design("multinomial_logit", n=300)
    found = {
        (effect.term, effect.level): effect.estimate
        for effect in observed_in_corners(data, "a", "b", 0.2, 0.8)
    }
    a, b = (pd.Series(data.X[:, column]) for column in (1, 2))
    there = (a >= a.quantile(0.8)) & (b <= b.quantile(0.2))
    expected = pd.Series(data.y)[there].value_counts()
    assert 5 < there.sum() < 30
    assert [found["a=high, b=low", level] for level in data.levels] == [
        expected.get(code, 0) for code in range(len(data.levels))
    ]


def test_contrasts_are_differences_of_corners() -> None:
    _, probabilities, contrasts = corners()
    at = {(effect.term, effect.level): effect.estimate for effect in probabilities}

    def change(level: str, second: str) -> float:
        return at[f"a=high, b={second}", level] - at[f"a=low, b={second}", level]

    expected = {
        "more_reserved": change("reserved", "high"),
        "less_abstaining": -change("abstain", "high"),
        "reserved_not_unreserved": change("reserved", "high") - change("unreserved", "high"),
        "more_reserved_at_low": change("reserved", "low"),
        "less_abstaining_at_low": -change("abstain", "low"),
        "reserved_not_unreserved_at_low": change("reserved", "low") - change("unreserved", "low"),
        "second_difference": change("reserved", "high") - change("reserved", "low"),
    }
    assert {effect.term: effect.estimate for effect in contrasts} == pytest.approx(
        expected, abs=1e-12
    )
    assert set(expected) == set(CONTRASTS)


def test_contrasts_need_their_levels() -> None:
    data = design("ordered_logit")
    probabilities, contrasts = corner_probabilities(
        "ordered_logit", fit("ordered_logit", data), data, "a", "b", 0.2, 0.8
    )
    assert len(probabilities) == 16
    assert contrasts == []


def test_delta_method_errors_are_those_of_a_simulation() -> None:
    """Draws of the parameters from their normal distribution: 4000 give the standard deviation to
    about 1.1%, so 4% is 3.5 of these.
    """
    data, _, contrasts = corners()
    result = fit("multinomial_logit", data)
    # small: the method is local
    draws = np.random.default_rng(1).multivariate_normal(
        result.params, result.covariance / 100, 4000
    )
    a, b = (np.quantile(data.X[:, j], (0.2, 0.8)) for j in (1, 2))
    low, high = moved(data, {1: a[0], 2: b[1]}), moved(data, {1: a[1], 2: b[1]})
    chance = predictor("multinomial_logit", data).probabilities
    changes = [(chance(params, high) - chance(params, low)).mean(axis=0)[2] for params in draws]
    assert 10 * np.std(changes) == pytest.approx(contrasts[0].std_error, rel=0.04)


def test_no_terms_no_effects() -> None:
    data = design("logit")
    assert average_marginal_effects("logit", fit("logit", data), data, []) == []
