"""Worlds in which a fitted model is true and states share a latent field: drawing outcomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from ...estimators.generalised_residuals import generalised
from .field import Field, Places, estimate, places


@dataclass(frozen=True)
class Stage:
    """One decision: cumulative probabilities (n, K - 1) of its levels, and the field behind it."""

    cumulative: np.ndarray
    field: Field


@dataclass(frozen=True)
class World:
    """Probabilities of the levels of every row, with the field that states share.

    stages : one, or for unordered levels K - 1: the first level against the others, and so on
    states : (n,) state of each row, 0..G-1
    distance : (G, G) km
    """

    stages: tuple[Stage, ...]
    states: np.ndarray
    distance: np.ndarray

    def draw(self, rng: np.random.Generator, number: int) -> np.ndarray:
        """Return outcomes, codes of levels, shape (number, n)."""
        found = np.zeros((number, len(self.states)))
        going = np.ones_like(found, dtype=bool)
        for stage in self.stages:
            root = stage.field.root(self.distance)
            latent = stage.field.draw(rng, number, root, self.states)
            level = (ndtr(latent)[:, :, None] > stage.cumulative[None]).sum(axis=2)
            found += going * level
            going &= level > 0
        return found


def stages_of(probabilities: np.ndarray, ordered: bool) -> list[np.ndarray]:
    """Return the cumulative probabilities of each decision that a row's levels are made of.

    Parameters
    ----------
    probabilities : ndarray, shape (n, K)
    ordered : bool
        Whether the levels are one decision (ordered or binary) or K - 1: whether it is the first,
        if not whether it is the second, and so on. Any probabilities of levels can be taken
        apart so; each part has a field of its own (joining; then reserving).
    """
    if ordered or probabilities.shape[1] == 2:
        return [np.cumsum(probabilities, axis=1)[:, :-1]]
    left = np.cumsum(probabilities[:, ::-1], axis=1)[:, ::-1]
    return [(probabilities[:, [k]] / left[:, [k]]) for k in range(probabilities.shape[1] - 1)]


@dataclass(frozen=True)
class Rows:
    """The rows of a design and where they lie.

    X : (n, k); states : (n,) 0..G-1; distance : (G, G) km; operation : (n,)
    ordered : whether the levels are one decision
    near : `places` of all rows, which outcomes of the same rows share
    """

    X: np.ndarray
    states: np.ndarray
    distance: np.ndarray
    operation: np.ndarray
    ordered: bool
    near: Places


def rows(
    X: np.ndarray, states: np.ndarray, distance: np.ndarray, operation: np.ndarray, ordered: bool
) -> Rows:
    """Return the rows of a design, prepared for worlds to be fitted to outcomes of theirs."""
    return Rows(X, states, distance, operation, ordered, places(states, distance, operation))


def fitted(probabilities: np.ndarray, y: np.ndarray, of: Rows) -> World:
    """Estimate the world that an outcome may come from.

    Parameters
    ----------
    probabilities : ndarray, shape (n, K)
        Of the levels, by the fitted model; under a null hypothesis, by the model that imposes it.
    y : ndarray, shape (n,)
        Codes of levels.
    of : Rows
    """
    found = []
    for k, cumulative in enumerate(stages_of(probabilities, of.ordered)):
        reached = y >= k
        code = y if of.ordered else np.minimum(y - k, 1)
        chances = np.diff(cumulative, axis=1, prepend=0, append=1)
        residual = generalised(chances[reached], code[reached])
        near = of.near
        if not reached.all():
            near = places(of.states[reached], of.distance, of.operation[reached])
        field = estimate(cumulative[reached], residual, of.X[reached], near)
        found.append(Stage(cumulative, field))
    return World(tuple(found), of.states, of.distance)
