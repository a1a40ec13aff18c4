"""Probabilities of an ordered probit with selection (De Luca & Perotti 2011); `probit.py` fits
it.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from .levels import Point, derivatives_given_selection, given_selection, normal
from .probit import assumed, fit

__all__ = [
    "assumed",
    "derivatives",
    "fit",
    "probabilities",
    "selected_derivatives",
    "selected_probabilities",
]


def _indices(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return cut - x'b for every cut point and the infinite ends, shape (n, K + 1)."""
    slopes = X.shape[1] - 1
    cuts = np.concatenate([[-np.inf], params[slopes:], [np.inf]])
    return cuts[None, :] - (X[:, 1:] @ params[:slopes])[:, None]


def probabilities(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the probability of each level, selected or not, from the outcome equation, shape (n,
    K).
    """
    return np.diff(ndtr(_indices(params, X)), axis=1)


def derivatives(params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
    """Return the derivatives of the probabilities where the design moves along dX, shape (n, K)."""
    return (
        -np.diff(normal(_indices(params, X)), axis=1)
        * (dX[:, 1:] @ params[: X.shape[1] - 1])[:, None]
    )


def at_point(params: np.ndarray, X: np.ndarray, Z: np.ndarray) -> Point:
    """Return reported parameters of both equations, taken apart."""
    slopes, end = X.shape[1] - 1, len(params) - 1 - Z.shape[1]
    return Point(params[:slopes], params[slopes:end], params[end:-1], float(params[-1]))


def selected_probabilities(params: np.ndarray, X: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """Return the probability of each level of those that are selected, shape (n, K)."""
    return given_selection(at_point(params, X, Z), X[:, 1:], Z)


def selected_derivatives(
    params: np.ndarray, X: np.ndarray, Z: np.ndarray, dX: np.ndarray, dZ: np.ndarray
) -> np.ndarray:
    """Return the derivatives of these probabilities where the designs move along dX and dZ, shape
    (n, K).
    """
    return derivatives_given_selection(at_point(params, X, Z), X[:, 1:], Z, dX[:, 1:], dZ)
