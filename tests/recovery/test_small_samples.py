"""Few and unequal clusters: tests at 5% reject a true null in 5% of samples, intervals of 95% hold the truth in 95%."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from coalition.covariance import sandwich
from coalition.estimators import logit, multinomial
from coalition.fits import Design
from coalition.inference import restricted
from coalition.inference.bias_reduced import bias_reduced
from coalition.inference.bootstrap_weights import draw
from coalition.inference.jackknife import cr3, delete_one
from coalition.inference.likelihoods import LIKELIHOODS, refit
from coalition.inference.permutation import direction_permutation, exchanges, freedman_lane, score_permutation
from coalition.inference.score_bootstrap import efficient_scores, score_bootstrap
from coalition.inference.tested import Quantity, quantities
from coalition.inference.wild import wild_cluster_bootstrap
from scipy import optimize, stats
from scipy.special import logit as log_odds
from truth import MONTE_CARLO, World, covers, ordered, uniforms, world

CLUSTERS = [10, 20, 45, 60]
COLUMN, SLOPE = 1, 0.5
HELD = Quantity("", lambda params: float(params[COLUMN]), lambda params: np.eye(len(params))[COLUMN], COLUMN)


@dataclass(frozen=True)
class Sample:
    """Rows (n,) in clusters of one to eight; a tested term and a control, both partly common to a cluster."""

    X: np.ndarray
    groups: np.ndarray


def sample(clusters: int, rng: np.random.Generator) -> Sample:
    groups = np.repeat(np.arange(clusters), rng.integers(1, 9, clusters))
    shared, own = rng.normal(size=(clusters, 2))[groups], rng.normal(size=(len(groups), 2))
    return Sample(np.column_stack([np.ones(len(groups)), 0.6 * shared + 0.8 * own]), groups)


def errors(of: Sample, rng: np.random.Generator) -> np.ndarray:
    """Return standard normal errors with a correlation of 0.3 within clusters."""
    return np.sqrt(0.3) * rng.normal(size=of.groups.max() + 1)[of.groups] + np.sqrt(0.7) * rng.normal(size=len(of.X))


def normal(of: Sample, slope: float, rng: np.random.Generator) -> np.ndarray:
    """Return outcomes of a linear model whose errors are correlated within clusters."""
    return of.X @ [1.0, slope, 0.5] + errors(of, rng)


def binary(of: Sample, slope: float, rng: np.random.Generator) -> np.ndarray:
    """Return outcomes of a logit whose rows are correlated within clusters by a Gaussian copula."""
    return (of.X @ [0.0, slope, 0.5] + log_odds(stats.norm.cdf(errors(of, rng))) > 0).astype(float)


def two_operations(states: int, rng: np.random.Generator) -> tuple[Sample, np.ndarray]:
    """Return states in the first operation, four fifths of them in the second too, and the operation of each row.

    The tested term is a trait of the state that the control (a trait too) is correlated with, and a little of its own in each operation.
    """
    groups = np.concatenate([np.arange(states), np.flatnonzero(rng.random(states) < 0.8)])
    operation = np.repeat([0.0, 1.0], [states, len(groups) - states])
    control, trait = rng.normal(size=(2, states))
    tested = (0.9 * trait + 0.5 * control)[groups] + 0.4 * rng.normal(size=len(groups))
    return Sample(np.column_stack([np.ones(len(groups)), tested, control[groups], operation]), groups), operation


def covered(p_value: Callable[[np.random.Generator], float], replications: int, seed: int = 1) -> bool:
    """Return whether a test of the truth accepts it in 95% of replications, within Monte Carlo error."""
    rng = np.random.default_rng(seed)
    return covers(np.mean([p_value(rng) > 0.05 for _ in range(replications)]), replications)


def t_test(estimate: float, variance: float, df: float) -> float:
    return float(2 * stats.t(df).sf(abs(estimate) / np.sqrt(variance)))


def test_what_is_to_be_mended() -> None:
    """The usual clustered standard errors reject a true null far too often with ten unequal clusters."""

    def usual(rng: np.random.Generator) -> float:
        of = sample(10, rng)
        y = normal(of, 0.0, rng)
        beta, bread = np.linalg.lstsq(of.X, y, rcond=None)[0], np.linalg.inv(of.X.T @ of.X)
        variance = sandwich(bread, (y - of.X @ beta)[:, None] * of.X, of.groups)[COLUMN, COLUMN]
        return float(2 * stats.norm.sf(abs(beta[COLUMN]) / np.sqrt(variance)))

    assert not covered(usual, 600)


@pytest.mark.parametrize("clusters", CLUSTERS)
def test_cr2_intervals_of_a_linear_model(clusters: int) -> None:
    """An interval holds the slope exactly where the t test with Satterthwaite degrees of freedom accepts it."""

    def cr2(rng: np.random.Generator) -> float:
        of = sample(clusters, rng)
        y = normal(of, SLOPE, rng)
        beta = np.linalg.lstsq(of.X, y, rcond=None)[0]
        found = bias_reduced(of.X, y - of.X @ beta, of.groups, "cr2")
        return t_test(beta[COLUMN] - SLOPE, found.covariance[COLUMN, COLUMN], found.df[COLUMN])

    assert covered(cr2, 300)


@pytest.mark.parametrize("clusters", CLUSTERS[1:])
def test_cr2_of_a_logit(clusters: int) -> None:
    """No effect, so that the logit with correlated rows has the same truth as one without (with ten clusters it can separate)."""

    def cr2(rng: np.random.Generator) -> float:
        of = sample(clusters, rng)
        y = binary(of, 0.0, rng)
        beta = refit(LIKELIHOODS["logit"], np.zeros(3), y, of.X)
        chance = logit.probabilities(beta, of.X)[:, 1]
        found = bias_reduced(of.X, y - chance, of.groups, "cr2", chance * (1 - chance))
        return t_test(beta[COLUMN], found.covariance[COLUMN, COLUMN], found.df[COLUMN])

    assert covered(cr2, 300)


@pytest.mark.parametrize("clusters", CLUSTERS)
def test_wild_cluster_bootstrap(clusters: int) -> None:
    """Webb's weights with ten clusters, Rademacher's with more; 399 replicates, since 5% of 400 is a whole number."""

    def wild(rng: np.random.Generator) -> float:
        of = sample(clusters, rng)
        return wild_cluster_bootstrap(normal(of, SLOPE, rng), of.X, COLUMN, of.groups, 399, int(rng.integers(1e9))).p_value(SLOPE)

    assert covered(wild, 600)


@pytest.mark.parametrize("clusters", CLUSTERS)
def test_score_bootstrap_of_a_logit(clusters: int) -> None:
    def score(rng: np.random.Generator) -> float:
        of = sample(clusters, rng)
        y = binary(of, 0.0, rng)
        null = restricted.maximise(LIKELIHOODS["logit"], HELD, 0.0, np.zeros(3), y, of.X)
        parts = efficient_scores(LIKELIHOODS["logit"], null, HELD.slope(null), y, of.X, of.groups)
        return score_bootstrap(parts, draw(clusters, 399, int(rng.integers(1e9))))[1]

    assert covered(score, 600)


@pytest.mark.parametrize("states", CLUSTERS)
def test_permutation_in_a_linear_model(states: int) -> None:
    def permuted(rng: np.random.Generator) -> float:
        of, operation = two_operations(states, rng)
        y = of.X @ [1.0, 0.0, 0.5, 0.3] + errors(of, rng)
        moves = exchanges(of.groups, operation, 399, int(rng.integers(1e9)))
        return freedman_lane(y, of.X, COLUMN, of.groups, moves).p_value()

    assert covered(permuted, 400)


@pytest.mark.parametrize("states", CLUSTERS[1:])
def test_permutation_of_scores_of_a_logit(states: int) -> None:
    def permuted(rng: np.random.Generator) -> float:
        of, operation = two_operations(states, rng)
        y = (of.X @ [0.0, 0.0, 0.5, 0.3] + log_odds(stats.norm.cdf(errors(of, rng))) > 0).astype(float)
        null = restricted.maximise(LIKELIHOODS["logit"], HELD, 0.0, np.zeros(4), y, of.X)
        moves = exchanges(of.groups, operation, 399, int(rng.integers(1e9)))
        return score_permutation(LIKELIHOODS["logit"], null, COLUMN, y, of.X, of.groups, moves)[1]

    assert covered(permuted, 400)


@pytest.mark.parametrize("method", ["score_bootstrap", "permutation", "cr3"])
def test_caveat_levels_of_45_states_in_two_operations(method: str) -> None:
    """An ordered logit of nine parameters; democracy, the fifth term, has no effect (docs/methods.md: 1,500 replications)."""
    of, family, position = world(45, 2), LIKELIHOODS["ordered_logit"], 4
    held = Quantity("", lambda params: float(params[position]), lambda params: np.eye(len(params))[position], position)
    operation, start = np.repeat([0, 1], 45), np.concatenate([np.zeros(6), [-1.0, 0.0, 1.0]])

    def tested(rng: np.random.Generator) -> float:
        y = ordered(of, np.array([-1.5, -0.2, 1.2]), 0.5, rng)
        if method == "cr3":
            params = refit(family, start, y, of.X)
            deleted = delete_one(family, params, y, of.X, of.groups, steps="one")
            return t_test(params[position], cr3(deleted, params)[position, position], 44)
        null = restricted.maximise(family, held, 0.0, start, y, of.X)
        if method == "permutation":
            moves = exchanges(of.groups, operation, 399, int(rng.integers(1e9)))
            return score_permutation(family, null, position + 1, y, of.X, of.groups, moves)[1]
        parts = efficient_scores(family, null, held.slope(null), y, of.X, of.groups)
        return score_bootstrap(parts, draw(45, 399, int(rng.integers(1e9))))[1]

    assert covered(tested, 200 if method == "cr3" else 300)


NAMES = ("const", "abandonment", "entrapment", "abandonment:entrapment", "gdp_per_head", "military_personnel", "democracy", "operation")
LESSER_EVIL = {
    "family": "multinomial_logit",
    "corners": {"first": "abandonment", "second": "entrapment", "low": 0.2, "high": 0.8},
}
TRUTH = np.array([-2.0, 0.3, -0.4, -0.1, 0.3, 0.5, 0.0, -0.2, -2.3, 0.5, 0.1, 0.2, 0.2, 0.4, 0.1, 0.1])


def lesser_evil(contrasts: list[str]) -> tuple[World, Design, list[Quantity]]:
    """Return 190 states in two operations, the design of H3 without outcomes, and contrasts of it."""
    of = world(190, 2)
    X = np.column_stack([of.X[:, :3], of.X[:, 1] * of.X[:, 2], of.X[:, 3:]])
    data = Design(np.zeros(len(X)), X, NAMES, ("abstain", "unreserved", "reserved"), of.groups, products=((3, (1, 2)),))
    return of, data, quantities(LESSER_EVIL, {"contrasts": contrasts, "sign": 1}, data, None)


def test_score_bootstrap_of_a_contrast() -> None:
    """The primary quantities of H3, tested against their true values: 190 states in two operations, rows correlated within states."""
    family = LIKELIHOODS["multinomial_logit"]
    of, data, (held,) = lesser_evil(["reserved_not_unreserved"])
    chances = multinomial.probabilities(TRUTH, data.X).cumsum(axis=1)[:, :2]

    def score(rng: np.random.Generator) -> float:
        y = (uniforms(of, 0.5, rng)[:, None] > chances).sum(axis=1).astype(float)
        null = restricted.maximise(family, held, held.at(TRUTH), TRUTH, y, data.X)
        parts = efficient_scores(family, null, held.slope(null), y, data.X, of.groups)
        return score_bootstrap(parts, draw(190, 399, int(rng.integers(1e9))))[1]

    assert covered(score, 300)


def with_contrasts(tested: list[Quantity], values: list[float], unreserved: float) -> np.ndarray:
    """Return the truth with slopes of abandonment that give the contrasts these values, no product, and another constant of unreserved."""
    truth = TRUTH.copy()
    truth[[0, 3, 11]] = unreserved, 0.0, 0.0

    def beyond(slopes: np.ndarray) -> list[float]:
        truth[[1, 9]] = slopes
        return [of.at(truth) - value for of, value in zip(tested, values, strict=True)]

    found = optimize.root(beyond, [0.1, 0.1])
    assert found.success
    beyond(found.x)
    return truth


def permuted_contrasts(values: list[float], replications: int, unreserved: float = -2.0, seed: int = 1) -> np.ndarray:
    """Return p-values of both contrasts of H3, negative where the statistic is, shape (replications, 2)."""
    family = LIKELIHOODS["multinomial_logit"]
    of, data, tested = lesser_evil(["more_reserved", "reserved_not_unreserved"])
    truth, operation, rng = with_contrasts(tested, values, unreserved), data.X[:, -1], np.random.default_rng(seed)
    chances, found = multinomial.probabilities(truth, data.X).cumsum(axis=1)[:, :2], []
    for _ in range(replications):
        y = (uniforms(of, 0.5, rng)[:, None] > chances).sum(axis=1).astype(float)
        moves = exchanges(of.groups, operation, 199, int(rng.integers(1e9)))
        for held in tested:
            null = restricted.maximise(family, held, 0.0, truth, y, data.X)
            statistic, p_value = direction_permutation(null, held.slope(null), y, data.X, of.groups, moves)
            found.append(np.copysign(p_value, statistic))
    return np.array(found).reshape(replications, 2)


@pytest.mark.parametrize("values", [[0.0, 0.0], [0.15, 0.0], [0.0, 0.15]], ids=["no effect", "both kinds of joining", "fewer unreserved"])
def test_permutation_of_a_contrast(values: list[float]) -> None:
    """A contrast that is zero is rejected in 5% of samples, whether the fear does nothing or moves the other contrast.

    The claim needs both contrasts, so where one or none holds, both are found in the predicted direction in no more than 2.5%.
    """
    replications = 300
    p_values = permuted_contrasts(values, replications)
    accepted = np.abs(p_values) > 0.05
    for value, share in zip(values, accepted.mean(axis=0), strict=True):
        assert covers(share, replications) if value == 0 else share < 0.7
    supported = ((p_values > 0) & ~accepted).all(axis=1).mean()
    assert supported <= 0.025 + MONTE_CARLO * np.sqrt(0.025 * 0.975 / replications)


def test_permutation_of_a_contrast_where_few_join_unreserved() -> None:
    """Some 20 of 380 rows, as in the real sample: too many rejections are a defect, too few are the price of a level so rare."""
    p_values = permuted_contrasts([0.04, 0.0], 300, unreserved=-3.3)
    assert (np.abs(p_values[:, 1]) <= 0.05).mean() <= 0.05 + MONTE_CARLO * np.sqrt(0.05 * 0.95 / 300)


def test_permutation_finds_a_lesser_evil() -> None:
    """Where both contrasts are 0.15 both are found in most samples."""
    p_values = permuted_contrasts([0.15, 0.15], 100)
    assert ((p_values > 0) & (p_values < 0.05)).all(axis=1).mean() > 0.7
