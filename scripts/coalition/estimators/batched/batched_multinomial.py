"""Multinomial logit of many problems at once; parameters stand equation by equation, as in
estimators/multinomial.py.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .batched_newton import Climb, climb
from .pairs import Pairs
from .stack import Stack

MAX_STEPS = 30


class _Equations:
    """The K - 1 equations against the first level; rows stand last, since sums over a short last
    axis take most of the time.
    """

    def __init__(self, stack: Stack, K: int) -> None:
        self.design = stack.X
        self.used = None if stack.mask.all() else stack.mask[:, None, :].astype(float)
        self.hit = (stack.y[:, None, :] == np.arange(1, K)[:, None]) & stack.mask[:, None, :]
        self.equations, self.k = K - 1, stack.X.shape[-1]
        self.products = (_SharedProducts if stack.X.ndim == 2 else _OwnProducts)(stack.X)

    def probabilities(self, params: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return the probabilities of the levels after the first, (b, K - 1, N); zero in rows that
        are not used.
        """
        shaped = params.reshape(-1, self.equations, self.k)
        found = probabilities(shaped, self.products.columns(which))[:, 1:]
        return found if self.used is None else found * self.used[which]

    def slopes(
        self, params: np.ndarray, which: np.ndarray | slice
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return gradients (b, p) and information (b, p, p)."""
        chance = self.probabilities(params, which)
        residual = self.hit[which] - chance
        gradient = self.products.gradient(residual, which).reshape(len(chance), -1)
        information = np.empty((len(chance), gradient.shape[1], gradient.shape[1]))
        for a in range(self.equations):
            for b in range(a, self.equations):
                weight = chance[:, a] * ((a == b) - chance[:, b])
                rows, others = (slice(place * self.k, (place + 1) * self.k) for place in (a, b))
                block = self.products.weighted(weight, which)
                information[:, rows, others] = information[:, others, rows] = block
        return gradient, information

    def scores(self, params: np.ndarray) -> np.ndarray:
        """Return each row's score, (B, N, p)."""
        residual = (self.hit - self.probabilities(params, slice(None))).transpose(0, 2, 1)
        X = self.design if self.design.ndim == 3 else self.design[None]
        return (residual[:, :, :, None] * X[:, :, None, :]).reshape(*residual.shape[:2], -1)


class _OwnProducts:
    """A design each, (B, N, k)."""

    def __init__(self, X: np.ndarray) -> None:
        self.X, self.transposed = X, np.ascontiguousarray(X.transpose(0, 2, 1))

    def columns(self, which: np.ndarray | slice) -> np.ndarray:
        """Return the transposed designs, (b, k, N)."""
        return self.transposed[which]

    def gradient(self, residual: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return r'X, (b, K - 1, k); residual (b, K - 1, N)."""
        return residual @ self.X[which]

    def weighted(self, weight: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return X'WX, (b, k, k); weight (b, N)."""
        return (self.transposed[which] * weight[:, None, :]) @ self.X[which]


class _SharedProducts:
    """One design (N, k) that all problems share."""

    def __init__(self, X: np.ndarray) -> None:
        self.X, self.pairs = X, Pairs(X)

    def columns(self, which: np.ndarray | slice) -> np.ndarray:
        """Return the transposed design, (k, N)."""
        return self.X.T

    def gradient(self, residual: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return r'X, (b, K - 1, k); residual (b, K - 1, N)."""
        return residual @ self.X

    def weighted(self, weight: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return X'WX, (b, k, k); weight (b, N)."""
        return self.pairs.weighted(weight)


def probabilities(params: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the probabilities of all levels, (..., K, N).

    Parameters
    ----------
    params : ndarray, shape (..., K - 1, k)
        The coefficients of each level after the first.
    columns : ndarray, shape (..., k, N)
        The transposed design.
    """
    index = params @ columns
    found = np.concatenate([np.zeros((*index.shape[:-2], 1, index.shape[-1])), index], axis=-2)
    found -= found.max(axis=-2, keepdims=True)  # in place: large arrays take longer to be found
    np.exp(found, out=found)
    found /= found.sum(axis=-2, keepdims=True)
    return found


def maximise(stack: Stack, K: int) -> tuple[Climb, Callable[[], np.ndarray]]:
    """Fit B multinomial logits with K levels each.

    Returns
    -------
    Climb
        Parameters: the k coefficients of each level after the first.
    callable
        Without arguments: the scores of each row at the estimates, shape (B, N, p).
    """
    equations = _Equations(stack, K)
    start = np.zeros((len(stack.y), (K - 1) * stack.X.shape[-1]))
    if stack.start is not None:
        start += stack.start
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = climb(start, equations.slopes, MAX_STEPS)
    return found, lambda: equations.scores(found.params)
