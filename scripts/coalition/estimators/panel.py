"""Panel models by linearmodels: pooled, fixed effects of one and two ways, random effects, first
differences, between units.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from .fit_types import Design, EstimationFailure, Fit, FitWarning
from .means import averages, check_nested, codes
from .separation import check_dependence, check_rank
from .wald import about, wald

if TYPE_CHECKING:
    from linearmodels.panel.results import PanelResults

WITHIN = ("entity", "two_way")
DIFFERENT_ROWS = ("first_differences", "between")
"""Models of changes and of means, whose likelihood is of no other model's rows."""
SIMPLE = {"pooled": "PooledOLS", "first_differences": "FirstDifferenceOLS", "between": "BetweenOLS"}
"""Models of linearmodels that need no settings of their own."""
LEAST_YEARS, MANY_YEARS = 5, 25
"""Years without which a covariance that is averaged over years is refused, and below which a reader
is told that Driscoll and Kraay's errs on the small side.
"""
ENOUGH_YEARS = 15
"""Years that Beck & Katz (1995) ask for."""
OF_YEARS = {
    "driscoll_kraay": "Driscoll-Kraay covariance",
    "panel_corrected": "panel-corrected covariance",
}


def _within(design: Design, effects: str) -> Design:
    """Return the design with what the fixed effects explain taken out of its columns."""
    unit = codes(design.units)
    X = design.X - averages(design.X, unit)
    # what the years explain within units (Frisch & Waugh 1933): units are many, years are few
    if effects == "two_way":
        years = pd.get_dummies(pd.Series(design.times)).to_numpy(float)
        years = years - averages(years, unit)
        X -= years @ np.linalg.lstsq(years, X, rcond=None)[0]
    return replace(design, X=X)


def _differences(design: Design) -> Design:
    """Return the changes from one year of the panel to the next, of the units that have rows in
    both.
    """
    unit, step = codes(design.units), codes(design.times)
    order = np.lexsort((step, unit))
    follows = (np.diff(unit[order]) == 0) & (np.diff(step[order]) == 1)
    if not follows.any():
        raise EstimationFailure(
            "too_few_rows", "no unit has rows in two years that follow each other"
        )
    later, earlier = order[1:][follows], order[:-1][follows]
    groups = None if design.groups is None else design.groups[later]
    return replace(
        design,
        y=design.y[later] - design.y[earlier],
        X=design.X[later] - design.X[earlier],
        groups=groups,
    )


def _between(design: Design) -> Design:
    """Return one row a unit, its means."""
    unit = codes(design.units)
    first = np.unique(unit, return_index=True)[1]
    groups = None if design.groups is None else design.groups[first]
    return replace(
        design,
        y=averages(design.y[:, None], unit)[first, 0],
        X=averages(design.X, unit)[first],
        groups=groups,
    )


def _varying(design: Design, effects: str) -> tuple[Design, tuple[FitWarning, ...]]:
    """Leave out the columns that the fixed effects or the differences take up, and say which.

    Raises
    ------
    EstimationFailure
        When no column is left, or those left depend on each other.
    """
    within = _differences(design) if effects == "first_differences" else _within(design, effects)
    left = np.linalg.norm(within.X, axis=0) > 1e-9 * np.linalg.norm(design.X, axis=0)
    kept = np.flatnonzero(left)
    gone = [
        name
        for name, varies in zip(design.names, left, strict=True)
        if not varies and name != "const"
    ]
    if len(kept) == 0:
        raise EstimationFailure("collinearity", "no term changes over time within the units")
    names = tuple(design.names[position] for position in kept)
    if len(within.y) <= len(kept):
        raise EstimationFailure("too_few_rows", f"{len(within.y)} rows for {len(kept)} parameters")
    check_dependence(replace(within, X=within.X[:, kept], names=names))
    taken = (
        "does not change from year to year"
        if effects == "first_differences"
        else "is taken up by the fixed effects"
    )
    found = (
        (FitWarning("absorbed", f"{', '.join(gone)} {taken}: it has no estimate"),) if gone else ()
    )
    return replace(design, X=design.X[:, kept], names=names, products=()), found


def _covariance_options(design: Design, index: pd.MultiIndex) -> dict[str, object]:
    """Return what linearmodels is told of the covariance."""
    years = len(np.unique(design.times))
    if design.errors.kind in OF_YEARS and years < LEAST_YEARS:
        raise EstimationFailure(
            "too_few_rows",
            f"{years} years: the {OF_YEARS[design.errors.kind]} needs {LEAST_YEARS} at least",
        )
    if design.errors.kind == "driscoll_kraay":
        return {"cov_type": "kernel", "kernel": "bartlett"}
    if design.groups is None or design.errors.kind == "panel_corrected":
        return {"cov_type": "unadjusted"}
    return {
        "cov_type": "clustered",
        "clusters": pd.DataFrame({"cluster": design.groups}, index=index),
        "group_debias": True,
    }


def _estimate(design: Design, effects: str) -> PanelResults:
    """Run linearmodels; clustered as R's plm ("sss") and Stata do, with t statistics."""
    from linearmodels import panel

    index = pd.MultiIndex.from_arrays([codes(design.units), design.times], names=["entity", "time"])
    if index.has_duplicates:
        raise EstimationFailure("too_few_rows", "a panel unit has more than one row in a year")
    y = pd.Series(design.y, index=index, name="outcome")
    X = pd.DataFrame(design.X, index=index, columns=list(design.names))
    options = _covariance_options(design, index)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on singletons, which are harmless here
        try:
            return _fitted(panel, y, X, effects, options, design)
        except ValueError as error:  # no degrees of freedom, or no full rank after all
            raise EstimationFailure("too_few_rows", str(error).split(". ")[0]) from error


def _fitted(
    panel: Any,
    y: pd.Series,
    X: pd.DataFrame,
    effects: str,
    options: dict[str, object],
    design: Design,
) -> PanelResults:
    if effects in SIMPLE:
        return getattr(panel, SIMPLE[effects])(y, X).fit(**options)
    if effects == "random":
        return panel.RandomEffects(y, X).fit(small_sample=True, **options)
    # units lie within clusters, so their effects cost no degrees of freedom (Cameron & Miller
    # 2015, section III.B)
    count = {
        "auto_df": False,
        "count_effects": design.groups is None and design.errors.kind != "driscoll_kraay",
    }
    return panel.PanelOLS(y, X, entity_effects=True, time_effects=effects == "two_way").fit(
        **options, **count
    )


def panel_corrected(design: Design, params: np.ndarray) -> np.ndarray:
    """Return the panel-corrected covariance of Beck & Katz (1995, eq. 8-10) of least squares.

    (X'X)^-1 X' Omega X (X'X)^-1: in each year the errors of units i and j have the covariance
    sum_t e_it e_jt / T_ij over the T_ij years that both have rows in, all of them where the panel
    is
    balanced; errors of different years are uncorrelated.

    Parameters
    ----------
    design : Design
        With `entity` and `time`.
    params : ndarray, shape (k,)

    Returns
    -------
    ndarray, shape (k, k)

    Raises
    ------
    EstimationFailure
        When a variance comes out negative, as it can where units share few years.
    """
    unit, year = codes(design.units), codes(design.times)
    X, residual = design.X, design.y - design.X @ params
    wide, there = np.zeros((2, year.max() + 1, unit.max() + 1))
    wide[year, unit], there[year, unit] = residual, 1.0
    omega = (wide.T @ wide) / np.maximum(there.T @ there, 1.0)
    middle = np.zeros((X.shape[1], X.shape[1]))
    for at in range(len(wide)):
        rows = np.flatnonzero(year == at)
        middle += X[rows].T @ omega[np.ix_(unit[rows], unit[rows])] @ X[rows]
    bread = np.linalg.inv(X.T @ X)
    found = bread @ middle @ bread
    if (np.diag(found) <= 0).any():
        raise EstimationFailure(
            "too_few_rows", "the units share too few years for a panel-corrected covariance"
        )
    return found


def _likelihood(design: Design, result: PanelResults, effects: str) -> dict[str, float]:
    """Return the residual sum of squares and, of least squares with effects in the place of dummies
    or without any, what these have: AIC and BIC count the effects and not the variance.
    """
    n, rss = int(result.nobs), float(result.resid_ss)
    parameters = len(design.names) + (_effects_rank(design, effects) if effects in WITHIN else 0)
    found = {"rss": rss}
    if n > parameters:
        found["rmse"] = float(np.sqrt(rss / (n - parameters)))
    if effects in DIFFERENT_ROWS or rss <= 0:
        return found
    height = -n / 2 * (np.log(2 * np.pi * rss / n) + 1)
    return found | {
        "log_likelihood": float(height),
        "aic": float(2 * parameters - 2 * height),
        "bic": float(parameters * np.log(n) - 2 * height),
    }


def _effects_rank(design: Design, effects: str) -> int:
    """Return how many dummies the effects are worth: years of units that have none in common with
    the others are told apart by no unit.
    """
    unit, year = codes(design.units), codes(design.times)
    if effects == "entity":
        return int(unit.max()) + 1
    units, years = int(unit.max()) + 1, int(year.max()) + 1
    joined = coo_array((np.ones(len(unit)), (unit, units + year)), shape=(units + years,) * 2)
    return units + years - int(connected_components(joined, directed=False)[0])


def _statistics(design: Design, result: PanelResults, effects: str) -> dict[str, float]:
    """Return the R2, and what `_likelihood` has; random effects have the R2 within units and
    overall
    only, as their own and their residuals are of quasi-demeaned data.
    """
    found = {
        "r2_within": float(result.rsquared_within),
        "r2_overall": float(result.rsquared_overall),
    }
    if effects == "random":
        return found
    found |= _likelihood(design, result, effects)
    if effects == "first_differences":  # there is no constant
        return {"r2": float(result.rsquared), **found}
    adjusted = 1 - (1 - result.rsquared) * (result.nobs - 1) / result.df_resid
    return {"r2": float(result.rsquared), "adjusted_r2": float(adjusted), **found}


def _degrees(design: Design, result: PanelResults, effects: str) -> int:
    """Return the degrees of freedom of t: of years, of clusters, or of rows."""
    if design.errors.kind == "driscoll_kraay":
        return len(np.unique(design.times)) - (2 if effects == "first_differences" else 1)
    if design.groups is None or design.errors.kind == "panel_corrected":
        return int(result.df_resid)
    return len(np.unique(design.groups)) - 1


def _few_years(design: Design) -> tuple[FitWarning, ...]:
    years = len(np.unique(design.times))
    if design.errors.kind == "panel_corrected" and years < ENOUGH_YEARS:
        text = (
            f"the panel-corrected covariance rests on {years} years only, of {ENOUGH_YEARS} "
            "that it needs"
        )
        return (FitWarning("few_years", text),)
    if design.errors.kind != "driscoll_kraay" or years >= MANY_YEARS:
        return ()
    return (
        FitWarning(
            "few_years",
            (
                f"the Driscoll-Kraay covariance rests on {years} years only: its standard errors "
                "tend to be too small"
            ),
        ),
    )


def fit(design: Design, level: float, *, effects: str) -> Fit:
    """Fit one panel model.

    Parameters
    ----------
    design : Design
        With `entity` and `time`.
    level : float
        Of the intervals.
    effects : {"pooled", "entity", "two_way", "random", "first_differences", "between"}
        Differences are between years that follow each other, without a constant. Between units:
        least squares on the means of the units, each counted once. Random effects are those of
        Swamy & Arora (1972), where units differ in length as Baltagi & Chang (1994), which is
        plm's.

    Returns
    -------
    Fit
        Clustered where the design has groups: factor G/(G-1) (n-1)/(n-k), t with G-1 degrees of
        freedom. Else classical, with n-k degrees of freedom that count the effects: robust errors
        without clusters are inconsistent within units (Stock & Watson 2008). With errors of the
        kind "panel_corrected" see `panel_corrected`. Of the kind "driscoll_kraay" that of Driscoll
        & Kraay (1998), which allows the units of a year to
        be correlated: Bartlett weights up to lag floor(4 (T/100)^(2/9)) (Newey & West 1994), factor
        n/(n-k), t with T-1 degrees of freedom. `n` counts differences, or units between which is
        compared.
    """
    found: tuple[FitWarning, ...] = ()
    if effects == "between":
        check_nested(design)
        check_rank(_between(design))
    elif effects in ("first_differences", *WITHIN):
        design, found = _varying(design, effects)
    else:
        check_rank(design)
    result = _estimate(design, effects)
    return wald(
        names=list(design.names),
        params=result.params.to_numpy(),
        covariance=panel_corrected(design, result.params.to_numpy())
        if design.errors.kind == "panel_corrected"
        else result.cov.to_numpy(),
        level=level,
        n=int(result.nobs),
        about=about(design),
        fit=_statistics(design, result, effects),
        convergence={"converged": True, "iterations": 1, "method": "least squares"},
        df=_degrees(design, result, effects),
        warnings=found + _few_years(design),
    )
