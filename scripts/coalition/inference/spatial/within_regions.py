"""Permutation of states within their regions: what regions share cannot make the result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...estimators.marginal_effects import jacobian
from ..likelihoods import Likelihood
from ..linear_parts import sums
from ..permutation import cleared, exchanges, indices
from ..quantities import Quantity
from ..replicates import p_symmetric


@dataclass(frozen=True)
class Strata:
    """Regions by operation.

    codes : (n,) stratum of each row; used : (n,) whether its outcome varies there
    told : names of the strata that say something; silent : of those whose outcome does not vary
    """

    codes: np.ndarray
    used: np.ndarray
    told: tuple[str, ...]
    silent: tuple[str, ...]


def strata(region: np.ndarray, within: np.ndarray, y: np.ndarray) -> Strata:
    """Return the strata of rows and which of them have more than one level of the outcome.

    Parameters
    ----------
    region, within : ndarray of str, shape (n,)
        Region, and what a row must keep besides (operation).
    y : ndarray, shape (n,)
        Codes of levels.
    """
    names = np.char.add(np.char.add(region.astype(str), ", "), within.astype(str))
    labels, codes = np.unique(names, return_inverse=True)
    varies = np.array([len(np.unique(y[codes == k])) > 1 for k in range(len(labels))])
    told, silent = (tuple(str(name) for name in labels[rows]) for rows in (varies, ~varies))
    return Strata(codes, varies[codes], told, silent)


def permutation_within(
    family: Likelihood,
    params: np.ndarray,
    of: Quantity,
    y: np.ndarray,
    X: np.ndarray,
    groups: np.ndarray,
    by: Strata,
    permutations: int,
    seed: int,
) -> tuple[float, float]:
    """Return the studentised score of a quantity within strata and its permutation p-value.

    Parameters
    ----------
    family : Likelihood
        Logit, ordered logit or multinomial logit.
    params : ndarray, shape (p,)
        Estimates with the quantity held at the tested value.
    of : Quantity
    y : ndarray, shape (n,)
    X : ndarray, shape (n, k)
    groups : ndarray of int, shape (n,)
        States, 0..G-1.
    by : Strata
    permutations, seed : int

    Notes
    -----
    As `permutation.score_permutation`, but what is permuted, the term without what the other terms
    explain of it, is centred in each stratum as the residuals are, and states change places within
    their region only,
    with all their rows. A field that is the same for a whole region cancels out of the statistic
    and of every permutation; what is tested is the association within regions. Rows of strata
    whose outcome does not vary say nothing and are left out.
    """
    values, residual, curve, nuisance = _pieces(family, params, of, y, X, groups)
    values, residual = _centred(values, by), _centred(residual, by)
    moves = np.tile(np.arange(len(y)), (permutations + 1, 1))
    moves[1:, by.used] = np.flatnonzero(by.used)[
        exchanges(_codes(groups[by.used]), by.codes[by.used], permutations, seed)
    ]
    moved = values[moves].reshape(permutations + 1, -1)
    to_clusters = np.eye(int(groups.max()) + 1)[groups][:, None, :] * residual[:, :, None]
    own = moved @ to_clusters.reshape(moved.shape[1], -1) - (moved @ curve) @ nuisance
    with np.errstate(divide="ignore", invalid="ignore"):
        statistics = own.sum(axis=1) / np.sqrt((own**2).sum(axis=1))
    p_value = p_symmetric(statistics[0], statistics[1:], exhaustive=False)
    return float(statistics[0]), p_value


def _centred(values: np.ndarray, by: Strata) -> np.ndarray:
    """Return values (n, E) minus the means of their strata; 0 in strata that say nothing."""
    means = sums(values, by.codes) / np.bincount(by.codes)[:, None]
    return np.where(by.used[:, None], values - means[by.codes], 0)


def _codes(groups: np.ndarray) -> np.ndarray:
    return np.unique(groups, return_inverse=True)[1]


def _pieces(
    family: Likelihood,
    params: np.ndarray,
    of: Quantity,
    y: np.ndarray,
    X: np.ndarray,
    groups: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return what is permuted (n, E), scores in the E indices (n, E), their information with the
    parameters (n E, p) and the clusters' pull on the nuisance parameters (p, G).
    """
    scores, information = family.scores(params, y, X), -family.hessian(params, y, X)
    index = family.index
    if index is None or of.position is None:
        inverse = np.linalg.inv(information)
        slope = of.slope(params)
        toward = inverse @ slope
        values = X @ toward.reshape(-1, X.shape[1]).T
        residual, curve = indices(params, y, X)
        nuisance = (inverse - np.outer(toward, toward) / (slope @ toward)) @ sums(scores, groups).T
        return values, residual, curve, nuisance
    column = of.position + family.first
    others = np.flatnonzero(np.arange(len(params)) != of.position)
    curve = -jacobian(lambda at: index(at, y, X, 0.0), params)[:, others]
    weight = -jacobian(lambda shift: index(params, y, X, shift[0]), np.zeros(1))[:, 0]
    nuisance = np.linalg.solve(
        information[np.ix_(others, others)], sums(scores[:, others], groups).T
    )
    values = cleared(X[:, column], np.delete(X, column, axis=1), weight)[:, None]
    return values, index(params, y, X, 0.0)[:, None], curve, nuisance
