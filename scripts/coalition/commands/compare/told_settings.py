"""How a setting that differs is told: what a list gained and lost, and what follows from what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ...base.records import records
from ...outputs.display_names import plural

ARROW = "\N{RIGHTWARDS ARROW}"
CUT = "\N{HORIZONTAL ELLIPSIS}"
BEFORE = 12
"""Letters that are kept before the first one that differs."""
CONTROLS = "controls"
USES = {
    "models": "model",
    "robustness": "alternative",
    "specification_curve": "choice",
    "across_operations": "question",
}
"""Blocks whose lists of terms may name an entry of `controls`, and what one of their entries is."""


def change(old: str | None, new: str | None, longest: int) -> str:
    """Return how a setting differs, from its values as JSON (None where a run lacks it).

    What a list gained and lost if the whole of it is too long; otherwise old -> new, cut so that
    what differs is seen.
    """
    listed = gained_and_lost(old, new)
    if listed and max(len(old or ""), len(new or "")) > longest:
        return listed
    return f" {ARROW} ".join(sides(old, new, longest))


def gained_and_lost(old: str | None, new: str | None) -> str | None:
    """Return "+ this" and "− that" of two lists as JSON; None where one of the two is no list."""
    before, after = _list(old), _list(new)
    if before is None or after is None:
        return None
    parts = [f"+ {_plain(entry)}" for entry in _beyond(after, before)]
    parts += [f"\N{MINUS SIGN} {_plain(entry)}" for entry in _beyond(before, after)]
    return ", ".join(parts) or "the same entries in another order"


def sides(old: str | None, new: str | None, longest: int) -> tuple[str, str]:
    """Return both values at most `longest` letters long, cut where they begin to differ."""
    start = 0
    if old is not None and new is not None and max(len(old), len(new)) > longest:
        pairs = enumerate(zip(old, new, strict=False))
        same = next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))
        start = same - BEFORE if same > longest // 2 else 0
    first, second = (_cut(text, start, longest) for text in (old, new))
    return first, second


def follows_from(found: pd.DataFrame) -> list[str]:
    """Return, for each setting that differs (key, a, b), the entry of `controls` from which all of
    its change follows; "" where there is none.
    """
    changed = [
        (row["key"], before, after)
        for row in records(found)
        if row["key"].startswith(f"{CONTROLS}.")
        and (before := _list(row["a"])) is not None
        and (after := _list(row["b"])) is not None
    ]
    return [
        next((key for key, *control in changed if _explained(row, *control)), "")
        for row in records(found)
    ]


def used_in(found: pd.DataFrame, key: str) -> str:
    """Return where else a changed entry of `controls` shows: "in 45 models, 3 questions"."""
    of = sorted(
        {tuple(other.split(".")[:3]) for other in found.loc[found["follows_from"] == key, "key"]}
    )
    counted = [(word, len(set(_entries(of, block)))) for block, word in USES.items()]
    return ", ".join(plural(number, word) for word, number in counted if number)


def _entries(paths: list[tuple[str, ...]], block: str) -> Iterator[str]:
    """Give the entry of a block that each path is in; questions and choices are a level deeper."""
    deeper = block in ("across_operations", "specification_curve")
    return (path[2 if deeper else 1] for path in paths if path[0] == block)


def _explained(row: Mapping[str, Any], before: list[str], after: list[str]) -> bool:
    """Return whether a list of terms lost and gained nothing but what `controls` lost and
    gained.
    """
    old, new = _list(row["a"]), _list(row["b"])
    if row["key"].split(".")[0] not in USES or old is None or new is None:
        return False
    gained, lost = _beyond(after, before), _beyond(before, after)
    moved = gained + lost or after
    return (
        all(entry in gained for entry in _beyond(new, old))
        and all(entry in lost for entry in _beyond(old, new))
        and _beyond(old, moved) == _beyond(new, moved)
    )


def _beyond(entries: list[Any], others: list[Any]) -> list[Any]:
    return [entry for entry in entries if entry not in others]


def _list(text: str | None) -> list[Any] | None:
    value = None if text is None else json.loads(text)
    return value if isinstance(value, list) else None


def _plain(entry: Any) -> str:
    return entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False)


def _cut(text: str | None, start: int, longest: int) -> str:
    if text is None:
        return "(none)"
    shown = text[start:]
    shown = shown if len(shown) <= longest else f"{shown[: longest - 1]}{CUT}"
    return f"{CUT}{shown}" if start else shown
