"""Simulated coalitions with known coefficients, and what theory says of the estimates' bias."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from coalition.estimators import batched
from coalition.estimators.batched.stack import stack
from coalition.estimators.fit_types import Design
from scipy.special import expit, logit
from scipy.stats import norm

TERMS = (
    "const",
    "abandonment",
    "entrapment",
    "gdp_per_head",
    "military_personnel",
    "democracy",
    "operation",
)
SLOPES = np.array([np.log(1.5), -np.log(1.5), 0.3, 0.5, 0.0, -0.2])
MONTE_CARLO = 3.3
"""Standard errors of a simulated mean that count as chance: 1 in 1,000."""


@dataclass(frozen=True)
class World:
    """A design that is the same in every replication, its coefficients, and its clusters of
    states.
    """

    X: np.ndarray
    truth: np.ndarray
    groups: np.ndarray
    names: tuple[str, ...]


def world(
    states: int,
    operations: int,
    slopes: np.ndarray = SLOPES,
    share: float | None = None,
    seed: int = 0,
) -> World:
    """Return states in one or two operations; the constant is set so that `share` of the rows has
    the outcome.
    """
    rng = np.random.default_rng(seed)
    traits = rng.multivariate_normal(np.zeros(5), 0.3 + 0.7 * np.eye(5), states)
    rows = np.vstack([traits + 0.2 * rng.normal(size=traits.shape) for _ in range(operations)])
    second = np.repeat([0.0, 1.0][:operations], states)[:, None]
    columns = rows if operations == 1 else np.hstack([rows, second])
    slopes = slopes[: columns.shape[1]]
    low, high = -20.0, 20.0
    while high - low > 1e-10:
        middle = (low + high) / 2
        low, high = (
            (middle, high)
            if expit(middle + columns @ slopes).mean() < (share or 0.5)
            else (low, middle)
        )
    X = np.column_stack([np.ones(len(columns)), columns])
    return World(
        X,
        np.concatenate([[low], slopes]),
        np.tile(np.arange(states), operations),
        TERMS[: X.shape[1]],
    )


def uniforms(of: World, correlation: float, rng: np.random.Generator) -> np.ndarray:
    """Return uniform numbers, correlated within states by a Gaussian copula: the margins stay those
    of the model.
    """
    shared = rng.normal(size=of.groups.max() + 1)[of.groups]
    return norm.cdf(
        np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * rng.normal(size=len(of.groups))
    )


def binary(of: World, correlation: float, rng: np.random.Generator) -> np.ndarray:
    """Return outcomes of a logit whose rows are correlated within states."""
    return (uniforms(of, correlation, rng) < expit(of.X @ of.truth)).astype(float)


def ordered(
    of: World, cuts: np.ndarray, correlation: float, rng: np.random.Generator
) -> np.ndarray:
    """Return levels of a proportional odds model whose rows are correlated within states."""
    latent = of.X[:, 1:] @ of.truth[1:] + logit(uniforms(of, correlation, rng))
    return np.digitize(latent, cuts).astype(float)


def design(of: World, y: np.ndarray, levels: tuple[str, ...], clustered: bool) -> Design:
    """Return the data of one replication."""
    return Design(y, of.X, of.names, levels, of.groups if clustered else None)


@dataclass(frozen=True)
class Wald:
    """Estimates of the replications that have one: params, std_error (R, p), covariance (R, p,
    p).
    """

    params: np.ndarray
    std_error: np.ndarray
    covariance: np.ndarray

    def held(self, truth: np.ndarray) -> np.ndarray:
        """Return whether the 95% interval held the truth, (R, p)."""
        return np.abs(self.params - truth) < norm.ppf(0.975) * self.std_error


def fitted(
    family: str, of: World, outcomes: Sequence[np.ndarray], levels: tuple[str, ...], clustered: bool
) -> Wald:
    """Fit all replications by the batched solver, which is held against the estimators in
    tests/unit/batch.

    Replications in which a level does not occur, or whose maximum is infinite, are left out.
    """
    whole = [y for y in outcomes if len(np.unique(y)) == len(levels)]
    found = batched.fit(
        family, stack([design(of, y, levels, clustered) for y in whole]), len(levels)
    )
    good = found.status == "ok"
    return Wald(found.params[good], found.std_error[good], found.covariance[good])


def first_order_bias(
    scores: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    chances: np.ndarray,
    truth: np.ndarray,
    X: np.ndarray,
    covariance: np.ndarray | None = None,
) -> np.ndarray:
    """Return the bias of order 1/n of a maximum likelihood estimate (Cox & Snell 1968, eq. 20).

    Parameters
    ----------
    scores : callable
        Parameters, outcomes, design -> each row's score (n, p).
    chances : ndarray, shape (n, K)
        Probabilities of the levels at the truth, over which expectations are taken exactly.
    covariance : ndarray, shape (p, p), optional
        Of the estimate, where it is not the inverse information because rows are correlated (for a
        logit, whose Hessian does not depend on the outcome, nothing else changes).
    """
    p, step = len(truth), 1e-4
    moves = np.vstack([np.zeros(p), step * np.eye(p), -step * np.eye(p)])

    def hessians(at: np.ndarray, y: np.ndarray) -> np.ndarray:
        pairs = [(scores(at + move, y, X), scores(at - move, y, X)) for move in step * np.eye(p)]
        return np.stack([(up - down) / (2 * step) for up, down in pairs], axis=2)

    information, third, mixed = np.zeros((p, p)), np.zeros((p, p, p)), np.zeros((p, p, p))
    for level in range(chances.shape[1]):
        y, weight = np.full(len(X), float(level)), chances[:, level]
        around = [hessians(truth + move, y) for move in moves]
        information -= np.einsum("n,nrs->rs", weight, around[0])
        third += np.stack(
            [
                np.einsum("n,nrs->rs", weight, around[1 + u] - around[1 + p + u]) / (2 * step)
                for u in range(p)
            ],
            axis=2,
        )
        mixed += np.einsum("n,nrs,nu->rsu", weight, around[0], scores(truth, y, X))
    inverse = np.linalg.inv(information)
    spread = inverse if covariance is None else covariance
    return np.einsum("sr,tu,rtu->s", inverse, spread, third / 2 + mixed)


def within_chance(simulated: np.ndarray, expected: np.ndarray | float) -> bool:
    """Return whether the mean of replications (rows) is as expected within Monte Carlo error, for
    every column.
    """
    error = simulated.std(axis=0, ddof=1) / np.sqrt(len(simulated))
    return bool(np.all(np.abs(simulated.mean(axis=0) - expected) <= MONTE_CARLO * error))


def covers(share: np.ndarray, replications: int, level: float = 0.95) -> bool:
    """Return whether shares of intervals that hold the truth are the level within Monte Carlo
    error.
    """
    return bool(
        np.all(np.abs(share - level) <= MONTE_CARLO * np.sqrt(level * (1 - level) / replications))
    )


SHORT = 0.02
"""By how much Wald intervals at the sizes of our samples may hold the truth less often than they
say: their error is of order 1/n, and
the sandwich with a factor for few clusters is still a little too small (Cameron & Miller 2015,
section VI).
"""


def not_short(
    share: np.ndarray, replications: int, short: float = SHORT, level: float = 0.95
) -> bool:
    """Return whether shares of intervals that hold the truth are short of the level by `short` at
    most, within Monte Carlo error.
    """
    return bool(
        np.all(share >= level - short - MONTE_CARLO * np.sqrt(level * (1 - level) / replications))
    )


def nearly_covers(share: np.ndarray, replications: int, level: float = 0.95) -> bool:
    """Return whether shares of Wald intervals that hold the truth are within Monte Carlo error of
    the level, or short of it by `SHORT`.
    """
    error = MONTE_CARLO * np.sqrt(level * (1 - level) / replications)
    return bool(np.all((share >= level - SHORT - error) & (share <= level + error)))
