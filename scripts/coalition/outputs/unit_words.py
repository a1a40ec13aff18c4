"""What texts call the units of a study: the states of the project, or what a user's own file
has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from . import display_names
from .stored_results import Entry

STATE = "state"
OWN = (
    " (its rows of every operation)",
    " within operations",
    ", coders combined",
    " and where the coder is drawn by lot",
    " or the coding",
)
"""What is true of the project's own samples alone."""


def unit(contents: Iterable[Entry]) -> str | None:
    """Return the word for a unit of these stored results; None where they are of the project's own
    samples, "unit" where they differ.
    """
    words = {content.get("unit") for content in contents}
    if len(words) <= 1:
        return next(iter(words), None)
    return "unit"


def ours(contents: Iterable[Entry]) -> bool:
    """Tell whether any of these stored results is of the project's own hypotheses."""
    return any("unit" not in content for content in contents)


def worded(text: str, word: str | None) -> str:
    """Return a text of ours on states with the study's own word for them; as it is for the
    project's samples.
    """
    if word is None:
        return text
    for own in OWN:
        text = text.replace(own, "")
    return re.sub(r"\b([Ss])tate(s?)\b", lambda found: _in_place(found, word), text)


def _in_place(found: re.Match[str], word: str) -> str:
    text = display_names.plural_of(word) if found[2] else word
    return text.capitalize() if found[1] == "S" else text


def plural(number: int, word: str | None) -> str:
    """Return a number with the word for so many units."""
    word = word or STATE
    return f"{number:,} {word if number == 1 else display_names.plural_of(word)}"


def plurals(word: str | None) -> str:
    """Return the word for several units."""
    return display_names.plural_of(word or STATE)
