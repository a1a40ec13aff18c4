"""What the figures of the primary tests have in common: their hypotheses, scales and headings."""

from __future__ import annotations

from .. import phrases, words
from ..findings import Entry, Sources
from .rows import Reference
from .style import VERMILLION

SCALES = {"probability": "Difference of probabilities", "log odds": "Coefficient (log odds)"}


def heading(verdict: Entry) -> str:
    """Return the heading of a hypothesis' panel."""
    return f"{verdict['hypothesis']} {verdict['title']}"


def note(verdict: Entry, sources: Sources) -> str:
    """Return what the panel of a hypothesis shows, and what is predicted."""
    if verdict["term"] is None:
        return f"Predicted: {words.direction(verdict['sign'])}"
    of = "Contrast of probabilities" if verdict["scale"] == "probability" else phrases.term_label(verdict["term"], sources)
    return f"{of}; predicted: {words.direction(verdict['sign'])}"


def references(verdict: Entry) -> tuple[Reference, Reference]:
    """Return the lines at zero and at the smallest effect of interest in the predicted direction."""
    return Reference(0.0), Reference(verdict["sign"] * verdict["smallest_effect"], dashed=True, colour=VERMILLION)


def scale(verdict: Entry) -> str:
    """Return what the axis of a hypothesis' panel measures."""
    return SCALES.get(verdict["scale"], words.sentence(verdict["scale"]).rstrip("."))
