"""The batched solver against the estimators that fit one model at a time."""

from __future__ import annotations

import numpy as np
import pytest
from coalition import estimators
from coalition.estimators import batched
from coalition.estimators.batched import batched_binary
from coalition.estimators.batched.stack import Stack, stack
from coalition.estimators.fit_types import Design
from scipy.special import expit
from statsmodels.discrete.discrete_model import Logit

AGREEMENT = 1e-8
"""Newton ends at a decrement of 1e-18 on both sides; what is left is rounding, and statsmodels' own
tolerance of 1e-10.
"""
LEVELS = {"logit": 2, "firth_logit": 2, "ordered_logit": 4, "multinomial_logit": 3}


def designs(levels: int, clustered: bool = True, number: int = 12, seed: int = 0) -> list[Design]:
    """Return small samples of different lengths with an outcome that depends on the first term."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(number):
        n = int(rng.integers(60, 90))
        X = np.column_stack([np.ones(n), rng.normal(size=(n, 4))])
        y = np.digitize(
            0.7 * X[:, 1] + rng.logistic(size=n), np.linspace(-1, 1, levels - 1)
        ).astype(float)
        groups = np.unique(rng.integers(0, 45, n), return_inverse=True)[1] if clustered else None
        found.append(
            Design(y, X, ("const", "a", "b", "c", "d"), tuple(map(str, range(levels))), groups)
        )
    return found


@pytest.mark.parametrize("family", LEVELS)
def test_equal_to_the_estimators_with_clustered_covariances(family: str) -> None:
    problems = designs(LEVELS[family])
    found = batched.fit(family, stack(problems), LEVELS[family])
    alone = [estimators.fit(family, problem) for problem in problems]
    assert list(found.status) == ["ok"] * len(problems)
    np.testing.assert_allclose(found.params, [fit.params for fit in alone], atol=AGREEMENT, rtol=0)
    np.testing.assert_allclose(
        found.covariance, [fit.covariance for fit in alone], atol=AGREEMENT, rtol=0
    )


@pytest.mark.parametrize("family", ["logit", "ordered_logit", "multinomial_logit"])
def test_equal_to_the_estimators_without_clusters(family: str) -> None:
    problems = designs(LEVELS[family], clustered=False)
    found = batched.fit(family, stack(problems), LEVELS[family])
    np.testing.assert_allclose(
        found.std_error,
        [estimators.fit(family, problem).std_error for problem in problems],
        atol=AGREEMENT,
        rtol=0,
    )


def shared(number: int = 30, n: int = 400, k: int = 6) -> Stack:
    """Return problems with one design, outcomes of their own and about a tenth of the rows
    masked.
    """
    rng = np.random.default_rng(1)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, k - 1))])
    y = (rng.uniform(size=(number, n)) < expit(X @ np.linspace(-0.5, 0.8, k))).astype(float)
    return Stack(y, X, rng.uniform(size=(number, n)) < 0.9)


def test_a_shared_design_with_masks_equals_statsmodels() -> None:
    problems = shared()
    found = batched.fit("logit", problems)
    for place, rows in enumerate(problems.mask):
        alone = Logit(problems.y[place][rows], problems.X[rows]).fit(method="newton", disp=False)
        np.testing.assert_allclose(found.params[place], alone.params, atol=AGREEMENT, rtol=0)
        np.testing.assert_allclose(found.std_error[place], alone.bse, atol=AGREEMENT, rtol=0)


@pytest.mark.parametrize("family", ["logit", "firth_logit"])
def test_a_shared_design_equals_the_same_design_for_each(family: str) -> None:
    problems = shared()
    own = Stack(problems.y, np.repeat(problems.X[None], len(problems.y), axis=0), problems.mask)
    first, second = batched.fit(family, problems), batched.fit(family, own)
    np.testing.assert_allclose(first.params, second.params, atol=AGREEMENT, rtol=0)
    np.testing.assert_allclose(first.covariance, second.covariance, atol=AGREEMENT, rtol=0)


def test_chunks_and_what_stands_in_masked_rows_change_nothing() -> None:
    problems = shared()
    whole = batched.fit("logit", problems)
    np.testing.assert_allclose(
        batched.fit("logit", problems, chunk=7).params, whole.params, atol=AGREEMENT, rtol=0
    )
    spoilt = Stack(np.where(problems.mask, problems.y, 1 - problems.y), problems.X, problems.mask)
    np.testing.assert_array_equal(batched.fit("logit", spoilt).params, whole.params)


@pytest.mark.parametrize("family", ["logit", "ordered_logit", "multinomial_logit"])
def test_a_separated_problem_is_named_and_harms_no_other(family: str) -> None:
    problems = designs(LEVELS[family])
    X = problems[3].X.copy()
    X[:, 2] = problems[3].y == 0  # rows that have it have the first level, and nobody else has
    problems[3] = Design(
        problems[3].y, X, problems[3].names, problems[3].levels, problems[3].groups
    )
    found = batched.fit(family, stack(problems), LEVELS[family])
    assert found.status[3] == "separation"
    assert np.isnan(found.params[3]).all()
    assert np.isnan(found.covariance[3]).all()
    others = np.arange(len(problems)) != 3
    np.testing.assert_allclose(
        found.params[others],
        batched.fit(
            family, stack([p for i, p in enumerate(problems) if i != 3]), LEVELS[family]
        ).params,
    )


def test_quasi_separation_by_a_rare_trait_is_separation() -> None:
    problem = designs(2)[0]
    X = problem.X.copy()
    X[:, 4] = 0
    X[np.flatnonzero(problem.y == 1)[:3], 4] = 1
    found = batched.fit(
        "logit", stack([Design(problem.y, X, problem.names, problem.levels, problem.groups)])
    )
    assert list(found.status) == ["separation"]


def test_firth_is_finite_under_separation_and_equals_the_estimator() -> None:
    problem = designs(2)[0]
    X = problem.X.copy()
    X[:, 4] = problem.y * (np.arange(len(X)) % 2)
    separated = Design(problem.y, X, problem.names, problem.levels, problem.groups)
    found = batched.fit("firth_logit", stack([separated]))
    np.testing.assert_allclose(
        found.params[0], estimators.fit("firth_logit", separated).params, atol=AGREEMENT, rtol=0
    )


def test_a_singular_problem_fails_alone() -> None:
    problems = designs(2)
    X = problems[0].X.copy()
    X[:, 4] = X[:, 3]
    problems[0] = Design(
        problems[0].y, X, problems[0].names, problems[0].levels, problems[0].groups
    )
    found = batched.fit("logit", stack(problems))
    assert np.isnan(found.params[0]).all()
    assert found.status[0] != "ok"
    assert set(found.status[1:]) == {"ok"}


def test_clustered_and_unclustered_problems_do_not_mix() -> None:
    with pytest.raises(ValueError, match="one stack"):
        stack([designs(2)[0], designs(2, clustered=False)[0]])


@pytest.mark.parametrize("number", [1, 12])
def test_penalised_ratios_are_those_of_the_estimator(number: int) -> None:
    """Of other coefficients in other problems; the estimator's statistic is the signed root."""
    problems = designs(2, clustered=False, number=number)
    held = np.arange(number) % 5
    together = stack(problems)
    found = batched_binary.penalised_ratios(
        together, batched.fit("firth_logit", together).params, held
    )
    alone = [
        estimators.fit("firth_logit", problem).statistic[column] ** 2
        for problem, column in zip(problems, held, strict=True)
    ]
    np.testing.assert_allclose(found, alone, atol=AGREEMENT, rtol=0)


def test_a_penalised_ratio_of_what_failed_is_missing() -> None:
    together = stack(designs(2, clustered=False, number=2))
    params = batched.fit("firth_logit", together).params
    params[1] = np.nan
    found = batched_binary.penalised_ratios(together, params, np.array([1, 1]))
    assert list(np.isfinite(found)) == [True, False]
