"""Conditional logit (Chamberlain 1980): a logit with an effect for every unit, which is conditioned
out (statsmodels).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from .fit_types import Design, EstimationFailure, Fit, FitWarning
from .means import codes, within
from .separation import check_rank, few_events, refuse_separation, separated
from .wald import about, likelihood_covariance, likelihood_fit, wald

if TYPE_CHECKING:
    from statsmodels.discrete.conditional_models import ConditionalLogit

MOST_STEPS = 100


def varying(design: Design) -> np.ndarray:
    """Return which rows belong to units whose outcome is not always the same, shape (n,) bool: the
    others say nothing.
    """
    unit = codes(design.units)
    sizes, events = np.bincount(unit), np.bincount(unit, weights=design.y)
    return ((events > 0) & (events < sizes))[unit]


def margins(y: np.ndarray, X: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Return the rows in which separation is looked for: each row with the outcome minus each row
    of its unit without it.

    The observed events of a unit are its likeliest arrangement along a direction if and only if no
    exchange of an event with a non-event raises the sum of their indices, so that these pairs stand
    for all arrangements.
    """
    pairs = [
        X[(unit == one) & (y == 1)][:, None, :] - X[(unit == one) & (y == 0)][None, :, :]
        for one in np.unique(unit)
    ]
    return np.vstack([pair.reshape(-1, X.shape[1]) for pair in pairs])


def unit_effects(index: np.ndarray, y: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Return the effect of each row's unit that makes its expected events those observed, shape
    (n,); by bisection.
    """
    wanted = np.bincount(unit, weights=y)
    low, high = (np.full(len(wanted), side * (np.abs(index).max() + 40.0)) for side in (-1, 1))
    for _ in range(80):
        middle = (low + high) / 2
        short = np.bincount(unit, weights=expit(index + middle[unit])) < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return ((low + high) / 2)[unit]


@dataclass(frozen=True)
class Predictor:
    """Probabilities of the rows whose units vary, with every unit's effect set to its maximum
    likelihood value given the slopes.
    """

    design: Design
    rows: np.ndarray
    kept: tuple[int, ...]

    def _chance(self, params: np.ndarray, X: np.ndarray) -> np.ndarray:
        observed, columns = self.design, list(self.kept)
        effects = unit_effects(
            observed.X[self.rows][:, columns] @ params,
            observed.y[self.rows],
            codes(observed.units[self.rows]),
        )
        return expit(X[self.rows][:, columns] @ params + effects)

    def probabilities(self, params: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Return P(y = 0) and P(y = 1), shape (rows that vary, 2)."""
        one = self._chance(params, X)
        return np.column_stack([1 - one, one])

    def derivatives(self, params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
        """Return the derivatives of both probabilities where the design moves along dX, shape (rows
        that vary, 2).
        """
        one = self._chance(params, X)
        slope = one * (1 - one) * (dX[self.rows][:, list(self.kept)] @ params)
        return np.column_stack([-slope, slope])


def predictor(design: Design) -> Predictor:
    """Return what predicts from the estimates of a design."""
    rows = varying(design)
    return Predictor(design, rows, tuple(np.flatnonzero(_changes(_kept_rows(design, rows)))))


def _kept_rows(design: Design, rows: np.ndarray) -> Design:
    groups = None if design.groups is None else design.groups[rows]
    return replace(
        design,
        y=design.y[rows],
        X=design.X[rows],
        groups=groups,
        entity=design.units[rows],
        time=design.times[rows],
    )


def _changes(design: Design) -> np.ndarray:
    """Return which columns change within units, shape (k,) bool."""
    return np.linalg.norm(within(design.X, codes(design.units)), axis=0) > 1e-9 * np.linalg.norm(
        design.X, axis=0
    )


def _informative(design: Design) -> tuple[Design, np.ndarray, tuple[FitWarning, ...]]:
    """Leave out units whose outcome never changes and columns that change in no unit, and say so.

    Raises
    ------
    EstimationFailure
        When nothing is left, or the columns left depend on each other within units.
    """
    rows = varying(design)
    units, silent = len(np.unique(design.units)), len(np.unique(design.units[~rows]))
    if not rows.any():
        raise EstimationFailure(
            "constant_outcome",
            f"the outcome is the same in all rows of every one of the {units} units",
        )
    kept = _kept_rows(design, rows)
    changes = _changes(kept)
    if not changes.any():
        raise EstimationFailure(
            "collinearity", "no term changes within the units whose outcome changes"
        )
    names = tuple(name for name, changing in zip(design.names, changes, strict=True) if changing)
    kept = replace(kept, X=kept.X[:, changes], names=names, products=())
    check_rank(replace(kept, X=within(kept.X, codes(kept.units))))
    gone = [
        name
        for name, changing in zip(design.names, changes, strict=True)
        if not changing and name != "const"
    ]
    found = []
    if silent:
        left = (
            f"{silent} of {units} units, with {int((~rows).sum())} of {len(rows)} rows, have "
            "one outcome throughout and say nothing"
        )
        found.append(FitWarning("no_variation", f"{left}: they are left out"))
    if gone:
        found.append(
            FitWarning(
                "absorbed",
                f"{', '.join(gone)} is taken up by the effects of the units: it has no estimate",
            )
        )
    return kept, rows, tuple(found)


def _unit_scores(model: ConditionalLogit, params: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Return each unit's score in its first row and zeros in the others, shape (n, k); the model
    numbers units as they first occur.
    """
    scores = np.zeros((len(unit), len(params)))
    for group, first in enumerate(np.sort(np.unique(unit, return_index=True)[1])):
        scores[first] = model.score_grp(group, params)
    return scores


def fit(design: Design, level: float) -> Fit:
    """Fit a conditional logit.

    Returns
    -------
    Fit
        `n` and `used` are the rows of units whose outcome changes. The log likelihood is
        conditional on the number of events of each unit. Clusters must hold whole units.
    """
    from statsmodels.discrete.conditional_models import ConditionalLogit
    from statsmodels.tools.numdiff import approx_fprime_cs

    kept, rows, found = _informative(design)
    unit = codes(kept.units)
    refuse_separation(
        separated(margins(kept.y, kept.X, unit), list(kept.names)), "conditional logit"
    )
    model = ConditionalLogit(kept.y, kept.X, groups=unit)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is told from the gradient
        params = np.asarray(
            model.fit(method="newton", maxiter=MOST_STEPS, tol=1e-12, skip_hessian=True).params
        )
    hessian = approx_fprime_cs(params, model.score)  # complex steps: exact but for rounding
    switches = int(
        np.minimum(np.bincount(unit, weights=kept.y), np.bincount(unit, weights=1 - kept.y)).sum()
    )
    fitted = wald(
        names=list(kept.names),
        params=params,
        covariance=likelihood_covariance(kept, hessian, _unit_scores(model, params, unit)),
        level=level,
        n=len(kept.y),
        about=about(design),
        fit=likelihood_fit(
            float(model.loglike(params)),
            float(model.loglike(np.zeros_like(params))),
            len(params),
            len(kept.y),
        ),
        # statsmodels does not say how many
        convergence={"converged": True, "iterations": None, "method": "newton"},
        warnings=found + few_events(switches, len(params)),
    )
    return replace(fitted, used=rows)
