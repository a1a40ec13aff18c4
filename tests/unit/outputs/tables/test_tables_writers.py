"""The formats: escaping, structure, the same bytes every time, LaTeX that compiles and stays on its
page.
"""

from __future__ import annotations

import csv
import io
import re
import runpy
import shutil
import subprocess
import time
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from coalition.base import files
from coalition.outputs.tables import WRITERS, build, write_all
from coalition.outputs.tables.table import Cell, Column, Row, Table
from coalition.outputs.tables.writers import (
    latex_layout,
    to_csv,
    to_html,
    to_latex,
    to_markdown,
    to_word,
)
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from table_fixture import LABELS, NASTY, OPERATIONS, SPECS, sources
from table_reading import plain_latex

SCRIPTS = Path(to_csv.__file__).parents[4]
TEXT = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), max_size=40)


def table(name: str) -> Table:
    return build(name, SPECS[name], sources())


# -- CSV
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SPECS))
def test_csv_reads_back_exactly(name: str) -> None:
    made = table(name)
    rows = list(csv.reader(io.StringIO(to_csv.write(made).decode())))
    assert rows[0] == list(made.tidy.columns)
    for read, stored in zip(rows[1:], made.tidy.to_numpy(), strict=True):
        for text, value in zip(read, stored, strict=True):
            if isinstance(value, str):
                assert text.removeprefix("'") == value
            elif value is None or value != value:
                assert text == ""
            else:
                assert type(value)(text) == value


@pytest.mark.parametrize("text", ["=1+1", "+ size", "-x", "@cmd", "\tx"])
def test_csv_text_that_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    made = Table(
        "t",
        "k",
        "T",
        (Column("A"),),
        (Row("r", (Cell(1, "count"),)),),
        (),
        pd.DataFrame({"a": [text], "b": [-1.5]}, dtype=object),
        ("a",),
    )
    assert next(csv.reader(io.StringIO(to_csv.write(made).decode().split("\n", 1)[1]))) == [
        f"'{text}",
        "-1.5",
    ]


# -- HTML
# ------------------------------------------------------------------------------------------------


class Elements(HTMLParser):
    """Checks that elements nest, and collects them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", sorted(SPECS))
def test_html_is_one_semantic_table_without_style_or_script(name: str) -> None:
    reader = Elements()
    reader.feed(to_html.write(table(name)).decode("ascii"))
    tags = [tag for tag, _ in reader.found]
    assert not reader.open
    assert tags[:2] == ["table", "caption"]
    assert {"thead", "tbody", "tfoot"} <= set(tags)
    assert set(tags) <= {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "span"}
    assert all("scope" in attributes for tag, attributes in reader.found if tag == "th")
    assert not any(
        name.startswith("on") or name == "style"
        for _, attributes in reader.found
        for name in attributes
    )


@pytest.mark.parametrize("name", sorted(SPECS))
def test_html_rows_fill_the_grid(name: str) -> None:
    """Counting spans, every row is as wide as the table."""
    width = len(table(name).columns) + 1
    held = 0
    for line in re.findall(r"<tr.*?</tr>", to_html.write(table(name)).decode("ascii")):
        cells = re.findall(r"<t[hd][^>]*>", line)
        spans = [
            int(match[1]) if (match := re.search(r'colspan="(\d+)"', cell)) else 1 for cell in cells
        ]
        rows = [
            int(match[1]) if (match := re.search(r'rowspan="(\d+)"', cell)) else 1 for cell in cells
        ]
        assert sum(spans) + (held > 0) == width
        held = max(held - 1, *(row - 1 for row in rows))


# -- escaping
# ------------------------------------------------------------------------------------------------


@given(TEXT)
def test_latex_escape_reads_back(text: str) -> None:
    if not re.search(r"--|``|''", text):
        assert plain_latex(to_latex.escape(text)) == text


@given(TEXT)
def test_markdown_escape_reads_back_and_never_ends_a_cell(text: str) -> None:
    escaped = to_markdown.escape(text)
    assert re.sub(r"\\(.)", r"\1", escaped) == " ".join(text.split())
    assert not re.search(r"(?<!\\)(?:\\\\)*\|", escaped)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("\u0394x", "{[}U+0394{]}x"),
        ("\u1e69", "s"),
        ("\u00e9\u0142", "\u00e9\u0142"),
        ("a\nb", "a b"),
    ],
)
def test_latex_names_characters_that_its_fonts_lack(text: str, printed: str) -> None:
    assert to_latex.escape(text) == printed


# -- Word
# ------------------------------------------------------------------------------------------------


def test_word_has_the_same_bytes_whenever_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    first = to_word.write(table("binary"))
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2_000_000_000))
    assert to_word.write(table("binary")) == first
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2013" not in parts.read("docProps/core.xml")


def test_word_repeats_its_headings_has_a_caption_and_its_notes() -> None:
    made = table("binary")
    document = Document(io.BytesIO(to_word.write(made)))
    marked = [bool(row.xpath("./w:trPr/w:tblHeader")) for row in document.element.xpath("//w:tr")]
    heads = [row for row, mark in zip(document.tables[0].rows, marked, strict=True) if mark]
    assert [cell.text for cell in heads[1].cells][1:] == [column.number for column in made.columns]
    assert [cell.text for cell in heads[2].cells][1:] == [column.title for column in made.columns]
    assert (document.paragraphs[0].text, document.paragraphs[0].style.name) == (
        made.title,
        "Caption",
    )
    assert [paragraph.text for paragraph in document.paragraphs[1:] if paragraph.text] == list(
        made.notes
    )
    assert (document.core_properties.author, document.core_properties.title) == ("", made.title)


@pytest.mark.parametrize("name", sorted(SPECS))
def test_word_tables_stay_between_the_margins(name: str) -> None:
    document = Document(io.BytesIO(to_word.write(table(name))))
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    assert sum(column.width for column in document.tables[0].columns) <= room * 1.001


# -- LaTeX
# ------------------------------------------------------------------------------------------------


def test_eight_models_stand_side_by_side_in_one_float() -> None:
    names = [
        "logit_alpha",
        "logit_both",
        "firth_both",
        "product",
        "logit_alpha",
        "logit_both",
        "firth_both",
        "product",
    ]
    given_ = sources()
    changed = tuple(
        {
            **content,
            "models": [
                {**entry, "rows": [row for row in entry["rows"] if row["term"] != "wealth"]}
                for entry in content["models"]
            ],
        }
        if "models" in content
        else content
        for content in given_.estimates
    )
    made = build(
        "t",
        {"kind": "regression", "title": "T", "models": names},
        type(given_)(LABELS, OPERATIONS, changed),
    )
    parts = latex_layout.cut(made)
    assert {len(part.columns) for part, _ in parts} == {8}
    assert all(
        found.whole * latex_layout.SIZES[found.size] <= latex_layout.WIDEST + 1
        for _, found in parts
    )


@pytest.mark.parametrize("name", sorted(SPECS))
def test_no_float_is_wider_than_the_page(name: str) -> None:
    for part, found in latex_layout.cut(table(name)):
        assert found.whole * latex_layout.SIZES[found.size] <= latex_layout.WIDEST + 1
        assert part.rows


def test_a_long_table_is_cut_between_rows_and_says_its_heading_again() -> None:
    parts = [part for part, _ in latex_layout.cut(table("robustness"))]
    assert len(parts) > 1
    rows = [row for part in parts for row in part.rows if "(continued)" not in row.label]
    assert rows == list(table("robustness").rows)
    assert all(part.rows[0].kind in ("group", "rule") for part in parts)
    assert [bool(part.notes) for part in parts] == [False] * (len(parts) - 1) + [True]


def test_a_coefficient_is_never_parted_from_its_standard_error() -> None:
    for name in ("wide", "corners", "binary"):
        assert all(part.rows[0].kind != "more" for part, _ in latex_layout.cut(table(name)))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles_with_booktabs_alone_and_nothing_runs_off_the_page(tmp_path: Path) -> None:
    for name in SPECS:
        files.write_bytes(tmp_path / f"{name}.tex", to_latex.write(table(name)))
    inputs = "\n".join(f"\\input{{{name}.tex}}\\clearpage" for name in SPECS)
    files.write_text(
        tmp_path / "all.tex",
        f"\\documentclass{{article}}\\usepackage{{booktabs}}\\begin{{document}}\n{inputs}\n\\end{{document}}\n",
    )
    made = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert made.returncode == 0, made.stdout[-2000:]
    assert "Float too large" not in made.stdout
    excess = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", made.stdout)]
    # within the margins: a float of the greatest width leaves 77pt on each side
    assert max(excess, default=0.0) < 10


# -- all together
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_writing_twice_gives_the_same_bytes(ending: str, tmp_path: Path) -> None:
    for number in (1, 2):
        write_all(table("verdicts"), {ending: tmp_path / f"{number}.{ending}"})
    assert (tmp_path / f"1.{ending}").read_bytes() == (tmp_path / f"2.{ending}").read_bytes()


@pytest.mark.parametrize("ending", ["html", "md", "tex", "docx"])
def test_titles_and_labels_of_any_text_survive(ending: str) -> None:
    content = WRITERS[ending](table("binary"))
    if ending == "docx":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = parts.read("word/document.xml")
    escaped = {
        "html": "&lt;b&gt; &quot;q&quot;",
        "md": r'\<b\> "q" \[z\] \*s\*',
        "tex": r"\textless{}b\textgreater{}",
        "docx": "&lt;b&gt;",
    }
    assert escaped[ending] in content.decode()
    assert NASTY not in content.decode()


def test_the_script_reads_writes_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    files.write_json(tmp_path / "estimates.json", sources().estimates[0])
    outputs = {ending: str(tmp_path / f"t.{ending}") for ending in WRITERS}
    found = {"estimates": [str(tmp_path / "estimates.json")]}
    params = SimpleNamespace(
        specs={"t": SPECS["binary"]}, read={"t": found}, labels=LABELS, operations=OPERATIONS
    )
    log = [str(tmp_path / "log")]
    made = {"t": list(outputs.values())}
    snakemake = SimpleNamespace(input=[], params=params, output=made, log=log, rule="tables")
    runpy.run_path(str(SCRIPTS / "tables.py"), init_globals={"snakemake": snakemake})
    assert (tmp_path / "t.md").read_bytes() == to_markdown.write(
        build("t", SPECS["binary"], sources())
    )
    assert (tmp_path / "log").read_text() == ""
