"""Probit with selection (Van de Ven & Van Praag 1981), and the same with an ordered outcome, by
full maximum likelihood.

Two levels are reported with a constant, as a probit; more with cut points, as an ordered probit.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from scipy.special import ndtr, ndtri

from .. import ordered
from ..fit_types import Design, EstimationFailure, Fit, FitWarning
from ..separation import effective_size, rarest
from ..wald import likelihood_covariance
from .equations import (
    Equations,
    Named,
    Parameters,
    called,
    estimates,
    on_its_scale,
    refuse_separated_outcome,
    statistics,
    take_apart,
    warnings_on_numbers,
)
from .levels import Levels, Point, derivatives_given_selection, given_selection, normal
from .search import Maximum, maximise, profiled


def _cut_points(design: Design) -> list[str]:
    return [
        f"{low}|{high}" for low, high in zip(design.levels[:-1], design.levels[1:], strict=True)
    ]


def _named(equations: Equations, binary: bool, auxiliary: tuple[str, ...]) -> Parameters:
    terms: list[Named] = [(term, "coefficient", None) for term in equations.outcome.names]
    cuts: list[Named] = [(cut, "threshold", cut) for cut in _cut_points(equations.outcome)]
    return called(terms if binary else [*terms[1:], *cuts], equations.joining.names, auxiliary)


def _reported(slopes: int, p: int, binary: bool) -> np.ndarray:
    """Return the matrix that turns parameters of the likelihood into those that are reported: a
    probit's constant is minus its cut.
    """
    turn = np.eye(p)
    if binary:
        turn[: slopes + 1, : slopes + 1] = 0
        turn[0, slopes] = -1
        turn[1 : slopes + 1, :slopes] = np.eye(slopes)
    return turn


def _likelihood(equations: Equations) -> Levels:
    outcome, K = equations.outcome, len(equations.outcome.levels)
    if K < 2:
        raise EstimationFailure(
            "constant_outcome", f"the outcome is the same in all {len(outcome.y)} selected rows"
        )
    parameters = [*outcome.names[1:], *_cut_points(outcome)]
    refuse_separated_outcome(
        ordered.margins(outcome.y, outcome.X, K), parameters, outcome.names[1:], "probit"
    )
    return Levels(outcome.y, outcome.X[:, 1:], equations.chosen, equations.joining.X, K)


def _start(likelihood: Levels) -> np.ndarray:
    """Return slopes of zero, the shares of the levels and of the selected, and a correlation of
    zero.
    """
    below = np.cumsum(np.bincount(likelihood.y.astype(int), minlength=likelihood.K))[:-1] / len(
        likelihood.y
    )
    joining = np.zeros(likelihood.Z.shape[1])
    joining[0] = ndtri(likelihood.chosen.mean())
    return np.concatenate([np.zeros(likelihood.X.shape[1]), ndtri(below), joining, [0.0]])


def fit(design: Design, level: float) -> Fit:
    """Fit a probit or ordered probit with selection.

    The correlation's interval is carried over from the scale of its inverse hyperbolic tangent, on
    which its Wald test is made too; the likelihood ratio test of a correlation of zero stands among
    the fit statistics.

    Raises
    ------
    EstimationFailure
        Also where the likelihood rises until the correlation is 1 or -1 ("boundary").
    """
    equations = take_apart(design)
    likelihood = _likelihood(equations)
    search = maximise(likelihood, _start(likelihood))
    events = (
        rarest(equations.outcome.y) if likelihood.K == 2 else effective_size(equations.outcome.y)
    )
    cautions = (*search.cautions, *warnings_on_numbers(equations, events))
    found = _estimates(design, equations, likelihood, search.best, level, search.test(), cautions)
    rho = float(np.tanh(search.best.params[-1]))
    return on_its_scale(found, "rho", np.tanh, 1 - rho**2, tested=True)


def assumed(design: Design, level: float) -> dict[float, Fit]:
    """Return the estimates at each assumed correlation of the errors (Copas & Li 1997; Altonji,
    Elder & Taber 2005, section 3).

    Their likelihood has one well-marked maximum also where the data cannot tell the correlation.
    """
    equations = take_apart(design)
    likelihood = _likelihood(equations)
    profile = profiled(likelihood, _start(likelihood))
    return {
        rho: _estimates(design, equations, likelihood, profile[rho], level, fixed=True)
        for rho in sorted(profile)
    }


def _estimates(
    design: Design,
    equations: Equations,
    likelihood: Levels,
    at: Maximum,
    level: float,
    tests: Mapping[str, float] = MappingProxyType({}),
    cautions: tuple[FitWarning, ...] = (),
    fixed: bool = False,
) -> Fit:
    """Return the estimates with atanh(rho) as the last; without it where it is fixed."""
    free = len(at.params) - fixed
    scores, hessian = likelihood.slopes(at.params)
    covariance = likelihood_covariance(design, hessian[:free, :free], scores[:, :free])
    turn = _reported(likelihood.X.shape[1], len(at.params), likelihood.K == 2)[:free, :free]
    return estimates(
        design,
        _named(equations, likelihood.K == 2, () if fixed else ("rho",)),
        turn @ at.params[:free],
        turn @ covariance @ turn.T,
        level,
        {**statistics(at.height, free, len(design.y)), **tests},
        {"converged": True, "iterations": at.steps, "method": "newton"},
        cautions,
    )


# -- on the scale of probabilities; the outcome equation's parameters as they are reported
# ------------------------------------------


def probabilities(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the probability of both levels, selected or not, from the outcome equation, shape (n,
    2).
    """
    one = ndtr(X @ params)
    return np.column_stack([1 - one, one])


def derivatives(params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
    """Return the derivatives of both probabilities where the design moves along dX, shape (n,
    2).
    """
    slope = normal(X @ params) * (dX @ params)
    return np.column_stack([-slope, slope])


def at_point(params: np.ndarray, X: np.ndarray, Z: np.ndarray) -> Point:
    """Return reported parameters of both equations, taken apart."""
    k, q = X.shape[1], Z.shape[1]
    return Point(params[1:k], -params[:1], params[k : k + q], float(params[-1]))


def selected_probabilities(params: np.ndarray, X: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """Return the probability of both levels of those that are selected, shape (n, 2)."""
    return given_selection(at_point(params, X, Z), X[:, 1:], Z)


def selected_derivatives(
    params: np.ndarray, X: np.ndarray, Z: np.ndarray, dX: np.ndarray, dZ: np.ndarray
) -> np.ndarray:
    """Return the derivatives of these probabilities where the designs move along dX and dZ, shape
    (n, 2).
    """
    return derivatives_given_selection(at_point(params, X, Z), X[:, 1:], Z, dX[:, 1:], dZ)
