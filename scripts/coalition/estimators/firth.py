"""Firth's penalised logit: finite under separation, less biased in small samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats
from scipy.optimize import brentq
from scipy.special import expit, log_expit

from ..covariance import sandwich
from ..diagnostics import cautions, check_rank, separated
from ..fits import Caution, Design, EstimationFailure, Fit
from .inference import wald

TOLERANCE, MAX_STEPS, LARGEST_STEP = 1e-10, 500, 5.0


def penalised_likelihood(beta: np.ndarray, y: np.ndarray, X: np.ndarray) -> float:
    """Return the log likelihood plus half the log determinant of the information (Firth 1993; Jeffreys' prior)."""
    eta = X @ beta
    one = expit(eta)
    sign, determinant = np.linalg.slogdet((X * (one * (1 - one))[:, None]).T @ X)
    return float(log_expit((2 * y - 1) * eta).sum() + 0.5 * determinant) if sign > 0 else -np.inf


def _parts(beta: np.ndarray, y: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's modified score (n, k) and the information (k, k).

    The modified score is (y - p + h (1/2 - p)) x, h the leverages of the weighted design (Heinze & Schemper 2002, eq. 3).
    """
    one = expit(X @ beta)
    root = np.sqrt(one * (1 - one))[:, None] * X
    information = root.T @ root
    leverage = np.einsum("ij,ji->i", root, np.linalg.solve(information, root.T))
    return (y - one + leverage * (0.5 - one))[:, None] * X, information


def maximise(y: np.ndarray, X: np.ndarray, start: np.ndarray, fixed: int | None = None) -> tuple[np.ndarray, float, int]:
    """Climb the penalised likelihood by Newton's method with step halving.

    Parameters
    ----------
    start : ndarray, shape (k,)
    fixed : int, optional
        A coefficient that keeps its starting value. Its column stays in the design, and so in the penalty: dropping it would test
        another hypothesis.

    Returns
    -------
    beta, penalised log likelihood, number of steps

    Raises
    ------
    EstimationFailure
        When the climb does not end.
    """
    free = np.array([column for column in range(X.shape[1]) if column != fixed])
    beta, value = start.copy(), penalised_likelihood(start, y, X)
    for step_number in range(MAX_STEPS):
        scores, information = _parts(beta, y, X)
        gradient = scores.sum(axis=0)[free]
        if len(free) == 0 or np.abs(gradient).max() < TOLERANCE * len(y):
            return beta, value, step_number
        step = np.zeros_like(beta)
        step[free] = np.linalg.solve(information[np.ix_(free, free)], gradient)
        step *= min(1.0, LARGEST_STEP / np.abs(step).max())
        for _ in range(40):
            new = penalised_likelihood(beta + step, y, X)
            if new >= value - 1e-12:
                break
            step /= 2
        beta, value = beta + step, new
        if np.abs(step).max() < TOLERANCE:
            return beta, value, step_number + 1
    raise EstimationFailure("no_convergence", f"the penalised likelihood was not at its maximum after {MAX_STEPS} steps")


def profile_bound(j: int, side: int, fit: Fit, y: np.ndarray, X: np.ndarray, top: float, level: float) -> float:
    """Return one end of a profile penalised likelihood interval; infinite where the profile never falls far enough."""
    drop = stats.chi2.ppf(level, 1) / 2
    at = fit.params.copy()

    def height(value: float) -> float:
        nonlocal at
        start = at.copy()  # from the last maximiser: far from the ridge the information is singular
        start[j] = value
        at, profile, _ = maximise(y, X, start, fixed=j)
        return profile - (top - drop)

    near, width = fit.params[j], fit.std_error[j]
    for _ in range(60):
        far = near + side * width
        if height(far) < 0:
            return float(brentq(height, near, far, xtol=1e-9, rtol=1e-12))
        near, width = far, 1.1 * width
    return side * np.inf


def fit(design: Design, level: float) -> Fit:
    """Fit Firth's logit: profile intervals and penalised likelihood ratio p-values; Wald with a sandwich where it is clustered.

    The standard errors are those of brglm2: the inverse information at the estimate.
    """
    check_rank(design)
    y, X, names = design.y, design.X, list(design.names)
    beta, top, steps = maximise(y, X, np.zeros(X.shape[1]))
    scores, information = _parts(beta, y, X)
    bread = np.linalg.inv(information)
    infinite = [name for name in separated((2 * y - 1)[:, None] * X, names) if name != "const"]
    found = cautions(design, len(names), int(min(y.sum(), len(y) - y.sum())))
    if infinite:
        found += (
            Caution("separation", f"maximum likelihood would be infinite for {', '.join(infinite)}; the penalised estimate is finite"),
        )
    null = maximise(y, X[:, :1], np.zeros(1))[1]
    one = expit(X @ beta)
    likelihood = float(log_expit((2 * y - 1) * (X @ beta)).sum())
    statistics = {"log_likelihood": likelihood, "penalised_log_likelihood": top, "penalised_log_likelihood_null": null}
    statistics |= {"aic": 2 * len(names) - 2 * likelihood, "bic": len(names) * float(np.log(len(y))) - 2 * likelihood}
    about: dict[str, object] = {"covariance": "model", "cluster": None}
    covariance = bread
    if design.groups is not None:
        covariance, about = sandwich(bread, scores, design.groups), {"covariance": "cluster", "cluster": "iso3"}
    result = wald(
        names=names,
        params=beta,
        covariance=covariance,
        level=level,
        n=len(one),
        about=about,
        fit=statistics,
        convergence={"converged": True, "iterations": steps, "method": "newton"},
        warnings=found,
    )
    result = replace(result, separation={"separated": bool(infinite), "terms": infinite})
    return result if design.groups is not None else _by_likelihood(result, y, X, top, level)


def _by_likelihood(result: Fit, y: np.ndarray, X: np.ndarray, top: float, level: float) -> Fit:
    """Replace Wald statistics by penalised likelihood ratios and profile intervals."""
    k = X.shape[1]
    ratios = np.empty(k)
    for j in range(k):
        start = result.params.copy()
        start[j] = 0.0
        ratios[j] = max(0.0, 2 * (top - maximise(y, X, start, fixed=j)[1]))
    bounds = {side: np.array([profile_bound(j, side, result, y, X, top, level) for j in range(k)]) for side in (-1, 1)}
    return replace(
        result,
        statistic=np.sign(result.params) * np.sqrt(ratios),
        p_value=stats.chi2.sf(ratios, 1),
        conf_low=bounds[-1],
        conf_high=bounds[1],
        inference={**result.inference, "p_values": "penalised_lr", "intervals": "profile", "distribution": "chi2"},
    )
