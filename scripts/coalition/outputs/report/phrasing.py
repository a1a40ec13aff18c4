"""The words of the page: effects in a sentence, how a table of each kind is read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...base.number_formats import MINUS, fixed, known, p_words
from ...formula.families import FAMILIES
from .. import display_names, second_verdict, sentences
from ..stored_results import Sources

Entry = Mapping[str, Any]

ODDS_OF = {
    "participated": "joining",
    "any_caveat": "having any caveat",
    "substantive_caveat": "having a substantive caveat",
    "caveat_level": "a tighter level of caveats",
    "deployed": "being deployed",
}
POINTS = {
    "more_reserved": "the probability of joining with reservations by {points} percentage points",
    "reserved_not_unreserved": "the probability of joining with reservations by {points} "
    "percentage points more than "
    "that of joining without",
    "less_abstaining": "the probability of abstaining by {fall} percentage points",
}


def term(name: str, sources: Sources) -> str:
    """Return a term of a model in words."""
    return " \N{MULTIPLICATION SIGN} ".join(
        display_names.low(sources.label(part)) for part in name.split(":")
    )


def contrast(name: str, model: Mapping[str, Any], sources: Sources) -> str:
    """Return a contrast in words, as the tables print it.

    Parameters
    ----------
    model : mapping
        The model in the config; its `corners` name the two terms.
    """
    second = model.get("corners", {}).get("second")
    return sentences.contrast(name, sources.label(second) if second else sentences.OTHER)


def signed(value: float, decimals: int) -> str:
    """Return a number with its sign, plus or minus."""
    text = fixed(value, decimals)
    return text if text.startswith(MINUS) or not known(value) else f"+{text}"


def to(low_end: float | None, high_end: float | None, decimals: int) -> str:
    """Return an interval in words."""
    return f"{fixed(low_end, decimals)} to {fixed(high_end, decimals)}"


def ratio(value: float | None) -> float | None:
    """Return the odds ratio of log odds; None where there is none or it is too large to print."""
    return math.exp(value) if known(value) and value < 700 else None


def size(value: float | None, scale: str) -> str:
    """Return an effect on the scale on which it is read: an odds ratio, or a difference of
    probabilities.
    """
    if scale == "log odds":
        return fixed(ratio(value), 2)
    return signed(value, 3) if known(value) else fixed(value, 3)


def sizes(low_end: float | None, high_end: float | None, scale: str) -> str:
    """Return both ends of an interval on the scale on which an effect is read."""
    return f"{size(low_end, scale)} to {size(high_end, scale)}"


def named(scale: str) -> str:
    """Return what a number on a scale is called."""
    return {"log odds": "odds ratio", "probability": "difference of probabilities"}.get(
        scale, scale
    )


def p_values(entry: Entry) -> str:
    """Return p and Holm's p of a primary test; no line ends within either."""
    return f"{_unbroken(entry['p_value'])}, Holm-adjusted {_unbroken(entry['p_holm'])}"


def _unbroken(value: float | None) -> str:
    return p_words(value).replace(" ", "\N{NO-BREAK SPACE}")


def effect(
    entry: Entry,
    fitted: Entry,
    spec: Mapping[str, Any],
    measures: Mapping[str, Any],
    sources: Sources,
) -> str:
    """Return the effect of a primary test as a clause.

    Parameters
    ----------
    entry : mapping
        A hypothesis of verdicts.json.
    fitted : mapping
        Its primary MODEL.
    spec : mapping
        The same model in the config.
    """
    if not known(entry["estimate"]):
        return "the primary model could not be estimated"
    if entry["scale"] == "log odds":
        unit = "one standard deviation" if entry["term"] in measures else "one unit"
        times = fixed(ratio(entry["estimate"]), 2)
        return (
            f"with {unit} more of {term(entry['term'], sources)}, the odds of "
            f"{_odds_of(fitted)} are multiplied by {times}"
        )
    if entry["scale"] == "probability" and "corners" in spec and entry["term"] in POINTS:
        first, second = (
            display_names.low(sources.label(spec["corners"][part])) for part in ("first", "second")
        )
        points = {
            "points": signed(100 * entry["estimate"], 1),
            "fall": signed(-100 * entry["estimate"], 1),
        }
        change = POINTS[entry["term"]].format(**points)
        return f"where {second} is high, raising {first} from low to high changes {change}"
    label = (
        contrast(entry["term"], spec, sources)
        if entry["term"] in display_names.CONTRASTS
        else sources.label(entry["term"])
    )
    return f"{display_names.low(label)} is {signed(entry['estimate'], 3)} ({entry['scale']})"


def _odds_of(fitted: Entry) -> str:
    known_words = ODDS_OF.get(fitted["outcome"])
    if known_words:
        return known_words
    return (
        f"a higher level of {display_names.low(fitted['outcome_label'])}"
        if FAMILIES[fitted["family"]].cut_points
        else display_names.low(fitted["outcome_label"])
    )


def certainty(entry: Entry) -> str:
    """Return interval, p-values and rows of a primary test, in the unit of `effect`."""
    if not known(entry["estimate"]):
        return ""
    rows = f"; N = {entry['n']:,}" if known(entry.get("n")) else ""
    return f"95% interval {_ends(entry, entry)}; {p_values(entry)}{rows}"


def _ends(entry: Entry, test: Entry) -> str:
    """Return the interval of a test of a hypothesis in the unit of `effect`."""
    low, high = test["conf_low"], test["conf_high"]
    if entry["scale"] == "log odds":
        return sizes(low, high, entry["scale"])
    if entry["scale"] == "probability":
        factor = -100 if entry["term"] == "less_abstaining" else 100
        return " to ".join(sorted_ends(factor, low, high))
    return to(low, high, 3)


def deciding(entry: Entry) -> str:
    """Return the test that the second version of the rule decides by, with its p-values and its
    interval in the unit of `effect`; empty where it has no p-value.
    """
    of = entry["version_2"]
    test = of["test"]
    if not known(entry["estimate"]) or not known(test["p_value"]):
        return ""
    head = "no valid test; the least oversized is" if test["holds"] is False else "decided by"
    text = f"{head} {second_verdict.method(test)}: {_unbroken(test['p_value'])}"
    if known(of["p_holm"]):
        text += f", adjusted {_unbroken(of['p_holm'])}{_weakest(of)}"
    return f"{text}; 95% interval {_ends(entry, test)}" if known(test["conf_low"]) else text


def _weakest(of: Entry) -> str:
    """Return whose the adjusted p is, where it is not that of the printed test."""
    own = of["test"]["p_value"]
    for part in of["parts"]:
        if part["untested"] is None and part["p_value"] == of["p_entering"] != own:
            return f" (weakest part, “{part['label']}”: {_unbroken(part['p_value'])})"
    return ""


def sorted_ends(factor: float, *ends: float | None) -> list[str]:
    """Return the ends of an interval times a factor, the lower one first; ends that are not known
    stay in their place.
    """
    scaled = [factor * end if known(end) else None for end in ends]
    return [
        signed(end, 1) if known(end) else fixed(end, 1)
        for end in (scaled if factor > 0 else scaled[::-1])
    ]


def estimator(fitted: Entry) -> str:
    """Return what the primary model is: estimator, rows, clusters."""
    clusters = f", {fitted['n_clusters']:,} clusters" if known(fitted.get("n_clusters")) else ""
    states = f" of {fitted['n_states']:,} states" if known(fitted.get("n_states")) else ""
    return f"{FAMILIES[fitted['family']].label}; {fitted['n']:,} rows{states}{clusters}"
