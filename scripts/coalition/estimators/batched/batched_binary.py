"""Logit and Firth's logit of many problems at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.special import expit, log_expit

from .batched_newton import Climb, Slopes, climb
from .pairs import Pairs
from .stack import Stack

MAX_STEPS, MAX_STEPS_PENALISED = 25, 200
"""Newton needs less than ten; under separation each step adds about one to an index, and would end
at 37, where 1 - p rounds to zero.
The penalised likelihood is climbed with its expected information, which is slower."""

ROUNDING = 1e-12
"""Of a penalised likelihood, as in estimators/newton.py; without the penalty a separated problem
could pass for one that has ended.
"""


class _Shared:
    """One design for all problems."""

    def __init__(self, stack: Stack) -> None:
        self.X, self.pairs = stack.X, Pairs(stack.X)
        self.rows = None if stack.mask.all() else stack.mask

    def index(self, params: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return the indices X b of problems, shape (problems, n); params (problems, k)."""
        return params @ self.X.T

    def used(self, values: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return values (problems, n) with zeros in the rows that a problem does not use."""
        return values if self.rows is None else np.multiply(values, self.rows[which], out=values)

    def gradient(self, residual: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return X'r of each problem, shape (problems, k); residual (problems, n)."""
        return residual @ self.X

    def information(self, weight: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return X'WX of each problem, shape (problems, k, k); weight (problems, n)."""
        return self.pairs.weighted(weight)

    def quadratic(self, matrices: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return x'Mx of each row, shape (problems, n); matrices (problems, k, k)."""
        return self.pairs.quadratic(matrices)


class _Own:
    """A design each; rows that are not used are zero, and so add nothing."""

    def __init__(self, stack: Stack) -> None:
        self.X = stack.X * stack.mask[:, :, None]
        self.columns = np.ascontiguousarray(self.X.transpose(0, 2, 1))

    def index(self, params: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return the indices X b of problems, shape (problems, n); params (problems, k)."""
        return (params[:, None, :] @ self.columns[which])[:, 0]

    def used(self, values: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return values (problems, n) with zeros in the rows that a problem does not use."""
        return values

    def gradient(self, residual: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return X'r of each problem, shape (problems, k); residual (problems, n)."""
        return (residual[:, None, :] @ self.X[which])[:, 0]

    def information(self, weight: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return X'WX of each problem, shape (problems, k, k); weight (problems, n)."""
        return (self.columns[which] * weight[:, None, :]) @ self.X[which]

    def quadratic(self, matrices: np.ndarray, which: np.ndarray | slice) -> np.ndarray:
        """Return x'Mx of each row, shape (problems, n); matrices (problems, k, k)."""
        return ((self.X[which] @ matrices) * self.X[which]).sum(axis=2)


def _designs(stack: Stack) -> _Shared | _Own:
    return _Shared(stack) if stack.X.ndim == 2 else _Own(stack)


def _inverse(matrices: np.ndarray) -> np.ndarray:
    """Invert a stack; NaN where a matrix is singular."""
    try:
        return np.linalg.inv(matrices)
    except np.linalg.LinAlgError:
        good = np.isfinite(matrices).all(axis=(1, 2)) & (
            np.linalg.matrix_rank(matrices, hermitian=True) == matrices.shape[1]
        )
        return np.where(
            good[:, None, None],
            np.linalg.inv(np.where(good[:, None, None], matrices, np.eye(matrices.shape[1]))),
            np.nan,
        )


def _slopes(stack: Stack, designs: _Shared | _Own, penalised: bool) -> Slopes:
    def slopes(params: np.ndarray, which: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
        residual, weight = _row_scores(params, which, stack, designs, penalised)
        return designs.gradient(residual, which), designs.information(weight, which)

    return slopes


def _row_scores(
    params: np.ndarray,
    which: np.ndarray | slice,
    stack: Stack,
    designs: _Shared | _Own,
    penalised: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's score in its index, modified where penalised (Heinze & Schemper 2002), and
    its weight p (1 - p).
    """
    index = designs.index(params, which)
    # zero in rows that are not used, and so is their weight
    one = designs.used(expit(index, out=index), which)
    residual = stack.y[which] - one
    weight = np.multiply(one, one)
    np.subtract(one, weight, out=weight)
    if penalised:
        leverage = weight * designs.quadratic(_inverse(designs.information(weight, which)), which)
        residual += leverage * (0.5 - one)
    return residual, weight


def maximise(stack: Stack, penalised: bool = False) -> tuple[Climb, Callable[[], np.ndarray]]:
    """Fit B logits, or Firth's logits.

    Parameters
    ----------
    stack : Stack
    penalised : bool
        Firth's penalty: half the log determinant of the information (Firth 1993).

    Returns
    -------
    Climb
    callable
        Without arguments: the scores of each row at the estimates, shape (B, N, k).
    """
    stack = replace(stack, y=stack.y * stack.mask)
    designs = _designs(stack)
    start = np.zeros((len(stack.y), stack.X.shape[-1]))
    if stack.start is not None:
        start += stack.start
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        limits = (
            {"max_steps": MAX_STEPS_PENALISED, "rounding": ROUNDING}
            if penalised
            else {"max_steps": MAX_STEPS}
        )
        found = climb(start, _slopes(stack, designs, penalised), **limits)

    def scores() -> np.ndarray:
        residual, _ = _row_scores(found.params, slice(None), stack, designs, penalised)
        return (residual * stack.mask)[:, :, None] * stack.X

    return found, scores


def penalised_ratios(stack: Stack, params: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Return penalised likelihood ratio statistics of one coefficient of each problem (Heinze &
    Schemper 2002, section 2.3).

    Parameters
    ----------
    stack : Stack
    params : ndarray, shape (B, k)
        Firth's estimates; a problem that failed has NaN.
    held : ndarray of int, shape (B,)
        The column whose coefficient is held at zero. It stays in the design, and so in the penalty.

    Returns
    -------
    ndarray, shape (B,)
        Chi-squared with one degree of freedom where the coefficient is zero; NaN where the climb
        under it does not end.
    """
    stack = replace(stack, y=stack.y * stack.mask)
    designs, every = _designs(stack), np.arange(len(held))
    start = params.copy()
    start[every, held] = 0.0
    free = _slopes(stack, designs, penalised=True)

    def slopes(beta: np.ndarray, which: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
        gradient, information = free(beta, which)
        place, rows = held[which], np.arange(len(beta))
        gradient[rows, place], information[rows, place], information[rows, :, place] = 0.0, 0.0, 0.0
        information[rows, place, place] = 1.0  # with a slope of zero it is the step that is zero
        return gradient, information

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = climb(start, slopes, max_steps=MAX_STEPS_PENALISED, rounding=ROUNDING)
        ratio = 2 * (_penalised(params, stack, designs) - _penalised(found.params, stack, designs))
    return np.where(found.converged, np.maximum(ratio, 0.0), np.nan)


def _penalised(params: np.ndarray, stack: Stack, designs: _Shared | _Own) -> np.ndarray:
    """Return each problem's log likelihood plus half the log determinant of its information, shape
    (B,).
    """
    index, every = designs.index(params, slice(None)), slice(None)
    one = expit(index)
    determinant = np.linalg.slogdet(
        designs.information(designs.used(one * (1 - one), every), every)
    )[1]
    return (log_expit((2 * stack.y - 1) * index) * stack.mask).sum(axis=1) + 0.5 * determinant
