"""Negative binomial regression of counts with variance mu + alpha mu^2 (NB2, statsmodels)."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.special import digamma, polygamma

from .fit_types import Design, EstimationFailure, Fit
from .newton import climb
from .poisson import margins
from .separation import check_rank, refuse_separation, separated
from .wald import about, likelihood_covariance, likelihood_fit, wald

FLAT = 1e-4
"""Dispersion below which the counts are Poisson's and the likelihood is at its edge."""


def scores(
    params: np.ndarray, y: np.ndarray, X: np.ndarray, offset: np.ndarray | float = 0.0
) -> np.ndarray:
    """Return each row's score, shape (n, k + 1); the last parameter is log alpha.

    Cameron & Trivedi (2013), eq. 3.30, in log alpha.
    """
    mean, size = np.exp(X @ params[:-1] + offset), np.exp(-params[-1])
    index = size * (y - mean) / (size + mean)
    of_size = digamma(y + size) - digamma(size) + np.log(size / (size + mean))
    of_size += 1 - (y + size) / (size + mean)
    return np.column_stack([index[:, None] * X, -size * of_size])


def hessian(
    params: np.ndarray, y: np.ndarray, X: np.ndarray, offset: np.ndarray | float = 0.0
) -> np.ndarray:
    """Return the Hessian of the log likelihood, shape (k + 1, k + 1)."""
    mean, size = np.exp(X @ params[:-1] + offset), np.exp(-params[-1])
    total = size + mean
    inner = -size * mean * (size + y) / total**2
    cross = -size * mean * (y - mean) / total**2
    first = digamma(y + size) - digamma(size) + np.log(size / total) + 1 - (y + size) / total
    second = polygamma(1, y + size) - polygamma(1, size) + 1 / size - 1 / total
    second -= (mean - y) / total**2
    found = np.empty((len(params), len(params)))
    found[:-1, :-1] = (X * inner[:, None]).T @ X
    found[:-1, -1] = found[-1, :-1] = X.T @ cross
    found[-1, -1] = (size * first + size**2 * second).sum()
    return found


def _start(y: np.ndarray, X: np.ndarray, offset: np.ndarray) -> tuple[np.ndarray, float]:
    """Return statsmodels' estimates with log alpha, and the log likelihood."""
    from statsmodels.discrete.discrete_model import NegativeBinomial

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is told from the gradient
        found = NegativeBinomial(y, X, offset=offset).fit(method="bfgs", maxiter=500, disp=False)
    alpha = float(found.params[-1])
    if not alpha > FLAT:
        raise EstimationFailure(
            "boundary",
            "the counts vary no more than Poisson's: the dispersion runs to zero; use poisson",
        )
    return np.append(np.asarray(found.params[:-1]), np.log(alpha)), float(found.llf)


def _height(
    params: np.ndarray, y: np.ndarray, X: np.ndarray, offset: np.ndarray | float = 0.0
) -> float:
    from scipy.special import gammaln

    with np.errstate(over="ignore", invalid="ignore"):
        mean, size = np.exp(X @ params[:-1] + offset), np.exp(-params[-1])
        rows = gammaln(y + size) - gammaln(size) - gammaln(y + 1)
        rows += size * np.log(size / (size + mean)) + y * np.log(mean / (size + mean))
    return float(rows.sum()) if np.isfinite(rows).all() else -np.inf


def fit(design: Design, level: float) -> Fit:
    """Fit a negative binomial regression.

    statsmodels climbs by BFGS; a few Newton steps from there reach the maximum itself. The
    dispersion is reported as log alpha, and as alpha with the fit.
    """
    check_rank(design)
    y, X = design.y, design.X
    if (y < 0).any() or not np.all(y == np.round(y)):
        raise EstimationFailure("unfit_column", "a negative binomial outcome is a count")
    names = list(design.names)
    refuse_separation(separated(margins(y, X), names, design.basis), "negative binomial")
    # counts of large exposures: the offset is centred, and the constant takes up the difference
    given = np.zeros(len(y)) if design.offset is None else design.offset
    centre = float(given.mean())
    offset = given - centre

    def height(columns: np.ndarray) -> tuple[np.ndarray, float, int]:
        return climb(
            _start(y, columns, offset)[0],
            lambda at: _height(at, y, columns, offset),
            lambda at: (
                scores(at, y, columns, offset).sum(axis=0),
                -hessian(at, y, columns, offset),
            ),
        )

    params, top, steps = height(X)
    null = height(np.ones((len(y), 1)))[1]
    covariance = likelihood_covariance(
        design, hessian(params, y, X, offset), scores(params, y, X, offset)
    )
    params[0] -= centre / X[0, 0]
    return wald(
        names=[*names, "log_alpha"],
        params=params,
        covariance=covariance,
        level=level,
        n=len(y),
        about=about(design),
        fit=likelihood_fit(top, null, len(params), len(y)) | {"alpha": float(np.exp(params[-1]))},
        convergence={"converged": True, "iterations": steps, "method": "newton"},
        kinds=["coefficient"] * len(names) + ["scale"],
    )
