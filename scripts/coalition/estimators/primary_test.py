"""What a primary test reads from a fitted model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..base.number_formats import known

Effect = dict[str, Any]

PARTS = (
    "model",
    "term",
    "estimate",
    "std_error",
    "p_value",
    "conf_low",
    "conf_high",
    "n",
    "n_clusters",
)


def primary_effect(entry: Mapping[str, Any], primary: Mapping[str, Any]) -> Effect:
    """Read the effect of a primary test from a fitted model.

    Parameters
    ----------
    entry : mapping
        A MODEL of an estimates file.
    primary : mapping
        `term` (a coefficient) or `contrasts` (all of which the hypothesis needs), and `sign`.

    Returns
    -------
    dict
        An EFFECT of docs/architecture.md. Of several contrasts it is the one that supports the
        hypothesis least: the claim needs every one of them, so its p-value is the largest
        (intersection-union test, Berger 1982). Empty where the model failed.
    """
    size = {"model": entry["model"], "n": entry["n"], "n_clusters": entry["n_clusters"]}
    rows = primary_rows(entry, primary)
    return dict.fromkeys(PARTS) | (weakest(rows, primary) if rows else {}) | size


def primary_rows(entry: Mapping[str, Any], primary: Mapping[str, Any]) -> list[Effect]:
    """Return the rows that a primary test looks at: its coefficient, or each of its contrasts; none
    where any is unknown.
    """
    if entry["status"] != "ok":
        return []
    kind, wanted = (
        ("coefficient", [primary["term"]])
        if "term" in primary
        else ("contrast", primary["contrasts"])
    )
    rows = [row for row in entry["rows"] if row["kind"] == kind and row["term"] in wanted]
    return (
        [] if len(rows) < len(wanted) or any(not known(row["estimate"]) for row in rows) else rows
    )


def weakest(rows: Sequence[Effect], primary: Mapping[str, Any]) -> Effect:
    """Return the EFFECT parts of the row that supports the hypothesis least."""
    found = min(
        rows,
        key=lambda row: (
            primary["sign"] * row["statistic"] if known(row["statistic"]) else -math.inf
        ),
    )
    return {part: found[part] for part in (*PARTS, "df", "missing") if part in found}


def smallest_effect(primary: Mapping[str, Any]) -> tuple[float, str]:
    """Return the smallest effect of interest on the scale of the estimate, and the name of that
    scale.
    """
    given = primary["smallest_effect"]
    if "odds_ratio" in given:
        return math.log(given["odds_ratio"]), "log odds"
    return (
        (given["probability"], "probability")
        if "probability" in given
        else (given["difference"], "units of the outcome")
    )
