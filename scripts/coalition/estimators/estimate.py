"""A model of the config and a sample -> one entry of an estimates file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from .. import estimators
from ..base.keys import STATES, Keys
from ..base.number_formats import p_words
from ..formula.families import FAMILIES
from ..formula.terms import label_of
from . import marginal_effects as effects
from . import separated_logit, specification_tests
from .conditioning import in_sizes
from .dependence import without_dependent
from .dependence_between_states import moran_of_residuals, of_the_foot
from .design_matrix import CONSTANT, Prepared, prepare
from .fit_types import Design, EstimationFailure, Fit, FitWarning
from .predictions import fitted, predictions

Entry = dict[str, Any]
EMPTY: Entry = {
    "status": "failed",
    "failure": None,
    "levels": [],
    "reference_level": None,
    "references": {},
    "inference": None,
    "warnings": [],
    "n": None,
    "n_by_level": {},
    "n_selected": None,
    "n_states": None,
    "n_units": None,
    "n_clusters": None,
    "dropped": [],
    "convergence": None,
    "separation": None,
    "fit": {},
    "moran": [],
    "covariance": None,
    "predictions": {},
    "fitted": None,
    "rows": [],
    "by_method": None,
}


def estimate(
    name: str,
    model: Mapping[str, Any],
    sample: pd.DataFrame,
    labels: Mapping[str, str],
    level: float = 0.95,
    marginal_effects: bool = True,
    keys: Keys = STATES,
    out: pd.Series | None = None,
    each_row: bool = False,
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
    keys : Keys
        What names a row of the sample.
    out : Series of bool, shape (rows of the sample,), optional
        Rows to do without; see `design.prepare`.
    each_row : bool
        Whether what the model gives each row is wanted too.

    Returns
    -------
    dict
        A MODEL of docs/architecture.md; where estimation fails, `status` is "failed", `failure`
        says why and there are no numbers but those at assumed correlations of the errors of a model
        with selection, and the score tests of a separated logit.
    """
    entry = _about(name, model, labels) | {"panel": _panel(model, keys)}
    try:
        prepared = prepare(sample, model, labels, keys, out)
    except EstimationFailure as failure:
        return entry | {"failure": {"kind": failure.kind, "message": failure.message}}
    prepared, left_out = without_dependent(prepared, model)
    entry |= _rows_used(prepared, model, labels, keys)
    entry["warnings"] = _plain(left_out)
    try:
        entry["rows"] = _assumed_correlations(name, model, prepared, level)
        fit = estimators.fit(model["family"], prepared.design, level)
        effect_rows = _effects(name, model, prepared, fit, marginal_effects)
        predicted = predictions(model, prepared, fit, level) if marginal_effects else {}
        statistics, cautions = (
            _specification(model["family"], in_sizes(prepared.design))
            if marginal_effects
            else ({}, ())
        )
    except EstimationFailure as failure:
        return (
            entry
            | {"failure": {"kind": failure.kind, "message": failure.message}}
            | _separated(name, model, prepared, failure, level)
        )
    if fit.used is not None:
        used = replace(
            prepared, design=_only(prepared.design, fit.used), rows=prepared.rows[fit.used]
        )
        entry |= _rows_used(used, model, labels, keys)
    moran = (
        moran_of_residuals(model["family"], prepared.design, fit, prepared.rows)
        if marginal_effects and fit.used is None
        else []
    )
    return entry | {
        "status": "ok",
        "n": fit.n,
        "inference": fit.inference,
        "warnings": _plain((*left_out, *fit.warnings, *cautions)),
        "convergence": fit.convergence,
        "separation": fit.separation,
        "fit": fit.fit | statistics | _outcome(prepared.design) | of_the_foot(moran),
        "moran": moran,
        "covariance": {"names": list(fit.names), "matrix": fit.covariance},
        "predictions": predicted,
        "fitted": fitted(model, prepared, fit, keys, level) if each_row else None,
        "rows": [*_coefficients(name, model, fit), *effect_rows, *entry["rows"]],
    }


def _outcome(design: Design) -> dict[str, float]:
    """Return mean and standard deviation of an outcome of numbers, or of a binary one's event."""
    if len(design.levels) > 2 or np.isnan(design.y).any():
        return {}
    spread = float(np.std(design.y, ddof=1)) if len(design.y) > 1 else float("nan")
    return {"outcome_mean": float(np.mean(design.y)), "outcome_sd": spread}


def _plain(cautions: Iterable[FitWarning]) -> list[Entry]:
    return [{"kind": caution.kind, "message": caution.message} for caution in cautions]


def _about(name: str, model: Mapping[str, Any], labels: Mapping[str, str]) -> Entry:
    return EMPTY | {
        "model": name,
        "label": model["label"],
        "group": model["group"],
        "family": model["family"],
        "sample": model["sample"],
        "where": model.get("where", {}),
        "sample_where": None,
        "outcome": model["outcome"],
        "outcome_label": label_of(model["outcome"], labels),
        "terms": list(model["terms"]),
        "selection": _selection(model),
        "nonproportional": list(model.get("nonproportional", [])),
        "population": _population(model),
        "corners": model.get("corners"),
        **{part: model.get(part) for part in ("spell", "baseline", "offset", "exposure")},
        "labels": {term: label_of(term, labels) for term in _terms(model)} | _constant(labels),
        "fixed_effects": list(model.get("fixed_effects", [])),
    }


def _constant(labels: Mapping[str, str]) -> dict[str, str]:
    return {CONSTANT: labels.get(CONSTANT, "Constant")}


def _terms(model: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys([*model["terms"], *model.get("selection", {"terms": []})["terms"]]))


def _panel(model: Mapping[str, Any], keys: Keys) -> Entry | None:
    """Return the columns of a panel model's units and times, by which its words are chosen."""
    if not FAMILIES[model["family"]].units:
        return None
    return {"unit": list(keys.unit), "time": keys.time}


def _selection(model: Mapping[str, Any]) -> Entry | None:
    return (
        {part: model["selection"][part] for part in ("outcome", "terms")}
        if "selection" in model
        else None
    )


def _population(model: Mapping[str, Any]) -> Entry | None:
    """Return the population that a rare-events logit corrects a sample towards, and how."""
    if "population_share" not in model:
        return None
    return {"share": model["population_share"], "case_control": model.get("case_control", "prior")}


def _selection_used(prepared: Prepared, model: Mapping[str, Any]) -> Entry | None:
    """Return the selection equation with the terms as columns, without what both equations share
    and the config does not list.
    """
    if prepared.design.selection is None:
        return None
    shared = {*prepared.design.names} - {*prepared.terms}
    return {
        **(_selection(model) or {}),
        "terms": [name for name in prepared.design.selection.names if name not in shared],
    }


def _rows_used(
    prepared: Prepared, model: Mapping[str, Any], labels: Mapping[str, str], keys: Keys
) -> Entry:
    design, rows = prepared.design, prepared.rows
    counts = {level: int((design.y == code).sum()) for code, level in enumerate(design.levels)}
    return {
        "levels": list(design.levels),
        "reference_level": design.levels[0] if FAMILIES[model["family"]].several else None,
        "n": len(rows),
        "n_by_level": counts,
        "n_selected": None if design.selection is None else int(design.selection.y.sum()),
        "selection": _selection_used(prepared, model),
        "terms": list(prepared.terms),
        "labels": prepared.labels | _constant(labels),
        "references": dict(prepared.references),
        "n_states": int(rows[keys.state].nunique()) if keys.state else None,
        "n_units": int(rows[list(keys.unit)].drop_duplicates().shape[0])
        if keys.unit and not keys.state
        else None,
        "n_clusters": None if design.groups is None else len(np.unique(design.groups)),
        "dropped": prepared.dropped,
        "warnings": [],
    }


def _only(design: Design, used: np.ndarray) -> Design:
    return replace(
        design, y=design.y[used], groups=None if design.groups is None else design.groups[used]
    )


def _specification(family: str, design: Design) -> tuple[dict[str, float], tuple[FitWarning, ...]]:
    """Return the tests of what a family takes for granted, where it has one, and what a reader must
    know of their results.
    """
    try:
        if FAMILIES[family].specification == "proportional_odds":
            return _proportional_odds(design)
        if FAMILIES[family].specification == "mundlak":
            test = specification_tests.mundlak(design)
            return {"mundlak_chi2": test.statistic, "mundlak_df": test.df, "mundlak_p": test.p}, ()
    except (EstimationFailure, np.linalg.LinAlgError):
        return {}, ()  # the estimates stand without the test
    return {}, ()


def _proportional_odds(design: Design) -> tuple[dict[str, float], tuple[FitWarning, ...]]:
    joint, *single = specification_tests.proportional_odds(design)
    found = {
        "proportional_odds_chi2": joint.statistic,
        "proportional_odds_df": joint.df,
        "proportional_odds_p": joint.p,
    }
    below = specification_tests.NOTABLE / len(single)
    named = [f"{test.term} ({p_words(test.p)})" for test in single if test.p < below]
    if not named:
        return found, ()
    message = (
        f"effects differ between the cut points: {', '.join(named)}, score tests that are "
        f"notable among {len(single)} (Bonferroni)"
    )
    return found, (FitWarning("proportional_odds", message),)


def _coefficients(name: str, model: Mapping[str, Any], fit: Fit) -> list[Entry]:
    return [
        _row(
            name,
            model,
            kind=fit.kinds[position],
            level=fit.levels[position],
            term=fit.terms[position],
            method=f"{fit.inference['p_values']}, {fit.inference['covariance']} covariance",
            **{
                part: getattr(fit, part)[position]
                for part in ("std_error", "statistic", "p_value", "conf_low", "conf_high")
            },
            estimate=fit.params[position],
        )
        for position in range(len(fit.names))
    ]


def _assumed_correlations(
    name: str, model: Mapping[str, Any], prepared: Prepared, level: float
) -> list[Entry]:
    """Return the outcome equation's coefficients at assumed correlations of the errors, and the log
    likelihoods there.
    """
    rows = []
    parts = ("std_error", "statistic", "p_value", "conf_low", "conf_high")
    for rho, fit in estimators.assumed_correlations(
        model["family"], prepared.design, level
    ).items():
        about = {
            "kind": "assumed_correlation",
            "level": f"{rho:g}",
            "method": f"wald, {fit.inference['covariance']} covariance",
        }
        for position, (kind, of, term) in enumerate(
            zip(fit.kinds, fit.levels, fit.terms, strict=True)
        ):
            if kind == "coefficient" and of is None:
                numbers = {part: getattr(fit, part)[position] for part in parts}
                rows.append(
                    _row(name, model, **about, term=term, estimate=fit.params[position], **numbers)
                )
        height = about | {
            "method": "maximum likelihood",
            "term": "log_likelihood",
            "estimate": fit.fit["log_likelihood"],
        }
        rows.append(_row(name, model, **height, **dict.fromkeys(parts)))
    return rows


def _separated(
    name: str,
    model: Mapping[str, Any],
    prepared: Prepared,
    failure: EstimationFailure,
    level: float,
) -> Entry:
    """Return what is left to say of a separated logit: the estimates that are finite, which way the
    others run, and the score test of each of these.
    """
    if failure.kind != "separation" or not FAMILIES[model["family"]].score_tests:
        return {}
    tests = separated_logit.score_tests(prepared.design, prepared.terms)
    finite = _finite(name, model, prepared.design, level)
    known = {row["term"] for row in finite}
    others = [test for test in tests if test.term not in known]
    method = f"score test, {separated_logit.method(prepared.design)}"
    absent = dict.fromkeys(("level", "estimate", "std_error", "conf_low", "conf_high"))
    rows = [
        _row(
            name,
            model,
            kind="score_test",
            term=test.term,
            statistic=test.statistic,
            p_value=test.p_value,
            method=method,
            **absent,
        )
        for test in others
        if not test.untested
    ]
    untested = {test.term: test.untested for test in others if test.untested}
    return {"rows": [*finite, *rows], "separation": _separation(tests) | {"untested": untested}}


def _separation(tests: Sequence[separated_logit.ScoreTest]) -> Entry:
    return {
        "separated": True,
        "terms": [test.term for test in tests if test.infinite],
        "directions": {test.term: test.direction for test in tests if test.direction},
    }


def _finite(name: str, model: Mapping[str, Any], design: Design, level: float) -> list[Entry]:
    """Return the coefficients that separation leaves finite."""
    try:
        found = separated_logit.finite_estimates(design, level)
    except (EstimationFailure, np.linalg.LinAlgError):
        return []
    return [] if found is None else _coefficients(name, model, found)


PARTS = (
    "kind", "level", "term", "estimate", "std_error", "statistic", "p_value", "conf_low",
    "conf_high",
)  # fmt: skip


def _row(name: str, model: Mapping[str, Any], **columns: Any) -> Entry:
    first = {"model": name, "family": model["family"], "outcome": model["outcome"]}
    return first | {column: columns[column] for column in (*PARTS, "method")}


def _effects(
    name: str, model: Mapping[str, Any], prepared: Prepared, fit: Fit, marginal_effects: bool
) -> list[Entry]:
    if not FAMILIES[model["family"]].categorical:
        return []
    found = _average_effects(model, prepared, fit) if marginal_effects else []
    found += _corner_effects(model, prepared, fit) if "corners" in model else []
    methods = {"observed": "count of rows"}
    return [
        _row(
            name,
            model,
            method=methods.get(effect.kind, "delta method"),
            **{part: getattr(effect, part) for part in PARTS},
        )
        for effect in found
    ]


def _average_effects(model: Mapping[str, Any], prepared: Prepared, fit: Fit) -> list[Any]:
    """Return the marginal effects of the terms that are not made of others: those move with their
    parts.
    """
    made = {prepared.design.names[column] for column, _ in prepared.design.products}
    made |= {term for term in prepared.design.names if term not in fit.terms}  # without an estimate
    terms = [term for term in prepared.terms if term not in made and ":" not in term]
    outcome, design = effects.of_outcome(fit, prepared.design)
    found = list(effects.average_marginal_effects(model["family"], outcome, design, terms))
    if "selection" in model:
        found += effects.effects_given_selection(model["family"], fit, prepared.design, terms)
    return found


def _corner_effects(model: Mapping[str, Any], prepared: Prepared, fit: Fit) -> list[Any]:
    """Return the probabilities in the corners of two terms, their contrasts, and rows there."""
    family, outcome = model["family"], effects.of_outcome(fit, prepared.design)
    corners = [model["corners"][part] for part in ("first", "second", "low", "high")]
    probabilities, contrasts = effects.corner_probabilities(family, *outcome, *corners)
    found = [*probabilities, *contrasts, *effects.observed_in_corners(outcome[1], *corners)]
    if FAMILIES[family].equations == "levels":
        found += effects.without_option(family, fit, prepared.design)
    return found
