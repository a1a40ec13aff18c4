"""What the figures of the primary tests have in common: their hypotheses, scales and headings."""

from __future__ import annotations

from ..tables import evidence, words
from ..tables.sources import Entry
from .rows import Reference
from .sources import FigureSources
from .style import VERMILLION

SCALES = {"probability": "Difference of probabilities", "log odds": "Coefficient (log odds)"}


def direction(sign: int) -> str:
    """Return the predicted direction in words."""
    return "positive" if sign > 0 else "negative"


def hypotheses(sources: FigureSources) -> list[tuple[Entry, Entry]]:
    """Return each hypothesis' verdict with the content of its robustness file, in the order of the verdicts."""
    found = sources.robustness()
    return [(verdict, found[verdict["hypothesis"]]) for verdict in sources.verdicts.get("hypotheses", []) if verdict["hypothesis"] in found]


def heading(verdict: Entry) -> str:
    """Return the heading of a hypothesis' panel."""
    return f"{verdict['hypothesis']} {verdict['title']}"


def note(verdict: Entry, sources: FigureSources) -> str:
    """Return what the panel of a hypothesis shows, and what is predicted."""
    if verdict["term"] is None:
        return f"Predicted: {direction(verdict['sign'])}"
    of = "Contrast of probabilities" if verdict["scale"] == "probability" else evidence.term_label(verdict["term"], sources)
    return f"{of}; predicted: {direction(verdict['sign'])}"


def references(verdict: Entry) -> tuple[Reference, Reference]:
    """Return the lines at zero and at the smallest effect of interest in the predicted direction."""
    return Reference(0.0), Reference(verdict["sign"] * verdict["smallest_effect"], dashed=True, colour=VERMILLION)


def scale(verdict: Entry) -> str:
    """Return what the axis of a hypothesis' panel measures."""
    return SCALES.get(verdict["scale"], words.sentence(verdict["scale"]).rstrip("."))
