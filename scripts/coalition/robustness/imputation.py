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


@dataclass(frozen=True)
class _Patterns:
    """The patterns of known columns that rows have.

    known : (P, p) bool; of : (n,) the pattern of each row; rows : number of rows of each, (P,)
    """

    known: np.ndarray
    of: np.ndarray
    rows: np.ndarray

    @classmethod
    def among(cls, values: np.ndarray) -> _Patterns:
        known, of, rows = np.unique(
            ~np.isnan(values), axis=0, return_inverse=True, return_counts=True
        )
        return cls(known, of.ravel(), rows)

    def regressions(self, normal: Normal) -> tuple[np.ndarray, np.ndarray]:
        """Return for each pattern the coefficients of all columns on the known ones, (P, p, p) with
        rows of zeros for the unknown, and the covariance that is left, (P, p, p), zero but among
        the
        unknown.

        One solution for all patterns: with an identity in place of what is unknown, the inverse is
        that of the known part.
        """
        V, known = normal.covariance, self.known.astype(float)
        both = known[:, :, None] * known[:, None, :]
        inside = V * both + np.eye(len(V)) * (1.0 - known)[:, :, None]
        across = V * known[:, :, None]
        coefficients = np.linalg.solve(inside, across)
        left = V - across.transpose(0, 2, 1) @ coefficients
        unknown = 1.0 - known
        return coefficients, left * unknown[:, :, None] * unknown[:, None, :]


def _expected(
    values: np.ndarray, zeroed: np.ndarray, normal: Normal, patterns: _Patterns
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows with expectations in place of gaps, and the sum of the covariances of what
    was not known; zeroed : the values with zeros in place of gaps.
    """
    coefficients, left = patterns.regressions(normal)
    known = patterns.known[patterns.of]
    away = np.where(known, zeroed - normal.mean, 0.0)
    expected = normal.mean + (away[:, None, :] @ coefficients[patterns.of])[:, 0]
    return np.where(known, values, expected), np.tensordot(patterns.rows, left, axes=1)


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
    patterns, zeroed = _Patterns.among(values), np.nan_to_num(values)
    for step in range(1, MAX_STEPS + 1):
        filled, uncertain = _expected(values, zeroed, normal, patterns)
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
    patterns, drawn = _Patterns.among(values), values.copy()
    coefficients, left = patterns.regressions(normal)
    for number, known in enumerate(patterns.known):
        if known.all():
            continue
        rows, gaps = np.flatnonzero(patterns.of == number), ~known
        slopes = coefficients[number][np.ix_(known, gaps)]
        mean = normal.mean[gaps] + (values[np.ix_(rows, known)] - normal.mean[known]) @ slopes
        spread = left[number][np.ix_(gaps, gaps)] + 1e-12 * np.eye(int(gaps.sum()))
        noise = generator.standard_normal(mean.shape) @ np.linalg.cholesky(spread).T
        drawn[np.ix_(rows, gaps)] = mean + noise
    return drawn
