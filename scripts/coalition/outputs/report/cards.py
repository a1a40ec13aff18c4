"""One card a hypothesis: verdict, primary test in words, every condition of the rule with its
number; and the answer, line by line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...base.number_formats import known, p_value, share
from .. import display_names, second_verdict, sentences, unit_words
from ..stored_results import Sources
from . import corner_rows, doubts, interval_plot, phrasing, warning_notes
from .fragility import Fragility, fragility
from .report_results import Entry, Results

ORDER = ("supported", "contradicted", "undecided")
"""Verdicts, the firmest first."""


@dataclass(frozen=True)
class Condition:
    """A condition of the rule: in words, whether it is met, the number behind it, the verdict that
    it is needed for.
    """

    text: str
    met: bool
    number: str
    verdict: str


@dataclass(frozen=True)
class Card:
    """What is said of one hypothesis.

    warnings : what to beware of in its primary model; parts : (contrast, effect, interval, p) where
        the claim needs several contrasts; corners : the rows observed in each corner, where the
        claim is about corners;
    ours : whether the claim is the project's reconstruction;
    units : the word for states, or for the units of a file, with a capital; flips : (code, name) of
        the states that turn the sign or the significance before adjustment, the
        largest changes first; fragility : what the verdict depends on; turns : all that turns the
        decision, by kind; doubt : kind and words of the strongest doubt; strip : the estimate and
        its
        alternatives as a drawing;
    verdict : of the second version of the rule where the config declares it, else of the first;
    certainty : interval and p-values of the primary test, on which the first version decides;
    deciding : those of the test on which the second does;
    first : of the first version, beside the second; qualified : the verdict where a clause could
        not be applied; second : what the second version looked at, line by line.
    """

    hypothesis: str
    title: str
    claim: str
    verdict: str
    effect: str
    certainty: str
    estimator: str
    model: str
    warnings: tuple[str, ...]
    reasons: tuple[str, ...]
    conditions: tuple[Condition, ...]
    parts: tuple[tuple[str, str, str, str], ...]
    corners: corner_rows.CornerRows | None
    ours: bool
    units: str
    flips: tuple[tuple[str, str], ...]
    fragility: tuple[Fragility, ...]
    turns: tuple[doubts.Turns, ...]
    doubt: tuple[str, str]
    strip: interval_plot.Strip | None
    deciding: str = ""
    first: str = ""
    qualified: str = ""
    second: tuple[second_verdict.Line, ...] = ()


def cards(config: Mapping[str, Any], results: Results, sources: Sources) -> list[Card]:
    """Return the cards in the order of the verdicts file."""
    return [
        _card(entry, config, results, sources) for entry in results.verdicts.get("hypotheses", [])
    ]


def _estimator(fitted: Entry) -> str:
    return phrasing.estimator(fitted) if fitted["status"] == "ok" else ""


def _card(entry: Entry, config: Mapping[str, Any], results: Results, sources: Sources) -> Card:
    name = entry["hypothesis"]
    fitted, spec = results.models[entry["model"]], config["models"][entry["model"]]
    found = results.robustness[name]
    rule = results.verdicts["rule"]
    second = entry.get("version_2")
    return Card(
        hypothesis=name,
        title=entry["title"],
        claim=entry["claim"],
        verdict=(second or entry)["verdict"],
        first=entry["verdict"] if second else "",
        qualified=second_verdict.verdict(second) if second else "",
        second=_second(entry, results) if second else (),
        effect=phrasing.effect(entry, fitted, spec, config["measures"], sources),
        certainty=phrasing.certainty(entry),
        deciding=phrasing.deciding(entry) if second else "",
        estimator=_estimator(fitted),
        model=fitted["label"],
        warnings=tuple(warning_notes.model_warnings(fitted, sources)),
        reasons=tuple(
            sentences.short(reason, entry["flips"], entry.get("unit"))
            for reason in entry["reasons"]
        ),
        conditions=tuple(
            _condition(condition, entry, found, rule) for condition in entry["conditions"]
        ),
        parts=tuple(_parts(config["hypotheses"][name]["primary"], fitted, spec, sources)),
        corners=corner_rows.observed(fitted, sources) if "corners" in spec else None,
        ours=unit_words.ours([entry]),
        units=unit_words.plurals(entry.get("unit")).capitalize(),
        flips=tuple(
            (state, results.countries.get(state, state)) for state in entry["flips_by_size"]
        ),
        fragility=fragility(entry, results, rule["alpha"], config),
        turns=tuple(doubts.turns(entry, config, results, rule["alpha"])),
        doubt=doubts.strongest(entry, config, results, rule["alpha"]),
        strip=interval_plot.strip(entry, found["alternatives"], rule["equivalence_level"]),
    )


def _second(entry: Entry, results: Results) -> tuple[second_verdict.Line, ...]:
    """Return the lines of version 2, their labels with the study's word for its units."""
    return tuple(
        (unit_words.worded(label, entry.get("unit")), text)
        for label, text in second_verdict.lines(entry, results.verdicts["version_2"])
    )


def _parts(
    primary: Mapping[str, Any], fitted: Entry, spec: Mapping[str, Any], sources: Sources
) -> list[tuple[str, str, str, str]]:
    """Return every contrast that a hypothesis needs, on the weakest of which the verdict rests; of
    one about corners also how far the contrast differs between them, and the product term.
    """
    wanted = list(primary.get("contrasts", []))
    rows = {row["term"]: row for row in fitted["rows"] if row["kind"] == "contrast"}
    if wanted and "corners" in spec:
        wanted.append("second_difference")
    contrasts = [
        (
            phrasing.contrast(name, spec, sources),
            phrasing.signed(rows[name]["estimate"], 3),
            phrasing.sizes(rows[name]["conf_low"], rows[name]["conf_high"], "probability"),
            p_value(rows[name]["p_value"]),
        )
        for name in wanted
        if name in rows
    ]
    return [*contrasts, *corner_rows.product(fitted, spec, sources)]


def _condition(condition: Entry, entry: Entry, found: Entry, rule: Entry) -> Condition:
    text, number = _WORDS.get(condition["condition"], _unnamed)(condition, entry, found, rule)
    return Condition(text, condition["met"], number, condition["for"])


def _threshold(entry: Entry) -> str:
    """Return the smallest effect of interest in the predicted direction."""
    bound = "or more" if entry["sign"] > 0 else "or less"
    return (
        f"{phrasing.named(entry['scale'])} of "
        f"{phrasing.size(entry['sign'] * entry['smallest_effect'], entry['scale'])} {bound}"
    )


def _sign(condition: Entry, entry: Entry, found: Entry, rule: Entry) -> tuple[str, str]:
    predicted = display_names.direction(entry["sign"])
    number = f"estimate {phrasing.signed(entry['estimate'], 3)} ({entry['scale']})"
    return f"The estimate has the predicted sign: {predicted}", number


def _significance(condition: Entry, entry: Entry, found: Entry, rule: Entry) -> tuple[str, str]:
    return (
        f"The Holm-adjusted p-value is below {rule['alpha']:g}",
        f"{p_value(entry['p_holm'])}; before adjustment {p_value(entry['p_value'])}",
    )


def _sign_share(condition: Entry, entry: Entry, found: Entry, rule: Entry) -> tuple[str, str]:
    number, failed, kept, _, word = _breadth(entry)
    kinds = entry["curve_failures"] or {}
    gone = (
        f"; {failed:,} not fitted ({sentences.kinds(kinds)})"
        if kinds
        else f"; {failed:,} could not be estimated"
        if failed
        else ""
    )
    return (
        f"At least {rule['sign_share']:.0%} of the {word} keep the sign",
        f"{share(kept)} of {number:,}{gone}",
    )


def _median(condition: Entry, entry: Entry, found: Entry, rule: Entry) -> tuple[str, str]:
    *_, median, word = _breadth(entry)
    text = f"The median of the {word} reaches the smallest effect of interest: {_threshold(entry)}"
    return text, f"{phrasing.named(entry['scale'])} {phrasing.size(median, entry['scale'])}"


def _breadth(entry: Entry) -> tuple[int, int, float | None, float | None, str]:
    """Return number, failures, share with the sign, median and name of what the rule looks at: the
    curve where there is one.
    """
    if known(entry.get("curve_n")):
        return (
            entry["curve_n"],
            entry["curve_failed"],
            entry["curve_sign_share"],
            entry["curve_median"],
            "specifications",
        )
    return (
        entry["n_alternatives"],
        entry["n_alternatives_failed"],
        entry["sign_share"],
        entry["median_effect"],
        "alternatives",
    )


def _no_flip(condition: Entry, entry: Entry, found: Entry, rule: Entry) -> tuple[str, str]:
    left_out, flips = found["leave_one_out"], set(entry["flips"])
    text = unit_words.worded(
        "No single state changes the sign, or the significance before adjustment", entry.get("unit")
    )
    if not flips:
        return text, f"none of {len(left_out)} left out in turn does"
    turned = [other for other in left_out if other["left_out"] in flips]
    signs = sum(
        known(other["estimate"]) and (other["estimate"] > 0) != (entry["estimate"] > 0)
        for other in turned
    )
    failed = sum(not known(other["estimate"]) for other in turned)
    kinds = {
        "sign": signs,
        "significance alone": len(turned) - signs - failed,
        "not estimated": failed,
    }
    listed = ", ".join(f"{kind} {number}" for kind, number in kinds.items() if number)
    return text, f"{len(flips)} of {len(left_out)} left out in turn do ({listed})"


def _opposite(condition: Entry, entry: Entry, found: Entry, rule: Entry) -> tuple[str, str]:
    return (
        "The effect is significant in the opposite direction",
        f"estimate {phrasing.signed(entry['estimate'], 3)} ({entry['scale']})",
    )


def _equivalence(condition: Entry, entry: Entry, found: Entry, rule: Entry) -> tuple[str, str]:
    text = (
        f"The {rule['equivalence_level']:.0%} interval excludes the smallest effect of "
        f"interest: {_threshold(entry)}"
    )
    ends = phrasing.sizes(entry["equivalence_low"], entry["equivalence_high"], entry["scale"])
    return text, f"{phrasing.named(entry['scale'])} {ends}"


def _unnamed(condition: Entry, entry: Entry, found: Entry, rule: Entry) -> tuple[str, str]:
    """Return a condition that has no words here by the sentence that the rule gives it."""
    return condition["sentence"], ""


_WORDS = {
    "sign": _sign,
    "significance": _significance,
    "sign_share": _sign_share,
    "median": _median,
    "no_flip": _no_flip,
    "opposite": _opposite,
    "equivalence": _equivalence,
}


def tally(found: list[Card]) -> str:
    """Return how many hypotheses stand how, as a sentence."""
    numbers = {verdict: sum(card.verdict == verdict for card in found) for verdict in ORDER}
    tested = "One hypothesis was" if len(found) == 1 else f"{len(found)} hypotheses were"
    return (
        f"{tested} tested: "
        f"{', '.join(f'{number} {verdict}' for verdict, number in numbers.items())}."
    )


def answer(found: list[Card]) -> list[Card]:
    """Return the cards in the order of the answer, the firmest verdict first."""
    return sorted(found, key=lambda card: ORDER.index(card.verdict))
