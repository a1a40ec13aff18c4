"""Estimates of several completed data sets -> one, by Rubin's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..base.distributions import Student


@dataclass(frozen=True)
class Pooled:
    """A pooled estimate; `missing` is the fraction of the information about it that is missing."""

    estimate: float
    std_error: float
    df: float
    p_value: float
    conf_low: float
    conf_high: float
    missing: float


def rubin(
    estimates: Sequence[float], std_errors: Sequence[float], complete_df: float, level: float = 0.95
) -> Pooled:
    """Pool estimates of m completed data sets.

    Parameters
    ----------
    estimates, std_errors : sequence of float, length m
    complete_df : float
        Degrees of freedom that the estimate would have with complete data; infinite for a normal
        one.
    level : float
        Of the interval.

    Returns
    -------
    Pooled
        Total variance W + (1 + 1/m) B (Rubin 1987, ch. 3), t with the degrees of freedom of Barnard
        & Rubin (1999, eq. 3-5).
    """
    m = len(estimates)
    within, between = (
        float(np.mean(np.square(std_errors))),
        float(np.var(estimates, ddof=1)) if m > 1 else 0.0,
    )
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total
    df = _degrees(share, m, complete_df)
    estimate, error = float(np.mean(estimates)), float(np.sqrt(total))
    half = Student(df).ppf((1 + level) / 2) * error
    p_value = float(2 * Student(df).sf(abs(estimate) / error))
    increase = share / (1 - share) if share < 1 else np.inf
    missing = (increase + 2 / (df + 3)) / (increase + 1) if share > 0 else 0.0
    return Pooled(
        estimate, error, df, p_value, float(estimate - half), float(estimate + half), float(missing)
    )


def _degrees(share: float, m: int, complete_df: float) -> float:
    observed = (
        np.inf
        if np.isinf(complete_df)
        else (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    )
    if share <= 0 or m < 2:
        return float(observed)
    old = (m - 1) / share**2
    return float(old if np.isinf(observed) else old * observed / (old + observed))
