"""Firth's penalised logit: finite under separation, less biased in small samples."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, log_expit

from ..base.distributions import ChiSquared
from .conditioning import isolated
from .fit_types import Design, EstimationFailure, Fit, FitWarning, blanked
from .logit import margins
from .newton import climb
from .sandwich import covariance, kind_of
from .separation import check_rank, few_events, rarest, separated
from .wald import about, wald

JUMP = 1e-6
"""Largest miss of the level at an end of a profile interval: 1e-9 standard errors times the slope
of the profile, a few per standard error.
"""


@dataclass(frozen=True)
class Top:
    """Where the penalised likelihood is highest: params, std_error (k,), and its height there."""

    params: np.ndarray
    std_error: np.ndarray
    height: float


def penalised_likelihood(beta: np.ndarray, y: np.ndarray, X: np.ndarray) -> float:
    """Return the log likelihood plus half the log determinant of the information (Firth 1993;
    Jeffreys' prior).
    """
    eta = X @ beta
    one = expit(eta)
    with np.errstate(divide="ignore"):  # far out the information is singular: no height there
        sign, determinant = np.linalg.slogdet((X * (one * (1 - one))[:, None]).T @ X)
    return float(log_expit((2 * y - 1) * eta).sum() + 0.5 * determinant) if sign > 0 else -np.inf


def modified_scores(
    beta: np.ndarray, y: np.ndarray, X: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's modified score (n, k) and the information X'WX (k, k).

    The modified score is (y - p + h (1/2 - p)) x, h the leverages of the weighted design (Heinze &
    Schemper 2002, section 2.2).
    """
    one = expit(X @ beta)
    root = np.sqrt(one * (1 - one))[:, None] * X
    information = root.T @ root
    leverage = np.einsum("ij,ji->i", root, np.linalg.solve(information, root.T))
    return (y - one + leverage * (0.5 - one))[:, None] * X, information


def maximise(
    y: np.ndarray, X: np.ndarray, start: np.ndarray, free: np.ndarray | None = None
) -> tuple[np.ndarray, float, int]:
    """Climb the penalised likelihood.

    Parameters
    ----------
    start : ndarray, shape (k,)
    free : ndarray of int, optional
        The coefficients that move. The columns of the others stay in the design, and so in the
        penalty: dropping them would test another hypothesis.

    Returns
    -------
    beta, penalised log likelihood, number of steps

    Raises
    ------
    EstimationFailure
        When the climb does not end.
    """

    def slopes(beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores, information = modified_scores(beta, y, X)
        return scores.sum(axis=0), information

    return climb(start, lambda beta: penalised_likelihood(beta, y, X), slopes, free)


def top(y: np.ndarray, X: np.ndarray) -> Top:
    """Return the maximum of the penalised likelihood, with standard errors from the information
    there.
    """
    beta, height, _ = maximise(y, X, np.zeros(X.shape[1]))
    return Top(beta, np.sqrt(np.diag(np.linalg.inv(modified_scores(beta, y, X)[1]))), height)


def profile_bound(
    j: int, side: int, highest: Top, y: np.ndarray, X: np.ndarray, level: float
) -> float:
    """Return one end of a profile penalised likelihood interval.

    Infinite where the profile never falls far enough; nan where it jumps from one ridge to another
    instead of falling through the level (few rows, and nearly every term separated): there is no
    end then that means anything.

    Parameters
    ----------
    j : int
        The coefficient.
    side : {-1, 1}
    highest : Top
        Where the search starts.
    """
    least = highest.height - ChiSquared(1).ppf(level) / 2
    others = np.flatnonzero(np.arange(X.shape[1]) != j)
    at = highest.params.copy()

    def height(value: float) -> float:
        nonlocal at
        # from the last maximiser inside the interval: far from the ridge the information is
        # singular
        start = at.copy()
        start[j] = value
        found, profile, _ = maximise(y, X, start, others)
        at = found if profile >= least else at
        return profile - least

    def climbed(value: float) -> float:
        """Return the height that is reached from the maximum itself, if it can be reached: a higher
        ridge means that this is no end.
        """
        try:
            return height(value)
        except (EstimationFailure, np.linalg.LinAlgError):
            return -np.inf

    near, width = highest.params[j], highest.std_error[j]
    for _ in range(60):
        far = near + side * width
        if height(far) < 0:
            end = float(brentq(height, near, far, xtol=1e-9 * highest.std_error[j], rtol=1e-12))
            missed, at = abs(height(end)), highest.params.copy()
            return end if missed < JUMP and climbed(end) < JUMP else np.nan
        near, width = far, 1.1 * width
    return side * np.inf


def _profiled(
    j: int, result: Fit, y: np.ndarray, design: Design, level: float
) -> tuple[float, float, float, float]:
    """Return the signed root of one coefficient's penalised likelihood ratio, the ratio, and both
    ends of its profile interval; all of the columns as they were given.
    """
    X, place, factor, params, spread = design.X, j, 1.0, result.params, result.std_error
    if design.basis is not None:  # the coefficient is a coordinate of its own there
        X, factor = isolated(design.basis, design.X, j)
        place, inside = X.shape[1] - 1, top(y, X)
        params, spread = inside.params, inside.std_error
    highest = Top(params, spread, result.fit["penalised_log_likelihood"])
    start = params.copy()
    start[place] = 0.0
    others = np.flatnonzero(np.arange(len(params)) != place)
    ratio = max(0.0, 2 * (highest.height - maximise(y, X, start, others)[1]))
    ends = [factor * profile_bound(place, side, highest, y, X, level) for side in (-1, 1)]
    root = float(np.sign(factor * params[place]) * np.sqrt(ratio))
    # a missing end stays where it is
    low, high = ends if factor > 0 else ends[::-1]
    return root, ratio, low, high


def _by_likelihood(result: Fit, y: np.ndarray, design: Design, level: float) -> Fit:
    """Replace Wald statistics by penalised likelihood ratios (signed roots) and profile
    intervals.
    """
    found = [_profiled(j, result, y, design, level) for j in range(len(result.params))]
    roots, ratios, low, high = (np.array(part) for part in zip(*found, strict=True))
    lost = [
        name
        for name, ends in zip(result.names, np.isnan(low) | np.isnan(high), strict=True)
        if ends
    ]
    message = (
        f"the profile likelihood of {', '.join(lost)} has several ridges: an end of its "
        "interval is not known"
    )
    return replace(
        result,
        warnings=(*result.warnings, FitWarning("several_maxima", message))
        if lost
        else result.warnings,
        statistic=roots,
        p_value=ChiSquared(1).sf(ratios),
        conf_low=low,
        conf_high=high,
        inference={**result.inference, "p_values": "penalised_lr", "intervals": "profile"},
    )


def _without_wald(result: Fit, infinite: list[str]) -> Fit:
    """Blank the Wald statistics of separated terms: they say nothing there (Hauck & Donner 1977),
    and clusters leave no other.
    """
    hidden = np.isin(result.names, infinite)
    return blanked(result, hidden, "statistic", "p_value", "conf_low", "conf_high")


def _statistics(beta: np.ndarray, top: float, y: np.ndarray, X: np.ndarray) -> dict[str, float]:
    """Return the fit; the null keeps every column in the penalty, and AIC and BIC take the
    likelihood without the penalty.
    """
    likelihood = float(log_expit((2 * y - 1) * (X @ beta)).sum())
    return {
        "log_likelihood": likelihood,
        "penalised_log_likelihood": top,
        "penalised_log_likelihood_null": maximise(y, X, np.zeros(len(beta)), np.array([0]))[1],
        "aic": 2 * len(beta) - 2 * likelihood,
        "bic": len(beta) * float(np.log(len(y))) - 2 * likelihood,
    }


def fit(design: Design, level: float) -> Fit:
    """Fit Firth's logit.

    Standard errors are those of brglm2, from the inverse information at the estimate. P-values are
    penalised likelihood ratios and intervals profiles. With clusters the sandwich of the modified
    scores and Wald statistics take their place, since a penalised likelihood does not know of
    clusters.
    """
    check_rank(design)
    y, X, names = design.y, design.X, list(design.names)
    beta, top, steps = maximise(y, X, np.zeros(X.shape[1]))
    scores, information = modified_scores(beta, y, X)
    bread = np.linalg.inv(information)
    infinite = separated(margins(y, X), names, design.basis)
    terms = [name for name in infinite if name != "const"]
    found = (
        FitWarning(
            "separation",
            (
                f"maximum likelihood would be infinite for {', '.join(terms)}; the penalised "
                "estimate is finite"
            ),
        ),
    )
    result = wald(
        names=names,
        params=beta,
        covariance=covariance(design, bread, scores),
        level=level,
        n=len(y),
        about=about(design),
        fit=_statistics(beta, top, y, X),
        convergence={"converged": True, "iterations": steps, "method": "newton"},
        warnings=few_events(rarest(y), len(names) - 1) + (found if infinite else ()),
    )
    result = replace(result, separation={"separated": bool(infinite), "terms": terms})
    return (
        _by_likelihood(result, y, design, level)
        if kind_of(design) == "model"
        else _without_wald(result, infinite)
    )
