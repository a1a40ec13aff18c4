"""Small-sample inference of likelihood models: jackknife, score bootstrap, permutation, restricted
maxima.
"""

from __future__ import annotations

import numpy as np
import pytest
from coalition.estimators import fit
from coalition.estimators.fit_types import Design, EstimationFailure
from coalition.estimators.marginal_effects import jacobian
from coalition.inference import restricted
from coalition.inference.bias_reduced import bias_reduced
from coalition.inference.bootstrap_weights import draw
from coalition.inference.jackknife import covariance, cr3, delete_one
from coalition.inference.likelihoods import LIKELIHOODS
from coalition.inference.permutation import (
    direction_permutation,
    direction_statistics,
    exchanges,
    score_permutation,
)
from coalition.inference.quantities import Quantity, linear_counterparts, quantities
from coalition.inference.score_bootstrap import efficient_scores, score_bootstrap
from scipy.linalg import null_space
from scipy.special import expit
from statsmodels.discrete.discrete_model import MNLogit

LEVELS = {
    "logit": ("0", "1"),
    "ordered_logit": ("none", "low", "medium"),
    "multinomial_logit": ("abstain", "unreserved", "reserved"),
}
LESSER_EVIL = {
    "family": "multinomial_logit",
    "terms": ["a", "b", "a:b", "c"],
    "corners": {"first": "a", "second": "b", "low": 0.2, "high": 0.8},
}
CONTRASTS = {"contrasts": ["more_reserved", "reserved_not_unreserved"], "sign": 1}


def design(family: str, clusters: int = 40, seed: int = 1) -> Design:
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(clusters), rng.integers(1, 5, clusters))
    n = len(groups)
    a, b, c = rng.normal(size=(3, n))
    latent = 0.6 * a - 0.4 * b + 0.3 * a * b + rng.logistic(size=n)
    y = {
        "logit": latent > 0,
        "ordered_logit": np.digitize(latent, [-0.7, 1.0]),
        "multinomial_logit": (
            np.column_stack([np.zeros(n), latent, 0.5 * b + a]) + rng.gumbel(size=(n, 3))
        ).argmax(axis=1),
    }[family].astype(float)
    return Design(
        y,
        np.column_stack([np.ones(n), a, b, a * b, c]),
        ("const", "a", "b", "a:b", "c"),
        LEVELS[family],
        groups,
        products=((3, (1, 2)),),
    )


def coefficient(position: int) -> Quantity:
    return Quantity(
        "", lambda params: params[position], lambda params: np.eye(len(params))[position], position
    )


@pytest.mark.parametrize("family", list(LEVELS))
def test_likelihoods_agree_with_their_derivatives(family: str) -> None:
    of, data = LIKELIHOODS[family], design(family)
    params = fit(family, data).params + 0.1
    slope = jacobian(lambda at: np.array([of.height(at, data.y, data.X)]), params)[0]
    np.testing.assert_allclose(of.scores(params, data.y, data.X).sum(axis=0), slope, atol=1e-6)
    curve = jacobian(lambda at: of.scores(at, data.y, data.X).sum(axis=0), params)
    np.testing.assert_allclose(of.hessian(params, data.y, data.X), curve, atol=1e-5)


@pytest.mark.parametrize("family", ["logit", "ordered_logit"])
def test_the_score_of_a_term_is_the_term_times_that_of_the_index(family: str) -> None:
    of, data = LIKELIHOODS[family], design(family)
    params = fit(family, data).params
    index = of.index(params, data.y, data.X, 0.0)
    np.testing.assert_allclose(
        of.scores(params, data.y, data.X)[:, 1 - of.first],
        data.X[:, 1] * index,
        rtol=1e-9,
        atol=1e-12,
    )


@pytest.mark.parametrize("family", list(LEVELS))
def test_jackknife_fits_without_each_cluster(family: str) -> None:
    data = design(family)
    params = fit(family, data).params
    deleted = delete_one(LIKELIHOODS[family], params, data.y, data.X, data.groups)
    kept = data.groups != 7
    again = fit(family, Design(data.y[kept], data.X[kept], data.names, data.levels, None)).params
    np.testing.assert_allclose(deleted[7], again, atol=1e-6)
    one = delete_one(LIKELIHOODS[family], params, data.y, data.X, data.groups, steps="one")
    # Newton's step leads nearer
    assert np.all(np.linalg.norm(one - deleted, axis=1) < np.linalg.norm(params - deleted, axis=1))
    np.testing.assert_allclose(covariance(one, params) * 40 / 39, cr3(one, params))


def test_one_step_of_a_logit_is_cr3() -> None:
    data = design("logit")
    params = fit("logit", data).params
    chance = expit(data.X @ params)
    expected = bias_reduced(
        data.X, data.y - chance, data.groups, "cr3", chance * (1 - chance)
    ).covariance
    found = cr3(
        delete_one(LIKELIHOODS["logit"], params, data.y, data.X, data.groups, steps="one"), params
    )
    np.testing.assert_allclose(found, expected, rtol=1e-7)


def test_a_level_that_one_cluster_holds_has_no_jackknife() -> None:
    data = design("ordered_logit")
    y = np.where(data.groups == 3, 2.0, np.minimum(data.y, 1.0))
    params = fit("ordered_logit", Design(y, data.X, data.names, data.levels, data.groups)).params
    with pytest.raises(EstimationFailure, match="without cluster 4"):
        delete_one(LIKELIHOODS["ordered_logit"], params, y, data.X, data.groups)


@pytest.mark.parametrize("family", list(LEVELS))
def test_efficient_scores_of_a_coefficient(family: str) -> None:
    """The sum is what a Newton step from the restricted maximum adds; the other parameters' scores
    are zero there.
    """
    of, data = LIKELIHOODS[family], design(family)
    params = restricted.maximise(of, coefficient(1), 0.2, fit(family, data).params, data.y, data.X)
    assert params[1] == 0.2
    score = of.scores(params, data.y, data.X).sum(axis=0)
    np.testing.assert_allclose(np.delete(score, 1), 0, atol=1e-8)
    parts = efficient_scores(of, params, np.eye(len(params))[1], data.y, data.X, data.groups)
    assert parts.sum() == pytest.approx(
        np.linalg.solve(-of.hessian(params, data.y, data.X), score)[1]
    )


def test_score_bootstrap_over_every_sign() -> None:
    parts = np.array([0.5, 0.4, -0.1, 0.3, 0.2, 0.6])
    signs = np.array(np.meshgrid(*[[-1, 1]] * 6)).reshape(6, -1).T
    # two-point weights leave the sum of squares, so that the sum alone orders them
    sums = np.abs((signs * parts).sum(axis=1))
    assert score_bootstrap(parts, draw(6, 64, 0, points="rademacher"))[1] == pytest.approx(
        np.mean(sums >= 1.9 - 1e-9)
    )


@pytest.mark.parametrize("value", [0.0, 0.1])
def test_a_contrast_held_at_a_value(value: float) -> None:
    """At the solution the constraint holds and the score is along its slope (Lagrange)."""
    of, data = LIKELIHOODS["multinomial_logit"], design("multinomial_logit", clusters=80)
    result = fit("multinomial_logit", data)
    for tested in quantities(LESSER_EVIL, CONTRASTS, data, result):
        params = restricted.maximise(of, tested, value, result.params, data.y, data.X)
        assert tested.at(params) == pytest.approx(value, abs=1e-6)
        score, slope = of.scores(params, data.y, data.X).sum(axis=0), tested.slope(params)
        assert (
            np.abs(score - (score @ slope) / (slope @ slope) * slope).max()
            < 1e-4 * np.abs(score).max()
        )
        np.testing.assert_allclose(
            slope,
            jacobian(lambda params, of=tested: np.array([of.at(params)]), params)[0],
            atol=1e-8,
        )


def test_the_linear_counterpart_of_a_contrast_is_the_contrast_of_fitted_values() -> None:
    data = design("multinomial_logit")
    low, high = np.quantile(data.X[:, 1], (0.2, 0.8))
    much = np.quantile(data.X[:, 2], 0.8)
    for of, weights in zip(
        linear_counterparts(LESSER_EVIL, CONTRASTS, data), ([0, 0, 1], [0, -1, 1]), strict=True
    ):
        y = np.array(weights, dtype=float)[data.y.astype(int)]
        beta = np.linalg.lstsq(data.X, y, rcond=None)[0]
        change = (high - low) * (beta[1] + beta[3] * much)
        found = np.linalg.lstsq(of.X, of.y, rcond=None)[0]
        assert found[of.column] == pytest.approx(change)
        np.testing.assert_allclose(of.X @ found, data.X @ beta, atol=1e-10)
        assert list(of.covariates) == ["c"]


@pytest.mark.parametrize("family", ["logit", "ordered_logit"])
def test_score_permutation_by_brute_force(family: str) -> None:
    """Each permuted column put into the design, its efficient score and variance from the model's
    own scores and Hessian.
    """
    of, data = LIKELIHOODS[family], design(family)
    column, position = 4, 4 - of.first
    params = restricted.maximise(
        of, coefficient(position), 0.0, fit(family, data).params, data.y, data.X
    )
    moves = exchanges(data.groups, np.zeros(len(data.y)), 40, seed=3)
    statistic, p_value = score_permutation(of, params, column, data.y, data.X, data.groups, moves)
    chance = expit(data.X @ params) if family == "logit" else None
    weight = (
        chance * (1 - chance)
        if family == "logit"
        else np.subtract(*(of.index(params, data.y, data.X, size) for size in (-1e-5, 1e-5))) / 2e-5
    )
    others = np.delete(data.X, column, axis=1)
    root = np.sqrt(weight)[:, None]
    left = (
        data.X[:, column]
        - others @ np.linalg.lstsq(root * others, root[:, 0] * data.X[:, column], rcond=None)[0]
    )
    expected = []
    for move in [np.arange(len(left)), *moves]:
        X = data.X.copy()
        X[:, column] = left[move]
        rest = np.flatnonzero(np.arange(len(params)) != position)
        scores, hessian = of.scores(params, data.y, X), of.hessian(params, data.y, X)
        row = scores[:, position] - scores[:, rest] @ np.linalg.solve(
            hessian[np.ix_(rest, rest)], hessian[rest, position]
        )
        sums = np.array([row[data.groups == g].sum() for g in range(40)])
        expected.append(sums.sum() / np.sqrt((sums**2).sum()))
    assert statistic == pytest.approx(expected[0], rel=1e-6)
    assert p_value == pytest.approx((1 + np.sum(np.abs(expected[1:]) >= abs(expected[0]))) / 41)


def contrast(data: Design, name: str = "reserved_not_unreserved") -> tuple[Quantity, np.ndarray]:
    """Return a contrast of the lesser evil and the estimates with it held at zero."""
    of, family = (
        next(of for of in quantities(LESSER_EVIL, CONTRASTS, data, None) if of.term == name),
        LIKELIHOODS["multinomial_logit"],
    )
    return of, restricted.maximise(
        family, of, 0.0, fit("multinomial_logit", data).params, data.y, data.X
    )


def from_derivatives(
    data: Design, params: np.ndarray, slope: np.ndarray, direction: np.ndarray
) -> float:
    """Return the studentised efficient score of a direction (n, 2), from statsmodels' scores and
    Hessian of a wider model.

    The wider model has a column more for each equation; the tested parameter moves the first one's
    in the first equation and the second one's in the second, and the others are any basis of what
    is orthogonal to the slope.
    """
    k = data.X.shape[1]
    wider = MNLogit(data.y.astype(int), np.column_stack([data.X, direction]))
    place = np.concatenate([equation * (k + 2) + np.arange(k) for equation in range(2)])
    tested = np.eye(2 * (k + 2))[[k, 2 * k + 3]].sum(axis=0)
    nuisance = np.zeros((2 * (k + 2), 2 * k - 1))
    nuisance[place] = null_space(slope[None, :])
    at = np.zeros(2 * (k + 2))
    at[place] = params
    scores, information = wider.score_obs(at.reshape(2, -1).T), -wider.hessian(at)
    clear = np.linalg.solve(nuisance.T @ information @ nuisance, nuisance.T @ information @ tested)
    row = scores @ (tested - nuisance @ clear)
    sums = np.array([row[data.groups == g].sum() for g in range(data.groups.max() + 1)])
    return float(sums.sum() / np.sqrt((sums**2).sum()))


def test_direction_permutation_by_brute_force() -> None:
    """Each permuted direction put into a model of statsmodels, one at a time."""
    data = design("multinomial_logit", clusters=60)
    of, params = contrast(data)
    slope, moves = of.slope(params), exchanges(data.groups, np.zeros(len(data.y)), 40, seed=3)
    found = direction_statistics(params, slope, data.y, data.X, data.groups, moves)
    toward = np.linalg.solve(
        -LIKELIHOODS["multinomial_logit"].hessian(params, data.y, data.X), slope
    )
    direction = data.X @ toward.reshape(2, -1).T
    expected = [
        from_derivatives(data, params, slope, direction[move])
        for move in [np.arange(len(data.y)), *moves]
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)
    p_value = direction_permutation(params, slope, data.y, data.X, data.groups, moves)[1]
    assert p_value == (1 + np.sum(np.abs(expected[1:]) >= abs(expected[0]))) / 41


def test_the_direction_of_a_coefficient_of_a_logit_is_its_cleared_term() -> None:
    """With two levels the multinomial logit is the logit, and both permutations are one."""
    data = design("logit")
    params = restricted.maximise(
        LIKELIHOODS["logit"], coefficient(4), 0.0, fit("logit", data).params, data.y, data.X
    )
    moves = exchanges(data.groups, np.zeros(len(data.y)), 200, seed=3)
    expected = score_permutation(
        LIKELIHOODS["logit"], params, 4, data.y, data.X, data.groups, moves
    )
    found = direction_permutation(params, np.eye(5)[4], data.y, data.X, data.groups, moves)
    assert found == pytest.approx(expected, rel=1e-6)  # the other takes its derivatives numerically


def test_the_direction_has_the_clusters_parts_of_the_score_bootstrap() -> None:
    """Before any permutation it is the efficient score that the score bootstrap weights."""
    data = design("multinomial_logit", clusters=60)
    of, params = contrast(data)
    slope = of.slope(params)
    parts = efficient_scores(
        LIKELIHOODS["multinomial_logit"], params, slope, data.y, data.X, data.groups
    )
    statistic = direction_permutation(
        params, slope, data.y, data.X, data.groups, np.arange(len(data.y))[None]
    )[0]
    assert statistic == pytest.approx(parts.sum() / np.sqrt((parts**2).sum()), rel=1e-9)


def test_a_permutation_that_changes_nothing_counts() -> None:
    data = design("multinomial_logit", clusters=60)
    of, params = contrast(data)
    assert (
        direction_permutation(
            params,
            of.slope(params),
            data.y,
            data.X,
            data.groups,
            np.tile(np.arange(len(data.y)), (3, 1)),
        )[1]
        == 1.0
    )
