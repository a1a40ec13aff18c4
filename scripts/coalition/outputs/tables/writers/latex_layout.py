r"""What fits on a page of LaTeX: widths of columns, and where a table that is too wide or too long
is cut.

Widths are estimated for Computer Modern at 8 points (\footnotesize) and scaled where a smaller size
is used.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..table import Row, Table

WIDEST, NARROWEST = 460.0, 300.0
"""Width of a float in points: a page with one-inch margins has 469, LaTeX's article class 345 of
text on 614 of paper.
"""
GAP, SMALLEST_TEXT, INDENT = 6.0, 60.0, 10.0
SHORTEST_LABEL, LONGEST_LABEL = 95.0, 230.0
LINES = 50.0
"""Lines of the first size that a page holds below the caption."""
SIZES = {"footnotesize": 1.0, "scriptsize": 0.88}
"""Sizes of type that are tried, and their width and height as a share of the first."""
NOTE = SIZES["scriptsize"]
"""Notes are printed in this size."""
BRACKETED = ("error", "test", "p_below")
"""How the forms begin whose closing bracket hangs over the digits."""
PLAIN = 4.3
WIDTHS = {
    **dict.fromkeys("ijlt.,:;'|!()[]f ", 2.6),
    **dict.fromkeys("bdhknpquvxy", 4.8),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ&\N{MINUS SIGN}\N{MULTIPLICATION SIGN}", 6.4),
    **dict.fromkeys("mwMW%\N{EM DASH}", 7.8),
}
"""Widths of characters of Computer Modern at 8 points, by and large."""


def width(text: str) -> float:
    """Return the width of a text."""
    return sum(WIDTHS.get(character, PLAIN) for character in text)


def header(text: str) -> list[str]:
    """Return the heading of a column of numbers in short lines."""
    return textwrap.wrap(text, 12, break_long_words=False) or [""]


def hang(table: Table, position: int) -> float:
    """Return the room right of the digits of a column: for its stars and closing brackets."""
    cells = [row.cells[position] for row in table.rows if row.cells]
    return max(
        [width(cell.mark or ")") for cell in cells if cell.mark or cell.form.startswith(BRACKETED)],
        default=0.0,
    )


def natural(table: Table, position: int) -> float:
    """Return the width that a column of numbers takes."""
    column = table.columns[position]
    marks = hang(table, position)
    texts = [width(row.cells[position].body) + marks for row in table.rows if row.cells]
    return max([*texts, *map(width, [*header(column.title), column.number])]) + GAP


def label_width(row: Row) -> float:
    """Return the width of a row's label on one line."""
    return width(row.label) + INDENT * row.indent + 3


@dataclass(frozen=True)
class Layout:
    r"""Widths: of the labels, of each column, of the whole, as if printed at 8 points; the size
    that is used in their place.
    """

    label: float
    columns: tuple[float, ...]
    whole: float
    size: str

    def points(self, width: float) -> str:
        """Return a width in points at the size that is used."""
        return f"{width * SIZES[self.size]:.1f}pt"


def layout(table: Table, size: str) -> Layout:
    """Share the width between labels, columns of numbers and columns of text."""
    widest = WIDEST / SIZES[size] - GAP
    numbers = {
        i: natural(table, i) for i, column in enumerate(table.columns) if column.align == "number"
    }
    texts = {i: column.width for i, column in enumerate(table.columns) if column.align == "text"}
    longest = max(
        [label_width(row) for row in table.rows if row.kind != "group"] + [width(table.stub) + 3]
    )
    room = widest - sum(numbers.values()) - (SMALLEST_TEXT + GAP) * len(texts)
    label = min(longest, max(SHORTEST_LABEL, min(LONGEST_LABEL / max(1, len(texts)), room)))
    left = widest - label - sum(numbers.values())
    wide = {
        i: max(SMALLEST_TEXT, left * share / sum(texts.values()) - GAP)
        for i, share in texts.items()
    }
    columns = tuple(numbers.get(i, wide.get(i, 0.0)) for i in range(len(table.columns)))
    return Layout(
        label, columns, max(NARROWEST, label + sum(columns) + GAP * (1 + len(texts))), size
    )


def cut(table: Table) -> list[tuple[Table, Layout]]:
    """Return the table in as few parts as the sizes of type allow, each with its layout; the last
    has the notes.
    """
    ways = [
        [part for piece in _by_columns(table, size) for part in _by_rows(piece, size)]
        for size in SIZES
    ]
    return min(ways, key=len)


def _by_columns(table: Table, size: str) -> list[Table]:
    """Cut a table that is too wide into tables of the same rows, where it can be between groups of
    columns.
    """
    found, widest = layout(table, size), WIDEST / SIZES[size]
    if found.whole <= widest + 1 or len(table.columns) < 2:
        return [table]
    room = widest - found.label - GAP
    pieces: list[slice] = []
    for unit in _units(table, found, room):
        if pieces and sum(found.columns[pieces[-1].start : unit.stop]) <= room:
            pieces[-1] = slice(pieces[-1].start, unit.stop)
        else:
            pieces.append(unit)
    return [_with_columns(table, piece, last=piece is pieces[-1]) for piece in pieces]


def _units(table: Table, found: Layout, room: float) -> list[slice]:
    """Return the groups of columns that fit side by side; the columns of a group that does not, one
    by one.
    """
    units, start = [], 0
    for _, number in table.groups:
        fits = sum(found.columns[start : start + number]) <= room
        units += (
            [slice(start, start + number)]
            if fits
            else [slice(i, i + 1) for i in range(start, start + number)]
        )
        start += number
    return units


def _with_columns(table: Table, piece: slice, last: bool) -> Table:
    """Return some columns of a table, without rows and headings that have nothing in them."""
    rows: list[Row] = []
    for row in reversed([replace(row, cells=row.cells[piece]) for row in table.rows]):
        empty_heading = row.kind == "group" and (not rows or rows[-1].kind in ("group", "rule"))
        if not empty_heading and (not row.cells or any(cell.text for cell in row.cells)):
            rows.append(row)
    return replace(
        table,
        columns=table.columns[piece],
        rows=tuple(reversed(rows)),
        notes=table.notes if last else (),
    )


def _better_together(used: float, rest: float, notes: float, room: float) -> bool:
    """Tell whether what is left of a table stands on this page without its notes, and on the next
    with them.
    """
    return used + rest <= room < used + rest + notes and rest + notes <= room


def _heading_below(rows: Iterable[Row], before: Row | None) -> Row | None:
    """Return the heading that holds after some rows."""
    return next((row for row in rows if row.kind == "group"), before)


def _continued(heading: Row | None) -> list[Row]:
    return [] if heading is None else [replace(heading, label=f"{heading.label} (continued)")]


def _by_rows(table: Table, size: str) -> list[tuple[Table, Layout]]:
    """Cut a table that is longer than a page; a group's heading is said again, the last part leaves
    room for the notes.
    """
    found = layout(table, size)
    room = LINES / SIZES[size] - _head_height(table, found)
    bundles = _bundles(table.rows)

    def tall(rows: Sequence[Row]) -> float:
        """Return the height of some rows."""
        return sum(_height(row, table, found) for row in rows)

    heights = list(map(tall, bundles))
    notes = sum(_note_height(note, found) for note in table.notes)
    pieces: list[list[Row]] = [[]]
    used, heading = 0.0, None
    for position, (bundle, height) in enumerate(zip(bundles, heights, strict=True)):
        if bundle[0].kind in ("group", "rule"):
            heading = None
            better = _better_together(used, sum(heights[position:]), notes, room)
        else:
            better = False
        least = height + (notes if bundle is bundles[-1] else 0)
        if pieces[-1] and (better or used + least > room):
            pieces.append(_continued(heading))
            used = tall(pieces[-1])
        heading = _heading_below(bundle, heading)
        pieces[-1] += bundle
        used += height
    return [(part, found) for part in _with_rows(table, pieces)]


def _with_rows(table: Table, pieces: Sequence[Sequence[Row]]) -> list[Table]:
    """Return a table in parts, the notes below the last."""
    *before, last = pieces
    parts = [replace(table, rows=tuple(piece), notes=()) for piece in before]
    return [*parts, replace(table, rows=tuple(last))]


def _head_height(table: Table, found: Layout) -> float:
    groups = [len(lines) for lines in group_lines(table, found)]
    return (
        max([0, *groups])
        + any(column.number for column in table.columns)
        + max(len(header(column.title)) for column in table.columns)
    )


def group_lines(table: Table, found: Layout) -> list[list[str]]:
    """Return each spanning heading in as many lines as the columns that it spans leave room for."""
    found_lines, position = [], 0
    for title, number in table.groups:
        room = sum(found.columns[position : position + number])
        found_lines.append(textwrap.wrap(title, max(12, int(room / PLAIN)), break_long_words=False))
        position += number
    return found_lines


def _bundles(rows: tuple[Row, ...]) -> list[list[Row]]:
    """Return rows that must not be parted: a row with its second line, a heading or rule with the
    row after it.
    """
    bundles: list[list[Row]] = []
    for row in rows:
        if row.kind == "more" or (bundles and bundles[-1][-1].kind in ("group", "rule")):
            bundles[-1].append(row)
        else:
            bundles.append([row])
    return bundles


def _lines(text: float, room: float) -> int:
    return max(1, math.ceil(text / room))


def _height(row: Row, table: Table, found: Layout) -> float:
    if row.kind == "rule":
        return 0.5
    if row.kind == "group":
        return 0.5 + _lines(width(row.label), found.whole)
    cells = zip(row.cells, table.columns, found.columns, strict=True)
    tall = [
        _lines(1.1 * width(cell.text), room)
        for cell, column, room in cells
        if column.align == "text"
    ]
    return max([_lines(label_width(row), found.label + 1), *tall])


def _note_height(note: str, found: Layout) -> float:
    return NOTE * _lines(NOTE * width(note), found.whole)
