"""Parametric bootstrap of a test in a world where the null is true and states share a field."""

from __future__ import annotations

import numpy as np

from ...estimators import batched
from ...estimators.batched.stack import Stack
from ...estimators.fit_types import Design
from ...formula.families import FAMILIES
from ..quantities import Quantity
from .worlds import World


def replicates(
    family: str,
    design: Design,
    of: Quantity,
    value: float,
    world: World,
    number: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the clustered t statistics of a quantity in outcomes drawn from a world.

    Parameters
    ----------
    family : str
        One of `batched.FAMILIES`.
    design : Design
        Of the fitted model, with its clusters.
    of : Quantity
    value : float
        The quantity in that world.
    world : World
        With the null imposed (Davidson & MacKinnon 2004, section 4.6).
    number : int
    rng : Generator

    Returns
    -------
    ndarray, shape (number,)
        Each draw is fitted anew; NaN where the fit has no numbers (separation). A draw that lacks
        a level of an ordered outcome is fitted with those that it has: the slopes mean the same.
    """
    y = world.draw(rng, number)
    ordered = FAMILIES[family].cut_points
    codes = [np.unique(row, return_inverse=True)[1] if ordered else row for row in y]
    levels = np.array([len(np.unique(row)) if ordered else _levels(design) for row in codes])
    found = np.full(number, np.nan)
    for K in np.unique(levels[levels > 1]):
        which = np.flatnonzero(levels == K)
        found[which] = _fitted(family, design, of, value, np.array(codes)[which], int(K))
    return found


def _levels(design: Design) -> int:
    return max(len(design.levels), 2)


def _fitted(
    family: str, design: Design, of: Quantity, value: float, y: np.ndarray, levels: int
) -> np.ndarray:
    """Return the t statistics of outcomes (B, n) that have the same number of levels."""
    rows = np.ones(y.shape, dtype=bool)
    groups = None if design.groups is None else np.broadcast_to(design.groups, y.shape)
    with np.errstate(all="ignore"):  # what a draw does not tell is not a number
        fits = batched.fit(family, Stack(y.astype(float), design.X, rows, groups), levels)
        pairs = zip(fits.params, fits.covariance, strict=True)
        return np.array([_statistic(of, value, *pair) for pair in pairs])


def _statistic(of: Quantity, value: float, params: np.ndarray, covariance: np.ndarray) -> float:
    if not np.isfinite(params).all():
        return np.nan
    slope = of.slope(params)
    return float((of.at(params) - value) / np.sqrt(slope @ covariance @ slope))


def critical_value(statistics: np.ndarray, level: float = 0.05) -> float:
    """Return the smallest |t| that a symmetric test rejects at the level; replicates without a
    number count as large.

    Notes
    -----
    With B replicates the test rejects where at most level (B + 1) - 1 of them are as large
    (Davidson & MacKinnon 2004, section 4.6), so that the interval estimate +- critical value times
    standard error excludes zero just where the p-value is at most the level, ties aside.
    """
    sizes = np.sort(np.where(np.isnan(statistics), np.inf, np.abs(statistics)))
    allowed = int(np.floor(level * (len(sizes) + 1) + 1e-9)) - 1
    return float(sizes[len(sizes) - 1 - allowed]) if allowed >= 0 else np.inf
