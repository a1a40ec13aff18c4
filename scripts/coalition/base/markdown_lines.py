"""Markdown in lines of at most 100 characters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

WIDTH = 100
KEPT = ("|", "    ", "#", "<!--", "```", "![")
"""How a line begins that must stay one: a row of a table, code, a heading, a comment, a picture."""


def wrapped(lines: Iterable[str]) -> str:
    """Return lines as one text, those of prose broken at spaces; an item of a list is indented."""
    return "\n".join(_wrapped(part) for line in lines for part in line.split("\n"))


def _wrapped(line: str) -> str:
    if len(line) <= WIDTH or line.startswith(KEPT):
        return line
    indent = "  " if line.startswith("- ") else ""
    return "\n".join(
        textwrap.wrap(
            line,
            WIDTH,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
