"""Newton's method with step halving, for log likelihoods with one maximum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .fit_types import EstimationFailure

TOLERANCE = 1e-18
"""Of the Newton decrement, which is twice the log likelihood that is still to be gained; free of
the scale of the columns.
"""
ROUNDING = 1e-12
"""Decrement at which a climb that no longer rises has ended: rounding in an ill-conditioned design
keeps it above TOLERANCE.
"""
SHARE = 0.25
"""Of the slope's promise that a step must keep (Armijo 1966): an expected information that is too
small would zigzag otherwise.
"""
MAX_STEPS, MAX_HALVINGS = 3000, 60


def climb(
    start: np.ndarray,
    height: Callable[[np.ndarray], float],
    slopes: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    free: np.ndarray | None = None,
    max_steps: int = MAX_STEPS,
) -> tuple[np.ndarray, float, int]:
    """Climb to the maximum of a function.

    Parameters
    ----------
    start : ndarray, shape (p,)
    height : callable
        Parameters -> the function; minus infinity where it is not defined.
    slopes : callable
        Parameters -> gradient (p,) and information (p, p), the expected or observed negative
        Hessian.
    free : ndarray of int, optional
        Positions of the parameters that move; the others keep their start.
    max_steps : int

    Returns
    -------
    parameters, height, number of steps

    Raises
    ------
    EstimationFailure
        When no step leads upwards, or there is no end to the steps.
    """
    moving = np.arange(len(start)) if free is None else free
    params, top, rises = start.astype(float), height(start), True
    for number in range(max_steps):
        gradient, information = slopes(params)
        step = np.zeros_like(params)
        step[moving] = np.linalg.solve(information[np.ix_(moving, moving)], gradient[moving])
        gain = gradient @ step
        if abs(gain) < TOLERANCE or (abs(gain) < ROUNDING and not rises):
            return params, top, number
        for _ in range(MAX_HALVINGS):
            reached = height(params + step)
            # rounding may hide the last gain
            if reached >= top + SHARE * gain - 1e-12 * (1 + abs(top)):
                break
            step, gain = step / 2, gain / 2
        else:
            raise EstimationFailure(
                "no_convergence", "no step leads upwards from where the optimiser stands"
            )
        params, top, rises = params + step, reached, reached > top
    raise EstimationFailure(
        "no_convergence", f"the optimiser was not at a maximum after {max_steps} steps"
    )
