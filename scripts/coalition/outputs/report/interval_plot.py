"""A primary test as a small drawing: estimate, intervals, the smallest effect of interest, and
every alternative as a tick.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...base.number_formats import known
from . import phrasing

Entry = Mapping[str, Any]
WIDTH, MARGIN = 360.0, 14.0
RATIOS = (
    (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 50.0),
    (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0),
    (0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0),
)
"""Odds ratios that an axis names, from many to few."""
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
MOST_TICKS = 7


@dataclass(frozen=True)
class Strip:
    """Places from the left, in units of a drawing 360 wide.

    ticks : (place, what is printed); scale : what they are; alternatives : one place each; words :
        the drawing for those who do not see it.
    """

    estimate: float
    interval: tuple[float, float]
    inner: tuple[float, float]
    none: float
    smallest: float
    ticks: tuple[tuple[float, str], ...]
    scale: str
    alternatives: tuple[float, ...]
    words: str


def strip(entry: Entry, alternatives: Iterable[Entry], level: float) -> Strip | None:
    """Return the drawing of a primary test; None where it has no estimate.

    Parameters
    ----------
    entry : mapping
        A hypothesis of verdicts.json.
    alternatives : iterable of mapping
        The alternatives of its robustness file.
    level : float
        Level of the inner interval, between 0 and 1.
    """
    interval, inner = (
        (entry["conf_low"], entry["conf_high"]),
        (entry["equivalence_low"], entry["equivalence_high"]),
    )
    if not all(map(known, [entry["estimate"], *interval, *inner])):
        return None
    others = [
        other["estimate"]
        for other in alternatives
        if other["status"] == "ok" and known(other["estimate"])
    ]
    smallest = entry["sign"] * entry["smallest_effect"]
    # An alternative far outside would squeeze the rest: the scale ends one width of the interval
    # beyond it, what lies farther at its end.
    reach = interval[1] - interval[0]
    low = max(min([*interval, *others, smallest, 0.0]), min(interval[0] - reach, smallest, 0.0))
    high = min(max([*interval, *others, smallest, 0.0]), max(interval[1] + reach, smallest, 0.0))

    def place(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)

    return Strip(
        estimate=place(entry["estimate"]),
        interval=(place(interval[0]), place(interval[1])),
        inner=(place(inner[0]), place(inner[1])),
        none=place(0.0),
        smallest=place(smallest),
        ticks=tuple((place(value), text) for value, text in _ticks(low, high, entry["scale"])),
        scale=phrasing.named(entry["scale"]),
        alternatives=tuple(sorted(map(place, others))),
        words=_words(entry, others, level),
    )


def _ratio_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return odds ratios whose logarithms lie between the ends, as many as are still told apart."""
    inside = [[value for value in ratios if low <= math.log(value) <= high] for ratios in RATIOS]
    chosen = next((ratios for ratios in inside if len(ratios) <= MOST_TICKS), inside[-1])
    return [(math.log(value), f"{value:g}") for value in chosen]


def _ticks(low: float, high: float, scale: str) -> list[tuple[float, str]]:
    """Return round values between the ends: odds ratios on a scale of log odds, else multiples of a
    round step.
    """
    if scale == "log odds":
        return _ratio_ticks(low, high)
    step = next(
        (step for step in STEPS if (high - low) / step <= MOST_TICKS), (high - low) / MOST_TICKS
    )
    multiples = range(math.ceil(low / step), math.floor(high / step) + 1)
    return [(multiple * step, phrasing.fixed(multiple * step, 2)) for multiple in multiples]


def _words(entry: Entry, others: list[float], level: float) -> str:
    scale = entry["scale"]
    parts = [
        f"{phrasing.named(scale)} {phrasing.size(entry['estimate'], scale)}",
        f"95% interval {phrasing.sizes(entry['conf_low'], entry['conf_high'], scale)}",
        (
            f"{level:.0%} interval "
            f"{phrasing.sizes(entry['equivalence_low'], entry['equivalence_high'], scale)}"
        ),
        (
            "smallest effect of interest "
            f"{phrasing.size(entry['sign'] * entry['smallest_effect'], scale)}"
        ),
        f"{len(others)} alternatives from {phrasing.sizes(min(others), max(others), scale)}"
        if others
        else "no alternatives",
    ]
    return "; ".join(parts)
