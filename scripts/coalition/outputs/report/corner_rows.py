"""A claim about corners: how many rows stand in each, and the product term of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...base.number_formats import count, known, p_value
from .. import display_names
from ..stored_results import Sources
from . import phrasing
from .report_results import Entry

FEW = 10
"""A corner with fewer rows is said to be all but empty."""


@dataclass(frozen=True)
class CornerRows:
    """The rows of a model observed in each corner.

    headings : the corner, each response, all; lines : one a corner; thin : the corners with fewer
    than FEW rows, in words.
    """

    headings: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    thin: str


def observed(fitted: Entry, sources: Sources) -> CornerRows | None:
    """Return the rows observed in each corner; None where the model has none."""
    levels, counts = _counts(fitted)
    if not counts:
        return None
    lines = tuple(
        (
            _corner(term, sources),
            *(count(found.get(level, 0)) for level in levels),
            count(sum(found.values())),
        )
        for term, found in counts.items()
    )
    thin = [
        f"{_corner(term, sources)} ({number})"
        for term, found in counts.items()
        if (number := sum(found.values())) < FEW
    ]
    words = [display_names.named(display_names.LEVELS, level) for level in levels]
    return CornerRows(("Corner", *words, "All"), lines, "; ".join(thin))


def _counts(fitted: Entry) -> tuple[list[str], dict[str, dict[str, int]]]:
    """Return the responses, and corner -> response -> rows."""
    rows = [row for row in fitted["rows"] if row["kind"] == "observed" and known(row["estimate"])]
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["term"], {})[row["level"]] = int(row["estimate"])
    return list(dict.fromkeys(row["level"] for row in rows)), counts


def _corner(term: str, sources: Sources) -> str:
    parts = (part.split("=") for part in term.split(", "))
    words = ", ".join(f"{display_names.low(sources.label(name))} {at}" for name, at in parts)
    return words[:1].upper() + words[1:]


def product(
    fitted: Entry, spec: Mapping[str, Any], sources: Sources
) -> Iterator[tuple[str, str, str, str]]:
    """Give the product term of a model about corners, one line a response: log odds against the
    reference.
    """
    if "corners" not in spec:
        return
    pair = {spec["corners"]["first"], spec["corners"]["second"]}
    for row in fitted["rows"]:
        if (
            row["kind"] == "coefficient"
            and ":" in row["term"]
            and set(row["term"].split(":")) == pair
        ):
            level = display_names.low(display_names.named(display_names.LEVELS, row["level"]))
            yield (
                f"Product of the two, {level} (log odds)",
                phrasing.signed(row["estimate"], 3),
                phrasing.to(row["conf_low"], row["conf_high"], 3),
                p_value(row["p_value"]),
            )
