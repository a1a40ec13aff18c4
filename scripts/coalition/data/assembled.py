"""Rows of cells, from a text or a sheet -> a table: where the header stands, names that lack, what
is around the table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from ..base.errors import Problems
from ..base.unprintable import FORBIDDEN, MESSAGE
from .typed_table import ROW_NAMES, Kind, Table

WRONG_ENCODING = "; the file is in another encoding than it was read in (UTF-8, if none is named)"
NO_ROWS = "the table has a header but no rows"
LOOKED_AT = 60
"""Rows in which a header is looked for."""
Row = tuple[int, list[str]]
"""The line of the file, or the row of the sheet, and its cells."""


def assemble(
    rows: Sequence[Row], options: Any, place: str, problems: Problems
) -> tuple[Table, list[int]] | None:
    """Return the table that rows hold, and which of their cells are its columns.

    Parameters
    ----------
    rows : sequence of (int, list of str)
        As they stand, the header among them; rows without any cell may be among them.
    options : mapping
        header (the line in which the names stand), footer (how many last rows are notes) and
        row_names (whether rows that are one cell wider than the header begin with their names).
    place : str
        The file, for messages.
    problems : Problems
        Takes what is wrong.
    """
    full = [(line, cells) for line, cells in rows if any(cells)]
    head = _head(full, options, place, problems)
    if head is None:
        return None
    line, names, rest = head
    below = _as_wide(names, rest, line, bool(options.get("row_names")), place, problems)
    if below is None:
        return None
    width = max(map(len, [names, *(cells for _, cells in below[:1])]))
    names = [*names, *[""] * (width - len(names))]
    if _wrong_names(names, line, below, place, problems):
        return None
    made = _table(names, below, line, place, problems)
    if made is None or not options.get("footer"):
        return made
    last = full[-options["footer"] :]
    first = ", ".join(filter(None, last[0][1]))[:60]
    note = f"`footer` leaves out the last {len(last)} rows, the first of them {first!r}"
    return made[0].noted(note), made[1]


def _head(
    rows: Sequence[Row], options: Any, place: str, problems: Problems
) -> tuple[int, list[str], list[Row]] | None:
    """Return the line and the cells of the header, and the rows below it without the notes at the
    end.
    """
    wanted, footer = options.get("header"), options.get("footer", 0)
    if wanted is not None:
        rows = [row for row in rows if row[0] >= wanted]
        if not rows or rows[0][0] != wanted:
            problems.add(place, "no cells stand in the line that `header` names", value=str(wanted))
            return None
    if not rows:
        problems.add(place, "the file is empty")
        return None
    (line, names), below = rows[0], list(rows[1:])
    if footer >= len(below) > 0:
        problems.add(place, "`footer` takes every row of the table", value=str(footer))
        return None
    return line, names, below[: len(below) - footer]


def _as_wide(
    names: list[str],
    rows: list[Row],
    line: int,
    row_names: bool,
    place: str,
    problems: Problems,
) -> list[Row] | None:
    """Return rows as wide as the header; None where some are not, and a sentence says which.

    Rows that are all one cell wider have their row names first (R's write.table), or an empty cell
    last (a separator at the end of each line).
    """
    widths = {len(cells) for _, cells in rows}
    if widths <= {len(names)}:
        return rows
    if widths == {len(names) + 1}:
        if not any(cells[-1] for _, cells in rows):
            return [(number, cells[:-1]) for number, cells in rows]
        if row_names:
            names.insert(0, "")
            return rows
    _say_ragged(names, rows, line, place, problems)
    return None


def _say_ragged(
    names: list[str], rows: list[Row], line: int, place: str, problems: Problems
) -> None:
    """Say what is wrong with rows that are not as wide as the header."""
    shape = [(width, list(part)) for width, part in groupby(rows, lambda row: len(row[1]))]
    last_width, last = shape[-1]
    if len(shape) == 1 < len(rows) and last_width == len(names) + 1:
        problems.add(
            place,
            f"each row has one cell more than the {len(names)} of the header; a decimal comma, or "
            "names of rows? `row_names: true` in `reading` says that the first cell of each row is "
            "its name",
            row=rows[0][0],
        )
        return
    if last_width != len(names) and len(last) >= max(3, len(rows) / 2):
        first = last[0][0]
        problems.add(
            place,
            "the first line must be the names of the columns, with nothing above it; the table "
            f"seems to begin below: `header: {first}` in `reading` says where its names stand",
            row=line,
        )
        return
    _say_wrong_rows(names, rows, line, place, problems)


def _say_wrong_rows(
    names: list[str], rows: list[Row], line: int, place: str, problems: Problems
) -> None:
    wrong = [(number, cells) for number, cells in rows if len(cells) != len(names)]
    if len(wrong) == len(rows):
        problems.add(
            place,
            "the first line must be the names of the columns, with nothing above it",
            row=line,
        )
    at_end = wrong == rows[len(rows) - len(wrong) :]
    hint = f"; if notes end the file, `footer: {len(wrong)}` leaves them out" if at_end else ""
    for number, cells in wrong:
        problems.add(
            place, f"the row has {_cells(len(cells))}, the header {len(names)}{hint}", row=number
        )


def _cells(number: int) -> str:
    return f"{number} cell{'s' if number != 1 else ''}"


def _wrong_names(
    names: list[str], line: int, rows: list[Row], place: str, problems: Problems
) -> bool:
    """Note what is wrong with the names of columns; tell whether anything is."""
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        problems.add(place, f"the header names a column twice: {', '.join(repeated)}", row=line)
        return True
    for name in names:
        if FORBIDDEN.search(name):
            problems.add(place, MESSAGE, row=line, value=name)
            return True
    if _no_names(names, rows):
        problems.add(
            place,
            "the first line holds numbers, not names of columns; write the names above it",
            row=line,
            value=", ".join(names)[:60],
        )
        return True
    return _unnamed(names, line, rows, place, problems)


def _no_names(names: list[str], rows: list[Row]) -> bool:
    """Tell whether a header is a row of the table: numbers, and not years as names of columns."""
    if not rows or not all(names) or len(names) < 2:
        return False
    return all(_is_number(name) for name in names) and not all(
        name.isdigit() and len(name) == 4 for name in names[1:]
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _unnamed(names: list[str], line: int, rows: list[Row], place: str, problems: Problems) -> bool:
    """Note a column that has cells and no name; the first one is that of row names."""
    for position, name in enumerate(names):
        filled = next((number for number, cells in rows if cells[position]), None)
        if name or filled is None:
            continue
        if position == 0 and any(names):
            names[0] = ROW_NAMES if ROW_NAMES not in names else ""
            continue
        better = _better_header(names, rows)
        if better is None:
            problems.add(place, f"the column {position + 1} has cells but no name", row=filled)
        else:
            problems.add(
                place,
                "the first line is not one of names for every column; the table seems to begin "
                f"below: `header: {better}` in `reading` says where its names stand",
                row=line,
            )
        return True
    return False


def _better_header(names: list[str], rows: list[Row]) -> int | None:
    """Return the line of the first row that has a text in more columns than the header has names,
    and more than half of all.
    """
    for number, cells in rows[:LOOKED_AT]:
        texts = [cell for cell in cells if cell and not _is_number(cell)]
        if len(texts) > sum(map(bool, names)) and len([c for c in cells if c]) > len(names) / 2:
            return number
    return None


def _table(
    names: list[str], rows: list[Row], line: int, place: str, problems: Problems
) -> tuple[Table, list[int]] | None:
    # spreadsheets leave empty columns without a name behind
    named = [position for position, name in enumerate(names) if name]
    if not named:
        problems.add(place, "the file is empty")
        return None
    if not rows:
        problems.add(place, NO_ROWS)
        return None
    cells = [[cells[position] for position in named] for _, cells in rows]
    frame = pd.DataFrame(
        cells, columns=[names[position] for position in named], index=[row[0] for row in rows]
    ).astype("str")
    return Table(frame, {name: Kind() for name in frame.columns}), named


def note_forbidden(table: Table, columns: Sequence[str], place: str, problems: Problems) -> None:
    """Note characters that have no place in a table; among them are those that a wrong `encoding`
    makes.
    """
    for name in columns:
        cells = table.cells[name]
        text = "".join(cells.unique())
        if (text.isascii() and text.isprintable()) or not FORBIDDEN.search(text):
            continue
        for line, cell in cells.items():
            if FORBIDDEN.search(cell):
                hint = WRONG_ENCODING if re.search("[\x80-\x9f]", cell) else ""
                problems.add(place, MESSAGE + hint, row=int(str(line)), column=name, value=cell)
