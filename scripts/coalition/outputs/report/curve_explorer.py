"""A specification curve to be filtered by choice: the estimates, packed for the page's script."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...base.number_formats import known

Entry = Mapping[str, Any]
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
"""An option's place among those of its choice, as one character."""
SCALE = 1000
"""Estimates are whole thousandths on the page."""


@dataclass(frozen=True)
class Explorer:
    """A curve for the page: what is asked, and its numbers as JSON.

    The JSON holds sign (1 or -1), scale, estimates in thousandths in rising order, significant (a
    character of 0 or 1 each), and of each choice its label, the labels of its options, and which
    one each specification took (a character each).
    """

    hypothesis: str
    number: int
    numbers: str


def explorers(curves: Mapping[str, Entry]) -> dict[str, Explorer]:
    """Return what the page needs to filter each curve that can be filtered."""
    found = {name: explorer(curve) for name, curve in curves.items()}
    return {name: numbers for name, numbers in found.items() if numbers is not None}


def _flags(values: Sequence[Any], places: Iterable[int]) -> str:
    return "".join("01"[bool(values[place])] for place in places)


def explorer(curve: Entry) -> Explorer | None:
    """Return what the page needs to filter a curve; None where nothing was fitted, or a choice has
    more options than there are characters.
    """
    found = curve["specifications"]
    fitted = [place for place, estimate in enumerate(found["estimate"]) if known(estimate)]
    choices = [choice for choice in curve["choices"] if len(choice["options"]) > 1]
    most = max((len(choice["options"]) for choice in choices), default=0)
    if not fitted or most > len(DIGITS):
        return None
    fitted.sort(key=lambda place: (found["estimate"][place], place))
    numbers = {
        "sign": curve["sign"],
        "scale": curve["scale"],
        "estimates": [round(SCALE * found["estimate"][place]) for place in fitted],
        "significant": _flags(found["significant"], fitted),
        "choices": [_choice(choice, curve["options"], fitted) for choice in choices],
    }
    text = json.dumps(numbers, ensure_ascii=False, separators=(",", ":"))
    return Explorer(curve["hypothesis"], len(fitted), text)


def _choice(choice: Entry, options: Entry, fitted: list[int]) -> dict[str, Any]:
    taken = options[choice["choice"]]
    return {
        "label": choice["label"],
        "options": [option["label"] for option in choice["options"]],
        "taken": "".join(DIGITS[taken[place]] for place in fitted),
    }
