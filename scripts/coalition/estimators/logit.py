"""Binary logit by maximum likelihood (statsmodels)."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.special import expit
from statsmodels.discrete.discrete_model import Logit

from ..diagnostics import cautions, check_rank, refuse_separation, separated
from ..fits import Design, Fit
from .inference import categorical_null, likelihood_covariance, likelihood_fit, wald


def probabilities(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return P(y = 0) and P(y = 1), shape (n, 2)."""
    one = expit(X @ params)
    return np.column_stack([1 - one, one])


def derivatives(params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
    """Return the derivatives of both probabilities where the design moves along dX, shape (n, 2)."""
    one = expit(X @ params)
    slope = one * (1 - one) * (dX @ params)
    return np.column_stack([-slope, slope])


def fit(design: Design, level: float) -> Fit:
    """Fit a logit; separation is looked for before the likelihood is climbed."""
    check_rank(design)
    names = list(design.names)
    refuse_separation(separated((2 * design.y - 1)[:, None] * design.X, names), "logit")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence is checked by the gradient
        found = Logit(design.y, design.X).fit(method="newton", maxiter=100, disp=False, skip_hessian=True)
    one = expit(design.X @ found.params)
    scores = (design.y - one)[:, None] * design.X
    hessian = -(design.X * (one * (1 - one))[:, None]).T @ design.X
    covariance, about = likelihood_covariance(design, hessian, scores)
    return wald(
        names=names,
        params=found.params,
        covariance=covariance,
        level=level,
        n=len(design.y),
        about=about,
        fit=likelihood_fit(found.llf, categorical_null(design.y), len(names), len(design.y)),
        convergence={"converged": True, "iterations": int(found.mle_retvals["iterations"]), "method": "newton"},
        warnings=cautions(design, len(names), int(min(design.y.sum(), len(design.y) - design.y.sum()))),
    )
