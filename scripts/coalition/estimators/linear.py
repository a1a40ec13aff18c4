"""Least squares, weighted where the model has weights (statsmodels)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .fit_types import Design, EstimationFailure, Fit
from .sandwich import covariance, kind_of
from .separation import check_rank
from .wald import about, wald

LEVERAGE = 1e-9
"""How far below 1 a leverage must be for HC2 and HC3 to mean something."""

if TYPE_CHECKING:
    from statsmodels.regression.linear_model import RegressionResults


def _covariance(design: Design, found: RegressionResults) -> np.ndarray:
    """Return the covariance: that of the model, White's with its corrections, or clustered (weights
    are analytic, as Stata's aweights).
    """
    kind = kind_of(design)
    if kind == "model":
        return np.asarray(found.cov_params())
    if kind in ("hc2", "hc3"):
        check_leverage(design)
        return np.asarray(getattr(found, f"cov_{kind.upper()}"))
    scores = found.model.weights[:, None] * found.resid[:, None] * design.X
    return covariance(design, found.normalized_cov_params, scores)


def check_leverage(design: Design) -> None:
    """Raise where HC2 or HC3 is asked for and a row is fitted by a column of its own: its residual
    is
    0 whatever its outcome, and the correction divides 0 by 0 (MacKinnon & White 1985).
    """
    kind = kind_of(design)
    if kind not in ("hc2", "hc3"):
        return
    X = design.X / np.linalg.norm(design.X, axis=0)
    weighted = X if design.weights is None else np.sqrt(design.weights)[:, None] * X
    leverage = (np.linalg.qr(weighted)[0] ** 2).sum(axis=1)
    alone = np.flatnonzero(leverage > 1 - LEVERAGE)
    if not len(alone):
        return
    own = [
        name
        for name, column in zip(design.names, design.X.T, strict=True)
        if name != "const" and any(set(np.flatnonzero(column)) == {row} for row in alone)
    ]
    what = f"{', '.join(own)} stands for one row alone" if own else "one column or more fit it"
    raise EstimationFailure(
        "leverage",
        f"{len(alone)} {'row has' if len(alone) == 1 else 'rows have'} leverage 1 ({what}): "
        f"{kind.upper()} is not defined there; use hc1, or join the category with another",
    )


def fit(design: Design, level: float) -> Fit:
    """Fit least squares; t statistics with G-1 degrees of freedom where errors are clustered, else
    n-k.

    AIC and BIC count the coefficients and not the variance, as statsmodels and Stata do.
    """
    from statsmodels.regression.linear_model import WLS

    check_rank(design)
    weights = np.ones(len(design.y)) if design.weights is None else design.weights
    found = WLS(design.y, design.X, weights=weights).fit()
    clusters = [
        len(np.unique(groups)) for groups in (design.groups, design.crossed) if groups is not None
    ]
    return wald(
        names=list(design.names),
        params=found.params,
        covariance=_covariance(design, found),
        level=level,
        n=len(design.y),
        about=about(design),
        fit={
            "r2": found.rsquared,
            "adjusted_r2": found.rsquared_adj,
            "log_likelihood": found.llf,
            "aic": found.aic,
            "bic": found.bic,
            "rss": found.ssr,
            "rmse": float(np.sqrt(found.mse_resid)),
        },
        convergence={"converged": True, "iterations": 1, "method": "least squares"},
        df=min(clusters) - 1 if kind_of(design) == "cluster" else int(found.df_resid),
    )
