"""Logit for rare events: corrected for a sample that has too many of them, and for the bias of
maximum likelihood.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import expit

from . import logit
from .fit_types import Design, Fit
from .wald import wald


def intercept_correction(sampled: float, population: float) -> float:
    """Return what is added to the constant where events are oversampled (King & Zeng 2001, prior
    correction).

    Parameters
    ----------
    sampled, population : float
        Share of events in the sample and in the population, between 0 and 1.
    """
    return float(-np.log((1 - population) / population * sampled / (1 - sampled)))


def bias(
    beta: np.ndarray,
    X: np.ndarray,
    y: np.ndarray,
    weight_event: float = 1.0,
    weight_other: float = 1.0,
) -> np.ndarray:
    """Return the bias of order 1/n of a logit's estimates, shape (k,) (King & Zeng 2001, after
    McCullagh & Nelder 1989).

    Parameters
    ----------
    beta : ndarray, shape (k,)
    X : ndarray, shape (n, k)
    y : ndarray, shape (n,)
    weight_event, weight_other : float
        How many rows of the population an event, or another row, of the sample stands for, one on
        average; 1 and 1 without sampling.
    """
    one = expit(X @ beta)
    spread = one * (1 - one) * np.where(y == 1, weight_event, weight_other)
    inverse = np.linalg.inv((X * spread[:, None]).T @ X)
    leverage = np.einsum("ij,jk,ik->i", X, inverse, X)
    return inverse @ (X.T @ (spread * 0.5 * leverage * ((1 + weight_event) * one - weight_event)))


def sampling_weights(sampled: float, population: float) -> tuple[float, float]:
    """Return how many rows of the population an event, and another row, of the sample stands for,
    one on average.

    Parameters
    ----------
    sampled, population : float
        Share of events in the sample and in the population, between 0 and 1 (Manski & Lerman 1977;
        King & Zeng 2001).
    """
    return population / sampled, (1 - population) / (1 - sampled)


def fit(design: Design, level: float) -> Fit:
    """Fit a logit and correct it.

    Where `design.population_share` is given, the choice of rows by their outcome is corrected in
    one
    of the two ways of King & Zeng (2001): "prior" corrects the constant of an unweighted logit,
    which is efficient where the model is right; "weighting" weights the rows of the likelihood up
    to the population, which is less efficient and gives the best approximation where it is not. The
    weights make the inverse Hessian wrong, so standard errors are then robust unless clusters or
    others are asked for. All coefficients are corrected for bias, which is computed at the
    uncorrected estimates, as the authors' software does. Standard errors are those of the
    uncorrected estimates, as it prints them, though the corrected ones vary a little less: by the
    factor n/(n + k) (King & Zeng 2001).
    """
    y, X, sampled = design.y, design.X, float(design.y.mean())
    population = sampled if design.population_share is None else design.population_share
    event, other = sampling_weights(sampled, population)
    weighted = design.population_share is not None and design.case_control == "weighting"
    uncorrected = logit.fit(
        replace(design, weights=np.where(y == 1, event, other)) if weighted else design, level
    )
    beta = uncorrected.params - bias(uncorrected.params, X, y, event, other)
    beta[0] += 0 if weighted else intercept_correction(sampled, population)
    result = wald(
        names=list(uncorrected.names),
        params=beta,
        covariance=uncorrected.covariance,
        level=level,
        n=len(y),
        about={key: uncorrected.inference[key] for key in ("covariance", "cluster", "correction")},
        fit=uncorrected.fit,
        convergence=uncorrected.convergence,
    )
    return replace(result, warnings=uncorrected.warnings)
