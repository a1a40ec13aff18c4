"""Least squares (statsmodels)."""

from __future__ import annotations

import numpy as np
from statsmodels.regression.linear_model import OLS

from ..covariance import sandwich
from ..diagnostics import check_rank
from ..fits import Design, Fit
from .inference import about, wald


def fit(design: Design, level: float) -> Fit:
    """Fit least squares with clustered (else HC1) standard errors and t statistics, with G-1 (else n-k) degrees of freedom."""
    check_rank(design)
    found = OLS(design.y, design.X).fit()
    covariance = sandwich(found.normalized_cov_params, found.resid[:, None] * design.X, design.groups)
    return wald(
        names=list(design.names),
        params=found.params,
        covariance=covariance,
        level=level,
        n=len(design.y),
        about=about(design, "robust"),
        fit={"r2": found.rsquared, "adjusted_r2": found.rsquared_adj, "log_likelihood": found.llf, "aic": found.aic, "bic": found.bic},
        convergence={"converged": True, "iterations": 1, "method": "least squares"},
        df=int(found.df_resid) if design.groups is None else len(np.unique(design.groups)) - 1,
    )
