"""Linear outcome with selection: Heckman's (1979) two steps, and full maximum likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import log_ndtr, ndtri

from ..fit_types import Design, EstimationFailure, Fit, FitWarning
from ..newton import climb
from ..sandwich import covariance, kind_of
from ..wald import likelihood_covariance
from .amount import Amount
from .equations import (
    Equations,
    Named,
    called,
    estimates,
    on_its_scale,
    statistics,
    take_apart,
    warnings_on_numbers,
)
from .levels import mills
from .search import Maximum, maximise, profiled


@dataclass(frozen=True)
class TwoSteps:
    """selection (q,), its covariance and scores (n, q); outcome (k + 1,), the last that of the
    inverse Mills ratio; errors (m,).

    design : (m, k + 1) with the ratio; delta : (m,), minus the ratio's slope; sigma, rho : of the
        errors.
    """

    selection: np.ndarray
    information: np.ndarray
    scores: np.ndarray
    outcome: np.ndarray
    design: np.ndarray
    errors: np.ndarray
    delta: np.ndarray
    sigma: float
    rho: float


def _probit(s: np.ndarray, Z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the coefficients of a probit, its information at them (q, q) and each row's score (n,
    q).
    """
    sign = 2 * s - 1

    def slopes(at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        index = sign * (Z @ at)
        ratio = mills(index)
        scores = (sign * ratio)[:, None] * Z
        return scores.sum(axis=0), (Z * (ratio * (ratio + index))[:, None]).T @ Z, scores

    start = np.zeros(Z.shape[1])
    start[0] = ndtri(s.mean())
    found, _, _ = climb(
        start, lambda at: float(log_ndtr(sign * (Z @ at)).sum()), lambda at: slopes(at)[:2]
    )
    _, information, scores = slopes(found)
    return found, information, scores


def two_steps(equations: Equations) -> TwoSteps:
    """Estimate who is selected by a probit, then the outcome by least squares with the inverse
    Mills ratio among its terms.
    """
    joining, outcome = equations.joining, equations.outcome
    gamma, information, scores = _probit(joining.y, joining.X)
    w = joining.X[equations.chosen] @ gamma
    ratio = mills(w)
    delta = ratio * (ratio + w)
    design = np.column_stack([outcome.X, ratio])
    if (
        np.linalg.matrix_rank(design / np.linalg.norm(design, axis=0), tol=1e-9) < design.shape[1]
        or len(design) <= design.shape[1]
    ):
        raise EstimationFailure(
            "collinearity",
            "outcome equation: the inverse Mills ratio is a linear combination of the terms",
        )
    beta = np.linalg.lstsq(design, outcome.y, rcond=None)[0]
    errors = outcome.y - design @ beta
    sigma = float(np.sqrt(errors @ errors / len(errors) + delta.mean() * beta[-1] ** 2))
    return TwoSteps(
        gamma, information, scores, beta, design, errors, delta, sigma, float(beta[-1] / sigma)
    )


def _covariance(design: Design, equations: Equations, found: TwoSteps) -> np.ndarray:
    """Return the covariance of outcome and selection estimates, (k + 1 + q, ...).

    From the model: Heckman (1979), eq. 22; Greene (2012), eq. 19-23: the errors' variance differs
    with the ratio, and the ratio is itself estimated. Else the sandwich of the two steps' stacked
    estimating equations (Newey & McFadden 1994, section 6).
    """
    bread, inverse = np.linalg.inv(found.design.T @ found.design), np.linalg.inv(found.information)
    through = (
        found.outcome[-1]
        * bread
        @ (found.design * found.delta[:, None]).T
        @ equations.joining.X[equations.chosen]
    )
    if kind_of(design) != "model":
        of_selection = found.scores @ inverse
        of_outcome = of_selection @ through.T
        of_outcome[equations.chosen] += (found.design * found.errors[:, None]) @ bread
        influence = np.hstack([of_outcome, of_selection])
        return covariance(design, np.eye(influence.shape[1]), influence)
    spread = found.sigma**2 - found.outcome[-1] ** 2 * found.delta
    own = (
        bread @ ((found.design * spread[:, None]).T @ found.design) @ bread
        + through @ inverse @ through.T
    )
    return np.block([[own, through @ inverse], [inverse @ through.T, inverse]])


def fit_two_step(design: Design, level: float) -> Fit:
    """Fit the two steps; sigma and rho stand among the fit statistics, and the ratio's coefficient
    is rho times sigma.
    """
    equations = take_apart(design)
    found = two_steps(equations)
    outcome: list[Named] = [
        *((term, "coefficient", None) for term in design.names),
        ("inverse_mills", "auxiliary", None),
    ]
    cautions = warnings_on_numbers(equations, len(equations.outcome.y))
    if abs(found.rho) > 1:
        cautions += (
            FitWarning(
                "near_boundary",
                (
                    f"the two steps imply a correlation of the errors of {found.rho:.2f}, which "
                    "cannot be"
                ),
            ),
        )
    return estimates(
        design,
        called(outcome, equations.joining.names, ()),
        np.concatenate([found.outcome, found.selection]),
        _covariance(design, equations, found),
        level,
        {"sigma": found.sigma, "rho": found.rho},
        {"converged": True, "iterations": 1, "method": "probit, then least squares"},
        cautions,
    )


def _start(equations: Equations) -> tuple[Amount, np.ndarray]:
    """Return the likelihood, and the two equations' own estimates."""
    outcome, joining = equations.outcome, equations.joining
    beta = np.linalg.lstsq(outcome.X, outcome.y, rcond=None)[0]
    spread = float(np.sqrt(np.mean((outcome.y - outcome.X @ beta) ** 2)))
    if spread == 0:
        raise EstimationFailure("constant_outcome", "the terms fit the outcome without any error")
    likelihood = Amount(outcome.y, outcome.X, equations.chosen, joining.X)
    return likelihood, np.concatenate(
        [beta, _probit(joining.y, joining.X)[0], [np.log(spread), 0.0]]
    )


def fit_ml(design: Design, level: float) -> Fit:
    """Fit both equations by full maximum likelihood; intervals of sigma and rho are carried over
    from log and atanh.
    """
    equations = take_apart(design)
    likelihood, start = _start(equations)
    search = maximise(likelihood, start)
    cautions = (*search.cautions, *warnings_on_numbers(equations, len(equations.outcome.y)))
    found = _estimates(design, equations, likelihood, search.best, level, search.test(), cautions)
    log_sigma, at_rho = search.best.params[-2:]
    found = on_its_scale(found, "rho", np.tanh, float(1 - np.tanh(at_rho) ** 2), tested=True)
    return on_its_scale(found, "sigma", np.exp, float(np.exp(log_sigma)), tested=False)


def assumed(design: Design, level: float) -> dict[float, Fit]:
    """Return the estimates at each assumed correlation of the errors."""
    equations = take_apart(design)
    likelihood, start = _start(equations)
    profile = profiled(likelihood, start)
    return {
        rho: _estimates(design, equations, likelihood, profile[rho], level, fixed=True)
        for rho in sorted(profile)
    }


def _estimates(
    design: Design,
    equations: Equations,
    likelihood: Amount,
    at: Maximum,
    level: float,
    tests: Mapping[str, float] = MappingProxyType({}),
    cautions: tuple[FitWarning, ...] = (),
    fixed: bool = False,
) -> Fit:
    """Return the estimates with log(sigma) and atanh(rho) as the last; without rho where it is
    fixed.
    """
    free = len(at.params) - fixed
    scores, hessian = likelihood.slopes(at.params)
    outcome: list[Named] = [(term, "coefficient", None) for term in design.names]
    return estimates(
        design,
        called(outcome, equations.joining.names, ("sigma", "rho")[: 2 - fixed]),
        at.params[:free],
        likelihood_covariance(design, hessian[:free, :free], scores[:, :free]),
        level,
        {**statistics(at.height, free, len(design.y)), **tests},
        {"converged": True, "iterations": at.steps, "method": "newton"},
        cautions,
    )
