"""Characters that no text of a config or table holds: they command a terminal, turn a line around,
or cannot be written in XML.
"""

from __future__ import annotations

import re

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Control characters but tabs and ends of lines; separators and overrides of direction; halves of
characters; what is no character.

The marks that languages written from right to left need (U+200E, U+200F, U+061C) and the joiners of
others (U+200C, U+200D) are kept.
"""
MESSAGE = "a character that cannot be seen, or that turns the text around"


def spelt_out(text: str) -> str:
    r"""Return a text in which every character that does not print is spelt out: \x1b, \u202e."""
    return "".join(
        character if character.isprintable() else repr(character)[1:-1] for character in text
    )
