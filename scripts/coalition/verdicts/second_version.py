"""The verdict rule, second version: beside the first, which stays as it was frozen.

It was written in November 2026 with the results of the first version known, and says so wherever it
is printed. What it asks: `conditions` of each verdict, one clause each. A clause that cannot be
applied in a run (no curve, no regions, another design) is named as such and decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..base.files import digest
from ..base.multiplicity import holm
from ..base.number_formats import finite, known
from . import claim_parts, curve_by_option
from .leave_one_out import flips_holm
from .second_clauses import conditions
from .valid_test import deciding, measured_for, without_each

Entry = dict[str, Any]
KNOWN = "Version 2 was written with the results of version 1 known."
ABOUT = ("introduced", "reason")
SHOWN = ("record", "diagnosis")
"""Keys of `verdict_2` that say what is printed beside the verdicts and decide nothing."""


@dataclass(frozen=True)
class Evidence:
    """What the rule reads: the contents of a run's files.

    robustness, curves : by hypothesis; inference : of estimates/inference.json; models : MODEL by
        name; levels : as `valid_test.levels_of` returns them; lee_bounds : by operation, for the
        measure `lee_measure`; operations : of the run; design : the resolved primary models,
        measures, samples and construct.
    """

    robustness: Mapping[str, Mapping[str, Any]]
    inference: Mapping[str, Any]
    curves: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    models: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    levels: Mapping[str, Entry] = field(default_factory=dict)
    lee_bounds: Sequence[Mapping[str, Any]] = ()
    lee_measure: str | None = None
    operations: Sequence[str] = ()
    design: Mapping[str, Any] = field(default_factory=dict)


def decide(
    first: Mapping[str, Any], evidence: Evidence, settings: Mapping[str, Any]
) -> tuple[Entry, dict[str, Entry]]:
    """Apply the second version to every hypothesis.

    Parameters
    ----------
    first : mapping
        What `rule.decide` returns: the primary effects, signs and smallest effects.
    evidence : Evidence
    settings : mapping
        The block `verdict_2`.

    Returns
    -------
    tuple
        What holds for all hypotheses (rule, rule_sha256, introduced, reason, known); and hypothesis
        -> its second verdict (docs/architecture.md).
    """
    entries = {entry["hypothesis"]: entry for entry in first["hypotheses"]}
    tests = {name: _test(entry, evidence, settings) for name, entry in entries.items()}
    parts = {
        name: claim_parts.parts_of(
            settings["parts"].get(name, {}), evidence.models, settings["least_rows_per_slope"]
        )
        for name in entries
    }
    entering = {name: _entering(tests[name], entries[name], parts[name]) for name in entries}
    support = _holm(entering)
    equivalence = _holm({name: test["p_below"] for name, test in tests.items()})
    rule = {key: value for key, value in settings.items() if key not in (*ABOUT, *SHOWN)}
    about = {
        "rule": dict(rule),
        "rule_sha256": digest({"rule": rule, "design": evidence.design}),
        **{key: settings[key] for key in ABOUT},
        "known": _known(first["hypotheses"]),
    }
    return about, {
        name: _one(
            entry,
            tests[name],
            parts[name],
            {"entering": entering, "support": support[name], "equivalence": equivalence[name]},
            evidence,
            settings,
        )
        for name, entry in entries.items()
    }


def _known(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return what was known as the version was written: nothing of another study's hypotheses."""
    return "" if all("unit" in entry for entry in entries) else KNOWN


def _test(entry: Entry, evidence: Evidence, settings: Mapping[str, Any]) -> Entry:
    name, measured = entry["hypothesis"], settings["levels"]
    same = measured_for(name, entry["model"], evidence.operations, measured)
    return deciding(name, evidence.levels.get(name) if same else None, evidence.inference)


def _holm(p_values: Mapping[str, float | None]) -> dict[str, float | None]:
    adjusted = holm([p if known(p) else math.nan for p in p_values.values()])
    return {name: finite(p) for name, p in zip(p_values, adjusted, strict=True)}


def _primary_part(part: Mapping[str, Any], entry: Entry) -> bool:
    return (part["model"], part["term"]) == (entry["model"], entry["term"])


def _others(entry: Entry, parts: Sequence[Entry]) -> list[float]:
    """Return the p-values of the testable parts that are not the primary test itself."""
    return [
        part["p_value"]
        for part in parts
        if part["untested"] is None and not _primary_part(part, entry)
    ]


def _entering(test: Entry, entry: Entry, parts: Sequence[Entry]) -> float | None:
    """Return the p-value that enters Holm's adjustment: the largest of the testable parts."""
    own = test["p_value"]
    return max([own, *_others(entry, parts)]) if known(own) else None


def _one(
    entry: Entry,
    test: Entry,
    parts: list[Entry],
    tests: Mapping[str, Any],
    evidence: Evidence,
    settings: Mapping[str, Any],
) -> Entry:
    name, whole = entry["hypothesis"], evidence.robustness[entry["hypothesis"]]
    model = evidence.models.get(entry["model"])
    among = _among_participants(model)
    facts: Entry = {
        "association": among,
        "test": test,
        "p_entering": tests["entering"][name],
        "p_holm": tests["support"],
        "p_equivalence_holm": tests["equivalence"],
        "flips_holm": _flips(entry, test, parts, tests["entering"], whole, settings["alpha"]),
        "turns": _turns(entry, whole["alternatives"], settings["turns"]),
        "construct_elsewhere": _elsewhere(evidence, settings["turns"]["construct"]),
        "regions_left_out": _regions(entry, whole["leave_bloc_out"], settings["regions"]),
        "curve": _curve(evidence.curves.get(name), settings),
        "parts": [_judged(part, entry, test, tests, name, settings["alpha"]) for part in parts],
        "room": claim_parts.room_for_slopes(model) if model else None,
        "selection": _selection(entry, evidence.models, settings["selection"]) if among else [],
        "lee_bounds": _lee_bounds(entry, evidence) if among else [],
    }
    clauses = conditions(entry, facts, settings)
    verdict, reasons = _verdict(clauses)
    return {
        "verdict": verdict,
        "reasons": reasons,
        "not_applied": [of["sentence"] for of in clauses if of["met"] is None],
        **facts,
        "conditions": clauses,
    }


def _curve(curve: Mapping[str, Any] | None, settings: Mapping[str, Any]) -> Entry | None:
    if curve is None:
        return None
    return curve_by_option.judge(curve, settings["confounders"], settings["runs_off"])


def _lee_bounds(entry: Entry, evidence: Evidence) -> list[Entry]:
    """Return the bounds where they are on the measure that is tested."""
    return [dict(of) for of in evidence.lee_bounds] if entry["term"] == evidence.lee_measure else []


def _among_participants(model: Mapping[str, Any] | None) -> bool:
    """Tell whether a model looks at participants alone, so that its effects are associations among
    those who chose to join.
    """
    where = model["where"] if model else {}
    return isinstance(where, Mapping) and list(where.get("participated", [])) == [1]


def _flips(
    entry: Entry,
    test: Entry,
    parts: Sequence[Entry],
    entering: Mapping[str, float | None],
    evidence: Mapping[str, Any],
    alpha: float,
) -> list[str] | None:
    """Return the states without which the sign or the adjusted decision is another; None where
    there is no decision to turn.
    """
    if not known(test["p_value"]) or not known(entry["estimate"]):
        return None
    others = _others(entry, parts)
    left = [
        {**of, "p_value": max([of["p_value"], *others]) if known(of["p_value"]) else None}
        for of in without_each(entry, evidence["leave_one_out"], test["p_value"])
    ]
    whole = {**entry, "p_value": entering[entry["hypothesis"]]}
    return flips_holm(entry["hypothesis"], entering, whole, left, alpha)


def _turns(
    entry: Entry, alternatives: Sequence[Mapping[str, Any]], settings: Mapping[str, Any]
) -> list[Entry]:
    """Return the estimate under each alternative that can turn a verdict, or that is only shown."""
    found = []
    for kind in ("region_effects", "construct", "shown"):
        for other in alternatives:
            if other["name"] in settings[kind]:
                share = _share(other["estimate"], entry["estimate"])
                found.append(
                    {"kind": kind}
                    | {key: other[key] for key in ("name", "label", "estimate", "p_value", "n")}
                    | {
                        "share_kept": share,
                        "turns": None
                        if share is None or kind == "shown"
                        else share < settings["keeps"],
                    }
                )
    return found


def _elsewhere(evidence: Evidence, names: Sequence[str]) -> bool:
    """Tell whether the run has alternatives of these names, for whichever hypothesis."""
    return any(
        other["name"] in names
        for of in evidence.robustness.values()
        for other in of["alternatives"]
    )


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if known(part) and known(whole) and whole else None


def _regions(
    entry: Entry, left_out: Sequence[Mapping[str, Any]], regions: Sequence[str]
) -> list[Entry]:
    """Return the estimate without each region, and whether it is the same: the sign holds, and its
    interval contains the estimate of the whole. Significance is not asked.
    """
    found = []
    for other in left_out:
        if other["left_out"] in regions:
            numbers = [other["estimate"], other["conf_low"], other["conf_high"], entry["estimate"]]
            sign = all(map(known, numbers)) and other["estimate"] * entry["estimate"] > 0
            same = sign and other["conf_low"] <= entry["estimate"] <= other["conf_high"]
            parts = ("left_out", "label", "estimate", "conf_low", "conf_high", "n")
            found.append(
                {key: other[key] for key in parts} | {"sign_holds": bool(sign), "holds": bool(same)}
            )
    return found


def _judged(
    part: Entry, entry: Entry, test: Entry, tests: Mapping[str, Any], name: str, alpha: float
) -> Entry:
    """Return a part with its own verdict: its p-value stands in the hypothesis' place among the
    tests that Holm adjusts.
    """
    if part["untested"]:
        return part | {"p_holm": None, "verdict": part["untested"]}
    if _primary_part(part, entry):
        part = part | {key: test[key] for key in ("p_value", "conf_low", "conf_high")}
    p_holm = _holm({**tests["entering"], name: part["p_value"]})[name]
    towards = entry["sign"] * part["estimate"] > 0
    significant = known(p_holm) and p_holm < alpha
    verdict = "undecided" if not significant else "supported" if towards else "contradicted"
    return part | {"p_holm": p_holm, "verdict": verdict}


def _selection(
    entry: Entry, models: Mapping[str, Mapping[str, Any]], settings: Mapping[str, Any]
) -> list[Entry]:
    """Return the estimate at every assumed correlation of the errors of joining and of the outcome
    within the declared range.
    """
    model = models.get(settings["models"].get(entry["hypothesis"], ""))
    low, high = settings["correlations"]
    rows = model["rows"] if model else []
    return [
        {
            "correlation": float(row["level"]),
            **{key: row[key] for key in ("estimate", "conf_low", "conf_high", "p_value")},
            "holds": known(row["estimate"]) and entry["sign"] * row["estimate"] > 0,
        }
        for row in rows
        if row["kind"] == "assumed_correlation"
        and row["term"] == entry["term"]
        and low - 1e-9 <= float(row["level"]) <= high + 1e-9
    ]


def _verdict(clauses: Sequence[Mapping[str, Any]]) -> tuple[str, list[str]]:
    """Return the verdict and the sentence of each clause that decided it."""

    def said(verdict: str, met: bool) -> list[str]:
        return [of["sentence"] for of in clauses if (of["for"], of["met"]) == (verdict, met)]

    undone, against, failed = (
        said("any", False),
        said("contradicted", True),
        said("supported", False),
    )
    if against and not undone:
        return "contradicted", against[:1]
    if undone or failed:
        return "undecided", [*undone, *failed]
    return "supported", ["every clause of version 2 that could be applied holds"]
