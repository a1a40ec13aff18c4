"""Declared rules of reading, and what states are called."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from coalition.base.errors import Problems
from coalition.base.files import read_table
from coalition.data.country_names import Names, names_of
from coalition.data.recoding import offered_columns, read
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def names() -> Names:
    return names_of(read_table(ROOT / "data" / "states.csv"))


def table(
    tmp_path: Path, text: str, rules: dict, columns: dict | None = None, names: Names | None = None
) -> tuple[pd.DataFrame, str]:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    problems = Problems()
    found = read(str(path), rules, columns or {}, names, problems)
    assert (
        found is None
        or problems.found
        or sorted(found.columns) == sorted(offered_columns(str(path), rules, columns or {}))
    )
    return found, str(problems) if problems.found else ""


def test_missing_codes_in_whatever_way_they_are_written(tmp_path: Path) -> None:
    found, _ = table(tmp_path, "a,b\n-9,x\n-9.0,.\n9,NA\n-99,-9x\n", {"missing": [-9, -99, "x"]})
    assert found["a"].tolist() == ["", "", "9", ""]
    assert found["b"].tolist() == ["", "", "", "-9x"]


def test_recoding_dates_and_decimal_commas(tmp_path: Path) -> None:
    rules = {
        "recode": {"level": {"tight": 3, "?": None}},
        "dates": {"date": "%d/%m/%Y"},
        "decimal": ",",
        "separator": ";",
    }
    found, problems = table(tmp_path, "level;date;share\ntight;31/12/2003;0,5\n?;;1\n", rules)
    assert problems == ""
    assert found.to_numpy().tolist() == [["3", "2003-12-31", "0.5"], ["", "", "1"]]
    assert "31.12.2003" in table(tmp_path, "level;date\nx;31.12.2003\n", rules)[1]


def test_wide_tables(tmp_path: Path) -> None:
    rules = {"wide": {"prefix": "troops_", "into": "year", "value": "troops"}}
    found, _ = table(tmp_path, "iso3,troops_2003,troops_2004\nDNK,500,\nPOL,,2400\n", rules)
    assert found.reset_index().to_numpy().tolist() == [
        [2, "DNK", "2003", "500"],
        [3, "POL", "2004", "2400"],
    ]
    assert (
        "troop_"
        in table(
            tmp_path, "iso3,troops_2003\nDNK,500\n", {"wide": rules["wide"] | {"prefix": "troop_x"}}
        )[1]
    )


@pytest.mark.parametrize(
    ("system", "cells", "codes"),
    [
        ("iso3", ["DNK", "pol"], ["DNK", "POL"]),
        ("iso2", ["DK", "gb"], ["DNK", "GBR"]),
        ("cow", ["390", "2.0", "020"], ["DNK", "USA", "CAN"]),
        ("gw", ["390", "260"], ["DNK", "DEU"]),
        ("name", ["Denmark", "Côte d’Ivoire", "The Gambia", "Deutschland", "Pays-Bas", "Türkiye",
        "Turkey", "SOUTH KOREA"],
         ["DNK", "CIV", "GMB", "DEU", "NLD", "TUR", "TUR", "KOR"]),
    ],
)  # fmt: skip
def test_states_in_every_system(
    tmp_path: Path, names: Names, system: str, cells: list[str], codes: list[str]
) -> None:
    text = "who\n" + "\n".join(f'"{cell}"' for cell in cells) + "\n"
    found, problems = table(tmp_path, text, {"state": {"column": "who", "as": system}}, names=names)
    assert problems == ""
    assert found["iso3"].tolist() == codes


def test_historic_and_shared_names_are_errors_with_candidates(tmp_path: Path, names: Names) -> None:
    _, problems = table(
        tmp_path,
        "who\nYugoslavia\nKorea\nDenmrk\n",
        {"state": {"column": "who", "as": "name"}},
        names=names,
    )
    assert "SRB, BIH, HRV, MKD, MNE, SVN" in problems
    assert "KOR, PRK" in problems
    assert "denmark (DNK)" in problems


def test_overrides_come_first_and_null_leaves_rows_out(tmp_path: Path, names: Names) -> None:
    rules = {
        "state": {"column": "who", "as": "name", "overrides": {"Yugoslavia": "SRB", "NATO": None}}
    }
    found, problems = table(
        tmp_path, "who,x\nYugoslavia,1\nNATO,2\nDenmark,3\n", rules, names=names
    )
    assert problems == ""
    assert found.to_numpy().tolist() == [["1", "SRB"], ["3", "DNK"]]


def test_columns_that_are_not_there(tmp_path: Path, names: Names) -> None:
    rules = {
        "recode": {"levle": {}},
        "dates": {"dat": "%Y"},
        "state": {"column": "country", "as": "name"},
    }
    _, problems = table(tmp_path, "level,date,contry\n1,2,3\n", rules, {"troops": "troop"}, names)
    for word in ("'levle'", "'dat'", "'country'", "'troop'"):
        assert word in problems


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=5))
def test_whatever_a_file_holds_it_is_a_table_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_text(
        "\n".join(",".join(row) for row in rows), encoding="utf-8", errors="surrogatepass"
    )
    problems = Problems()
    assert read(str(path), {"missing": [-9]}, {}, None, problems) is not None or problems.found
