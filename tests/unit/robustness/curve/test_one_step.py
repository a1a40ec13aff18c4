"""One-step estimates are one Newton step of the whole model from the estimates without the effect
under test.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from coalition.estimators import batched, logit, multinomial, ordered
from coalition.estimators.batched.stack import stack
from coalition.estimators.fit_types import Design
from coalition.estimators.sandwich import sandwich
from coalition.robustness import refit
from coalition.robustness.curve import curve_effects, joint_test
from coalition.robustness.curve.curve_problems import Problem
from coalition.robustness.curve.scores import scores

CORNERS = {"first": "a", "second": "b", "low": 0.2, "high": 0.8}
CONTRASTS = ("more_reserved", "reserved_not_unreserved")


def problem(family: str, product: bool = False, seed: int = 0) -> Problem:
    """Return some 120 rows of 70 states; the measure under test is correlated with the other
    terms.
    """
    rng = np.random.default_rng(seed)
    states = np.sort(np.concatenate([np.arange(70), np.arange(50)]))
    n = len(states)
    b, c = rng.normal(size=(2, n))
    a = 0.5 * b + rng.normal(size=n)
    columns = [a, b, c, a * b] if product else [a, b, c]
    cuts = {
        "logit": [0.0],
        "firth_logit": [0.0],
        "ordered_logit": [-1.0, 0.0, 1.0],
        "multinomial_logit": [-0.5, 0.7],
    }[family]
    y = np.digitize(0.6 * a + 0.3 * b + rng.logistic(size=n), cuts).astype(float)
    levels = (
        ("abstain", "unreserved", "reserved")
        if family == "multinomial_logit"
        else tuple(map(str, range(len(cuts) + 1)))
    )
    names = ("const", "a", "b", "c", "a:b")[: len(columns) + 1]
    products = ((4, (1, 2)),) if product else ()
    design = Design(
        y, np.column_stack([np.ones(n), *columns]), names, levels, states, products=products
    )
    operations = np.array([0] + [int(now == before) for before, now in itertools.pairwise(states)])
    return Problem(
        design,
        states,
        operations,
        family,
        CORNERS if family == "multinomial_logit" else None,
        (1, 4) if product else (1,),
    )


def one_step(of: Problem, contrasts: tuple[str, ...] = ()) -> tuple[float, float, np.ndarray]:
    """Return the estimate and z of the data as they are, and the restricted model's estimates."""
    params = batched.fit(
        of.family, stack([curve_effects.restricted(of)]), len(of.design.levels), covariance=False
    ).params[0]
    found = joint_test.one_step(
        of, scores(of, params, contrasts), np.arange(len(of.states))[:, None], 1
    )
    return float(found.estimate[0]), float(found.z[0]), params


def newton(
    params: np.ndarray, hessian: np.ndarray, rows: np.ndarray, groups: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the parameters after one step, and the clustered covariance of the step."""
    bread = np.linalg.inv(-hessian)
    return params + bread @ rows.sum(axis=0), sandwich(bread, rows, groups)


def test_logit() -> None:
    of = problem("logit")
    estimate, z, restricted = one_step(of)
    at = np.insert(restricted, 1, 0.0)
    reached, spread = newton(
        at,
        logit.hessian(at, of.design.X),
        logit.scores(at, of.design.y, of.design.X),
        of.design.groups,
    )
    assert estimate == pytest.approx(reached[1], rel=1e-9)
    assert z == pytest.approx(reached[1] / np.sqrt(spread[1, 1]), rel=1e-9)


def test_ordered_logit() -> None:
    of = problem("ordered_logit")
    estimate, z, restricted = one_step(of)
    at = np.insert(restricted, 0, 0.0)
    y, X = of.design.y, of.design.X
    reached, spread = newton(
        at, ordered.hessian(at, y, X), ordered.scores(at, y, X), of.design.groups
    )
    assert estimate == pytest.approx(reached[0], rel=1e-9)
    assert z == pytest.approx(reached[0] / np.sqrt(spread[0, 0]), rel=1e-9)


@pytest.mark.parametrize("product", [True, False])
def test_multinomial_contrasts_to_first_order(product: bool) -> None:
    of = problem("multinomial_logit", product)
    estimate, z, restricted = one_step(of, CONTRASTS)
    k = of.design.X.shape[1]
    at = np.zeros((2, k))
    at[:, [place for place in range(k) if place not in of.focal]] = restricted.reshape(2, -1)
    at, (y, X) = at.ravel(), (of.design.y, of.design.X)
    reached, spread = newton(
        at, multinomial.hessian(at, X), multinomial.scores(at, y, X), of.design.groups
    )
    # without the effect the contrasts are zero, so this is their first order
    _, slopes = curve_effects.contrasts(of, at, CONTRASTS)
    values, errors = slopes @ (reached - at), np.sqrt(np.diag(slopes @ spread @ slopes.T))
    weakest = np.argmin(values / errors)
    assert estimate == pytest.approx(values[weakest], rel=1e-8)
    assert z == pytest.approx(values[weakest] / errors[weakest], rel=1e-8)


def test_near_the_maximum_likelihood_estimate_where_the_effect_is_small() -> None:
    for family in ("logit", "firth_logit", "ordered_logit"):
        of = problem(family)
        whole = batched.fit(family, stack([of.design]), len(of.design.levels))
        place = 0 if family == "ordered_logit" else 1
        estimate, z, _ = one_step(of)
        error = whole.std_error[0, place]
        # of second order in the effect, which is two errors or so
        assert abs(estimate - whole.params[0, place]) < 0.5 * error
        assert abs(z - whole.params[0, place] / error) < 0.7


def test_permuted_values_keep_what_the_other_terms_explain() -> None:
    of = problem("logit")
    fitted, rest = joint_test.measure(of)
    np.testing.assert_allclose(fitted + rest, of.design.X[:, 1], atol=1e-12)
    np.testing.assert_allclose(np.delete(of.design.X, 1, axis=1).T @ rest, 0, atol=1e-10)


def test_statistics_and_p_values_by_hand() -> None:
    estimates = np.array([[0.5, -0.1, 0.6], [0.4, 0.2, 0.7], [-0.1, -0.3, 0.1]])
    z = np.array([[2.5, -1.0, 2.4], [2.0, 1.0, 2.1], [-0.5, -2.2, 0.5]])
    test = joint_test.joint_test(estimates, z, 1, 0.05)
    assert test.observed == pytest.approx((0.4, 2 / 3, 2 / 3))
    assert test.p_value == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    opposite = joint_test.joint_test(-estimates, -z, -1, 0.05)
    assert opposite.observed == pytest.approx(test.observed)
    assert opposite.p_value == test.p_value


def test_one_permutation_without_information_does_not_end_the_others() -> None:
    of = problem("logit")
    params = batched.fit(
        of.family, stack([curve_effects.restricted(of)]), len(of.design.levels), covariance=False
    ).params[0]
    orders = np.stack([np.arange(len(of.states)), np.arange(len(of.states))[::-1]], axis=1)
    whole, found = (
        scores(of, params, ()),
        joint_test.one_step(of, scores(of, params, ()), orders, 1),
    )
    # the second permutation has a measure without variation
    a = np.stack([of.design.X[:, 1], np.zeros(len(of.states))], axis=1)
    step = joint_test.step(joint_test.prepared(of, whole), a, a * a, 1)
    assert step.estimate[0] == pytest.approx(found.estimate[0], rel=1e-9)
    assert np.isnan([step.estimate[1], step.z[1]]).all()
    blank = replace(whole, information=np.zeros_like(whole.information))
    assert np.isnan(joint_test.one_step(of, blank, orders, 1).estimate).all()


def test_as_many_rows_as_parameters_have_no_z() -> None:
    of = problem("logit")
    few = refit.of_rows(of, np.arange(len(of.states)) < 4)
    step = joint_test.one_step(few, scores(few, np.zeros(3), ()), np.arange(4)[:, None], 1)
    assert np.isnan(step.z).all()


@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_not_known_makes_no_p_value_smaller(sign: int) -> None:
    rng = np.random.default_rng(2)
    estimates, z = rng.normal(size=(2, 9, 40))
    known = joint_test.joint_test(estimates, z, sign, 0.3)
    for column in (0, 7, 31):
        for rows in ([4], [1, 2], range(9)):
            less = [values.copy() for values in (estimates, z)]
            for values in less:
                values[rows, column] = np.nan
            found = joint_test.joint_test(*less, sign, 0.3)
            assert (np.array(found.p_value) >= np.array(known.p_value)).all()
            assert np.isfinite(found.p_value).all()
    far = np.full((3, 4), -0.5 * sign)
    far[:, 0] = sign
    assert joint_test.joint_test(far, 4 * far, sign, 0.05).p_value == (0.25, 0.25, 0.25)
    far[:, 2] = np.nan
    assert joint_test.joint_test(far, 4 * far, sign, 0.05).p_value == (0.5, 0.5, 0.5)


def test_without_specifications_there_is_no_p_value() -> None:
    test = joint_test.joint_test(np.empty((0, 20)), np.empty((0, 20)), 1, 0.05)
    assert (test.p_value, test.observed, test.expected) == ((None,) * 3,) * 3
    assert (test.specifications, test.permutations) == (0, 19)
