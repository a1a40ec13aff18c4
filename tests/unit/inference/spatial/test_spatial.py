"""Tests that allow for spatial dependence, each against a plain implementation of its formula."""

from __future__ import annotations

import numpy as np
import pytest
from coalition.base.great_circle import EARTH_RADIUS, distances, great_circle
from coalition.base.map_patterns import moran_eigenvectors
from coalition.base.moran import moran_test, nearest_neighbours
from coalition.estimators import logit, multinomial, ordered
from coalition.estimators.fit_types import Design
from coalition.estimators.generalised_residuals import generalised, of_level
from coalition.estimators.sandwich import sandwich
from coalition.inference.likelihoods import LIKELIHOODS
from coalition.inference.quantities import Quantity
from coalition.inference.spatial import field_bootstrap, scpc, worlds
from coalition.inference.spatial.conley import conley
from coalition.inference.spatial.field import Field, coefficients, estimate, places
from coalition.inference.spatial.within_regions import permutation_within, strata
from scipy.stats import multivariate_normal, norm
from scipy.stats import t as student

RNG = np.random.default_rng(7)
LAT, LON = RNG.uniform(-50, 65, 60), RNG.uniform(-170, 170, 60)
APART = distances(LAT, LON)
STATES = np.repeat(np.arange(60), 2)
OPERATION = np.tile(["isaf", "iraq"], 60)
X = np.column_stack([np.ones(120), RNG.normal(size=(120, 2)), np.tile([0.0, 1.0], 60)])


def coefficient(place: int, p: int) -> Quantity:
    return Quantity("x", lambda at: float(at[place]), lambda at: np.eye(p)[place], place)


def binary(beta: np.ndarray, seed: int) -> np.ndarray:
    chance = logit.probabilities(beta, X)[:, 1]
    return (np.random.default_rng(seed).uniform(size=len(X)) < chance).astype(float)


# -- distances, neighbours, residuals ------------------------------------------------------------


def test_a_quarter_of_a_meridian_and_of_the_equator() -> None:
    quarter = np.pi / 2 * EARTH_RADIUS
    assert great_circle(0.0, 0.0, 90.0, 33.0) == pytest.approx(quarter)
    assert great_circle(0.0, 170.0, 0.0, -100.0) == pytest.approx(quarter)
    assert np.diag(APART) == pytest.approx(0)
    assert pytest.approx(APART.T) == APART


def test_distances_agree_with_the_law_of_cosines() -> None:
    lat, lon = np.radians(LAT), np.radians(LON)
    points = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    angle = np.arccos(np.clip(points @ points.T, -1, 1))
    assert pytest.approx(EARTH_RADIUS * angle, abs=0.2) == APART  # arccos is rough near zero


def test_neighbours_are_of_one_operation() -> None:
    weights = nearest_neighbours(APART[np.ix_(STATES, STATES)], OPERATION, 5)
    assert weights.sum(axis=1) == pytest.approx(1)
    assert (weights[OPERATION == "isaf"][:, OPERATION == "iraq"] == 0).all()
    for row in range(0, 120, 17):
        others = [k for k in range(120) if k != row and OPERATION[k] == OPERATION[row]]
        nearest = sorted(others, key=lambda k: APART[STATES[row], STATES[k]])[:5]
        assert set(np.flatnonzero(weights[row])) == set(nearest)


def test_a_row_with_few_others_shares_among_them() -> None:
    weights = nearest_neighbours(APART[:4, :4], np.array(["a", "a", "a", "b"]), 5)
    assert weights[:3].sum(axis=1) == pytest.approx(1)
    assert (weights[3] == 0).all()
    assert np.count_nonzero(weights[0]) == 2


def test_moran_is_high_for_a_map_pattern_and_absent_for_a_constant() -> None:
    within = np.zeros(60)
    weights = nearest_neighbours(APART, within)
    smooth = moran_test(np.sin(np.radians(LAT) * 2), weights, within, 499, seed=1)
    assert smooth is not None
    assert smooth.p_value == pytest.approx(1 / 500)
    assert moran_test(np.ones(60), weights, within, 99, seed=1) is None
    assert moran_test(np.arange(3.0), np.zeros((3, 3)), np.arange(3), 99, seed=1) is None


def test_morans_p_values_are_uniform_without_dependence() -> None:
    within = np.tile(["a", "b"], 30)
    weights = nearest_neighbours(APART, within)
    rng = np.random.default_rng(2)
    found = [moran_test(rng.normal(size=60), weights, within, 99, seed=k) for k in range(400)]
    low = np.mean([test.p_value <= 0.1 for test in found])
    assert low == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / 400))


def test_generalised_residuals_are_derivatives_in_the_index() -> None:
    y = binary(np.array([-0.5, 0.6, 0.0, 0.3]), 3)
    beta = np.array([-0.4, 0.5, 0.1, 0.2])
    chances = logit.probabilities(beta, X)
    assert generalised(chances, y) == pytest.approx(y - chances[:, 1])
    levels = np.random.default_rng(4).integers(0, 4, 120).astype(float)
    params = np.array([0.5, 0.1, 0.2, -1.0, 0.1, 1.2])
    family = LIKELIHOODS["ordered_logit"]
    expected = family.index(params, levels, X, 0.0)
    assert generalised(ordered.probabilities(params, X), levels) == pytest.approx(expected)
    assert of_level(chances, y, 0) == pytest.approx(-(y - chances[:, 1]))


# -- Conley --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", ["bartlett", "uniform"])
def test_conley_is_a_sum_over_pairs(kernel: str) -> None:
    rows = APART[np.ix_(STATES, STATES)]
    scores, bread = RNG.normal(size=(120, 3)), np.diag([1.0, 2.0, 0.5])
    meat = np.zeros((3, 3))
    for i in range(120):
        for j in range(120):
            ratio = rows[i, j] / 3000
            weight = max(1 - ratio, 0) if kernel == "bartlett" else float(ratio < 1)
            meat += weight * np.outer(scores[i], scores[j])
    found = conley(bread, scores, rows, 3000, kernel)
    assert found == pytest.approx(bread @ meat @ bread)


def test_conley_with_a_tiny_cutoff_clusters_by_state() -> None:
    scores, bread = RNG.normal(size=(120, 2)), np.eye(2)
    found = conley(bread, scores, APART[np.ix_(STATES, STATES)], 1e-9)
    assert found == pytest.approx(sandwich(bread, scores, STATES, "none"))


# -- SCPC ----------------------------------------------------------------------------------------


def test_scpc_holds_its_level_in_the_worst_case_and_rejects_less_elsewhere() -> None:
    """The critical value by drawing Gaussian fields, with no formula for the distribution."""
    of = scpc.projection(APART)
    rng, shares = np.random.default_rng(5), []
    for rate in (of.decay, 4 * of.decay, 100 * of.decay):
        fields = rng.normal(size=(40_000, 60)) @ np.linalg.cholesky(np.exp(-rate * APART)).T
        deviations = fields - fields.mean(axis=1, keepdims=True)
        parts = (deviations @ of.vectors) ** 2
        t = np.sqrt(60) * fields.mean(axis=1) / np.sqrt(parts.mean(axis=1))
        shares.append(np.mean(np.abs(t) > of.critical))
    assert max(shares) <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 40_000)
    grid = scpc.rejection(of.omegas, of.critical)
    assert grid.max() == pytest.approx(0.05, abs=1e-5)
    assert shares[0] == pytest.approx(grid[0], abs=4 * np.sqrt(0.05 * 0.95 / 40_000))


def test_scpc_without_correlation_is_students_t() -> None:
    omegas = np.eye(6)[None]
    for cut in (0.5, 2.0, 4.0):
        assert scpc.rejection(omegas, cut)[0] == pytest.approx(2 * student.sf(cut, 5), rel=1e-6)
    assert scpc.critical_value(omegas, 0.05) == pytest.approx(student.ppf(0.975, 5), rel=1e-5)


def test_scpc_of_a_mean_by_hand() -> None:
    of = scpc.projection(APART)
    y = RNG.normal(size=60)
    found = scpc.scpc_test(y.mean(), (y - y.mean()) / 60, of, 0.1)
    variance = ((of.vectors.T @ y) ** 2).mean()
    assert found.std_error == pytest.approx(np.sqrt(variance / 60))
    assert found.statistic == pytest.approx((y.mean() - 0.1) / found.std_error)
    assert (found.p_value < 0.05) == (not found.conf_low <= 0.1 <= found.conf_high)
    edge = scpc.scpc_test(of.critical * found.std_error, (y - y.mean()) / 60, of)
    assert edge.p_value == pytest.approx(0.05, abs=1e-5)


def test_the_average_correlation_is_the_one_asked_for() -> None:
    pairs = APART[np.triu_indices(60, 1)]
    for average in (0.1, 0.03, 1e-4):
        rate = scpc.decay_rate(pairs, average)
        assert np.exp(-rate * pairs).mean() == pytest.approx(average, rel=1e-3)


# -- the field -----------------------------------------------------------------------------------


def test_covariances_of_residuals_are_those_of_the_bivariate_normal() -> None:
    """The series against scipy's bivariate normal distribution."""
    cumulative = np.array([[0.2, 0.5, 0.9], [0.3, 0.45, 0.7]])
    series, variance = coefficients(cumulative)
    chances = np.diff(cumulative, axis=1, prepend=0, append=1)
    levels = np.array([generalised(np.tile(row, (4, 1)), np.arange(4.0)) for row in chances])
    assert variance == pytest.approx((chances * levels**2).sum(axis=1))
    ends = np.column_stack([[-8.0, -8.0], norm.ppf(cumulative), [8.0, 8.0]])
    for rho in (0.2, 0.6):
        joint = multivariate_normal(cov=[[1, rho], [rho, 1]])
        corner = np.array([[joint.cdf([a, b]) for b in ends[1]] for a in ends[0]])
        mass = np.diff(np.diff(corner, axis=0), axis=1)
        expected = levels[0] @ mass @ levels[1]
        powers = rho ** np.arange(1, len(series) + 1)
        assert (powers * series[:, 0] * series[:, 1]).sum() == pytest.approx(expected, abs=2e-4)


def test_a_field_is_found_again() -> None:
    """Probabilities known, 250 places in a square of 16 by 16 degrees; the mean of 30 estimates.

    Share and range alone are told apart badly; what matters is how alike neighbours are.
    """
    rng = np.random.default_rng(8)
    lat, lon = rng.uniform(35, 51, 250), rng.uniform(0, 16, 250)
    apart, states = distances(lat, lon), np.arange(250)
    truth = Field(0.6, 0.0, 500.0)
    cumulative = rng.uniform(0.3, 0.7, (250, 1))
    at = places(states, apart, np.zeros(250))
    root = truth.root(apart)
    found = []
    for _ in range(30):
        latent = truth.draw(rng, 1, root, states)[0]
        y = (norm.cdf(latent) > cumulative[:, 0]).astype(float)
        residual = y - 1 + cumulative[:, 0]
        found.append(estimate(cumulative, residual, np.ones((250, 1)), at))
    at_200 = [field.spatial * np.exp(-200 / field.range_km) for field in found]
    error = np.std(at_200) / np.sqrt(len(found))
    assert np.mean(at_200) == pytest.approx(0.6 * np.exp(-200 / 500), abs=4 * error)
    assert error < 0.05
    none = (rng.uniform(size=250) > cumulative[:, 0]).astype(float) - 1 + cumulative[:, 0]
    assert estimate(cumulative, none, np.ones((250, 1)), at).spatial < 0.25


@pytest.mark.long
def test_what_a_state_shares_between_operations_is_found() -> None:
    rng = np.random.default_rng(9)
    states, operation = np.repeat(np.arange(150), 2), np.tile([0, 1], 150)
    apart = distances(rng.uniform(-50, 60, 150), rng.uniform(-170, 170, 150))
    at, truth = places(states, apart, operation), Field(0.0, 0.6, 250.0)
    cumulative = np.full((300, 1), 0.5)
    shared = []
    for _ in range(20):
        y = (truth.draw(rng, 1, truth.root(apart), states)[0] > 0).astype(float)
        found = estimate(cumulative, y - 0.5, np.ones((300, 1)), at)
        shared.append(found.spatial + found.state)
    assert np.mean(shared) == pytest.approx(0.6, abs=0.08)


def test_worlds_have_the_models_probabilities_whatever_the_field() -> None:
    rng = np.random.default_rng(10)
    chances = rng.dirichlet([2, 1, 3], size=120)
    for ordered_levels in (True, False):
        cumulative = worlds.stages_of(chances, ordered_levels)
        stages = tuple(worlds.Stage(part, Field(0.5, 0.3, 1500.0)) for part in cumulative)
        y = worlds.World(stages, STATES, APART).draw(rng, 20_000)
        for level in range(3):
            share = (y == level).mean(axis=0)
            assert np.abs(share - chances[:, level]).max() < 5 * np.sqrt(0.25 / 20_000)


def test_rows_of_a_state_and_neighbours_are_alike_in_a_world() -> None:
    stage = worlds.Stage(np.full((120, 1), 0.5), Field(0.4, 0.3, 2000.0))
    y = worlds.World((stage,), STATES, APART).draw(np.random.default_rng(11), 40_000)
    z = 2 * y - 1
    same = (z[:, 0] * z[:, 1]).mean()
    other = (z[:, 0] * z[:, 2]).mean()
    for found, rho in ((same, 0.7), (other, 0.4 * np.exp(-APART[0, 1] / 2000))):
        assert found == pytest.approx(2 / np.pi * np.arcsin(rho), abs=4 / np.sqrt(40_000))


# -- the bootstrap and the permutation -----------------------------------------------------------


def test_replicates_are_t_statistics_of_the_true_value() -> None:
    beta = np.array([-0.3, 0.7, 0.0, 0.2])
    design = Design(binary(beta, 12), X, ("const", "x", "z", "o"), ("0", "1"), STATES)
    stage = worlds.Stage(logit.probabilities(beta, X)[:, :1], Field(0.0, 0.0, 250.0))
    world = worlds.World((stage,), STATES, APART)
    rng = np.random.default_rng(13)
    drawn = field_bootstrap.replicates("logit", design, coefficient(1, 4), 0.7, world, 800, rng)
    drawn = drawn[np.isfinite(drawn)]
    assert drawn.mean() == pytest.approx(0, abs=0.25)
    assert drawn.std() == pytest.approx(1, abs=0.15)
    assert len(drawn) > 790


def test_the_critical_value_and_the_p_value_say_the_same() -> None:
    statistics = np.random.default_rng(14).normal(size=199)
    cut = field_bootstrap.critical_value(statistics)
    sizes = np.sort(np.abs(statistics))
    assert cut == sizes[199 - 10]  # ten of two hundred, the sample itself among them
    statistics[:12] = np.nan
    assert field_bootstrap.critical_value(statistics) == np.inf


def test_permutation_within_regions_says_who_tells_and_is_blind_to_regions() -> None:
    region = np.repeat(["A", "B", "C"], 40)
    y = np.concatenate([np.tile([0.0, 0, 1, 1], 20), np.zeros(40)])
    by = strata(region, OPERATION, y)
    assert by.told == ("A, iraq", "A, isaf", "B, iraq", "B, isaf")
    assert by.silent == ("C, iraq", "C, isaf")
    assert by.used.sum() == 80


def test_permutation_within_regions_is_uniform_where_regions_make_the_outcome() -> None:
    """Term and outcome differ between regions only: the free test is wrong, this one is right."""
    rng = np.random.default_rng(15)
    region = np.repeat(np.arange(4), 30)
    low, family = [], LIKELIHOODS["logit"]
    for draw in range(300):
        level = rng.normal(size=4)
        term = level[region] + rng.normal(size=60)[STATES] * 0.6
        y = (rng.logistic(size=120) < 1.5 * level[region]).astype(float)
        design = np.column_stack([np.ones(120), term])
        share = y.mean()
        held = np.array([np.log(share / (1 - share)), 0.0])
        by = strata(region.astype(str), OPERATION, y)
        _, p = permutation_within(family, held, coefficient(1, 2), y, design, STATES, by, 99, draw)
        low.append(p <= 0.1)
    assert np.mean(low) == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / 300))


def test_permutation_within_regions_finds_an_effect_within_them() -> None:
    rng = np.random.default_rng(16)
    region = np.repeat(["a", "b", "c", "d"], 30)
    y = (rng.logistic(size=120) < 2.0 * X[:, 1]).astype(float)
    held = np.array([np.log(y.mean() / (1 - y.mean())), 0.0])
    by = strata(region, OPERATION, y)
    statistic, p = permutation_within(
        LIKELIHOODS["logit"], held, coefficient(1, 2), y, X[:, :2], STATES, by, 199, 1
    )
    assert statistic > 3
    assert p == pytest.approx(1 / 200)


def test_permutation_within_regions_of_a_contrast() -> None:
    """The direction of a quantity of a multinomial logit: here one coefficient."""
    rng = np.random.default_rng(17)
    params = np.array([0.1, 0.0, -0.2, 0.0])
    chances = multinomial.probabilities(params, X[:, :2])
    y = np.array([rng.choice(3, p=row) for row in chances]).astype(float)
    by = strata(np.repeat(["a", "b"], 60), OPERATION, y)
    statistic, p = permutation_within(
        LIKELIHOODS["multinomial_logit"], params, coefficient(1, 4), y, X[:, :2], STATES, by,
        199, 1,
    )  # fmt: skip
    assert np.isfinite(statistic)
    assert 0 < p <= 1


# -- eigenvectors --------------------------------------------------------------------------------


def test_eigenvectors_are_orthonormal_and_ordered() -> None:
    weights = nearest_neighbours(APART, np.zeros(60))
    vectors, values = moran_eigenvectors(weights)
    assert vectors.T @ vectors == pytest.approx(np.eye(vectors.shape[1]), abs=1e-10)
    assert vectors.sum(axis=0) == pytest.approx(0, abs=1e-10)
    assert (np.diff(values) <= 1e-12).all()
