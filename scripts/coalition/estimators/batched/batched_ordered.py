"""Ordered logit of many problems at once; parameters are slopes, then cut points, as in
estimators/ordered.py.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from .batched_newton import Climb, climb
from .stack import Stack

MAX_STEPS = 40
"""Cut points that must not cross make the way longer than a logit's; under separation the index
grows by about one a step.
"""


class Ends:
    """How the two ends of each row's level move with the parameters: -x and the unit vector of the
    cut point, (B, N, p).
    """

    def __init__(self, stack: Stack, K: int) -> None:
        code = stack.y.astype(int)
        unit = np.vstack([np.zeros(K - 1), np.eye(K - 1), np.zeros(K - 1)])
        slopes = -(
            stack.X if stack.X.ndim == 3 else np.broadcast_to(stack.X, (len(code), *stack.X.shape))
        )[:, :, 1:]
        rows = stack.mask[:, :, None]
        self.upper, self.lower = (
            np.concatenate([slopes, unit[at]], axis=2) * rows for at in (code + 1, code)
        )
        self.first, self.last = code == 0, code == K - 1
        self.mask = stack.mask

    def probabilities(
        self, params: np.ndarray, which: np.ndarray | slice
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return P(y <= its level), P(y < its level) and their difference, (b, N); 1, 0 and 1 in
        rows that are not used.
        """
        upper, lower = (
            expit((end[which] @ params[:, :, None])[:, :, 0]) for end in (self.upper, self.lower)
        )
        upper = np.where(self.last[which] | ~self.mask[which], 1.0, upper)
        lower = np.where(self.first[which] | ~self.mask[which], 0.0, lower)
        return upper, lower, np.where(upper > lower, upper - lower, np.nan)

    def scores(self, params: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return each row's score, (b, N, p)."""
        upper, lower, chance = self.probabilities(params, which)
        return (upper * (1 - upper) / chance)[:, :, None] * self.upper[which] - (
            lower * (1 - lower) / chance
        )[:, :, None] * self.lower[which]

    def slopes(
        self, params: np.ndarray, which: np.ndarray | slice
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return gradients (b, p) and observed information (b, p, p)."""
        upper, lower, chance = self.probabilities(params, which)
        score = self.scores(params, which)
        information = score.transpose(0, 2, 1) @ score
        for end, design, side in ((upper, self.upper[which], 1), (lower, self.lower[which], -1)):
            curve = side * end * (1 - end) * (1 - 2 * end) / chance
            information -= (design * curve[:, :, None]).transpose(0, 2, 1) @ design
        return score.sum(axis=1), information


def _shares(stack: Stack, K: int) -> np.ndarray:
    """Return parameters without slopes, whose cut points give the shares of the levels, (B, p)."""
    counts = np.stack([((stack.y == level) & stack.mask).sum(axis=1) for level in range(K)], axis=1)
    below = np.cumsum(counts, axis=1)[:, :-1] / counts.sum(axis=1)[:, None]
    slopes = np.zeros((len(below), stack.X.shape[-1] - 1))
    return np.concatenate([slopes, np.log(below / (1 - below))], axis=1)


def maximise(stack: Stack, K: int) -> tuple[Climb, Callable[[], np.ndarray]]:
    """Fit B ordered logits with K levels each.

    Returns
    -------
    Climb
        Parameters: k - 1 slopes and K - 1 cut points.
    callable
        Without arguments: the scores of each row at the estimates, shape (B, N, p).
    """
    ends = Ends(stack, K)
    start = _shares(stack, K) if stack.start is None else np.tile(stack.start, (len(stack.y), 1))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = climb(start, ends.slopes, MAX_STEPS)
    return found, lambda: ends.scores(found.params, slice(None))
