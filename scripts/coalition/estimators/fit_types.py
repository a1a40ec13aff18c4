"""What an estimator takes and gives back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


class EstimationFailure(Exception):
    """A model that has no meaningful numbers: its kind (see docs/architecture.md) and a sentence
    for the table's foot.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


@dataclass(frozen=True)
class FitWarning:
    """Something that a reader of the numbers must know."""

    kind: str
    message: str


@dataclass(frozen=True)
class Selection:
    """The second equation of a model whose outcome only some rows can have.

    y : (n,) 1.0 for the rows that are selected, else 0.0
    X : (n, q) float with a constant in its first column
    names : (q,)
    products : as those of a Design
    basis : (q, q), of the inner coordinates that X is in, as that of a Design
    """

    y: np.ndarray
    X: np.ndarray
    names: tuple[str, ...]
    products: tuple[tuple[int, tuple[int, ...]], ...] = ()
    basis: np.ndarray | None = None


@dataclass(frozen=True)
class Spell:
    """When the rows of a model of durations are at risk of the event: in (start, stop].

    start, stop : (n,) float
    unit : (n,) integer codes of what the spells are of, or None where each row is its own
    ties : how events of one time are counted, "efron" or "breslow"
    """

    start: np.ndarray
    stop: np.ndarray
    unit: np.ndarray | None = None
    ties: str = "efron"


@dataclass(frozen=True)
class Errors:
    """How a model's standard errors are asked for.

    kind : "default" (clustered where there are clusters, else the family's own), model, hc0, hc1,
        hc2, hc3, cluster, driscoll_kraay, panel_corrected, ...
    cluster : the columns that rows are clustered by, one or two
    correction : "full" G/(G-1) (n-1)/(n-p), "clusters" G/(G-1), or "none"
    """

    kind: str = "default"
    cluster: tuple[str, ...] = ()
    correction: str = "full"


@dataclass(frozen=True)
class Design:
    """The data of one model.

    y : (n,) float; codes 0..K-1 of categorical outcomes
    X : (n, k) float with a constant in its first column, unless the model has none
    names : (k,)
    levels : outcome labels in order, the first is the reference of a multinomial; empty for
        continuous outcomes and counts
    groups : (n,) integer codes of clusters, or None
    crossed : (n,) integer codes of a second clustering, crossed with the first, or None
    weights : (n,) positive, or None
    errors : how standard errors are asked for
    entity, time : (n,) panel unit and year, for panel models
    products : (j, (i, ...)): column j is the product of the columns i, ...; a square has the same
        column twice
    nonproportional : columns whose effects differ between the cut points of a partial proportional
        odds model
    selection : who can have the outcome; y, and where they are not known the columns of X, are NaN
        in the rows that are not selected
    population_share : share of events in the population, for a rare-events logit
    case_control : how a rare-events logit corrects a sample that was taken by the outcome: "prior"
    or
        "weighting"
    basis : (k, k) A of the inner coordinates that X is in, X = (columns as given) A; or None
    offset : (n,) what is added to the linear predictor with a coefficient of one, or None
    spell : when the rows of a Cox model are at risk
    """

    y: np.ndarray
    X: np.ndarray
    names: tuple[str, ...]
    levels: tuple[str, ...]
    groups: np.ndarray | None
    entity: np.ndarray | None = None
    time: np.ndarray | None = None
    products: tuple[tuple[int, tuple[int, ...]], ...] = ()
    nonproportional: tuple[int, ...] = ()
    population_share: float | None = None
    case_control: str = "prior"
    crossed: np.ndarray | None = None
    weights: np.ndarray | None = None
    errors: Errors = Errors()
    selection: Selection | None = None
    basis: np.ndarray | None = None
    offset: np.ndarray | None = None
    spell: Spell | None = None

    @property
    def units(self) -> np.ndarray:
        """The unit of each row, (n,), for a family that knows units."""
        return _given(self.entity)

    @property
    def times(self) -> np.ndarray:
        """The time of each row, (n,), for a family that knows units."""
        return _given(self.time)


def _given(panel: np.ndarray | None) -> np.ndarray:
    if panel is None:
        raise EstimationFailure(
            "unfit_column",
            "the family needs units and times: `panel: {unit: UNIT, time: TIME}` of the sample",
        )
    return panel


@dataclass(frozen=True)
class Inner:
    """A fit in its inner coordinates: params (p,), covariance (p, p), and the A of the outcome's
    columns (k, k) and of the selection's (q, q), where there is one.
    """

    params: np.ndarray
    covariance: np.ndarray
    basis: np.ndarray
    joining: np.ndarray | None = None


@dataclass(frozen=True)
class Fit:
    """Estimates of one model; arrays are (p,), the covariance (p, p).

    n : what the estimates rest on: rows, differences, or means of units
    used : (rows of the design,) bool, where the family itself leaves rows out that say nothing
    inner : the fit in the coordinates that it was made in, where they are not those of the columns
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    levels: tuple[str | None, ...]
    terms: tuple[str, ...]
    params: np.ndarray
    covariance: np.ndarray
    std_error: np.ndarray
    statistic: np.ndarray
    p_value: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    inference: dict[str, object]
    convergence: dict[str, object]
    separation: dict[str, object]
    fit: dict[str, float]
    n: int
    warnings: tuple[FitWarning, ...] = field(default=())
    used: np.ndarray | None = None
    inner: Inner | None = None


def blanked(fit: Fit, where: np.ndarray, *parts: str) -> Fit:
    """Return a fit without some numbers of some parameters, (p,) bool."""
    made: dict[str, Any] = {part: np.where(where, np.nan, getattr(fit, part)) for part in parts}
    return replace(fit, **made)
