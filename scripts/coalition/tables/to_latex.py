r"""A table as LaTeX: floats that need booktabs and nothing else.

A float is at most `WIDEST` wide, centred over the text and wider than it if it must be; what is wider is cut by columns, what is
longer than a page by rows. Widths are estimated for Computer Modern at \footnotesize.
"""

from __future__ import annotations

import math
import textwrap
import unicodedata
from dataclasses import dataclass, replace

from ..table import Cell, Column, Row, Table

WIDEST, NARROWEST = 460.0, 300.0
"""Width of a float in points: a page with one-inch margins has 469, LaTeX's article class 345 of text on 614 of paper."""
CHARACTER, GAP, SMALLEST_TEXT, WIDEST_LABEL = 4.3, 6.0, 60.0, 150.0
LINES = 50.0
"""Lines of \\footnotesize that a page holds."""
SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "[": "{[}", "]": "{]}", "*": "{*}", "|": r"\textbar{}", "<": r"\textless{}",
    ">": r"\textgreater{}", '"': r"\textquotedbl{}", "\N{MINUS SIGN}": "$-$", "\N{EM DASH}": "---", "\N{EN DASH}": "--",
    "\N{MULTIPLICATION SIGN}": r"$\times$", "\N{SUPERSCRIPT TWO}": "$^2$", "\N{LESS-THAN OR EQUAL TO}": r"$\leq$",
    "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$", "\N{GREEK SMALL LETTER ALPHA}": r"$\alpha$", "\N{GREEK SMALL LETTER BETA}": r"$\beta$",
    "\N{LEFT DOUBLE QUOTATION MARK}": "``", "\N{RIGHT DOUBLE QUOTATION MARK}": "''", "\N{LEFT SINGLE QUOTATION MARK}": "`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{HORIZONTAL ELLIPSIS}": r"\ldots{}", "\N{NO-BREAK SPACE}": "~",
}  # fmt: skip


def escape(text: str) -> str:
    """Return text that LaTeX prints as it is; a character that its standard fonts lack loses its accent or is named."""
    return "".join(_character(character) for character in " ".join(text.split(" ")))


def _character(character: str) -> str:
    if character in SPECIAL:
        return SPECIAL[character]
    if character.isspace():
        return " "
    if character.isascii() or (character.isalpha() and ord(character) < 0x180):
        return character if character.isprintable() else ""
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if part.isascii())
    return "".join(SPECIAL.get(part, part) for part in plain) or f"{{[}}U+{ord(character):04X}{{]}}"


@dataclass(frozen=True)
class Layout:
    """Widths in points: of the labels, of each column, of the whole."""

    label: float
    columns: tuple[float, ...]
    whole: float


def write(table: Table) -> bytes:
    r"""Return one `table` environment, or several of one number, for a document with \usepackage{booktabs}."""
    lines = ["% Needs \\usepackage{booktabs}."]
    parts = [part for columns in _by_columns(table) for part in _by_rows(columns)]
    for number, part in enumerate(parts):
        lines += _float(part, first=number == 0, last=number == len(parts) - 1)
    return ("\n".join(lines) + "\n").encode()


# -- what fits ----------------------------------------------------------------------------------------------------


def _width(text: str) -> float:
    return CHARACTER * len(text)


def _header(text: str) -> list[str]:
    return textwrap.wrap(text, 12, break_long_words=False) or [""]


def _natural(table: Table, position: int) -> float:
    """Return the width that a column of numbers takes."""
    column = table.columns[position]
    texts = [row.cells[position].text for row in table.rows if row.cells]
    return max(map(_width, [*texts, *_header(column.title), column.number])) + GAP


def layout(table: Table) -> Layout:
    """Share the width between labels, columns of numbers and columns of text."""
    numbers = {i: _natural(table, i) for i, column in enumerate(table.columns) if column.align == "number"}
    texts = {i: column.width for i, column in enumerate(table.columns) if column.align == "text"}
    longest = max((_width(row.label) + 10 * row.indent for row in table.rows if row.kind != "group"), default=0.0)
    label = min(max(longest, _width(table.stub)), WIDEST_LABEL)
    room = WIDEST - label - sum(numbers.values())
    if texts:
        wide = {i: max(SMALLEST_TEXT, room * share / sum(texts.values()) - GAP) for i, share in texts.items()}
    else:
        wide = {}
    columns = tuple(numbers.get(i, wide.get(i, 0.0)) for i in range(len(table.columns)))
    whole = label + sum(columns) + GAP * len(texts)
    return Layout(label, columns, max(NARROWEST, whole))


def _by_columns(table: Table) -> list[Table]:
    """Cut a table that is too wide into tables of the same rows; groups of columns stay together where they can."""
    found = layout(table)
    if found.whole <= WIDEST or len(table.columns) < 2:
        return [table]
    parts = math.ceil((found.whole - found.label) / (WIDEST - found.label))
    size = math.ceil(len(table.columns) / parts)
    pieces = [range(start, min(start + size, len(table.columns))) for start in range(0, len(table.columns), size)]
    return [_with_columns(table, piece, last=piece is pieces[-1]) for piece in pieces]


def _with_columns(table: Table, piece: range, last: bool) -> Table:
    rows = tuple(replace(row, cells=row.cells[piece.start : piece.stop]) for row in table.rows)
    return replace(table, columns=table.columns[piece.start : piece.stop], rows=rows, notes=table.notes if last else ())


def _by_rows(table: Table) -> list[Table]:
    """Cut a table that is longer than a page; a row and its second line stay together, a group's heading is said again."""
    found = layout(table)
    head = 2 + max(len(_header(column.title)) for column in table.columns) + 2
    pieces: list[list[Row]] = [[]]
    used, heading = head, None
    for bundle in _bundles(table.rows):
        height = sum(_height(row, table, found) for row in bundle)
        if used + height > LINES and pieces[-1]:
            pieces.append([])
            used = head
            if heading is not None and bundle[0].kind not in ("group", "rule"):
                pieces[-1].append(replace(heading, label=f"{heading.label} (continued)"))
                used += _height(heading, table, found)
        heading = bundle[0] if bundle[0].kind == "group" else None if bundle[0].kind == "rule" else heading
        pieces[-1] += bundle
        used += height
    if used + sum(_note_height(note, found) for note in table.notes) > LINES + 8 and len(pieces[-1]) > 12:
        pass
    return [replace(table, rows=tuple(piece), notes=table.notes if piece is pieces[-1] else ()) for piece in pieces]


def _bundles(rows: tuple[Row, ...]) -> list[list[Row]]:
    """Return rows that must not be parted: a row with its second line, a heading or rule with the row after it."""
    bundles: list[list[Row]] = []
    for row in rows:
        if row.kind == "more" or (bundles and bundles[-1][-1].kind in ("group", "rule")):
            bundles[-1].append(row)
        else:
            bundles.append([row])
    return bundles


def _height(row: Row, table: Table, found: Layout) -> float:
    if row.kind == "rule":
        return 0.5
    if row.kind == "group":
        return 0.5 + math.ceil(_width(row.label) / found.whole)
    tall = [
        math.ceil(_width(cell.text) / width)
        for cell, column, width in zip(row.cells, table.columns, found.columns, strict=True)
        if column.align == "text"
    ]
    return max([1, math.ceil((_width(row.label) + 10 * row.indent) / found.label) if found.label else 1, *tall])


def _note_height(note: str, found: Layout) -> float:
    return 0.9 * math.ceil(_width(note) * 0.9 / found.whole)


# -- what is printed ----------------------------------------------------------------------------------------------


def _float(table: Table, first: bool, last: bool) -> list[str]:
    found = layout(table)
    caption = escape(table.title) if first else f"{escape(table.title)} (continued)"
    lines = [r"\begin{table}[p]" if not (first and last) else r"\begin{table}[htbp]", r"\footnotesize", r"\centering"]
    lines += ["\\setlength{\\tabcolsep}{3pt}", *([] if first else [r"\addtocounter{table}{-1}"]), f"\\caption{{{caption}}}"]
    lines += [f"\\label{{tab:{table.name}}}"] if first else []
    lines += [r"\makebox[\linewidth][c]{%", f"\\begin{{minipage}}{{{found.whole:.0f}pt}}", r"\footnotesize"]
    lines += [_opening(table, found), r"\toprule", *_head(table), r"\midrule"]
    for position, row in enumerate(table.rows):
        lines += _row(row, table, found, first=position == 0)
    lines += [r"\bottomrule", r"\end{tabular*}"]
    lines += [r"\par\smallskip", r"\scriptsize\raggedright", *(f"{escape(note)}\\par" for note in table.notes)] if table.notes else []
    return [*lines, r"\end{minipage}}", r"\end{table}"]


def _opening(table: Table, found: Layout) -> str:
    letters = "".join(
        "r" if column.align == "number" else f"p{{{width:.0f}pt}}" for column, width in zip(table.columns, found.columns, strict=True)
    )
    return f"\\begin{{tabular*}}{{{found.whole:.0f}pt}}{{@{{}}p{{{found.label:.0f}pt}}@{{\\extracolsep{{\\fill}}}}{letters}@{{}}}}"


def _head(table: Table) -> list[str]:
    """Return the rows of headings: groups with rules below them, numbers, titles in as many lines as they need."""
    lines = []
    if any(column.group for column in table.columns):
        spans, rules, position = [], [], 2
        for title, width in table.groups:
            spans.append(f"\\multicolumn{{{width}}}{{c}}{{{escape(title)}}}" if title else " & ".join([""] * width))
            rules += [f"\\cmidrule(lr){{{position}-{position + width - 1}}}"] if title else []
            position += width
        lines += [f" & {' & '.join(spans)} \\tabularnewline", "".join(rules)]
    if any(column.number for column in table.columns):
        lines.append(" & " + " & ".join(_title(column, column.number) for column in table.columns) + r" \tabularnewline")
    return [*lines, f"{escape(table.stub)} & " + " & ".join(_title(column, column.title) for column in table.columns) + r" \tabularnewline"]


def _title(column: Column, text: str) -> str:
    if column.align == "text":
        return f"\\raggedright {escape(text)}"
    lines = [escape(line) for line in _header(text)]
    inner = lines[0] if len(lines) == 1 else r"\shortstack{" + r"\\".join(lines) + "}"
    return f"\\multicolumn{{1}}{{c}}{{{inner}}}"


def _row(row: Row, table: Table, found: Layout, first: bool) -> list[str]:
    if row.kind == "rule":
        return [] if first else [r"\midrule"]
    if row.kind == "group":
        text = (
            f"\\multicolumn{{{len(table.columns) + 1}}}{{@{{}}p{{{found.whole:.0f}pt}}@{{}}}}{{\\raggedright\\itshape {escape(row.label)}}}"
        )
        return [*([] if first else [r"\addlinespace"]), f"{text} \\tabularnewline"]
    indent = r"\hspace*{1em}" * row.indent
    label = f"\\raggedright{indent} {escape(row.label)}" if row.label else ""
    cells = [_cell(cell, column) for cell, column in zip(row.cells, table.columns, strict=True)]
    return [f"{label} & {' & '.join(cells)} \\tabularnewline"]


def _cell(cell: Cell, column: Column) -> str:
    """Return a cell; stars and closing brackets of numbers hang over the edge, so that digits stand below digits."""
    if column.align == "text":
        return f"\\raggedright {escape(cell.text)}" if cell.text else ""
    if cell.mark:
        return f"{escape(cell.body)}\\rlap{{{escape(cell.mark)}}}"
    if cell.form == "error" and cell.body.endswith(")"):
        return f"{escape(cell.body[:-1])}\\rlap{{)}}"
    return escape(cell.body)
