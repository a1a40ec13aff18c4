"""Bias-reducing adjusted scores (Firth 1993) of any model of a categorical outcome, row by row.

Notation: row i has level j with probability p_ij(theta), s_ij is the derivative of log p_ij, and F
the expected information, the sum of p_ij s_ij s_ij' over rows and levels. Firth's adjustment of
the score, half the trace of F^-1 (P_t + Q_t) with P_t = E(U U' U_t) and Q_t = -E(I U_t) (Firth
1993, eq. 4.1; Kosmidis & Firth 2009), is for independent rows the sum of

    1/2 sum_j p_ij s_ijt trace(F^-1 (s_ij s_ij' + d2 log p_ij)) = 1/2 sum_j s_ijt trace(F^-1 d2
    p_ij)

since s s' + d2 log p = d2 p / p. Each row thus has its own adjusted score, and these make the
clustered sandwich as the scores of maximum likelihood do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .fit_types import EstimationFailure, Fit, FitWarning, blanked

TOLERANCE = 1e-16
"""Of U' F^-1 U, the square of the largest step in standard errors: 1e-8 standard errors."""
MAX_STEPS, MAX_HALVINGS = 500, 40


@dataclass(frozen=True)
class Expansion:
    """The probabilities of n rows and K levels at some p parameters.

    probabilities : (n, K)
    slopes : (n, K, p) their derivatives
    curves : a (p, p) matrix B -> (n, K) traces of B times their second derivatives
    """

    probabilities: np.ndarray
    slopes: np.ndarray
    curves: Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Adjusted:
    """scores : (n, p) each row's adjusted score; information : (p, p) expected."""

    scores: np.ndarray
    information: np.ndarray


Expand = Callable[[np.ndarray], Expansion]


def adjusted_scores(y: np.ndarray, at: Expansion) -> Adjusted:
    """Return the adjusted scores and the expected information.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Codes 0..K-1.
    at : Expansion

    Raises
    ------
    EstimationFailure
        When a probability is zero or the information singular.
    """
    if not at.probabilities.min() > 0:
        raise EstimationFailure("no_convergence", "a level has no probability left in some row")
    own = at.slopes / at.probabilities[:, :, None]
    information = np.einsum("njp,njq->pq", at.slopes, own)
    try:
        bread = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        raise EstimationFailure("no_convergence", "the information became singular") from None
    likelihood = own[np.arange(len(y)), y.astype(int)]
    return Adjusted(likelihood + 0.5 * np.einsum("nj,njp->np", at.curves(bread), own), information)


def solve(
    y: np.ndarray, expand: Expand, start: np.ndarray, free: np.ndarray | None = None
) -> tuple[np.ndarray, int]:
    """Return where the adjusted scores sum to zero, by quasi Fisher scoring, and the steps taken.

    Parameters
    ----------
    y : ndarray, shape (n,)
    expand : callable
        Parameters (p,) -> Expansion; its probabilities are not above zero where parameters are not
        allowed.
    start : ndarray, shape (p,)
    free : ndarray of int, optional
        Positions of the parameters that move; the others keep their start and stay in the
        adjustment.

    Raises
    ------
    EstimationFailure
        When the steps do not end: the root need not be a maximum of anything, so that there is no
        height to climb, and a step is halved until the scores shrink.
    """
    moving = np.arange(len(start)) if free is None else free
    params, found = start.astype(float), adjusted_scores(y, expand(start.astype(float)))
    step, left = _step(found, moving)
    for number in range(MAX_STEPS):
        if left < TOLERANCE:
            return params, number
        for _ in range(MAX_HALVINGS):
            trial = params.copy()
            trial[moving] += step
            try:
                found = adjusted_scores(y, expand(trial))
            except EstimationFailure:
                step = step / 2
                continue
            further, rest = _step(found, moving)
            if rest < left or rest < TOLERANCE:
                break
            step = step / 2
        else:
            raise EstimationFailure("no_convergence", "no step brings the adjusted scores to zero")
        params, step, left = trial, further, rest
    raise EstimationFailure("no_convergence", f"no solution after {MAX_STEPS} steps")


def _step(at: Adjusted, moving: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the next step (m,) and the square of its length in standard errors."""
    total = at.scores.sum(axis=0)[moving]
    step = np.linalg.solve(at.information[np.ix_(moving, moving)], total)
    return step, float(total @ step)


def without_wald(fit: Fit, infinite: list[str], model: str) -> Fit:
    """Mark the coefficients whose maximum likelihood estimate is infinite.

    Their Wald statistics say nothing (Hauck & Donner 1977) and are blanked; the bias-reduced
    estimates themselves are finite.

    Parameters
    ----------
    fit : Fit
    infinite : list of str
        Names in `fit.names`.
    model : str
        What tests such a term instead, for the caution.
    """
    terms = list(
        dict.fromkeys(
            term
            for name, term, kind in zip(fit.names, fit.terms, fit.kinds, strict=True)
            if name in infinite and kind == "coefficient" and term != "const"
        )
    )
    if not terms:
        return fit
    hidden = np.isin(fit.terms, terms)
    message = (
        f"maximum likelihood would be infinite for {', '.join(terms)}; the bias-reduced estimate is"
        f" finite, and its Wald test means nothing: use {model}"
    )
    return replace(
        blanked(fit, hidden, "statistic", "p_value", "conf_low", "conf_high"),
        warnings=(*fit.warnings, FitWarning("separation", message)),
        separation={"separated": True, "terms": terms},
    )
