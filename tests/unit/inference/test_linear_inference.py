"""Small-sample inference of linear models: definitions by hand, and what must not change
anything.
"""

from __future__ import annotations

import numpy as np
import pytest
from coalition.estimators.sandwich import sandwich
from coalition.inference.bias_reduced import bias_reduced
from coalition.inference.bootstrap_weights import draw
from coalition.inference.permutation import exchanges, freedman_lane
from coalition.inference.wild import wild_cluster_bootstrap


def data(clusters: int = 8, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(clusters), rng.integers(1, 6, clusters))
    X = np.column_stack(
        [
            np.ones(len(groups)),
            rng.normal(size=(len(groups), 2)) + rng.normal(size=(clusters, 2))[groups],
        ]
    )
    y = X @ [1.0, 0.5, -0.2] + rng.normal(size=clusters)[groups] + rng.normal(size=len(groups))
    return y, X, groups


def residuals(y: np.ndarray, X: np.ndarray) -> np.ndarray:
    return y - X @ np.linalg.lstsq(X, y, rcond=None)[0]


def test_cr2_is_unbiased_where_rows_are_independent() -> None:
    """E[CR2] = sigma^2 (X'X)^-1 exactly: the expectation of e e' is sigma^2 (I - H), so average
    over a basis of outcomes.
    """
    _, X, groups = data()
    total = sum(
        bias_reduced(X, residuals(unit, X), groups, "cr2").covariance for unit in np.eye(len(X))
    )
    np.testing.assert_allclose(total, np.linalg.inv(X.T @ X), atol=1e-12)


def test_cr3_is_the_jackknife() -> None:
    y, X, groups = data()
    beta = np.linalg.lstsq(X, y, rcond=None)[0]
    deleted = [
        np.linalg.lstsq(X[groups != g], y[groups != g], rcond=None)[0] - beta for g in range(8)
    ]
    np.testing.assert_allclose(
        bias_reduced(X, residuals(y, X), groups, "cr3").covariance,
        np.array(deleted).T @ np.array(deleted),
        rtol=1e-9,
    )


def test_degrees_of_freedom_of_a_mean_of_equal_clusters_are_g_less_one() -> None:
    groups = np.repeat(np.arange(7), 3)
    assert bias_reduced(np.ones((21, 1)), np.zeros(21), groups, "cr2").df == pytest.approx([6.0])


def test_cr3_of_a_cluster_that_decides_a_coefficient_has_a_number() -> None:
    y, X, groups = data()
    wider = np.column_stack([X, groups == 3])
    for kind in ("cr2", "cr3"):
        assert np.all(
            np.isfinite(bias_reduced(wider, residuals(y, wider), groups, kind).covariance)
        )


def test_the_order_of_rows_does_not_matter() -> None:
    y, X, groups = data()
    order = np.random.default_rng(1).permutation(len(y))
    one, two = (
        bias_reduced(x, residuals(v, x), g, "cr2")
        for v, x, g in ((y, X, groups), (y[order], X[order], groups[order]))
    )
    np.testing.assert_allclose(one.covariance, two.covariance, rtol=1e-9)
    np.testing.assert_allclose(one.df, two.df, rtol=1e-9)


def test_weights() -> None:
    few, many, all_of_them = draw(9, 5000, 1), draw(20, 400, 1), draw(12, 9999, 1)
    assert len(np.unique(few.values)) == 6
    # six points of mean 0 and variance 1; 45,000 draws
    assert few.values.var() == pytest.approx(1, abs=0.02)
    assert set(np.unique(many.values)) == {-1.0, 1.0}
    assert all_of_them.exhaustive
    assert len(np.unique(all_of_them.values, axis=0)) == 2**12
    assert np.array_equal(draw(20, 400, 1).values, many.values)


@pytest.mark.parametrize("value", [0.0, 0.7])
def test_wild_bootstrap_by_brute_force(value: float) -> None:
    """Every sign of five clusters, each sample made and fitted row by row with its own clustered
    standard error.
    """
    y, X, groups = data(clusters=5, seed=3)
    others = X[:, [0, 2]]
    null = residuals(y - value * X[:, 1], others)
    fitted, expected = y - null, []
    signs = draw(5, 32, 0, points="rademacher").values
    for sign in signs:
        sample = fitted + sign[groups] * null
        beta, e = np.linalg.lstsq(X, sample, rcond=None)[0], residuals(sample, X)
        error = np.sqrt(sandwich(np.linalg.inv(X.T @ X), e[:, None] * X, groups)[1, 1])
        expected.append((beta[1] - value) / error)
    found = wild_cluster_bootstrap(y, X, 1, groups, 32, 0, points="rademacher")
    statistic, replicates = found.at(value)
    np.testing.assert_allclose(replicates, expected, rtol=1e-8)
    share = np.mean(np.abs(expected) >= abs(statistic) - 1e-9)
    assert found.p_value(value) == pytest.approx(share)
    assert share >= 2 / 32  # the sample itself and its mirror image are among them


def test_the_interval_holds_what_the_test_does_not_reject() -> None:
    y, X, groups = data(clusters=14, seed=2)
    found = wild_cluster_bootstrap(y, X, 1, groups, 999, 4)
    low, high = found.interval(0.9)
    width = high - low
    assert found.p_value(low + 1e-3 * width) >= 0.1 > found.p_value(low - 1e-3 * width)
    assert found.p_value(high - 1e-3 * width) >= 0.1 > found.p_value(high + 1e-3 * width)


def test_an_interval_has_no_end_where_no_p_value_can_be_small() -> None:
    """Two-point weights of four clusters: sixteen samples, so that p is at least 2/16."""
    y, X, groups = data(clusters=4, seed=3)
    assert wild_cluster_bootstrap(y, X, 1, groups, 99, 0, points="rademacher").interval() == (
        -np.inf,
        np.inf,
    )


def test_states_change_places_with_all_their_rows_and_within_operations() -> None:
    within = np.array(["a", "b", "b", "a", "a", "b", "a", "b"])
    groups = np.array([0, 0, 1, 1, 2, 3, 4, 3])  # 0 and 1 are in both, 2 and 4 in a, 3 twice in b
    moves = exchanges(groups, within, 500, seed=1)
    assert np.all(within[moves] == within)
    for move in moves:
        for cluster in range(5):
            assert len(set(groups[move[groups == cluster]])) == 1
    assert np.all(moves[:, 5] == 5)  # state 3 has no other like it
    assert {tuple(move) for move in moves} == {
        (0, 1, 2, 3, 4, 5, 6, 7), (3, 2, 1, 0, 4, 5, 6, 7), (0, 1, 2, 3, 6, 5, 4, 7),
        (3, 2, 1, 0, 6, 5, 4, 7),
    }  # fmt: skip


def test_freedman_lane_by_brute_force() -> None:
    y, X, groups = data(clusters=12, seed=6)
    moves = exchanges(np.arange(len(y)), np.zeros(len(y)), 50, seed=2)
    null = residuals(y, X[:, [0, 2]])
    expected = []
    for move in moves:
        sample = y - null + null[move]
        beta, e = np.linalg.lstsq(X, sample, rcond=None)[0], residuals(sample, X)
        expected.append(
            beta[1] / np.sqrt(sandwich(np.linalg.inv(X.T @ X), e[:, None] * X, groups)[1, 1])
        )
    np.testing.assert_allclose(
        freedman_lane(y, X, 1, groups, moves).at(0.0)[1], expected, rtol=1e-8, atol=1e-10
    )
