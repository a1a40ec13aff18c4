"""What a categorical model says in probabilities: average marginal effects, corners, contrasts; errors by the delta method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from .estimators import CATEGORICAL
from .fits import Design, Fit


@dataclass(frozen=True)
class Effect:
    """A quantity on the scale of probabilities."""

    kind: str
    level: str | None
    term: str
    estimate: float
    std_error: float
    statistic: float
    p_value: float
    conf_low: float
    conf_high: float


def jacobian(quantity: Callable[[np.ndarray], np.ndarray], params: np.ndarray) -> np.ndarray:
    """Return the derivatives of q quantities in p parameters by central differences, shape (q, p)."""
    columns = []
    for j in range(len(params)):
        step = np.zeros_like(params)
        step[j] = 1e-5 * max(1.0, abs(params[j]))
        columns.append((quantity(params + step) - quantity(params - step)) / (2 * step[j]))
    return np.column_stack(columns)


def delta_method(quantity: Callable[[np.ndarray], np.ndarray], fit: Fit) -> tuple[np.ndarray, np.ndarray]:
    """Return the quantities and their standard errors, sqrt(diag(J V J')) (Oehlert 1992)."""
    J = jacobian(quantity, fit.params)
    return quantity(fit.params), np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", J, fit.covariance, J), 0))


def _effects(kind: str, labels: list[tuple[str | None, str]], values: np.ndarray, errors: np.ndarray, level: float) -> list[Effect]:
    half = stats.norm.ppf((1 + level) / 2) * errors
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(errors > 0, values / errors, np.nan)
    return [
        Effect(kind, of, term, *map(float, (value, error, z, 2 * stats.norm.sf(abs(z)), value - width, value + width)))
        for (of, term), value, error, z, width in zip(labels, values, errors, statistic, half, strict=True)
    ]


def moved(design: Design, column: int, values: np.ndarray) -> np.ndarray:
    """Return the design with one column set to other values, and the products that it is part of made anew."""
    X = design.X.copy()
    X[:, column] = values
    for product, factors in design.products:
        X[:, product] = np.prod(X[:, list(factors)], axis=1)
    return X


def direction(design: Design, column: int) -> np.ndarray:
    """Return how the design moves with one column: 1 there, the other factors in its products, 0 elsewhere; shape (n, k)."""
    dX = np.zeros_like(design.X)
    dX[:, column] = 1
    for product, factors in design.products:
        if column in factors:
            others = [factor for factor in factors if factor != column]
            dX[:, product] = factors.count(column) * np.prod(design.X[:, others + [column] * (factors.count(column) - 1)], axis=1)
    return dX


def average_marginal_effects(family: str, fit: Fit, design: Design, terms: list[str], level: float = 0.95) -> list[Effect]:
    """Return the average marginal effect of each term on the probability of each level.

    A continuous term's is the mean derivative, a 0/1 term's the mean change from 0 to 1 (Bartus 2005). Of a binary outcome only
    the effect on its second level is given.
    """
    module = CATEGORICAL[family]
    binary = len(design.levels) == 2
    columns = [design.names.index(term) for term in terms]
    moves = []
    for column in columns:
        values = np.unique(design.X[:, column])
        if len(values) == 2 and set(values) == {0.0, 1.0}:
            moves.append((moved(design, column, np.zeros(len(design.y))), moved(design, column, np.ones(len(design.y))), None))
        else:
            moves.append((design.X, design.X, direction(design, column)))

    def quantity(params: np.ndarray) -> np.ndarray:
        parts = []
        for low, high, dX in moves:
            change = (
                module.probabilities(params, high) - module.probabilities(params, low)
                if dX is None
                else module.derivatives(params, low, dX)
            )
            parts.append(change.mean(axis=0)[1:] if binary else change.mean(axis=0))
        return np.concatenate(parts)

    levels = design.levels[1:] if binary else design.levels
    labels = [(of, term) for term in terms for of in levels]
    return _effects("marginal_effect", list(labels), *delta_method(quantity, fit), level)


CONTRASTS = {
    # name: weights of the changes of P(level) that raising the first term brings, at high and at low values of the second
    "more_reserved": {"high": {"reserved": 1}},
    "less_abstaining": {"high": {"abstain": -1}},
    "reserved_not_unreserved": {"high": {"reserved": 1, "unreserved": -1}},
    "more_reserved_at_low": {"low": {"reserved": 1}},
    "less_abstaining_at_low": {"low": {"abstain": -1}},
    "reserved_not_unreserved_at_low": {"low": {"reserved": 1, "unreserved": -1}},
    "second_difference": {"high": {"reserved": 1}, "low": {"reserved": -1}},
}


def corner_probabilities(
    family: str, fit: Fit, design: Design, first: str, second: str, low: float, high: float, level: float = 0.95
) -> tuple[list[Effect], list[Effect]]:
    """Return the average probabilities of the levels in the four corners of two terms, and the contrasts between them.

    Parameters
    ----------
    first, second : str
        Terms that are set to their quantiles `low` and `high` in the estimation sample; all else stays as observed.

    Returns
    -------
    list of Effect, list of Effect
        Probabilities and contrasts (see `CONTRASTS`); the contrasts only where all their levels occur.
    """
    module = CATEGORICAL[family]
    i, j = design.names.index(first), design.names.index(second)
    at = {
        term: dict(zip(("low", "high"), np.quantile(design.X[:, column], (low, high)), strict=True))
        for term, column in ((first, i), (second, j))
    }
    corners = [(a, b) for a in ("low", "high") for b in ("low", "high")]
    designs = []
    for a, b in corners:
        X = design.X.copy()
        X[:, i], X[:, j] = at[first][a], at[second][b]
        for product, factors in design.products:
            X[:, product] = np.prod(X[:, list(factors)], axis=1)
        designs.append(X)

    def chances(params: np.ndarray) -> np.ndarray:
        return np.concatenate([module.probabilities(params, X).mean(axis=0) for X in designs])

    labels = [(of, f"{first}={a}, {second}={b}") for a, b in corners for of in design.levels]
    probabilities = _effects("probability", list(labels), *delta_method(chances, fit), level)
    names, weights = _weights(design.levels, corners)
    if not names:
        return probabilities, []
    return probabilities, _effects(
        "contrast", [(None, name) for name in names], *delta_method(lambda params: weights @ chances(params), fit), level
    )


def _weights(levels: tuple[str, ...], corners: list[tuple[str, str]]) -> tuple[list[str], np.ndarray]:
    """Return each contrast as weights of the corner probabilities."""
    names, rows = [], []
    for name, parts in CONTRASTS.items():
        if any(of not in levels for changes in parts.values() for of in changes):
            continue
        row = np.zeros(len(corners) * len(levels))
        for second, changes in parts.items():
            for of, weight in changes.items():
                row[corners.index(("high", second)) * len(levels) + levels.index(of)] += weight
                row[corners.index(("low", second)) * len(levels) + levels.index(of)] -= weight
        names.append(name)
        rows.append(row)
    return names, np.array(rows)
