"""Multinomial logit of many problems at once; parameters stand equation by equation, as in
estimators/multinomial.py.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .batched_newton import Climb, climb
from .stack import Stack

MAX_STEPS = 30


class _Equations:
    """The K - 1 equations against the first level; rows stand last, since sums over a short last
    axis take most of the time.
    """

    def __init__(self, stack: Stack, K: int) -> None:
        own = (
            stack.X
            if stack.X.ndim == 3
            else np.broadcast_to(stack.X, (len(stack.y), *stack.X.shape))
        )
        self.X = own * stack.mask[:, :, None]
        self.columns = np.ascontiguousarray(self.X.transpose(0, 2, 1))
        self.hit = (stack.y[:, None, :] == np.arange(1, K)[:, None]) & stack.mask[:, None, :]
        self.equations, self.k = K - 1, self.X.shape[2]

    def probabilities(self, params: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return the probabilities of the levels after the first, (b, K - 1, N)."""
        return probabilities(params.reshape(-1, self.equations, self.k), self.columns[which])[:, 1:]

    def slopes(
        self, params: np.ndarray, which: np.ndarray | slice
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return gradients (b, p) and information (b, p, p)."""
        chance, X, columns = self.probabilities(params, which), self.X[which], self.columns[which]
        gradient = ((self.hit[which] - chance) @ X).reshape(len(X), -1)
        information = np.empty((len(X), gradient.shape[1], gradient.shape[1]))
        for a in range(self.equations):
            for b in range(a, self.equations):
                weight = chance[:, a] * ((a == b) - chance[:, b])
                block = (columns * weight[:, None, :]) @ X
                rows, others = (slice(place * self.k, (place + 1) * self.k) for place in (a, b))
                information[:, rows, others] = information[:, others, rows] = block
        return gradient, information

    def scores(self, params: np.ndarray) -> np.ndarray:
        """Return each row's score, (B, N, p)."""
        residual = (self.hit - self.probabilities(params, slice(None))).transpose(0, 2, 1)
        return (residual[:, :, :, None] * self.X[:, :, None, :]).reshape(*residual.shape[:2], -1)


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
    index = np.concatenate([np.zeros((*index.shape[:-2], 1, index.shape[-1])), index], axis=-2)
    index = np.exp(index - index.max(axis=-2, keepdims=True))
    return index / index.sum(axis=-2, keepdims=True)


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
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = climb(start, equations.slopes, MAX_STEPS)
    return found, lambda: equations.scores(found.params)
