"""Binary probit by maximum likelihood (statsmodels)."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.special import log_ndtr, ndtr

from .fit_types import Design, Fit
from .logit import margins
from .separation import check_rank, few_events, rarest, refuse_separation, separated
from .wald import about, categorical_null, likelihood_covariance, likelihood_fit, wald


def _density(eta: np.ndarray) -> np.ndarray:
    return np.exp(-(eta**2) / 2) / np.sqrt(2 * np.pi)


def probabilities(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return P(y = 0) and P(y = 1), shape (n, 2)."""
    eta = X @ params
    return np.column_stack([ndtr(-eta), ndtr(eta)])


def derivatives(params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
    """Return the derivatives of both probabilities where the design moves along dX, shape (n,
    2).
    """
    slope = _density(X @ params) * (dX @ params)
    return np.column_stack([-slope, slope])


def _mills(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's signed index q x'b and its inverse Mills ratio, (n,) each; q is 1 or -1."""
    signed = (2 * y - 1) * (X @ params)
    return signed, np.exp(-(signed**2) / 2 - log_ndtr(signed)) / np.sqrt(2 * np.pi)


def scores(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return each row's score, shape (n, k): q phi(q x'b) / Phi(q x'b) x (Greene 2018, eq.
    17-20).
    """
    return ((2 * y - 1) * _mills(params, y, X)[1])[:, None] * X


def hessian(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the Hessian of the log likelihood, shape (k, k) (Greene 2018, eq. 17-22)."""
    signed, ratio = _mills(params, y, X)
    return -(X * (ratio * (ratio + signed))[:, None]).T @ X


def fit(design: Design, level: float) -> Fit:
    """Fit a probit; separation is looked for before the likelihood is climbed."""
    from statsmodels.discrete.discrete_model import Probit

    check_rank(design)
    y, X, names = design.y, design.X, list(design.names)
    refuse_separation(separated(margins(y, X), names, design.basis), "probit")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is told from the gradient
        found = Probit(y, X).fit(
            method="newton", maxiter=100, tol=1e-12, disp=False, skip_hessian=True
        )
    params = np.asarray(found.params)
    return wald(
        names=names,
        params=params,
        covariance=likelihood_covariance(design, hessian(params, y, X), scores(params, y, X)),
        level=level,
        n=len(y),
        about=about(design),
        fit=likelihood_fit(float(found.llf), categorical_null(y), len(names), len(y)),
        convergence={
            "converged": True,
            "iterations": int(found.mle_retvals["iterations"]),
            "method": "newton",
        },
        warnings=few_events(rarest(y), len(names) - 1),
    )
