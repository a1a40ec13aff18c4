"""Every printed cell of every kind of table equals the stored number, in every format that is
written.
"""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from coalition.outputs.tables import WRITERS, build
from coalition.outputs.tables.table import BLANK, Table
from table_fixture import LABELS, SPECS, models, sources
from table_reading import READERS, rows_of_html

TABLES = {name: build(name, spec, sources()) for name, spec in SPECS.items()}

CUT_BY_COLUMNS = ("all_margins", "wide")


def grid(table: Table) -> list[list[str]]:
    return [
        [row.label, *(cell.text for cell in row.cells)] for row in table.rows if row.kind != "rule"
    ]


def stored_numbers(value: Any) -> set[float]:
    """Return every number of a nested content."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return set()
    if isinstance(value, int | float):
        return {float(value)}
    return set().union(*map(stored_numbers, value.values() if isinstance(value, dict) else value))


def read_number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-").replace(",", ""))


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        (name, ending)
        for name in SPECS
        for ending in READERS
        if ending != "tex" or name not in CUT_BY_COLUMNS
    ],
)
def test_written_file_prints_the_cells_of_the_table(name: str, ending: str) -> None:
    table = TABLES[name]
    found = READERS[ending](WRITERS[ending](table))
    expected = grid(table)
    if ending == "tex":
        found = [row for row in found if "(continued)" not in row[0]]
    assert len(found) == len(expected)
    for read, printed in zip(found, expected, strict=True):
        width = max(1, len(printed))
        assert [" ".join(text.split()) for text in read[:width]] == [
            " ".join(text.split()) for text in printed
        ]


@pytest.mark.parametrize("name", CUT_BY_COLUMNS)
def test_a_table_cut_by_columns_prints_every_cell_once_beside_its_label(name: str) -> None:
    table = TABLES[name]
    found = READERS["tex"](WRITERS["tex"](table))
    printed = sorted(
        (row.label, cell.text) for row in table.rows for cell in row.cells if cell.text
    )
    assert sorted((row[0], text) for row in found for text in row[1:] if text) == printed


@pytest.mark.parametrize("name", sorted(SPECS))
def test_printed_numbers_are_stored_numbers_rounded(name: str) -> None:
    """The value of each cell stands in the files; what is printed is within half a unit of its last
    digit.
    """
    given = sources()
    stored = stored_numbers([given.estimates, given.diagnostics, given.verdicts])
    stored |= {
        float(len(step["left_out"]))
        for content in given.diagnostics
        for step in content.get("flow", [])
    }
    ratios = {math.exp(value) for value in stored if value < 700}
    seen = 0
    for cell in (cell for row in TABLES[name].rows for cell in row.cells):
        values = cell.value if isinstance(cell.value, tuple) else (cell.value,)
        texts = (
            re.split(r", (?=[\d\N{MINUS SIGN}\N{EM DASH}])", cell.body.strip("()[]"))
            if isinstance(cell.value, tuple)
            else [cell.body.strip("()")]
        )
        for value, text in zip(values, texts, strict=False):
            if isinstance(value, str) or value is None:
                continue
            seen += 1
            assert value in stored or (name == "verdicts" and value in ratios)
            if text in ("<0.001", ">0.999"):
                assert value < 0.001 if text == "<0.001" else 0.999 < value < 1
                continue
            scale = 100 if text.endswith("%") else 1
            decimals = len(text.rstrip("%").partition(".")[2])
            assert abs(read_number(text.rstrip("%")) - scale * value) <= 0.5 * 10**-decimals * (
                1 + 1e-9
            )
    assert seen


def expected_text(value: float) -> str:
    return f"{value:,.3f}".replace("-", "\N{MINUS SIGN}")


@pytest.mark.parametrize("name", ["binary", "ordered", "multinomial", "panel"])
def test_coefficients_stand_in_their_model_and_row(name: str) -> None:
    """Looked up in the estimates by label and model, without the library's own forms."""
    fitted = {entry["model"]: entry for entry in models()}
    chosen = [fitted[model] for model in SPECS[name]["models"]]
    rows = rows_of_html(WRITERS["html"](TABLES[name]))
    block, checked = None, 0
    for first, second in zip(rows, [*rows[1:], []], strict=True):
        if len(first) == 1:
            block = first[0]
            continue
        for position, entry in enumerate(chosen, start=1):
            for row in entry["rows"]:
                heading = {
                    "reserved": "Join with reservations",
                    "unreserved": "Join without reservations",
                }.get(row["level"] or "", "")
                of_block = (block or "").startswith(heading) and bool(block) == bool(heading)
                label = LABELS["const"] if row["term"] == "const" else LABELS.get(row["term"])
                if (
                    row["kind"] != "coefficient"
                    or first[0] != label
                    or not of_block
                    or row["term"] in ("size", "power")
                ):
                    continue
                marks = "*" * sum(row["p_value"] < bound for bound in (0.05, 0.01, 0.001))
                assert first[position] == expected_text(row["estimate"]) + marks
                assert second[position] == f"({expected_text(row['std_error'])})"
                checked += 1
    wanted = sum(
        row["kind"] == "coefficient"
        and row["term"] in LABELS
        and row["term"] not in ("size", "power")
        for entry in chosen
        for row in entry["rows"]
    )
    assert checked == wanted > 0


@pytest.mark.parametrize("name", sorted(SPECS))
def test_nothing_prints_nan_none_or_a_name_with_underscores(name: str) -> None:
    table = TABLES[name]
    texts = (
        [cell.text for row in table.rows for cell in row.cells]
        + [row.label for row in table.rows]
        + list(table.notes)
    )
    for text in texts:
        assert "nan" not in re.findall(r"\w+", text.lower())
        assert text != "None" or table.name == "margins"  # the level "none" of an outcome
        assert not re.search(r"\b[a-z]+_[a-z]+\b", text.replace("trade_share", ""))


@pytest.mark.parametrize("name", sorted(SPECS))
def test_tidy_holds_what_is_printed_and_has_a_key(name: str) -> None:
    table = TABLES[name]
    tidy = {
        float(value)
        for value in table.tidy.to_numpy().ravel()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    printed = [cell.value for row in table.rows for cell in row.cells if cell != BLANK]
    numbers = {
        float(value)
        for values in printed
        for value in (values if isinstance(values, tuple) else (values,))
        if isinstance(value, int | float)
    }
    assert numbers <= tidy
    assert not table.tidy.duplicated(list(table.key)).any()
