"""What a primary test can find: power, errors of sign and size by simulation on its real design
(Gelman & Carlin 2014).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from ..base.keys import STATES, keys_of
from ..base.result_types import Power, Rates
from ..config.settings import labels, left_out
from ..estimators import batched, predictor
from ..estimators.batched.stack import stack
from ..estimators.dependence import without_dependent
from ..estimators.design_matrix import prepare
from ..estimators.fit_types import EstimationFailure
from ..estimators.primary_test import smallest_effect
from ..formula.families import FAMILIES
from . import refit
from .curve import curve_effects
from .curve.curve_problems import Problem

Config = Mapping[str, Any]
LARGEST_CORRELATION = 0.95
STEEPEST = 20.0
"""Largest coefficient that is tried for a contrast; probabilities are at their limits long before.
"""


@dataclass(frozen=True)
class World:
    """What outcomes are drawn from: the model's parameters, and the correlation of a state's rows
    beyond its terms.
    """

    problem: Problem
    params: np.ndarray
    correlation: float


def power(config: Config, hypothesis: str, sample: pd.DataFrame) -> Power:
    """Simulate one hypothesis' primary test under effects of several sizes.

    Parameters
    ----------
    config : mapping
        The whole config; `power` says how many replicates, and the effects as multiples of the
        smallest effect of interest.
    sample : DataFrame
        The table of the primary model's sample.

    Returns
    -------
    dict
        hypothesis, replicates, correlation, n, scale, smallest_effect, alpha, alpha_holm, message,
        and rows: effect, multiple, power, power_holm, type_s, type_m, failed. Effects are in the
        predicted direction. Nuisance parameters are those that were fitted.
    """
    spec, primary = config["hypotheses"][hypothesis], config["hypotheses"][hypothesis]["primary"]
    model, alpha = config["models"][primary["model"]], config["verdict"]["alpha"]
    smallest, scale = smallest_effect(primary)
    found: Power = {
        "hypothesis": hypothesis,
        "title": spec["title"],
        "scale": scale,
        "smallest_effect": smallest,
        "rows": [],
        "replicates": config["power"]["replicates"],
        "target": config["power"]["target"],
        "alpha": alpha,
        "alpha_holm": alpha / len(config["hypotheses"]),
        "correlation": None,
        "n": None,
        "message": None,
    }
    if not refit.possible(model):
        found["message"] = (
            f"the batched solver does not know all that a {model['family']} with these settings "
            "asks for"
        )
        return found
    try:
        keys = keys_of(config["samples"][model["sample"]])
        unit = None if keys == STATES else left_out(config, hypothesis)
        prepared, _ = without_dependent(prepare(sample, model, labels(config), keys), model)
        world = fitted_world(refit.problem_of(prepared, model, {**primary, "unit": unit}))
    except EstimationFailure as failure:
        found["message"] = failure.message
        return found
    found["correlation"], found["n"] = world.correlation, len(world.problem.design.y)
    for position, multiple in enumerate(config["power"]["multiples"]):
        generator = np.random.default_rng(
            [config["seed"], sorted(config["hypotheses"]).index(hypothesis), position]
        )
        rates = one_effect(world, primary, multiple * smallest, found, generator)
        found["rows"].append({**rates, "multiple": multiple})
    return found


def fitted_world(problem: Problem) -> World:
    """Return the world that is drawn from: the primary model as it was fitted, and the tie between
    the rows of a unit.

    Raises
    ------
    EstimationFailure
        If the primary model could not be fitted.
    """
    design = problem.design
    found = batched.fit(problem.family, stack([design]), len(design.levels))
    if found.status[0] != "ok":
        raise EstimationFailure(
            str(found.status[0]),
            "the primary model could not be estimated, so there is nothing to simulate from",
        )
    params = found.params[0]
    return World(problem, params, _correlation(problem, params))


def _below(problem: Problem, params: np.ndarray) -> np.ndarray:
    """Return P(y <= level) of each row, for each level, (n, K)."""
    known = predictor(problem.family, problem.design)
    return np.cumsum(known.probabilities(params, problem.design.X), axis=1)


def _correlation(problem: Problem, params: np.ndarray) -> float:
    """Return how much the rows of a state have in common beyond the model: the mean product of
    their normal scores.

    A row's score is the normal quantile of the middle of its outcome's probability (Hoff 2007);
    pairs of rows of one state are compared.
    """
    y, below = problem.design.y.astype(int), _below(problem, params)
    upper = below[np.arange(len(y)), y]
    lower = np.where(y > 0, below[np.arange(len(y)), y - 1], 0.0)
    score = ndtri((upper + lower) / 2)
    sums, squares = np.bincount(problem.states, score), np.bincount(problem.states, score**2)
    counts = np.bincount(problem.states)
    pairs = (counts * (counts - 1)).sum()
    if pairs == 0:
        return 0.0
    return float(
        np.clip((sums**2 - squares).sum() / pairs / np.mean(score**2), 0, LARGEST_CORRELATION)
    )


def with_effect(world: World, primary: Mapping[str, Any], effect: float) -> np.ndarray:
    """Return the parameters under which the test's effect is `effect`, in the predicted direction.

    Of contrasts: only the equation of joining with reservations moves with the first fear, as far
    as the weaker contrast asks for.
    """
    problem, params = world.problem, world.params.copy()
    if "term" in primary:
        params[problem.focal[0] - FAMILIES[problem.family].cut_points] = primary["sign"] * effect
        return params
    k = problem.design.X.shape[1]
    equations = params.reshape(-1, k)
    equations[:, list(problem.focal)] = 0.0
    place = (
        list(problem.design.levels).index("reserved") - 1,
        problem.design.names.index(problem.asked_corners["first"]),
    )

    def beyond(slope: float) -> float:
        equations[place] = primary["sign"] * slope
        return float(
            min(primary["sign"] * curve_effects.contrasts(problem, params, primary["contrasts"])[0])
            - effect
        )

    if effect > 0 and beyond(STEEPEST) < 0:
        raise EstimationFailure(
            "no_convergence", f"no slope makes the contrasts as large as {effect:.2f}"
        )
    beyond(float(brentq(beyond, 0.0, STEEPEST)) if effect > 0 else 0.0)
    return params


def _drawn(world: World, below: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return outcomes (n,) drawn with the given chances; the rows of a state are tied by a Gaussian
    copula.
    """
    states = world.problem.states
    shared = generator.standard_normal(states.max() + 1)[states]
    own = generator.standard_normal(len(states))
    u = ndtr(np.sqrt(world.correlation) * shared + np.sqrt(1 - world.correlation) * own)
    return (u[:, None] > below[:, :-1]).sum(axis=1).astype(float)


def one_effect(
    world: World,
    primary: Mapping[str, Any],
    effect: float,
    about: Mapping[str, Any],
    generator: np.random.Generator,
) -> Rates:
    """Return how often the test finds an effect of one size, in `replicates` samples that are drawn
    from the world with that effect.

    Parameters
    ----------
    effect : float
        On the scale of the test, in the predicted direction.
    about : mapping
        replicates, alpha and alpha_holm.

    Returns
    -------
    dict
        effect, power, power_holm, type_s, type_m (Gelman & Carlin 2014) and failed; null where no
        world has such an effect.
    """
    try:
        truth = with_effect(world, primary, effect)
        below = _below(world.problem, truth)
    except EstimationFailure:
        return {
            "effect": effect,
            "power": None,
            "power_holm": None,
            "type_s": None,
            "type_m": None,
            "failed": None,
        }
    every, levels = np.ones(len(below), dtype=bool), below.shape[1]
    problems = []
    for _ in range(about["replicates"]):
        y = _drawn(world, below, generator)
        again = replace(world.problem, design=replace(world.problem.design, y=y))
        problems.append(
            again
            if np.bincount(y.astype(int), minlength=levels).all()
            else refit.of_rows(again, every)
        )
    usable = [problem for problem in problems if len(problem.design.levels) > 1]
    found = refit.tested(usable, primary, truth)
    estimate, p_value = found.estimate, np.where(np.isfinite(found.p_value), found.p_value, 1.0)
    hits = p_value < about["alpha"]
    right = primary["sign"] * estimate > 0
    return {
        "effect": effect,
        "power": float((hits & right).sum() / len(problems)),
        "power_holm": float(((p_value < about["alpha_holm"]) & right).sum() / len(problems)),
        "type_s": float((hits & ~right).sum() / hits.sum()) if hits.any() and effect > 0 else None,
        "type_m": float(np.abs(estimate[hits]).mean() / effect)
        if hits.any() and effect > 0
        else None,
        "failed": float(1 - np.isfinite(estimate).sum() / len(problems)),
    }
