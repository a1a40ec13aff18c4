"""Tables of what the verdicts rest on: the primary tests under every alternative, and without each
state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.number_formats import fixed, known, stars
from .. import display_names, sentences, unit_words
from ..stored_results import Entry, Sources, tidy
from . import table_notes
from .table import BLANK, Cell, Column, Row, Table

EFFECT = (
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
EXTREMES = 2
"""How many of the smallest and of the largest estimates without one state are printed."""
SHOWN_FLIPS = 12


def robustness(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of every alternative's estimate, hypothesis by hypothesis."""
    rows, records, failed = [], [], []
    idle: list[str] = []
    for verdict, found in sources.tested():
        hypothesis, sign = verdict["hypothesis"], verdict["sign"]
        rows += [Row(sentences.heading(verdict, found["primary"]["term"], sources), kind="group")]
        rows += [Row("Primary test", _cells(found["primary"], sign))]
        rows += [
            Row(other["label"], _cells(other, sign), indent=1) for other in found["alternatives"]
        ]
        rows += _summary(verdict)
        records += [{"hypothesis": hypothesis, **record} for record in _records(verdict, found)]
        failed += [
            (
                f"{hypothesis}, {other['label']}: "
                f"{display_names.with_labels(other['message'] or 'not estimated', sources.labels)}."
            )
            for other in found["alternatives"]
            if other["status"] not in ("ok", "unchanged")
        ]
        idle += [
            f"{hypothesis}, {other['label']}"
            for other in found["alternatives"]
            if other["status"] == "unchanged"
        ]
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=(*_columns(), Column("Clusters"), Column("Predicted sign")),
        rows=tuple(rows),
        notes=(
            (
                "Each alternative changes one setting of the config and fits the primary test "
                f"again. {_contrasts(sources)}{table_notes.STARS}"
            ),
            *([f"Changes no number here, and is not counted: {'; '.join(idle)}."] if idle else []),
            *_failed_note(failed),
        ),
        tidy=tidy(records, ("hypothesis", "kind", "name", "label", "status", *EFFECT, "message")),
        key=("hypothesis", "kind", "name"),
        stub="Alternative",
    )


def _records(verdict: Entry, found: Entry) -> list[Entry]:
    """Return the rows of `tidy` of one hypothesis: its primary test, its alternatives, and what
    sums them up.
    """
    return [
        {"kind": "primary", "name": "primary", "label": "Primary test", **found["primary"]},
        *({"kind": "alternative", **other} for other in found["alternatives"]),
        {
            "kind": "summary",
            "name": "median_effect",
            "label": "Median of the alternatives",
            "estimate": verdict["median_effect"],
        },
        {
            "kind": "summary",
            "name": "sign_share",
            "label": "Share with the predicted sign",
            "estimate": verdict["sign_share"],
        },
    ]


def _failed_note(failed: list[str]) -> list[str]:
    return [f"Not estimated: {' '.join(failed)}"] if failed else []


def _contrasts(sources: Sources) -> str:
    several = any(
        sentences.is_contrast(found["primary"]["term"], sources) for _, found in sources.tested()
    )
    text = (
        "Where a hypothesis needs several contrasts, the one that supports it least is "
        "printed; the CSV file names it. "
    )
    return text if several else ""


def _columns() -> tuple[Column, ...]:
    return tuple(Column(title) for title in ("Estimate", "SE", "95% interval", "p", "N"))


def _numbers(effect: Entry) -> tuple[Cell, ...]:
    return (
        Cell(effect["estimate"], "fixed3", stars(effect["p_value"])),
        Cell(effect["std_error"], "fixed3"),
        Cell((effect["conf_low"], effect["conf_high"]), "interval3"),
        Cell(effect["p_value"], "p"),
        Cell(effect["n"], "count"),
    )


def _cells(effect: Entry, sign: int) -> tuple[Cell, ...]:
    keeps = (
        Cell("yes" if sign * effect["estimate"] > 0 else "no")
        if known(effect["estimate"])
        else Cell(None)
    )
    return (*_numbers(effect), Cell(effect["n_clusters"], "count"), keeps)


def _summary(verdict: Entry) -> list[Row]:
    blank = [BLANK] * 5
    return [
        Row(
            "Median of the alternatives",
            (Cell(verdict["median_effect"], "fixed3"), *blank, BLANK),
            kind="statistic",
        ),
        Row(
            "Share with the predicted sign",
            (BLANK, *blank, Cell(verdict["sign_share"], "share")),
            kind="statistic",
        ),
    ]


def influence(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of the primary tests without one state (the extremes, and who changes sign or
    significance), and without each bloc.
    """
    rows, records, cautions = [], [], []
    for verdict, found in sources.tested():
        hypothesis, primary, without = (
            verdict["hypothesis"],
            found["primary"],
            found["leave_one_out"],
        )
        rows += [Row(sentences.heading(verdict, primary["term"], sources), kind="group")]
        rows += [Row("Primary test", (*_numbers(primary), BLANK))]
        rows += [_without(other, verdict) for other in _printed(without, verdict["flips_by_size"])]
        rows += [_without(other, verdict) for other in found["leave_bloc_out"]]
        records.append({"hypothesis": hypothesis, "left_out": "", **primary})
        records += [
            {"hypothesis": hypothesis, **other} for other in [*without, *found["leave_bloc_out"]]
        ]
        cautions.append(
            f"{hypothesis}: {unit_words.plural(len(without), verdict.get('unit'))} left out in "
            f"turn, {_flips(verdict)}."
        )
    columns = (*_columns(), Column("Sign or significance, before adjustment"))
    word = unit_words.unit(verdict for verdict, _ in sources.tested())
    codes = "States by their ISO 3166-1 codes. " if word in (None, unit_words.STATE) else ""
    some = any(found["leave_bloc_out"] for _, found in sources.tested())
    blocs = "; then the test without each bloc" if some else ""
    about = (
        "The primary test again without one state (its rows of every operation); measures and "
        f"sample stay as they were. Printed: the {EXTREMES} smallest and {EXTREMES} largest "
        "estimates, and the states without which the estimate changes its sign or its "
        "significance (p before adjustment, at the level of the verdict rule; at most "
        f"{SHOWN_FLIPS}, the largest changes){blocs}. Holm-adjusted "
        "decision: outside the rule, with the p-values of the other hypotheses held. "
    )
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=columns,
        rows=tuple(rows),
        notes=(
            f"{unit_words.worded(about, word)}{codes}{table_notes.STARS}",
            *cautions,
            unit_words.worded("Every state: the CSV file of this table.", word),
        ),
        tidy=tidy(records, ("hypothesis", "left_out", "label", *EFFECT)),
        key=("hypothesis", "left_out"),
        stub="Left out",
    )


def _flips(verdict: Entry) -> str:
    """Return whose absence turns the test, the largest changes first, how far the estimates reach,
    and what holds after adjustment.
    """
    flips, signs, adjusted = (
        verdict["flips_by_size"],
        len(verdict["flips_sign"]),
        verdict["flips_holm"],
    )
    turned = (
        f"{len(flips)} of which change sign or significance before adjustment "
        f"({', '.join(flips)}), {signs} the sign"
    )
    parts = [
        turned if flips else "none of which changes sign or significance before adjustment",
        (
            f"estimates from {fixed(verdict['left_out_low'], 3)} to "
            f"{fixed(verdict['left_out_high'], 3)}"
        ),
        f"the Holm-adjusted decision turns without {', '.join(adjusted)}"
        if adjusted
        else "none turns the Holm-adjusted decision",
    ]
    return "; ".join(parts)


def _printed(without: list[Entry], flips: list[str]) -> list[Entry]:
    """Return the refits that are printed, from the smallest estimate to the largest; those without
    numbers come last.
    """
    ordered = sorted(
        (other for other in without if known(other["estimate"])),
        key=lambda other: other["estimate"],
    )
    extremes = {other["left_out"] for other in [*ordered[:EXTREMES], *ordered[-EXTREMES:]]}
    wanted = extremes | set(flips[:SHOWN_FLIPS])
    failed = [other for other in without if not known(other["estimate"])]
    return [other for other in [*ordered, *failed] if other["left_out"] in wanted]


def _without(other: Entry, verdict: Entry) -> Row:
    turned = Cell(
        "changes" if other["left_out"] in [*verdict["flips"], *verdict["bloc_flips"]] else "keeps"
    )
    return Row(f"Without {other['label']}", (*_numbers(other), turned), indent=1)
