r"""A table as LaTeX: floats that need booktabs and nothing else.

A float can be wider than the text, over which it is centred; what is too wide or too long for a
page is cut (page.py).
"""

from __future__ import annotations

import unicodedata

from ..table import Cell, Column, Row, Table
from . import plain_latex
from .latex_layout import BRACKETED, Layout, cut, group_lines, hang, header, label_width

SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "[": "{[}", "]": "{]}", "*": "{*}",
    "|": r"\textbar{}", "<": r"\textless{}",
    ">": r"\textgreater{}", '"': "{''}", "\N{MINUS SIGN}": "$-$", "\N{INFINITY}": r"$\infty$",
    "\N{EM DASH}": "---", "\N{EN DASH}": "--",
    "\N{MULTIPLICATION SIGN}": r"$\times$", "\N{SUPERSCRIPT TWO}": "$^2$",
    "\N{LESS-THAN OR EQUAL TO}": r"$\leq$",
    "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$", "\N{GREEK SMALL LETTER ALPHA}": r"$\alpha$",
    "\N{GREEK SMALL LETTER BETA}": r"$\beta$",
    "\N{LEFT DOUBLE QUOTATION MARK}": "``", "\N{RIGHT DOUBLE QUOTATION MARK}": "''",
    "\N{LEFT SINGLE QUOTATION MARK}": "`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{HORIZONTAL ELLIPSIS}": r"\ldots{}",
    "\N{NO-BREAK SPACE}": "~",
}  # fmt: skip


def escape(text: str) -> str:
    """Return text that LaTeX prints as it is; a character that its standard fonts lack loses its
    accent or is named.
    """
    return "".join(_character(character) for character in " ".join(text.split(" ")))


def _character(character: str) -> str:
    if character in SPECIAL:
        return SPECIAL[character]
    if character.isspace():
        return " "
    if character.isascii() or (character.isalpha() and ord(character) < 0x180):
        return character if character.isprintable() else ""
    return _spelt_in_ascii(character)


def _spelt_in_ascii(character: str) -> str:
    """Return what a character is made of that LaTeX has; its number where that is nothing."""
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if part.isascii())
    return "".join(SPECIAL.get(part, part) for part in plain) or f"{{[}}U+{ord(character):04X}{{]}}"


def write(table: Table) -> bytes:
    r"""Return one `table` environment, or several of one number, for a document with
    \usepackage{booktabs}.
    """
    if table.plain:
        return plain_latex.write(table, escape).encode()
    needs = "booktabs,pdflscape" if table.landscape else "booktabs"
    lines = [f"% Needs \\usepackage{{{needs}}}."]
    parts = cut(table)
    for number, (part, found) in enumerate(parts):
        lines += _float(part, found, first=number == 0, alone=len(parts) == 1)
    return ("\n".join(lines) + "\n").encode()


# -- what is printed
# ----------------------------------------------------------------------------------------------


def _float(table: Table, found: Layout, first: bool, alone: bool) -> list[str]:
    caption = escape(table.title) if first else f"{escape(table.title)} (continued)"
    lines = [
        *([r"\begin{landscape}"] if table.landscape else []),
        f"\\begin{{table}}[{'htbp' if alone else 'p'}]",
        r"\centering",
        *([] if first else [r"\addtocounter{table}{-1}"]),
    ]
    lines += [f"\\caption{{{caption}}}", *([f"\\label{{tab:{table.name}}}"] if first else [])]
    lines += [
        r"\vspace{4pt}",
        r"\makebox[\linewidth][c]{%",
        f"\\begin{{minipage}}{{{found.points(found.whole)}}}",
    ]
    lines += [f"\\{found.size}\\setlength{{\\tabcolsep}}{{{found.points(2.4)}}}"]
    lines += [_opening(table, found), r"\toprule", *_head(table, found), r"\midrule"]
    for position, row in enumerate(table.rows):
        lines += _row(row, table, found, position)
    lines += [r"\bottomrule", r"\end{tabular*}"]
    lines += (
        [
            r"\par\smallskip",
            r"\scriptsize\raggedright",
            *(f"{escape(note)}\\par" for note in table.notes),
        ]
        if table.notes
        else []
    )
    ends = [r"\end{landscape}"] if table.landscape else []
    return [*lines, r"\end{minipage}}", r"\end{table}", *ends]


def _opening(table: Table, found: Layout) -> str:
    letters = "".join(
        "r" if column.align == "number" else f"p{{{found.points(width)}}}"
        for column, width in zip(table.columns, found.columns, strict=True)
    )
    label, whole = found.points(found.label), found.points(found.whole)
    columns = f"@{{\\extracolsep{{\\fill}}}}p{{{label}}}{letters}@{{}}"
    return f"\\begin{{tabular*}}{{{whole}}}{{{columns}}}"


def _groups(table: Table, found: Layout) -> list[str]:
    """Return the row of spanning headings and the rules below them."""
    if not any(column.group for column in table.columns):
        return []
    spans, rules, position = [], [], 2
    for (title, number), lines in zip(table.groups, group_lines(table, found), strict=True):
        spans.append(
            f"\\multicolumn{{{number}}}{{c}}{{{_stacked(lines)}}}"
            if title
            else " & ".join([""] * number)
        )
        rules += [f"\\cmidrule(lr){{{position}-{position + number - 1}}}"] if title else []
        position += number
    return [f" & {' & '.join(spans)} \\tabularnewline", "".join(rules)]


def _head(table: Table, found: Layout) -> list[str]:
    """Return the rows of headings: groups with rules below them, numbers, titles in as many lines
    as they need.
    """
    lines = _groups(table, found)
    if any(column.number for column in table.columns):
        lines.append(
            " & "
            + " & ".join(_title(column, column.number) for column in table.columns)
            + r" \tabularnewline"
        )
    return [
        *lines,
        f"{escape(table.stub)} & "
        + " & ".join(_title(column, column.title) for column in table.columns)
        + r" \tabularnewline",
    ]


def _title(column: Column, text: str) -> str:
    if column.align == "text":
        return f"\\raggedright {escape(text)}"
    return f"\\multicolumn{{1}}{{c}}{{{_stacked(header(text))}}}"


def _stacked(lines: list[str]) -> str:
    return (
        escape(lines[0])
        if len(lines) == 1
        else r"\shortstack{" + r"\\".join(map(escape, lines)) + "}"
    )


def _row(row: Row, table: Table, found: Layout, position: int) -> list[str]:
    if row.kind == "rule":
        return [r"\midrule"] if position else []
    if row.kind == "group":
        # A box without width: one as wide as the table would widen the last column.
        text = (
            f"\\leavevmode\\rlap{{\\parbox[t]{{{found.points(found.whole)}}}"
            f"{{\\raggedright\\itshape {escape(row.label)}}}}}"
        )
        return [
            *([r"\addlinespace"] if position else []),
            f"{text}{' &' * len(table.columns)} \\tabularnewline",
        ]
    followed = position + 1 < len(table.rows) and table.rows[position + 1].kind == "more"
    boxes = [
        found.points(room) if (room := hang(table, i)) else "" for i in range(len(table.columns))
    ]
    cells = [
        _cell(cell, column, box)
        for cell, column, box in zip(row.cells, table.columns, boxes, strict=True)
    ]
    return [f"{_stub(row, found, followed)} & {' & '.join(cells)} \\tabularnewline"]


def _stub(row: Row, found: Layout, followed: bool) -> str:
    """Return the label; one of two lines reaches into the second line of its row."""
    if not row.label:
        return ""
    indent = r"\leavevmode\hspace*{1em}" if row.indent else ""
    text = f"\\raggedright\\hangindent={1 + row.indent}em {indent}{escape(row.label)}"
    return (
        f"\\smash{{\\parbox[t]{{{found.points(found.label)}}}{{{text}}}}}"
        if followed and label_width(row) < 1.9 * found.label
        else text
    )


def _cell(cell: Cell, column: Column, box: str) -> str:
    """Return a cell; stars and closing brackets stand in a box of the column's own width, so that
    digits stand below digits.
    """
    if not cell.text:
        return ""
    if column.align == "text":
        return f"\\raggedright {escape(cell.text)}"
    bracketed = cell.form.startswith(BRACKETED) and cell.body.endswith((")", "]"))
    body, tail = (cell.body[:-1], cell.body[-1]) if bracketed else (cell.body, cell.mark)
    return f"{escape(body)}\\makebox[{box}][l]{{{escape(tail)}}}" if box else escape(body)
