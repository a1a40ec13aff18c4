"""The table of a figure: the very values that are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...base.number_formats import MISSING, count, fixed
from .. import display_names
from ..stored_results import Sources

Entry = Mapping[str, Any]
MOST = 500
"""A figure of more values, such as a curve of thousands, has no table: its filter shows them."""
HEADS = {
    "conf_low": "95% from",
    "conf_high": "95% to",
    "latent_low": "95% from",
    "latent_high": "95% to",
    "iso3": "Code",
    "country": "State",
    "n": "N",
    "term_label": "Term",
    "latent": "Tightness",
    "caveat_level": "Level in the sample",
    "at": "Value",
    "troops": "Troops",
    "between": "Between counts",
    "flips": "Turns",
    "label": "Row",
}
"""Column -> its head, where its name with a capital does not do."""
NAMED = {"term": "term_label", "name": "label", "series": "label", "level": "level_label"}
"""Column that is left out where another says the same in words."""
INNER = ("status", "family", "outcome", "model", "rank", "labelled", "specification")
"""Columns of the program's own."""
GROUPED = ("year", "specification")
"""Whole numbers that are printed without a mark for thousands."""


@dataclass(frozen=True)
class Values:
    """Heads and rows of text, and how each column is aligned ("text", "number")."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: tuple[str, ...]


def values(numbers: Sequence[Entry], sources: Sources) -> Values | None:
    """Return the table of the values that a figure draws; None where they are too many or none."""
    columns = _columns(numbers)
    if not columns or len(numbers) > MOST:
        return None
    rows = tuple(tuple(_cell(name, row.get(name), sources) for name in columns) for row in numbers)
    align = tuple("number" if _numeric(numbers, name) else "text" for name in columns)
    return Values(tuple(map(_head, columns)), rows, align)


def _columns(numbers: Sequence[Entry]) -> list[str]:
    """Return the columns that say something: not all empty, not said in words by another."""
    if not numbers:
        return []
    named = [
        name for name in numbers[0] if any(row.get(name) not in (None, "", []) for row in numbers)
    ]
    inner = (*INNER, *_said_twice(numbers))
    kept = [name for name in named if name not in inner and NAMED.get(name) not in named]
    # words first, so that a row's head tells what it is
    return sorted(kept, key=lambda name: _numeric(numbers, name))


def _said_twice(numbers: Sequence[Entry]) -> list[str]:
    """Return the names of units where these are their codes, as those of a file are."""
    same = all(row.get("country") == row.get("left_out") for row in numbers)
    return ["country"] if same else []


def _numeric(numbers: Sequence[Entry], name: str) -> bool:
    found = [row[name] for row in numbers if row.get(name) is not None]
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in found)


def _head(name: str) -> str:
    return HEADS.get(name, name.replace("_", " ").capitalize())


def _cell(name: str, value: Any, sources: Sources) -> str:
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value)) or MISSING
    if isinstance(value, int | float):
        return _number(name, value)
    if name == "operation":
        return sources.operation(value)
    if name == "term":
        return sources.label(value)
    if name in ("response", "level", "answer"):
        return display_names.level(str(value))
    return str(value)


def _number(name: str, value: float) -> str:
    if name in GROUPED:
        return str(int(value))
    return count(int(value)) if float(value).is_integer() else fixed(value, 3)
