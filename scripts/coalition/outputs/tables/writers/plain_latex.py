r"""LaTeX to be edited by hand: one line a row, siunitx columns, notes in a threeparttable."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..table import Cell, Row, Table

NUMBER = re.compile(r"^[\N{MINUS SIGN}]?[\d,]*\.?\d+$")


def write(table: Table, escape: Callable[[str], str]) -> str:
    r"""Return one `table` environment.

    Parameters
    ----------
    table : Table
    escape : callable
        What makes LaTeX of a text.
    """
    columns = "".join(
        f"S[table-format={_format(table, place)}]" if column.align == "number" else "l"
        for place, column in enumerate(table.columns)
    )
    lines = [
        "% Needs \\usepackage{booktabs,siunitx,threeparttable}"
        + (" and \\usepackage{pdflscape}" if table.landscape else "")
        + "; siunitx 3 or later.",
        *([r"\begin{landscape}"] if table.landscape else []),
        r"\begin{table}[htbp]",
        r"\centering",
        r"\sisetup{input-symbols=(), table-align-text-after=false}",
        r"\begin{threeparttable}",
        f"\\caption{{{escape(table.title)}}}",
        f"\\label{{tab:{table.name}}}",
        f"\\begin{{tabular}}{{l{columns}}}",
        r"\toprule",
        *_head(table, escape),
        r"\midrule",
        *[line for row in table.rows for line in _row(row, table, escape)],
        r"\bottomrule",
        r"\end{tabular}",
    ]
    if table.notes:
        notes = [f"\\item {escape(note)}" for note in table.notes]
        lines += [r"\begin{tablenotes}\footnotesize", *notes, r"\end{tablenotes}"]
    lines += [r"\end{threeparttable}", r"\end{table}"]
    return "\n".join([*lines, *([r"\end{landscape}"] if table.landscape else [])]) + "\n"


def _format(table: Table, place: int) -> str:
    """Return how many digits stand before and behind the point, and the stars behind these, as
    siunitx wants to know it.
    """
    whole, decimals, sign, stars = 1, 0, "", ""
    for row in table.rows:
        stars = max(stars, row.cells[place].mark if row.cells else "", key=len)
        text = row.cells[place].body.strip("()[]") if row.cells else ""
        if NUMBER.match(text):
            before, _, behind = text.replace(",", "").partition(".")
            sign = "-" if before.startswith("\N{MINUS SIGN}") else sign
            whole = max(whole, len(before.lstrip("\N{MINUS SIGN}")))
            decimals = max(decimals, len(behind))
    return f"{sign}{whole}.{decimals}{f'{{{stars}}}' if stars else ''}"


def _head(table: Table, escape: Callable[[str], str]) -> list[str]:
    rows = []
    if any(column.group for column in table.columns):
        spans = [
            f"\\multicolumn{{{number}}}{{c}}{{{escape(title)}}}" for title, number in table.groups
        ]
        rows.append(" & ".join(["", *spans]))
    if any(column.number for column in table.columns):
        rows.append(" & ".join(["", *(f"{{{column.number}}}" for column in table.columns)]))
    titles = [f"{{{escape(column.title)}}}" for column in table.columns]
    return [f"{row} \\\\" for row in [*rows, " & ".join([escape(table.stub), *titles])]]


def _row(row: Row, table: Table, escape: Callable[[str], str]) -> list[str]:
    if row.kind == "rule":
        return [r"\midrule"]
    if row.kind == "group":
        span = len(table.columns) + 1
        return [f"\\multicolumn{{{span}}}{{l}}{{\\itshape {escape(row.label)}}} \\\\"]
    indent = r"\quad " if row.indent else ""
    return [
        " & ".join([indent + escape(row.label), *(_cell(c, escape) for c in row.cells)]) + r" \\"
    ]


def _cell(cell: Cell, escape: Callable[[str], str]) -> str:
    if not cell.text:
        return ""
    if NUMBER.match(cell.body):
        digits = cell.body.replace(",", "").replace("\N{MINUS SIGN}", "-")
        return digits + (f"\\textsuperscript{{{escape(cell.mark)}}}" if cell.mark else "")
    return f"{{{escape(cell.text)}}}"
