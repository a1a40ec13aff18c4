"""Moran's I: whether the residuals of neighbours are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEIGHBOURS = 5
"""Nearest capitals that count as neighbours."""


@dataclass(frozen=True)
class MoranTest:
    """Moran's I of n values, what is expected of it without dependence, and its p-value.

    p_value : share of permutations with an I at least as large, the sample itself among them
    """

    value: float
    expected: float
    p_value: float
    n: int


def nearest_neighbours(distance: np.ndarray, within: np.ndarray, k: int = NEIGHBOURS) -> np.ndarray:
    """Return row-standardised weights of each row's k nearest neighbours.

    Parameters
    ----------
    distance : ndarray, shape (n, n)
        Km between rows.
    within : ndarray, shape (n,)
        Rows are neighbours only of rows with the same label (operation).
    k : int

    Returns
    -------
    ndarray, shape (n, n)
        1/k for a neighbour, else 0; a row with fewer than k others of its label shares 1 among
        them, a row alone has no neighbour. Of rows equally far those that come first are taken.
    """
    apart = np.where(within[:, None] == within[None, :], distance, np.inf)
    np.fill_diagonal(apart, np.inf)
    order = np.argsort(apart, axis=1, kind="stable")[:, :k]
    chosen = np.isfinite(np.take_along_axis(apart, order, axis=1))
    weights = np.zeros_like(distance, dtype=float)
    share = chosen / np.maximum(chosen.sum(axis=1, keepdims=True), 1)
    np.put_along_axis(weights, order, share, axis=1)
    return weights


def morans_i(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return Moran's I of values, over their last axis.

    Parameters
    ----------
    values : ndarray, shape (..., n)
    weights : ndarray, shape (n, n)

    Notes
    -----
    I = n / S0 * z'Wz / z'z, z the values minus their mean, S0 the sum of the weights (Moran 1950;
    Cliff & Ord 1981, eq. 1.44).
    """
    z = values - values.mean(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = ((z @ weights.T) * z).sum(axis=-1) / (z**2).sum(axis=-1)
    return z.shape[-1] / weights.sum() * shares


def moran_test(
    values: np.ndarray, weights: np.ndarray, within: np.ndarray, permutations: int, seed: int
) -> MoranTest | None:
    """Test whether neighbours are alike by permuting values within labels.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Residuals; they are centred within labels, so that only likeness within one counts.
    weights : ndarray, shape (n, n)
        As `nearest_neighbours` returns them.
    within : ndarray, shape (n,)
    permutations, seed : int

    Returns
    -------
    MoranTest or None
        One-sided, against neighbours that are alike (as `moran.mc` of R's spdep has it; the p-value
        counts the sample itself, Phipson & Smyth 2010). None where there are no neighbours, or
        the values do not vary.
    """
    codes = np.unique(within, return_inverse=True)[1]
    centred = values - (np.bincount(codes, values) / np.bincount(codes))[codes]
    if weights.sum() == 0 or np.ptp(centred) <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return None
    rng, drawn = np.random.default_rng(seed), np.tile(centred, (permutations, 1))
    for label in range(int(codes.max()) + 1):
        rows = np.flatnonzero(codes == label)
        drawn[:, rows] = rng.permuted(drawn[:, rows], axis=1)
    own, replicates = float(morans_i(centred, weights)), morans_i(drawn, weights)
    as_large = int((replicates >= own - 1e-12).sum())
    p_value = (as_large + 1) / (permutations + 1)
    return MoranTest(own, float(replicates.mean()), p_value, len(values))
