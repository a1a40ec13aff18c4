"""What a categorical model says in probabilities: average marginal effects, corners, contrasts;
errors by the delta method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import expit, logit

from ..base.distributions import norm
from . import predictor
from .fit_types import Design, EstimationFailure, Fit

Quantity = Callable[[np.ndarray], np.ndarray]


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


def jacobian(quantity: Quantity, params: np.ndarray) -> np.ndarray:
    """Return the derivatives of q quantities in p parameters by central differences, shape (q, p);
    right to nine digits or so.
    """
    columns = []
    for j in range(len(params)):
        step = np.zeros_like(params)
        step[j] = 1e-5 * max(1.0, abs(params[j]))
        columns.append((quantity(params + step) - quantity(params - step)) / (2 * step[j]))
    return np.column_stack(columns)


def delta_method(quantity: Quantity, fit: Fit) -> tuple[np.ndarray, np.ndarray]:
    """Return the quantities and their standard errors, sqrt(diag(J V J')) (Oehlert 1992)."""
    params, V = (fit if fit.inner is None else fit.inner).params, _covariance(fit)
    J = jacobian(quantity, params)
    return quantity(params), np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", J, V, J), 0))


def _covariance(fit: Fit) -> np.ndarray:
    return fit.covariance if fit.inner is None else fit.inner.covariance


def _effects(
    kind: str,
    labels: list[tuple[str | None, str]],
    values: np.ndarray,
    errors: np.ndarray,
    level: float,
) -> list[Effect]:
    half = norm.ppf((1 + level) / 2) * errors
    statistic = np.divide(values, errors, out=np.full(len(values), np.nan), where=errors > 0)
    return [
        Effect(
            kind,
            of,
            term,
            *map(float, (value, error, z, 2 * norm.sf(abs(z)), value - width, value + width)),
        )
        for (of, term), value, error, z, width in zip(
            labels, values, errors, statistic, half, strict=True
        )
    ]


def _probabilities(
    labels: list[tuple[str | None, str]], values: np.ndarray, errors: np.ndarray, level: float
) -> list[Effect]:
    """Return probabilities with intervals that are symmetric in the log odds, and so stay between 0
    and 1 (Agresti 2013, section 3.1).
    """
    found = _effects("probability", labels, values, errors, level)
    half = norm.ppf((1 + level) / 2) * errors / (values * (1 - values))
    low, high = expit(logit(values) - half), expit(logit(values) + half)
    return [
        replace(effect, conf_low=float(a), conf_high=float(b))
        for effect, a, b in zip(found, low, high, strict=True)
    ]


def moved(design: Design, values: Mapping[int, float]) -> np.ndarray:
    """Return the design with columns set to values, and the products that they are part of made
    anew, shape (n, k).
    """
    X = design.X.copy()
    for column, value in values.items():
        X[:, column] = value
    for product, factors in design.products:
        X[:, product] = np.prod(X[:, list(factors)], axis=1)
    return X


def direction(design: Design, column: int) -> np.ndarray:
    """Return how the design moves with one column: 1 there, the other factors in its products, 0
    elsewhere; shape (n, k).
    """
    dX = np.zeros_like(design.X)
    dX[:, column] = 1
    for product, factors in design.products:
        # the product rule, for squares too
        for place in (place for place, factor in enumerate(factors) if factor == column):
            others = [factor for other, factor in enumerate(factors) if other != place]
            dX[:, product] += np.prod(design.X[:, others], axis=1)
    return dX


def of_outcome(fit: Fit, design: Design) -> tuple[Fit, Design]:
    """Return the outcome equation of a model with selection, and all rows whose terms are known;
    other models as they are.
    """
    if design.selection is None:
        return fit, design
    keep = np.array([kind in ("coefficient", "threshold") for kind in fit.kinds])
    arrays = {
        part: getattr(fit, part)[keep]
        for part in ("params", "std_error", "statistic", "p_value", "conf_low", "conf_high")
    }
    words: dict[str, Any] = {
        part: tuple(np.array(getattr(fit, part), dtype=object)[keep])
        for part in ("names", "kinds", "levels", "terms")
    }
    known = ~np.isnan(design.X).any(axis=1)
    groups = None if design.groups is None else design.groups[known]
    everyone = replace(design, y=design.y[known], X=design.X[known], groups=groups, selection=None)
    inner = fit.inner and replace(
        fit.inner,
        params=fit.inner.params[keep],
        covariance=fit.inner.covariance[np.ix_(keep, keep)],
    )
    covariance = fit.covariance[np.ix_(keep, keep)]
    return replace(fit, covariance=covariance, inner=inner, **arrays, **words), everyone


def _siblings(design: Design, column: int) -> list[int]:
    """Return the columns of the same categorical term, of which a row has one or none:
    `factor(x)[a]`, `factor(x)[b]`.
    """
    term, bracket, _ = design.names[column].partition("[")
    return (
        [place for place, name in enumerate(design.names) if name.startswith(f"{term}[")]
        if bracket
        else [column]
    )


def _change(family: str, fit: Fit, design: Design, column: int) -> Quantity:
    """Return the average change of the probabilities with one column, as a function of the
    parameters.
    """
    module = predictor(family, design, fit.inner)
    if set(np.unique(design.X[:, column])) == {0.0, 1.0}:
        none = dict.fromkeys(_siblings(design, column), 0.0)
        low, high = moved(design, none), moved(design, none | {column: 1.0})
        return lambda params: (
            module.probabilities(params, high) - module.probabilities(params, low)
        ).mean(axis=0)
    dX = direction(design, column)
    return lambda params: module.derivatives(params, design.X, dX).mean(axis=0)


def average_marginal_effects(
    family: str, fit: Fit, design: Design, terms: list[str], level: float = 0.95
) -> list[Effect]:
    """Return the average marginal effect of each term on the probability of each level.

    Parameters
    ----------
    family : str
        A categorical family.
    fit, design : Fit, Design
        The estimates and the data that they are from.
    terms : list of str
        Columns that are no products; products with them move along.
    level : float
        Of the intervals.

    Returns
    -------
    list of Effect
        A continuous term's is the mean derivative, a 0/1 term's the mean change from 0 to 1 (Bartus
        2005). Of a binary outcome only the effect on its second level is given.
    """
    skipped = 1 if len(design.levels) == 2 else 0
    changes = [_change(family, fit, design, design.names.index(term)) for term in terms]
    labels = [(of, term) for term in terms for of in design.levels[skipped:]]
    if not terms:
        return []
    values, errors = delta_method(
        lambda params: np.concatenate([change(params)[skipped:] for change in changes]), fit
    )
    return _effects("marginal_effect", list(labels), values, errors, level)


def effects_given_selection(
    family: str, fit: Fit, design: Design, terms: list[str], level: float = 0.95
) -> list[Effect]:
    """Return the average marginal effect of each term on the probability of each level of the rows
    that are selected.

    A term that stands in both equations moves in both: who is selected changes too, and with it the
    unobserved part of the outcome.

    Parameters
    ----------
    family, fit, design, terms, level
        As of `average_marginal_effects`; the family has selection.
    """
    skipped = 1 if len(design.levels) == 2 else 0
    changes = [_change_given_selection(family, fit, design, term) for term in terms]
    labels = [(of, term) for term in terms for of in design.levels[skipped:]]
    if not terms:
        return []
    values, errors = delta_method(
        lambda params: np.concatenate([change(params)[skipped:] for change in changes]), fit
    )
    return _effects("marginal_effect_given_selection", list(labels), values, errors, level)


def _change_given_selection(family: str, fit: Fit, design: Design, term: str) -> Quantity:
    """Return the average change of the selected rows' probabilities with one term, as a function of
    all parameters.
    """
    module: Any = predictor(family, design, fit.inner)
    selection = design.selection
    if selection is None:
        raise EstimationFailure("term_missing", "the model has no selection equation")
    chosen = selection.y == 1
    outcome = replace(design, X=design.X[chosen], y=design.y[chosen])
    joining = replace(
        outcome,
        X=selection.X[chosen],
        names=selection.names,
        products=selection.products,
    )
    pair = [
        (part, part.names.index(term) if term in part.names else None)
        for part in (outcome, joining)
    ]
    if set(np.unique(outcome.X[:, design.names.index(term)])) == {0.0, 1.0}:
        low, high = (
            [part.X if at is None else moved(part, {at: value}) for part, at in pair]
            for value in (0.0, 1.0)
        )
        change = module.selected_probabilities
        return lambda params: (change(params, *high) - change(params, *low)).mean(axis=0)
    slopes = [np.zeros_like(part.X) if at is None else direction(part, at) for part, at in pair]
    return lambda params: module.selected_derivatives(params, outcome.X, joining.X, *slopes).mean(
        axis=0
    )


CORNERS = (("low", "low"), ("low", "high"), ("high", "low"), ("high", "high"))
CONTRASTS = {
    # name: weights of the changes of P(level) that raising the first term brings, at high and at
    # low values of the second
    "more_reserved": {"high": {"reserved": 1}},
    "less_abstaining": {"high": {"abstain": -1}},
    "reserved_not_unreserved": {"high": {"reserved": 1, "unreserved": -1}},
    "more_reserved_at_low": {"low": {"reserved": 1}},
    "less_abstaining_at_low": {"low": {"abstain": -1}},
    "reserved_not_unreserved_at_low": {"low": {"reserved": 1, "unreserved": -1}},
    "second_difference": {"high": {"reserved": 1}, "low": {"reserved": -1}},
}


def corner_probabilities(
    family: str,
    fit: Fit,
    design: Design,
    first: str,
    second: str,
    low: float,
    high: float,
    level: float = 0.95,
) -> tuple[list[Effect], list[Effect]]:
    """Return the average probabilities of the levels in the four corners of two terms, and the
    contrasts between them.

    Parameters
    ----------
    family : str
        A categorical family.
    fit, design : Fit, Design
        The estimates and the data that they are from.
    first, second : str
        Terms that are set to their quantiles in the estimation sample; all else stays as observed
        (Hanmer & Kalkan 2013).
    low, high : float
        The quantiles, between 0 and 1.
    level : float
        Of the intervals.

    Returns
    -------
    list of Effect, list of Effect
        Probabilities and contrasts (see `CONTRASTS`); the contrasts only where all their levels
        occur.
    """
    designs = corner_designs(design, first, second, low, high)
    module = predictor(family, design, fit.inner)

    def mean_probabilities(params: np.ndarray) -> np.ndarray:
        return np.concatenate([module.probabilities(params, X).mean(axis=0) for X in designs])

    labels = [(of, f"{first}={a}, {second}={b}") for a, b in CORNERS for of in design.levels]
    probabilities = _probabilities(list(labels), *delta_method(mean_probabilities, fit), level)
    names, weights = contrast_weights(design.levels)
    if not names:
        return probabilities, []
    contrasts = delta_method(lambda params: weights @ mean_probabilities(params), fit)
    return probabilities, _effects("contrast", [(None, name) for name in names], *contrasts, level)


def corner_designs(
    design: Design, first: str, second: str, low: float, high: float
) -> list[np.ndarray]:
    """Return the design with two terms at their quantiles in the estimation sample, one (n, k) a
    corner in the order of `CORNERS`.
    """
    columns = [design.names.index(term) for term in (first, second)]
    at = [
        dict(zip(("low", "high"), np.quantile(design.X[:, column], (low, high)), strict=True))
        for column in columns
    ]
    return [moved(design, {columns[0]: at[0][a], columns[1]: at[1][b]}) for a, b in CORNERS]


def observed_in_corners(
    design: Design, first: str, second: str, low: float, high: float
) -> list[Effect]:
    """Return how many rows of each level lie in the corners: both terms at or beyond their
    quantiles in the estimation sample.

    Probabilities are predicted in every corner; this says how many rows they rest on there.
    """
    found = []
    for a, b in CORNERS:
        inside = np.ones(len(design.y), dtype=bool)
        for term, end in ((first, a), (second, b)):
            values = design.X[:, design.names.index(term)]
            inside &= (
                values <= np.quantile(values, low)
                if end == "low"
                else values >= np.quantile(values, high)
            )
        for code, of in enumerate(design.levels):
            count = float((inside & (design.y == code)).sum())
            found.append(
                Effect("observed", of, f"{first}={a}, {second}={b}", count, *[float("nan")] * 5)
            )
    return found


def contrast_weights(levels: tuple[str, ...]) -> tuple[list[str], np.ndarray]:
    """Return each contrast whose levels all occur as weights of the corner probabilities, corner by
    corner and level by level.
    """
    names, rows = [], []
    for name, parts in CONTRASTS.items():
        if any(of not in levels for changes in parts.values() for of in changes):
            continue
        row = np.zeros((len(CORNERS), len(levels)))
        for second, changes in parts.items():
            for of, weight in changes.items():
                row[CORNERS.index(("high", second)), levels.index(of)] += weight
                row[CORNERS.index(("low", second)), levels.index(of)] -= weight
        names.append(name)
        rows.append(row.ravel())
    return names, np.array(rows)


OPTION = "reserved"
COUNTS = ("participants", "participants_without_option", "lost_without_option")


def without_option(family: str, fit: Fit, design: Design, level: float = 0.95) -> list[Effect]:
    """Return how many rows would take part if joining with reservations were not to be had, as the
    model sees it.

    Parameters
    ----------
    family : str
        A family with the levels abstain, unreserved and reserved.
    fit, design : Fit, Design
        The estimates and the data that they are from.
    level : float
        Of the intervals.

    Returns
    -------
    list of Effect
        The expected number of participants, the number without the option, and how many are lost;
        none where a level does not occur. Without the option those who would have taken it divide
        over the other two as these divide now: the independence of irrelevant alternatives, which
        the multinomial logit assumes (McFadden 1974, section II). No count of the world, a reading
        of the model.
    """
    if set(design.levels) != {"abstain", "unreserved", OPTION}:
        return []
    abstain, unreserved = design.levels.index("abstain"), design.levels.index("unreserved")
    model = predictor(family, design, fit.inner)

    def counts(params: np.ndarray) -> np.ndarray:
        chance = model.probabilities(params, design.X)
        joins = (1 - chance[:, abstain]).sum()
        left = (chance[:, unreserved] / (chance[:, abstain] + chance[:, unreserved])).sum()
        return np.array([joins, left, joins - left])

    values, errors = delta_method(counts, fit)
    return _effects("count", [(None, name) for name in COUNTS], values, errors, level)
