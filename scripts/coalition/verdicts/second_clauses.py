"""The clauses of the second version of the verdict rule, each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..base.number_formats import fixed, known, p_words
from .claim_parts import NOT_TESTABLE

Entry = dict[str, Any]
Facts = Mapping[str, Any]
TIE = 1e-9
"""By how much an assumed correlation may differ from a declared end: rounding."""


def conditions(entry: Entry, facts: Facts, settings: Mapping[str, Any]) -> list[Entry]:
    """Return every clause: the verdict that it is asked for, whether it holds, its sentence.

    Parameters
    ----------
    entry : dict
        A hypothesis as the first version has it: estimate, sign, smallest_effect.
    facts : mapping
        What `second_version` found of it.
    settings : mapping
        The block `verdict_2`.

    Returns
    -------
    list of dict
        for ("any": without it nothing is decided; "supported"; "contradicted"), condition, met
        (None: it cannot be applied), sentence: why it fails, for contradiction why it is met, or
        why it cannot be applied.
    """
    return [
        *_valid_test(entry, facts),
        *_turning(entry, facts, settings),
        *_against(entry, facts, settings),
        _clause("supported", "sign", *_sign(entry)),
        _clause("supported", "significance", *_significance(facts, settings["alpha"])),
        _clause("supported", "no_flip", *_no_flip(facts)),
        _clause("supported", "regions", *_regions(facts)),
        _clause("supported", "option_share", *_option_share(facts["curve"], settings)),
        _clause("supported", "median", *_median(entry, facts["curve"])),
        *_parts(facts),
        *_selection(facts, settings),
    ]


def _clause(verdict: str, condition: str, met: bool | None, sentence: str) -> Entry:
    return {"for": verdict, "condition": condition, "met": met, "sentence": sentence}


def _valid_test(entry: Entry, facts: Facts) -> list[Entry]:
    test = facts["test"]
    found = []
    if test["holds"] is None:
        sentence = "no test's level was measured for this design; the declared test is read"
        found.append(_clause("any", "valid_test", None, sentence))
    else:
        sentence = (
            f"no valid test: the least oversized rejects in {fixed(100 * test['size'], 2)}% of "
            "worlds without an effect, at a level of 5%; a valid one rejects in 7.5% at most"
        )
        found.append(_clause("any", "valid_test", test["holds"], sentence))
    if test["rows"] not in (None, entry["n"]):
        sentence = (
            f"the level was measured at an earlier state of the design: {test['rows']} rows, now "
            f"{entry['n']} ({test['measured']})"
        )
        found.append(_clause("any", "same_design", None, sentence))
    if not known(test["p_value"]):
        sentence = f"no valid test: the test that decides has no p-value ({test['reason']})"
        found.append(_clause("any", "p_value", False, sentence))
    return found


def _percent(value: float) -> str:
    return f"{fixed(100 * value, 1)}%"


def _turning(entry: Entry, facts: Facts, settings: Mapping[str, Any]) -> list[Entry]:
    keeps, found = settings["turns"]["keeps"], []
    for kind, what in (("region_effects", "region effects"), ("construct", "the other construct")):
        rows = [of for of in facts["turns"] if of["kind"] == kind]
        names = ", ".join(settings["turns"][kind])
        if not rows and (not names or (kind == "construct" and facts["construct_elsewhere"])):
            continue  # it is about caveats, and this hypothesis is not; or nothing is declared
        if not rows:
            sentence = f"{what}: the run has no alternative for this hypothesis named {names}"
            found.append(_clause("any", kind, None, sentence))
        found += [_turn(kind, of, keeps) for of in rows]
    return found


def _turn(kind: str, of: Mapping[str, Any], keeps: float) -> Entry:
    name = f"{of['label'][:1].lower()}{of['label'][1:]}" if of["label"] else of["name"]
    if of["turns"] is None:
        return _clause("any", kind, None, f"{name}: has no estimate, so it turns nothing")
    left = f"{_percent(of['share_kept'])} of the estimate is left, less than {keeps:.0%}"
    what = "the sign is lost" if of["share_kept"] < 0 else left
    return _clause("any", kind, not of["turns"], f"it turns: under {name} {what}")


def _against(entry: Entry, facts: Facts, settings: Mapping[str, Any]) -> list[Entry]:
    p_holm, level = facts["p_holm"], (1 - settings["equivalence_level"]) / 2
    opposite = (
        known(entry["estimate"])
        and entry["sign"] * entry["estimate"] < 0
        and known(p_holm)
        and p_holm < settings["alpha"]
    )
    found = [
        _clause(
            "contradicted",
            "opposite",
            opposite,
            "the effect is significant in the opposite direction, after adjustment",
        )
    ]
    below = facts["p_equivalence_holm"]
    if not known(below):
        sentence = "the test that decides has no test of equivalence"
        return [*found, _clause("contradicted", "equivalence", None, sentence)]
    sentence = (
        "the effect is smaller than the smallest of interest (test of equivalence, "
        f"{p_words(below)} after adjustment)"
    )
    return [*found, _clause("contradicted", "equivalence", below < level, sentence)]


def _sign(entry: Entry) -> tuple[bool, str]:
    if not known(entry["estimate"]):
        return False, "the primary model could not be estimated"
    towards = entry["sign"] * entry["estimate"] > 0
    return towards, "the estimate has not the predicted sign"


def _significance(facts: Facts, alpha: float) -> tuple[bool, str]:
    p_holm = facts["p_holm"]
    if not known(p_holm):
        return False, "there is no p-value that could be below the level"
    return p_holm < alpha, f"after adjustment {p_words(p_holm)}, not below {alpha:g}"


def _no_flip(facts: Facts) -> tuple[bool | None, str]:
    flips = facts["flips_holm"]
    if flips is None:
        return None, "leave-one-out: there is no decision that it could turn"
    listed = ", ".join(flips)
    return not flips, f"without {listed} alone the sign, or the adjusted decision, is another"


def _regions(facts: Facts) -> tuple[bool | None, str]:
    rows = facts["regions_left_out"]
    if not rows:
        return None, "regions left out: the run has no blocs that are regions"
    turned = [
        f"without {of['label']} ({of['n']} rows left) {_lost(of)}" for of in rows if not of["holds"]
    ]
    return not turned, ", ".join(turned)


def _lost(without: Mapping[str, Any]) -> str:
    if not known(without["estimate"]):
        return "there is no estimate"
    if not without["sign_holds"]:
        return "the sign is lost"
    return "the interval does not contain the estimate of the whole"


def _option_share(curve: Mapping[str, Any] | None, settings: Mapping[str, Any]) -> Any:
    if curve is None:
        return None, "the curve by option: the run has no specification curve for this hypothesis"
    if not curve["n"]:
        return False, "no specification has every declared confounder, so the curve shows nothing"
    wanted = settings["option_share"]
    met = curve["sign_share"] >= wanted
    sentence = (
        f"by option the predicted sign is kept in {_percent(curve['sign_share'])} of the "
        f"specifications, less than {wanted:.0%}"
    )
    return met, sentence


def _median(entry: Entry, curve: Mapping[str, Any] | None) -> tuple[bool | None, str]:
    if curve is None or not curve["n"]:
        return None, "the median of the curve: no specification is judged"
    reaches = known(curve["median"]) and entry["sign"] * curve["median"] >= entry["smallest_effect"]
    sentence = (
        "the median of the specifications with every confounder does not reach the smallest effect "
        "of interest"
    )
    return reaches, sentence


def _parts(facts: Facts) -> list[Entry]:
    parts = facts["parts"]
    if not parts:
        return []
    found = []
    for part in parts:
        if part["untested"]:
            sentence = (
                "the part "
                f"\N{LEFT DOUBLE QUOTATION MARK}{part['label']}\N{RIGHT DOUBLE QUOTATION MARK}: "
                f"{part['untested']}"
            )
            if part["untested"] == NOT_TESTABLE:
                sentence += (
                    f" ({fixed(part['rows_per_slope'], 1)} rows of the rarer outcome for each "
                    "slope)"
                )
            found.append(_clause("supported", f"part_{part['part']}", None, sentence))
        else:
            sentence = (
                "its part "
                f"\N{LEFT DOUBLE QUOTATION MARK}{part['label']}\N{RIGHT DOUBLE QUOTATION MARK} is "
                f"{part['verdict']} ({p_words(part['p_holm'])} after adjustment)"
            )
            met = part["verdict"] == "supported"
            found.append(_clause("supported", f"part_{part['part']}", met, sentence))
    if all(part["untested"] for part in parts):
        sentence = "no part of the claim can be tested"
        found.append(_clause("supported", "parts", False, sentence))
    return found


def _selection(facts: Facts, settings: Mapping[str, Any]) -> list[Entry]:
    if not facts["association"]:
        return []
    ends = settings["selection"]["correlations"]
    low, high = (fixed(value, 1) for value in ends)
    if not facts["selection"]:
        sentence = "selection into the coalition: no declared model assumes its correlation"
        return [_clause("supported", "selection", None, sentence)]
    asked = [of["correlation"] for of in facts["selection"]]
    if min(asked) > ends[0] + TIE or max(asked) < ends[1] - TIE:
        sentence = (
            f"selection into the coalition: correlations from {fixed(min(asked), 1)} to "
            f"{fixed(max(asked), 1)} are assumed, and not all from {low} to {high}"
        )
        return [_clause("supported", "selection", None, sentence)]
    lost = [fixed(of["correlation"], 1) for of in facts["selection"] if not of["holds"]]
    sentence = (
        f"the sign does not hold at assumed correlations of selection from {low} to {high}: lost "
        f"at {', '.join(lost)}"
    )
    return [_clause("supported", "selection", not lost, sentence)]
