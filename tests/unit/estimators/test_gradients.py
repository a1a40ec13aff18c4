"""Scores, Hessians and derivatives are what differences of the likelihood and the probabilities
say; the fits are maxima.
"""

from __future__ import annotations

import numpy as np
import pytest
from coalition.estimators import firth, fit, ordered, predictor
from coalition.estimators import logit as binary
from coalition.estimators import multinomial as mnl
from coalition.estimators import poisson as count
from coalition.estimators.fit_types import Design
from coalition.estimators.marginal_effects import direction, jacobian
from simulated import design
from statsmodels.miscmodels.ordinal_model import OrderedModel

FINITE = (
    *(
        "logit",
        "firth_logit",
        "ordered_logit",
        "partial_ordered_logit",
        "multinomial_logit",
        "sequential_logit",
    ),
    *("conditional_logit", "random_effects_cre_logit", "cre_logit_pooled"),
)
POINT = {
    "logit": np.array([0.1, 0.4, -0.3, 0.2, 0.5]),
    "ordered_logit": np.array([0.4, -0.3, 0.2, 0.5, -0.8, 0.6, 1.9]),
    "multinomial_logit": np.array([0.1, 0.4, -0.3, 0.2, 0.5, -0.4, 0.1, 0.6, -0.2, 0.3]),
    "poisson": np.array([0.1, 0.2, -0.1, 0.1, 0.2]),
}


def row_likelihood(family: str, data: Design, params: np.ndarray) -> np.ndarray:
    if family == "poisson":
        eta = data.X @ params
        return data.y * eta - np.exp(eta)
    chance = predictor(family, data).probabilities(params, data.X)
    return np.log(chance[np.arange(len(data.y)), data.y.astype(int)])


def analytic(family: str, data: Design, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if family == "ordered_logit":
        return ordered.scores(params, data.y, data.X), ordered.hessian(params, data.y, data.X)
    module = {"logit": binary, "multinomial_logit": mnl, "poisson": count}[family]
    return module.scores(params, data.y, data.X), module.hessian(params, data.X)


@pytest.mark.parametrize("family", POINT)
def test_scores_and_hessian(family: str) -> None:
    data, params = design(family), POINT[family]
    scores, hessian = analytic(family, data, params)
    np.testing.assert_allclose(
        scores, jacobian(lambda at: row_likelihood(family, data, at), params), atol=1e-8
    )
    np.testing.assert_allclose(
        hessian, jacobian(lambda at: analytic(family, data, at)[0].sum(axis=0), params), atol=1e-6
    )


@pytest.mark.parametrize("family", ["logit", "ordered_logit", "multinomial_logit"])
def test_probabilities_are_probabilities_and_their_derivatives(family: str) -> None:
    data, params = design(family), POINT[family]
    module = predictor(family, data)
    chance = module.probabilities(params, data.X)
    assert chance.min() > 0
    np.testing.assert_allclose(chance.sum(axis=1), 1)
    dX = direction(data, 1)
    numerical = (
        module.probabilities(params, data.X + 1e-6 * dX)
        - module.probabilities(params, data.X - 1e-6 * dX)
    ) / 2e-6
    np.testing.assert_allclose(module.derivatives(params, data.X, dX), numerical, atol=1e-9)


def test_firth_scores_are_the_gradient_of_the_penalised_likelihood() -> None:
    data, params = design("firth_logit"), POINT["logit"]
    gradient = jacobian(
        lambda at: np.array([firth.penalised_likelihood(at, data.y, data.X)]), params
    )[0]
    np.testing.assert_allclose(
        firth.modified_scores(params, data.y, data.X)[0].sum(axis=0), gradient, atol=1e-7
    )


def test_firth_profile_ends_where_the_likelihood_ratio_is_that_of_the_level() -> None:
    data = design("firth_logit", n=60, clusters=None)
    result = fit("firth_logit", data, level=0.9)
    others = np.array([0, 2, 3, 4])
    for end in (result.conf_low[1], result.conf_high[1]):
        start = result.params.copy()
        start[1] = end
        height = firth.maximise(data.y, data.X, start, others)[1]
        assert 2 * (result.fit["penalised_log_likelihood"] - height) == pytest.approx(
            2.705543454, abs=1e-6
        )


def test_firth_keeps_a_tested_column_in_the_penalty() -> None:
    """Dropping the column gives another statistic; the two must differ, or the test tests
    nothing.
    """
    data = design("firth_logit", n=40, clusters=None)
    result = fit("firth_logit", data)
    inside = firth.maximise(data.y, data.X, np.zeros(5), np.array([0, 1, 2, 3]))[1]
    dropped = firth.maximise(data.y, data.X[:, :4], np.zeros(4))[1]
    assert result.statistic[4] ** 2 == pytest.approx(
        2 * (result.fit["penalised_log_likelihood"] - inside), abs=1e-8
    )
    assert abs(inside - dropped) > 0.1


def test_ordered_logit_is_that_of_statsmodels() -> None:
    data = design("ordered_logit")
    ours = fit("ordered_logit", data)
    model = OrderedModel(data.y.astype(int), data.X[:, 1:], distr="logit")
    theirs = model.fit(method="bfgs", maxiter=2000, gtol=1e-8, disp=False)
    np.testing.assert_allclose(ours.params[:4], theirs.params[:4], atol=1e-5)
    np.testing.assert_allclose(
        ours.params[4:], model.transform_threshold_params(theirs.params)[1:-1], atol=1e-5
    )
    assert ours.fit["log_likelihood"] >= theirs.llf - 1e-9


def test_ordered_logit_of_two_levels_is_a_logit() -> None:
    data = design("logit")
    two, one = fit("ordered_logit", data), fit("logit", data)
    np.testing.assert_allclose(two.params[:4], one.params[1:], atol=1e-8)
    np.testing.assert_allclose(two.std_error[:4], one.std_error[1:], rtol=1e-7)
    assert two.params[4] == pytest.approx(-one.params[0], abs=1e-8)


def test_multinomial_logit_of_two_levels_is_a_logit() -> None:
    data = design("logit")
    two, one = fit("multinomial_logit", data), fit("logit", data)
    np.testing.assert_allclose(two.params, one.params, atol=1e-8)
    np.testing.assert_allclose(two.covariance, one.covariance, rtol=1e-7)
    assert two.names[1] == "1:a"
    assert two.terms[1] == "a"
    assert two.levels[1] == "1"


@pytest.mark.parametrize("family", [*FINITE, "poisson", "ols"])
def test_estimates_follow_the_scale_of_a_column(family: str) -> None:
    """A column in other units has the same test and fit, whatever its size: no tolerance depends on
    the units.
    """
    data = design(family, clusters=None)
    scale = np.array([1, 1e4, 1e-4, 1, 1])
    rescaled = Design(**{**data.__dict__, "X": data.X * scale, "products": ()})
    one, other = fit(family, data), fit(family, rescaled)
    np.testing.assert_allclose(other.statistic, one.statistic, rtol=1e-5, atol=1e-7)
    assert other.fit == pytest.approx(one.fit, rel=1e-9)
