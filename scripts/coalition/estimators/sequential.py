"""Sequential logit: one binary logit a decision, each among the rows that got so far (continuation
ratios, Tutz 1991; Buis 2011).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.linalg import block_diag
from scipy.special import expit

from . import logit
from .fit_types import Design, EstimationFailure, Fit, FitWarning
from .separation import check_rank, few_events, rarest, refuse_separation, separated
from .wald import about, categorical_null, likelihood_covariance, likelihood_fit, wald


def stages(levels: tuple[str, ...]) -> list[str]:
    """Return the decisions: of a, b, c they are "b or c, not a", then "c, not b"."""
    return [
        f"{' or '.join(levels[stage:])}, not {levels[stage - 1]}" for stage in range(1, len(levels))
    ]


def _onward(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the chance to go on at each decision, of those who face it, shape (n, K - 1)."""
    return expit(X @ params.reshape(-1, X.shape[1]).T)


def probabilities(params: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the probability of each level, shape (n, K): going on until its decision, and stopping
    there.
    """
    onward = _onward(params, X)
    reached = np.column_stack([np.ones(len(X)), onward.cumprod(axis=1)])
    return reached * np.column_stack([1 - onward, np.ones(len(X))])


def derivatives(params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
    """Return the derivatives of the probabilities where the design moves along dX, shape (n, K)
    (Buis 2011).
    """
    onward, slopes = _onward(params, X), dX @ params.reshape(-1, X.shape[1]).T
    none = np.zeros(len(X))
    # of the logarithms
    of_reaching = np.column_stack([none, ((1 - onward) * slopes).cumsum(axis=1)])
    of_stopping = np.column_stack([-onward * slopes, none])
    return probabilities(params, X) * (of_reaching + of_stopping)


def scores(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return each row's score, shape (n, (K - 1) k), decision by decision; zero where a row does
    not face it.
    """
    onward = _onward(params, X)
    decision = np.arange(onward.shape[1])[None, :]
    facing, went_on = y[:, None] >= decision, y[:, None] > decision
    return ((facing * (went_on - onward))[:, :, None] * X[:, None, :]).reshape(len(y), -1)


def hessian(params: np.ndarray, y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the Hessian of the log likelihood: one block a decision, shape ((K - 1) k, (K - 1)
    k).
    """
    onward = _onward(params, X)
    weights = (y[:, None] >= np.arange(onward.shape[1])[None, :]) * onward * (1 - onward)
    return -block_diag(*((X * weight[:, None]).T @ X for weight in weights.T))


def _decide(
    design: Design, stage: int, name: str
) -> tuple[np.ndarray, float, int, tuple[FitWarning, ...]]:
    """Fit one decision among the rows that face it.

    Raises
    ------
    EstimationFailure
        As a logit does, with the decision named.
    """
    facing = design.y >= stage
    there = replace(
        design, y=(design.y[facing] > stage).astype(float), X=design.X[facing], levels=()
    )
    try:
        check_rank(there)
        refuse_separation(separated(logit.margins(there.y, there.X), list(there.names)), "logit")
    except EstimationFailure as failure:
        raise EstimationFailure(failure.kind, f"{failure.message} (decision: {name})") from failure
    found = few_events(rarest(there.y), len(there.names) - 1)
    return *logit.maximise(there.y, there.X), tuple(
        replace(each, message=f"{each.message} (decision: {name})") for each in found
    )


def fit(design: Design, level: float) -> Fit:
    """Fit a sequential logit over the levels in their order: first against all later ones, and so
    on.

    The decisions have no parameter in common, so that each is a logit of its own and the log
    likelihood their sum. The clustered covariance spans them, since the rows of one state share
    their unknowns at every decision.
    """
    y, X, names = design.y, design.X, stages(design.levels)
    found = [_decide(design, stage, name) for stage, name in enumerate(names)]
    params = np.concatenate([each[0] for each in found])
    levels = [name for name in names for _ in design.names]
    terms = list(design.names) * len(names)
    return wald(
        names=[f"{name}:{term}" for name, term in zip(levels, terms, strict=True)],
        params=params,
        covariance=likelihood_covariance(design, hessian(params, y, X), scores(params, y, X)),
        level=level,
        n=len(y),
        about=about(design),
        fit=likelihood_fit(
            sum(each[1] for each in found), categorical_null(y), len(params), len(y)
        ),
        convergence={
            "converged": True,
            "iterations": max(each[2] for each in found),
            "method": "newton",
        },
        terms=terms,
        levels=list(levels),
        warnings=tuple(caution for each in found for caution in each[3]),
    )
