"""The measurement model with several crossed random effects (unit, page, phase) by the Laplace
approximation, with its exact gradient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..estimators.fit_types import EstimationFailure
from .cumulative import Ends, ends, log_chance
from .statements import Statements

MAX_STEPS = 100
TOLERANCE = 1e-10
"""Largest change of a random effect in the last step to their mode."""
STEP = 1e-4
"""Of the differences of the gradient that make the Hessian."""


@dataclass(frozen=True)
class Effects:
    """Random effects of a model: their names, of each statement the position (n, G) in all effects
    stacked, and how many there are."""

    names: tuple[str, ...]
    places: np.ndarray
    count: int


@dataclass(frozen=True)
class Crossed:
    """A model fitted by Laplace.

    params : slopes, loadings (the standard deviations of the random effects on the index),
        thresholds
    modes, spreads : of the random effects in standard deviations of their own, by name
    """

    names: tuple[str, ...]
    params: np.ndarray
    covariance: np.ndarray
    log_likelihood: float
    loadings: Mapping[str, float]
    modes: Mapping[str, np.ndarray]
    spreads: Mapping[str, np.ndarray]


def effects_of(of: Statements, names: Sequence[str]) -> Effects:
    """Return the random effects of the units and of the named groupings; a negative code is no
    group.
    """
    codes = [of.unit, *(of.groups[name] for name in names)]
    sizes = [len(of.units), *(int(code.max()) + 1 for code in codes[1:])]
    firsts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    places = np.column_stack(
        [np.where(code < 0, -1, code + first) for code, first in zip(codes, firsts, strict=True)]
    )
    return Effects(("unit", *names), places, int(sum(sizes)))


def _loads(loadings: np.ndarray, effects: Effects) -> np.ndarray:
    """Return how much each statement's index moves with all random effects, (n, count)."""
    moves = np.zeros((len(effects.places), effects.count))
    for number, loading in enumerate(loadings):
        here = effects.places[:, number] >= 0
        moves[np.flatnonzero(here), effects.places[here, number]] = loading
    return moves


@dataclass(frozen=True)
class _Mode:
    values: np.ndarray
    index: np.ndarray
    moves: np.ndarray
    precision: np.ndarray


def _mode(
    params: np.ndarray, of: Statements, effects: Effects, link: str, start: np.ndarray
) -> _Mode:
    """Return the likeliest random effects: the joint density is log-concave (Pratt 1981), so that
    Newton's method with halving finds them."""
    slopes, loads = of.design.shape[1], len(effects.names)
    fixed, cuts = of.design @ params[:slopes], params[slopes + loads :]
    moves = _loads(params[slopes : slopes + loads], effects)
    values = start.copy()

    def height(at: np.ndarray) -> float:
        return float(log_chance(fixed + moves @ at, of.codes, cuts, link).sum() - at @ at / 2)

    top = height(values)
    for _ in range(MAX_STEPS):
        first, curve, _ = ends(fixed + moves @ values, of.codes, cuts, link).along_index()
        precision = (moves.T * -curve) @ moves + np.eye(effects.count)
        step = np.linalg.solve(precision, moves.T @ first - values)
        while (reached := height(values + step)) < top - 1e-9 and np.abs(step).max() > TOLERANCE:
            step /= 2
        values, top = values + step, reached
        if np.abs(step).max() < TOLERANCE:
            return _Mode(values, fixed + moves @ values, moves, precision)
    raise EstimationFailure(
        "no_convergence", "the random effects of the coded statements have no mode"
    )


def log_likelihood(
    params: np.ndarray, of: Statements, effects: Effects, link: str, start: np.ndarray | None = None
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the Laplace approximation of the log likelihood, its gradient, and the mode.

    Notes
    -----
    L = sum log P - b'b / 2 - log |H| / 2 at the mode b, with H the negative Hessian in b (Breslow &
    Clayton 1993, eq. 2). The gradient follows the mode too: db/dp = H^-1 d(score)/dp.
    """
    slopes, loads = of.design.shape[1], len(effects.names)
    if np.any(np.diff(params[slopes + loads :]) <= 0):
        return -np.inf, np.zeros(len(params)), np.zeros(effects.count)
    mode = _mode(params, of, effects, link, np.zeros(effects.count) if start is None else start)
    found = ends(mode.index, of.codes, params[slopes + loads :], link)
    inverse = np.linalg.inv(mode.precision)
    value = np.log(found.chance).sum() - mode.values @ mode.values / 2
    value -= np.linalg.slogdet(mode.precision)[1] / 2
    gradient = _gradient(params, of, effects, mode, found, inverse)
    return float(value), gradient, mode.values


def _gradient(
    params: np.ndarray,
    of: Statements,
    effects: Effects,
    mode: _Mode,
    found: Ends,
    inverse: np.ndarray,
) -> np.ndarray:
    slopes, loads = of.design.shape[1], len(effects.names)
    first, curve, third = found.along_index()
    through = mode.moves @ inverse
    leverage = (through * mode.moves).sum(axis=1)
    bend = leverage * third / 2  # of -log|H|/2 along each index
    follow = inverse @ (mode.moves.T @ bend)  # the mode's own way, solved once
    followed = mode.moves @ follow
    gradient = np.zeros(len(params))
    along = first + bend + curve * followed
    gradient[:slopes] = of.design.T @ along
    for number in range(loads):
        here = effects.places[:, number]
        known = here >= 0
        at = np.where(known, mode.values[here], 0.0)
        gradient[slopes + number] = (
            along @ at
            + np.where(
                known, curve * through[np.arange(len(here)), here] + first * follow[here], 0.0
            ).sum()
        )
    for which, place in (("upper", 0), ("lower", -1)):
        own, slope, bent = found.along_end(which)
        each = own + bent * leverage / 2 + slope * followed
        for cut in range(of.levels - 1):
            gradient[slopes + loads + cut] += each[of.codes == cut - place].sum()
    return gradient


def fit(
    of: Statements,
    names: Sequence[str],
    link: str = "logit",
    start: np.ndarray | None = None,
    with_errors: bool = True,
) -> Crossed:
    """Fit a model with random effects of the units and of the named groupings.

    Parameters
    ----------
    of : Statements
    names : sequence of str
        Of `of.groups`; none gives the Laplace approximation of the model of `quadrature.fit`.
    start : ndarray, optional
        Parameters to begin with.
    with_errors : bool
        Whether the covariance is wanted; nan without.

    Raises
    ------
    EstimationFailure
        When there is no maximum inside the space of parameters.
    """
    from scipy.optimize import minimize

    effects = effects_of(of, names)
    slopes, loads = of.design.shape[1], len(effects.names)
    begin = _begin(of, slopes, loads) if start is None else start
    last = [np.zeros(effects.count)]

    def down(trial: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient, mode = log_likelihood(trial, of, effects, link, last[0])
        if not np.isfinite(value):
            return 1e10, np.zeros(len(trial))
        last[0] = mode
        return -value, -gradient

    found = minimize(down, begin, jac=True, method="BFGS", options={"gtol": 1e-6, "maxiter": 500})
    params = found.x.copy()
    if np.abs(found.jac).max() > 1e-3:
        raise EstimationFailure("no_convergence", "the model of coded statements has no maximum")
    params[slopes : slopes + loads] = np.abs(params[slopes : slopes + loads])
    return _described(params, of, effects, link, with_errors)


def _begin(of: Statements, slopes: int, loads: int) -> np.ndarray:
    counts = np.bincount(of.codes, minlength=of.levels) + 0.5
    below = np.cumsum(counts)[:-1] / counts.sum()
    return np.concatenate([np.zeros(slopes), np.ones(loads), np.log(below / (1 - below)) * 1.5])


def _covariance(
    params: np.ndarray, of: Statements, effects: Effects, link: str, mode: np.ndarray
) -> np.ndarray:
    moves = STEP * np.eye(len(params))
    hessian = np.array(
        [
            log_likelihood(params + move, of, effects, link, mode)[1]
            - log_likelihood(params - move, of, effects, link, mode)[1]
            for move in moves
        ]
    ) / (2 * STEP)
    information = -(hessian + hessian.T) / 2
    if np.linalg.eigvalsh(information)[0] <= 0:
        raise EstimationFailure("no_convergence", "the model of coded statements has no maximum")
    return np.linalg.inv(information)


def _described(
    params: np.ndarray, of: Statements, effects: Effects, link: str, with_errors: bool
) -> Crossed:
    slopes, loads = of.design.shape[1], len(effects.names)
    value, _, values = log_likelihood(params, of, effects, link)
    inverse = np.linalg.inv(_mode(params, of, effects, link, values).precision)
    covariance = (
        _covariance(params, of, effects, link, values)
        if with_errors
        else np.full((len(params), len(params)), np.nan)
    )
    modes, spreads, first = {}, {}, 0
    for number, name in enumerate(effects.names):
        last = int(effects.places[:, number].max()) + 1
        modes[name] = values[first:last]
        spreads[name] = np.sqrt(np.diag(inverse)[first:last])
        first = last
    loadings = dict(zip(effects.names, params[slopes : slopes + loads].tolist(), strict=True))
    return Crossed(of.names, params, covariance, value, loadings, modes, spreads)
