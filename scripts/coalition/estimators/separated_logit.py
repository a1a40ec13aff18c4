"""What can be said of a separated logit, which has no finite estimate: which way its estimates run,
and a score test of each term.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import qr

from ..base.distributions import norm
from .fit_types import Design, Fit
from .logit import hessian, margins, maximise, probabilities, scores
from .sandwich import kind_of
from .separation import infinite, overlapping, runs
from .wald import about, likelihood_covariance, wald

NO_INFORMATION = 1e-9
"""Share of a column's weighted square that must be left once the other columns are taken out of it:
below is rounding.
"""


@dataclass(frozen=True)
class ScoreTest:
    """The test that one term has no effect.

    direction : 1 or -1 where the maximum likelihood estimate runs to plus or minus infinity, 0
        where it is finite or may run either way
    infinite : whether the estimate is infinite
    statistic : signed root of chi2(1); its sign is that of the score, that is of the direction in
        which the likelihood rises
    untested : why there is no test; then statistic and p_value are nan
    """

    term: str
    infinite: bool
    direction: int
    statistic: float
    p_value: float
    untested: str = ""


@dataclass(frozen=True)
class Null:
    """A term's scores under the null, row by row; arrays are (m,), of the rows that the other terms
    do not separate.

    scores : each row's score, cleared of the other terms
    spread : its standard deviation where the model is right: weight x sqrt(p (1 - p)) x what the
        other terms leave of the column
    residuals : (y - p) / sqrt(p (1 - p))
    information : of the term, given the others
    """

    scores: np.ndarray
    spread: np.ndarray
    residuals: np.ndarray
    information: float


def method(design: Design) -> str:
    """Return how the variance of a score is had: as the model has it, or with rows of a cluster
    that go together.
    """
    return "clusters" if kind_of(design) == "cluster" else "model"


def score_tests(design: Design, terms: Sequence[str]) -> list[ScoreTest]:
    """Return the score test of each term of a separated logit, against a model that has all the
    others.

    Parameters
    ----------
    design : Design
        Of full rank and separated.
    terms : sequence of str
        Columns of the design.

    Notes
    -----
    A Wald statistic needs the estimate and says nothing where it is infinite (Hauck & Donner 1977;
    Heinze & Schemper 2002). The score statistic (Rao 1948) needs only the estimates under the null.
    Where the other terms separate the outcome too, these are a limit: rows that are separated have
    probability 0 or 1 there and tell nothing more, and the rest have an ordinary maximum (Geyer
    2009). The test is made among the rest, as far as the term still varies there once the others
    are held.
    """
    columns = [design.names.index(term) for term in terms]
    infinite, directions = runs(margins(design.y, design.X), columns)
    return [
        _score_test(design, column, bool(endless), int(direction))
        for column, endless, direction in zip(columns, infinite, directions, strict=True)
    ]


def finite_estimates(design: Design, level: float) -> Fit | None:
    """Return the estimates of the terms that separation leaves finite; None where there is none.

    Where walking to infinity the rows that are decided have probability 0 or 1 and say nothing of
    the rest, whose likelihood has an ordinary maximum (Geyer 2009, section 3.4). The finite
    parameters are those of that maximum; the others are not identified in it and are left out.
    """
    rows = overlapping(margins(design.y, design.X))
    endless = infinite(margins(design.y, design.X))
    if not rows.any() or endless.all():
        return None
    order = [*np.flatnonzero(~endless), *np.flatnonzero(endless)]
    kept = _first_independent(design.X[rows][:, order])
    columns = [order[place] for place in kept]
    if not set(np.flatnonzero(~endless)) <= set(columns):
        return None
    left = replace(
        design,
        y=design.y[rows],
        X=design.X[rows][:, columns],
        names=tuple(design.names[column] for column in columns),
        groups=None if design.groups is None else design.groups[rows],
        crossed=None if design.crossed is None else design.crossed[rows],
        weights=None if design.weights is None else design.weights[rows],
        products=(),
    )
    return _limit(left, int((~endless).sum()), level)


def _limit(design: Design, finite: int, level: float) -> Fit:
    """Return the fit among the rows that are not decided, of its first columns alone."""
    params, top, steps = maximise(design.y, design.X, design.weights)
    covariance = likelihood_covariance(
        design,
        hessian(params, design.X, design.weights),
        scores(params, design.y, design.X, design.weights),
    )
    return wald(
        names=list(design.names[:finite]),
        params=params[:finite],
        covariance=covariance[:finite, :finite],
        level=level,
        n=len(design.y),
        about=about(design),
        fit={"log_likelihood": top},
        convergence={"converged": True, "iterations": steps, "method": "newton"},
    )


def _first_independent(columns: np.ndarray) -> list[int]:
    """Return the places of the columns that do not depend on those before them."""
    kept: list[int] = []
    for place in range(columns.shape[1]):
        chosen = columns[:, [*kept, place]]
        length = np.linalg.norm(chosen, axis=0)
        if length[-1] == 0:
            continue
        r = np.abs(np.diag(np.linalg.qr(chosen / length, mode="r")))
        if len(r) == len(kept) + 1 and r[-1] > 1e-9:
            kept.append(place)
    return kept


def _score_test(design: Design, column: int, infinite: bool, direction: int) -> ScoreTest:
    def none(reason: str) -> ScoreTest:
        return ScoreTest(design.names[column], infinite, direction, np.nan, np.nan, reason)

    rows = overlapping(margins(design.y, np.delete(design.X, column, axis=1)))
    if not rows.any():
        return none("without it the other terms separate the outcome completely")
    try:
        null = under_the_null(design, column, rows)
    except np.linalg.LinAlgError:  # almost separated: Newton's method ran to probabilities 0 and 1
        return none("without it the other terms almost separate the outcome")
    if null is None:
        return none("it varies only among rows that the other terms separate")
    if design.crossed is not None and method(design) == "clusters":
        return none("clusters that cross have no score test here")
    statistic = float(null.scores.sum() / np.sqrt(_variance(design, rows, null)))
    return ScoreTest(
        design.names[column], infinite, direction, statistic, float(2 * norm.sf(abs(statistic)))
    )


def under_the_null(design: Design, column: int, rows: np.ndarray) -> Null | None:
    """Return the scores of a term under the null; None where no information is left.

    s_i = w_i (y_i - p_i) x_i*, x* the residual of the column's regression on the others with
    weights w_i p_i (1 - p_i), which takes account of their estimation (Boos 1992).
    """
    y, x = design.y[rows], design.X[rows, column]
    weights = np.ones(len(y)) if design.weights is None else design.weights[rows]
    others = _independent(np.delete(design.X[rows], column, axis=1))
    beta = maximise(y, others, None if design.weights is None else weights)[0]
    one = probabilities(beta, others)[:, 1]
    deviation = np.sqrt(one * (1 - one))
    root = np.sqrt(weights) * deviation
    left = x - others @ np.linalg.lstsq(root[:, None] * others, root * x, rcond=None)[0]
    information = float(((root * left) ** 2).sum())
    if information <= NO_INFORMATION * ((root * x) ** 2).sum():
        return None
    return Null(
        weights * (y - one) * left, weights * deviation * left, (y - one) / deviation, information
    )


def _independent(columns: np.ndarray) -> np.ndarray:
    """Return columns that span the same space and do not depend on each other: among some of the
    rows the design can lose rank.
    """
    length = np.linalg.norm(columns, axis=0)
    scaled = columns[:, length > 0] / length[length > 0]
    _, r, order = qr(scaled, mode="economic", pivoting=True)
    return scaled[:, np.sort(order[: int((np.abs(np.diag(r)) > 1e-9).sum())])]


def _variance(design: Design, rows: np.ndarray, null: Null) -> float:
    """Return the variance of the sum of the scores.

    It is that which the null implies, not the squares of the scores themselves (Boos 1992): the
    rows that a term decides have all the same outcome, so that the squares of their scores say
    nothing of how these vary, and the statistic comes to the number of clusters that carry the
    term, however likely their outcome was. With clusters two rows of one are correlated by a number
    that is pooled over all clusters (Liang & Zeger 1986; Pan 2001), 0 where it is negative.
    """
    independent = (
        null.information
        if kind_of(design) == "model" and design.weights is None
        else float((null.spread**2).sum())
    )
    if design.groups is None or method(design) != "clusters":
        return independent
    groups = np.unique(design.groups[rows], return_inverse=True)[1]
    return independent + within_clusters(null.residuals, groups) * _pairs(null.spread, groups)


def within_clusters(residuals: np.ndarray, groups: np.ndarray) -> float:
    """Return the correlation of two residuals of one cluster, as the mean product over all pairs of
    all clusters; 0 at least.
    """
    pairs = _pairs(np.ones(len(groups)), groups)
    return max(0.0, min(1.0, _pairs(residuals, groups) / pairs)) if pairs > 0 else 0.0


def _pairs(values: np.ndarray, groups: np.ndarray) -> float:
    """Return the sum of the products of all ordered pairs of different rows of one cluster."""
    return float((np.bincount(groups, values) ** 2).sum() - (values**2).sum())
