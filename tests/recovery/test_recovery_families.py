"""Known truth for the families with decisions, cut points and units: bias, coverage of 95% intervals, size of the tests.

Sizes are those of the samples: 45 to 190 states, 10 to 60 clusters. "Within Monte Carlo error" is 3.3 standard errors. Where theory gives
no formula for the small-sample bias, it must stay below a quarter of the estimate's standard deviation: then an interval of 95% still
covers 94.3%. Seeds are fixed; about three minutes on one core.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from coalition.effects import average_marginal_effects
from coalition.estimators import conditional, fit, logit, partial_odds, predictor, sequential
from coalition.fits import Design, Errors, EstimationFailure, Fit
from coalition.samples import _spells
from coalition.specification import brant, mundlak, proportional_odds
from scipy.special import expit
from truth import MONTE_CARLO, covers, design, first_order_bias, uniforms, within_chance, world
from truth import ordered as ordered_levels

LEVELS, RESPONSES = ("none", "low", "medium", "high"), ("abstain", "unreserved", "reserved")


def held(fits: list[Fit], truth: np.ndarray, count: int | None = None) -> np.ndarray:
    """Return how often the intervals of the first parameters held the truth."""
    return np.mean([(found.conf_low[:count] < truth) & (truth < found.conf_high[:count]) for found in fits], axis=0)


def small_bias(estimates: np.ndarray, truth: np.ndarray) -> bool:
    return bool(np.all(np.abs(estimates.mean(axis=0) - truth) < 0.25 * estimates.std(axis=0)))


def test_sequential_logit() -> None:
    """190 states in two operations; a state's rows are correlated by 0.5."""
    of, rng, replications = world(190, 2, share=0.35), np.random.default_rng(1), 300
    truth = np.concatenate([of.truth, [0.4, 0.2, 0.6, 0.1, -0.3, 0.1, 0.2]])
    chances = sequential.probabilities(truth, of.X)
    fits = []
    for _ in range(replications):
        y = (uniforms(of, 0.5, rng)[:, None] > chances.cumsum(axis=1)[:, :2]).sum(axis=1).astype(float)
        fits.append(fit("sequential_logit", design(of, y, RESPONSES, clustered=True)))
    estimates = np.array([found.params for found in fits])
    bias = first_order_bias(sequential.scores, chances, truth, of.X, np.cov(estimates.T))
    assert within_chance(estimates - bias, truth)
    assert covers(held(fits, truth), replications)


@pytest.mark.parametrize("states", [95, 190])
def test_partial_proportional_odds(states: int) -> None:
    """Two operations, between which the cut points differ by different amounts: a 0/1 term seldom makes probabilities cross."""
    of, rng, replications = world(states, 2), np.random.default_rng(2), 100
    slopes, cuts = of.truth[1:], np.array([-1.2, 0.3, 1.9])
    truth = np.concatenate([slopes[:-1], [0.4, 0.0, -0.4], cuts])
    data = replace(design(of, np.resize(np.arange(4.0), len(of.X)), LEVELS, clustered=False), nonproportional=(6,))
    model = partial_odds.model_of(data)
    chances = model.probabilities(truth, of.X)
    assert chances.min() > 0

    def scores(at: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
        return partial_odds.ordered.scores_of(model.ends(at, y, X))

    fits = []
    for _ in range(replications):
        y = (rng.random(len(of.X))[:, None] > chances.cumsum(axis=1)[:, :3]).sum(axis=1).astype(float)
        fits.append(fit("partial_ordered_logit", replace(data, y=y)))
    estimates = np.array([found.params for found in fits])
    assert within_chance(estimates - first_order_bias(scores, chances, truth, of.X), truth)
    assert covers(held(fits, truth), replications)


# -- panels of a binary outcome -------------------------------------------------------------------------------------


def binary_panel(units: int, years: int, rng: np.random.Generator, truth: np.ndarray, spread: float) -> Design:
    """Return rows whose unit intercepts go with the mean of x; truth is that of const, x, w, mean(x)."""
    unit = np.repeat(np.arange(units), years)
    x = rng.normal(size=units)[unit] + rng.normal(size=len(unit))
    w = rng.normal(size=len(unit))
    mean = (np.bincount(unit, weights=x) / years)[unit]
    own = spread * rng.normal(size=units)[unit]
    y = (rng.random(len(unit)) < expit(np.column_stack([np.ones(len(unit)), x, w, mean]) @ truth + own)).astype(float)
    return Design(
        y, np.column_stack([np.ones(len(unit)), x, w]), ("const", "x", "w"), ("0", "1"), unit, unit, np.tile(np.arange(years), units)
    )


TRUTH, SPREAD = np.array([-0.3, 0.6, -0.4, 0.8]), 1.5


@pytest.mark.parametrize(("units", "years"), [(45, 8), (60, 6)])
def test_conditional_logit(units: int, years: int) -> None:
    """No bias from the units' effects, however they go with x; the pooled logit has it."""
    rng, replications = np.random.default_rng(3), 50
    samples = [binary_panel(units, years, rng, TRUTH, 1.0) for _ in range(replications)]
    fits = [fit("conditional_logit", data) for data in samples]
    assert small_bias(np.array([found.params for found in fits]), TRUTH[1:3])
    assert covers(held(fits, TRUTH[1:3]), replications)
    pooled = np.array([fit("logit", data).params[1] for data in samples])
    assert not small_bias(pooled[:, None], TRUTH[1:2])


@pytest.mark.parametrize(("units", "years"), [(45, 8), (60, 6)])
def test_correlated_random_effects(units: int, years: int) -> None:
    rng, replications = np.random.default_rng(4), 60
    truth, fits = np.append(TRUTH, 0.0), []
    for _ in range(replications):  # mean(w) has no effect
        fits.append(fit("random_effects_cre_logit", replace(binary_panel(units, years, rng, TRUTH, SPREAD), groups=None)))
    assert fits[0].names == ("const", "x", "w", "mean(x)", "mean(w)", "log_sd")
    assert small_bias(np.array([found.params[:5] for found in fits]), truth)
    assert covers(held(fits, truth, 5), replications)
    sd = np.array([found.fit["sd_intercepts"] for found in fits])
    assert np.median(sd) == pytest.approx(SPREAD, rel=0.1)  # maximum likelihood is low by a term of order 1/units


def test_average_marginal_effects_with_unit_means() -> None:
    """The average derivative of P(y = 1) over the rows and the intercepts, by both families; 60 clusters."""
    rng, replications = np.random.default_rng(5), 50
    errors: dict[str, list[bool]] = {"random_effects_cre_logit": [], "cre_logit_pooled": []}
    for _ in range(replications):
        data = binary_panel(60, 6, rng, TRUTH, SPREAD)
        true = average_effect(data)
        for family, found in errors.items():
            effect = average_marginal_effects(family, fit(family, data), data, ["x"])[0]
            found.append(effect.conf_low < true < effect.conf_high)
    assert all(covers(np.mean(found), replications) for found in errors.values())


def average_effect(data: Design) -> float:
    """Return the true average marginal effect of x in a sample: that of the coefficients, averaged over the normal intercepts."""
    params = np.append(TRUTH, [0.0, np.log(SPREAD)])
    model = predictor("random_effects_cre_logit", data)
    dX = np.zeros_like(data.X)
    dX[:, 1] = 1
    return float(model.derivatives(params, data.X, dX).mean(axis=0)[1])


def test_average_marginal_effects_of_a_conditional_logit_are_near_the_truth() -> None:
    """With eight rows a unit, the units' effects set to their maximum: within a fifth of the truth in units whose outcome varies."""
    rng, ratios = np.random.default_rng(6), []
    for _ in range(20):
        data = binary_panel(60, 8, rng, TRUTH, 0.0)
        rows = conditional.varying(data)
        mean = (np.bincount(data.entity, weights=data.X[:, 1]) / 8)[data.entity]
        one = expit(np.column_stack([data.X, mean]) @ TRUTH)[rows]
        found = average_marginal_effects("conditional_logit", fit("conditional_logit", data), data, ["x"])[0]
        ratios.append(found.estimate / (TRUTH[1] * (one * (1 - one)).mean()))
    assert np.mean(ratios) == pytest.approx(1, abs=0.2)


# -- spells ---------------------------------------------------------------------------------------------------------


def hazard_panel(states: int, rng: np.random.Generator, truth: np.ndarray) -> Design:
    """Return rows at risk of leaving, 2003 to 2012, entries spread over three years; those still there after 2010 are censored."""
    fear, entry = rng.normal(size=states), rng.integers(2003, 2006, states)
    years = np.arange(2003, 2013)
    state, year = np.repeat(np.arange(states), len(years)), np.tile(years, states)
    within = year - entry[state] + 1
    leaves = rng.random(len(year)) < expit(np.column_stack([np.ones(len(year)), fear[state], within]) @ truth)
    exits = np.array([min(year[(state == one) & (within > 0) & leaves], default=9999) for one in range(states)])[state].astype(float)
    there = pd.Series(((within > 0) & (year <= exits)).astype(float))
    leave = pd.Series(np.where(exits == 9999, np.nan, exits))
    found = _spells(pd.Series(year), there, pd.Series(entry[state]), leave, {"end": "2012-12-31", "early_exit_until": 2010})
    risk = found["exited"].notna().to_numpy()
    X = np.column_stack([np.ones(len(year)), fear[state], found["years_in"]])[risk]
    return Design(found["exited"][risk].to_numpy(), X, ("const", "fear", "years_in"), ("0", "1"), state[risk])


def test_hazards_of_exit_under_censoring() -> None:
    rng, truth, replications = np.random.default_rng(7), np.array([-2.5, 0.6, 0.15]), 300
    samples = [hazard_panel(60, rng, truth) for _ in range(replications)]
    fits = [fit("logit", data) for data in samples]
    biases = [first_order_bias(logit.scores, logit.probabilities(truth, data.X), truth, data.X) for data in samples[:40]]
    assert within_chance(np.array([found.params for found in fits]) - np.mean(biases, axis=0), truth)
    assert covers(held(fits, truth), replications)


# -- tests of specification -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("states", "operations"), [(45, 1), (45, 2)])
def test_the_score_test_of_proportional_odds_has_its_size(states: int, operations: int) -> None:
    """And Brant's has not: true proportional odds are rejected twice as often as 5% at least."""
    of, rng, replications = world(states, operations), np.random.default_rng(8), 120
    scores, walds = [], []
    for _ in range(replications):
        data = design(of, ordered_levels(of, np.array([-0.6, 0.3, 1.5]), 0.0, rng), LEVELS, clustered=False)
        scores.append([test.p for test in proportional_odds(data)])
        try:
            walds.append(brant(data)[0].p)
        except EstimationFailure:
            continue
    assert covers((np.array(scores) >= 0.05).mean(axis=0), replications)
    assert (np.array(walds) < 0.05).mean() > 0.1
    assert len(walds) > 100


def linear_panel(units: int, years: int, rng: np.random.Generator, correlated: float, common: float = 0.0) -> Design:
    """Return rows with y = x + effect of the unit + shock of the year; `correlated` is how the effect goes with x, `common` the shocks."""
    unit, year = np.repeat(np.arange(units), years), np.tile(np.arange(years), units)
    own, shock = rng.normal(size=units)[unit], rng.normal(size=(2, years))
    x = correlated * own + rng.normal(size=len(unit)) + common * shock[0][year]
    y = x + own + rng.normal(size=len(unit)) + common * shock[1][year]
    return Design(y, np.column_stack([np.ones(len(unit)), x]), ("const", "x"), (), unit, unit, year)


@pytest.mark.parametrize("units", [45, 60])
def test_mundlak_has_its_size_and_power(units: int) -> None:
    rng, replications = np.random.default_rng(9), 100
    true, false = ([linear_panel(units, 6, rng, correlated) for _ in range(replications)] for correlated in (0.0, 0.5))
    assert covers(np.mean([mundlak(data).p >= 0.05 for data in true]), replications)
    assert np.mean([mundlak(data).p < 0.05 for data in false[:30]]) > 0.9


@pytest.mark.parametrize(("family", "units"), [("panel_first_differences", 10), ("panel_first_differences", 60), ("panel_between", 45)])
def test_differences_and_between(family: str, units: int) -> None:
    """Differences are right where effects go with x; between units only where they do not."""
    rng, replications = np.random.default_rng(10), 100
    correlated = 0.0 if family == "panel_between" else 0.5
    fits = []
    for _ in range(replications):
        data = linear_panel(units, 8, rng, correlated)
        fits.append(fit(family, data if family == "panel_first_differences" else replace(data, groups=None)))
    x = np.array([found.params[-1] for found in fits])
    assert within_chance(x[:, None], 1.0)
    covered = np.mean([found.conf_low[-1] < 1 < found.conf_high[-1] for found in fits])
    assert covers(covered, replications)


def test_driscoll_kraay_sees_what_units_of_a_year_have_in_common() -> None:
    """40 years: intervals clustered by unit hold the truth far too rarely, those of Driscoll and Kraay to four points."""
    rng, replications = np.random.default_rng(11), 40
    samples = [linear_panel(20, 40, rng, 0.0, common=1.0) for _ in range(replications)]
    found = {
        name: np.mean([low < 1 < high for low, high in (interval(data, name) for data in samples)])
        for name in ("cluster", "driscoll_kraay")
    }
    assert found["cluster"] < 0.8
    assert abs(found["driscoll_kraay"] - 0.95) < 0.04 + MONTE_CARLO * np.sqrt(0.95 * 0.05 / replications)


def interval(data: Design, name: str) -> tuple[float, float]:
    errors = Errors("driscoll_kraay") if name == "driscoll_kraay" else Errors()
    result = fit("panel_entity", replace(data, errors=errors))
    return float(result.conf_low[-1]), float(result.conf_high[-1])
