"""Corrections for several tests, and the simulated power, against truth: false rejections, false
discoveries, and power itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from coalition.base.multiplicity import benjamini_hochberg, holm
from coalition.estimators import fit
from coalition.robustness import power
from coalition.robustness.curve.curve_problems import Problem
from measured import Study
from scipy.stats import norm
from truth import MONTE_CARLO, binary, design, fitted, world

pytestmark = pytest.mark.long

Begin = Callable[..., Study]


@pytest.mark.parametrize("states", [45, 190])
def test_several_tests(states: int, study: Begin) -> None:
    """Four terms of one clustered logit, three of which have no effect; their tests are correlated
    as terms and states are.
    """
    about = study(
        title="Several tests: Holm, Benjamini-Hochberg",
        simulated="States in two operations, a clustered logit; of four tested terms three have no "
        "effect. Size is the share of samples with any false rejection (Benjamini-Hochberg: "
        "the mean share of rejections that are false).",
        n=2 * states,
        clusters=states,
        replications=(400, 5000),
        seed=15,
    )
    of = world(states, 2, np.array([0.9, 0.0, 0.3, 0.0, 0.0, -0.2]), share=0.4)
    rng = about.rng
    found = fitted(
        "logit",
        of,
        [binary(of, 0.5, rng) for _ in range(about.replications)],
        ("0", "1"),
        clustered=True,
    )
    terms, true = [1, 2, 4, 5], np.array([False, True, True, True])
    p_values = 2 * norm.sf(np.abs(found.params / found.std_error))[:, terms]
    step_down, discoveries = (
        np.array([adjust(row) for row in p_values]) <= 0.05 for adjust in (holm, benjamini_hochberg)
    )
    false = (discoveries & true).sum(axis=1) / np.maximum(discoveries.sum(axis=1), 1)
    about.size(
        "each test alone", ["any of three true nulls"], (p_values[:, true] <= 0.05).any(axis=1)
    )
    about.size("Holm", ["any of three true nulls"], (step_down & true).any(axis=1))
    about.size("Benjamini-Hochberg", ["share of false among rejections"], false)
    error = MONTE_CARLO * np.sqrt(0.05 * 0.95 / len(p_values))
    # the clustered tests themselves reject a little too often with 45 and 190 states
    bold = 0.02 if states == 45 else 0.01
    assert (step_down & true).any(axis=1).mean() <= 0.05 + bold + error
    assert false.mean() <= 0.05 + bold + error
    assert (p_values[:, true] <= 0.05).any(axis=1).mean() > 0.1


@pytest.mark.parametrize("states", [45, 190])
def test_simulated_power_is_the_power(states: int, study: Begin) -> None:
    """Power as it is printed, from the true parameters, against samples drawn by this test and
    fitted by the estimator itself.
    """
    about = study(
        title="Power by simulation",
        simulated="States in two operations, clustered logit, latent propensities correlated "
        "by 0.5: "
        "how often the test of the smallest effect of interest (size: of none) is significant "
        "in the predicted direction, as power is printed and in samples drawn and fitted "
        "apart from it.",
        n=2 * states,
        clusters=states,
        replications=(200, 800),
        seed=16,
    )
    of = world(states, 2, share=0.4)
    problem = Problem(
        design(of, np.resize([0.0, 1.0], len(of.X)), ("0", "1"), True),
        of.groups,
        of.X[:, -1].astype(int),
        "logit",
        None,
        (1,),
    )
    drawn_from = power.World(problem, of.truth, 0.5)
    asked = {"replicates": 5 * about.replications, "alpha": 0.05, "alpha_holm": 0.0125}

    def printed(effect: float, sign: int) -> float:
        return power.one_effect(
            drawn_from,
            {"term": "abandonment", "sign": sign},
            effect,
            asked,
            np.random.default_rng(17),
        )["power"]

    # the same samples, so both sides are the sum
    none, share = printed(0.0, 1) + printed(0.0, -1), printed(of.truth[1], 1)
    rng, apart = about.rng, []
    for _ in range(about.replications):
        found = fit("logit", design(of, binary(of, 0.5, rng), ("0", "1"), clustered=True))
        apart.append(found.p_value[1] < 0.05 and found.params[1] > 0)
    draws = np.arange(asked["replicates"])
    about.size("as printed", ["no effect, both sides"], draws < round(none * len(draws)))
    about.power("as printed", ["odds ratio 1.5"], draws < round(share * len(draws)))
    about.power("apart", ["odds ratio 1.5"], np.array(apart))
    error = np.sqrt(share * (1 - share) * (1 / len(draws) + 1 / about.replications))
    assert abs(np.mean(apart) - share) <= MONTE_CARLO * error
    # the clustered test itself is bold with 45 states
    assert none <= 0.05 + 0.03 + MONTE_CARLO * np.sqrt(0.05 * 0.95 / len(draws))
