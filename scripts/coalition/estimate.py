"""A model of the config and a sample -> one entry of an estimates file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from . import effects, estimators, specification
from .design import NOMINAL, Prepared, label_of, parse_term, prepare
from .fits import Caution, Design, EstimationFailure, Fit

Entry = dict[str, Any]
EMPTY: Entry = {
    "status": "failed",
    "failure": None,
    "levels": [],
    "reference_level": None,
    "inference": None,
    "warnings": [],
    "n": None,
    "n_by_level": {},
    "n_states": None,
    "n_clusters": None,
    "dropped": [],
    "convergence": None,
    "separation": None,
    "fit": {},
    "covariance": None,
    "rows": [],
}


def estimate(
    name: str,
    model: Mapping[str, Any],
    sample: pd.DataFrame,
    labels: Mapping[str, str],
    level: float = 0.95,
    marginal_effects: bool = True,
) -> Entry:
    """Fit one model and say all there is to say about it.

    Parameters
    ----------
    name : str
        The model's name in the config.
    model : mapping
        Its entry in `models`.
    sample : DataFrame
        The table of its sample.
    labels : mapping
        What tables print for variables, measures and outcomes.
    level : float
        Of the intervals.
    marginal_effects : bool
        Whether average marginal effects are wanted too.

    Returns
    -------
    dict
        A MODEL of docs/architecture.md; where estimation fails, `status` is "failed", `failure` says why and there are no numbers.
    """
    entry = _about(name, model, labels)
    try:
        prepared = prepare(sample, model, labels)
    except EstimationFailure as failure:
        return entry | {"failure": {"kind": failure.kind, "message": failure.message}}
    entry |= _rows_used(prepared, model)
    try:
        fit = estimators.fit(model["family"], prepared.design, level)
        effect_rows = _effects(name, model, prepared, fit, marginal_effects)
        statistics, cautions = _specification(model["family"], prepared.design) if marginal_effects else ({}, ())
    except EstimationFailure as failure:
        return entry | {"failure": {"kind": failure.kind, "message": failure.message}}
    if fit.used is not None:
        entry |= _rows_used(Prepared(_only(prepared.design, fit.used), prepared.rows[fit.used], prepared.dropped), model)
    return entry | {
        "status": "ok",
        "n": fit.n,
        "inference": fit.inference,
        "warnings": [{"kind": warning.kind, "message": warning.message} for warning in (*fit.warnings, *cautions)],
        "convergence": fit.convergence,
        "separation": fit.separation,
        "fit": fit.fit | statistics,
        "covariance": {"names": list(fit.names), "matrix": fit.covariance},
        "rows": [*_coefficients(name, model, fit), *effect_rows],
    }


def _about(name: str, model: Mapping[str, Any], labels: Mapping[str, str]) -> Entry:
    return EMPTY | {
        "model": name,
        "label": model["label"],
        "group": model["group"],
        "family": model["family"],
        "sample": model["sample"],
        "where": model.get("where", {}),
        "outcome": model["outcome"],
        "outcome_label": labels.get(model["outcome"], model["outcome"]),
        "terms": list(model["terms"]),
        "nonproportional": list(model.get("nonproportional", [])),
        "labels": {term: label_of(term, labels) for term in model["terms"]} | {"const": labels.get("const", "Constant")},
        "fixed_effects": list(model.get("fixed_effects", [])),
    }


def _rows_used(prepared: Prepared, model: Mapping[str, Any]) -> Entry:
    design, rows = prepared.design, prepared.rows
    counts = {level: int((design.y == code).sum()) for code, level in enumerate(design.levels)}
    return {
        "levels": list(design.levels),
        "reference_level": design.levels[0] if model["family"] in NOMINAL else None,
        "n": len(rows),
        "n_by_level": counts,
        "n_states": int(rows["iso3"].nunique()),
        "n_clusters": None if design.groups is None else len(np.unique(design.groups)),
        "dropped": prepared.dropped,
        "warnings": [],
    }


def _only(design: Design, used: np.ndarray) -> Design:
    return replace(design, y=design.y[used], groups=None if design.groups is None else design.groups[used])


def _specification(family: str, design: Design) -> tuple[dict[str, float], tuple[Caution, ...]]:
    """Return the tests of what a family takes for granted, where it has one, and what a reader must know of their results."""
    try:
        if family == "ordered_logit":
            return _proportional_odds(design)
        if family == "panel_random":
            test = specification.mundlak(design)
            return {"mundlak_chi2": test.statistic, "mundlak_df": test.df, "mundlak_p": test.p}, ()
    except (EstimationFailure, np.linalg.LinAlgError):
        return {}, ()  # the estimates stand without the test
    return {}, ()


def _proportional_odds(design: Design) -> tuple[dict[str, float], tuple[Caution, ...]]:
    joint, *single = specification.proportional_odds(design)
    found = {"proportional_odds_chi2": joint.statistic, "proportional_odds_df": joint.df, "proportional_odds_p": joint.p}
    below = specification.NOTABLE / len(single)
    named = [f"{test.term} (p = {test.p:.3f})" for test in single if test.p < below]
    if not named:
        return found, ()
    message = f"effects differ between the cut points: {', '.join(named)}, score tests that are notable among {len(single)} (Bonferroni)"
    return found, (Caution("proportional_odds", message),)


def _coefficients(name: str, model: Mapping[str, Any], fit: Fit) -> list[Entry]:
    return [
        _row(
            name,
            model,
            kind=fit.kinds[position],
            level=fit.levels[position],
            term=fit.terms[position],
            method=f"{fit.inference['p_values']}, {fit.inference['covariance']} covariance",
            **{part: getattr(fit, part)[position] for part in ("std_error", "statistic", "p_value", "conf_low", "conf_high")},
            estimate=fit.params[position],
        )
        for position in range(len(fit.names))
    ]


def _row(name: str, model: Mapping[str, Any], **columns: Any) -> Entry:
    first = {"model": name, "family": model["family"], "outcome": model["outcome"]}
    order = ("kind", "level", "term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "method")
    return first | {column: columns[column] for column in order}


def _effects(name: str, model: Mapping[str, Any], prepared: Prepared, fit: Fit, marginal_effects: bool) -> list[Entry]:
    if not estimators.categorical(model["family"]):
        return []
    made = {prepared.design.names[column] for column, _ in prepared.design.products}  # they move with their parts
    made |= {term for term in prepared.design.names if term not in fit.terms}  # without an estimate
    terms = [term for term in model["terms"] if len(parse_term(term).factors) == 1 and term not in made]
    found = list(effects.average_marginal_effects(model["family"], fit, prepared.design, terms)) if marginal_effects else []
    if "corners" in model:
        corners = model["corners"]
        probabilities, contrasts = effects.corner_probabilities(
            model["family"], fit, prepared.design, corners["first"], corners["second"], corners["low"], corners["high"]
        )
        found += [*probabilities, *contrasts]
    parts = ("kind", "level", "term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
    return [_row(name, model, method="delta method", **{part: getattr(effect, part) for part in parts}) for effect in found]
