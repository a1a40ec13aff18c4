"""One-step estimates of every specification under every permutation, and the joint test that they
give.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from ...base import distributions as stats
from ...base.number_formats import finite
from ...estimators.batched.batched_newton import solve
from .curve_problems import Problem
from .scores import Scores


@dataclass(frozen=True)
class OneStep:
    """One-step estimates (P,) of one specification, and their z statistics (P,); NaN where the
    information is singular.
    """

    estimate: np.ndarray
    z: np.ndarray


def measure(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Return the measure under test as what the other terms explain of it and what they do not,
    (n,) each.
    """
    X = problem.design.X
    values = X[:, problem.focal[0]]
    others = np.delete(X, problem.focal, axis=1)
    fitted = others @ np.linalg.lstsq(others, values, rcond=None)[0]
    return fitted, values - fitted


def one_step(problem: Problem, of: Scores, orders: np.ndarray, sign: int) -> OneStep:
    """Estimate the effect of one specification by one Newton step from no effect, for every
    permutation of the measure.

    Parameters
    ----------
    problem : Problem
    of : Scores
        At the restricted model's estimates, which no permutation changes.
    orders : ndarray of int, shape (n, P)
        From which row each row takes what the other terms do not explain of the measure.
    sign : {-1, 1}
        The predicted one.

    Returns
    -------
    OneStep
        Of several contrasts the one that supports the hypothesis least.

    Notes
    -----
    theta = I^-1 U, with U the score of the effect and I its information, both given the restricted
    model's parameters (efficient score: Rao 1948; Le Cam's one-step estimate). z has the score's
    clustered covariance, in the convention of coalition.estimators.sandwich.
    """
    fitted, rest = measure(problem)
    a = fitted[:, None] + rest.take(orders)
    return step(prepared(problem, of), a, a * a, sign)


@dataclass(frozen=True)
class Prepared:
    """One specification, ready to be permuted: what multiplies the permuted measure a (n, P).

    linear : (n, M + M q), the scores, then their cross derivatives with the restricted model's
        parameters; quadratic : (n, M M), the curvature; sums : for each equation of the effect a
        sparse matrix (G, n) that sums the scores over clusters; nuisance : the restricted model's
        scores, summed, (G, q); inverse : of its information, (q, q); correction : of the
        covariance, for few clusters and rows; targets : (T, M), the effects as weights of the
        parameters.
    """

    linear: np.ndarray
    quadratic: np.ndarray
    sums: tuple[csr_array, ...]
    nuisance: np.ndarray
    inverse: np.ndarray
    correction: float
    targets: np.ndarray


def prepared(problem: Problem, of: Scores) -> Prepared:
    """Return what every permutation of one specification is computed from."""
    n, M, q = of.cross.shape
    groups = problem.design.groups
    codes = np.arange(n) if groups is None else groups
    G = int(codes.max()) + 1
    rows = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[rows], np.arange(G + 1))
    # Sparse, since summing so takes a tenth of the time of np.add.reduceat along rows.
    score = tuple(csr_array((of.score[rows, m], rows, ends), shape=(G, n)) for m in range(M))
    members = csr_array((np.ones(n), rows, ends), shape=(G, n))
    # one cluster, or as many rows as parameters, have no such covariance
    enough = G > 1 and n > q + M
    return Prepared(
        linear=np.concatenate([of.score, of.cross.reshape(n, M * q)], axis=1),
        quadratic=of.curvature.reshape(n, M * M),
        sums=score,
        nuisance=members @ of.nuisance,
        inverse=_inverse(of.information[None])[0],
        correction=G / (G - 1) * (n - 1) / (n - q - M) if enough else np.nan,
        targets=of.targets,
    )


def step(of: Prepared, a: np.ndarray, squares: np.ndarray, sign: int) -> OneStep:
    """Return the one-step estimates of a permuted measure a (n, P); squares : a a.

    Notes
    -----
    A cluster's influence on the parameters is I^-1 times what is left of its score when the
    restricted model is fitted. The covariance of that rest is summed once for all effects, whose
    variances are quadratic forms of it.
    """
    M, q = of.targets.shape[1], len(of.inverse)
    P = a.shape[1]
    products = a.T @ of.linear
    gradient, cross = products[:, :M], products[:, M:].reshape(P, M, q)
    projection = (cross.reshape(P * M, q) @ of.inverse).reshape(P, M, q)
    information = (squares.T @ of.quadratic).reshape(P, M, M) - projection @ cross.transpose(
        0, 2, 1
    )
    directions = _inverse(information) @ of.targets.T
    estimates = (directions.transpose(0, 2, 1) @ gradient[:, :, None])[:, :, 0]
    rests = [sums @ a for sums in of.sums]
    for rest, part in zip(rests, np.ascontiguousarray(projection.transpose(1, 2, 0)), strict=True):
        rest -= of.nuisance @ part
    spread = np.empty((P, M, M))
    for m, rest in enumerate(rests):
        for other in range(m + 1):
            spread[:, m, other] = spread[:, other, m] = np.einsum("gp,gp->p", rest, rests[other])
    variances = ((spread @ directions) * directions).sum(axis=1)
    z = estimates / np.sqrt(of.correction * variances)
    if len(of.targets) == 1:
        return OneStep(estimates[:, 0], z[:, 0])
    every, weakest = np.arange(P), np.argmin(sign * z, axis=1)
    return OneStep(estimates[every, weakest], z[every, weakest])


def _inverse(matrices: np.ndarray) -> np.ndarray:
    """Invert a stack (P, M, M); NaN where a matrix is singular, which must not end the others."""
    if matrices.shape[1] > 2:
        return solve(matrices, np.broadcast_to(np.eye(matrices.shape[1]), matrices.shape))
    adjugate, determinant = np.ones_like(matrices), matrices[:, 0, 0]
    if matrices.shape[1] == 2:
        adjugate = matrices[:, ::-1, ::-1].transpose(0, 2, 1) * np.array([[1.0, -1.0], [-1.0, 1.0]])
        determinant = determinant * matrices[:, 1, 1] - matrices[:, 0, 1] * matrices[:, 1, 0]
    divisor = determinant[:, None, None]
    return np.divide(adjugate, divisor, out=np.full_like(matrices, np.nan), where=divisor != 0)


@dataclass(frozen=True)
class JointTest:
    """Three statistics of a whole curve and their permutation p-values, in the predicted direction.

    observed : of the one-step estimates; p_value; expected : mean over the permutations. None where
        no specification has such estimates, and an observed or expected one also where too many of
        them are lacking.
    """

    statistics: tuple[str, ...]
    observed: tuple[float | None, ...]
    p_value: tuple[float | None, ...]
    expected: tuple[float | None, ...]
    specifications: int
    permutations: int


STATISTICS = ("median_effect", "share_of_predicted_sign", "share_significant")


def curve_statistics(estimates: np.ndarray, z: np.ndarray, sign: int, alpha: float) -> np.ndarray:
    """Return the three statistics of Simonsohn, Simmons & Nelson (2020) for every permutation,
    shape (3, P).

    Parameters
    ----------
    estimates, z : ndarray, shape (S, P)
    sign : {-1, 1}
        The predicted one; the median is that of the effects times the sign.
    alpha : float
        Of a two-sided test; significant is what is so in the predicted direction.
    """
    bound = stats.norm.ppf(1 - alpha / 2)
    return np.stack(
        [
            np.median(sign * estimates, axis=0),
            (sign * estimates > 0).mean(axis=0),
            (sign * z > bound).mean(axis=0),
        ]
    )


def joint_test(estimates: np.ndarray, z: np.ndarray, sign: int, alpha: float) -> JointTest:
    """Test all specifications at once.

    Parameters
    ----------
    estimates, z : ndarray, shape (S, 1 + permutations)
        The first column is the data as they are.
    """
    parts = [
        known_statistics(estimates[:, part], z[:, part], sign, alpha, permuted)
        for part, permuted in ((slice(0, 1), False), (slice(1, None), True))
    ]
    return tested(np.concatenate(parts, axis=1), len(estimates))


def known_statistics(
    estimates: np.ndarray, z: np.ndarray, sign: int, alpha: float, permuted: bool
) -> np.ndarray:
    """Return the three statistics of the data, or of permutations, shape (3, P); see
    `curve_statistics`.

    Notes
    -----
    An estimate that is not known counts as the one furthest against the hypothesis in the data, and
    furthest for it in a permutation: no p-value can be smaller than it would be if all were known.
    """
    if not len(estimates):
        return np.full((len(STATISTICS), estimates.shape[1]), np.nan)
    worst = sign * (np.inf if permuted else -np.inf)
    return curve_statistics(
        np.where(np.isnan(estimates), worst, estimates),
        np.where(np.isnan(z), worst, z),
        sign,
        alpha,
    )


def tested(found: np.ndarray, specifications: int) -> JointTest:
    """Return the joint test of the statistics (3, 1 + permutations) of a curve, those of the data
    first.

    Notes
    -----
    A p-value is the share of the data and the permutations that are at least as far in the
    predicted direction (Phipson & Smyth 2010: the data count among them, so that it is never zero).
    """
    permutations = found.shape[1] - 1
    if not specifications:
        nothing = (None,) * len(STATISTICS)
        return JointTest(STATISTICS, nothing, nothing, nothing, 0, permutations)
    observed = found[:, :1]
    # sums taken in another order differ in the last digit
    near = np.where(np.isfinite(observed), 1e-12 * np.abs(observed), 0.0)
    return JointTest(
        statistics=STATISTICS,
        observed=tuple(map(finite, observed[:, 0])),
        p_value=tuple(map(finite, (found >= observed - near).mean(axis=1))),
        expected=tuple(map(finite, found[:, 1:].mean(axis=1))),
        specifications=specifications,
        permutations=permutations,
    )
