"""Likelihood ratio, profile and score tests of one quantity of a likelihood model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from scipy.optimize import brentq

from ..base.distributions import ChiSquared, normal_or_t
from . import restricted
from .likelihoods import Likelihood
from .methods import LEVEL, Case, Result
from .quantities import Quantity
from .replicates import FARTHEST


def likelihood_ratio(case: Case) -> list[Result]:
    """Test by twice the rise of the log likelihood; the statistic is its signed root."""
    family = case.likelihood("a likelihood ratio is that of a likelihood")
    found = []
    for of in case.tested:
        at, ratio = of.at(case.fit.params), _ratio(case, family, of)(0.0)
        root, p_value = float(np.sign(at) * np.sqrt(ratio)), float(ChiSquared(1).sf(ratio))
        found.append(Result(of.term, at, None, root, None, p_value, None, None))
    return found


def _ratio(case: Case, family: Likelihood, of: Quantity) -> Callable[[float], float]:
    """Return the likelihood ratio of a quantity as a function of the value that it is tested
    against.
    """
    y, X, params = case.design.y, case.design.X, case.fit.params
    highest, held = family.height(params, y, X), params

    def ratio(value: float) -> float:
        nonlocal held
        held = restricted.maximise(family, of, value, held, y, X)
        return max(0.0, 2 * (highest - family.height(held, y, X)))

    return ratio


def profile(case: Case) -> list[Result]:
    """Test by the likelihood ratio; the interval holds the values that it does not reject (Venzon &
    Moolgavkar 1988).
    """
    family = case.likelihood("a profile is that of a likelihood")
    found = []
    for of, test in zip(case.tested, likelihood_ratio(case), strict=True):
        slope = of.slope(case.fit.params)
        width = float(np.sqrt(slope @ case.fit.covariance @ slope))
        low, high = (_profile_end(case, family, of, side * width) for side in (-1, 1))
        found.append(replace(test, conf_low=low, conf_high=high))
    return found


def _profile_end(case: Case, family: Likelihood, of: Quantity, step: float) -> float:
    """Return one end of a profile interval, infinite where the profile never falls far enough."""
    ratio, at = _ratio(case, family, of), of.at(case.fit.params)
    cut = float(ChiSquared(1).ppf(LEVEL))
    inside, reach = at, 2 * step
    while ratio(at + reach) < cut:
        inside, reach = at + reach, 1.5 * reach
        if abs(reach) > FARTHEST * abs(step):
            return float(np.sign(step) * np.inf)
    return float(
        brentq(lambda value: ratio(value) - cut, inside, at + reach, xtol=1e-9 * abs(step))
    )


def score(case: Case) -> list[Result]:
    """Test by the score where the quantity is held at zero, with the observed information there
    (Rao
    1948).
    """
    family = case.likelihood("a score test is that of a likelihood")
    y, X, found = case.design.y, case.design.X, []
    for of in case.tested:
        held = restricted.maximise(family, of, 0.0, case.fit.params, y, X)
        slope = of.slope(held)
        direction = np.linalg.solve(-family.hessian(held, y, X), slope)
        statistic = float(
            (family.scores(held, y, X) @ direction).sum() / np.sqrt(slope @ direction)
        )
        p_value = float(2 * normal_or_t(None).sf(abs(statistic)))
        found.append(
            Result(of.term, of.at(case.fit.params), None, statistic, None, p_value, None, None)
        )
    return found


LIKELIHOOD_TESTS: Mapping[str, Callable[[Case], list[Result]]] = {
    "likelihood_ratio": likelihood_ratio,
    "profile": profile,
    "score": score,
}
"""Name in the config -> method."""
