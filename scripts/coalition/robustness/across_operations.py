"""One question asked of every operation on its own, and the answers partially pooled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from .. import estimators
from ..estimators import bias_reduced_multinomial, bias_reduced_ordered
from ..estimators.adjusted_scores import adjusted_scores
from ..estimators.design_matrix import Prepared, prepare
from ..estimators.fit_types import EstimationFailure, Fit
from ..inference import meta_analysis, stacked

Entry = dict[str, Any]
NUMBERS = ("estimate", "std_error", "p_value", "conf_low", "conf_high")
LEVEL = 0.95


def compare(
    settings: Mapping[str, Any],
    operations: Mapping[str, Any],
    table: pd.DataFrame,
    tables: Mapping[str, Mapping[str, pd.DataFrame]],
    labels: Mapping[str, str],
) -> Entry:
    """Estimate each declared question in every operation and pool.

    Parameters
    ----------
    settings : mapping
        The block `across_operations`: questions, least_rows, weak_share.
    operations : mapping
        The operations of the sample, with their labels.
    table : DataFrame
        The sample of all of them.
    tables : mapping
        Canonical tables by operation, for the grades of their codes.
    labels : mapping
        Names of variables.

    Returns
    -------
    dict
        The content of estimates/across_operations.json.
    """
    found = [
        _question(name, spec, settings, operations, table, tables, labels)
        for name, spec in settings["questions"].items()
    ]
    return {
        "level": LEVEL,
        "least_rows": settings["least_rows"],
        "weak_share": settings["weak_share"],
        "questions": found,
    }


def _question(
    name: str,
    spec: Mapping[str, Any],
    settings: Mapping[str, Any],
    operations: Mapping[str, Any],
    table: pd.DataFrame,
    tables: Mapping[str, Mapping[str, pd.DataFrame]],
    labels: Mapping[str, str],
) -> Entry:
    rows, influences = [], {}
    for operation, about in operations.items():
        row = {"operation": operation, "label": about["label"]} | dict.fromkeys(NUMBERS)
        row |= {"n": None, "states_with": None, "message": None}
        row |= _grades(operation, spec, tables.get(operation, {}), settings["weak_share"])
        try:
            prepared = _prepared(operation, spec, table, settings["least_rows"], labels)
            row |= {"n": len(prepared.rows), "states_with": int((prepared.design.y > 0).sum())}
            numbers, influences[operation] = _estimated(spec, prepared)
            row |= numbers
        except EstimationFailure as failure:
            row["message"] = failure.message
        rows.append(row)
    return {
        "question": name,
        "hypothesis": spec["hypothesis"],
        "label": spec["label"],
        "family": spec["family"],
        "term": spec["term"],
        "sign": spec["sign"],
        "rows": rows,
        **_pooled(rows, influences),
    }


def _prepared(
    operation: str,
    spec: Mapping[str, Any],
    table: pd.DataFrame,
    least: int,
    labels: Mapping[str, str],
) -> Prepared:
    """Return the rows of one operation.

    Raises
    ------
    EstimationFailure
        With fewer rows than the config asks for, saying how many there are.
    """
    rows = table[table["operation"] == operation]
    known = rows
    for variable, values in spec.get("where", {}).items():
        known = known[known[variable].isin(values)]
    number = int(known[spec["outcome"]].notna().sum())
    if number < least:
        raise EstimationFailure("too_few_rows", f"not estimated, n = {number}")
    model = {
        "family": spec["family"], "outcome": spec["outcome"], "terms": spec["terms"],
        "where": spec.get("where", {}),
        "fixed_effects": [], "cluster": None, "label": spec["label"],
    }  # fmt: skip
    return prepare(rows, model, labels)


def _estimated(spec: Mapping[str, Any], prepared: Prepared) -> tuple[Entry, stacked.Influence]:
    """Return the numbers of the tested term, and how each state moves them."""
    design = prepared.design
    fit = estimators.fit(spec["family"], design, LEVEL)
    place = next(
        j
        for j, (kind, term) in enumerate(zip(fit.kinds, fit.terms, strict=True))
        if (kind, term) == ("coefficient", spec["term"])
    )
    parts = ("params", "std_error", "p_value", "conf_low", "conf_high")
    numbers = [float(getattr(fit, part)[place]) for part in parts]
    known = [number if np.isfinite(number) else None for number in numbers]
    moves = _scores(spec["family"], prepared, fit)
    values = moves.scores @ np.linalg.inv(moves.information)[:, place]
    states = prepared.rows["iso3"].to_numpy(str)
    return dict(zip(NUMBERS, known, strict=True)), stacked.Influence(states, values, numbers[1])


def _scores(family: str, prepared: Prepared, fit: Fit) -> Any:
    """Return the adjusted scores and the information at the estimate of a bias-reduced family."""
    y, X, levels = prepared.design.y, prepared.design.X, len(prepared.design.levels)
    if family == "bias_reduced_ordered_logit":
        return adjusted_scores(y, bias_reduced_ordered.expansion(X, levels)(fit.params))
    if family == "firth_logit":
        return adjusted_scores(y, bias_reduced_multinomial.expansion(X)(fit.params))
    raise EstimationFailure("not_defined", f"{family} is not estimated operation by operation")


def _pooled(rows: list[Entry], influences: Mapping[str, stacked.Influence]) -> Entry:
    """Return the pooled effect, the same as if operations shared no state, and without each."""
    used = [row for row in rows if None not in (row["estimate"], row["std_error"])]
    nothing: Entry = {"pooled": None, "independent": None, "without": [], "correlations": []}
    if len(used) < 2:
        return nothing
    y = np.array([row["estimate"] for row in used])
    parts = [influences[row["operation"]] for row in used]
    V, R = stacked.covariance(parts), stacked.correlation(parts)
    mean, error, tau2 = meta_analysis.independent(y, np.diag(V))
    names = [row["operation"] for row in used]
    return {
        "pooled": asdict(meta_analysis.pool(y, V, LEVEL)),
        "independent": {"estimate": mean, "std_error": error, "tau2": tau2},
        "without": [_without(j, names, y, V) for j in range(len(y))] if len(y) > 2 else [],
        "correlations": [
            {"first": names[a], "second": names[b], "correlation": float(R[a, b])}
            for a, b in combinations(range(len(names)), 2)
        ],
    }


def _without(j: int, names: list[str], y: np.ndarray, V: np.ndarray) -> Entry:
    rest = np.arange(len(y)) != j
    found = meta_analysis.pool(y[rest], V[np.ix_(rest, rest)], LEVEL)
    return {
        "operation": names[j],
        **{part: getattr(found, part) for part in ("estimate", "conf_low", "conf_high")},
    }


def _grades(
    operation: str, spec: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], weak: float
) -> Entry:
    """Return how the codes of an operation are graded: the share of evidence C, and coders."""
    outcome = spec["outcome"] == "caveat_level"
    codes = tables.get("caveats" if outcome else "contributors", pd.DataFrame())
    if "evidence" not in codes or codes.empty:
        return {"share_recalled": None, "coders": None, "weak": None}
    share = float((codes["evidence"] == "C").mean())
    coders = int(codes["coder"].nunique()) if outcome and "coder" in codes else None
    return {"share_recalled": share, "coders": coders, "weak": share >= weak or coders == 1}
