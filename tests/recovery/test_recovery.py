"""Known truth at the sizes of the real samples: bias, coverage of 95% intervals, size of tests.

Participation: 45 to 190 states, one operation or two. Caveats: 45 to 190 states, four levels. Rows
of one state are correlated by a Gaussian copula, which leaves the margins those of the model.

"Within Monte Carlo error" is 3.3 standard errors of the simulated mean everywhere. Maximum
likelihood in samples of this size is biased away from zero; what is asserted is that its bias is
the one that theory gives (Cox & Snell 1968), not that there is none.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from coalition.estimators import firth, fit, logit, multinomial, ordered
from coalition.estimators.fit_types import Design
from coalition.inference.equivalence import two_one_sided_tests
from coalition.robustness.curve import curve_effects
from coalition.robustness.curve.curve_problems import Problem
from measured import Study
from scipy.stats import chi2
from truth import (
    MONTE_CARLO,
    SHORT,
    Wald,
    World,
    binary,
    covers,
    design,
    first_order_bias,
    fitted,
    nearly_covers,
    not_short,
    uniforms,
    within_chance,
    world,
)
from truth import ordered as ordered_levels

pytestmark = pytest.mark.long

CUTS = np.array([-0.6, 0.3, 1.5])
LEVELS = ("none", "low", "medium", "high")
SHARE = {45: 0.4, 90: 0.4, 190: 85 / 190}
"""Rows that join: 85 of 190 states; in smaller pools, of allies and partners, two in five."""
FEARS, DEMOCRACY = ["abandonment", "entrapment"], 5
NO_EFFECT = "democracy (no effect)"

Begin = Callable[..., Study]


def keep(study: Study, method: str, found: Wald, truth: np.ndarray, first: int = 1) -> np.ndarray:
    """Measure the effects of the two fears, and the test of the term that has none; return how
    often intervals held the truth.
    """
    held, fears, none = found.held(truth), slice(first, first + 2), DEMOCRACY - 1 + first
    assert truth[none] == 0
    study.bias(method, FEARS, found.params[:, fears], truth[fears])
    study.coverage(method, FEARS, held[:, fears])
    study.size(method, [NO_EFFECT], ~held[:, none])
    return held.mean(axis=0)


@pytest.mark.parametrize("states", [45, 90, 190])
def test_participation_by_logit(states: int, study: Begin) -> None:
    """At 190 rows the bias is that of theory; with six coefficients and 18 joiners it is larger,
    and some samples are separated.
    """
    of = world(states, 1, share=SHARE[states])
    about = study(
        title="Logit of participation",
        simulated=(
            "States in one operation, two in five of which join; the logit of the main "
            "tables, with standard errors of the model."
        ),
        n=states,
        clusters=0,
        replications=(400, 5000),
        seed=1,
    )
    rng = about.rng
    found = fitted(
        "logit",
        of,
        [binary(of, 0.0, rng) for _ in range(about.replications)],
        ("0", "1"),
        clustered=False,
    )
    held = keep(about, "logit", found, of.truth)
    bias = first_order_bias(
        logit.scores, logit.probabilities(of.truth, of.X), of.truth, of.X, np.cov(found.params.T)
    )
    if states == 190:
        assert np.abs(bias).max() > 0.01
        assert within_chance(found.params - bias, of.truth)
    else:
        assert np.abs(found.params.mean(axis=0)[1]) > of.truth[1]
    assert nearly_covers(held, len(found.params))


def test_participation_by_logit_clustered_by_state(study: Begin) -> None:
    """Two operations, a correlation of 0.5 between a state's latent propensities."""
    of = world(190, 2, share=85 / 380)
    about = study(
        title="Logit of participation, rows of a state correlated",
        simulated=(
            "190 states in two operations, 85 rows that join; the latent propensities of a "
            "state's two rows are correlated by 0.5."
        ),
        n=380,
        clusters=190,
        replications=(400, 5000),
        seed=1,
    )
    rng = about.rng
    outcomes = [binary(of, 0.5, rng) for _ in range(about.replications)]
    found = fitted("logit", of, outcomes, ("0", "1"), clustered=True)
    bias = first_order_bias(
        logit.scores, logit.probabilities(of.truth, of.X), of.truth, of.X, np.cov(found.params.T)
    )
    assert within_chance(found.params - bias, of.truth)
    assert nearly_covers(keep(about, "logit, clustered", found, of.truth), about.replications)
    penalised = fitted("firth_logit", of, outcomes, ("0", "1"), clustered=True)
    left = [
        first_order_bias(logit.scores, logit.probabilities(of.truth, of.X), of.truth, of.X, spread)
        for spread in (np.cov(penalised.params.T), np.linalg.inv(-logit.hessian(of.truth, of.X)))
    ]
    # Firth removes the bias of independent rows; what correlation adds to it stays, and is what
    # theory says
    assert within_chance(penalised.params - (left[0] - left[1]), of.truth)
    assert nearly_covers(keep(about, "Firth, clustered", penalised, of.truth), about.replications)


def test_errors_that_ignore_clusters_are_too_small(study: Begin) -> None:
    """The same rows without clusters: intervals of a term that does not change within states hold
    the truth too rarely.
    """
    of = world(190, 2, share=85 / 380)
    about = study(
        title="What ignoring that a state has two rows costs",
        simulated=(
            "190 states in two operations, latent propensities of a state's two rows "
            "correlated by 0.9; intervals that know of it, and not."
        ),
        n=380,
        clusters=190,
        replications=(300, 5000),
        seed=1,
    )
    rng = about.rng
    outcomes = [binary(of, 0.9, rng) for _ in range(about.replications)]
    alone, clustered = (
        fitted("logit", of, outcomes, ("0", "1"), clustered=each) for each in (False, True)
    )
    about.coverage("logit, rows as if independent", FEARS, alone.held(of.truth)[:, 1:3])
    about.coverage("logit, clustered", FEARS, clustered.held(of.truth)[:, 1:3])
    assert not covers(alone.held(of.truth).mean(axis=0), about.replications)
    assert nearly_covers(clustered.held(of.truth).mean(axis=0), about.replications)


@pytest.mark.parametrize("states", [45, 90, 190])
def test_firth_has_no_bias_and_its_test_the_right_size(states: int, study: Begin) -> None:
    """An interval ends where the penalised likelihood ratio is 3.84, so the ratio at the truth
    tells coverage and size in one.
    """
    of = world(states, 1, share=SHARE[states])
    about = study(
        title="Firth's logit of participation, penalised likelihood ratio",
        simulated=(
            "The samples of the logit; the ratio is that of the truth against the maximum, so "
            "that it tells coverage and size in one."
        ),
        n=states,
        clusters=0,
        replications=(500, 2000),
        seed=3,
    )
    rng, others = about.rng, np.delete(np.arange(6), DEMOCRACY)
    estimates, ratios = [], []
    for _ in range(about.replications):
        y = binary(of, 0.0, rng)
        beta, top, _ = firth.maximise(y, of.X, np.zeros(6))
        start = beta.copy()
        start[DEMOCRACY] = of.truth[DEMOCRACY]  # zero: no effect of democracy
        estimates.append(beta)
        ratios.append(2 * (top - firth.maximise(y, of.X, start, others)[1]))
    rejected = np.array(ratios) > chi2.ppf(0.95, 1)
    about.bias("Firth", FEARS, np.array(estimates)[:, 1:3], of.truth[1:3])
    about.size("Firth, penalised likelihood ratio", [NO_EFFECT], rejected)
    assert within_chance(np.array(estimates), of.truth)
    assert nearly_covers(1 - rejected.mean(), about.replications)


def test_firth_profile_intervals_hold_the_truth(study: Begin) -> None:
    of = world(45, 1, share=SHARE[45])
    about = study(
        title="Firth's logit of participation, profile intervals",
        simulated="45 states in one operation, 18 of which join; the intervals of the tables.",
        n=45,
        clusters=0,
        replications=(20, 300),
        seed=5,
    )
    rng, held = about.rng, []
    for _ in range(about.replications):
        found = fit("firth_logit", design(of, binary(of, 0.0, rng), ("0", "1"), clustered=False))
        held.append((found.conf_low < of.truth) & (of.truth < found.conf_high))
    about.coverage("Firth, profile interval", FEARS, np.array(held)[:, 1:3])
    assert nearly_covers(np.mean(held, axis=0), about.replications)


@pytest.mark.parametrize("states", [45, 190])
def test_effects_as_large_as_the_smallest_of_interest(states: int, study: Begin) -> None:
    """An odds ratio of 1.5 exactly: the test that an effect is smaller must not say so in more than
    5% of samples.
    """
    of, margin = world(states, 1, share=SHARE[states]), float(np.log(1.5))
    assert of.truth[1] == margin
    about = study(
        title="Equivalence: too small to matter",
        simulated=(
            "States in one operation; the true odds ratio is just the smallest of interest, "
            "1.5, so that to call it smaller is an error."
        ),
        n=states,
        clusters=0,
        replications=(400, 5000),
        seed=6,
    )
    rng = about.rng
    found = fitted(
        "firth_logit",
        of,
        [binary(of, 0.0, rng) for _ in range(about.replications)],
        ("0", "1"),
        clustered=False,
    )
    pairs = zip(found.params[:, 1], found.std_error[:, 1], strict=True)
    tests = [
        two_one_sided_tests(float(estimate), float(error), margin) for estimate, error in pairs
    ]
    below, within = (
        np.array([getattr(test, name) for test in tests]) < 0.05 for name in ("p_below", "p_value")
    )
    about.size("smaller than the margin, one side", ["abandonment"], below)
    about.size("within both margins", ["abandonment"], within)
    error = 3.3 * np.sqrt(0.05 * 0.95 / about.replications)
    assert within.mean() <= below.mean() <= 0.05 + error


@pytest.mark.parametrize(("states", "operations"), [(45, 1), (90, 1), (45, 2), (190, 1)])
def test_caveat_levels_by_ordered_logit(states: int, operations: int, study: Begin) -> None:
    of = world(states, operations)
    about = study(
        title="Ordered logit of the caveat level",
        simulated=(
            "States in one operation or, for 90 rows a second time, 45 states in two; four "
            "levels, independent rows, errors of the model."
        ),
        n=states * operations,
        clusters=0,
        replications=(400, 5000),
        seed=2,
    )
    truth, rng = np.concatenate([of.truth[1:], CUTS]), about.rng
    outcomes = [ordered_levels(of, CUTS, 0.0, rng) for _ in range(about.replications)]
    assert all(len(np.unique(y)) == 4 for y in outcomes)
    found = fitted("ordered_logit", of, outcomes, LEVELS, clustered=False)
    held = keep(
        about,
        f"ordered logit, {operations} operation{'s' if operations > 1 else ''}",
        found,
        truth,
        first=0,
    )
    bias = first_order_bias(ordered.scores, ordered.probabilities(truth, of.X), truth, of.X)
    if states < 190:
        assert np.abs(bias).max() > 0.05
    # with nine parameters in 45 rows what is of order 1/n^2 shows in a long run
    if states * operations > 45:
        assert within_chance(found.params - bias, truth)
    else:
        assert (np.abs(found.params.mean(axis=0) - bias - truth) < np.abs(bias).max()).all()
    assert nearly_covers(held, about.replications)


@pytest.mark.parametrize("states", [20, 45, 90])
def test_caveat_levels_by_clustered_ordered_logit(states: int, study: Begin) -> None:
    """All states in both operations, correlation 0.5."""
    of = world(states, 2)
    about = study(
        title="Ordered logit of the caveat level, clustered by state",
        simulated=(
            "States in two operations, four levels, nine parameters; the latent levels of a "
            "state's two rows are correlated by 0.5."
        ),
        n=2 * states,
        clusters=states,
        replications=(400, 5000),
        seed=2,
    )
    truth, rng = np.concatenate([of.truth[1:], CUTS]), about.rng
    outcomes = [ordered_levels(of, CUTS, 0.5, rng) for _ in range(about.replications)]
    found = fitted("ordered_logit", of, outcomes, LEVELS, clustered=True)
    held = keep(about, "ordered logit, clustered", found, truth, first=0)
    # of what differs between a state's two rows (operation, cut points) intervals are too long; 20
    # states are few for nine parameters, and in
    # the long version one of them (military personnel) has intervals that hold the truth in 91.8%
    # of the samples, 3.2 points short
    assert not_short(held, len(found.params), short=0.04 if states == 20 else SHORT)


@pytest.mark.parametrize("states", [95, 190])
def test_contrasts_of_the_lesser_evil(states: int, study: Begin) -> None:
    """The primary quantities of H3: a quarter of the rows joining, half of these with
    reservations.
    """
    of = world(states, 2)
    X = np.column_stack([of.X[:, :3], of.X[:, 1] * of.X[:, 2], of.X[:, 3:]])
    truth = np.array(
        [-2.0, 0.3, -0.4, -0.1, 0.3, 0.5, 0.0, -0.2, -2.3, 0.5, 0.1, 0.2, 0.2, 0.4, 0.1, 0.1]
    )
    names = ("const", "abandonment", "entrapment", "abandonment:entrapment", *of.names[3:])
    about = study(
        title="Contrasts of the lesser evil (H3), multinomial logit",
        simulated="States in two operations, a quarter of the rows joining, half of these with "
        "reservations; delta-method intervals, clustered by state (correlation 0.5).",
        n=2 * states,
        clusters=states,
        replications=(300, 3000),
        seed=4,
    )
    rng, chances = about.rng, multinomial.probabilities(truth, X)
    outcomes = [
        (uniforms(of, 0.5, rng)[:, None] > chances.cumsum(axis=1)[:, :2]).sum(axis=1) * 1.0
        for _ in range(about.replications)
    ]
    found = fitted(
        "multinomial_logit",
        World(X, truth, of.groups, names),
        outcomes,
        ("abstain", "unreserved", "reserved"),
        clustered=True,
    )
    data = Design(
        outcomes[0],
        X,
        names,
        ("abstain", "unreserved", "reserved"),
        of.groups,
        products=((3, (1, 2)),),
    )
    corners = {"first": "abandonment", "second": "entrapment", "low": 0.2, "high": 0.8}
    problem = Problem(data, of.groups, X[:, -1].astype(int), "multinomial_logit", corners, (1, 3))
    claims = ["more_reserved", "reserved_not_unreserved"]
    true = curve_effects.contrasts(problem, truth, claims)[0]
    estimates, errors = [], []
    for params, spread in zip(found.params, found.covariance, strict=True):
        values, slopes = curve_effects.contrasts(problem, params, claims)
        estimates.append(values)
        errors.append(np.sqrt(np.einsum("ti,ij,tj->t", slopes, spread, slopes)))
    held = np.abs(np.array(estimates) - true) < 1.96 * np.array(errors)
    about.bias("multinomial logit, clustered", claims, np.array(estimates), true)
    about.coverage("multinomial logit, clustered", claims, held)
    # a contrast of probabilities keeps a bias of order 1/n, which long runs see; with a tenth of
    # the standard deviation an interval of 95% holds
    # the truth in 94.9%. Below 1,100 samples chance alone is larger than that, and what is asked is
    # that there is nothing beside it.
    most = max(0.1, MONTE_CARLO / np.sqrt(len(held))) * np.std(estimates, axis=0, ddof=1)
    assert (np.abs(np.mean(estimates, axis=0) - true) <= most).all()
    assert not_short(held.mean(axis=0), len(held))
    assert len(held) > 0.9 * about.replications
