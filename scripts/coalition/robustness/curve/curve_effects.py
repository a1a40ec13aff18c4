"""The effect under test, on the scale of the primary test, of many specifications at once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from ...base import distributions as stats
from ...estimators import batched
from ...estimators.batched.batched_multinomial import probabilities
from ...estimators.batched.stack import Stack, stack
from ...estimators.fit_types import Design
from ...estimators.marginal_effects import moved
from ...estimators.separation import runs_off
from ...formula.families import FAMILIES
from .curve_problems import Problem


@dataclass(frozen=True)
class Effects:
    """Effects of S specifications; what failed is NaN.

    estimate, std_error, p_value : (S,); status : (S,) of text
    """

    estimate: np.ndarray
    std_error: np.ndarray
    p_value: np.ndarray
    status: np.ndarray

    @classmethod
    def unknown(cls, size: int) -> Effects:
        """Return effects that are all still without an estimate."""
        estimate, std_error, p_value = (np.full(size, np.nan) for _ in range(3))
        return cls(estimate, std_error, p_value, np.full(size, "failed", dtype=object))


def alike(problems: Sequence[Problem]) -> list[list[int]]:
    """Return the places of problems that one stack can hold.

    They are of the same length: rows that fill up a shorter problem would change the order of its
    sums, and so its last digits with the neighbours that it happens to have.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, problem in enumerate(problems):
        design = problem.design
        shape, levels = design.X.shape, len(design.levels)
        key = (problem.family, shape, levels, design.groups is None)
        groups.setdefault(key, []).append(place)
    return [
        places[first : first + batched.CHUNK]
        for places in groups.values()
        for first in range(0, len(places), batched.CHUNK)
    ]


def fit(
    problems: Sequence[Problem], primary: Mapping[str, Any], start: np.ndarray | None = None
) -> Effects:
    """Fit every problem by maximum likelihood (or Firth's) and read its effect.

    Parameters
    ----------
    problems : sequence of Problem, length S
    primary : mapping
        `term` or `contrasts`, and `sign`: as in a hypothesis of the config.
    start : ndarray, shape (p,), optional
        Parameters near the estimates of problems that have as many.
    """
    size = len(problems)
    found = Effects.unknown(size)
    for places in alike(problems):
        chunk = [problems[place] for place in places]
        fitted = batched.fit(
            chunk[0].family,
            from_near(stack([problem.design for problem in chunk]), start, chunk[0]),
            len(chunk[0].design.levels),
        )
        good = np.flatnonzero(fitted.status == "ok")
        effects = _effects(
            [chunk[place] for place in good], fitted.params[good], fitted.covariance[good], primary
        )
        found.status[places] = fitted.status
        own = np.array(places)[good]
        found.estimate[own], found.std_error[own] = effects
        found.status[own[~np.isfinite(effects[0])]] = "level_missing"
        if FAMILIES[chunk[0].family].penalised:
            blank = _without_wald(chunk)
            found.std_error[np.array(places)[blank]] = np.nan
    return Effects(
        found.estimate,
        found.std_error,
        2 * stats.norm.sf(np.abs(found.estimate / found.std_error)),
        found.status,
    )


def from_near(problems: Stack, start: np.ndarray | None, first: Problem) -> Stack:
    """Return a stack that is climbed from `start`, if its problems have as many parameters."""
    equations = len(first.design.levels) - 1
    k = first.design.X.shape[1]
    size = {"multinomial": k * equations, "ordered": k - 1 + equations}.get(
        FAMILIES[first.family].batched or "", k
    )
    return problems if start is None or len(start) != size else replace(problems, start=start)


def _without_wald(problems: Sequence[Problem]) -> np.ndarray:
    """Return which problems, (S,) bool, have no finite maximum likelihood estimate of the effect.

    Firth's estimate is finite there, but its Wald statistic says nothing (Hauck & Donner 1977), as
    in estimators/firth.py.
    """
    plain = batched.fit("logit", stack([problem.design for problem in problems]))
    found = np.zeros(len(problems), dtype=bool)
    for place in np.flatnonzero(plain.status == "separation").tolist():
        margins = batched.margins("logit", problems[place].design)
        found[place] = runs_off(margins, problems[place].focal[0])
    return found


def _effects(
    problems: Sequence[Problem],
    params: np.ndarray,
    spread: np.ndarray,
    primary: Mapping[str, Any],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the effects of fitted problems and their standard errors, (S,) each; of several
    contrasts the one that supports the claim least, and NaN where a level that one needs does not
    occur.
    """
    every = np.arange(len(problems))
    if "term" in primary:
        # the cut points take the place of the constant
        tested = np.array(
            [each.focal[0] - FAMILIES[each.family].cut_points for each in problems], dtype=int
        )
        return params[every, tested], np.sqrt(spread[every, tested, tested])
    values = np.empty((len(problems), len(primary["contrasts"])))
    slopes = np.empty((*values.shape, params.shape[1]))
    alike: dict[Hashable, list[int]] = {}  # outcomes that were drawn for one design are many
    for place, each in enumerate(problems):
        alike.setdefault((id(each.design.X), each.design.levels), []).append(place)
    for places in alike.values():
        of = problems[places[0]]
        values[places], slopes[places] = contrasts(of, params[places], primary["contrasts"])
    errors = np.sqrt(np.einsum("sti,sij,stj->st", slopes, spread, slopes, optimize=True))
    whole = np.isfinite(values).all(axis=1)
    weakest = np.argmin(primary["sign"] * values / errors, axis=1)
    return (
        np.where(whole, values[every, weakest], np.nan),
        np.where(whole, errors[every, weakest], np.nan),
    )


CHANGES = {
    "more_reserved": {"reserved": 1.0},
    "reserved_not_unreserved": {"reserved": 1.0, "unreserved": -1.0},
    "less_abstaining": {"abstain": -1.0},
}
"""Contrasts as weights of the changes of the levels' probabilities
(coalition.estimators.marginal_effects.CONTRASTS, at high values of the second).
"""


def weights(names: Sequence[str], levels: Sequence[str]) -> np.ndarray:
    """Return contrasts as weights of the levels (T, K); NaN where a level that a contrast needs
    does not occur.
    """
    found = np.zeros((len(names), len(levels)))
    for row, name in zip(found, names, strict=True):
        for level, weight in CHANGES[name].items():
            if level in levels:
                row[list(levels).index(level)] = weight
            else:
                row[:] = np.nan
    return found


@dataclass(frozen=True)
class Corner:
    """Where the first term is raised: from low to high, the second at a high value; first, second :
    their columns.
    """

    low: float
    high: float
    at: float
    first: int
    second: int


def corner(problem: Problem) -> Corner:
    """Return the values between which the first term is raised, from the quantiles in the rows of a
    problem.
    """
    given = problem.asked_corners
    first, second = (problem.design.names.index(given[part]) for part in ("first", "second"))
    X = problem.design.X
    low, high = (_quantile(X[:, first].tobytes(), given[end]) for end in ("low", "high"))
    return Corner(low, high, _quantile(X[:, second].tobytes(), given["high"]), first, second)


@lru_cache(maxsize=256)
def _quantile(column: bytes, share: float) -> float:
    """Return a quantile of numbers; specifications that follow each other share their columns."""
    return float(np.quantile(np.frombuffer(column), share))


def contrasts(
    problem: Problem, params: np.ndarray, names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return contrasts of the corners of a multinomial logit (..., T) and their derivatives in the
    parameters (..., T, p); params : (..., p).
    """
    of = weights(names, problem.design.levels)
    (high, high_slopes), (low, low_slopes) = (_mean_chances(X, params) for X in _ends(problem))
    return (high - low) @ of.T, of @ (high_slopes - low_slopes)


def _ends(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Return the design with the first term high and low, the second at a high value, (n, k)
    each.
    """
    design, at = problem.design, corner(problem)
    high, low = (moved(design, {at.first: value, at.second: at.at}) for value in (at.high, at.low))
    return high, low


def _mean_chances(X: np.ndarray, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return average probabilities (..., K) of a multinomial logit and their derivatives (..., K,
    p).
    """
    n, k = X.shape
    chance = probabilities(params.reshape(*params.shape[:-1], -1, k), X.T)
    K = chance.shape[-2]
    slopes = [
        (chance * ((np.arange(K) == level)[:, None] - chance[..., level, None, :])) @ X / n
        for level in range(1, K)
    ]
    return chance.mean(axis=-1), np.concatenate(slopes, axis=-1)


def restricted(problem: Problem) -> Design:
    """Return the design without the columns under test."""
    kept = [place for place in range(problem.design.X.shape[1]) if place not in problem.focal]
    design = problem.design
    return Design(
        design.y,
        design.X[:, kept],
        tuple(design.names[place] for place in kept),
        design.levels,
        design.groups,
    )
