"""The verdict rule: frozen in the config, applied to the primary tests and to nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from .files import digest

Effect = dict[str, Any]
PARTS = ("model", "term", "estimate", "std_error", "p_value", "conf_low", "conf_high", "n", "n_clusters")


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
        An EFFECT of docs/architecture.md. Of several contrasts it is the one that supports the hypothesis least: the claim needs
        every one of them, so its p-value is the largest (intersection-union test, Berger 1982). Empty where the model failed.
    """
    size = {"model": entry["model"], "n": entry["n"], "n_clusters": entry["n_clusters"]}
    empty = dict.fromkeys(PARTS) | size
    if entry["status"] != "ok":
        return empty
    if "term" in primary:
        rows = [row for row in entry["rows"] if row["kind"] == "coefficient" and row["term"] == primary["term"]]
    else:
        rows = [row for row in entry["rows"] if row["kind"] == "contrast" and row["term"] in primary["contrasts"]]
        if len(rows) < len(primary["contrasts"]):
            return empty
    if not rows or any(not _known(row["estimate"]) for row in rows):
        return empty
    weakest = min(rows, key=lambda row: primary["sign"] * row["statistic"] if _known(row["statistic"]) else -math.inf)
    return empty | {part: weakest[part] for part in PARTS if part in weakest} | size


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's step-down adjusted p-values; an unknown p-value stays unknown and still counts as a test.

    Notes
    -----
    Holm (1979): the i-th smallest of m is multiplied by m - i + 1, and none may be below the one before it.
    """
    order = sorted(range(len(p_values)), key=lambda index: (math.isnan(p_values[index]), p_values[index]))
    adjusted, largest = [math.nan] * len(p_values), 0.0
    for rank, index in enumerate(order):
        if not math.isnan(p_values[index]):
            largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
            adjusted[index] = largest
    return adjusted


def _known(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def smallest_effect(primary: Mapping[str, Any]) -> tuple[float, str]:
    """Return the smallest effect of interest on the scale of the estimate, and the name of that scale."""
    given = primary["smallest_effect"]
    return (math.log(given["odds_ratio"]), "log odds") if "odds_ratio" in given else (given["probability"], "probability")


def interval(effect: Mapping[str, Any], level: float) -> tuple[float, float]:
    """Return a normal interval of another level from an estimate and its standard error."""
    if not _known(effect["estimate"]) or not _known(effect["std_error"]):
        return math.nan, math.nan
    half = stats.norm.ppf((1 + level) / 2) * effect["std_error"]
    return effect["estimate"] - half, effect["estimate"] + half


def flips(effect: Mapping[str, Any], left_out: Sequence[Mapping[str, Any]], alpha: float) -> list[str]:
    """Return the states without which the primary estimate changes its sign or its significance at `alpha`."""

    def reading(of: Mapping[str, Any]) -> tuple[bool, bool] | None:
        return (of["estimate"] > 0, of["p_value"] < alpha) if _known(of["estimate"]) and _known(of["p_value"]) else None

    whole = reading(effect)
    return [other["left_out"] for other in left_out if reading(other) != whole]


def decide(
    hypotheses: Mapping[str, Any],
    robustness: Mapping[str, Mapping[str, Any]],
    rule: Mapping[str, Any],
    curves: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Apply the rule to every hypothesis.

    Parameters
    ----------
    hypotheses : mapping
        The block `hypotheses` of the config.
    robustness : mapping
        Hypothesis -> the content of its robustness file: primary, alternatives, leave_one_out.
    rule : mapping
        The block `verdict`.
    curves : mapping, optional
        Hypothesis -> the content of its specification curve; a hypothesis without one is judged by its alternatives.

    Returns
    -------
    dict
        The content of estimates/verdicts.json.
    """
    names = list(hypotheses)
    effects = {name: robustness[name]["primary"] for name in names}
    adjusted = dict(
        zip(names, holm([effects[name]["p_value"] if _known(effects[name]["p_value"]) else math.nan for name in names]), strict=True)
    )
    frozen = {"verdict": rule, "primary": {name: hypotheses[name]["primary"] for name in names}}
    return {
        "rule": dict(rule),
        "rule_sha256": digest(frozen),
        "hypotheses": [
            _decide_one(name, hypotheses[name], robustness[name], (curves or {}).get(name), adjusted[name], rule) for name in names
        ],
    }


def flat(found: Mapping[str, Any]) -> pd.DataFrame:
    """Return the verdicts as a table, one row a hypothesis, for verdicts.csv."""
    order = [
        *("hypothesis", "title", "verdict", "reasons", "claim", *PARTS, "p_holm", "equivalence_low", "equivalence_high"),
        *("smallest_effect", "scale", "sign_share", "n_alternatives", "n_alternatives_failed", "median_effect", "flips"),
        *("curve_n", "curve_failed", "curve_sign_share", "curve_median", "curve_p_value"),
    ]
    rows = [{**entry, "reasons": "; ".join(entry["reasons"]), "flips": ";".join(entry["flips"])} for entry in found["hypotheses"]]
    return pd.DataFrame(rows)[order]


def _decide_one(
    name: str,
    hypothesis: Mapping[str, Any],
    evidence: Mapping[str, Any],
    curve: Mapping[str, Any] | None,
    p_holm: float,
    rule: Mapping[str, Any],
) -> dict[str, Any]:
    primary, effect, sign = hypothesis["primary"], evidence["primary"], hypothesis["primary"]["sign"]
    smallest, scale = smallest_effect(primary)
    low, high = interval(effect, rule["equivalence_level"])
    estimates = [other["estimate"] for other in evidence["alternatives"] if other["status"] == "ok" and _known(other["estimate"])]
    facts = {
        "p_holm": p_holm,
        "equivalence_low": low,
        "equivalence_high": high,
        "smallest_effect": smallest,
        "scale": scale,
        "sign": sign,
        "sign_share": float(np.mean([sign * value > 0 for value in estimates])) if estimates else math.nan,
        "n_alternatives": len(estimates),
        "n_alternatives_failed": len(evidence["alternatives"]) - len(estimates),
        "median_effect": float(np.median(estimates)) if estimates else math.nan,
        "flips": flips(effect, evidence["leave_one_out"], rule["alpha"]),
    } | _curve_facts(curve)
    verdict, reasons = _verdict(effect, facts, rule)
    about = {"hypothesis": name, "title": hypothesis["title"], "claim": hypothesis["claim"], "verdict": verdict, "reasons": reasons}
    return about | effect | facts


def _curve_facts(curve: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a specification curve says; None where there is none."""
    names = ("curve_n", "curve_failed", "curve_sign_share", "curve_median", "curve_p_value")
    if curve is None:
        return dict.fromkeys(names)
    summary, test = curve["summary"], curve["joint_test"]
    median = test["p_value"][list(test["statistics"]).index("median_effect")]
    failed = curve["counts"]["specifications"] - curve["counts"]["fitted"]
    return dict(zip(names, (summary["n"], failed, summary["sign_share"], summary["median"], median), strict=True))


def _verdict(effect: Mapping[str, Any], facts: Mapping[str, Any], rule: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the verdict and the sentence behind each condition that decided it."""
    if not _known(effect["estimate"]) or not _known(effect["p_value"]):
        return "undecided", ["the primary model could not be estimated"]
    sign, estimate, smallest = facts["sign"], effect["estimate"], facts["smallest_effect"]
    significant = facts["p_holm"] < rule["alpha"]
    if sign * estimate < 0 and significant:
        return "contradicted", ["the effect is significant in the opposite direction"]
    upper = max(sign * facts["equivalence_low"], sign * facts["equivalence_high"])
    if upper < smallest:
        return "contradicted", [f"the {rule['equivalence_level']:.0%} interval lies below the smallest effect of interest"]
    failed = []
    if sign * estimate <= 0:
        failed.append("the estimate has not the predicted sign")
    if not significant:
        failed.append(f"the Holm-adjusted p-value is not below {rule['alpha']:g}")
    number, share, median, word = _breadth(facts)
    if not number or share < rule["sign_share"]:
        failed.append(f"fewer than {rule['sign_share']:.0%} of the {word} keep the sign")
    if not number or sign * median < smallest:
        failed.append(f"the median of the {word} does not reach the smallest effect of interest")
    if facts["flips"]:
        failed.append(f"without {', '.join(facts['flips'])} alone the sign or the significance changes")
    return ("undecided", failed) if failed else ("supported", ["every condition of the rule holds"])


def _breadth(facts: Mapping[str, Any]) -> tuple[int, float, float, str]:
    """Return number, share with the sign, median and name of what the rule looks at: the curve where there is one."""
    if facts["curve_n"] is not None:
        return facts["curve_n"], facts["curve_sign_share"], facts["curve_median"], "specifications"
    return facts["n_alternatives"], facts["sign_share"], facts["median_effect"], "alternatives"
