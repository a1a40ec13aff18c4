"""Plain Markdown in lines of at most 100 characters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

WIDTH = 100


def paragraph(text: str) -> list[str]:
    """Return a paragraph, and the empty line after it."""
    return [*_wrap(text, ""), ""]


def bullet(text: str) -> list[str]:
    """Return an item of a list."""
    return _wrap(f"- {text}", "  ")


def bullets(texts: Iterable[str]) -> list[str]:
    """Return a list, and the empty line after it."""
    return [*(line for text in texts for line in bullet(text)), ""]


def _wrap(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()),
        WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def page(lines: Iterable[str]) -> str:
    """Return a page of lines."""
    return "\n".join(lines).rstrip() + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """Return a table, and the empty line after it."""
    names = list(head)
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    for row in rows:
        cells = [str(cell).replace("|", "\\|").replace("\n", " ") for cell in row]
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]
