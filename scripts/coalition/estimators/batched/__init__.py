"""The batched solver: many categorical models of one family fitted side by side, with their
clustered covariances.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...formula.families import FAMILIES
from .. import logit as logit_alone
from .. import multinomial as multinomial_alone
from .. import ordered as ordered_alone
from ..fit_types import Design, EstimationFailure
from ..separation import separable
from . import batched_binary, batched_multinomial, batched_ordered
from .batched_newton import Climb, solve
from .batched_sandwich import sandwich
from .stack import Estimates, Stack, joined

__all__ = ["CHUNK", "Estimates", "Stack", "fit", "margins"]

CHUNK = 100
"""Problems that are solved together: fewer waste time between the products, more overflow the
processor's cache.
"""


def fit(
    family: str,
    stack: Stack,
    levels: int = 2,
    chunk: int = CHUNK,
    covariance: bool = True,
    reasons: bool = True,
) -> Estimates:
    """Fit every problem of a stack.

    Parameters
    ----------
    family : str
        A family with a batched solver (`formula.families`).
    stack : Stack
        Designs of full column rank in which every level occurs (`diagnostics.check_rank`).
    levels : int
        Of the outcome.
    chunk : int
        How many problems are solved together; the estimates do not depend on it.
    covariance : bool
        Whether covariances are wanted; without them they are NaN.
    reasons : bool
        Whether a problem without a maximum is asked for separation, which takes longer than the
        fit.

    Returns
    -------
    Estimates
        A problem that has no maximum has NaN in place of numbers and a status that says why.
    """
    parts = [stack.part(slice(first, first + chunk)) for first in range(0, len(stack.y), chunk)]
    return joined([_fit_chunk(family, part, levels, covariance, reasons) for part in parts])


def _climb(family: str, stack: Stack, levels: int) -> tuple[Climb, Callable[[], np.ndarray]]:
    about = FAMILIES[family]
    if about.batched == "binary":
        return batched_binary.maximise(stack, penalised=about.penalised)
    solver = batched_ordered if about.batched == "ordered" else batched_multinomial
    return solver.maximise(stack, levels)


def _fit_chunk(
    family: str, stack: Stack, levels: int, covariance: bool, reasons: bool
) -> Estimates:
    found, scores = _climb(family, stack, levels)
    B, p = found.params.shape
    spread = np.full((B, p, p), np.nan)
    if covariance:
        bread = solve(found.information, np.broadcast_to(np.eye(p), (B, p, p)))
        spread = (
            bread if stack.groups is None else sandwich(bread, scores(), stack.groups, stack.mask)
        )
    good = found.converged.copy()
    if covariance:
        variances = np.diagonal(spread, axis1=1, axis2=2)
        good &= np.isfinite(variances).all(axis=1) & (variances > 0).all(axis=1)
    status = np.where(good, "ok", "no_convergence").astype(object)
    asked = reasons and not FAMILIES[family].penalised
    for problem in np.flatnonzero(~good).tolist() if asked else ():
        if _separated(margins(family, stack.design(problem), levels)):
            status[problem] = "separation"
    return Estimates(
        np.where(good[:, None], found.params, np.nan),
        np.where(good[:, None, None], spread, np.nan),
        status,
        found.steps,
    )


def _separated(rows: np.ndarray) -> bool:
    try:
        return separable(rows)
    except EstimationFailure:
        return False


def margins(family: str, design: Design, levels: int = 2) -> np.ndarray:
    """Return the rows of one problem in which separation is looked for (`diagnostics.infinite`).

    The linear programme takes longer than the fit, so it is asked only where Newton's method has
    not ended: under separation it never does.
    """
    if FAMILIES[family].batched == "ordered":
        return ordered_alone.margins(design.y, design.X, levels)
    if FAMILIES[family].batched == "multinomial":
        return multinomial_alone.margins(design.y, design.X, levels)
    return logit_alone.margins(design.y, design.X)
