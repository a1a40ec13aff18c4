"""A table as a Word document: a real table with repeated headings, three lines, a caption and
notes; the same bytes every time.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from ..table import Column, Row, Table

MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
"""The date that every document says it was made at: the time of day would change its bytes."""
LONGEST_PROPERTY = 255
"""Characters that a property of a Word file holds; the caption holds the whole title."""
FONT = "Times New Roman"
LANDSCAPE_FROM = 7
"""From this number of columns on, or with several columns of text, the page lies on its side."""
LONG, SHORT, MARGIN = 29.7, 21.0, 2.0
"""Sides and margins of the page in centimetres."""
PADDING, CHARACTER, TWIPS = 0.3, 0.17, 567
"""Both margins of a cell and the width of a character at 9 points, in centimetres; twentieths of a
point to the centimetre.
"""


def write(table: Table) -> bytes:
    """Return the document."""
    document = Document()
    properties = document.core_properties
    properties.author, properties.title, properties.comments, properties.last_modified_by = (
        "",
        table.title[:LONGEST_PROPERTY],
        "",
        "",
    )
    properties.created = properties.modified = MOMENT
    _style(document)
    room = _page(document, table)
    caption = document.add_paragraph(table.title, style="Caption")
    caption.paragraph_format.keep_with_next = True
    _table(document, table, room)
    for note in table.notes:
        paragraph = document.add_paragraph(note)
        paragraph.paragraph_format.space_before = Pt(2)
        _size(paragraph, 8)
    return _same_bytes(document)


def _style(document: Any) -> None:
    for name, size in (("Normal", 9), ("Caption", 10)):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
        style.paragraph_format.space_after = Pt(0)
    caption = document.styles["Caption"]
    caption.font.bold, caption.font.color.rgb = True, None
    caption.paragraph_format.space_after = Pt(4)


def _page(document: Any, table: Table) -> float:
    """Lay an A4 page on its side where the table is wide; return the width of the text in
    centimetres.
    """
    section = document.sections[0]
    wide = (
        table.landscape
        or len(table.columns) >= LANDSCAPE_FROM
        or sum(column.align == "text" for column in table.columns) > 1
    )
    width, height = (LONG, SHORT) if wide else (SHORT, LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(width), Cm(height)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(
        MARGIN
    )
    return width - 2 * MARGIN


def _table(document: Any, table: Table, room: float) -> None:
    heads = _heads(table)
    rows = [row for row in table.rows if row.kind != "rule"]
    made = document.add_table(rows=len(heads) + len(rows), cols=len(table.columns) + 1)
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    _padding(made)
    widths = _widths(table, room)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Cm(width)
    grid = [list(row.cells) for row in made.rows]
    for line, cells in zip(grid, made.rows, strict=True):
        _never_parted(cells)
        for cell, width in zip(line, widths, strict=True):
            cell.width = Cm(width)
    for position, head in enumerate(heads):
        _head_row(made.rows[position], grid[position], head, table.columns)
    for position, row in enumerate(rows, start=len(heads)):
        _body_row(grid[position], row, table.columns)
    _lines(grid, table, len(heads))


def _padding(made: Any) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(PADDING / 2 * TWIPS)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    made._tbl.tblPr.append(margins)


def _heads(table: Table) -> list[list[tuple[str, int]]]:
    """Return the rows of headings as texts with the number of columns that each spans."""
    heads = []
    if any(column.group for column in table.columns):
        heads.append([("", 1), *table.groups])
    if any(column.number for column in table.columns):
        heads.append([("", 1), *((column.number, 1) for column in table.columns)])
    return [*heads, [(table.stub, 1), *((column.title, 1) for column in table.columns)]]


def _numbers(table: Table) -> list[float]:
    """Return what each column of numbers needs; 0 for the others."""
    return [
        _needed(table, i) if column.align == "number" else 0.0
        for i, column in enumerate(table.columns)
    ]


def _longest_label(table: Table) -> int:
    """Return the characters of the longest label, or of the heading above the labels."""
    labels = [len(row.label) + 2 * row.indent for row in table.rows if row.kind != "group"]
    return max([*labels, len(table.stub)])


def _widths(table: Table, room: float) -> list[float]:
    """Share the width: numbers what their longest text needs, labels what they need and is there,
    texts the rest.
    """
    numbers = _numbers(table)
    shares = [column.width * (column.align == "text") for column in table.columns]
    longest = _longest_label(table)
    # a third stays for words, though a number of no sense were as long as a page
    if any(shares) and sum(numbers) > room * 2 / 3:
        numbers = [size * room * 2 / 3 / sum(numbers) for size in numbers]
    left = room - sum(numbers)
    label = min(PADDING + CHARACTER * longest, left / 3 if any(shares) else max(left, room / 5))
    left -= label
    if any(shares):
        texts = [left * share / sum(shares) for share in shares]
        return [label, *(size or text for size, text in zip(numbers, texts, strict=True))]
    return [label, *_of_numbers(numbers, left, room - label)]


def _of_numbers(sizes: list[float], left: float, room: float) -> list[float]:
    """Return the widths of columns of numbers alone: some of what is left, or less than they
    need.
    """
    if left < 0:
        return [size * room / sum(sizes) for size in sizes]
    return [size + min(0.6, left / len(sizes)) for size in sizes]


def _needed(table: Table, position: int) -> float:
    """Return the width that a column of numbers needs so that no number and no word of a heading,
    its own or that of a panel, is broken.
    """
    column = table.columns[position]
    texts = column.title.split()
    for cell in (row.cells[position] for row in table.rows if row.cells):
        texts += cell.text.split() if isinstance(cell.value, str) else [cell.text]
    return PADDING + CHARACTER * max(map(len, texts))


def _head_row(
    row: Any, cells: list[Any], head: list[tuple[str, int]], columns: tuple[Column, ...]
) -> None:
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(repeated)
    position = 0
    for text, span in head:
        cell = cells[position] if span == 1 else cells[position].merge(cells[position + span - 1])
        centred = position > 0 and columns[position - 1].align == "number"
        _write(
            cell, text, WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT, bold=True
        )
        if span > 1 and text:
            _border(cell, "bottom", 4)
        position += span


def _body_row(cells: list[Any], row: Row, columns: tuple[Column, ...]) -> None:
    if row.kind == "group":
        _write(
            cells[0].merge(cells[-1]), row.label, WD_ALIGN_PARAGRAPH.LEFT, italic=True, keep=True
        )
        return
    _write(cells[0], row.label, WD_ALIGN_PARAGRAPH.LEFT, indent=row.indent)
    for cell, printed, column in zip(cells[1:], row.cells, columns, strict=True):
        _write(
            cell,
            printed.text,
            WD_ALIGN_PARAGRAPH.RIGHT if column.align == "number" else WD_ALIGN_PARAGRAPH.LEFT,
        )


def _write(
    cell: Any,
    text: str,
    alignment: Any,
    *,
    bold: bool = False,
    italic: bool = False,
    keep: bool = False,
    indent: int = 0,
) -> None:
    # What a cell has by the style of the document is not said again: setting it takes longer than
    # writing the text.
    paragraph = cell.paragraphs[0]
    if alignment != WD_ALIGN_PARAGRAPH.LEFT:
        paragraph.alignment = alignment
    if keep:
        paragraph.paragraph_format.keep_with_next = True
    if indent:
        paragraph.paragraph_format.left_indent = Cm(0.4 * indent)
    run = paragraph.add_run(text)
    if bold:
        run.bold = True
    if italic:
        run.italic = True


def _size(paragraph: Any, points: int) -> None:
    for run in paragraph.runs:
        run.font.size = Pt(points)


def _never_parted(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _lines(grid: list[list[Any]], table: Table, heads: int) -> None:
    """Draw the three lines, and a thin one at each rule of the table."""
    for cell in grid[0]:
        _border(cell, "top", 12)
    for cell in grid[heads - 1]:
        _border(cell, "bottom", 6)
    for cell in grid[-1]:
        _border(cell, "bottom", 12)
    position = heads
    for row in table.rows:
        if row.kind != "rule":
            position += 1
        elif position < len(grid):
            for cell in grid[position]:
                _border(cell, "top", 4)


def _border(cell: Any, edge: str, eighths: int) -> None:
    """Draw one edge of a cell, its width in eighths of a point."""
    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    line = OxmlElement(f"w:{edge}")
    for name, value in (
        ("val", "single"),
        ("sz", str(eighths)),
        ("space", "0"),
        ("color", "000000"),
    ):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)


def _same_bytes(document: Any) -> bytes:
    """Return the document's zip with its parts sorted and dated alike."""
    made, sorted_ = io.BytesIO(), io.BytesIO()
    document.save(made)
    with (
        zipfile.ZipFile(made) as source,
        zipfile.ZipFile(sorted_, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = (
                zipfile.ZIP_DEFLATED,
                0o600 << 16,
                3,
            )
            target.writestr(entry, source.read(name))
    return sorted_.getvalue()
