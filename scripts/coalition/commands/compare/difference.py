"""The difference of two estimates whose dependence is not known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

LEVEL = 0.95
ARITHMETIC = 1e-6
"""Two estimates that differ by less than this share of a standard error are the same: two machines
add in another order, and
iterations stop a little apart; nothing that is printed shows it."""


def differences(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return second minus first, with what can honestly be said of its uncertainty.

    Parameters
    ----------
    first, second : DataFrame, shape (estimates, 3)
        estimate and std_error on one scale, and df (missing for a normal reference distribution),
        with the same index.

    Returns
    -------
    DataFrame, shape (estimates, 8)
        difference; independent_error, independent_low, independent_high: standard error and 95%
        interval if the two estimates were independent; widest_low, widest_high: the 95% interval
        that holds whatever their correlation; correlation_needed: the correlation above which the
        interval of the difference leaves out zero (-1 or less: whatever it is; 1 or more: at none);
        size: the difference in independent standard errors, without its sign.

    Notes
    -----
    With standard errors a and b and correlation r of the two estimates, the variance of the
    difference is a^2 + b^2 - 2rab. Runs over the same states are not independent, and r is known
    only in special cases: where one estimator is efficient under the null the covariance is the
    smaller variance (Hausman 1978, lemma 2.1), and for nested models of the same rows it follows
    from the fuller one (Clogg, Petkova & Haritou 1995). For an estimator of some of the rows beside
    one of all of them Hausman's argument gives r = (standard error of all) / (standard error of
    some), about the root of the ratio of the numbers of rows. Nothing says that two runs are such a
    case, so r is not guessed. The variance falls as r rises: it is largest, (a + b)^2, at r = -1
    (Cauchy and Schwarz). Solving |difference| = t sqrt(a^2 + b^2 - 2rab) for r gives
    correlation_needed. t is the quantile for the smaller of the two degrees of freedom, below which
    those of the independent case never fall (Welch 1938), so that the interval errs on the wide
    side.
    """
    a, b = first["std_error"].to_numpy("float64"), second["std_error"].to_numpy("float64")
    gap = second["estimate"].to_numpy("float64") - first["estimate"].to_numpy("float64")
    t = quantile(first["df"].to_numpy("float64"), second["df"].to_numpy("float64"))
    alone = np.where((a > 0) & (b > 0), np.sqrt(a**2 + b**2), np.nan)
    gap = np.where(np.abs(gap) <= ARITHMETIC * np.nan_to_num(alone), 0.0, gap)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.where(gap == 0, np.inf, (a**2 + b**2 - (gap / t) ** 2) / (2 * a * b))
    columns = {
        "difference": gap,
        "independent_error": alone,
        "independent_low": gap - t * alone,
        "independent_high": gap + t * alone,
        "widest_low": gap - t * (a + b),
        "widest_high": gap + t * (a + b),
        "correlation_needed": np.where(np.isfinite(alone), needed, np.nan),
        "size": np.abs(gap) / alone,
    }
    return pd.DataFrame(columns, index=first.index)


def difference_columns() -> list[str]:
    """Return the columns of `differences`."""
    return list(
        differences(
            *[pd.DataFrame(columns=["estimate", "std_error", "df"], dtype="float64")] * 2
        ).columns
    )


def quantile(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the 97.5% quantile of t with the smaller degrees of freedom, of the normal where
    neither has any.
    """
    df = np.fmin(first, second)
    return stdtrit(np.where(np.isnan(df), np.inf, df), (1 + LEVEL) / 2)
