"""Fuzzy sets: calibration, and how consistently one set is a subset of another (Ragin 2008)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

FULL = 3.0
"""Log odds of membership at the anchors of full membership and non-membership (Ragin 2008, p. 91):
0.953 and 0.047."""


@dataclass(frozen=True)
class Fit:
    """How well a condition fits an outcome.

    consistency : of sufficiency, the share of the condition that lies in the outcome
    pri : proportional reduction in inconsistency: the same without what lies in the outcome's
        negation too
    coverage : share of the outcome that the condition covers
    necessity_relevance : of the condition as a necessary one (Schneider & Wagemann 2012, p. 236)
    members : cases with membership above one half, and how many of them are in the outcome too
    """

    cases: int
    consistency: float
    pri: float
    coverage: float
    necessity_relevance: float
    members: int
    members_in_outcome: int


def calibrate(values: np.ndarray, out: float, crossover: float, full: float) -> np.ndarray:
    """Return degrees of membership by the direct method (Ragin 2008, ch. 5).

    Parameters
    ----------
    values : ndarray, shape (n,)
    out, crossover, full : float
        The values at which a case is fully out, neither in nor out, and fully in.

    Raises
    ------
    ValueError
        When the anchors do not rise.
    """
    if not out < crossover < full:
        raise ValueError(f"anchors have to rise: {out}, {crossover}, {full}")
    away = np.asarray(values, float) - crossover
    return expit(FULL * np.where(away >= 0, away / (full - crossover), away / (crossover - out)))


def joint(*sets: np.ndarray) -> np.ndarray:
    """Return membership in all of the sets: the minimum (Zadeh 1965)."""
    return np.min(np.stack(sets), axis=0)


def sufficiency(condition: np.ndarray, outcome: np.ndarray) -> Fit:
    """Return how well a condition is sufficient for an outcome.

    Parameters
    ----------
    condition, outcome : ndarray, shape (n,)
        Degrees of membership, from 0 to 1.

    Notes
    -----
    With X and Y the memberships: consistency sum min(X, Y) / sum X and coverage sum min(X, Y) /
    sum Y (Ragin 2006, eq. 1-2); PRI (sum min(X, Y) - sum min(X, Y, 1 - Y)) / (sum X - sum min(X, Y,
    1 - Y)) (Ragin 2008; Schneider & Wagemann 2012, p. 242). Measures without a sampling theory:
    they describe these cases.
    """
    both = joint(condition, outcome)
    ambiguous = float(joint(condition, outcome, 1 - outcome).sum())
    total, inside, wanted = float(condition.sum()), float(both.sum()), float(outcome.sum())
    inner = condition > 0.5
    return Fit(
        cases=len(condition),
        consistency=_share(inside, total),
        pri=_share(inside - ambiguous, total - ambiguous),
        coverage=_share(inside, wanted),
        necessity_relevance=_share(float((1 - condition).sum()), float((1 - both).sum())),
        members=int(inner.sum()),
        members_in_outcome=int((inner & (outcome > 0.5)).sum()),
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
