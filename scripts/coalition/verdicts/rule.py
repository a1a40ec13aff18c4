"""The verdict rule: frozen in the config, applied to the primary tests and to nothing else."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..base.distributions import norm
from ..base.files import digest
from ..base.multiplicity import holm
from ..base.number_formats import known
from ..base.result_types import Power, Rates, Robustness
from ..estimators.primary_test import PARTS, smallest_effect
from .leave_one_out import by_size, flips, flips_holm, reach, turned_signs
from .lists import STATES, listed, not_fitted

CURVE = (
    "curve_n",
    "curve_failed",
    "curve_failures",
    "curve_sign_share",
    "curve_median",
    "curve_p_value",
)
POWER = ("power_at_smallest", "detectable_effect", "power_target", "type_m_at_smallest")


def interval(effect: Mapping[str, Any], level: float) -> tuple[float, float]:
    """Return a normal interval of another level from an estimate and its standard error."""
    if not known(effect["estimate"]) or not known(effect["std_error"]):
        return math.nan, math.nan
    half = norm.ppf((1 + level) / 2) * effect["std_error"]
    return effect["estimate"] - half, effect["estimate"] + half


def decide(
    hypotheses: Mapping[str, Any],
    robustness: Mapping[str, Robustness],
    rule: Mapping[str, Any],
    curves: Mapping[str, Mapping[str, Any]] | None = None,
    powers: Mapping[str, Power] | None = None,
) -> dict[str, Any]:
    """Apply the rule to every hypothesis.

    Parameters
    ----------
    hypotheses : mapping
        The block `hypotheses` of the config; a hypothesis may have `second`, the term at whose
        values its contrasts are taken.
    robustness : mapping
        Hypothesis -> the content of its robustness file: primary, alternatives, leave_one_out,
        leave_bloc_out.
    rule : mapping
        The block `verdict`.
    curves : mapping, optional
        Hypothesis -> the content of its specification curve; a hypothesis without one is judged by
        its alternatives.
    powers : mapping, optional
        Hypothesis -> the content of its power file. It decides nothing, and says what an undecided
        verdict is worth.

    Returns
    -------
    dict
        The content of estimates/verdicts.json.
    """
    names = list(hypotheses)
    effects = {name: robustness[name]["primary"] for name in names}
    p_values = {name: effects[name]["p_value"] for name in names}
    adjusted = dict(
        zip(names, holm([p if known(p) else math.nan for p in p_values.values()]), strict=True)
    )
    frozen = {"verdict": rule, "primary": {name: _frozen(hypotheses[name]) for name in names}}
    return {
        "rule": dict(rule),
        "rule_sha256": digest(frozen),
        "hypotheses": [
            _decide_one(
                name,
                hypotheses[name],
                robustness[name],
                (curves or {}).get(name),
                adjusted[name],
                rule,
            )
            | _power_facts((powers or {}).get(name))
            | _outside_the_rule(name, p_values, robustness[name], rule["alpha"])
            for name in names
        ],
    }


def _frozen(hypothesis: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a hypothesis what the rule rests on: its test, and what it leaves out in turn."""
    named = {key: hypothesis[key] for key in ("leave_out",) if key in hypothesis}
    return {**hypothesis["primary"], **named}


def flat(found: Mapping[str, Any]) -> pd.DataFrame:
    """Return the verdicts as a table, one row a hypothesis, for verdicts.csv."""
    order = [
        *(
            "hypothesis",
            "title",
            "verdict",
            "reasons",
            "claim",
            *PARTS,
            "second",
            "p_holm",
            "equivalence_low",
            "equivalence_high",
        ),
        *(
            "smallest_effect",
            "scale",
            "sign_share",
            "n_alternatives",
            "n_alternatives_failed",
            "n_alternatives_unchanged",
            "median_effect",
            *STATES,
        ),
        *("left_out_low", "left_out_high", *CURVE, *POWER),
    ]
    return pd.DataFrame(
        [{**entry, **listed(entry)} for entry in found["hypotheses"]], columns=order
    )


def _decide_one(
    name: str,
    hypothesis: Mapping[str, Any],
    evidence: Mapping[str, Any],
    curve: Mapping[str, Any] | None,
    p_holm: float,
    rule: Mapping[str, Any],
) -> dict[str, Any]:
    primary, effect, sign = (
        hypothesis["primary"],
        evidence["primary"],
        hypothesis["primary"]["sign"],
    )
    smallest, scale = smallest_effect(primary)
    low, high = interval(effect, rule["equivalence_level"])
    counted = [other for other in evidence["alternatives"] if other["status"] != "unchanged"]
    estimates = [
        other["estimate"]
        for other in counted
        if other["status"] == "ok" and known(other["estimate"])
    ]
    facts = {
        "p_holm": p_holm,
        "equivalence_low": low,
        "equivalence_high": high,
        "smallest_effect": smallest,
        "scale": scale,
        "sign": sign,
        "sign_share": float(np.mean([sign * value > 0 for value in estimates]))
        if estimates
        else math.nan,
        "n_alternatives": len(estimates),
        "n_alternatives_failed": len(counted) - len(estimates),
        "n_alternatives_unchanged": len(evidence["alternatives"]) - len(counted),
        "median_effect": float(np.median(estimates)) if estimates else math.nan,
        "flips": flips(effect, evidence["leave_one_out"], rule["alpha"]),
        "bloc_flips": flips(effect, evidence["leave_bloc_out"], rule["alpha"]),
    } | _curve_facts(curve)
    conditions = _conditions(effect, facts, rule)
    verdict, reasons = _verdict(conditions)
    about = {
        "hypothesis": name,
        "title": hypothesis["title"],
        "claim": hypothesis["claim"],
        "verdict": verdict,
        "reasons": reasons,
    }
    if "unit" in evidence:
        about["unit"] = evidence["unit"]
    return (
        about | effect | {"second": hypothesis.get("second")} | facts | {"conditions": conditions}
    )


def _outside_the_rule(
    name: str, p_values: Mapping[str, Any], evidence: Mapping[str, Any], alpha: float
) -> dict[str, Any]:
    """Return what the rule does not look at: whose absence turns the decision after adjustment, the
    largest changes first, their signs.
    """
    effect, states, blocs = (
        evidence[part] for part in ("primary", "leave_one_out", "leave_bloc_out")
    )
    low, high = reach(states)
    return {
        "flips_by_size": by_size(flips(effect, states, alpha), effect, states),
        "flips_sign": by_size(turned_signs(effect, states), effect, states),
        "flips_holm": by_size(flips_holm(name, p_values, effect, states, alpha), effect, states),
        "bloc_flips_holm": flips_holm(name, p_values, effect, blocs, alpha),
        "left_out_low": low,
        "left_out_high": high,
    }


def _power_facts(found: Power | None) -> dict[str, Any]:
    """Return power and exaggeration at the smallest effect of interest, and the smallest effect
    with the target power (Holm's first step).
    """
    if not found:
        return dict.fromkeys(POWER)
    at: Mapping[str, Any] = next((row for row in found["rows"] if row["multiple"] == 1), {})
    detectable, target = reached(found["rows"], "power_holm", found["target"]), found["target"]
    return dict(
        zip(POWER, (at.get("power_holm"), detectable, target, at.get("type_m")), strict=True)
    )


def reached(
    rows: Sequence[Rates], part: Literal["power", "power_holm"], target: float
) -> float | None:
    """Return the effect at which power first reaches a target, between those that were simulated;
    None where none does.

    Parameters
    ----------
    rows : sequence of mapping
        The rows of a power file, from the smallest effect to the largest.
    part : {"power", "power_holm"}
    """
    powers = [(row["effect"], row[part]) for row in rows]
    simulated = [(effect, power) for effect, power in powers if power is not None]
    for (low, before), (high, after) in itertools.pairwise(simulated):
        if before < target <= after:
            return float(low + (high - low) * (target - before) / (after - before))
    return float(simulated[0][0]) if simulated and simulated[0][1] >= target else None


def _curve_facts(curve: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a specification curve says; None where there is none."""
    if curve is None:
        return dict.fromkeys(CURVE)
    summary, test = curve["summary"], curve["joint_test"]
    median = test["p_value"][list(test["statistics"]).index("median_effect")]
    kinds = not_fitted(curve["counts"])
    failed = sum(kinds.values())
    return dict(
        zip(
            CURVE,
            (summary["n"], failed, kinds, summary["sign_share"], summary["median"], median),
            strict=True,
        )
    )


def _conditions(
    effect: Mapping[str, Any], facts: Mapping[str, Any], rule: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return each condition of the rule: the verdict that it is needed for, whether it holds, and
    its sentence where it decides.

    Empty where the primary model has no estimate: then there is nothing to hold against the rule.
    """
    if not known(effect["estimate"]) or not known(effect["p_value"]):
        return []
    towards, smallest = facts["sign"] * effect["estimate"], facts["smallest_effect"]
    significant = facts["p_holm"] < rule["alpha"]
    upper = max(facts["sign"] * facts["equivalence_low"], facts["sign"] * facts["equivalence_high"])
    number, share, median, word = _breadth(facts)
    keeps = bool(number) and share >= rule["sign_share"]
    reaches = bool(number) and facts["sign"] * median >= smallest
    narrow, small = (
        (
            f"fewer than {rule['sign_share']:.0%} of the {word} keep the sign",
            f"the median of the {word} does not reach the smallest effect of interest",
        )
        if number
        else (
            f"none of the {word} has an estimate whose sign could be compared",
            f"the {word} have no median, as none has an estimate",
        )
    )
    equivalence = (
        f"the {rule['equivalence_level']:.0%} interval lies below the smallest effect of interest"
    )
    found = [
        ("contradicted", "opposite", towards < 0 and significant,
        "the effect is significant in the opposite direction"),
        ("contradicted", "equivalence", upper < smallest, equivalence),
        ("supported", "sign", towards > 0, "the estimate has not the predicted sign"),
        ("supported", "significance", significant,
        f"the Holm-adjusted p-value is not below {rule['alpha']:g}"),
        ("supported", "sign_share", keeps, narrow),
        ("supported", "median", reaches, small),
        ("supported", "no_flip", not facts["flips"], (
            f"without {', '.join(facts['flips'])} alone the sign, or the significance before "
            "adjustment, changes"
        )),
    ]  # fmt: skip
    return [
        {"for": verdict, "condition": name, "met": met, "sentence": sentence}
        for verdict, name, met, sentence in found
    ]


def _verdict(conditions: Sequence[Mapping[str, Any]]) -> tuple[str, list[str]]:
    """Return the verdict and the sentence of each condition that decided it."""
    if not conditions:
        return "undecided", ["the primary model could not be estimated"]
    against = [
        part["sentence"] for part in conditions if part["for"] == "contradicted" and part["met"]
    ]
    if against:
        return "contradicted", against[:1]
    failed = [
        part["sentence"] for part in conditions if part["for"] == "supported" and not part["met"]
    ]
    return ("undecided", failed) if failed else ("supported", ["every condition of the rule holds"])


def _breadth(facts: Mapping[str, Any]) -> tuple[int, float, float, str]:
    """Return number, share with the sign, median and name of what the rule looks at: the curve
    where there is one.
    """
    if facts["curve_n"] is not None:
        return facts["curve_n"], facts["curve_sign_share"], facts["curve_median"], "specifications"
    return facts["n_alternatives"], facts["sign_share"], facts["median_effect"], "alternatives"
