"""Binary logit by maximum likelihood (statsmodels)."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.special import expit
from statsmodels.discrete.discrete_model import Logit

from ..diagnostics import check_rank, few_events, rarest, refuse_separation, separated
from ..fits import Design, Fit
from .inference import about, categorical_null, likelihood_covariance, likelihood_fit, wald


def probabilities(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return P(y = 0) and P(y = 1), shape (n, 2)."""
    one = expit(X @ params)
    return np.column_stack([1 - one, one])


def derivatives(params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
    """Return the derivatives of both probabilities where the design moves along dX, shape (n, 2)."""
    one = expit(X @ params)
    slope = one * (1 - one) * (dX @ params)
    return np.column_stack([-slope, slope])


def scores(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return each row's score, shape (n, k)."""
    return (y - expit(X @ params))[:, None] * X


def hessian(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the Hessian of the log likelihood, shape (k, k)."""
    one = expit(X @ params)
    return -(X * (one * (1 - one))[:, None]).T @ X


def margins(y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the rows in which separation is looked for, shape (n, k)."""
    return (2 * y - 1)[:, None] * X


def maximise(y: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, float, int]:
    """Return the estimates of a logit, its log likelihood and the number of steps (statsmodels)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is told from the gradient
        found = Logit(y, X).fit(method="newton", maxiter=100, tol=1e-10, disp=False, skip_hessian=True)
    return np.asarray(found.params), float(found.llf), int(found.mle_retvals["iterations"])


def fit(design: Design, level: float) -> Fit:
    """Fit a logit; separation is looked for before the likelihood is climbed."""
    check_rank(design)
    y, X, names = design.y, design.X, list(design.names)
    refuse_separation(separated(margins(y, X), names), "logit")
    params, top, steps = maximise(y, X)
    return wald(
        names=names,
        params=params,
        covariance=likelihood_covariance(design, hessian(params, X), scores(params, y, X)),
        level=level,
        n=len(y),
        about=about(design, "model"),
        fit=likelihood_fit(top, categorical_null(y), len(names), len(y)),
        convergence={"converged": True, "iterations": steps, "method": "newton"},
        warnings=few_events(rarest(y), len(names) - 1),
    )
