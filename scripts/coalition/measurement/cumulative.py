"""The cumulative model of one ordinal statement: probabilities, and how they move with index and
thresholds, up to the third derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr

FAR: Mapping[str, float] = {"logit": 500.0, "probit": 35.0}
"""Where an end of a level is taken to lie that has none: beyond it a double holds no density."""
LEAST = 1e-290
"""A chance below it is that of a statement that cannot be: nothing moves it."""
Curve = Callable[[np.ndarray], np.ndarray]


def _logistic(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    below = expit(z)
    density = below * (1 - below)
    return density, density * (1 - 2 * below), density * (1 - 6 * density)


def _normal(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return density, -z * density, (z * z - 1) * density


LINKS: Mapping[str, tuple[Curve, Callable[[np.ndarray], tuple[np.ndarray, ...]]]] = {
    "logit": (expit, _logistic),
    "probit": (ndtr, _normal),
}
"""Distribution function, and its first three derivatives."""


@dataclass(frozen=True)
class Ends:
    """Statements at the two ends of their level; every array has the shape of the index.

    chance : P(level) = F(upper) - F(lower)
    upper, lower : (F', F'', F''') at the ends
    """

    chance: np.ndarray
    upper: tuple[np.ndarray, ...]
    lower: tuple[np.ndarray, ...]

    def along_index(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the first three derivatives of log P along the index, which moves both ends
        down.
        """
        first = -(self.upper[0] - self.lower[0]) / self.chance
        second = (self.upper[1] - self.lower[1]) / self.chance
        third = -(self.upper[2] - self.lower[2]) / self.chance
        curve = second - first**2
        return first, curve, third - 3 * first * curve - first**3

    def along_end(self, which: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return how log P and its first two derivatives along the index move with one end."""
        sign, (f1, f2, f3) = (1.0, self.upper) if which == "upper" else (-1.0, self.lower)
        first, curve, _ = self.along_index()
        own = sign * f1 / self.chance
        slope = -sign * f2 / self.chance - first * own
        bend = sign * f3 / self.chance - (curve + first**2) * own - 2 * first * slope
        return own, slope, bend


def _at(
    index: np.ndarray, codes: np.ndarray, cuts: np.ndarray, link: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the upper and the lower end of each statement's level, and the chance between them."""
    whole = np.concatenate([[-np.inf], cuts, [np.inf]])
    shape = (-1,) + (1,) * (index.ndim - 1)
    high, low = (
        np.clip(whole[codes + at].reshape(shape) - index, -FAR[link], FAR[link]) for at in (1, 0)
    )
    # from the nearer tail, where the difference of two small numbers keeps its digits
    turned = high + low > 0
    distribution = LINKS[link][0]
    chance = distribution(np.where(turned, -low, high)) - distribution(np.where(turned, -high, low))
    return high, low, chance


def log_chance(index: np.ndarray, codes: np.ndarray, cuts: np.ndarray, link: str) -> np.ndarray:
    """Return the log probability of each statement; arguments as of `ends`."""
    return np.log(np.maximum(_at(index, codes, cuts, link)[2], LEAST))


def ends(index: np.ndarray, codes: np.ndarray, cuts: np.ndarray, link: str) -> Ends:
    """Return statements of given levels at their index.

    Parameters
    ----------
    index : ndarray, shape (n,) or (n, q)
        P(y <= k) = F(cut_k - index) (McCullagh 1980).
    codes : ndarray of int, shape (n,)
        Levels 0 .. K - 1.
    cuts : ndarray, shape (K - 1,)
        In rising order.
    link : {"logit", "probit"}
    """
    high, low, chance = _at(index, codes, cuts, link)
    possible = chance > LEAST
    upper, lower = (
        tuple(np.where(possible, part, 0.0) for part in LINKS[link][1](end)) for end in (high, low)
    )
    return Ends(np.maximum(chance, LEAST), upper, lower)
