"""Files are validated cell by cell, and every problem is found at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from coalition.base.errors import Problems
from coalition.data.file_formats import read_raw
from coalition.data.table_schema import Column, Known, Schema, validate
from hypothesis import given
from hypothesis import strategies as st

SCHEMA = Schema(
    table="t",
    title="T",
    row="one state",
    key=("iso3", "operation"),
    columns=(
        Column("iso3", "state", required=True),
        Column("operation", "text", required=True),
        Column("level", "integer", allowed=("0", "1", "2", "3")),
        Column("troops", "number", min=0),
        Column("entry", "partial_date"),
        Column("leave", "partial_date"),
        Column("day", "date"),
        Column("source_id", "sources"),
        Column("evidence", "text", required=True, allowed=("A", "B", "C")),
    ),
    order=(("entry", "leave"),),
)
KNOWN = Known(
    states={"DNK": "Denmark", "POL": "Poland", "TON": "Tonga"},
    sources={"S1", "S2"},
    states_file="data/states.csv",
)
GOOD = {"iso3": "DNK", "operation": "isaf", "level": "2", "troops": "10.5", "entry": "2002",
    "leave": "2010-07", "day": "2009-02-28",
        "source_id": "S1;S2", "evidence": "A"}  # fmt: skip


def check(*rows: dict[str, str]) -> tuple[pd.DataFrame, str]:
    problems = Problems()
    raw = pd.DataFrame([GOOD | row for row in rows], index=range(2, 2 + len(rows)), dtype="str")
    table = validate(raw, SCHEMA, "t.csv", KNOWN, problems)
    return table, str(problems) if problems.found else ""


def test_a_good_table_gets_its_types() -> None:
    table, said = check({}, {"iso3": "POL", "level": "", "troops": "", "leave": ""})
    assert said == ""
    assert table["level"].tolist() == [2, pd.NA]
    assert table["troops"].iloc[0] == 10.5
    assert table["leave"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            {"iso3": "DNL"},
            (
                "line 2, column iso3: not the code of a state (found: 'DNL'); allowed: the codes "
                "in data/states.csv; did you mean 'DNK'?"
            ),
        ),
        ({"iso3": ""}, "line 2, column iso3: empty, but every row needs a value"),
        (
            {"level": "4"},
            (
                "line 2, column level: not one of the values of this column (found: '4'); "
                "allowed: 0, 1, 2, 3"
            ),
        ),
        ({"level": "2.5"}, "not a whole number"),
        ({"level": "high"}, "not a whole number (found: 'high')"),
        ({"troops": "-1"}, "outside its range (found: '-1'); allowed: 0 or more"),
        ({"troops": "inf"}, "not a number"),
        ({"troops": "1,000"}, "not a number (found: '1,000')"),
        ({"troops": "NA"}, "an empty cell where it is not known"),
        ({"day": "2009-02-29"}, "not a date (found: '2009-02-29'); allowed: YYYY-MM-DD"),
        ({"day": "2009-02"}, "not a date"),
        ({"day": "28.02.2009"}, "not a date"),
        ({"entry": "2011", "leave": "2010-07"}, "entry is after leave (found: '2011 to 2010-07')"),
        ({"source_id": "S1;S3"}, "a source that is not in the bibliography (found: 'S3')"),
        ({"evidence": "D"}, "allowed: A, B, C"),
    ],
)
def test_a_bad_cell_is_named(row: dict[str, str], said: str) -> None:
    assert said in check(row)[1]


def test_every_problem_is_listed_at_once() -> None:
    # and line 4 repeats the key of line 2
    _, said = check({"level": "9", "troops": "x"}, {"iso3": "XXX"}, {"evidence": ""})
    assert said.startswith("5 problems")


def test_a_whole_number_may_be_written_as_a_decimal() -> None:
    table, said = check({"level": "3.0"})
    assert (said, table["level"].tolist()) == ("", [3])


def test_partial_dates_are_compared_as_far_as_both_go() -> None:
    assert check({"entry": "2010-07-15", "leave": "2010"})[1] == ""


def test_duplicate_keys_name_both_lines() -> None:
    assert "line 3: the same iso3 + operation as line 2 (found: 'DNK, isaf')" in check({}, {})[1]


def test_unknown_and_missing_columns() -> None:
    problems = Problems()
    raw = pd.DataFrame([GOOD]).rename(columns={"evidence": "evidnce"}).set_axis([2])
    validate(raw, SCHEMA, "t.csv", KNOWN, problems)
    assert "unknown column 'evidnce'" in str(problems)
    assert "the column 'evidence' is missing; did you mean 'evidnce'?" in str(problems)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "the file does not exist"),
        (b"", "the file is empty"),
        (b"a,b\n", "a header but no rows"),
        (b"a,a\n1,2\n", "names a column twice: a"),
        (b"a,b\n1,2,3\n", "line 2: the row has 3 cells, the header 2"),
        ("a\nÅland\n".encode("latin-1"), "not UTF-8"),
    ],
)
def test_files_that_can_not_be_read(tmp_path: Path, content: bytes | None, said: str) -> None:
    problems = Problems()
    if content is not None:
        (tmp_path / "t.csv").write_bytes(content)
    read_raw(tmp_path / "t.csv", problems)
    assert said in str(problems)


def test_lines_are_those_of_a_text_editor(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes('\ufeffa,b\r\n"two\r\nlines",1\r\n\r\nx,2\r\n'.encode())
    raw = read_raw(tmp_path / "t.csv", Problems())
    assert raw is not None
    assert raw.index.tolist() == [2, 5]
    assert raw.columns.tolist() == ["a", "b"]


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_in_another_way(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("bytes") / "t.csv"
    path.write_bytes(content)
    problems = Problems()
    raw = read_raw(path, problems)
    if raw is not None:
        validate(raw, SCHEMA, "t.csv", KNOWN, problems)
    assert problems.found  # no random bytes are a valid table
