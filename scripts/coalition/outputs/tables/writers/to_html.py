"""A table as HTML: a fragment with semantic elements and classes, without style or script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ..table import Cell, Column, Row, Table


def write(table: Table) -> bytes:
    """Return a `<table>` in ASCII, which reads right whatever the page's encoding.

    Classes for a style sheet: `results` and the kind on the table; number or text on cells; mark on
    stars; group, statistic, more and indent on rows; notes in the foot.
    """
    width = len(table.columns) + 1
    lines = [
        f'<table class="results {escape(table.kind)}" id="table-{escape(table.name)}">',
        f"<caption>{escape(table.title)}</caption>",
    ]
    lines += ["<thead>", *_head(table), "</thead>"]
    for block in _blocks(table.rows):
        lines += [
            "<tbody>",
            *(_row(row, block, index, table.columns) for index, row in enumerate(block)),
            "</tbody>",
        ]
    if table.notes:
        notes = (
            f'<tr><td class="notes" colspan="{width}">{escape(note)}</td></tr>'
            for note in table.notes
        )
        lines += ["<tfoot>", *notes, "</tfoot>"]
    return ("\n".join([*lines, "</table>"]) + "\n").encode("ascii", "xmlcharrefreplace")


def _headings(columns: Iterable[Column], part: str) -> list[str]:
    """Return one row of headings: the numbers of the columns, or their titles."""
    return [
        f'<th scope="col" class="{column.align}">{escape(getattr(column, part))}</th>'
        for column in columns
    ]


def _head(table: Table) -> list[str]:
    """Return the rows of headings: groups, numbers, titles; the heading of the labels spans them
    all.
    """
    rows = []
    if any(column.group for column in table.columns):
        rows.append([_span(title, span) for title, span in table.groups])
    if any(column.number for column in table.columns):
        rows.append(_headings(table.columns, "number"))
    rows.append(_headings(table.columns, "title"))
    span = f' rowspan="{len(rows)}"' if len(rows) > 1 else ""
    stub = f'<th scope="col"{span}>{escape(table.stub)}</th>' if table.stub else f"<td{span}></td>"
    rows[0].insert(0, stub)
    return [f"<tr>{''.join(row)}</tr>" for row in rows]


def _span(title: str, span: int) -> str:
    return (
        f'<th scope="colgroup" class="group" colspan="{span}">{escape(title)}</th>'
        if title
        else f'<td colspan="{span}"></td>'
    )


def _blocks(rows: tuple[Row, ...]) -> list[list[Row]]:
    """Return the rows cut into bodies, a new one at each rule and each group heading."""
    blocks: list[list[Row]] = [[]]
    for row in rows:
        if row.kind in ("rule", "group") and blocks[-1]:
            blocks.append([])
        if row.kind != "rule":
            blocks[-1].append(row)
    return [block for block in blocks if block]


def _row(row: Row, block: list[Row], index: int, columns: tuple[Column, ...]) -> str:
    if row.kind == "group":
        return (
            '<tr class="group"><th scope="rowgroup" '
            f'colspan="{len(columns) + 1}">{escape(row.label)}</th></tr>'
        )
    followed = index + 1 < len(block) and block[index + 1].kind == "more"
    classes = " ".join([row.kind] * (row.kind != "body") + ["indent"] * (row.indent > 0))
    span = ' rowspan="2"' if followed else ""
    opening = f'<tr class="{classes}">' if classes else "<tr>"
    label = "" if row.kind == "more" else f'<th scope="row"{span}>{escape(row.label)}</th>'
    cells = "".join(_cell(cell, column) for cell, column in zip(row.cells, columns, strict=True))
    return f"{opening}{label}{cells}</tr>"


def _cell(cell: Cell, column: Column) -> str:
    mark = f'<span class="mark">{escape(cell.mark)}</span>' if cell.mark else ""
    return f'<td class="{column.align}">{escape(cell.body)}{mark}</td>'
