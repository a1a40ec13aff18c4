"""Known truth for the families with decisions, cut points and units: bias, coverage of 95%
intervals, size of the tests.

Sizes are those of the samples: 45 to 190 states, 10 to 60 clusters. "Within Monte Carlo error" is
3.3 standard errors. Where theory gives no formula for the small-sample bias, it must stay below a
quarter of the estimate's standard deviation: then an interval of 95% still covers 94.3%.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from classical_forms import brant, hausman
from coalition.estimators import conditional, fit, partial_odds, predictor, sequential
from coalition.estimators.fit_types import Design, Errors, EstimationFailure, Fit
from coalition.estimators.marginal_effects import average_marginal_effects
from coalition.estimators.specification_tests import mundlak, proportional_odds
from coalition.samples.country_operations import spells_of_deployment
from measured import Study
from scipy.special import expit
from truth import (
    MONTE_CARLO,
    SHORT,
    binary,
    design,
    first_order_bias,
    nearly_covers,
    not_short,
    uniforms,
    within_chance,
    world,
)
from truth import ordered as ordered_levels

pytestmark = pytest.mark.long

LEVELS, RESPONSES = ("none", "low", "medium", "high"), ("abstain", "unreserved", "reserved")
FEARS = ["abandonment", "entrapment"]

Begin = Callable[..., Study]


def keep(
    about: Study, method: str, fits: list[Fit], names: list[str], truth: np.ndarray, places: slice
) -> None:
    """Measure bias and coverage of some parameters of fits."""
    about.bias(method, names, np.array([found.params[places] for found in fits]), truth)
    about.coverage(
        method,
        names,
        np.array(
            [(found.conf_low[places] < truth) & (truth < found.conf_high[places]) for found in fits]
        ),
    )


def held(fits: list[Fit], truth: np.ndarray, count: int | None = None) -> np.ndarray:
    """Return how often the intervals of the first parameters held the truth."""
    return np.mean(
        [(found.conf_low[:count] < truth) & (truth < found.conf_high[:count]) for found in fits],
        axis=0,
    )


def small_bias(estimates: np.ndarray, truth: np.ndarray) -> bool:
    """Return whether the bias is below a quarter of the standard deviation within Monte Carlo
    error.
    """
    most = 0.25 + MONTE_CARLO / np.sqrt(len(estimates))
    return bool(
        np.all(np.abs(estimates.mean(axis=0) - truth) < most * estimates.std(axis=0, ddof=1))
    )


def test_sequential_logit(study: Begin) -> None:
    about = study(
        title="Sequential logit",
        simulated=(
            "190 states in two operations, a third of the rows joining; a state's rows are "
            "correlated by 0.5; errors clustered by state."
        ),
        n=380,
        clusters=190,
        replications=(150, 1000),
        seed=1,
    )
    of, rng, replications = world(190, 2, share=0.35), about.rng, about.replications
    truth = np.concatenate([of.truth, [0.4, 0.2, 0.6, 0.1, -0.3, 0.1, 0.2]])
    chances = sequential.probabilities(truth, of.X)
    fits = []
    for _ in range(replications):
        y = (
            (uniforms(of, 0.5, rng)[:, None] > chances.cumsum(axis=1)[:, :2])
            .sum(axis=1)
            .astype(float)
        )
        fits.append(fit("sequential_logit", design(of, y, RESPONSES, clustered=True)))
    estimates = np.array([found.params for found in fits])
    bias = first_order_bias(sequential.scores, chances, truth, of.X, np.cov(estimates.T))
    keep(about, "decision to join", fits, FEARS, truth[1:3], slice(1, 3))
    keep(about, "decision on reservations", fits, FEARS, truth[8:10], slice(8, 10))
    assert within_chance(estimates - bias, truth)
    assert nearly_covers(held(fits, truth), replications)


@pytest.mark.parametrize("states", [95, 190])
def test_partial_proportional_odds(states: int, study: Begin) -> None:
    """Two operations, between which the cut points differ by different amounts: a 0/1 term seldom
    makes probabilities cross.
    """
    about = study(
        title="Partial proportional odds",
        simulated=(
            "States in two operations, independent rows, four levels; the operation has an "
            "effect of its own at each cut point."
        ),
        n=2 * states,
        clusters=0,
        replications=(50, 500),
        seed=2,
    )
    of, rng, replications = world(states, 2), about.rng, about.replications
    slopes, cuts = of.truth[1:], np.array([-1.2, 0.3, 1.9])
    truth = np.concatenate([slopes[:-1], [0.4, 0.0, -0.4], cuts])
    data = replace(
        design(of, np.resize(np.arange(4.0), len(of.X)), LEVELS, clustered=False),
        nonproportional=(6,),
    )
    model = partial_odds.model_of(data)
    chances = model.probabilities(truth, of.X)
    assert chances.min() > 0

    def scores(at: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
        return partial_odds.ordered.scores_of(model.ends(at, y, X))

    fits = []
    for _ in range(replications):
        y = (
            (rng.random(len(of.X))[:, None] > chances.cumsum(axis=1)[:, :3])
            .sum(axis=1)
            .astype(float)
        )
        fits.append(fit("partial_ordered_logit", replace(data, y=y)))
    estimates = np.array([found.params for found in fits])
    keep(about, "partial proportional odds", fits, FEARS, truth[:2], slice(0, 2))
    keep(
        about,
        "partial proportional odds",
        fits,
        [f"operation, cut {cut}" for cut in (1, 2, 3)],
        truth[5:8],
        slice(5, 8),
    )
    assert within_chance(estimates - first_order_bias(scores, chances, truth, of.X), truth)
    assert nearly_covers(held(fits, truth), replications)


# -- panels of a binary outcome
# -------------------------------------------------------------------------------------


def binary_panel(
    units: int, years: int, rng: np.random.Generator, truth: np.ndarray, spread: float
) -> Design:
    """Return rows whose unit intercepts go with the mean of x; truth is that of const, x, w,
    mean(x).
    """
    unit = np.repeat(np.arange(units), years)
    x = rng.normal(size=units)[unit] + rng.normal(size=len(unit))
    w = rng.normal(size=len(unit))
    mean = (np.bincount(unit, weights=x) / years)[unit]
    own = spread * rng.normal(size=units)[unit]
    y = (
        rng.random(len(unit))
        < expit(np.column_stack([np.ones(len(unit)), x, w, mean]) @ truth + own)
    ).astype(float)
    return Design(
        y,
        np.column_stack([np.ones(len(unit)), x, w]),
        ("const", "x", "w"),
        ("0", "1"),
        unit,
        unit,
        np.tile(np.arange(years), units),
    )


TRUTH, SPREAD = np.array([-0.3, 0.6, -0.4, 0.8]), 1.5
OF_PANELS = (
    "Units with six or eight years, a yes or no each year; the intercepts of the units go "
    "with the mean of x."
)


@pytest.mark.parametrize(("units", "years"), [(45, 8), (60, 6)])
def test_conditional_logit(units: int, years: int, study: Begin) -> None:
    """No bias from the units' effects, however they go with x; the pooled logit has it."""
    about = study(
        title="Conditional logit",
        simulated=OF_PANELS,
        n=units * years,
        clusters=units,
        replications=(25, 200),
        seed=3,
    )
    rng, replications = about.rng, about.replications
    samples = [binary_panel(units, years, rng, TRUTH, 1.0) for _ in range(replications)]
    fits = [fit("conditional_logit", data) for data in samples]
    keep(about, "conditional logit", fits, ["x", "w"], TRUTH[1:3], slice(0, 2))
    assert small_bias(np.array([found.params for found in fits]), TRUTH[1:3])
    assert nearly_covers(held(fits, TRUTH[1:3]), replications)
    without = [fit("logit", data) for data in samples]
    keep(about, "logit without units' effects", without, ["x"], TRUTH[1:2], slice(1, 2))
    pooled = np.array([found.params[1] for found in without])
    assert not small_bias(pooled[:, None], TRUTH[1:2])


@pytest.mark.parametrize(("units", "years"), [(45, 8), (60, 6)])
def test_correlated_random_effects(units: int, years: int, study: Begin) -> None:
    about = study(
        title="Correlated random effects logit, normal intercepts",
        simulated=OF_PANELS,
        n=units * years,
        clusters=units,
        replications=(40, 300),
        seed=4,
    )
    rng, replications = about.rng, about.replications
    truth, fits = np.append(TRUTH, 0.0), []
    for _ in range(replications):  # mean(w) has no effect
        fits.append(
            fit(
                "random_effects_cre_logit",
                replace(binary_panel(units, years, rng, TRUTH, SPREAD), groups=None),
            )
        )
    assert fits[0].names == ("const", "x", "w", "mean(x)", "mean(w)", "log_sd")
    keep(about, "random_effects_cre_logit", fits, ["x", "w", "mean(x)"], truth[1:4], slice(1, 4))
    assert small_bias(np.array([found.params[:5] for found in fits]), truth)
    assert nearly_covers(held(fits, truth, 5), replications)
    sd = np.array([found.fit["sd_intercepts"] for found in fits])
    # maximum likelihood is low by a term of order 1/units
    assert np.median(sd) == pytest.approx(SPREAD, rel=0.1)


@pytest.mark.parametrize("units", [20, 60])
def test_average_marginal_effects_with_unit_means(units: int, study: Begin) -> None:
    """The average derivative of P(y = 1) over the rows and the intercepts, by both families."""
    about = study(
        title="Average marginal effects with the means of units",
        simulated=OF_PANELS
        + " The truth is averaged over the rows of each sample and the intercepts.",
        n=6 * units,
        clusters=units,
        replications=(25, 200),
        seed=5,
    )
    rng, replications = about.rng, about.replications
    errors: dict[str, list[bool]] = {"random_effects_cre_logit": [], "cre_logit_pooled": []}
    distances: dict[str, list[float]] = {family: [] for family in errors}
    for _ in range(replications):
        data = binary_panel(units, 6, rng, TRUTH, SPREAD)
        true = average_effect(data)
        for family, found in errors.items():
            try:
                effect = average_marginal_effects(family, fit(family, data), data, ["x"])[0]
            except EstimationFailure:  # intercepts without variance
                continue
            found.append(effect.conf_low < true < effect.conf_high)
            distances[family].append(effect.estimate - true)
    for family, found in errors.items():
        about.bias(family, ["effect of x on P(y = 1)"], np.array(distances[family]), 0.0)
        about.coverage(family, ["effect of x on P(y = 1)"], np.array(found))
        assert len(found) > 0.9 * replications
        assert nearly_covers(np.mean(found), len(found))


def average_effect(data: Design) -> float:
    """Return the true average marginal effect of x in a sample: that of the coefficients, averaged
    over the normal intercepts.
    """
    params = np.append(TRUTH, [0.0, np.log(SPREAD)])
    model = predictor("random_effects_cre_logit", data)
    dX = np.zeros_like(data.X)
    dX[:, 1] = 1
    return float(model.derivatives(params, data.X, dX).mean(axis=0)[1])


def test_average_marginal_effects_of_a_conditional_logit_are_near_the_truth(study: Begin) -> None:
    """With eight rows a unit, the units' effects set to their maximum: within a fifth of the truth
    in units whose outcome varies.
    """
    about = study(
        title="Average marginal effects of a conditional logit",
        simulated=(
            "60 units of eight years, effects averaged over the units whose outcome varies, "
            "as a ratio to the true one."
        ),
        n=480,
        clusters=60,
        replications=(10, 100),
        seed=6,
    )
    rng, ratios = about.rng, []
    for _ in range(about.replications):
        data = binary_panel(60, 8, rng, TRUTH, 0.0)
        rows = conditional.varying(data)
        mean = (np.bincount(data.entity, weights=data.X[:, 1]) / 8)[data.entity]
        one = expit(np.column_stack([data.X, mean]) @ TRUTH)[rows]
        found = average_marginal_effects(
            "conditional_logit", fit("conditional_logit", data), data, ["x"]
        )[0]
        ratios.append(found.estimate / (TRUTH[1] * (one * (1 - one)).mean()))
    about.bias("conditional_logit", ["estimate by truth"], np.array(ratios), 1.0)
    assert np.mean(ratios) == pytest.approx(1, abs=0.2)


# -- spells
# ------------------------------------------------------------------------------------------------


def hazard_panel(states: int, rng: np.random.Generator, truth: np.ndarray) -> Design:
    """Return rows at risk of leaving, 2003 to 2012, entries spread over three years; those still
    there after 2010 are censored.
    """
    fear, entry = rng.normal(size=states), rng.integers(2003, 2006, states)
    years = np.arange(2003, 2013)
    state, year = np.repeat(np.arange(states), len(years)), np.tile(years, states)
    within = year - entry[state] + 1
    leaves = rng.random(len(year)) < expit(
        np.column_stack([np.ones(len(year)), fear[state], within]) @ truth
    )
    exits = np.array(
        [min(year[(state == one) & (within > 0) & leaves], default=9999) for one in range(states)]
    )[state].astype(float)
    there = pd.Series(((within > 0) & (year <= exits)).astype(float))
    leave = pd.Series(np.where(exits == 9999, np.nan, exits))
    found = spells_of_deployment(
        pd.Series(year),
        there,
        pd.Series(entry[state]),
        leave,
        {"end": "2012-12-31", "early_exit_until": 2010},
    )
    risk = found["exited"].notna().to_numpy()
    X = np.column_stack([np.ones(len(year)), fear[state], found["years_in"]])[risk]
    return Design(
        found["exited"][risk].to_numpy(), X, ("const", "fear", "years_in"), ("0", "1"), state[risk]
    )


@pytest.mark.parametrize("states", [20, 60])
def test_hazards_of_exit_under_censoring(states: int, study: Begin) -> None:
    about = study(
        title="Exit: discrete-time hazard",
        simulated=(
            "States enter from 2003 to 2005 and may leave until 2010; those that stay are "
            "censored; errors clustered by state."
        ),
        n=5 * states,
        clusters=states,
        replications=(120, 1000),
        seed=7,
    )
    rng, truth, replications = about.rng, np.array([-2.5, 0.6, 0.15]), about.replications
    samples = [hazard_panel(states, rng, truth) for _ in range(replications)]
    fits = [fit("logit", data) for data in samples]
    keep(about, "logit of leaving, clustered", fits, ["fear", "years in"], truth[1:], slice(1, 3))
    # who is still at risk depends on the outcomes before, which the formula for a given design does
    # not know
    assert small_bias(np.array([found.params[1:] for found in fits]), truth[1:])
    assert not_short(held(fits, truth), replications, short=SHORT if states == 60 else 0.04)


# -- tests of specification
# -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("states", "operations"), [(45, 1), (45, 2)])
def test_the_score_test_of_proportional_odds_has_its_size(
    states: int, operations: int, study: Begin
) -> None:
    """And Brant's has not: true proportional odds are rejected twice as often as 5% at least."""
    about = study(
        title="Tests of proportional odds",
        simulated="45 states in one or two operations, independent rows, proportional odds true.",
        n=states * operations,
        clusters=0,
        replications=(60, 400),
        seed=8,
    )
    of, rng, replications = world(states, operations), about.rng, about.replications
    scores, walds = [], []
    for _ in range(replications):
        data = design(
            of, ordered_levels(of, np.array([-0.6, 0.3, 1.5]), 0.0, rng), LEVELS, clustered=False
        )
        scores.append([test.p for test in proportional_odds(data)])
        try:
            walds.append(brant(data)[0].p)
        except EstimationFailure:
            continue
    about.size(
        "score test",
        ["all terms", *(f"term {number}" for number in range(1, len(scores[0])))],
        np.array(scores) < 0.05,
    )
    about.size("Brant's Wald test", ["all terms"], np.array(walds) < 0.05)
    assert nearly_covers((np.array(scores) >= 0.05).mean(axis=0), replications)
    assert (np.array(walds) < 0.05).mean() > 0.1
    assert len(walds) > 0.8 * replications


def linear_panel(
    units: int, years: int, rng: np.random.Generator, correlated: float, common: float = 0.0
) -> Design:
    """Return rows with y = x + effect of the unit + shock of the year; `correlated` is how the
    effect goes with x, `common` the shocks.
    """
    unit, year = np.repeat(np.arange(units), years), np.tile(np.arange(years), units)
    own, shock = rng.normal(size=units)[unit], rng.normal(size=(2, years))
    x = correlated * own + rng.normal(size=len(unit)) + common * shock[0][year]
    y = x + own + rng.normal(size=len(unit)) + common * shock[1][year]
    return Design(y, np.column_stack([np.ones(len(unit)), x]), ("const", "x"), (), unit, unit, year)


@pytest.mark.parametrize("units", [20, 45])
def test_mundlak_has_its_size_and_power(units: int, study: Begin) -> None:
    about = study(
        title="Random against fixed effects",
        simulated=(
            "Units with six years; their effects do not go with x, so that random effects are "
            "right; power where they do, by 0.5."
        ),
        n=6 * units,
        clusters=units,
        replications=(20, 120),
        seed=9,
    )
    rng, p_values, classical = about.rng, [], []
    for _ in range(about.replications):
        data = linear_panel(units, 6, rng, 0.0)
        p_values.append(mundlak(data).p)
        alone = replace(data, groups=None)
        try:
            classical.append(hausman(fit("panel_entity", alone), fit("panel_random", alone)).p)
        except EstimationFailure:  # the difference of the covariances is not positive definite
            continue
    false = [mundlak(linear_panel(units, 6, rng, 0.5)).p for _ in range(about.replications // 2)]
    about.size("Mundlak, clustered", ["units' effects go with x"], np.array(p_values) < 0.05)
    about.size(
        "Hausman, where it is defined", ["units' effects go with x"], np.array(classical) < 0.05
    )
    about.power("Mundlak, clustered", ["units' effects go with x"], np.array(false) < 0.05)
    # the clustered covariance of 20 units is too small for a chi-squared test, which rejects in 13%
    # of the samples (docs/recovery.md)
    assert not_short(
        np.mean(np.array(p_values) >= 0.05), about.replications, short=0.1 if units == 20 else SHORT
    )
    assert np.mean(np.array(false) < 0.05) > 0.8


PANELS = {
    "panel_pooled": 0.0,
    "panel_random": 0.0,
    "panel_between": 0.0,
    "panel_entity": 0.5,
    "panel_two_way": 0.5,
}
PANELS |= {"panel_first_differences": 0.5}
"""Families, and how the effects of units may go with x: within models and differences are right
whatever it is.
"""


@pytest.mark.parametrize("units", [10, 45])
@pytest.mark.parametrize("family", sorted(PANELS))
def test_panel(family: str, units: int, study: Begin) -> None:
    about = study(
        title="Panel models",
        simulated="Units with eight years; their effects go with x (0.5) for the within models and "
        "differences, and do not for the others; shocks of the year for two-way effects; "
        "clustered by unit, t with G-1 (between units: classical).",
        n=8 * units,
        clusters=units,
        replications=(25, 150),
        seed=10,
    )
    rng, fits = about.rng, []
    for _ in range(about.replications):
        data = linear_panel(units, 8, rng, PANELS[family], common=float(family == "panel_two_way"))
        fits.append(fit(family, replace(data, groups=None) if family == "panel_between" else data))
    keep(about, family, fits, ["x"], np.array([1.0]), slice(-1, None))
    assert within_chance(np.array([found.params[-1:] for found in fits]), 1.0)
    covered = np.mean([found.conf_low[-1] < 1 < found.conf_high[-1] for found in fits])
    assert nearly_covers(covered, about.replications)


@pytest.mark.parametrize("years", [10, 40])
def test_driscoll_kraay_sees_what_units_of_a_year_have_in_common(years: int, study: Begin) -> None:
    """40 years: intervals clustered by unit hold the truth far too rarely, those of Driscoll and
    Kraay to four points; with 10 they do not.
    """
    about = study(
        title="Driscoll-Kraay errors",
        simulated=(
            "20 units with effects of their own and shocks that all units of a year share, in "
            "x and in the outcome."
        ),
        n=20 * years,
        clusters=20,
        replications=(30, 150),
        seed=11,
    )
    rng, replications = about.rng, about.replications
    samples = [linear_panel(20, years, rng, 0.0, common=1.0) for _ in range(replications)]
    found = {
        name: np.array([low < 1 < high for low, high in (interval(data, name) for data in samples)])
        for name in ("cluster", "driscoll_kraay")
    }
    for name, each in found.items():
        about.coverage(f"panel_entity, {name}", [f"x, {years} years"], each)
    assert found["cluster"].mean() < 0.8
    error = MONTE_CARLO * np.sqrt(0.95 * 0.05 / replications)
    assert found["driscoll_kraay"].mean() > found["cluster"].mean()
    if years == 40:
        assert abs(found["driscoll_kraay"].mean() - 0.95) < 0.04 + error


def interval(data: Design, name: str) -> tuple[float, float]:
    errors = Errors("driscoll_kraay") if name == "driscoll_kraay" else Errors()
    result = fit("panel_entity", replace(data, errors=errors))
    return float(result.conf_low[-1]), float(result.conf_high[-1])


# -- counts, amounts and rare events
# --------------------------------------------------------------------------------


def robust(data: Design) -> Design:
    """Return a design whose errors are HC1 where it has no clusters."""
    return data if data.groups is not None else replace(data, errors=Errors("hc1"))


@pytest.mark.parametrize(("states", "operations"), [(20, 2), (45, 1), (45, 2), (190, 1)])
def test_number_of_types_by_poisson(states: int, operations: int, study: Begin) -> None:
    """Counts vary more than Poisson's would, by a gamma factor that a state's rows share: only the
    mean is right.
    """
    about = study(
        title="Poisson regression of the number of types",
        simulated=(
            "Counts of about two with a gamma factor of variance 0.3 that a state's rows "
            "share; HC1, with two operations clustered by state."
        ),
        n=states * operations,
        clusters=states if operations == 2 else 0,
        replications=(150, 1000),
        seed=12,
    )
    of, rng = world(states, operations), about.rng
    truth, fits = np.concatenate([[0.5], 0.6 * of.truth[1:]]), []
    for _ in range(about.replications):
        factor = rng.gamma(1 / 0.3, 0.3, states)[of.groups]
        y = rng.poisson(factor * np.exp(of.X @ truth)).astype(float)
        fits.append(fit("poisson", robust(design(of, y, (), clustered=operations == 2))))
    keep(about, "poisson", fits, FEARS, truth[1:3], slice(1, 3))
    about.size(
        "poisson", ["democracy (no effect)"], np.array([found.p_value[5] < 0.05 for found in fits])
    )
    assert small_bias(np.array([found.params[1:] for found in fits]), truth[1:])
    if states == 20:  # seven parameters from 20 clusters
        assert not nearly_covers(held(fits, truth)[1:], about.replications)
    else:
        assert (held(fits, truth)[1:] >= (0.9 if states == 190 else 0.8)).all()


@pytest.mark.parametrize(("states", "operations"), [(20, 2), (45, 2), (190, 1)])
def test_amounts_by_least_squares(states: int, operations: int, study: Begin) -> None:
    about = study(
        title="Least squares",
        simulated=(
            "Normal errors, with two operations correlated by 0.5 within states and clustered "
            "by state (t with G-1), else HC1."
        ),
        n=states * operations,
        clusters=states if operations == 2 else 0,
        replications=(200, 2000),
        seed=13,
    )
    of, rng, fits = world(states, operations), about.rng, []
    for _ in range(about.replications):
        noise = np.sqrt(0.5) * (rng.normal(size=states)[of.groups] + rng.normal(size=len(of.X)))
        data = design(of, of.X @ of.truth + noise, (), clustered=operations == 2)
        fits.append(fit("ols", robust(data)))
    keep(about, "ols", fits, FEARS, of.truth[1:3], slice(1, 3))
    about.size(
        "ols", ["democracy (no effect)"], np.array([found.p_value[5] < 0.05 for found in fits])
    )
    assert within_chance(np.array([found.params for found in fits]), of.truth)
    assert (held(fits, of.truth)[1:6] > 0.85).all()


def test_rare_events(study: Begin) -> None:
    """22 events in 190 rows: the correction takes away what maximum likelihood is too large by."""
    about = study(
        title="Rare events",
        simulated=(
            "190 states, about 22 of which join; the whole population is observed, so that "
            "only the bias is corrected."
        ),
        n=190,
        clusters=0,
        replications=(200, 2000),
        seed=14,
    )
    of, rng = world(190, 1, share=22 / 190), about.rng
    outcomes = [
        design(of, binary(of, 0.0, rng), ("0", "1"), clustered=False)
        for _ in range(about.replications)
    ]
    plain, corrected = (
        [fit(family, data) for data in outcomes] for family in ("logit", "rare_events_logit")
    )
    keep(about, "logit", plain, FEARS, of.truth[1:3], slice(1, 3))
    keep(about, "rare_events_logit", corrected, FEARS, of.truth[1:3], slice(1, 3))
    larger, smaller = (
        np.abs(np.mean([found.params for found in fits], axis=0) - of.truth)
        for fits in (plain, corrected)
    )
    assert smaller[:3].max() < larger[:3].max() / 2
    assert nearly_covers(held(plain, of.truth), about.replications)
