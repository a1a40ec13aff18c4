"""Estimates and covariance -> statistics, p-values, intervals."""

from __future__ import annotations

import numpy as np

from ..base.distributions import normal_or_t
from .fit_types import Design, EstimationFailure, Fit, FitWarning
from .sandwich import covariance, words

GRADIENT = 1e-6
"""Largest Newton decrement, in log likelihood, at an estimate that counts as a maximum."""


def about(design: Design, pseudo: bool = False) -> dict[str, object]:
    """Return the words for the covariance: clustered where the design has clusters, unless it asks
    for another.
    """
    return words(design, pseudo)


def likelihood_covariance(
    design: Design, hessian: np.ndarray, scores: np.ndarray, pseudo: bool = False
) -> np.ndarray:
    """Return the covariance of a maximum likelihood estimate.

    Which kind: `sandwich.kind_of`.

    Parameters
    ----------
    hessian : ndarray, shape (p, p)
        Of the log likelihood at the estimate.
    scores : ndarray, shape (n, p)
        Each row's contribution to the gradient there.

    Raises
    ------
    EstimationFailure
        When the gradient is not zero or the Hessian not negative definite: the optimiser has not
        found a maximum.
    """
    try:
        np.linalg.cholesky(-hessian)
    except np.linalg.LinAlgError:
        raise EstimationFailure(
            "no_convergence",
            "the log likelihood is flat or not concave where the optimiser stopped",
        ) from None
    bread = np.linalg.inv(-hessian)
    gradient = scores.sum(axis=0)
    if not gradient @ bread @ gradient < GRADIENT:
        raise EstimationFailure(
            "no_convergence", "the gradient is not zero where the optimiser stopped"
        )
    return covariance(design, bread, scores, pseudo)


def wald(
    *,
    names: list[str],
    params: np.ndarray,
    covariance: np.ndarray,
    level: float,
    n: int,
    about: dict[str, object],
    fit: dict[str, float],
    convergence: dict[str, object],
    terms: list[str] | None = None,
    levels: list[str | None] | None = None,
    kinds: list[str] | None = None,
    df: int | None = None,
    warnings: tuple[FitWarning, ...] = (),
) -> Fit:
    """Return a Fit with Wald statistics: normal, or t where degrees of freedom are given."""
    distribution = normal_or_t(df)
    std_error = np.sqrt(np.diag(covariance))
    statistic = params / std_error
    half = distribution.ppf((1 + level) / 2) * std_error
    return Fit(
        names=tuple(names),
        kinds=tuple(kinds or ["coefficient"] * len(names)),
        levels=tuple(levels or [None] * len(names)),
        terms=tuple(terms or names),
        params=params,
        covariance=covariance,
        std_error=std_error,
        statistic=statistic,
        p_value=2 * distribution.sf(np.abs(statistic)),
        conf_low=params - half,
        conf_high=params + half,
        inference={
            **about,
            "p_values": "wald",
            "intervals": "wald",
            "distribution": "normal" if df is None else "t",
            "df": df,
        },
        convergence=convergence,
        separation={"separated": False, "terms": []},
        fit=fit,
        n=n,
        warnings=warnings,
    )


def likelihood_fit(log_likelihood: float, null: float, parameters: int, n: int) -> dict[str, float]:
    """Return the fit statistics of a likelihood model; pseudo R2 is McFadden's (1974)."""
    return {
        "log_likelihood": log_likelihood,
        "log_likelihood_null": null,
        "pseudo_r2": 1 - log_likelihood / null if null else float("nan"),
        "aic": 2 * parameters - 2 * log_likelihood,
        "bic": parameters * float(np.log(n)) - 2 * log_likelihood,
    }


def categorical_null(y: np.ndarray) -> float:
    """Return the log likelihood of a categorical model that knows only the shares of the
    categories.
    """
    counts = np.unique(y, return_counts=True)[1]
    return float((counts * np.log(counts / counts.sum())).sum())
