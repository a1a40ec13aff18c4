"""Bias-reduced multinomial logit: Firth's penalty for several levels, finite under separation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..base.distributions import ChiSquared
from . import multinomial
from .adjusted_scores import Adjusted, Expand, Expansion, adjusted_scores, without_wald
from .fit_types import Design, Fit, FitWarning
from .newton import climb
from .sandwich import covariance
from .separation import check_rank, few_events, rarest, separated
from .wald import about, categorical_null, likelihood_fit, wald

probabilities, derivatives = multinomial.probabilities, multinomial.derivatives


def expansion(X: np.ndarray) -> Expand:
    """Return the expansion of a multinomial logit as a function of its coefficients."""

    def expand(params: np.ndarray) -> Expansion:
        probabilities = multinomial.probabilities(params, X)
        K = probabilities.shape[1]
        moves = (
            np.eye(K)[None, :, 1:] - probabilities[:, None, 1:]
        )  # of the log probabilities with the indices
        own = np.einsum("njk,nc->njkc", moves, X).reshape(len(X), K, -1)

        def curves(matrix: np.ndarray) -> np.ndarray:
            square = np.einsum("njp,pq,njq->nj", own, matrix, own)
            return probabilities * (square - (probabilities * square).sum(axis=1, keepdims=True))

        return Expansion(probabilities, probabilities[:, :, None] * own, curves)

    return expand


def penalised_likelihood(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> float:
    """Return the log likelihood plus half the log determinant of the information.

    The link is canonical, so that Firth's adjusted scores are the gradient of this (Firth 1993,
    section 3.1), as in R's brmultinom (Kosmidis & Firth 2011).
    """
    chance = multinomial.probabilities(params, X)[np.arange(len(y)), y.astype(int)]
    with np.errstate(divide="ignore"):
        sign, determinant = np.linalg.slogdet(-multinomial.hessian(params, X))
    if not (sign > 0 and chance.min() > 0):
        return -np.inf
    return float(np.log(chance).sum() + 0.5 * determinant)


def maximise(
    y: np.ndarray, X: np.ndarray, K: int, free: np.ndarray | None = None
) -> tuple[np.ndarray, float, int]:
    """Climb the penalised likelihood from zero.

    Parameters
    ----------
    free : ndarray of int, optional
        Positions of the coefficients that move; the others stay zero and in the penalty.
    """
    expand = expansion(X)

    def slopes(params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found: Adjusted = adjusted_scores(y, expand(params))
        return found.scores.sum(axis=0), found.information

    start = np.zeros((K - 1) * X.shape[1])
    return climb(start, lambda params: penalised_likelihood(params, y, X), slopes, free)


@dataclass(frozen=True)
class RatioTest:
    """A penalised likelihood ratio with its degrees of freedom and p-value."""

    statistic: float
    df: int
    p_value: float


def ratio_test(design: Design, columns: Sequence[int]) -> RatioTest:
    """Test that terms have no effect in any equation, by the penalised likelihood ratio.

    Parameters
    ----------
    design : Design
    columns : sequence of int
        Columns of the design whose coefficients are zero in every equation; they stay in the
        penalty. Defined under separation too; rows count as independent.
    """
    k, K = design.X.shape[1], len(design.levels)
    held = [equation * k + column for equation in range(K - 1) for column in columns]
    free = np.setdiff1d(np.arange((K - 1) * k), held)
    top = maximise(design.y, design.X, K)[1]
    ratio = max(0.0, 2 * (top - maximise(design.y, design.X, K, free)[1]))
    return RatioTest(ratio, len(held), float(ChiSquared(len(held)).sf(ratio)))


def _few_rows(design: Design, K: int) -> tuple[FitWarning, ...]:
    """Return the caution of few rows of a level, and what it does to clustered errors
    (docs/recovery.md).
    """
    few = few_events(rarest(design.y), (len(design.names) - 1) * (K - 1))
    if not few or design.groups is None:
        return few
    message = "clustered standard errors of a level that so few rows have are too small"
    return (*few, FitWarning("few_events", message))


def fit(design: Design, level: float) -> Fit:
    """Fit a bias-reduced multinomial logit against the first level.

    Standard errors are from the inverse information at the estimate, as in R's brmultinom; with
    clusters the sandwich of the adjusted scores. Tests are Wald's.
    """
    y, X, K = design.y, design.X, len(design.levels)
    levels = [label for label in design.levels[1:] for _ in design.names]
    terms = list(design.names) * (K - 1)
    names = [f"{label}:{term}" for label, term in zip(levels, terms, strict=True)]
    check_rank(design, len(names))
    params, top, steps = maximise(y, X, K)
    found = adjusted_scores(y, expansion(X)(params))
    chance = multinomial.probabilities(params, X)[np.arange(len(y)), y.astype(int)]
    likelihood = float(np.log(chance).sum())
    statistics = likelihood_fit(likelihood, categorical_null(y), len(params), len(y))
    result = wald(
        names=names,
        params=params,
        covariance=covariance(design, np.linalg.inv(found.information), found.scores),
        level=level,
        n=len(y),
        about=about(design),
        fit=statistics | {"penalised_log_likelihood": top},
        convergence={"converged": True, "iterations": steps, "method": "newton"},
        terms=terms,
        levels=list(levels),
        warnings=_few_rows(design, K),
    )
    infinite = separated(multinomial.margins(y, X, K), names)
    return without_wald(result, infinite, "the penalised likelihood ratio")
