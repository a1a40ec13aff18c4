"""Reads written tables back, each format by means of its own, into rows of texts: label first, then
the cells.
"""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

from docx import Document

Rows = list[list[str]]


def rows_of_html(content: bytes) -> Rows:
    """Return the body of an HTML table; a label that spans two rows stands in the first."""
    reader = _Body()
    reader.feed(content.decode("ascii"))
    return reader.rows


class _Body(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: Rows = []
        self.inside, self.cell, self.second_line = False, False, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or tag == "tbody"
        if self.inside and tag == "tr":
            self.rows.append([""] if "more" in (dict(attrs).get("class") or "") else [])
        self.cell = self.cell or (self.inside and tag in ("th", "td"))
        if self.inside and tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "tbody"
        self.cell = self.cell and tag not in ("th", "td")

    def handle_data(self, data: str) -> None:
        if self.cell:
            self.rows[-1][-1] += data


def rows_of_markdown(content: bytes) -> Rows:
    """Return the rows below the second line of a pipe table."""
    lines = [line for line in content.decode().splitlines() if line.startswith("| ")][2:]
    return [
        [_plain_markdown(cell) for cell in re.split(r"(?<!\\) \| ", line[2:-2])] for line in lines
    ]


def _plain_markdown(cell: str) -> str:
    text = cell.strip().replace("&emsp;", "")
    if text.startswith("*") and text.endswith("*") and not text.endswith("\\*"):
        text = text[1:-1]
    return re.sub(r"\\(.)", r"\1", text)


def rows_of_word(content: bytes) -> Rows:
    """Return the rows of a Word table below its headings."""
    document = Document(io.BytesIO(content))
    heads = len(document.element.xpath("//w:tbl[1]/w:tr[w:trPr/w:tblHeader]"))
    return [[cell.text for cell in row.cells] for row in document.tables[0].rows[heads:]]


LATEX = {
    r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^",
    r"\textbar{}": "|", r"\textless{}": "<",
    r"\textgreater{}": ">", "{''}": '"', r"\&": "&", r"\%": "%", r"\$": "$", r"\#": "#", r"\_": "_",
    "{[}": "[", "{]}": "]",
    "{*}": "*", "$-$": "\N{MINUS SIGN}", "---": "\N{EM DASH}", "--": "\N{EN DASH}",
    r"$\times$": "\N{MULTIPLICATION SIGN}",
    "$^2$": "\N{SUPERSCRIPT TWO}", r"\{": "{", r"\}": "}", "``": "\N{LEFT DOUBLE QUOTATION MARK}",
    "''": "\N{RIGHT DOUBLE QUOTATION MARK}",
}  # fmt: skip
LAYOUT = (
    r"\\smash\{\\parbox\[t\]\{[\d.]+pt\}\{(?P<smash>.*)\}\}",
    r"\\leavevmode\\rlap\{\\parbox\[t\]\{[\d.]+pt\}\{(?P<group>.*)\}\}",
)


def plain_latex(text: str) -> str:
    """Return what LaTeX prints for an escaped text."""
    pattern = "|".join(map(re.escape, sorted(LATEX, key=len, reverse=True)))
    return re.sub(pattern, lambda match: LATEX[match[0]], text)


def rows_of_latex(content: bytes) -> Rows:
    """Return the rows below the headings of every float."""
    rows: Rows = []
    for part in content.decode().split(r"\begin{tabular*}")[1:]:
        body = part[part.index("\\midrule\n") + 9 : part.index("\\bottomrule")]
        lines = [line for line in body.splitlines() if line not in (r"\midrule", r"\addlinespace")]
        rows += [
            [
                _plain_cell(cell)
                for cell in re.split(r"(?<!\\)&", line.removesuffix(r"\tabularnewline"))
            ]
            for line in lines
        ]
    return rows


def _plain_cell(cell: str) -> str:
    text = cell.strip()
    for pattern in LAYOUT:
        match = re.fullmatch(pattern, text)
        if match:
            text = next(group for group in match.groups() if group is not None)
    text = re.sub(r"\\makebox\[[\d.]+pt\]\[l\]\{(.*)\}$", r"\1", text)
    text = re.sub(
        r"\\raggedright|\\itshape|\\leavevmode|\\hspace\*\{1em\}|\\hangindent=\dem", "", text
    ).strip()
    return plain_latex(text)


READERS = {"html": rows_of_html, "md": rows_of_markdown, "docx": rows_of_word, "tex": rows_of_latex}
