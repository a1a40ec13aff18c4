"""Least squares and Poisson regression (statsmodels)."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.special import gammaln
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.regression.linear_model import OLS

from ..covariance import sandwich
from ..diagnostics import cautions, check_rank
from ..fits import Design, EstimationFailure, Fit
from .inference import likelihood_covariance, likelihood_fit, wald


def fit_ols(design: Design, level: float) -> Fit:
    """Fit least squares with clustered (or HC1) standard errors and t statistics."""
    check_rank(design)
    found = OLS(design.y, design.X).fit()
    scores = found.resid[:, None] * design.X
    covariance = sandwich(np.linalg.inv(design.X.T @ design.X), scores, design.groups)
    clustered = design.groups is not None
    return wald(
        names=list(design.names),
        params=found.params,
        covariance=covariance,
        level=level,
        n=len(design.y),
        about={"covariance": "cluster" if clustered else "robust", "cluster": "iso3" if clustered else None},
        fit={"r2": found.rsquared, "adjusted_r2": found.rsquared_adj, "log_likelihood": found.llf, "aic": found.aic, "bic": found.bic},
        convergence={"converged": True, "iterations": 1, "method": "least squares"},
        df=len(np.unique(design.groups)) - 1 if clustered else int(found.df_resid),
        warnings=cautions(design, design.X.shape[1], None),
    )


def fit_poisson(design: Design, level: float) -> Fit:
    """Fit a Poisson regression; an outcome that is no count makes it pseudo-maximum likelihood (Santos Silva & Tenreyro 2006)."""
    check_rank(design)
    y, X = design.y, design.X
    if (y < 0).any():
        raise EstimationFailure("no_convergence", "a Poisson outcome can not be negative")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence is checked by the gradient
        found = GLM(y, X, family=Poisson()).fit(maxiter=200, tol=1e-12)
    mean = np.exp(X @ found.params)
    covariance, about = likelihood_covariance(design, -(X * mean[:, None]).T @ X, (y - mean)[:, None] * X, robust=True)
    likelihood = float((y * np.log(mean) - mean - gammaln(y + 1)).sum())
    null = float((y * np.log(y.mean()) - y.mean() - gammaln(y + 1)).sum())
    return wald(
        names=list(design.names),
        params=np.asarray(found.params),
        covariance=covariance,
        level=level,
        n=len(y),
        about=about,
        fit=likelihood_fit(likelihood, null, len(found.params), len(y)),
        convergence={"converged": True, "iterations": int(found.fit_history["iteration"]), "method": "irls"},
        warnings=cautions(design, X.shape[1], None),
    )
