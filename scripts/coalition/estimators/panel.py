"""Panel models by linearmodels: pooled, fixed effects of one and two ways, random effects."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS, PooledOLS, RandomEffects
from linearmodels.panel.results import PanelResults

from ..diagnostics import check_rank
from ..fits import Caution, Design, EstimationFailure, Fit
from .inference import about, wald

WITHIN = ("entity", "two_way")


def _within(design: Design, effects: str) -> Design:
    """Return the design with what the fixed effects explain taken out of its columns."""
    dummies = pd.get_dummies(pd.Series(design.entity)).to_numpy(float)
    if effects == "two_way":
        dummies = np.column_stack([dummies, pd.get_dummies(pd.Series(design.time)).to_numpy(float)])
    explained = dummies @ np.linalg.lstsq(dummies, design.X, rcond=None)[0]
    return replace(design, X=design.X - explained)


def _varying(design: Design, effects: str) -> tuple[Design, tuple[Caution, ...]]:
    """Leave out the columns that the fixed effects take up, and say which.

    Raises
    ------
    EstimationFailure
        When no column is left, or those left depend on each other.
    """
    within = _within(design, effects)
    left = np.linalg.norm(within.X, axis=0) > 1e-9 * np.linalg.norm(design.X, axis=0)
    kept = np.flatnonzero(left)
    gone = [name for name, varies in zip(design.names, left, strict=True) if not varies and name != "const"]
    if len(kept) == 0:
        raise EstimationFailure("collinearity", "no term changes over time within the units")
    names = tuple(design.names[position] for position in kept)
    check_rank(replace(within, X=within.X[:, kept], names=names))
    found = (Caution("absorbed", f"{', '.join(gone)} is taken up by the fixed effects: it has no estimate"),) if gone else ()
    return replace(design, X=design.X[:, kept], names=names, products=()), found


def _estimate(design: Design, effects: str) -> PanelResults:
    """Run linearmodels; clustered as R's plm ("sss") and Stata do, with t statistics."""
    index = pd.MultiIndex.from_arrays([pd.factorize(design.entity, sort=True)[0], design.time], names=["entity", "time"])
    if index.has_duplicates:
        raise EstimationFailure("too_few_rows", "a panel unit has more than one row in a year")
    y = pd.Series(design.y, index=index, name="outcome")
    X = pd.DataFrame(design.X, index=index, columns=list(design.names))
    options: dict[str, object] = {"cov_type": "unadjusted"}
    if design.groups is not None:
        options = {"cov_type": "clustered", "clusters": pd.DataFrame({"cluster": design.groups}, index=index), "group_debias": True}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on singletons, which are harmless here
        if effects == "pooled":
            return PooledOLS(y, X).fit(**options)
        if effects == "random":
            try:
                return RandomEffects(y, X).fit(small_sample=True, **options)
            except ValueError as error:  # no degrees of freedom within or between units
                raise EstimationFailure("too_few_rows", str(error).split(". ")[0]) from error
        # units lie within clusters, so their effects cost no degrees of freedom (Cameron & Miller 2015, section III.B)
        count = {"auto_df": False, "count_effects": design.groups is None}
        return PanelOLS(y, X, entity_effects=True, time_effects=effects == "two_way").fit(**options, **count)


def _statistics(result: PanelResults, effects: str) -> dict[str, float]:
    """Return the R2; random effects have that within units and overall only, as their own is of quasi-demeaned data."""
    found = {"r2_within": float(result.rsquared_within), "r2_overall": float(result.rsquared_overall)}
    if effects == "random":
        return found
    adjusted = 1 - (1 - result.rsquared) * (result.nobs - 1) / result.df_resid
    return {"r2": float(result.rsquared), "adjusted_r2": float(adjusted), **found}


def fit(design: Design, level: float, *, effects: str) -> Fit:
    """Fit one panel model.

    Parameters
    ----------
    design : Design
        With `entity` and `time`.
    level : float
        Of the intervals.
    effects : {"pooled", "entity", "two_way", "random"}
        Random effects are those of Swamy & Arora (1972), where units differ in length as Baltagi & Chang (1994), which is plm's.

    Returns
    -------
    Fit
        Clustered where the design has groups: factor G/(G-1) (n-1)/(n-k), t with G-1 degrees of freedom. Else classical, with n-k
        degrees of freedom that count the effects: robust errors without clusters are inconsistent within units (Stock & Watson 2008).
    """
    found: tuple[Caution, ...] = ()
    if effects in WITHIN:
        design, found = _varying(design, effects)
    else:
        check_rank(design)
    result = _estimate(design, effects)
    return wald(
        names=list(design.names),
        params=result.params.to_numpy(),
        covariance=result.cov.to_numpy(),
        level=level,
        n=len(design.y),
        about=about(design, "model"),
        fit=_statistics(result, effects),
        convergence={"converged": True, "iterations": 1, "method": "least squares"},
        df=int(result.df_resid) if design.groups is None else len(np.unique(design.groups)) - 1,
        warnings=found,
    )
