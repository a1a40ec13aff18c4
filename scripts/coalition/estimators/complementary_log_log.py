"""Binary regression with the complementary log-log link: a proportional hazards model of grouped
time (statsmodels).
"""

from __future__ import annotations

import warnings

import numpy as np

from .fit_types import Design, Fit
from .logit import margins
from .separation import check_rank, few_events, rarest, refuse_separation, separated
from .wald import about, categorical_null, likelihood_covariance, likelihood_fit, wald


def _cumulative(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the hazard that a row's interval adds up to, exp(x'b), (n,)."""
    return np.exp(np.minimum(X @ params, 700.0))


def probabilities(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return P(y = 0) and P(y = 1) = 1 - exp(-exp(x'b)), shape (n, 2)."""
    hazard = _cumulative(params, X)
    return np.column_stack([np.exp(-hazard), -np.expm1(-hazard)])


def derivatives(params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
    """Return the derivatives of both probabilities where the design moves along dX, shape (n,
    2).
    """
    hazard = _cumulative(params, X)
    slope = hazard * np.exp(-hazard) * (dX @ params)
    return np.column_stack([-slope, slope])


def _ratio(hazard: np.ndarray) -> np.ndarray:
    """Return h / (exp(h) - 1), which is 1 at h = 0."""
    small = np.maximum(hazard, np.finfo(float).tiny)
    with np.errstate(over="ignore"):
        return small / np.expm1(small)


def scores(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return each row's score, shape (n, k)."""
    hazard = _cumulative(params, X)
    return np.where(y == 1, _ratio(hazard), -hazard)[:, None] * X


def hessian(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the Hessian of the log likelihood, shape (k, k)."""
    hazard = _cumulative(params, X)
    ratio = _ratio(hazard)
    curve = np.where(y == 1, ratio * (1 - hazard - ratio), -hazard)
    return (X * curve[:, None]).T @ X


def fit(design: Design, level: float) -> Fit:
    """Fit a model with the complementary log-log link; coefficients are log hazard ratios (Prentice
    & Gloeckler 1978).
    """
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.families.links import CLogLog
    from statsmodels.genmod.generalized_linear_model import GLM

    check_rank(design)
    y, X, names = design.y, design.X, list(design.names)
    refuse_separation(separated(margins(y, X), names, design.basis), "complementary log-log")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is told from the gradient
        found = GLM(y, X, family=Binomial(link=CLogLog())).fit(maxiter=300, tol=1e-13)
    params = np.asarray(found.params)
    chance = probabilities(params, X)[np.arange(len(y)), y.astype(int)]
    return wald(
        names=names,
        params=params,
        covariance=likelihood_covariance(design, hessian(params, y, X), scores(params, y, X)),
        level=level,
        n=len(y),
        about=about(design),
        fit=likelihood_fit(float(np.log(chance).sum()), categorical_null(y), len(names), len(y)),
        convergence={
            "converged": True,
            "iterations": int(found.fit_history["iteration"]),
            "method": "irls",
        },
        warnings=few_events(rarest(y), len(names) - 1),
    )
