"""Panel models by linearmodels: pooled, fixed effects of one and two ways, random effects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS, PooledOLS, RandomEffects

from ..diagnostics import cautions, check_rank
from ..fits import Caution, Design, EstimationFailure, Fit
from .inference import wald


def _frame(design: Design) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame | None]:
    index = pd.MultiIndex.from_arrays([pd.factorize(design.entity, sort=True)[0], design.time], names=["entity", "time"])
    if index.has_duplicates:
        raise EstimationFailure("too_few_rows", "a panel unit has more than one row in a year")
    groups = None if design.groups is None else pd.DataFrame({"cluster": design.groups}, index=index)
    return pd.Series(design.y, index=index, name="outcome"), pd.DataFrame(design.X, index=index, columns=list(design.names)), groups


def _varying(design: Design) -> tuple[Design, tuple[Caution, ...]]:
    """Leave out columns that do not vary within units: fixed effects take them up."""
    codes = pd.factorize(design.entity)[0]
    means = pd.DataFrame(design.X).groupby(codes).transform("mean").to_numpy()
    within = np.abs(design.X - means).max(axis=0) > 1e-10 * np.maximum(np.abs(design.X).max(axis=0), 1)
    gone = [name for name, varies in zip(design.names, within, strict=True) if not varies and name != "const"]
    kept = [position for position, name in enumerate(design.names) if within[position]]
    if not kept:
        raise EstimationFailure("collinearity", "no term changes over time within the units")
    found = (Caution("absorbed", f"{', '.join(gone)} does not change over time and is taken up by the fixed effects"),) if gone else ()
    return replace(design, X=design.X[:, kept], names=tuple(design.names[position] for position in kept), products=()), found


def fit_panel(design: Design, level: float, *, effects: str) -> Fit:
    """Fit one panel model.

    Parameters
    ----------
    effects : {"pooled", "entity", "two_way", "random"}

    Returns
    -------
    Fit
        Clustered as Stata's `reg, cluster` and plm's "sss": G/(G-1) (n-1)/(n-k), t statistics with G-1 degrees of freedom.
    """
    found: tuple[Caution, ...] = ()
    if effects in ("entity", "two_way"):
        design, found = _varying(design)
    else:
        check_rank(design)
    y, X, groups = _frame(design)
    options: dict[str, object] = (
        {"cov_type": "robust"} if groups is None else {"cov_type": "clustered", "clusters": groups, "group_debias": True}
    )
    try:
        if effects in ("entity", "two_way"):
            result = PanelOLS(y, X, entity_effects=True, time_effects=effects == "two_way").fit(
                **options, auto_df=False, count_effects=False
            )
        else:
            result = (PooledOLS if effects == "pooled" else RandomEffects)(y, X).fit(**options)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise EstimationFailure("collinearity", str(error).split("\n")[0]) from error
    clustered = groups is not None
    return wald(
        names=list(X.columns),
        params=result.params.to_numpy(),
        covariance=result.cov.to_numpy(),
        level=level,
        n=len(y),
        about={"covariance": "cluster" if clustered else "robust", "cluster": "iso3" if clustered else None},
        fit={
            "r2": float(result.rsquared),
            "r2_within": float(result.rsquared_within),
            "r2_overall": float(result.rsquared_overall),
            "log_likelihood": float(result.loglik),
        },
        convergence={"converged": True, "iterations": 1, "method": "least squares"},
        df=len(np.unique(design.groups)) - 1 if clustered else int(result.df_resid),
        warnings=found + cautions(design, X.shape[1], None),
    )
