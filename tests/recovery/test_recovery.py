"""Known truth at the sizes of the real samples: bias, coverage of 95% intervals, size of tests.

Participation: 190 states, one operation or two, 85 rows that join. Caveats: 45 states, 45 to 90 rows, four levels. Rows of one state
are correlated by a Gaussian copula, which leaves the margins those of the model.

"Within Monte Carlo error" is 3.3 standard errors of the simulated mean everywhere. Maximum likelihood in samples of this size is
biased away from zero; what is asserted is that its bias is the one that theory gives (Cox & Snell 1968), not that there is none.
Seeds are fixed; about 40 s on one core.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from coalition.effects import corner_probabilities
from coalition.estimators import firth, fit, logit, multinomial, ordered
from coalition.fits import Design, Fit
from scipy.stats import chi2
from truth import World, binary, covers, design, first_order_bias, nearly_covers, uniforms, within_chance, world
from truth import ordered as ordered_levels

REPLICATIONS = 400
CUTS = np.array([-0.6, 0.3, 1.5])
LEVELS = ("none", "low", "medium", "high")
JOINED = {1: 85 / 190, 2: 85 / 380}


@dataclass(frozen=True)
class Replications:
    """Estimates and whether the interval held the truth, (replications, p)."""

    estimates: np.ndarray
    held: np.ndarray


def replicate(
    family: str, of: World, outcomes: list[np.ndarray], levels: tuple[str, ...], truth: np.ndarray, clustered: bool
) -> Replications:
    fits = [fit(family, design(of, y, levels, clustered)) for y in outcomes]
    held = [(result.conf_low < truth) & (truth < result.conf_high) for result in fits]
    return Replications(np.array([result.params for result in fits]), np.array(held))


@pytest.mark.parametrize("operations", [1, 2])
def test_participation_by_logit(operations: int) -> None:
    """Two operations: clustered by state, with a correlation of 0.5 between a state's latent propensities."""
    of, rng = world(190, operations, share=JOINED[operations]), np.random.default_rng(1)
    outcomes = [binary(of, 0.5, rng) for _ in range(REPLICATIONS)]
    found = replicate("logit", of, outcomes, ("0", "1"), of.truth, clustered=operations == 2)
    spread = np.cov(found.estimates.T)
    bias = first_order_bias(logit.scores, logit.probabilities(of.truth, of.X), of.truth, of.X, spread)
    assert np.abs(bias).max() > 0.01
    assert within_chance(found.estimates - bias, of.truth)
    assert nearly_covers(found.held.mean(axis=0), REPLICATIONS)


def test_errors_that_ignore_clusters_are_too_small() -> None:
    """The same rows without clusters: intervals of a term that does not change within states hold the truth too rarely."""
    of, rng = world(190, 2, share=JOINED[2]), np.random.default_rng(1)
    outcomes = [binary(of, 0.9, rng) for _ in range(300)]
    alone = replicate("logit", of, outcomes, ("0", "1"), of.truth, clustered=False)
    clustered = replicate("logit", of, outcomes, ("0", "1"), of.truth, clustered=True)
    assert not covers(alone.held.mean(axis=0), 300)
    assert covers(clustered.held.mean(axis=0), 300)


def test_participation_by_clustered_firth() -> None:
    """Firth removes the bias of independent rows; what correlation adds to it stays, and is what theory says."""
    of, rng = world(190, 2, share=JOINED[2]), np.random.default_rng(1)
    outcomes = [binary(of, 0.5, rng) for _ in range(REPLICATIONS)]
    found = replicate("firth_logit", of, outcomes, ("0", "1"), of.truth, clustered=True)
    chances = logit.probabilities(of.truth, of.X)
    left = [
        first_order_bias(logit.scores, chances, of.truth, of.X, spread)
        for spread in (np.cov(found.estimates.T), np.linalg.inv(-logit.hessian(of.truth, of.X)))
    ]
    assert within_chance(found.estimates - (left[0] - left[1]), of.truth)
    assert nearly_covers(found.held.mean(axis=0), REPLICATIONS)


@pytest.mark.parametrize("states", [45, 85])
def test_firth_has_no_bias_and_its_test_the_right_size(states: int) -> None:
    """An interval ends where the penalised likelihood ratio is 3.84, so the ratio at the truth tells coverage and size in one."""
    of, rng = world(states, 1, share=0.4), np.random.default_rng(3)
    replications, others = 600, np.delete(np.arange(6), 5)
    estimates, ratios = [], []
    for _ in range(replications):
        y = binary(of, 0.0, rng)
        beta, top, _ = firth.maximise(y, of.X, np.zeros(6))
        start = beta.copy()
        start[5] = of.truth[5]  # zero: no effect of democracy
        estimates.append(beta)
        ratios.append(2 * (top - firth.maximise(y, of.X, start, others)[1]))
    assert of.truth[5] == 0
    assert within_chance(np.array(estimates), of.truth)
    assert covers((np.array(ratios) < chi2.ppf(0.95, 1)).mean(), replications)


@pytest.mark.long
def test_firth_profile_intervals_hold_the_truth() -> None:
    of, rng = world(45, 1, share=0.4), np.random.default_rng(5)
    found = replicate("firth_logit", of, [binary(of, 0.0, rng) for _ in range(100)], ("0", "1"), of.truth, clustered=False)
    assert covers(found.held.mean(axis=0), 100)


@pytest.mark.parametrize(("states", "operations"), [(45, 1), (85, 1), (45, 2)])
def test_caveat_levels_by_ordered_logit(states: int, operations: int) -> None:
    of, rng = world(states, operations), np.random.default_rng(2)
    truth = np.concatenate([of.truth[1:], CUTS])
    outcomes = [ordered_levels(of, CUTS, 0.0, rng) for _ in range(REPLICATIONS)]
    assert all(len(np.unique(y)) == 4 for y in outcomes)
    found = replicate("ordered_logit", of, outcomes, LEVELS, truth, clustered=False)
    bias = first_order_bias(ordered.scores, ordered.probabilities(truth, of.X), truth, of.X)
    assert np.abs(bias).max() > 0.05
    assert within_chance(found.estimates - bias, truth)
    assert nearly_covers(found.held.mean(axis=0), REPLICATIONS)


def test_caveat_levels_by_clustered_ordered_logit() -> None:
    """45 states in both operations, correlation 0.5."""
    of, rng = world(45, 2), np.random.default_rng(2)
    truth = np.concatenate([of.truth[1:], CUTS])
    outcomes = [ordered_levels(of, CUTS, 0.5, rng) for _ in range(REPLICATIONS)]
    found = replicate("ordered_logit", of, outcomes, LEVELS, truth, clustered=True)
    assert nearly_covers(found.held.mean(axis=0), REPLICATIONS)


@pytest.mark.long
def test_contrasts_of_the_lesser_evil() -> None:
    """The primary quantities of H3: 190 states in two operations, a quarter of the rows joining, half of these with reservations."""
    of, rng, replications = world(190, 2), np.random.default_rng(4), 300
    X = np.column_stack([of.X[:, :3], of.X[:, 1] * of.X[:, 2], of.X[:, 3:]])
    truth = np.array([-2.0, 0.3, -0.4, -0.1, 0.3, 0.5, 0.0, -0.2, -2.3, 0.5, 0.1, 0.2, 0.2, 0.4, 0.1, 0.1])
    chances = multinomial.probabilities(truth, X)
    names = ("const", "abandonment", "entrapment", "abandonment:entrapment", *of.names[3:])
    levels, products = ("abstain", "unreserved", "reserved"), ((3, (1, 2)),)

    def contrasts(result: Fit, data: Design) -> np.ndarray:
        found = corner_probabilities("multinomial_logit", result, data, "abandonment", "entrapment", 0.2, 0.8)[1]
        return np.array([(effect.estimate, effect.conf_low, effect.conf_high) for effect in found]).T

    fits = []
    for _ in range(replications):
        y = (uniforms(of, 0.5, rng)[:, None] > chances.cumsum(axis=1)[:, :2]).sum(axis=1).astype(float)
        data = Design(y, X, names, levels, of.groups, products=products)
        fits.append((fit("multinomial_logit", data), data))
    true = contrasts(replace(fits[0][0], params=truth), fits[0][1])[0]
    estimates, low, high = np.stack([contrasts(*each) for each in fits], axis=1)
    assert within_chance(estimates, true)
    assert covers(((low < true) & (true < high)).mean(axis=0), replications)
