"""The maximum of a likelihood whose last parameter is atanh(rho): along a grid of correlations
first, then with rho set free.

The likelihood need not have one maximum only, and can rise all the way to |rho| = 1 (Butler 1996);
a search from one start finds neither out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from ...base.distributions import ChiSquared
from ...base.number_formats import p_words
from ..fit_types import EstimationFailure, FitWarning
from ..newton import climb

RHOS = (-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9)
"""The correlations at which the likelihood is profiled, and whose estimates are printed."""
NEAR_LIMIT, LIMIT = 0.97, 0.99
"""A likelihood that is higher here than at any smaller correlation has no maximum that could be
told from |rho| = 1; near it, one is doubtful.
"""
NOT_REJECTED = float(ChiSquared(1).ppf(0.95))


class Likelihood(Protocol):
    """A log likelihood with scores (n, p) and Hessian (p, p)."""

    def log_likelihood(self, params: np.ndarray) -> float:
        """Return the log likelihood at parameters of shape (p,)."""

    def slopes(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return each row's score, shape (n, p), and the Hessian, shape (p, p)."""


@dataclass(frozen=True)
class Maximum:
    """Parameters, the height there, the steps that led to it."""

    params: np.ndarray
    height: float
    steps: int


@dataclass(frozen=True)
class Search:
    """The maximum, and the highest points at fixed correlations (those that could be reached)."""

    best: Maximum
    profile: Mapping[float, Maximum]
    cautions: tuple[FitWarning, ...]

    def test(self) -> dict[str, float]:
        """Return the likelihood ratio test of a correlation of zero; it takes the rows as
        independent.
        """
        ratio = max(2 * (self.best.height - self.profile[0.0].height), 0.0)
        return {"rho_lr": ratio, "rho_lr_p": float(ChiSquared(1).sf(ratio))}


def _peaks(profile: Mapping[float, Maximum]) -> list[float]:
    """Return the correlations inside the limits at which the profile is no lower than beside."""
    rhos = sorted(profile)
    beside = {
        rho: max((profile[near].height for near in _neighbours(rho, rhos)), default=-np.inf)
        for rho in rhos
    }
    return [rho for rho in rhos if abs(rho) < LIMIT and profile[rho].height >= beside[rho]]


def maximise(likelihood: Likelihood, start: np.ndarray) -> Search:
    """Find the highest maximum.

    Parameters
    ----------
    start : ndarray, shape (p,)
        The two equations' own estimates, which maximise the likelihood at rho = 0; the last
        parameter is 0.

    Raises
    ------
    EstimationFailure
        When the likelihood rises to |rho| = 1, or no start leads to a maximum.
    """
    profile = profiled(likelihood, start, (-LIMIT, -NEAR_LIMIT, *RHOS, NEAR_LIMIT, LIMIT))
    if 0.0 not in profile:
        raise EstimationFailure(
            "no_convergence", "the two equations could not be estimated on their own"
        )
    highest = max(sorted(profile), key=lambda rho: profile[rho].height)
    if abs(highest) == LIMIT:
        raise _at_the_limit(highest, profile[highest].height - profile[0.0].height)
    ends = (_free(likelihood, profile[rho]) for rho in _peaks(profile))
    found = [maximum for maximum in ends if maximum is not None]
    if not found:
        raise EstimationFailure(
            "no_convergence",
            "no start led to a maximum of the likelihood with a free correlation of the errors",
        )
    best = max(found, key=lambda maximum: maximum.height)
    if abs(np.tanh(best.params[-1])) >= LIMIT:
        raise _at_the_limit(
            float(np.sign(best.params[-1])) * LIMIT, best.height - profile[0.0].height
        )
    inner = {rho: profile[rho] for rho in RHOS if rho in profile}
    return Search(best, inner, (*_flat(best, inner), *_several(best, found), *_near_limit(best)))


def profiled(
    likelihood: Likelihood, start: np.ndarray, rhos: tuple[float, ...] = RHOS
) -> dict[float, Maximum]:
    """Return the highest points at fixed correlations, each climbed to from its neighbour nearer to
    zero.

    Correlations beyond one that could not be reached are left out.
    """
    found: dict[float, Maximum] = {}
    for side in (
        sorted(rho for rho in rhos if rho >= 0),
        sorted((rho for rho in rhos if rho < 0), reverse=True),
    ):
        at = start
        for rho in side:
            try:
                found[rho] = _climb(likelihood, np.append(at[:-1], np.arctanh(rho)), len(start) - 1)
            except (EstimationFailure, np.linalg.LinAlgError):
                break
            at = found[rho].params
    return found


def _free(likelihood: Likelihood, near: Maximum) -> Maximum | None:
    try:
        return _climb(likelihood, near.params, len(near.params))
    except (EstimationFailure, np.linalg.LinAlgError):
        return None


def _climb(likelihood: Likelihood, start: np.ndarray, moving: int) -> Maximum:
    """Climb with the first parameters, all of them or all but the last."""
    fixed = start[moving:]

    def height(at: np.ndarray) -> float:
        whole = np.append(at, fixed)
        return (
            likelihood.log_likelihood(whole)
            if abs(np.tanh(whole[-1])) <= (LIMIT + 1) / 2
            else -np.inf
        )

    def slopes(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores, hessian = likelihood.slopes(np.append(at, fixed))
        return scores.sum(axis=0)[:moving], _upwards(-hessian[:moving, :moving])

    if height(start[:moving]) == -np.inf:
        raise EstimationFailure(
            "no_convergence", "the likelihood is zero where the search would start"
        )
    params, top, steps = climb(start[:moving], height, slopes)
    return Maximum(np.append(params, fixed), top, steps)


def _upwards(information: np.ndarray) -> np.ndarray:
    """Return an information matrix that leads upwards where the likelihood is not concave: with the
    signs of its eigenvalues turned.

    Scaled by its diagonal first, so that units of the columns do not matter (Nocedal & Wright 2006,
    section 3.4).
    """
    scale = np.sqrt(np.maximum(np.abs(np.diag(information)), 1e-300))
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    if values.min() > 0:
        return information
    turned = np.maximum(np.abs(values), 1e-6 * np.abs(values).max())
    return (vectors * turned) @ vectors.T * np.outer(scale, scale)


def _neighbours(rho: float, rhos: list[float]) -> list[float]:
    return [low if high == rho else high for low, high in pairwise(rhos) if rho in (low, high)]


def _at_the_limit(rho: float, gain: float) -> EstimationFailure:
    message = (
        f"the likelihood rises until the correlation of the errors is {rho:.2f} and further, "
        f"where it has no maximum (against a correlation of 0: likelihood ratio {2 * gain:.2f}, "
        f"{p_words(float(ChiSquared(1).sf(2 * gain)))})"
    )
    return EstimationFailure("boundary", message)


def _flat(best: Maximum, profile: Mapping[float, Maximum]) -> tuple[FitWarning, ...]:
    """Return a caution where the data reject none of the correlations of the profile."""
    if any(2 * (best.height - point.height) > NOT_REJECTED for point in profile.values()):
        return ()
    low, high = min(profile), max(profile)
    message = (
        f"the data reject no correlation of the errors between {low:g} and {high:g}: read the "
        "estimates at assumed correlations"
    )
    return (FitWarning("flat_likelihood", message),)


def _several(best: Maximum, found: list[Maximum]) -> tuple[FitWarning, ...]:
    """Return a caution where another maximum is nearly as high."""
    others = [
        float(np.tanh(other.params[-1]))
        for other in found
        if abs(other.params[-1] - best.params[-1]) > 1e-3
        and 2 * (best.height - other.height) < NOT_REJECTED
    ]
    if not others:
        return ()
    listed = ", ".join(f"{rho:.2f}" for rho in sorted(others))
    return (
        FitWarning(
            "several_maxima",
            (
                "the likelihood has another maximum that is nearly as high, at a correlation of "
                f"{listed}"
            ),
        ),
    )


def _near_limit(best: Maximum) -> tuple[FitWarning, ...]:
    rho = float(np.tanh(best.params[-1]))
    if abs(rho) < NEAR_LIMIT:
        return ()
    return (
        FitWarning(
            "near_boundary",
            (
                f"the correlation of the errors is {rho:.2f}, close to its limit: its interval "
                "and tests are unreliable"
            ),
        ),
    )
