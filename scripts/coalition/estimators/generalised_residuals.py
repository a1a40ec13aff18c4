"""Residuals of models of levels, in which dependence between states is looked for."""

from __future__ import annotations

import numpy as np


def generalised(probabilities: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the generalised residuals of a binary or ordered logit, shape (n,).

    Parameters
    ----------
    probabilities : ndarray, shape (n, K)
        Of the levels in their order.
    y : ndarray, shape (n,)
        Codes 0..K-1.

    Notes
    -----
    The derivative of a row's log likelihood in its index (Gourieroux, Monfort, Renault & Trognon
    1987, eq. 2.6). With logistic errors it is P(Y < y) - P(Y > y), which for two levels is
    y - P(Y = 1); for other links that is the probability-scale residual (Li & Shepherd 2012).
    """
    upper = np.cumsum(probabilities, axis=1)
    at = y.astype(int)[:, None]
    below = np.take_along_axis(upper - probabilities, at, axis=1)[:, 0]
    return below - (1 - np.take_along_axis(upper, at, axis=1)[:, 0])


def of_level(probabilities: np.ndarray, y: np.ndarray, level: int) -> np.ndarray:
    """Return whether a level was chosen, minus its probability, shape (n,)."""
    return (y == level) - probabilities[:, level]
