"""What turns a decision, by kind and in a declared order of harm; the strongest doubt of a verdict.

The decision that is compared is that of a primary test before Holm's adjustment: in the predicted
direction, against it, or open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...base.number_formats import fixed, known, p_value, p_words, share
from .. import unit_words
from . import phrasing
from .report_results import Entry, Results

HARM = {
    "coding": "Coding of the outcome",
    "region": "Regions and blocs",
    "selection": "Selection into the coalition",
    "grade": "Grades of evidence",
    "power": "Power",
    "measure": "Measures",
    "sample": "Sample",
    "model": "Model",
    "state": "Single states",
}
"""Kinds of doubt, the most harmful first: a test of the wrong thing is worse than a test that a
neighbourhood or selection explains; that is worse than one on weak evidence, or with few cases.
Within a kind comes first what lies farthest against the claim.
"""
OF_COALITIONS = ("selection", "grade")
"""Kinds that a study of other things than military operations does not have."""
REGIONAL = ("region", "cow_block", "map_pattern", "distance_to_brussels")
"""Parts of the names of terms and variables that stand for a part of the world."""
SAMPLE_KINDS = {"caveats": "coding", "reserved_from": "coding", "evidence": "grade"}
"""Keys of an alternative's `sample` that change more than which rows are used."""
MODEL_KINDS = {"outcome": "coding"}
RUN_OFF = 5
"""A log odds beyond this, either way, is that of a separated fit; the second version of the rule
declares its own.
"""
SHORT = 8
"""A longer list of what turns a decision is folded."""


@dataclass(frozen=True)
class Turn:
    """An alternative, bloc or state with which the decision differs."""

    label: str
    estimate: str
    interval: str
    p_value: str
    change: str


@dataclass(frozen=True)
class Turns:
    """What turns the decision, of one kind, of how many of that kind were tried; how many of these
    cannot be estimated, as their fit is separated.
    """

    kind: str
    title: str
    rows: tuple[Turn, ...]
    tried: int
    separated: int = 0

    @property
    def folded(self) -> bool:
        """Whether the list is too long to stand open."""
        return len(self.rows) > SHORT

    @property
    def lines(self) -> list[tuple[str, str, str, str, str]]:
        """The rows as cells."""
        return [
            (row.label, row.estimate, row.interval, row.p_value, row.change) for row in self.rows
        ]


def kind(spec: Mapping[str, Any]) -> str:
    """Return the kind of an alternative of the config, the most harmful of those that fit."""
    model = spec.get("model", {})
    if any(part in str(model) for part in REGIONAL):
        return "region"
    found = {
        *(SAMPLE_KINDS.get(key, "sample") for key in spec.get("sample", {})),
        *(MODEL_KINDS.get(key, "sample" if key == "where" else "model") for key in model),
        *({"measure"} if {"measures", "variables"} & set(spec) else ()),
        *({"sample"} if "operations" in spec else ()),
    }
    return next((name for name in HARM if name in found), "model")


def turns(
    entry: Entry,
    config: Mapping[str, Any],
    results: Results,
    alpha: float,
) -> list[Turns]:
    """Return everything that turns the decision on a hypothesis, by kind, the most harmful first,
    and within a kind what lies farthest against the claim; kinds of which nothing does are left
    out.

    Parameters
    ----------
    entry : mapping
        A hypothesis of verdicts.json.
    alpha : float
        The level of the rule.
    """
    if not known(entry["estimate"]) or not known(entry["p_value"]):
        return []
    tried: dict[str, list[Entry]] = {}
    for name, other in _tried(config, results.robustness[entry["hypothesis"]], results):
        tried.setdefault(name, []).append(other)
    found = []
    for name, title in HARM.items():
        of_kind = tried.get(name, [])
        off, turned = _sorted_out(of_kind, entry, config, alpha)
        if turned:
            title = unit_words.worded(title, entry.get("unit"))
            rows = tuple(_turn(other, entry, alpha) for other in turned)
            found.append(Turns(name, title, rows, len(of_kind), len(off)))
    return found


def _sorted_out(
    rows: Sequence[Entry], entry: Entry, config: Mapping[str, Any], alpha: float
) -> tuple[list[Entry], list[Entry]]:
    """Return the rows that ran off, and of the others those that turn the decision, farthest
    against the claim first.
    """
    off = [row for row in rows if _runs_off(row, entry, config)]
    turned = [row for row in rows if row not in off and _turns(row, entry, alpha)]
    return off, sorted(turned, key=lambda row: entry["sign"] * row["estimate"])


def _runs_off(row: Entry, entry: Entry, config: Mapping[str, Any]) -> bool:
    limit = config.get("verdict_2", {}).get("runs_off", RUN_OFF)
    return entry["scale"] == "log odds" and known(row["estimate"]) and abs(row["estimate"]) > limit


def _tried(
    config: Mapping[str, Any], found: Entry, results: Results
) -> Iterable[tuple[str, Entry]]:
    for other in found["alternatives"]:
        spec = config["robustness"].get(other["name"], {})
        # A reading that was primary before is told apart, among what the verdict depends on.
        if other.get("status") != "unchanged" and "primary_until" not in spec:
            yield kind(spec), other
    for other in found["leave_bloc_out"]:
        yield "region", {**other, "label": f"Without: {other['label']}"}
    for other in found["leave_one_out"]:
        name = results.countries.get(other["left_out"], other["left_out"])
        yield "state", {**other, "label": f"Without {name}"}


def _decision(row: Entry, sign: int, alpha: float) -> str:
    """Return how a test decides before adjustment."""
    if not known(row["p_value"]) or row["p_value"] >= alpha:
        return "open"
    return "predicted" if sign * row["estimate"] > 0 else "opposite"


def _turns(row: Entry, entry: Entry, alpha: float) -> bool:
    """Return whether a fitted test decides otherwise than the primary one, or has another sign."""
    if not known(row["estimate"]):
        return False
    return (
        _decision(row, entry["sign"], alpha) != _decision(entry, entry["sign"], alpha)
        or row["estimate"] * entry["estimate"] < 0
    )


def _turn(row: Entry, entry: Entry, alpha: float) -> Turn:
    now = _decision(row, entry["sign"], alpha)
    words = {
        "open": f"not significant at {alpha:g}",
        "predicted": "significant, predicted sign",
        "opposite": "significant, opposite sign",
    }[now]
    if row["estimate"] * entry["estimate"] < 0 and now == "open":
        words = f"other sign, {words}"
    scale = entry["scale"]
    return Turn(
        row["label"],
        phrasing.size(row["estimate"], scale),
        phrasing.sizes(row.get("conf_low"), row.get("conf_high"), scale),
        p_value(row["p_value"]),
        words,
    )


def strongest(
    entry: Entry, config: Mapping[str, Any], results: Results, alpha: float
) -> tuple[str, str]:
    """Return the kind and the words of the strongest doubt, by the order of harm; empty where
    nothing that was tried is one.
    """
    if not known(entry["estimate"]) or not known(entry["p_value"]):
        return "", ""
    found = turns(entry, config, results, alpha)
    texts = {part.kind: _worst(part, entry) for part in found}
    texts |= {"selection": _selection(entry, results, alpha), "power": _power(entry)}
    word = entry.get("unit")
    return next(
        ((unit_words.worded(HARM[name], word), texts[name]) for name in HARM if texts.get(name)),
        ("", ""),
    )


def _worst(part: Turns, entry: Entry) -> str:
    first, number = part.rows[0], len(part.rows)
    turn = "turns" if number == 1 else "turn"
    others = f"; {number} of {part.tried} of this kind {turn} it"
    others += f", {part.separated} cannot be estimated (separated)" if part.separated else ""
    return (
        f"with “{first.label}”, {phrasing.named(entry['scale'])} {first.estimate} "
        f"({first.interval}; p {first.p_value}), {first.change}{others}"
    )


def _selection(entry: Entry, results: Results, alpha: float) -> str:
    """Return the first model with selection in which the term decides otherwise."""
    outcome = results.models[entry["model"]]["outcome"]
    for model in results.models.values():
        if model["outcome"] != outcome or not model.get("selection") or model["status"] != "ok":
            continue
        for row in model["rows"]:
            same = row["kind"] == "coefficient" and row["term"] == entry["term"]
            if same and _turns(row, entry, alpha):
                return (
                    f"{model['label']}: coefficient {phrasing.signed(row['estimate'], 2)} "
                    f"({p_words(row['p_value'])})"
                )
    return ""


def _power(entry: Entry) -> str:
    """Return what the test would miss, where it falls short of the power that was wanted."""
    power = entry.get("power_at_smallest")
    if not known(power) or power >= entry["power_target"]:
        return ""
    times = entry.get("type_m_at_smallest")
    larger = (
        f"; one that is found would look {fixed(times, 1)} times its size" if known(times) else ""
    )
    return (
        f"an effect as small as the smallest of interest would be found in only {share(power)} "
        f"of samples{larger}"
    )
