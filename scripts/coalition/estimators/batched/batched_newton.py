"""Newton's method on many problems at once, each with a step length and an end of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Slopes = Callable[[np.ndarray, np.ndarray | slice], tuple[np.ndarray, np.ndarray]]

TOLERANCE = 1e-18
"""Of the Newton decrement, as in estimators/newton.py: twice the log likelihood that is still to be
gained.
"""
STEEPEST = 0.5
"""A step is halved where its end lies so far beyond the top that it falls as steeply as this share
of the climb at its start.
"""
MAX_HALVINGS = 30


@dataclass(frozen=True)
class Climb:
    """Where B problems of p parameters ended.

    params : (B, p); information : (B, p, p) there; converged : (B,) bool; steps : (B,) int
    """

    params: np.ndarray
    information: np.ndarray
    converged: np.ndarray
    steps: np.ndarray


def solve(matrices: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Solve B systems (B, p, p) x = (B, p, q); those whose matrix is singular or not finite are
    NaN.
    """
    try:
        return np.linalg.solve(matrices, sides)
    except np.linalg.LinAlgError:  # one singular matrix stops the whole stack
        found = np.full_like(sides, np.nan)
        for place in range(len(matrices)):
            try:
                found[place] = np.linalg.solve(matrices[place], sides[place])
            except np.linalg.LinAlgError:
                continue
        return found


def climb(start: np.ndarray, slopes: Slopes, max_steps: int, rounding: float = TOLERANCE) -> Climb:
    """Climb to the maxima of B functions.

    Parameters
    ----------
    start : ndarray, shape (B, p)
    slopes : callable
        Parameters (b, p) of some problems and which ones they are -> their gradients (b, p) and
        information (b, p, p); not finite where a function is not defined.
    max_steps : int
    rounding : float
        Decrement that counts as zero after the last step, where rounding in an ill-conditioned
        design keeps it above `TOLERANCE`.

    Returns
    -------
    Climb

    Notes
    -----
    No function value is computed: a logarithm costs as much as the rest of a step. Of a concave
    function the slope along the step tells the same: a step is too long where the slope at its end
    is steep again, downwards. What is returned as converged has a Newton decrement of zero, which
    for a concave function is the maximum whatever the way to it was.
    """
    params = start.astype(float)
    everyone = np.arange(len(params))
    gradient, information = slopes(params, slice(None))
    converged, steps = np.zeros(len(params), dtype=bool), np.zeros(len(params), dtype=int)
    active = everyone
    for number in range(max_steps + 1):
        step = solve(information[active], gradient[active][:, :, None])[:, :, 0]
        gain = (gradient[active] * step).sum(axis=1)
        ended = np.abs(gain) < (TOLERANCE if number < max_steps else rounding)
        converged[active[ended]], steps[active] = True, number
        going = np.isfinite(gain) & ~ended
        if number == max_steps or not going.any():
            break
        active, step, gain = active[going], step[going], gain[going]
        active = _advance(params, gradient, information, slopes, active, step, gain)
    return Climb(params, information, converged, steps)


def _advance(
    params: np.ndarray,
    gradient: np.ndarray,
    information: np.ndarray,
    slopes: Slopes,
    active: np.ndarray,
    step: np.ndarray,
    gain: np.ndarray,
) -> np.ndarray:
    """Move the active problems in place, each by the first of the halved steps that is not too
    long; return those that moved.
    """
    moved, waiting = np.zeros(len(active), dtype=bool), np.arange(len(active))
    for halving in range(MAX_HALVINGS):
        which = active[waiting]
        reached = params[which] + step[waiting] / 2**halving
        new_gradient, new_information = slopes(
            reached, slice(None) if len(which) == len(params) else which
        )
        end = (new_gradient * step[waiting]).sum(axis=1)
        good = np.isfinite(end) & (end >= -STEEPEST * np.abs(gain[waiting]))
        here = which[good]
        params[here], gradient[here], information[here] = (
            reached[good],
            new_gradient[good],
            new_information[good],
        )
        moved[waiting[good]] = True
        waiting = waiting[~good]
        if not len(waiting):
            break
    return active[moved]
