"""Permutation tests within operations: states change places, all rows of a state together."""

from __future__ import annotations

import numpy as np

from ..estimators import multinomial
from ..estimators.marginal_effects import jacobian
from .likelihoods import Likelihood
from .linear_parts import parts, sums
from .replicates import LinearReplicates, p_symmetric


def exchanges(groups: np.ndarray, within: np.ndarray, permutations: int, seed: int) -> np.ndarray:
    """Return permutations of rows in which clusters of the same pattern change places.

    Parameters
    ----------
    groups : ndarray of int, shape (n,)
        Clusters (states).
    within : ndarray, shape (n,)
        What a row must keep (operation). States that have rows in the same operations, and the same
        number of them, are exchangeable: a state that is in both operations takes the place of
        another that is in both, with both its rows.
    permutations, seed : int

    Returns
    -------
    ndarray of int, shape (permutations, n)
        Row i takes the value of row [b, i] (whole-block exchange; Winkler et al. 2015).
    """
    rng = np.random.default_rng(seed)
    labels, clusters = (np.unique(part, return_inverse=True)[1] for part in (within, groups))
    patterns: dict[tuple[int, ...], list[np.ndarray]] = {}
    for cluster in range(int(clusters.max()) + 1):
        rows = np.flatnonzero(clusters == cluster)
        rows = rows[np.argsort(labels[rows], kind="stable")]
        patterns.setdefault(tuple(labels[rows]), []).append(rows)
    found = np.empty((permutations, len(groups)), dtype=np.int32)
    for pattern in sorted(patterns):
        rows = np.array(patterns[pattern])
        order = rng.permuted(np.tile(np.arange(len(rows)), (permutations, 1)), axis=1)
        found[:, rows.ravel()] = rows[order].reshape(permutations, -1)
    return found


def freedman_lane(
    y: np.ndarray, X: np.ndarray, column: int, groups: np.ndarray, moves: np.ndarray
) -> LinearReplicates:
    """Return the t statistic of a coefficient of a linear model and its permutation replicates.

    Parameters
    ----------
    y : ndarray, shape (n,)
    X : ndarray, shape (n, p)
    column : int
    groups : ndarray, shape (n,)
        Clusters of the standard errors.
    moves : ndarray of int, shape (B, n)
        As `exchanges` returns them.

    Returns
    -------
    LinearReplicates
        Residuals of the model under the null are permuted and the whole model is fitted to them
        (Freedman & Lane 1983). The statistic is studentised by clustered standard errors, so that
        the test is right in large samples though errors differ in spread (DiCiccio & Romano 2017),
        and exact where the null model's errors are exchangeable and known.
    """
    of = parts(y, X, column, groups)
    numerators, scores = [], []
    to_clusters = np.eye(len(of.loading))[of.codes] * of.influence[:, None]
    for residual in (of.residuals, of.partial):
        moved = residual[moves]
        shift = (moved @ X) @ of.bread
        numerators.append(moved @ of.influence)
        scores.append(moved @ to_clusters - shift @ of.loading.T)
    return of.replicates(numerators, scores, exhaustive=False)


def score_permutation(
    family: Likelihood,
    params: np.ndarray,
    column: int,
    y: np.ndarray,
    X: np.ndarray,
    groups: np.ndarray,
    moves: np.ndarray,
) -> tuple[float, float]:
    """Return the studentised efficient score of a term and its permutation p-value.

    Parameters
    ----------
    family : Likelihood
        One with a single index.
    params : ndarray, shape (p,)
        Estimates with the term's coefficient held at zero.
    column : int
        Of the term in X.
    groups : ndarray of int, shape (n,)
        Codes 0..G-1.
    moves : ndarray of int, shape (B, n)
        As `exchanges` returns them.

    Notes
    -----
    What is permuted is the term without what the other terms explain of it (weighted by the
    information); every permuted column is cleared of them again, so that a permutation costs a
    matrix product and no fit. Studentised by the sum of squares over clusters (Chung & Romano 2013;
    DiCiccio & Romano 2017): the size is right in large samples where rows differ in variance, as
    those of a logit do. Not exact in small ones.
    """
    position = column - family.first
    others = np.flatnonzero(np.arange(len(params)) != position)
    index = family.index
    if index is None:
        raise ValueError("a family with several indices is permuted along a direction")
    score = index(params, y, X, 0.0)
    curve = -jacobian(lambda at: index(at, y, X, 0.0), params)[:, others]
    weight = -jacobian(lambda shift: index(params, y, X, shift[0]), np.zeros(1))[:, 0]
    nuisance = np.linalg.solve(
        -family.hessian(params, y, X)[np.ix_(others, others)],
        sums(family.scores(params, y, X)[:, others], groups).T,
    )
    term = cleared(X[:, column], np.delete(X, column, axis=1), weight)
    values = np.vstack([term, term[moves]])
    own = (
        values @ (np.eye(int(groups.max()) + 1)[groups] * score[:, None])
        - (values @ curve) @ nuisance
    )
    statistics = values @ score / np.sqrt((own**2).sum(axis=1))
    return float(statistics[0]), p_symmetric(statistics[0], statistics[1:], exhaustive=False)


def direction_permutation(
    params: np.ndarray,
    slope: np.ndarray,
    y: np.ndarray,
    X: np.ndarray,
    groups: np.ndarray,
    moves: np.ndarray,
) -> tuple[float, float]:
    """Return the studentised efficient score of a quantity of a multinomial logit and its
    permutation p-value.

    Parameters
    ----------
    params, slope, y, X, groups, moves
        As of `direction_statistics`.
    """
    statistics = direction_statistics(params, slope, y, X, groups, moves)
    return float(statistics[0]), p_symmetric(statistics[0], statistics[1:], exhaustive=False)


def direction_statistics(
    params: np.ndarray,
    slope: np.ndarray,
    y: np.ndarray,
    X: np.ndarray,
    groups: np.ndarray,
    moves: np.ndarray,
) -> np.ndarray:
    """Return the studentised efficient score of a quantity of a multinomial logit, and under every
    permutation, shape (1 + B,).

    Parameters
    ----------
    params : ndarray, shape (p,)
        Estimates with the quantity held at zero; p = (K - 1) k, equation by equation.
    slope : ndarray, shape (p,)
        The quantity's derivatives there.
    y : ndarray, shape (n,)
    X : ndarray, shape (n, k)
    groups : ndarray of int, shape (n,)
        Codes 0..G-1.
    moves : ndarray of int, shape (B, n)
        As `exchanges` returns them.

    Notes
    -----
    `score_permutation` with K - 1 indices. The term is here the direction I^-1 slope, in which the
    quantity moves at the least cost in likelihood: K - 1 numbers a row, clear, by the information
    I, of the p - 1 nuisance directions orthogonal to the slope. States exchange these rows;
    permuted ones are cleared again, by N (N'IN)^-1 N' = I^-1 - I^-1 slope slope' I^-1 / (slope'
    I^-1 slope), N any basis of the nuisance directions. The null is that the quantity is zero:
    whatever else the terms do stays in `params`.
    """
    inverse = np.linalg.inv(-multinomial.hessian(params, X))
    toward = inverse @ slope
    direction = X @ toward.reshape(-1, X.shape[1]).T
    values = np.concatenate([direction[None], direction[moves]]).reshape(len(moves) + 1, -1)
    residual, curve = indices(params, y, X)
    nuisance = (inverse - np.outer(toward, toward) / (slope @ toward)) @ sums(
        multinomial.scores(params, y, X), groups
    ).T
    to_clusters = np.eye(int(groups.max()) + 1)[groups][:, None, :] * residual[:, :, None]
    own = values @ to_clusters.reshape(values.shape[1], -1) - (values @ curve) @ nuisance
    return own.sum(axis=1) / np.sqrt((own**2).sum(axis=1))


def indices(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's scores in its K - 1 indices (n, K - 1), and their information with the
    parameters (n (K - 1), p).
    """
    chance = multinomial.probabilities(params, X)[:, 1:]
    equations = chance.shape[1]
    weight = chance[:, :, None] * (np.eye(equations) - chance[:, None, :])
    curve = weight[:, :, :, None] * X[:, None, None, :]
    return (y[:, None] == np.arange(1, equations + 1)) - chance, curve.reshape(chance.size, -1)


def cleared(term: np.ndarray, others: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return what is left of a term after weighted least squares on the other columns."""
    weighted = others * weight[:, None]
    return term - others @ np.linalg.solve(others.T @ weighted, weighted.T @ term)
