"""Multiple imputation of missing covariates: the multivariate normal by EM on bootstrapped rows
(Honaker & King 2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..estimators.fit_types import EstimationFailure

TOLERANCE = 1e-4
"""Largest change of a standardised mean or covariance in the last step of EM."""
WARM_TOLERANCE = 1e-3
"""The same where EM begins near its end: what is left is small beside the spread of the copies."""
MAX_STEPS = 1000


@dataclass(frozen=True)
class Normal:
    """A multivariate normal: mean (p,) and covariance (p, p), and how many steps EM took to it."""

    mean: np.ndarray
    covariance: np.ndarray
    steps: int


def _patterns(known: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return each pattern of known columns (p,) with the rows that have it."""
    found, rows = np.unique(known, axis=0, return_inverse=True)
    return [
        (pattern, np.flatnonzero(rows.ravel() == number)) for number, pattern in enumerate(found)
    ]


def _regression(normal: Normal, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients of the unknown columns on the known ones, and the covariance that is
    left.
    """
    V = normal.covariance
    across = V[np.ix_(known, ~known)]
    coefficients = (
        np.linalg.solve(V[np.ix_(known, known)], across)
        if known.any()
        else np.zeros((0, int((~known).sum())))
    )
    return coefficients, V[np.ix_(~known, ~known)] - across.T @ coefficients


def _expected(values: np.ndarray, normal: Normal) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows with expectations in place of gaps, and the sum of the covariances of what
    was not known.
    """
    filled, uncertain = values.copy(), np.zeros_like(normal.covariance)
    for known, rows in _patterns(~np.isnan(values)):
        if known.all():
            continue
        coefficients, left = _regression(normal, known)
        filled[np.ix_(rows, ~known)] = (
            normal.mean[~known] + (values[np.ix_(rows, known)] - normal.mean[known]) @ coefficients
        )
        uncertain[np.ix_(~known, ~known)] += len(rows) * left
    return filled, uncertain


def em(values: np.ndarray, ridge: float, start: Normal | None = None) -> Normal:
    """Estimate a multivariate normal from rows with gaps (Dempster, Laird & Rubin 1977).

    Parameters
    ----------
    values : ndarray, shape (n, p)
        Standardised columns; nan where a value is missing.
    ridge : float
        Weight, in rows, of a prior of independent columns (King et al. 2001); it keeps the
        covariance invertible.
    start : Normal, optional
        Where to begin; from the moments of what is known if not given.

    Raises
    ------
    EstimationFailure
        When a column is never known, or EM does not end.
    """
    if np.isnan(values).all(axis=0).any():
        raise EstimationFailure("too_few_rows", "a variable that is to be imputed is never known")
    n, p = values.shape
    normal = start or Normal(
        np.nanmean(values, axis=0), np.diag(np.nanvar(values, axis=0) + 1e-9), 0
    )
    for step in range(1, MAX_STEPS + 1):
        filled, uncertain = _expected(values, normal)
        mean = filled.mean(axis=0)
        spread = (filled - mean).T @ (filled - mean) + uncertain
        covariance = (spread + ridge * np.eye(p)) / (n + ridge)
        moved = max(np.abs(mean - normal.mean).max(), np.abs(covariance - normal.covariance).max())
        normal = Normal(mean, covariance, step)
        if moved < (WARM_TOLERANCE if start else TOLERANCE):
            return normal
    raise EstimationFailure(
        "no_convergence", f"the imputation model had not converged after {MAX_STEPS} steps"
    )


def impute(
    values: np.ndarray, draws: int, generator: np.random.Generator, warm: bool = False
) -> list[np.ndarray]:
    """Return completed copies of a table, the gaps drawn anew in each.

    Parameters
    ----------
    values : ndarray, shape (n, p)
        nan where a value is missing.
    draws : int
        How many copies.
    generator : numpy Generator
    warm : bool
        Whether each copy's EM begins at the normal of all rows: the same maximum in fewer steps,
        where many columns have gaps.

    Returns
    -------
    list of ndarray, shape (n, p)
        For each copy the normal is estimated from rows drawn with replacement, so that its own
        uncertainty is part of the draws (Honaker & King 2010, section 3). A prior worth one row in
        a hundred keeps it stable.

    Raises
    ------
    EstimationFailure
        When the normal cannot be estimated.
    """
    centre, scale = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    standard = (values - centre) / scale
    copies, ridge = [], max(1.0, 0.01 * len(values))
    start = em(standard, ridge) if warm else None
    for _ in range(draws):
        rows = generator.integers(len(values), size=len(values))
        normal = em(standard[rows], ridge, start)
        copies.append(_drawn(standard, normal, generator) * scale + centre)
    return [np.where(np.isnan(values), copy, values) for copy in copies]


def _drawn(values: np.ndarray, normal: Normal, generator: np.random.Generator) -> np.ndarray:
    drawn = values.copy()
    for known, rows in _patterns(~np.isnan(values)):
        if known.all():
            continue
        coefficients, left = _regression(normal, known)
        mean = (
            normal.mean[~known] + (values[np.ix_(rows, known)] - normal.mean[known]) @ coefficients
        )
        noise = (
            generator.standard_normal(mean.shape)
            @ np.linalg.cholesky(left + 1e-12 * np.eye(len(left))).T
        )
        drawn[np.ix_(rows, ~known)] = mean + noise
    return drawn
