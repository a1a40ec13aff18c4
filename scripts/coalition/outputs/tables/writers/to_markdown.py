"""A table as Markdown: a pipe table between its title and its notes."""

from __future__ import annotations

import re

from ..table import Column, Row, Table

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$])")


def escape(text: str) -> str:
    """Return text that Markdown prints as it is."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def write(table: Table) -> bytes:
    """Return the table as UTF-8 Markdown; spanning headings are repeated in each column's
    heading.
    """
    head = [escape(table.stub), *map(_heading, table.columns)]
    rule = [":---", *("---:" if column.align == "number" else ":---" for column in table.columns)]
    lines = [
        _line(head),
        _line(rule),
        *(_line(_cells(row, len(table.columns))) for row in table.rows if row.kind != "rule"),
    ]
    parts = [f"**{escape(table.title)}**", "\n".join(lines), *map(escape, table.notes)]
    return ("\n\n".join(parts) + "\n").encode()


def _heading(column: Column) -> str:
    return "<br>".join(escape(part) for part in (column.group, column.number, column.title) if part)


def _cells(row: Row, columns: int) -> list[str]:
    label = "&emsp;" * row.indent + escape(row.label) if row.label else ""
    if row.kind == "group":
        return [f"*{label}*", *[""] * columns]
    return [label, *(escape(cell.text) for cell in row.cells)]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
