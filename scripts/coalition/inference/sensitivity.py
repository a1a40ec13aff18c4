"""How strong an unobserved confounder would have to be: partial R2, robustness value, benchmarks
(Cinelli & Hazlett 2020).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..base.distributions import Student
from ..estimators.fit_types import EstimationFailure


@dataclass(frozen=True)
class Benchmark:
    """A confounder `times` as strong as an observed covariate.

    r2_treatment : partial R2 of the confounder with the treatment; r2_outcome : with the outcome,
    given the treatment; the estimate, standard error and t statistic that the model would have with
    it.
    """

    times: float
    r2_treatment: float
    r2_outcome: float
    estimate: float
    std_error: float
    statistic: float


@dataclass(frozen=True)
class LeastSquares:
    """estimates, std_error : (p,), the classical ones; df : residual degrees of freedom."""

    estimates: np.ndarray
    std_error: np.ndarray
    df: int


def least_squares(y: np.ndarray, X: np.ndarray) -> LeastSquares:
    """Fit least squares with classical standard errors, which the partial R2 are functions of."""
    bread, df = np.linalg.inv(X.T @ X), len(y) - X.shape[1]
    beta = bread @ (X.T @ y)
    return LeastSquares(beta, np.sqrt(np.diag(bread) * ((y - X @ beta) ** 2).sum() / df), df)


def partial_r2(statistic: float, df: int) -> float:
    """Return the partial R2 of a term with the outcome, t^2 / (t^2 + df)."""
    return statistic**2 / (statistic**2 + df)


def robustness_value(
    statistic: float, df: int, share: float = 1.0, alpha: float | None = None
) -> float:
    """Return the robustness value.

    Parameters
    ----------
    statistic : float
        t of the term.
    df : int
        Residual degrees of freedom.
    share : float
        Of the estimate that the confounder would take away.
    alpha : float, optional
        If given, it need only make the estimate insignificant at this level.

    Returns
    -------
    float
        The partial R2 with both treatment and outcome that a confounder needs; the second case is
        that of a confounder whose strength with the outcome does not bind.
    """
    f = share * abs(statistic) / np.sqrt(df)
    critical = 0.0 if alpha is None else Student(df - 1).ppf(1 - alpha / 2) / np.sqrt(df - 1)
    left = f - critical
    if left <= 0:
        return 0.0
    if critical > 0 and f > 1 / critical:
        return float((f**2 - critical**2) / (1 + f**2))
    return float(0.5 * (np.sqrt(left**4 + 4 * left**2) - left**2))


def adjusted(
    estimate: float, std_error: float, df: int, r2_treatment: float, r2_outcome: float
) -> tuple[float, float]:
    """Return the estimate, drawn towards zero, and the standard error that a confounder of given
    strength would leave.
    """
    bias = std_error * np.sqrt(df * r2_outcome * r2_treatment / (1 - r2_treatment))
    error = std_error * np.sqrt((1 - r2_outcome) / (1 - r2_treatment) * df / (df - 1))
    return float(np.sign(estimate) * (abs(estimate) - bias)), float(error)


def bound(r2_treatment: float, r2_outcome: float, times: float) -> tuple[float, float]:
    """Return the strength of a confounder `times` as strong as a covariate whose partial R2 are
    given.

    Raises
    ------
    EstimationFailure
        When no confounder can be that strong: it would explain the whole of the treatment.
    """
    with_treatment = times * r2_treatment / (1 - r2_treatment)
    if with_treatment >= 1 or times * r2_treatment**2 >= (1 - times * r2_treatment) * (
        1 - r2_treatment
    ):
        raise EstimationFailure(
            "not_defined", f"no confounder can be {times:g} times as strong as the benchmark"
        )
    relative = times * r2_treatment**2 / ((1 - times * r2_treatment) * (1 - r2_treatment))
    strength = (np.sqrt(times) + np.sqrt(relative)) / np.sqrt(1 - relative)
    return with_treatment, min(1.0, float(strength**2 * r2_outcome / (1 - r2_outcome)))


def benchmark(
    y: np.ndarray, X: np.ndarray, column: int, covariate: int, times: float = 1.0
) -> Benchmark:
    """Return what a confounder as strong as an observed covariate would do to an estimate.

    Parameters
    ----------
    y : ndarray, shape (n,)
    X : ndarray, shape (n, p)
    column, covariate : int
        The treatment's and the covariate's columns.
    times : float
        How many times as strong.
    """
    outcome = least_squares(y, X)
    treatment = least_squares(X[:, column], np.delete(X, column, axis=1))
    place = covariate - (covariate > column)
    r2 = (
        partial_r2(treatment.estimates[place] / treatment.std_error[place], treatment.df),
        partial_r2(outcome.estimates[covariate] / outcome.std_error[covariate], outcome.df),
    )
    strength = bound(*r2, times)
    estimate, error = adjusted(
        outcome.estimates[column], outcome.std_error[column], outcome.df, *strength
    )
    if not error:
        raise EstimationFailure("no_variance", "such a confounder would leave no error at all")
    return Benchmark(times, *strength, estimate, error, estimate / error)
