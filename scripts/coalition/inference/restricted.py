"""Maximum likelihood where a quantity of the parameters is held at a value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..effects import jacobian
from ..fits import EstimationFailure
from .likelihoods import Likelihood, refit

Quantity = Callable[[np.ndarray], float]
STEPS, HALVINGS = 200, 40
DECREMENT = 1e-12
"""Of the log likelihood along the constraint, and of the constraint in units of its standard error, squared, at a solution."""


def coefficient(family: Likelihood, position: int, value: float, start: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the estimates with one parameter held at a value.

    Raises
    ------
    EstimationFailure
        When the climb does not end.
    """
    params = start.copy()
    params[position] = value
    return refit(family, params, y, X, np.flatnonzero(np.arange(len(start)) != position))


def quantity(family: Likelihood, of: Quantity, value: float, start: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the estimates with a smooth function of the parameters held at a value.

    Sequential quadratic programming with the Hessian of the log likelihood, and an exact penalty to judge steps (Nocedal & Wright
    2006, chapter 18). The likelihood is concave and the function monotone where it is a contrast of probabilities near the
    maximum, but the problem as a whole need not be convex: the solution is the one that the start leads to.

    Raises
    ------
    EstimationFailure
        When the steps do not end at a point that meets the constraint and has no ascent along it.
    """
    params = start
    for _ in range(STEPS):
        score, information = family.scores(params, y, X).sum(axis=0), -family.hessian(params, y, X)
        slope, gap = jacobian(lambda at: np.array([of(at)]), params)[0], of(params) - value
        free, across = np.linalg.solve(information, score), np.linalg.solve(information, slope)
        spread = slope @ across
        multiplier = (slope @ free + gap) / spread
        step = free - multiplier * across
        along = score - (slope @ free) / spread * slope
        if along @ np.linalg.solve(information, along) + gap**2 / spread < DECREMENT:
            return params
        params = _searched(family, of, value, params, step, 1 + 2 * abs(multiplier), y, X)
    raise EstimationFailure("no_convergence", "no maximum was found where the tested quantity is held at a value")


def _searched(
    family: Likelihood, of: Quantity, value: float, params: np.ndarray, step: np.ndarray, weight: float, y: np.ndarray, X: np.ndarray
) -> np.ndarray:
    def merit(at: np.ndarray) -> float:
        return family.height(at, y, X) - weight * abs(of(at) - value)

    here = merit(params)
    for _ in range(HALVINGS):
        if merit(params + step) > here - 1e-12 * (1 + abs(here)):  # rounding may hide the last gain
            return params + step
        step = step / 2
    raise EstimationFailure("no_convergence", "no step leads to a maximum where the tested quantity is held at a value")
