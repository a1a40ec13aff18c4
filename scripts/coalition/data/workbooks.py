"""Tables in Excel workbooks (.xlsx): which sheet, and what its cells are."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ..base.errors import Problems, nearest
from . import file_limits
from .assembled import assemble
from .cell_texts import cell_text
from .file_limits import Unreadable, refuse_cells
from .typed_table import DATE, TEXT, Kind, Table


def _refuse_bomb(path: Path) -> None:
    """Refuse a zip that unpacks to more than can be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, UnicodeDecodeError):
        raise Unreadable("the file is not an Excel workbook (.xlsx)") from None
    if size > file_limits.LARGEST:
        limit = file_limits.LARGEST // 1024**2
        raise Unreadable(f"the file is larger than {limit} MiB when unpacked")


def read_workbook(
    path: Path, place: str, options: Mapping[str, Any], problems: Problems
) -> Table | None:
    """Read one sheet of a workbook; where several hold cells, `sheet` must name it."""
    from openpyxl import load_workbook  # here, because it is slow to import and few tables need it

    _refuse_bomb(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        sheets = [sheet.title for sheet in book.worksheets]
        name = _wanted(book, sheets, options, place, problems)
        values = [] if name is None else _rows_of(book[name])
        book.close()
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever the XML inside makes it raise
        raise Unreadable(f"the workbook cannot be read: {error}") from None
    if name is None or _not_calculated(path, name, values, place, problems):
        return None
    rows = [(number, [cell_text(value) for value in row]) for number, row in enumerate(values, 1)]
    before = len(problems.found)
    made = assemble(rows, options, place, problems)
    if made is None:
        _name_sheets(sheets, name, problems, before)
        return None
    table, named = made
    return Table(table.cells, _kinds(table, named, values))


def _wanted(
    book: Any, sheets: Sequence[str], options: Mapping[str, Any], place: str, problems: Problems
) -> str | None:
    """Return the sheet that is read; None where it must be named and is not."""
    wanted = options.get("sheet")
    if wanted is None:
        filled = [name for name in sheets if len(sheets) == 1 or _has_table(book[name])]
        if len(filled) > 1:
            problems.add(
                place,
                "the workbook has several sheets with tables; name one as `sheet` of `reading`",
                allowed=", ".join(sheets),
            )
            return None
        if not sheets:
            raise Unreadable("the workbook has no sheet of cells")
        return filled[0] if filled else sheets[0]
    if str(wanted) not in sheets:
        problems.add(
            place,
            "there is no such sheet",
            value=str(wanted),
            allowed=", ".join(sheets),
            nearest=nearest(str(wanted), sheets),
        )
        return None
    return str(wanted)


def _has_table(sheet: Any) -> bool:
    """Tell whether a sheet has two rows of two cells at least: notes rarely do."""
    sheet.reset_dimensions()
    rows = 0
    for row in sheet.iter_rows(values_only=True):
        rows += sum(value is not None and value != "" for value in row) > 1
        if rows > 1:
            return True
    return False


def _name_sheets(sheets: Sequence[str], name: str, problems: Problems, before: int) -> None:
    """Add to what is wrong with a sheet which other sheets there are."""
    if len(sheets) > 1:
        from dataclasses import replace

        hint = f"; this is the sheet {name!r}, `sheet` of `reading` names another: "
        found = problems.found[before:]
        problems.found[before:] = [
            replace(problem, message=problem.message + hint + ", ".join(sheets))
            for problem in found
        ]


def _rows_of(sheet: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a sheet as wide as the cells that are there: what the file says of its
    size may be anything.
    """
    sheet.reset_dimensions()
    rows, cells = [], 0
    for row in sheet.iter_rows(values_only=True):
        cells += len(row) + 1
        refuse_cells(cells)
        rows.append(tuple(row))  # a row without cells comes as a list
    width = max(map(len, rows), default=0)
    refuse_cells(width * len(rows))
    return [row + (None,) * (width - len(row)) for row in rows]


def _kinds(table: Table, named: list[int], values: list[tuple[Any, ...]]) -> dict[str, Kind]:
    """Return what the columns of a sheet are: dates, texts, or what their cells say."""
    rows = [values[line - 1] for line in table.cells.index]
    found = {}
    for name, position in zip(table.cells.columns, named, strict=True):
        types = {type(row[position]) for row in rows if row[position] not in (None, "")}
        if types and types <= {datetime, date}:
            found[name] = Kind(DATE)
        elif types == {str}:
            found[name] = Kind(TEXT)
    return found


def _not_calculated(
    path: Path, sheet: str, values: list[tuple[Any, ...]], place: str, problems: Problems
) -> bool:
    """Note formulas of which the workbook holds no value: a program wrote them, and no spreadsheet
    has calculated them yet.
    """
    from openpyxl import load_workbook

    if all(value is not None for row in values for value in row):
        return False
    formulas = load_workbook(path, read_only=True)
    found = [
        line
        for line, (row, written) in enumerate(
            zip(values, _rows_of(formulas[sheet]), strict=False), start=1
        )
        if any(
            value is None and isinstance(text, str) and text.startswith("=")
            for value, text in zip(row, written, strict=False)
        )
    ]
    formulas.close()
    for line in found:
        problems.add(
            place,
            (
                "a formula whose value is not stored; open the workbook in a spreadsheet program "
                "and save it"
            ),
            row=line,
        )
    return bool(found)
