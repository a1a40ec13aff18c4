"""Multinomial logit by maximum likelihood (statsmodels)."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.special import softmax

from .fit_types import Design, Fit
from .separation import check_rank, few_events, rarest, refuse_separation, separated
from .wald import about, categorical_null, likelihood_covariance, likelihood_fit, wald


def _coefficients(params: np.ndarray, columns: int) -> np.ndarray:
    """Return one row of coefficients a level, zeros for the reference, shape (K, k)."""
    return np.vstack([np.zeros(columns), params.reshape(-1, columns)])


def probabilities(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the probability of each level, shape (n, K)."""
    return softmax(X @ _coefficients(params, X.shape[1]).T, axis=1)


def derivatives(params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
    """Return the derivatives of the probabilities where the design moves along dX, shape (n, K)."""
    chance = probabilities(params, X)
    slopes = dX @ _coefficients(params, X.shape[1]).T
    return chance * (slopes - (chance * slopes).sum(axis=1, keepdims=True))


def scores(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return each row's score, shape (n, (K - 1) k), equation by equation."""
    chance = probabilities(params, X)
    hit = (y[:, None] == np.arange(chance.shape[1])[None, :]).astype(float)
    return ((hit - chance)[:, 1:, None] * X[:, None, :]).reshape(len(y), -1)


def hessian(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the Hessian of the log likelihood, shape ((K - 1) k, (K - 1) k)."""
    chance = probabilities(params, X)[:, 1:]
    equations = range(chance.shape[1])
    return np.block(
        [
            [-(X * (chance[:, a] * ((a == b) - chance[:, b]))[:, None]).T @ X for b in equations]
            for a in equations
        ]
    )


def margins(y: np.ndarray, X: np.ndarray, K: int) -> np.ndarray:
    """Return the index of the level that occurred minus that of every other level, as rows in the
    parameters.
    """
    n, k = X.shape
    index = np.einsum("ij,nl->nijl", np.eye(K), X).reshape(n, K, K * k)
    occurred = index[np.arange(n), y.astype(int)]
    return (occurred[:, None, :] - index)[np.arange(K)[None, :] != y[:, None]][:, k:]


def fit(design: Design, level: float) -> Fit:
    """Fit a multinomial logit against the first level."""
    y, X, K = design.y, design.X, len(design.levels)
    levels = [label for label in design.levels[1:] for _ in design.names]
    terms = list(design.names) * (K - 1)
    names = [f"{label}:{term}" for label, term in zip(levels, terms, strict=True)]
    check_rank(design, len(names))
    basis = None if design.basis is None else np.kron(np.eye(K - 1), design.basis)
    infinite = separated(margins(y, X, K), names, basis)
    refuse_separation(
        [term for name, term in zip(names, terms, strict=True) if name in infinite],
        "multinomial logit",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is told from the gradient
        from statsmodels.discrete.discrete_model import MNLogit

        found = MNLogit(y.astype(int), X).fit(
            method="newton", maxiter=100, tol=1e-10, disp=False, skip_hessian=True
        )
    params = np.asarray(found.params).T.ravel()
    return wald(
        names=names,
        params=params,
        covariance=likelihood_covariance(design, hessian(params, X), scores(params, y, X)),
        level=level,
        n=len(y),
        about=about(design),
        fit=likelihood_fit(float(found.llf), categorical_null(y), len(params), len(y)),
        convergence={
            "converged": True,
            "iterations": int(found.mle_retvals["iterations"]),
            "method": "newton",
        },
        terms=terms,
        levels=list(levels),
        warnings=few_events(rarest(y), (len(design.names) - 1) * (K - 1)),
    )
