"""What the figures of the primary tests have in common: their hypotheses, scales and headings."""

from __future__ import annotations

from .. import display_names, sentences
from ..stored_results import Entry, Sources
from .figure_style import VERMILLION
from .interval_rows import Reference

SCALES = {"probability": "Difference of probabilities", "log odds": "Coefficient (log odds)"}


def heading(verdict: Entry) -> str:
    """Return the heading of a hypothesis' panel."""
    return f"{verdict['hypothesis']} {verdict['title']}"


def note(verdict: Entry, sources: Sources) -> str:
    """Return what the panel of a hypothesis shows, and what is predicted."""
    if verdict["term"] is None:
        return f"Predicted: {display_names.direction(verdict['sign'])}"
    of = (
        "Contrast of probabilities"
        if verdict["scale"] == "probability"
        else sentences.term_label(verdict["term"], sources)
    )
    return f"{of}; predicted: {display_names.direction(verdict['sign'])}"


def references(verdict: Entry) -> tuple[Reference, Reference]:
    """Return the lines at zero and at the smallest effect of interest in the predicted
    direction.
    """
    return Reference(0.0), Reference(
        verdict["sign"] * verdict["smallest_effect"], dashed=True, colour=VERMILLION
    )


def scale(verdict: Entry) -> str:
    """Return what the axis of a hypothesis' panel measures."""
    return SCALES.get(verdict["scale"], display_names.sentence(verdict["scale"]).rstrip("."))
