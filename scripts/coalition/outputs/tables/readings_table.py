"""The table of the primary tests under each reading of the data: as first released, today's, each
construct, plausible values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...base.multiplicity import holm
from ...base.number_formats import known
from .. import sentences
from ..stored_results import Entry, Sources, tidy
from .table import BLANK, Cell, Column, Row, Table

RECORD = "record"
"""The row of the estimates that were printed on an earlier version of the data."""
COLUMNS = (
    "reading",
    "kind",
    "label",
    "hypothesis",
    "estimate",
    "std_error",
    "p_value",
    "p_holm",
    "conf_low",
    "conf_high",
    "n",
    "changed",
)
PARTS = ("estimate", "std_error", "p_value", "conf_low", "conf_high", "n")


def readings(name: str, spec: Mapping[str, Any], sources: Sources) -> Table:
    """Build a table of every primary test under some readings, one line each.

    Parameters
    ----------
    spec : mapping
        title, and `alternatives`: those that are readings, in this order.
    """
    tested = _tested(sources)
    groups = [
        ("Data", [*_record(tested), ("primary", "Today's data and reading", _primary(tested))]),
        ("Another reading of today's data", _alternatives(spec["alternatives"], tested)),
        ("What is not known", _uncertain(tested, sources)),
    ]
    rows: list[Row] = []
    records: list[Entry] = []
    for title, lines in groups:
        rows += [Row(title, kind="group")] if lines else []
        for key, label, effects in lines:
            effects = _adjusted(effects)
            rows.append(Row(label, tuple(_cells(effects)), indent=1))
            records += [
                {"reading": key, "kind": title, "label": label, "hypothesis": of["hypothesis"],
                **effect}
                for (of, _), effect in zip(tested, effects, strict=True)
            ]  # fmt: skip
    return Table(
        name=name,
        kind=spec["kind"],
        title=spec["title"],
        columns=tuple(
            Column(part, group=of["hypothesis"])
            for of, _ in tested
            for part in ("Estimate", "p, Holm", "N")
        ),
        rows=tuple(rows),
        notes=tuple(_notes(tested, spec["alternatives"])),
        tidy=tidy(records, COLUMNS),
        key=("reading", "hypothesis"),
        stub="Reading",
    )


Line = tuple[str, str, list[Entry]]


def _tested(sources: Sources) -> list[tuple[Entry, Entry]]:
    """Return each hypothesis' verdict with the content of its robustness file."""
    found = {of["hypothesis"]: of for of in sources.estimates if "alternatives" in of}
    return [(of, found[of["hypothesis"]]) for of in sources.verdicts["hypotheses"]]


def _primary(tested: Sequence[tuple[Entry, Entry]]) -> list[Entry]:
    return [{part: found["primary"][part] for part in PARTS} for _, found in tested]


def _record(tested: Sequence[tuple[Entry, Entry]]) -> list[Line]:
    """Return the line of an earlier version, as it was printed: p-values were adjusted there."""
    printed = [(of.get("version_2") or {}).get("before") for of, _ in tested]
    if not any(printed):
        return []
    said = next(entry for entry in printed if entry)
    label = f"Data {said['data_version']}, as printed on {said['printed']}"
    return [(RECORD, label, [_as_printed(entry or {}) for entry in printed])]


def _as_printed(entry: Entry) -> Entry:
    return {part: entry.get(part) for part in ("estimate", "p_holm", "n")}


def _alternatives(names: Sequence[str], tested: Sequence[tuple[Entry, Entry]]) -> list[Line]:
    """Return a line an alternative; a hypothesis that it does not concern keeps its primary
    test.
    """
    lines = []
    for name in names:
        found = [
            next((other for other in of["alternatives"] if other["name"] == name), None)
            for _, of in tested
        ]
        if any(found):
            label = next(other["label"] for other in found if other)
            lines.append((name, label, _or_primary(found, tested)))
    return lines


def _uncertain(tested: Sequence[tuple[Entry, Entry]], sources: Sources) -> list[Line]:
    """Return a line a treatment of what is not known."""
    files = {of["hypothesis"]: of["rows"] for of in sources.estimates if "variables" in of}
    rows = [{row["method"]: row for row in files.get(of["hypothesis"], [])} for of, _ in tested]
    methods = {method: row["label"] for of in rows for method, row in of.items()}
    methods.pop("listwise", None)
    return [
        (method, label, _or_primary([of.get(method) for of in rows], tested))
        for method, label in methods.items()
    ]


def _or_primary(
    found: Sequence[Entry | None], tested: Sequence[tuple[Entry, Entry]]
) -> list[Entry]:
    return [
        {part: other[part] for part in PARTS} | {"changed": True}
        if other
        else {**primary, "changed": False}
        for other, primary in zip(found, _primary(tested), strict=True)
    ]


def _adjusted(effects: Sequence[Entry]) -> list[Entry]:
    """Return the effects with p-values by Holm's method over the hypotheses; as printed stay as
    they
    are.
    """
    if any("p_holm" in effect for effect in effects):
        return list(effects)
    given = [effect["p_value"] if known(effect["p_value"]) else float("nan") for effect in effects]
    return [{**effect, "p_holm": p} for effect, p in zip(effects, holm(given), strict=True)]


def _cells(effects: Sequence[Entry]) -> list[Cell]:
    return [
        cell
        for effect in effects
        for cell in (
            BLANK if effect.get("changed") is False else Cell(effect["estimate"], "fixed3"),
            Cell(effect["p_holm"], "p"),
            BLANK if effect.get("changed") is False else Cell(effect["n"], "count"),
        )
    ]


def _notes(tested: Sequence[tuple[Entry, Entry]], names: Sequence[str]) -> list[str]:
    there = {other["name"] for _, of in tested for other in of["alternatives"]}
    absent = [name for name in names if name not in there]
    scales = "; ".join(f"{of['hypothesis']} {sentences.scale(of['scale'])}" for of, _ in tested)
    return [
        f"The primary tests again; scales: {scales}. p is adjusted by Holm's method over the "
        f"{len(tested)} hypotheses, with the clustered errors of the primary tests. A blank "
        "estimate is that of the primary test, which the reading does not concern; its adjusted p "
        "can move with the others'. Where a hypothesis needs several contrasts, the one that "
        "supports it least is printed.",
        *([f"No alternative of this run: {', '.join(absent)}."] if absent else []),
    ]
