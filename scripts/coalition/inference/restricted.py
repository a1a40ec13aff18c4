"""Maximum likelihood where a quantity of the parameters is held at a value."""

from __future__ import annotations

import numpy as np

from ..estimators.fit_types import EstimationFailure
from .likelihoods import Likelihood, refit
from .quantities import Quantity

STEPS, HALVINGS = 200, 40
DECREMENT = 1e-12
"""What is left at a solution: log likelihood along the constraint, plus the gap of the constraint
in standard errors, squared.
"""


def maximise(
    family: Likelihood, of: Quantity, value: float, start: np.ndarray, y: np.ndarray, X: np.ndarray
) -> np.ndarray:
    """Return the estimates with a coefficient or a contrast held at a value, shape (p,).

    Parameters
    ----------
    of : Quantity
        What is held.
    start : ndarray, shape (p,)
        Parameters nearby.

    Raises
    ------
    EstimationFailure
        When no maximum is found.
    """
    if of.position is None:
        return _along_constraint(family, of, value, start, y, X)
    params = start.copy()
    params[of.position] = value
    return refit(family, params, y, X, np.flatnonzero(np.arange(len(start)) != of.position))


def _along_constraint(
    family: Likelihood, of: Quantity, value: float, start: np.ndarray, y: np.ndarray, X: np.ndarray
) -> np.ndarray:
    """Climb by sequential quadratic programming with an exact penalty to judge steps (Nocedal &
    Wright 2006, chapter 18).

    The likelihood is concave, but the problem as a whole need not be: the solution is the one that
    the start leads to.
    """
    params = start
    for _ in range(STEPS):
        score, information = family.scores(params, y, X).sum(axis=0), -family.hessian(params, y, X)
        slope, gap = of.slope(params), of.at(params) - value
        free, across = np.linalg.solve(information, np.column_stack([score, slope])).T
        spread = slope @ across
        multiplier = (slope @ free + gap) / spread
        along = score - (slope @ free) / spread * slope
        if along @ (free - (slope @ free) / spread * across) + gap**2 / spread < DECREMENT:
            return params
        params = _searched(
            family, of, value, params, free - multiplier * across, 1 + 2 * abs(multiplier), y, X
        )
    raise EstimationFailure(
        "no_convergence", "no maximum was found where the tested quantity is held at a value"
    )


def _searched(
    family: Likelihood,
    of: Quantity,
    value: float,
    params: np.ndarray,
    step: np.ndarray,
    weight: float,
    y: np.ndarray,
    X: np.ndarray,
) -> np.ndarray:
    """Return the parameters after as long a step as does not lower the likelihood less the weighted
    gap.
    """

    def merit(at: np.ndarray) -> float:
        return family.height(at, y, X) - weight * abs(of.at(at) - value)

    here = merit(params)
    for _ in range(HALVINGS):
        if merit(params + step) > here - 1e-12 * (1 + abs(here)):  # rounding may hide the last gain
            return params + step
        step = step / 2
    raise EstimationFailure(
        "no_convergence", "no step leads to a maximum where the tested quantity is held at a value"
    )
