"""The table of verdicts: one column a hypothesis, the facts that the rule looks at below each
other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ...base.number_formats import known
from ...verdicts.lists import SECOND, flat_second, listed
from .. import display_names, second_verdict, sentences, unit_words
from ..stored_results import Entry, Sources, tidy
from .evidence_tables import EFFECT, SHOWN_FLIPS
from .table import BLANK, RULE, Cell, Column, Row, Table

RECONSTRUCTED = " (reconstruction)"
OURS = (
    "The claims are a reconstruction from the public abstract of Fermann (2019) and from related "
    "work, not the book's wording."
)
"""What is true of the project's own hypotheses."""

COLUMNS = (
    *(
        "hypothesis",
        "title",
        "claim",
        "verdict",
        "reasons",
        *EFFECT,
        "p_holm",
        "equivalence_low",
        "equivalence_high",
    ),
    *(
        "smallest_effect",
        "scale",
        "sign",
        "sign_share",
        "n_alternatives",
        "n_alternatives_failed",
        "median_effect",
    ),
    *(
        "flips",
        "flips_by_size",
        "flips_sign",
        "flips_holm",
        "bloc_flips",
        "bloc_flips_holm",
        "left_out_low",
        "left_out_high",
    ),
    *(
        "curve_n",
        "curve_failed",
        "curve_failures",
        "curve_sign_share",
        "curve_median",
        "curve_p_value",
    ),
    *("power_at_smallest", "detectable_effect", "power_target", "type_m_at_smallest"),
    *("odds_ratio", "odds_ratio_low", "odds_ratio_high"),
    *SECOND,
)


def verdicts(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build the table of verdicts from the facts that the rule has looked at; nothing is decided
    here.
    """
    entries = sources.verdicts["hypotheses"]
    rule = sources.verdicts["rule"]
    curves = any(known(entry.get("curve_n")) for entry in entries)
    lines = [
        line for line in _lines(sources, rule) if curves or not line[0].startswith("Specifications")
    ]
    word, ours = unit_words.unit(entries), unit_words.ours(entries)
    rows = [
        Row(unit_words.worded(label, word), tuple(make(entry) for entry in entries))
        for label, make in lines
    ]
    about = sources.verdicts.get("version_2")
    second = _second(entries, about) if about else []
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(
            Column(entry["title"], entry["hypothesis"], align="text") for entry in entries
        ),
        rows=(*rows[:2], *second[:1], RULE, *rows[2:-1], RULE, rows[-1], *second[1:]),
        notes=(
            *_worded(_notes(rule, sources.verdicts["rule_sha256"], ours), word),
            *_second_notes(about, word, ours),
        ),
        tidy=tidy([_record(entry) for entry in entries], COLUMNS),
        key=("hypothesis",),
    )


def _worded(notes: tuple[str, ...], word: str | None) -> tuple[str, ...]:
    return tuple(unit_words.worded(note, word) for note in notes)


def _second(entries: list[Entry], about: Entry) -> list[Row]:
    """Return the rows of version 2: its verdict, and below a rule everything that it says."""
    told = [dict(second_verdict.lines(entry, about)) for entry in entries]
    first = tuple(Cell(second_verdict.verdict(entry["version_2"])) for entry in entries)
    return [
        Row("Verdict, version 2", first),
        RULE,
        *(_told(label, told, unit_words.unit(entries)) for label in _labels(told)),
    ]


def _labels(told: list[dict[str, str]]) -> list[str]:
    """Return the labels that any hypothesis has, in the order in which they are read."""
    given = dict.fromkeys(label for each in told for label in each)
    known = [label for label in second_verdict.ORDER if label in given]
    return [*known, *(label for label in given if label not in known)]


def _told(label: str, told: list[dict[str, str]], word: str | None) -> Row:
    own = label.startswith("Version")
    name = label if own else f"Version 2: {display_names.low(label)}"
    return Row(
        unit_words.worded(name, word),
        tuple(Cell(each[label]) if label in each else BLANK for each in told),
    )


def _second_notes(about: Entry | None, word: str | None, ours: bool) -> tuple[str, ...]:
    """Return what version 2 asks, since when and why."""
    if not about:
        return ()
    rule = about["rule"]
    low, high = rule["selection"]["correlations"]
    test, selected, construct = "declared test", "", ""
    if ours:
        test = "test that holds its level where neighbouring states are alike"
        selected = (
            "; among participants the same sign at assumed correlations of selection from "
            f"{low:g} to {high:g}"
        )
        construct = " or under the other construct of a caveat"
    said = (about["known"], about["reason"])
    return (
        f"Version 2 of the rule, declared {about['introduced']}. {' '.join(filter(None, said))}",
        unit_words.worded(
            f"Version 2, supported: predicted sign; adjusted p (Holm) below {rule['alpha']:g} by "
            f"the {test}; no single state that turns the adjusted decision; without each region "
            "the same sign and an interval "
            "that contains the estimate; on specifications with every confounder a mean share of "
            f"the sign by option of {rule['option_share']:.0%} and a median that reaches the "
            f"smallest effect; every part of the claim that the data can test{selected}. "
            "Contradicted: significant in the opposite direction, or smaller than the smallest "
            "effect by a test of equivalence, both adjusted. Undecided: otherwise, or where no "
            "test holds its level, or where it turns (loses its sign, or more than "
            f"{1 - rule['turns']['keeps']:.0%} of the estimate) with region effects{construct}. "
            f"sha256 {about['rule_sha256'][:16]} identifies version "
            "2 and the resolved primary models, measures and samples.",
            word,
        ),
    )


def _lines(sources: Sources, rule: Entry) -> list[tuple[str, Callable[[Entry], Cell]]]:
    """Return the rows: their labels, and what each prints of a hypothesis."""
    return [
        (
            f"Claim{RECONSTRUCTED if unit_words.ours(sources.verdicts['hypotheses']) else ''}",
            lambda of: Cell(of["claim"]),
        ),
        (
            "Verdict, version 1" if "version_2" in sources.verdicts else "Verdict",
            lambda of: Cell(of["verdict"].capitalize()),
        ),
        (
            "Primary test",
            lambda of: Cell(
                f"{sentences.term_label(of['term'], sources, of['second'])}, in "
                f"{sources.label(of['model'])}"
            ),
        ),
        ("Scale", lambda of: Cell(of["scale"])),
        ("Predicted sign", lambda of: Cell(display_names.direction(of["sign"]))),
        ("Estimate", lambda of: Cell(of["estimate"], "fixed3")),
        ("95% interval", lambda of: Cell((of["conf_low"], of["conf_high"]), "interval3")),
        (
            "Odds ratio",
            lambda of: (
                Cell(_ratio(of, "estimate"), "fixed2") if of["scale"] == "log odds" else BLANK
            ),
        ),
        ("95% interval of the odds ratio", _ratio_interval),
        ("p", lambda of: Cell(of["p_value"], "p")),
        ("p, Holm-adjusted", lambda of: Cell(of["p_holm"], "p")),
        ("Smallest effect of interest", lambda of: Cell(of["smallest_effect"], "fixed3")),
        (
            f"{rule['equivalence_level']:.0%} interval",
            lambda of: Cell((of["equivalence_low"], of["equivalence_high"]), "interval3"),
        ),
        ("Alternatives estimated", lambda of: Cell(of["n_alternatives"], "count")),
        ("Alternatives not estimated", lambda of: Cell(of.get("n_alternatives_failed"), "count")),
        ("Share of alternatives with the sign", lambda of: Cell(of["sign_share"], "share")),
        ("Median of the alternatives", lambda of: Cell(of["median_effect"], "fixed3")),
        ("Specifications fitted", lambda of: Cell(of.get("curve_n"), "count")),
        ("Specifications not fitted", lambda of: Cell(of.get("curve_failed"), "count")),
        (
            "Specifications not fitted, why",
            lambda of: (
                Cell(sentences.kinds(of["curve_failures"] or {})) if of["curve_failures"] else BLANK
            ),
        ),
        ("Specifications with the sign", lambda of: Cell(of.get("curve_sign_share"), "share")),
        ("Specifications: median", lambda of: Cell(of.get("curve_median"), "fixed3")),
        ("Specifications: p of the median", lambda of: Cell(of.get("curve_p_value"), "p")),
        (
            "Power at the smallest effect (Holm)",
            lambda of: Cell(of.get("power_at_smallest"), "share"),
        ),
        (
            "Exaggeration at the smallest effect",
            lambda of: Cell(of.get("type_m_at_smallest"), "fixed2"),
        ),
        (
            f"Smallest effect found with {_target(sources)} power (Holm)",
            lambda of: Cell(of.get("detectable_effect"), "fixed3"),
        ),
        (
            "States that turn sign or significance, before adjustment",
            lambda of: Cell(_flips(of["flips_by_size"])),
        ),
        (
            "Of these, the sign",
            lambda of: Cell(len(of["flips_sign"]), "count") if of["flips"] else BLANK,
        ),
        ("Estimates without one state, smallest and largest", _without_one),
        (
            "States that turn the Holm-adjusted decision (outside the rule)",
            lambda of: Cell(_flips(of["flips_holm"])),
        ),
        ("N", lambda of: Cell(of["n"], "count")),
        (
            "Clusters",
            lambda of: Cell(of["n_clusters"], "count") if of["n_clusters"] is not None else BLANK,
        ),
        (
            "Reasons",
            lambda of: Cell(
                "; ".join(
                    sentences.short(reason, of["flips"], of.get("unit")) for reason in of["reasons"]
                )
            ),
        ),
    ]


def _ratio(entry: Entry, part: str) -> float | None:
    """Return the odds ratio of a number in log odds; none where it is not one or too large to
    print.
    """
    return (
        math.exp(entry[part])
        if entry["scale"] == "log odds" and known(entry[part]) and entry[part] < 700
        else None
    )


def _ratio_interval(entry: Entry) -> Cell:
    ends = (_ratio(entry, "conf_low"), _ratio(entry, "conf_high"))
    return Cell(ends, "interval2") if entry["scale"] == "log odds" else BLANK


def _target(sources: Sources) -> str:
    """Return the power that the config aims at; in words where no power was simulated."""
    targets = sorted(
        {
            entry["power_target"]
            for entry in sources.verdicts["hypotheses"]
            if known(entry.get("power_target"))
        }
    )
    return " or ".join(f"{target:.0%}" for target in targets) or "enough"


def _without_one(entry: Entry) -> Cell:
    return (
        Cell((entry["left_out_low"], entry["left_out_high"]), "interval3")
        if known(entry["left_out_low"])
        else BLANK
    )


def _flips(states: list[str]) -> str:
    if not states:
        return "none"
    return f"{len(states)}: {_listed(states)}"


def _listed(states: list[str]) -> str:
    more = len(states) - SHOWN_FLIPS
    return ", ".join(states) if more <= 0 else f"{', '.join(states[:SHOWN_FLIPS])} and {more} more"


def _record(entry: Entry) -> Entry:
    ratios = {
        "odds_ratio": "estimate",
        "odds_ratio_low": "conf_low",
        "odds_ratio_high": "conf_high",
    }
    return {
        **entry,
        **listed(entry),
        **(flat_second(entry["version_2"]) if "version_2" in entry else {}),
        **{name: _ratio(entry, part) for name, part in ratios.items()},
    }


def _notes(rule: Entry, sha256: str, ours: bool) -> tuple[str, ...]:
    per = " Log odds: per standard deviation of the measure." if ours else ""
    return (
        *([OURS] if ours else []),
        f"Supported: predicted sign, Holm-adjusted p below {rule['alpha']:g}, at least "
        f"{rule['sign_share']:.0%} of the specifications (of the alternatives, where there is no "
        "specification curve) with the sign, their median at least the smallest effect of "
        "interest, and no single state that changes the sign, or the significance before "
        "adjustment. Contradicted: significant in the opposite direction, or the "
        f"{rule['equivalence_level']:.0%} interval lies below the smallest effect of interest. "
        "Undecided otherwise, which is never \N{LEFT DOUBLE QUOTATION MARK}no "
        "effect\N{RIGHT DOUBLE QUOTATION MARK}.",
        f"The smallest effect of interest is in size; the predicted sign gives its direction.{per}",
        "States that turn sign or significance: left out alone, and p held against "
        f"{rule['alpha']:g} before adjustment, as the rule has it; the largest changes of the "
        "estimate come first. A p-value near the threshold crosses it without many states though "
        "the estimate hardly moves. Outside the rule: the state's p-value adjusted by Holm's "
        "method, with those of the other hypotheses held.",
        "Specifications not fitted: combinations that cannot be fitted, and distinct ones whose "
        "estimation failed. Exaggeration: mean size of the estimates that are significant before "
        "adjustment over the true size, were that the smallest effect of interest.",
        (
            f"The rule as declared in the config; sha256 {sha256[:16]} identifies it and the "
            "primary tests."
        ),
    )
