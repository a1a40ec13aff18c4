"""Cox's (1972) proportional hazards model, with late entry and terms that change over time
(statsmodels).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .fit_types import Design, EstimationFailure, Fit, Spell
from .newton import climb
from .separation import check_rank, few_events
from .wald import about, likelihood_covariance, wald

if TYPE_CHECKING:
    from statsmodels.duration.hazard_regression import PHReg

ALIKE = 1e-9
"""Of the longest time: two times that differ by less are one, as 0.1 + 0.2 and 0.3 are."""
NEAR, RUNS = 1e-8, 0.1
"""A Newton decrement that looks like a maximum's; and the linear predictor's move by one more step
above which a term runs to infinity, as R's coxph tells it.
"""
OWN = 1e-10
"""Of a term's variance: less between those at risk at one time is none."""


@dataclass(frozen=True)
class Sums:
    """At each of m times of events, over those at risk and over those with the event.

    risk, events : (m,) sums of exp(x'b)
    risk_x, events_x : (m, k) sums of x exp(x'b)
    number : (m,) events
    """

    risk: np.ndarray
    risk_x: np.ndarray
    events: np.ndarray
    events_x: np.ndarray
    number: np.ndarray


def ranks(start: np.ndarray, stop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the times as whole numbers that keep their order, (n,) each.

    A row is at risk in (start, stop]: one that starts at the time of an event is not at risk then.
    Starts therefore get odd numbers, each just above the stop of the same time.
    """
    both = np.concatenate([start, stop])
    order = np.sort(np.unique(both))
    apart = np.diff(order, prepend=order[:1]) > ALIKE * np.abs(order).max(initial=0.0)
    place = np.cumsum(apart)[np.searchsorted(order, both)]
    return 2 * place[: len(start)] + 1, 2 * place[len(start) :]


def _sums(params: np.ndarray, y: np.ndarray, X: np.ndarray, spell: Spell) -> tuple[Sums, Any, Any]:
    """Return the sums at the times of events, those times (m,), and exp(x'b) (n,)."""
    start, stop = ranks(spell.start, spell.stop)
    times = np.unique(stop[y == 1])
    eta = X @ params
    hazard = np.exp(eta - eta.max())
    rows = hazard[:, None] * np.column_stack([np.ones(len(y)), X])
    at_risk = _from(rows, stop, times) - _from(rows, start, times)
    dying = np.zeros((len(times), rows.shape[1]))
    np.add.at(dying, np.searchsorted(times, stop[y == 1]), rows[y == 1])
    number = np.bincount(np.searchsorted(times, stop[y == 1]), minlength=len(times))
    sums = Sums(at_risk[:, 0], at_risk[:, 1:], dying[:, 0], dying[:, 1:], number)
    return sums, times, hazard


def _from(rows: np.ndarray, at: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return the sums of the rows whose number is a time or later, (m, columns)."""
    order = np.argsort(at, kind="stable")
    later = np.vstack([rows[order][::-1].cumsum(axis=0)[::-1], np.zeros((1, rows.shape[1]))])
    return later[np.searchsorted(at[order], times, side="left")]


def scores(params: np.ndarray, y: np.ndarray, X: np.ndarray, spell: Spell) -> np.ndarray:
    """Return each row's score, shape (n, k): the score residuals of Lin & Wei (1989).

    With Efron's ties the d events of a time have d denominators, S0 - (j/d) D0 for j = 0..d-1, and
    each event a share of 1/d in every one; Breslow's have the first only (Therneau & Grambsch 2000,
    sections 3.3 and 4.6).
    """
    sums, times, hazard = _sums(params, y, X, spell)
    start, stop = ranks(spell.start, spell.stop)
    k, efron = X.shape[1], spell.ties == "efron"
    rate, rate_x = np.zeros(len(times)), np.zeros((len(times), k))
    back, back_x, mean = rate.copy(), rate_x.copy(), rate_x.copy()
    for step in range(int(sums.number.max())):
        has = sums.number > step
        share = np.where(has & efron, step / sums.number, 0.0)
        below = sums.risk - share * sums.events
        of = (sums.risk_x - share[:, None] * sums.events_x) / below[:, None]
        weight = np.where(has, 1 / below, 0.0)
        rate += weight
        rate_x += weight[:, None] * of
        back += share * weight
        back_x += (share * weight)[:, None] * of
        mean += np.where(has, 1 / sums.number, 0.0)[:, None] * of
    over = np.vstack([np.zeros(k + 1), np.column_stack([rate, rate_x]).cumsum(axis=0)])
    after, until = np.searchsorted(times, start), np.searchsorted(times, stop, side="right")
    total = over[until] - over[after]
    found = -hazard[:, None] * (X * total[:, :1] - total[:, 1:])
    event = np.flatnonzero(y == 1)
    at = np.searchsorted(times, stop[event])
    found[event] += X[event] - mean[at]
    found[event] += hazard[event, None] * (X[event] * back[at][:, None] - back_x[at])
    return found


def _model(y: np.ndarray, X: np.ndarray, spell: Spell) -> PHReg:
    from statsmodels.duration.hazard_regression import PHReg

    start, stop = ranks(spell.start, spell.stop)
    return PHReg(stop.astype(float), X, status=y, entry=start.astype(float), ties=spell.ties)


def _given(design: Design, information: np.ndarray) -> np.ndarray:
    """Return an information matrix of the inner coordinates as that of the given columns, (k,
    k).
    """
    if design.basis is None:
        return information
    back = np.linalg.inv(design.basis[1:, 1:])
    return back.T @ information @ back


def _refuse_alike(design: Design, information: np.ndarray) -> None:
    """Raise where a term is alike for all that are at risk at once: it moves the baseline hazard,
    which takes it up; or where it is so given the terms before it.
    """
    given = _given(design, information)
    basis = np.eye(design.X.shape[1]) if design.basis is None else design.basis
    size = np.var(design.X @ np.linalg.inv(basis), axis=0)[1:] * design.y.sum()
    found: list[str] = []
    kept: list[int] = []
    for place, name in enumerate(design.names[1:]):
        left = given[place, place]
        if kept:
            among, cross = given[np.ix_(kept, kept)], given[kept, place]
            left -= cross @ np.linalg.solve(among, cross)
        if left < OWN * size[place]:
            found.append(name)
        else:
            kept.append(place)
    if found:
        raise EstimationFailure(
            "collinearity",
            f"{', '.join(found)} is alike for all that are at risk whenever the event occurs, or a "
            "combination of other terms: the baseline hazard takes it up; leave it out",
        )


def _refuse_monotone(gradient: np.ndarray, information: np.ndarray, design: Design) -> None:
    """Raise where a Newton step at what looks like a maximum still moves the linear predictor: the
    likelihood then rises without end, and each step goes about one further.
    """
    basis = np.eye(design.X.shape[1]) if design.basis is None else design.basis
    slopes, inner = basis[1:, 1:], design.X[:, 1:]
    step = np.linalg.solve(information, gradient)
    if gradient @ step > NEAR or np.abs(step * np.ptp(inner, axis=0)).max() < RUNS:
        return
    move = np.abs(slopes @ step) * np.ptp(inner @ np.linalg.inv(slopes), axis=0)
    named = [
        name for name, far in zip(design.names[1:], move, strict=True) if far >= 0.05 * move.max()
    ]
    raise EstimationFailure(
        "separation",
        f"the likelihood rises without end along {', '.join(named)}: its estimate is infinite, as "
        "where no unit of one kind has the event",
    )


def fit(design: Design, level: float) -> Fit:
    """Fit a Cox model: the constant is part of the baseline hazard and has no estimate.

    Parameters
    ----------
    design : Design
        With `spell`; y is 1 for a row that ends with the event, X has a constant first.
    level : float
        Of the intervals.

    Returns
    -------
    Fit
        Log hazard ratios. The likelihood, gradient and information are statsmodels'; BIC counts
        events (Volinsky & Raftery 2000).
    """
    if design.spell is None:
        raise EstimationFailure("unfit_column", "a Cox model needs `spell` of the model")
    check_rank(design)
    y, spell, names = design.y, design.spell, list(design.names[1:])
    # hazard ratios do not depend on where the columns have their zero
    X = design.X[:, 1:] - design.X[:, 1:].mean(axis=0)
    model, events = _model(y, X, spell), int(y.sum())

    def slopes(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gradient, information = np.asarray(model.score(at)), -np.asarray(model.hessian(at))
        _refuse_monotone(gradient, information, design)
        return gradient, information

    start = np.zeros(len(names))
    _refuse_alike(design, -np.asarray(model.hessian(start)))
    params, top, steps = climb(start, model.loglike, slopes)
    null = float(model.loglike(np.zeros(len(names))))
    return wald(
        names=names,
        params=params,
        covariance=likelihood_covariance(design, -slopes(params)[1], scores(params, y, X, spell)),
        level=level,
        n=len(y),
        about=about(design),
        fit={
            "log_likelihood": float(top),
            "log_likelihood_null": null,
            "aic": 2 * len(names) - 2 * float(top),
            "bic": len(names) * float(np.log(events)) - 2 * float(top),
        },
        convergence={"converged": True, "iterations": steps, "method": "newton"},
        warnings=few_events(events, len(names)),
    )
