"""What a verdict depends on: alternatives, states, blocs, methods of inference, selection and
power,
read from the estimates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...base.number_formats import fixed, known, p_value, p_words, share
from .. import display_names, unit_words
from . import phrasing
from .report_results import Entry, Results


@dataclass(frozen=True)
class Fragility:
    """One thing that a verdict depends on: what it is, and how it stands."""

    label: str
    text: str


def fragility(
    entry: Entry, results: Results, alpha: float, config: Mapping[str, Any] | None = None
) -> tuple[Fragility, ...]:
    """Return what the verdict on a hypothesis depends on; nothing where its primary test has no
    estimate.

    Parameters
    ----------
    entry : mapping
        A hypothesis of verdicts.json.
    alpha : float
        The level of the rule.
    config : mapping, optional
        Of the run; it declares what a caveat is, and which readings were primary before.
    """
    if not known(entry["estimate"]) or not known(entry["p_value"]):
        return ()
    found = results.robustness[entry["hypothesis"]]
    texts = {
        "What a caveat is": _construct(entry, found["alternatives"], config or {}),
        "Changed when results were known": _earlier(entry, found["alternatives"], config or {}),
        "Alternatives": _alternatives(entry, found["alternatives"], alpha),
        "Single states": _states(entry, results.countries),
        "Blocs": _blocs(entry, found["leave_bloc_out"]),
        "Methods of inference": _methods(
            entry, results.inference.get(entry["hypothesis"], {}), alpha
        ),
        "Selection into the coalition": _selection(entry, results.models),
        "Power": _power(entry, alpha),
    }
    return tuple(
        Fragility(unit_words.worded(label, entry.get("unit")), display_names.sentence(text))
        for label, text in texts.items()
        if text
    )


def named(items: Iterable[str]) -> str:
    """Return a list in words; nothing of it is left out."""
    return "; ".join(items)


def _sized(effect: Entry, scale: str) -> str:
    return f"{phrasing.named(scale)} {phrasing.size(effect['estimate'], scale)}"


CONSTRUCTS = {
    "says_nothing": "says nothing of caveats",
    "as_coded": "counts as it was coded",
    "none": "means that there is no caveat",
}


def _test_of(effect: Entry, scale: str) -> str:
    if not known(effect["estimate"]):
        return "not estimated"
    return f"{_sized(effect, scale)}, {p_words(effect['p_value'])}, n = {effect['n']}"


def _construct(entry: Entry, alternatives: list[Entry], config: Mapping[str, Any]) -> str:
    """Return the primary test under every declared reading of a statement that tells only what a
    contingent consisted of.
    """
    readings = {
        name: spec["sample"]["caveats"]["what_was_sent"]
        for name, spec in config.get("robustness", {}).items()
        if list(spec.get("sample", {}).get("caveats", {})) == ["what_was_sent"]
        and not {"measures", "model", "variables", "operations"} & set(spec)
    }
    others = [
        (readings[other["name"]], other) for other in alternatives if other.get("name") in readings
    ]
    if not others:
        return ""
    sample = config["samples"][config["models"][entry["model"]]["sample"]]
    primary = CONSTRUCTS[sample["caveats"].get("what_was_sent", "as_coded")]
    texts = [f"{primary} (primary): {_test_of(entry, entry['scale'])}"]
    texts += [
        f"{CONSTRUCTS[reading]}: {_test_of(other, entry['scale'])}" for reading, other in others
    ]
    return f"a statement that tells only what a contingent consisted of {'; '.join(texts)}"


def _earlier(entry: Entry, alternatives: list[Entry], config: Mapping[str, Any]) -> str:
    """Return the primary test under readings that were primary until a date."""
    ended = {
        name: spec["primary_until"]
        for name, spec in config.get("robustness", {}).items()
        if "primary_until" in spec
    }
    texts = [
        f"until {ended[other['name']]} the primary reading was another "
        f"({display_names.low(other['label'])}); on today's data it gives "
        f"{_test_of(other, entry['scale'])}; the reading of now gives "
        f"{_test_of(entry, entry['scale'])}"
        for other in alternatives
        if other.get("name") in ended
    ]
    return "; ".join(texts)


def _alternatives(entry: Entry, alternatives: list[Entry], alpha: float) -> str:
    """Return how many alternatives have the opposite sign, and how many are not significant, before
    adjustment; `doubts` lists them.
    """
    fitted = [
        other for other in alternatives if other["status"] == "ok" and known(other["estimate"])
    ]
    if not fitted:
        return ""
    turned = sum(entry["sign"] * other["estimate"] <= 0 for other in fitted)
    weak = sum(known(other["p_value"]) and other["p_value"] >= alpha for other in fitted)
    opposite = (
        f"{turned} of {len(fitted)} without the predicted sign"
        if turned
        else "all have the predicted sign"
    )
    level = f"significant at {alpha:g} before adjustment"
    return (
        f"{opposite}; {weak} of {len(fitted)} not {level}"
        if weak
        else f"{opposite}; all are {level}"
    )


def _states(entry: Entry, countries: Mapping[str, str]) -> str:
    """Return how far the estimate moves without one state, and whose absence turns the decision
    after adjustment.
    """
    if not known(entry["left_out_low"]):
        return ""
    ends = phrasing.sizes(entry["left_out_low"], entry["left_out_high"], entry["scale"])
    signs = named(countries.get(state, state) for state in entry["flips_sign"])
    sign = f"the sign changes without {signs}" if signs else "none changes the sign"
    turned = named(countries.get(state, state) for state in entry["flips_holm"])
    holm = f"turns without {turned}" if turned else "does not turn"
    return (
        f"without one of them the estimate stays within {phrasing.named(entry['scale'])} {ends}, "
        f"and {sign}; outside the rule, the Holm-adjusted decision (p-values of the other "
        f"hypotheses held) {holm}"
    )


def _blocs(entry: Entry, left_out: list[Entry]) -> str:
    """Return the blocs without which the test turns, before and after adjustment, with the estimate
    and its p-value.
    """
    about = {
        other[
            "left_out"
        ]: f"{other['label']} ({_sized(other, entry['scale'])}, {p_words(other['p_value'])})"
        if known(other["estimate"])
        else f"{other['label']} (not estimated)"
        for other in left_out
    }
    kinds = {
        "sign or significance before adjustment": entry["bloc_flips"],
        "the Holm-adjusted decision": entry["bloc_flips_holm"],
    }
    texts = [
        f"{what} turns without {named(about[bloc] for bloc in blocs)}"
        for what, blocs in kinds.items()
        if blocs
    ]
    return (
        f"outside the rule, {'; '.join(texts)}"
        if texts
        else ("none turns the test" if left_out else "")
    )


def _methods(entry: Entry, found: Entry, alpha: float) -> str:
    """Return the methods of inference that decide otherwise than the primary test after Holm's
    adjustment.
    """
    rows = [
        row for row in found.get("rows", []) if row["method"] != "primary" and known(row["p_holm"])
    ]
    if not rows:
        return ""
    significant = entry["p_holm"] < alpha
    others = [
        f"{_method(row)} ({p_value(row['p_holm'])})"
        for row in rows
        if (row["p_holm"] < alpha) != significant
    ]
    if not others:
        return f"all {len(rows)} others decide as the primary test does after Holm's adjustment"
    return (
        f"the Holm-adjusted p is {'not ' if significant else ''}below {alpha:g} by "
        f"{len(others)} of {len(rows)} others: {named(others)}"
    )


def _method(row: Entry) -> str:
    label = display_names.named(display_names.INFERENCE_METHODS, row["method"])
    return f"linear model, {label}" if row["linear"] else label


def _selection(entry: Entry, models: Mapping[str, Any]) -> str:
    """Return the same term in models of the same outcome with selection, and the correlation of the
    errors there.
    """
    outcome = models[entry["model"]]["outcome"]
    with_selection = [
        model
        for model in models.values()
        if model["outcome"] == outcome
        and model.get("selection")
        and entry["term"] in model["terms"]
    ]
    fitted = [model for model in with_selection if model["status"] == "ok"]
    failed = len(with_selection) - len(fitted)
    texts = [_with_selection(model, entry["term"]) for model in fitted]
    return "; ".join(
        texts
        + (
            [f"{display_names.plural(failed, 'other model')} could not be estimated"]
            if failed
            else []
        )
    )


def _with_selection(model: Entry, term: str) -> str:
    rows = {
        row["term"]: row for row in model["rows"] if row["kind"] in ("coefficient", "auxiliary")
    }
    tied = [
        f"{display_names.low(display_names.AUXILIARY[name])} {_tested(rows[name])}"
        for name in ("rho", "inverse_mills")
        if known(rows.get(name, {}).get("estimate"))
    ]
    return ", ".join([f"{model['label']}: coefficient {_tested(rows[term])}", *tied])


def _tested(row: Entry) -> str:
    return f"{phrasing.signed(row['estimate'], 2)} ({p_words(row['p_value'])})"


def _power(entry: Entry, alpha: float) -> str:
    """Return what the test could find, and how far it would exaggerate; empty where that was not
    simulated.
    """
    if not known(entry.get("power_at_smallest")):
        return ""
    parts = [
        (
            "an effect as small as the smallest of interest would be found in "
            f"{share(entry['power_at_smallest'])} of samples (Holm's first step)"
        )
    ]
    if known(entry["type_m_at_smallest"]):
        times = fixed(entry["type_m_at_smallest"], 1)
        parts.append(
            f"estimates of it that are significant at {alpha:g} before adjustment would be "
            f"{times} times its size on average"
        )
    target = f"{entry['power_target']:.0%}"
    if not known(entry["detectable_effect"]):
        return "; ".join([*parts, f"no simulated effect reached {target} power"])
    size = phrasing.size(entry["sign"] * entry["detectable_effect"], entry["scale"])
    return "; ".join(
        [
            *parts,
            (
                f"the smallest effect found with {target} power: {phrasing.named(entry['scale'])} "
                f"{size}"
            ),
        ]
    )
