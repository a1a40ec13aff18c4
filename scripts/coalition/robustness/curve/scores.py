"""A model without the effect under test, and what its rows say of that effect: scores and their
curvature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, softmax

from ...estimators.batched.batched_ordered import Ends
from ...estimators.batched.stack import stack
from ...estimators.firth import modified_scores
from ...estimators.marginal_effects import moved
from ...formula.families import FAMILIES
from .curve_effects import corner, restricted, weights
from .curve_problems import Problem


@dataclass(frozen=True)
class Scores:
    """Derivatives of the log likelihood at the estimates of the restricted model, row by row.

    The effect under test has M parameters, whose rows are u a: a the measure under test, u what
    stands here; the restricted model has q parameters.

    score : (n, M); curvature : (n, M, M), times a squared; cross : (n, M, q), times a; nuisance :
        (n, q) scores of the restricted model; information : (q, q) of the restricted model; targets
        : (T, M), the effects as weights of the parameters.
    """

    score: np.ndarray
    curvature: np.ndarray
    cross: np.ndarray
    nuisance: np.ndarray
    information: np.ndarray
    targets: np.ndarray


def scores(problem: Problem, params: np.ndarray, contrasts: tuple[str, ...]) -> Scores:
    """Return the scores of one specification.

    Parameters
    ----------
    problem : Problem
    params : ndarray, shape (q,)
        Estimates of the restricted model, in the order of its family.
    contrasts : tuple of str
        The contrasts under test; empty where it is a coefficient.
    """
    if FAMILIES[problem.family].batched == "multinomial":
        return _multinomial(problem, params, contrasts)
    return (
        _ordered(problem, params)
        if FAMILIES[problem.family].cut_points
        else _binary(problem, params)
    )


def _binary(problem: Problem, params: np.ndarray) -> Scores:
    """For Firth the scores are the modified ones of the restricted model, and the curvature is the
    expected information.
    """
    design = restricted(problem)
    one = expit(design.X @ params)
    weight = one * (1 - one)
    # the first column of the design is the constant
    residual = (
        modified_scores(params, design.y, design.X)[0][:, 0]
        if FAMILIES[problem.family].penalised
        else design.y - one
    )
    return Scores(
        score=residual[:, None],
        curvature=weight[:, None, None],
        cross=(weight[:, None] * design.X)[:, None, :],
        nuisance=residual[:, None] * design.X,
        information=(weight[:, None] * design.X).T @ design.X,
        targets=np.ones((1, 1)),
    )


def _ordered(problem: Problem, params: np.ndarray) -> Scores:
    """The measure under test enters as one more slope, whose index falls by one where it rises by
    one.
    """
    design = restricted(problem)
    ends = Ends(stack([design]), len(design.levels))
    upper, lower, chance = (part[0] for part in ends.probabilities(params[None], slice(None)))
    nuisance = ends.scores(params[None], slice(None))[0]
    inside = [end * (1 - end) / chance for end in (upper, lower)]
    curve = [part * (1 - 2 * end) for part, end in zip(inside, (upper, lower), strict=True)]
    score = inside[1] - inside[0]
    cross = (
        curve[0][:, None] * ends.upper[0]
        - curve[1][:, None] * ends.lower[0]
        + score[:, None] * nuisance
    )
    return Scores(
        score=score[:, None],
        curvature=(score**2 - curve[0] + curve[1])[:, None, None],
        cross=cross[:, None, :],
        nuisance=nuisance,
        information=ends.slopes(params[None], slice(None))[1][0],
        targets=np.ones((1, 1)),
    )


def _multinomial(problem: Problem, params: np.ndarray, contrasts: tuple[str, ...]) -> Scores:
    """The measure enters every equation, alone and (where the model has it) times the second
    term.
    """
    design, at = restricted(problem), corner(problem)
    n, q = len(design.y), len(params)
    equations = len(design.levels) - 1
    second = problem.design.X[:, at.second]
    shapes = np.stack([np.ones(n), second][: len(problem.focal)], axis=1)
    chance = softmax(
        np.column_stack([np.zeros(n), design.X @ params.reshape(equations, -1).T]), axis=1
    )[:, 1:]
    residual = (design.y[:, None] == np.arange(1, equations + 1)) - chance
    weight = chance[:, :, None] * (np.eye(equations) - chance[:, None, :])
    cross = np.einsum("njl,nf,nz->njflz", weight, shapes, design.X)
    X = np.repeat(design.X[None], equations, axis=0)
    return Scores(
        score=np.einsum("nj,nf->njf", residual, shapes).reshape(n, -1),
        curvature=np.einsum("njl,nf,ng->njflg", weight, shapes, shapes).reshape(
            n, equations * shapes.shape[1], -1
        ),
        cross=cross.reshape(n, -1, q),
        nuisance=np.einsum("nj,nz->njz", residual, design.X).reshape(n, -1),
        information=np.einsum("njl,jnz,lny->jzly", weight, X, X, optimize=True).reshape(q, q),
        targets=_targets(problem, params, contrasts),
    )


def _targets(problem: Problem, params: np.ndarray, contrasts: tuple[str, ...]) -> np.ndarray:
    """Return the contrasts as weights of the parameters: their derivatives where the measure has no
    effect.

    The range of the measure is that of the data, for permuted values too: a change of scale, the
    same for all.
    """
    design, at = problem.design, corner(problem)
    X = np.delete(moved(design, {at.second: at.at}), problem.focal, axis=1)
    chance = softmax(
        np.column_stack([np.zeros(len(X)), X @ params.reshape(-1, X.shape[1]).T]), axis=1
    )
    K = chance.shape[1]
    shapes = np.array([1.0, at.at])[: len(problem.focal)] * (at.high - at.low)
    change = (chance[:, :, None] * (np.eye(K) - chance[:, None, :])).mean(axis=0)[:, 1:]
    return weights(contrasts, design.levels) @ np.einsum("kj,f->kjf", change, shapes).reshape(K, -1)
