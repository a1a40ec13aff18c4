"""What a model predicts along the range of a term or in groups, and how the effect of a term
changes
along another: averages over the rows, errors by the delta method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from ..base.column_kinds import values_in_order
from ..base.distributions import normal_or_t
from ..base.keys import Keys
from ..formula.families import FAMILIES, MEANS
from ..formula.terms import parse_term
from . import predictor
from .conditioning import InBasis
from .design_matrix import Prepared
from .fit_types import Design, Fit
from .marginal_effects import Quantity, delta_method, direction, moved

Entry = dict[str, Any]
BINS = 24
"""Bins in which the rows along a range are counted."""
GROUPS = 12
"""Values of a number that are groups at most."""
MIDDLE = (0.05, 0.95)
"""Quantiles between which a range runs where its ends are not given."""


class Mean:
    """The mean of an outcome of numbers, as the predictor of one level."""

    def __init__(self, columns: int, counts: bool, offset: np.ndarray | None) -> None:
        self.columns, self.counts = columns, counts
        self.offset: np.ndarray | float = 0.0 if offset is None else offset

    def probabilities(self, params: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Return the mean of each row, shape (n, 1)."""
        index = X @ params[: self.columns]
        return (np.exp(index + self.offset) if self.counts else index)[:, None]

    def derivatives(self, params: np.ndarray, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
        """Return its derivatives where the design moves along dX, shape (n, 1)."""
        slope = (dX @ params[: self.columns])[:, None]
        return slope * self.probabilities(params, X) if self.counts else slope


def predictions(
    model: Mapping[str, Any], prepared: Prepared, fit: Fit, level: float = 0.95
) -> dict[str, Entry]:
    """Return every prediction that a model of the config asks for, by name.

    Parameters
    ----------
    model : mapping
        Its entry in `models`, with `predictions`.
    prepared : Prepared
    fit : Fit
    level : float
        Of the intervals, each of one point.
    """
    return {
        name: _prediction(model["family"], about, prepared, fit, level)
        for name, about in model.get("predictions", {}).items()
    }


def fitted(
    model: Mapping[str, Any], prepared: Prepared, fit: Fit, keys: Keys, level: float = 0.95
) -> Entry | None:
    """Return what the model gives each of its rows, with 95% intervals by the delta method.

    Returns
    -------
    dict or None
        levels; rows: what names the row, estimate, conf_low and conf_high, (levels,) each. None for
        an outcome of numbers, a model with selection, and where some rows were not used: they have
        no one probability each.
    """
    design, family = prepared.design, model["family"]
    if not FAMILIES[family].categorical or design.selection is not None or fit.used is not None:
        return None
    levels = _levels(design)
    module, first = _module(family, design, fit), len(design.levels) - len(levels)
    values, errors = delta_method(
        lambda at: module.probabilities(at, design.X)[:, first:].ravel(), fit
    )
    numbers = [
        part.reshape(-1, len(levels)).tolist()
        for part in (values, *_ends(values, errors, "probability", fit, level))
    ]
    names = [name for name in keys.row if name in prepared.rows]
    rows = prepared.rows[names].astype(object).to_dict("records")
    parts = ("estimate", "conf_low", "conf_high")
    return {
        "levels": list(levels),
        "rows": [
            row | dict(zip(parts, of, strict=True))
            for row, of in zip(rows, zip(*numbers, strict=True), strict=True)
        ],
    }


def _prediction(
    family: str, about: Mapping[str, Any], prepared: Prepared, fit: Fit, level: float
) -> Entry:
    design = prepared.design
    found = {part: about.get(part) for part in ("over", "groups", "effect_of")}
    levels = _levels(design)
    scale = _scale(family, design)
    found |= {"scale": scale, "levels": list(levels), "observed": None, "message": None}
    message = _why_not(about, design)
    if message:
        return found | {"points": [], "message": message}
    if "over" in about:
        places = _along(about, design)
        found["observed"] = _observed(design, about["over"], [at for at, _ in places])
    else:
        places = _groups(about["groups"], prepared)
    module = _module(family, design, fit)
    quantities = [_quantity(module, replace(design, X=X), about, levels) for _, X in places]
    values, errors = delta_method(lambda at: np.concatenate([q(at) for q in quantities]), fit)
    low, high = _ends(values, errors, "effect" if "effect_of" in about else scale, fit, level)
    labels = [(at, of) for at, _ in places for of in levels]
    return found | {"points": _points(labels, np.column_stack([values, errors, low, high]))}


PARTS = ("at", "level", "estimate", "std_error", "conf_low", "conf_high")


def _points(labels: list[tuple[Any, str | None]], numbers: np.ndarray) -> list[Entry]:
    return [
        dict(zip(PARTS, (*of, *row), strict=True))
        for of, row in zip(labels, numbers.tolist(), strict=True)
    ]


def _why_not(about: Mapping[str, Any], design: Design) -> str | None:
    """Return why there is no prediction, where there is none."""
    moved_terms = [about[key] for key in ("over", "effect_of") if key in about]
    gone = [term for term in moved_terms if term not in design.names]
    if gone:
        return f"{', '.join(gone)} has no estimate in this model"
    term = about.get("groups")
    if term in design.names:
        number = len(np.unique(design.X[:, design.names.index(term)]))
        if number > GROUPS:
            return f"{term} has {number} different values, and groups are {GROUPS} at most"
    return None


def _scale(family: str, design: Design) -> str:
    return "probability" if design.levels else "count" if _counts(family) else "outcome"


def _counts(family: str) -> bool:
    return FAMILIES[family].scale == MEANS


def _module(family: str, design: Design, fit: Fit) -> Any:
    if FAMILIES[family].categorical:
        return predictor(family, design, fit.inner)
    mean = Mean(design.X.shape[1], _counts(family), design.offset)
    return mean if fit.inner is None else InBasis(mean, fit.inner)


def _levels(design: Design) -> tuple[str | None, ...]:
    """Return the levels that are predicted: of a binary outcome the event."""
    return design.levels[1 if len(design.levels) == 2 else 0 :] or (None,)


def _along(about: Mapping[str, Any], design: Design) -> list[tuple[Any, np.ndarray]]:
    column = design.names.index(about["over"])
    ends = np.quantile(design.X[:, column], MIDDLE)
    low, high = float(about.get("from", ends[0])), float(about.get("to", ends[1]))
    values = np.linspace(low, high, about.get("points", 21))
    return [(float(value), moved(design, {column: value})) for value in values]


def _observed(design: Design, term: str, at: list[float]) -> Entry:
    """Return how the rows lie along a range, and how many lie outside."""
    values = design.X[:, design.names.index(term)]
    counts, edges = np.histogram(values, bins=BINS, range=(min(at), max(at)))
    outside = int(((values < min(at)) | (values > max(at))).sum())
    return {
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "outside": outside,
        "low": float(values.min()),
        "high": float(values.max()),
    }


def _groups(term: str, prepared: Prepared) -> list[tuple[Any, np.ndarray]]:
    """Return the design with every row as if it were of each group in turn."""
    design = prepared.design
    if term in design.names:
        column = design.names.index(term)
        values = np.unique(design.X[:, column])
        return [(float(value), moved(design, {column: float(value)})) for value in values]
    variable = parse_term(term).factors[0].variable
    stem = term if term == variable else f"factor({variable})"
    own = {name: place for place, name in enumerate(design.names) if name.startswith(f"{stem}[")}
    none = dict.fromkeys(own.values(), 0.0)
    found = []
    for value in values_in_order(pd.Series(prepared.rows[variable])):
        text = str(int(value)) if isinstance(value, float) and value == int(value) else str(value)
        here = own.get(f"{stem}[{text}]")
        found.append((text, moved(design, none if here is None else none | {here: 1.0})))
    return found


def _quantity(
    module: Any, design: Design, about: Mapping[str, Any], levels: tuple[str | None, ...]
) -> Quantity:
    """Return the average prediction, or the average effect of a term, of the levels as a function
    of
    the parameters.
    """
    first = len(design.levels) - len(levels) if design.levels else 0
    if "effect_of" not in about:
        return lambda at: module.probabilities(at, design.X).mean(axis=0)[first:]
    column = design.names.index(about["effect_of"])
    if set(np.unique(design.X[:, column])) <= {0.0, 1.0}:
        none, one = moved(design, {column: 0.0}), moved(design, {column: 1.0})
        return lambda at: (module.probabilities(at, one) - module.probabilities(at, none)).mean(
            axis=0
        )[first:]
    along = direction(design, column)
    return lambda at: module.derivatives(at, design.X, along).mean(axis=0)[first:]


def _ends(
    values: np.ndarray, errors: np.ndarray, scale: str, fit: Fit, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the intervals: symmetric in the log odds of a probability and in the log
    of
    a count, so that they stay where these can be.
    """
    df = fit.inference["df"]
    half = normal_or_t(df if isinstance(df, int) else None).ppf((1 + level) / 2) * errors
    with np.errstate(divide="ignore", invalid="ignore"):
        if scale == "probability":
            width = half / (values * (1 - values))
            return expit(logit(values) - width), expit(logit(values) + width)
        if scale == "count":
            return values * np.exp(-half / values), values * np.exp(half / values)
    return values - half, values + half
