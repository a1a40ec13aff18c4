"""Partial proportional odds (Peterson & Harrell 1990): an ordered logit in which named terms have
one effect a cut point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from . import ordered
from .fit_types import Design, EstimationFailure, Fit
from .newton import climb
from .separation import check_rank, effective_size, few_events, refuse_separation, separated
from .wald import about, categorical_null, likelihood_covariance, likelihood_fit, wald


@dataclass(frozen=True)
class Model:
    """Which columns have one effect, which one a cut point; parameters are those of the former,
    those of the latter cut by cut, the cuts.

    logit P(y <= j) = cut_j - x'b - z'g_j, so that a positive effect moves rows above its cut point.
    """

    proportional: tuple[int, ...]
    nonproportional: tuple[int, ...]
    cuts: int

    def index(self, X: np.ndarray) -> np.ndarray:
        """Return how the index of each cut point moves with the parameters, shape (cuts, n, p)."""
        same, moving, n = X[:, list(self.proportional)], X[:, list(self.nonproportional)], len(X)
        unit = np.eye(self.cuts)
        own = [-np.kron(unit[cut], moving) for cut in range(self.cuts)]
        return np.stack(
            [
                np.column_stack([-same, own[cut], np.tile(unit[cut], (n, 1))])
                for cut in range(self.cuts)
            ]
        )

    def below(self, params: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Return P(y <= level) for no level up to all of them, shape (n, K + 1)."""
        return np.column_stack([np.zeros(len(X)), expit(self.index(X) @ params).T, np.ones(len(X))])

    def probabilities(self, params: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Return the probability of each level, shape (n, K); below zero where the cumulative ones
        cross.
        """
        return np.diff(self.below(params, X), axis=1)

    def derivatives(self, params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
        """Return the derivatives of the probabilities where the design moves along dX, shape (n,
        K).
        """
        below = self.below(params, X)
        # the cut points themselves stay
        moves = (self.index(dX)[:, :, : -self.cuts] @ params[: -self.cuts]).T
        return np.diff(
            below * (1 - below) * np.column_stack([np.zeros(len(X)), moves, np.zeros(len(X))]),
            axis=1,
        )

    def ends(self, params: np.ndarray, y: np.ndarray, X: np.ndarray) -> ordered.Ends:
        """Return the two ends of each row's level."""
        code, rows, below = y.astype(int), np.arange(len(y)), self.below(params, X)
        index = self.index(X)
        none = np.zeros_like(index[:1])
        around = np.concatenate([none, index, none])
        upper, lower = ((below[rows, at], around[at, rows]) for at in (code + 1, code))
        return upper, lower

    def log_likelihood(self, params: np.ndarray, y: np.ndarray, X: np.ndarray) -> float:
        """Return the log likelihood; minus infinity where a row's own level has no probability
        above zero.
        """
        chance = self.probabilities(params, X)[np.arange(len(y)), y.astype(int)]
        return float(np.log(chance).sum()) if chance.min() > 0 else -np.inf

    def margins(self, y: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Return the rows in which separation is looked for: the index of the cut above, and that
        of the cut below turned.
        """
        code, index = y.astype(int), self.index(X)
        above, under = np.flatnonzero(code < self.cuts), np.flatnonzero(code > 0)
        return np.vstack([index[code[above], above], -index[code[under] - 1, under]])

    def spread(self, params: np.ndarray, slopes: int) -> np.ndarray:
        """Return the parameters that say the same as those of an ordered logit (its slopes, then
        its cut points).
        """
        slope = params[:slopes]
        same, moving = (
            slope[[column - 1 for column in columns]]
            for columns in (self.proportional, self.nonproportional)
        )
        return np.concatenate([same, np.tile(moving, self.cuts), params[slopes:]])


def model_of(design: Design) -> Model:
    """Return the model of a design; the terms that it does not name are proportional."""
    proportional = tuple(
        column for column in range(1, design.X.shape[1]) if column not in design.nonproportional
    )
    return Model(proportional, design.nonproportional, len(design.levels) - 1)


def maximise(model: Model, y: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, float, int]:
    """Climb from the ordered logit, whose probabilities never cross."""
    start = model.spread(ordered.maximise(y, X, model.cuts + 1)[0], X.shape[1] - 1)

    def slopes(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ends = model.ends(at, y, X)
        return ordered.scores_of(ends).sum(axis=0), -ordered.hessian_of(ends)

    return climb(start, lambda at: model.log_likelihood(at, y, X), slopes)


def _check(design: Design, cuts: list[str]) -> None:
    if len(cuts) < 2:
        raise EstimationFailure(
            "too_few_levels",
            "effects can differ between cut points only where there are three levels or more",
        )
    if not design.nonproportional:
        raise EstimationFailure(
            "collinearity", "no term is named as nonproportional: this is an ordered logit"
        )


def _check_order(model: Model, params: np.ndarray, X: np.ndarray) -> None:
    crossing = int((model.probabilities(params, X) <= 0).any(axis=1).sum())
    if crossing:
        raise EstimationFailure(
            "crossing",
            (
                f"the cumulative probabilities cross in {crossing} of {len(X)} rows: a level "
                "would be less likely than impossible"
            ),
        )


def fit(design: Design, level: float) -> Fit:
    """Fit a partial proportional odds model.

    Raises
    ------
    EstimationFailure
        As an ordered logit does; and where the cumulative probabilities at the estimate cross in
        some row (the model allows for that, and the probabilities of that row mean nothing), where
        no term is named, or there are two levels only.
    """
    y, X, model = design.y, design.X, model_of(design)
    cuts = [
        f"{low}|{high}" for low, high in zip(design.levels[:-1], design.levels[1:], strict=True)
    ]
    _check(design, cuts)
    same, moving = (
        [design.names[column] for column in columns]
        for columns in (model.proportional, model.nonproportional)
    )
    terms = same + moving * len(cuts)
    levels: list[str | None] = [None] * len(same) + [cut for cut in cuts for _ in moving]
    names = same + [f"{cut}:{term}" for cut in cuts for term in moving] + cuts
    check_rank(design, len(names))
    infinite = separated(model.margins(y, X), names)
    refuse_separation(
        [term for name, term in zip(names, terms, strict=False) if name in infinite],
        "partial proportional odds model",
    )
    params, top, steps = maximise(model, y, X)
    _check_order(model, params, X)
    ends = model.ends(params, y, X)
    return wald(
        names=names,
        params=params,
        covariance=likelihood_covariance(design, ordered.hessian_of(ends), ordered.scores_of(ends)),
        level=level,
        n=len(y),
        about=about(design),
        fit=likelihood_fit(top, categorical_null(y), len(params), len(y)),
        convergence={"converged": True, "iterations": steps, "method": "newton"},
        terms=terms + cuts,
        kinds=["coefficient"] * len(terms) + ["threshold"] * len(cuts),
        levels=[*levels, *cuts],
        warnings=few_events(effective_size(y), len(terms)),
    )
