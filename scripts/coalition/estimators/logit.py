"""Binary logit by maximum likelihood (statsmodels)."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.special import expit

from .fit_types import Design, Fit
from .separation import check_rank, few_events, rarest, refuse_separation, separated
from .wald import about, categorical_null, likelihood_covariance, likelihood_fit, wald


def probabilities(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return P(y = 0) and P(y = 1), shape (n, 2)."""
    one = expit(X @ params)
    return np.column_stack([1 - one, one])


def derivatives(params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
    """Return the derivatives of both probabilities where the design moves along dX, shape (n,
    2).
    """
    one = expit(X @ params)
    slope = one * (1 - one) * (dX @ params)
    return np.column_stack([-slope, slope])


def scores(
    params: np.ndarray, y: np.ndarray, X: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return each row's score, shape (n, k)."""
    residuals = y - expit(X @ params)
    return (residuals if weights is None else weights * residuals)[:, None] * X


def hessian(params: np.ndarray, X: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Return the Hessian of the log likelihood, shape (k, k)."""
    one = expit(X @ params)
    variance = one * (1 - one)
    return -(X * (variance if weights is None else weights * variance)[:, None]).T @ X


def margins(y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the rows in which separation is looked for, shape (n, k)."""
    return (2 * y - 1)[:, None] * X


def maximise(
    y: np.ndarray, X: np.ndarray, weights: np.ndarray | None = None
) -> tuple[np.ndarray, float, int]:
    """Return the estimates of a logit, its log likelihood and the number of steps (statsmodels)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is told from the gradient
        if weights is None:
            from statsmodels.discrete.discrete_model import Logit

            found = Logit(y, X).fit(
                method="newton", maxiter=100, tol=1e-10, disp=False, skip_hessian=True
            )
            return np.asarray(found.params), float(found.llf), int(found.mle_retvals["iterations"])
        from statsmodels.genmod.families import Binomial
        from statsmodels.genmod.generalized_linear_model import GLM

        weighted = GLM(y, X, family=Binomial(), var_weights=weights).fit(maxiter=200, tol=1e-12)
    return np.asarray(weighted.params), float(weighted.llf), int(weighted.fit_history["iteration"])


def fit(design: Design, level: float) -> Fit:
    """Fit a logit; separation is looked for before the likelihood is climbed.

    With weights it is a pseudo-likelihood, and standard errors are robust unless the model asks for
    others.
    """
    check_rank(design)
    y, X, names, weights = design.y, design.X, list(design.names), design.weights
    refuse_separation(separated(margins(y, X), names, design.basis), "logit")
    params, top, steps = maximise(y, X, weights)
    null = categorical_null(y) if weights is None else weighted_null(y, weights)
    return wald(
        names=names,
        params=params,
        covariance=likelihood_covariance(
            design, hessian(params, X, weights), scores(params, y, X, weights)
        ),
        level=level,
        n=len(y),
        about=about(design),
        fit=likelihood_fit(top, null, len(names), len(y)),
        convergence={
            "converged": True,
            "iterations": steps,
            "method": "newton" if weights is None else "irls",
        },
        warnings=few_events(rarest(y), len(names) - 1),
    )


def weighted_null(y: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted log likelihood of a model that knows only the weighted share of ones."""
    share = float(np.average(y, weights=weights))
    return float((weights * (y * np.log(share) + (1 - y) * np.log(1 - share))).sum())
