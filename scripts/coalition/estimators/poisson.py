"""Poisson regression, for counts and as pseudo-maximum likelihood for other outcomes that are not
negative (statsmodels).
"""

from __future__ import annotations

import warnings

import numpy as np
from scipy.special import gammaln

from .fit_types import Design, EstimationFailure, Fit, FitWarning
from .sandwich import kind_of
from .separation import check_rank, refuse_separation, separated
from .wald import about, likelihood_covariance, likelihood_fit, wald


def scores(
    params: np.ndarray,
    y: np.ndarray,
    X: np.ndarray,
    weights: np.ndarray | float = 1.0,
    offset: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Return each row's score, shape (n, k)."""
    return (weights * (y - np.exp(X @ params + offset)))[:, None] * X


def hessian(
    params: np.ndarray,
    X: np.ndarray,
    weights: np.ndarray | float = 1.0,
    offset: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Return the Hessian of the log likelihood, shape (k, k)."""
    return -(X * (weights * np.exp(X @ params + offset))[:, None]).T @ X


def margins(y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the rows in which separation is looked for: a zero may sink without end, a count must
    stay where it is.

    Santos Silva & Tenreyro (2010); Correia, Guimarães & Zylkin (2019).
    """
    return np.vstack([-X[y == 0], X[y > 0], -X[y > 0]])


def _statistics(
    y: np.ndarray,
    mean: np.ndarray,
    weights: np.ndarray,
    parameters: int,
    exposure: np.ndarray,
) -> dict[str, float]:
    """Return the fit of a count; of another outcome the squared correlation with the fitted mean,
    as there is no likelihood.
    """
    if not np.all(y == np.round(y)):
        return {"squared_correlation": float(np.corrcoef(y, mean)[0, 1] ** 2)}
    null = exposure * (weights @ y) / (weights @ exposure)
    found, least = (
        float((weights * (y * np.log(at) - at - gammaln(y + 1))).sum()) for at in (mean, null)
    )
    return likelihood_fit(found, least, parameters, len(y))


def fit(design: Design, level: float) -> Fit:
    """Fit a Poisson regression; of an outcome that is no count it is a pseudo-likelihood, which
    asks
    for no more than a right mean (Santos Silva & Tenreyro 2006).
    """
    check_rank(design)
    y, X = design.y, design.X
    weights = np.ones(len(y)) if design.weights is None else design.weights
    offset = np.zeros(len(y)) if design.offset is None else design.offset
    if (y < 0).any():
        raise EstimationFailure(
            "no_convergence", "the outcome of a Poisson regression has negative values"
        )
    refuse_separation(
        separated(margins(y, X), list(design.names), design.basis), "Poisson regression"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is told from the gradient
        from statsmodels.genmod.families import Poisson
        from statsmodels.genmod.generalized_linear_model import GLM

        found = GLM(y, X, family=Poisson(), var_weights=weights, offset=offset).fit(
            maxiter=200, tol=1e-12
        )
    params = np.asarray(found.params)
    pseudo = not np.all(y == np.round(y))
    return wald(
        names=list(design.names),
        params=params,
        covariance=likelihood_covariance(
            design,
            hessian(params, X, weights, offset),
            scores(params, y, X, weights, offset),
            pseudo,
        ),
        level=level,
        n=len(y),
        about=about(design, pseudo),
        fit=_statistics(
            y,
            np.exp(X @ params + offset),
            weights,
            len(params),
            np.exp(offset - offset.max()),
        ),
        convergence={
            "converged": True,
            "iterations": int(found.fit_history["iteration"]),
            "method": "irls",
        },
        warnings=_dispersed(design, np.exp(X @ params + offset), len(params)),
    )


DISPERSION = 1.5
"""Pearson's chi-squared per degree of freedom above which counts vary more than a Poisson's do."""


def _dispersed(design: Design, mean: np.ndarray, parameters: int) -> tuple[FitWarning, ...]:
    """Return what a reader must know where standard errors are the model's and counts vary more
    than
    it says (McCullagh & Nelder 1989, section 6.2.3).
    """
    y, free = design.y, len(design.y) - parameters
    pseudo = not np.all(y == np.round(y))
    if kind_of(design, pseudo) != "model" or free <= 0:
        return ()
    ratio = float(((y - mean) ** 2 / mean).sum()) / free
    if ratio <= DISPERSION:
        return ()
    message = (
        f"the counts vary {ratio:.1f} times as much as a Poisson's: the standard errors of the "
        "model are too small; `covariance: hc1`, clusters or a negative binomial regression allow "
        "for it"
    )
    return (FitWarning("overdispersion", message),)
