"""The tables of what governments said: shares of statements by decision, and how words, measures
and caveats go together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .. import display_names
from ..stored_results import Entry, Sources, tidy
from .table import BLANK, Cell, Column, Row, Table

SPEAKERS = {"all": "All speakers", "government": "Governments"}
WORDS = {
    "abandonment": "Abandonment: duty to allies, standing, security",
    "entrapment, strict": "Entrapment, strict: not our war, escalation, casualties",
    "entrapment, wide": "Entrapment, wide: and public opinion, law, against",
    "stake": "Stake: terrorism, weapons, people, reconstruction",
    "law": "Law: mandate, constitution",
    "domestic": "Domestic: voters, cabinet, election",
    "capacity": "Capacity: troops, kit, money",
    "gain": "Gain: trade, aid, contracts",
    "identity": "Identity: neutrality, own past",
    "other": "Other",
}
"""Kind of reason -> what is printed."""


def content(sources: Sources) -> Entry:
    """Return the content of estimates/stated_reasons.json."""
    return next(found for found in sources.estimates if "lesser_evil" in found)


def _shares_of(records: Sequence[Entry], decisions: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of one kind of speakers: shares with their intervals, then what they are
    of.
    """
    by = {(one["decision"], one["reason"]): one for one in records}
    for reason, words in WORDS.items():
        of = [by[decision, reason] for decision in decisions]
        yield Row(words, tuple(Cell(one["share"], "share") for one in of), indent=1)
        ends = tuple(Cell((one["conf_low"], one["conf_high"]), "share_interval") for one in of)
        yield Row("", ends, kind="more")
    for label, key in (("Statements", "n"), ("States", "n_states")):
        counts = (by[decision, "other"][key] for decision in decisions)
        yield Row(label, tuple(Cell(count, "count") for count in counts), kind="statistic")


def shares(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of the share of statements that give each kind of reason, by decision."""
    found = content(sources)
    records = list(found["shares"])
    decisions = list(dict.fromkeys(record["decision"] for record in records))
    rows: list[Row] = []
    for speakers, title in SPEAKERS.items():
        mine = [record for record in records if record["speakers"] == speakers]
        rows += [Row(title, kind="group"), *_shares_of(mine, decisions)]
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(Column(decision.capitalize()) for decision in decisions),
        rows=tuple(rows),
        notes=(
            f"Shares of {found['n_statements']:,} coded statements ({found['n_rows']:,} reasons, "
            f"{found['n_states']} states) that give a reason of the kind, with 95% intervals over "
            "states; a statement may give several, so columns add up to more than 100%, and a "
            "statement on two decisions stands in both, and wide entrapment takes in what stands "
            "under law or domestic too. " + _read(found, sources),
            "Which reasons can be given depends on the decision: casualties can hardly argue for "
            "joining, nor duty to allies for a caveat. Compare kinds within a column, not a kind "
            "across columns. What was not said is not known to be absent. How well a second coder "
            "agrees, family by family, stands in data/README.md: well on abandonment, least on "
            "stake.",
        ),
        tidy=tidy(
            records,
            ("speakers", "decision", "reason", "share", "conf_low", "conf_high", "n", "n_states"),
        ),
        key=("speakers", "decision", "reason"),
        stub="Reason given",
    )


def _read(found: Entry, sources: Sources) -> str:
    """Return in which operations statements were looked for."""
    named = ", ".join(
        f"{sources.operation(name)} {number:,}" for name, number in found["operations"].items()
    )
    return (
        f"Statements by operation: {named}. On other operations nobody looked for statements; "
        "data/README.md says what came up all the same and why it is not used."
    )


def _named(states: Sequence[Sequence[str]], sources: Sources) -> str:
    by: dict[str, list[str]] = {}
    for operation, state in states:
        by.setdefault(operation, []).append(state)
    return "; ".join(f"{sources.operation(name)}: {', '.join(of)}" for name, of in by.items())


def tests(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of how words go together with measures and with caveats."""
    found = content(sources)
    records = list(found["tests"])
    rows: list[Row] = []
    for question in dict.fromkeys(record["question"] for record in records):
        rows.append(Row(question, kind="group"))
        for one in records:
            if one["question"] == question:
                against = "caveats" if one["with"] == "caveat_level" else sources.label(one["with"])
                label = f"says {one['reason']}; {display_names.low(against)}"
                numbers = (("correlation", "fixed3"), ("p_value", "p"), ("p_holm", "p"))
                cells = (
                    Cell(display_names.direction(one["predicted"])),
                    *(BLANK if one[key] is None else Cell(one[key], form) for key, form in numbers),
                    Cell(one["n"], "count"),
                )
                rows.append(Row(label, cells, indent=1))
    evil = found["lesser_evil"]
    named = _named(evil["states"]["named"], sources)
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=(
            Column("Predicted"),
            Column("Rank correlation"),
            Column("p"),
            Column("Holm p"),
            Column("States"),
        ),
        rows=tuple(rows),
        notes=(
            "Spearman's correlation of a state's share of statements that give the reason with its "
            "measured fear, or with its level of caveats where it joined; ranked and permuted "
            "within each operation. Only states of which a statement is coded are compared: "
            "silence is not absence. A check of the measures and of the mechanism, not a test of "
            "the hypotheses.",
            "The lesser evil, said aloud (joining for the ally, limits for fear of entrapment): "
            f"in {evil['statements']['both']} of {evil['statements']['of']} statements; by "
            f"{evil['states']['both']} of {evil['states']['of']} states in an operation in "
            f"statements of any time{f' ({named})' if named else ''}.",
        ),
        tidy=tidy(
            records,
            ("question", "reason", "with", "predicted", "correlation", "p_value", "p_holm", "n"),
        ),
        key=("question", "reason", "with"),
        stub="What is said, and with what it is compared",
    )
