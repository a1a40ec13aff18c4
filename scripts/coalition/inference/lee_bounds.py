"""Lee's (2009) bounds of an effect on an outcome that only selected rows have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from ..base.distributions import norm
from ..estimators.fit_types import EstimationFailure


@dataclass(frozen=True)
class Bounds:
    """Bounds of the difference of means between two groups among rows selected in either.

    low, high : the bounds; low_error, high_error : their standard errors, by the bootstrap
    conf_low, conf_high : interval of the effect between them (Imbens & Manski 2004)
    unadjusted : the difference of means as observed
    trimmed : share of the group with more selected rows that is cut off, and which group that is
    """

    low: float
    high: float
    low_error: float
    high_error: float
    conf_low: float
    conf_high: float
    unadjusted: float
    trimmed: float
    group: str
    n_high: int
    n_low: int


def trimmed_mean(values: np.ndarray, share: float, side: str) -> float:
    """Return the mean without a share of the values at one end.

    Parameters
    ----------
    values : ndarray, shape (n,)
    share : float
        From 0 to under 1; n times it need not be whole: a value can be cut in part. With ties, as
        of levels, that is the mean of the distribution's lower or upper part (Lee 2009, footnote
        on discrete outcomes).
    side : {"top", "bottom"}
        Which end is cut.
    """
    ordered = np.sort(values) if side == "top" else -np.sort(-values)
    keep = len(values) * (1 - share)
    weights = np.clip(keep - np.arange(len(values)), 0.0, 1.0)
    return float(weights @ ordered / weights.sum())


def _bounds(outcome: np.ndarray, selected: np.ndarray, treated: np.ndarray) -> np.ndarray:
    """Return low, high, unadjusted, and the share to trim: of the treated above 0, else below."""
    rates = [selected[treated == group].mean() for group in (False, True)]
    if min(rates) == 0:
        raise EstimationFailure("too_few_rows", "a group has no selected row: there are no bounds")
    control, high = (outcome[(treated == group) & selected] for group in (False, True))
    plain = high.mean() - control.mean()
    if rates[1] >= rates[0]:
        share = 1 - rates[0] / rates[1]
        ends = [trimmed_mean(high, share, side) - control.mean() for side in ("top", "bottom")]
    else:
        share = 1 - rates[1] / rates[0]
        ends = [high.mean() - trimmed_mean(control, share, side) for side in ("bottom", "top")]
        share = -share
    return np.array([*ends, plain, share])


def lee_bounds(
    outcome: np.ndarray,
    selected: np.ndarray,
    treated: np.ndarray,
    groups: np.ndarray,
    replicates: int,
    seed: int,
    level: float = 0.95,
) -> Bounds:
    """Bound the difference in an outcome, high group minus low group, among the selected.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        Anything where a row is not selected.
    selected, treated : ndarray of bool, shape (n,)
    groups : ndarray, shape (n,)
        Clusters that the bootstrap draws.
    replicates, seed : int

    Notes
    -----
    Assumes that treatment moves selection in one direction only, and that it is as good as random
    (here it is not: the bounds are of the raw difference, without controls). The group with the
    larger share of selected rows is trimmed from above or below until the shares are equal (Lee
    2009, eq. 6-7).

    Raises
    ------
    EstimationFailure
        When a group has no selected row.
    """
    found = _bounds(outcome, selected, treated)
    names, codes = np.unique(groups, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    rows = np.split(order, np.cumsum(np.bincount(codes))[:-1])
    generator = np.random.default_rng(seed)
    draws = []
    for _ in range(replicates):
        drawn = np.concatenate(
            [rows[code] for code in generator.integers(len(names), size=len(names))]
        )
        try:
            draws.append(_bounds(outcome[drawn], selected[drawn], treated[drawn])[:2])
        except EstimationFailure:
            continue
    errors = np.std(draws, axis=0, ddof=1)
    factor = imbens_manski(float(found[1] - found[0]), float(errors.max()), level)
    return Bounds(
        low=float(found[0]),
        high=float(found[1]),
        low_error=float(errors[0]),
        high_error=float(errors[1]),
        conf_low=float(found[0] - factor * errors[0]),
        conf_high=float(found[1] + factor * errors[1]),
        unadjusted=float(found[2]),
        trimmed=abs(float(found[3])),
        group="high" if found[3] >= 0 else "low",
        n_high=int((selected & treated).sum()),
        n_low=int((selected & ~treated).sum()),
    )


def imbens_manski(width: float, error: float, level: float) -> float:
    """Return the number of standard errors on each side of an identified interval that covers the
    parameter itself with the given probability (Imbens & Manski 2004, eq. 7).
    """
    return float(
        brentq(lambda c: norm.cdf(c + width / error) - norm.cdf(-c) - level, 0.0, 10.0, xtol=1e-10)
    )
