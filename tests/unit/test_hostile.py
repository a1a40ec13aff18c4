r"""Texts of strangers come out inert in every format: HTML, JavaScript, LaTeX, Jinja, formulas,
terminals, lines turned around.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from coalition.base.errors import Problems
from coalition.base.files import FORMULA, csv_text, inert, read_table, write_table, written
from coalition.config import checks
from coalition.config import settings as configuration
from coalition.config.yaml_safe import YAMLProblem, load
from coalition.data.file_formats import header, located, read_raw
from coalition.formula.filters import FilterError, parse
from coalition.formula.terms import TermError, parse_term
from coalition.outputs.tables import WRITERS
from coalition.outputs.tables.table import Cell, Column, Row, Table
from coalition.workflow.summary import ending
from hypothesis import given
from hypothesis import strategies as st

HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"' onmouseover='alert(1)",
    "</td></table><iframe src=//evil>", "]]><!--",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}", r"\input{/etc/passwd}", r"\immediate\write18{id}",
    r"$\catcode`\@=11$", "a%b}{c&d^^5cinput",
    "=HYPERLINK(\"http://evil\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1+1", "\uff1d1+1",
    "[click](javascript:alert(1))",
    "`code` *bold* | cell | ~~x~~", "%(name)s {0} $HOME `id`", "x" * 5000,
)  # fmt: skip


def table(text: str) -> Table:
    """Return a table that holds a text wherever a text can stand."""
    rows = (
        Row(text, kind="group"),
        Row(text, (Cell(1.5, "fixed3", "*"), Cell(text))),
        Row(text, (Cell(None), Cell("b")), indent=1),
    )
    columns = (Column(text, number="(1)", group=text), Column("second", group=text, align="text"))
    tidy = pd.DataFrame(
        {"term": [text, "b"], "estimate": [-1.5, 2.0], "note": [None, text]}, dtype=object
    )
    return Table("hostile", "regression", text, columns, rows, (text,), tidy, ("term",), stub=text)


@pytest.mark.parametrize("text", HOSTILE)
def test_html_holds_no_element_or_attribute_of_a_stranger(text: str) -> None:
    html = WRITERS["html"](table(text)).decode("ascii")
    assert set(re.findall(r"<\s*/?\s*(\w+)", html)) <= {
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "span",
    }
    attributes = {
        name for tag in re.findall(r"<[^>]*>", html) for name in re.findall(r"\s([\w-]+)=", tag)
    }
    assert attributes <= {"class", "id", "scope", "colspan", "rowspan"}


COMMANDS = {
    "begin", "end", "centering", "caption", "label", "vspace", "makebox", "linewidth",
    "footnotesize", "scriptsize", "setlength", "tabcolsep",
    "toprule", "midrule", "bottomrule", "cmidrule", "multicolumn", "textbackslash",
    "textasciitilde", "textasciicircum", "textbar", "textless",
    "textgreater", "hspace", "quad", "addlinespace", "shortstack", "parbox", "raggedright",
    "usepackage", "emph", "textit", "par", "times",
    "hfill", "phantom", "rlap", "llap", "ldots", "leq", "geq", "alpha", "beta", "tabular",
    "addtocounter", "arraybackslash", "strut", "relax",
    "hangindent", "noindent", "itshape", "leavevmode", "fill", "extracolsep", "tabularnewline",
    "minipage", "textquotesingle", "smallskip", "medskip", "textwidth", "hbox", "hss",
}  # fmt: skip
"""Commands that the writer of LaTeX itself uses; none reads or writes a file, or runs anything."""


@pytest.mark.parametrize("text", HOSTILE)
def test_latex_runs_no_command_of_a_stranger(text: str) -> None:
    latex = WRITERS["tex"](table(text)).decode()
    assert set(re.findall(r"\\([A-Za-z]+)", latex.replace("\\\\", ""))) <= COMMANDS
    assert "^^" not in latex
    assert all(
        line.startswith("%") or not re.search(r"(?<!\\)%(?!$)", line) for line in latex.splitlines()
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_holds_no_link_element_or_code(text: str) -> None:
    bare = (
        re.sub(r"\\.", "", WRITERS["md"](table(text)).decode())
        .replace("<br>", "")
        .replace("&emsp;", "")
    )
    assert not re.search(r"[<>`\[\]]", bare)


@pytest.mark.parametrize("text", HOSTILE)
def test_word_holds_texts_and_no_field_or_link(text: str) -> None:
    with zipfile.ZipFile(io.BytesIO(WRITERS["docx"](table(text)))) as parts:
        document = parts.read("word/document.xml").decode()
        links = parts.read("word/_rels/document.xml.rels").decode()
    assert not re.search(r"<w:(fldSimple|instrText|hyperlink|object)", document)
    assert "TargetMode" not in links


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_csv_file_is_a_formula_and_all_read_back(text: str) -> None:
    made = table(text)
    rows = list(csv.reader(io.StringIO(WRITERS["csv"](made).decode(), newline="")))
    for cell in (cell for row in rows for cell in row):
        assert not FORMULA.match(cell) or cell.startswith("'") or float(cell)
    assert [written(row[0]) for row in rows[1:]] == list(made.tidy["term"])


# -- spreadsheets
# ------------------------------------------------------------------------------------------------

TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("=+-@\t'\n"),
    min_size=1,
    max_size=8,
)


@given(TEXTS)
def test_a_text_is_inert_and_comes_back(text: str) -> None:
    made = inert(text)
    assert written(made) == text
    assert (
        made.startswith("'")
        or not FORMULA.match(made)
        or re.fullmatch(r"[-+]?[\d.]+([eE][-+]?\d+)?", made)
    )


@given(st.lists(TEXTS, min_size=1, max_size=5, unique=True))
def test_tables_read_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("table") / "t.csv"
    table_ = pd.DataFrame({"key": texts, "value": [-1.5 - place for place in range(len(texts))]})
    write_table(path, table_, ["key"])
    found = read_table(path, ("key",))
    expected = table_.sort_values("key")
    assert found["key"].tolist() == expected["key"].tolist()
    assert found["value"].tolist() == expected["value"].tolist()


def test_numbers_stay_numbers_and_headers_are_inert_too() -> None:
    made = csv_text(pd.DataFrame({"=a": [-1.5], "b": ["-9"], "c": ["-9+1"], "d": [None]}))
    assert made == "'=a,b,c,d\n-1.5,-9,'-9+1,\n"


# -- configs
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object/apply:os.system [id]", "a: !!python/name:os.system",
        "!!python/module:os", "a: !own x", "a: !!binary aGk=",
        "a: !!timestamp x", "a: !!bool x", "a: !<tag:yaml.org,2002:python/tuple> [1]",
        "a: " + "[" * 100_000, "{a: " * 100_000, "- " * 60_000,
        "a: 0x" + "f" * 10_000, "a: 2003-02-30", "a: .inf", "a: 1\na: 2", "? [1]\n: 2",
        "a: &b {c: *b}", "\ufeffa: \0", "a: 'x", "%YAML 9.9\n--- a",
    ],
)  # fmt: skip
def test_yaml_is_data_or_refused(text: str) -> None:
    with pytest.raises(YAMLProblem):
        load(text)


@given(st.text(st.sampled_from("abc:&*!<>-?[]{}|'\"%@`#,\n\t 0129.\\~=\u202e\x85"), max_size=60))
def test_no_yaml_fails_in_another_way(text: str) -> None:
    try:
        found = load(text)
    except YAMLProblem:
        return
    assert "object at" not in repr(found)


@pytest.mark.parametrize(
    "character", ["\x1b", "\x00", "\x07", "\x9b", "\u202e", "\u2066", "\u2028", "\ufffe"]
)
def test_characters_that_command_a_terminal_or_turn_a_line_are_refused(
    character: str, tmp_path: Path
) -> None:
    config = configuration.main()
    config["tables"]["h1"]["title"] = f"H1{character}"
    with pytest.raises(Problems) as caught:
        checks.check(config)
    assert [problem.place for problem in caught.value.found] == ["tables.h1.title"]
    assert str(caught.value).isprintable() or all(
        line.isprintable() for line in str(caught.value).split("\n")
    )
    if character != "\x00":
        problems, path = Problems(), tmp_path / "t.csv"
        path.write_text(f"a,b\n1,x{character}y\n", encoding="utf-8")
        read_raw(path, problems)
        assert [(problem.row, problem.column) for problem in problems.found] == [(2, "b")]


@pytest.mark.long_after(3)
@pytest.mark.parametrize(
    "name", ["../../x", "/etc/x", "a/b", "a\n", "", ".", "-x" * 60, "CON:", "a\\b", "x" * 101]
)
def test_no_name_leads_out_of_the_results(name: str) -> None:
    base = configuration.main()
    for block in (
        "operations",
        "models",
        "tables",
        "figures",
        "samples",
        "hypotheses",
        "covariates",
        "variables",
    ):
        first = next(iter(base[block].values()))
        with pytest.raises(Problems):
            checks.check(base | {block: {**base[block], name: first}})
    with pytest.raises(Problems):
        checks.check(base | {"run": name})


@pytest.mark.parametrize(
    "path",
    [
        "package:os/../../../etc/passwd",
        "package:/etc/passwd",
        "package:..",
        "package:json/\0",
        "package:a.b/c",
    ],
)
def test_no_path_leads_out_of_a_package(path: str) -> None:
    problems = Problems()
    assert header(path, {}) == []
    assert read_raw(path, problems) is None
    assert problems.found
    assert located(path) == Path(path) or Path(json.__file__).parent in located(path).parents


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "open('x')",
        "a.__class__",
        "(lambda: 1)()",
        "a if b else c",
        "[x for x in a]",
        "f'{a}'",
    ],
)
def test_nothing_is_evaluated(text: str) -> None:
    with pytest.raises(TermError):
        parse_term(text)
    with pytest.raises(FilterError):
        parse(text)


def test_what_a_run_says_at_its_end_commands_no_terminal(tmp_path: Path) -> None:
    (tmp_path / "verdicts.csv").write_text(
        "hypothesis,title,verdict\nH1,\x1b[2J\u202e,supported\n", encoding="utf-8"
    )
    (tmp_path / "report.html").touch()
    said = ending(tmp_path)
    assert "supported" in said
    assert all(line.isprintable() for line in said.split("\n"))
