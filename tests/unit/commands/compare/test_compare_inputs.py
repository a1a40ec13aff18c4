"""Tables against each other: rows, cells, columns, keys; settings key by key; CSV that no
spreadsheet runs.
"""

from __future__ import annotations

import io

import pandas as pd
import pytest
from coalition.commands.compare.compared_inputs import by_column, compare
from coalition.commands.compare.compared_settings import differences, redefined
from coalition.commands.compare.sheets import sheet

KEY = [("iso3", "year")]


def table(
    *rows: tuple[object, ...], columns: tuple[str, ...] = ("iso3", "year", "power")
) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns), dtype=object)


def test_rows_and_cells_are_found_by_key() -> None:
    a = table(("DNK", "2000", "1.0"), ("POL", "2000", "2"), ("NOR", "2000", None))
    b = table(("NOR", "2000", "3"), ("DNK", "2000.0", "1"), ("POL", "2001", "2"))
    found = compare("t", "canonical", KEY, a, b)
    assert found.rows[["row", "change", "column", "a", "b"]].values.tolist() == [
        ["POL | 2000", "row only in A", None, None, None],
        ["POL | 2001", "row only in B", None, None, None],
        ["NOR | 2000", "cell", "power", None, "3"],
    ]
    assert dict(by_column(found)) == {"power": 1}


def test_order_of_rows_and_spelling_of_numbers_are_no_difference() -> None:
    a = table(("DNK", "2000", "1"), ("POL", "2000", "1e3"))
    assert not compare(
        "t", "canonical", KEY, a, table(("POL", "2000", "1000.0"), ("DNK", "2000", "1.00"))
    ).differs


@pytest.mark.parametrize(
    ("old", "new"), [("NA", None), ("1", "2"), ("a", "A"), ("1", "1 "), ("nan", "NaN")]
)
def test_cells_that_differ(old: str | None, new: str | None) -> None:
    found = compare("t", "canonical", KEY, table(("DNK", "2000", old)), table(("DNK", "2000", new)))
    assert found.counted("cell") == (0 if (old, new) == ("1", "1 ") else 1)


def test_a_key_that_names_no_row_falls_back_to_whole_rows() -> None:
    a = table(("DNK", "2000", "1"), ("DNK", "2000", "1"), ("DNK", "2000", "2"))
    found = compare("t", "canonical", KEY, a, table(("DNK", "2000", "1"), ("DNK", "2000", "3")))
    assert found.key == ()
    assert found.note
    assert found.rows[["row", "change"]].values.tolist() == [
        ["DNK | 2000 | 1", "row only in A"],
        ["DNK | 2000 | 2", "row only in A"],
        ["DNK | 2000 | 3", "row only in B"],
    ]


def test_columns_and_tables_of_one_run_only() -> None:
    a, b = (
        table(("DNK", "2000", "1")),
        table(("DNK", "2000", "1"), columns=("iso3", "year", "wealth")),
    )
    found = compare("t", "canonical", KEY, a, b)
    assert (found.columns_a, found.columns_b, len(found.rows)) == (("power",), ("wealth",), 0)
    assert found.differs
    assert compare("t", "canonical", KEY, a, None).differs


def test_a_unit_names_the_row_where_it_can() -> None:
    a, b = (
        table(("DNK", "2000", "1"), ("POL", "2000", "2")),
        table(("DNK", "2001", "1"), ("POL", "2001", "2")),
    )
    found = compare("t", "sample", [("iso3",), *KEY], a, b)
    assert found.key == ("iso3",)
    assert found.rows["column"].to_list() == ["year", "year"]
    panel = table(("DNK", "2000", "1"), ("DNK", "2001", "2"))
    assert compare("t", "sample", [("iso3",), *KEY], panel, b).key == KEY[0]


@pytest.mark.parametrize(("first", "second"), [(0, 2), (2, 0), (0, 0)])
def test_empty_tables(first: int, second: int) -> None:
    rows = [("DNK", "2000", "1"), ("POL", "2000", "1")]
    found = compare("t", "canonical", KEY, table(*rows[:first]), table(*rows[:second]))
    assert len(found.rows) == abs(first - second)


def test_settings_by_key_in_order_of_weight() -> None:
    a = {
        "run": "a",
        "tables": {"t": {"title": "x"}},
        "models": {"m": {"terms": ["a", "b"]}, "only": {"family": "logit"}},
        "seed": 1,
    }
    b = {
        "run": "b",
        "tables": {"t": {"title": "y"}},
        "models": {"m": {"terms": ["b", "a"]}},
        "seed": 1,
        "verdict": {"alpha": 0.1},
    }
    found = differences(a, b)
    assert found["key"].to_list() == ["verdict", "models.m.terms", "models.only", "tables.t.title"]
    assert found["change"].to_list() == ["only in B", "changed", "only in A", "changed"]
    assert found.loc[1, ["a", "b"]].to_list() == ['["a", "b"]', '["b", "a"]']
    assert differences(a, a).empty


def test_a_measure_is_redefined_by_its_components_and_not_by_its_label() -> None:
    a = {
        "variables": {"x": {"from": "x"}, "y": {"from": "y"}},
        "measures": {
            "m": {"components": [{"variable": "x"}]},
            "top": {"components": [{"variable": "m"}]},
        },
    }
    b = {**a, "variables": {"x": {"from": "z"}, "y": {"from": "y", "label": "Y"}}}
    assert redefined(a, b) == {"x", "m", "top"}


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\n=1",
        "\N{FULLWIDTH EQUALS SIGN}1",
        "-",
        "+1_000",
    ],
)
def test_texts_that_a_spreadsheet_would_run_get_an_apostrophe(text: str) -> None:
    written = sheet(pd.DataFrame({"value": [text]}))
    assert pd.read_csv(
        io.BytesIO(written), dtype=str, lineterminator="\n" if "\n" not in text else None
    )["value"][0].startswith("'")


@pytest.mark.parametrize(
    "value", ["-0.5", "+3", "1e-9", "-.5", "-1.", "plain", "a=b", -0.5, 3, True]
)
def test_numbers_and_plain_texts_stay(value: object) -> None:
    assert sheet(pd.DataFrame({"value": [value]})).decode() == f"value\n{value}\n"
