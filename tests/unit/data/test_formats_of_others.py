"""What R, pandas, Stata, spreadsheets and statistical offices write, read as what it is."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from coalition.base.column_kinds import kinds_of, read_sample
from coalition.base.errors import Problems
from coalition.base.files import read_table, write_table
from coalition.data.country_names import Names, meant, names_of, suggestion
from coalition.data.recoding import offered_columns, read_typed
from coalition.data.typed_table import CATEGORY, INTEGER, Kind, Table, typed

ROOT = Path(__file__).parents[3]


def read(path: Path, rules: dict | None = None, numbers: tuple[str, ...] = ()) -> Table:
    """Read a file that must be readable."""
    problems = Problems()
    table = read_typed(str(path), rules or {}, {}, None, problems, numbers)
    problems.stop()
    assert table is not None
    assert sorted(table.cells.columns) == sorted(offered_columns(str(path), rules or {}, {}))
    return table


def said(path: Path, rules: dict | None = None, numbers: tuple[str, ...] = ()) -> str:
    """Return what is wrong with a file."""
    problems = Problems()
    read_typed(str(path), rules or {}, {}, None, problems, numbers)
    assert problems.found
    return str(problems)


@pytest.fixture
def csv(tmp_path: Path):  # noqa: ANN201
    def write(text: str, name: str = "a.csv") -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('"","a","b"\n"1",5,x\n"2",6,y\n', ["row_names", "a", "b"]),  # write.csv
        (",a,b\n0,5,x\n1,6,y\n", ["row_names", "a", "b"]),  # to_csv
        ('"a","b"\n"1",5,x\n"2",6,y\n', ["row_names", "a", "b"]),  # write.table(sep=",")
    ],
)
def test_row_names_of_r_and_pandas(csv, text: str, names: list[str]) -> None:  # noqa: ANN001
    table = read(csv(text))
    assert list(table.cells.columns) == names
    assert table.cells["a"].tolist() == ["5", "6"]


def test_a_decimal_comma_is_no_row_name(csv) -> None:  # noqa: ANN001
    path = csv("id,x\n1,0,5\n2,1,7\n")
    assert "a decimal comma, or names of rows?" in said(path)
    assert read(path, {"row_names": True}).cells["id"].tolist() == ["0", "1"]


def test_white_space_as_separator(csv) -> None:  # noqa: ANN001
    text = '"a" "b c"\n"1" 5  "x y"\n"2" 6 NA\n'
    path = csv(text, "a.txt")
    assert "separator: whitespace" in said(path)
    table = read(path, {"separator": "whitespace"})
    assert table.cells.to_numpy().tolist() == [["1", "5", "x y"], ["2", "6", ""]]


def test_notes_above_and_below(csv) -> None:  # noqa: ANN001
    text = (
        '"Data Source","WDI",\n\n"Last '
        'Updated","2024",\n\nname,code,2001,2002\nA,AAA,1,2\nB,BBB,3,4\nC,CCC,5,6\nSource: x\n'
    )
    path = csv(text)
    assert "`header: 5`" in said(path, {"footer": 1})
    table = read(path, {"header": 5, "footer": 1, "wide": {"years": "columns", "value": "gdp"}})
    assert table.cells["gdp"].tolist() == ["1", "2", "3", "4", "5", "6"]
    assert table.cells["year"].tolist()[:2] == ["2001", "2002"]


@pytest.mark.parametrize(
    ("names", "wide", "named"),
    [
        ("95,96", {"years": "columns"}, "95, 96"),
        ("1999,00,X01", {"years": "columns"}, "00, X01"),
        ("y95,y96", {"prefix": "y"}, "y95, y96"),
    ],
)
def test_years_of_two_digits_are_questioned(csv, names, wide, named) -> None:  # noqa: ANN001
    problems = Problems()
    path = csv(f"id,{names}\na{',1' * (1 + names.count(','))}\n")
    read_typed(str(path), {"wide": wide}, {}, None, problems)
    (problem,) = problems.found
    assert problem.value == named
    assert "years of two digits" in problem.message


def test_waves_of_two_digits_are_no_years(csv) -> None:  # noqa: ANN001
    wide = {"prefix": "w", "into": "wave", "value": "trust"}
    assert list(read(csv("id,w01,w02\na,1,2\n"), {"wide": wide}).cells["wave"]) == ["01", "02"]


def test_several_wide_blocks(csv) -> None:  # noqa: ANN001
    path = csv("id,gdp_2001,gdp_2002,gdp_pc_2001,gdp_pc_2002\na,1,2,10,\nb,,4,,40\n")
    wide = [
        {"prefix": "gdp_", "into": "year", "value": "gdp"},
        {"prefix": "gdp_pc_", "into": "year", "value": "gdp_pc"},
    ]
    rows = read(path, {"wide": wide}).cells[["id", "year", "gdp", "gdp_pc"]]
    assert rows.to_numpy().tolist() == [
        ["a", "2001", "1", "10"],
        ["a", "2002", "2", ""],
        ["b", "2002", "4", "40"],
    ]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n", "Git LFS"),
        (b"<!DOCTYPE html><html>Sign in</html>", "web page"),
        (b"PK\x03\x04abc", "an Excel workbook or another zip"),
        (b'{"error": "not found"}', "JSON"),
        ("a,b\n1,2\n".encode("utf-16"), "encoding: utf-16"),
        (b"1,1990,0.3\n2,1991,0.4\n", "the first line holds numbers"),
        (b"a|b\n1|2\n", "separated by bars"),
        (b"a\tb\n1\t2\n", "separated by tabs"),
    ],
)
def test_a_fault_of_the_file_is_one_sentence(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    text = said(tmp_path / "a.csv")
    assert what in text
    assert text.startswith("1 problem")


@pytest.mark.parametrize("ending", ["parquet", "dta", "rds", "xlsx", "sav"])
def test_a_pointer_of_git_in_every_format(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n")
    assert "git lfs pull" in said(path)


@pytest.mark.parametrize(
    ("cells", "rules", "what"),
    [
        (["2.420", "72"], {}, "thousands or decimals"),
        (["1.234.567", "1"], {}, "thousands or decimals"),
        (['"2,420"', "72"], {}, "thousands: ','"),
        (['"2,5"', "72"], {}, "decimal: ','"),
        (["2,420", "72"], {"separator": ";", "decimal": ","}, "thousands or decimals"),
        (["2.5", "1,5"], {"separator": ";", "decimal": ","}, "a dot before decimals"),
    ],
)
def test_marks_that_could_be_either_are_asked(csv, cells, rules, what) -> None:  # noqa: ANN001
    path = csv("x\n" + "\n".join(cells) + "\n")
    assert what in said(path, rules, ("x",))
    read(path, rules)  # a column that nothing calculates with is nobody's business


@pytest.mark.parametrize("cells", [["0.123", "4.567"], ["2.42", "1.234"], ["1234.567"], ["-0.5"]])
def test_decimals_that_can_be_nothing_else_are_read(csv, cells: list[str]) -> None:  # noqa: ANN001
    assert read(csv("x\n" + "\n".join(cells) + "\n"), {}, ("x",)).cells["x"].tolist() == cells


@pytest.mark.parametrize(
    ("mark", "cell"), [(".", "1.234.567"), (",", '"1,234,567"'), (" ", "1 234 567"), ("'",
    "1'234'567")]
)  # fmt: skip
def test_thousands(csv, mark: str, cell: str) -> None:  # noqa: ANN001
    decimal = {"decimal": ","} if mark == "." else {}
    rules = {"thousands": mark, "separator": ";"} | decimal
    assert read(csv(f"x;y\n{cell};1\n"), rules, ("x",)).cells["x"].tolist() == ["1234567"]


def test_rules_that_do_nothing_speak(csv) -> None:  # noqa: ANN001
    path = csv("region,x\nnorth,1.0\nsouth,2\n")
    for rules, near in (
        ({"recode": {"region": {"Nort": "a"}}}, "did you mean 'north'"),
        ({"recode": {"x": {"3": 1}}}, "did you mean '2'"),
        ({"missing": [-9]}, "`missing`"),
        ({"thousands": " "}, "`thousands`"),
        ({"infinite": "missing"}, "`infinite`"),
        ({"repair": "cp1252"}, "`repair`"),
    ):
        assert near in said(path, rules)
    assert read(path, {"recode": {"x": {"1": "one"}}}).cells["x"].tolist() == ["one", "2"]


def test_ordered_categories_of_parquet_stata_and_spss(tmp_path: Path) -> None:
    level = pd.Categorical(["low", "high", "mid"], ["low", "mid", "high"], ordered=True)
    pd.DataFrame({"level": level}).to_parquet(tmp_path / "a.parquet")
    kind = read(tmp_path / "a.parquet").kind("level")
    assert kind == Kind(CATEGORY, ("low", "mid", "high"), ordered=True)
    codes, labels = pd.DataFrame({"level": [1.0, 10.0, 2.0]}), {1: "low", 2: "mid", 10: "high"}
    pyreadstat.write_dta(codes, str(tmp_path / "a.dta"), variable_value_labels={"level": labels})
    pyreadstat.write_sav(codes, str(tmp_path / "a.sav"), variable_value_labels={"level": labels})
    for name in ("a.dta", "a.sav"):
        assert read(tmp_path / name, {"values": "labels"}).kind("level").levels == kind.levels


def test_long_integers_with_gaps_survive_to_the_estimates(tmp_path: Path) -> None:
    ids = pd.array([2**60 + 1, None, 2**60 + 2], dtype="Int64")
    pd.DataFrame({"cid": ids, "x": [1, 2, 3]}).to_parquet(tmp_path / "a.parquet")
    table = read(tmp_path / "a.parquet")
    assert table.kind("cid").name == INTEGER
    cells = typed(table.cells["cid"], table.kind("cid"), calculated=False)
    assert cells.tolist() == ids.tolist()
    frame = pd.DataFrame({"row": [1, 2, 3], "cid": cells.to_numpy()})
    frame["cid"] = pd.array(cells, dtype="Int64")
    frame["code"] = ["01", "02", "NA"]
    frame["level"] = pd.Categorical(["b", "a", None], ["b", "a"], ordered=True)
    write_table(tmp_path / "s.csv", frame, ["row"])
    back = read_sample(tmp_path / "s.csv", kinds_of(frame))
    pd.testing.assert_frame_equal(back, frame, check_dtype=False)
    assert back["level"].cat.categories.tolist() == ["b", "a"]


def test_ids_that_a_float_has_rounded_are_told(tmp_path: Path) -> None:
    from coalition.data.typed_table import inexact

    pd.DataFrame({"cid": [2.0**60, 1.0]}).to_parquet(tmp_path / "a.parquet")
    table = read(tmp_path / "a.parquet")
    assert inexact(table.cells["cid"], table.kind("cid")).tolist() == [True, False]


def test_dates_and_their_years(tmp_path: Path) -> None:
    days = [datetime.date(2001, 3, 20), None, datetime.date(2003, 1, 1)]
    frame = pd.DataFrame({"day": days, "x": [1, 2, 3]})
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    for name in ("a.parquet", "a.xlsx"):
        table = read(tmp_path / name, {"year_of": {"year": "day"}})
        assert table.cells["year"].tolist() == ["2001", "", "2003"]


def test_codes_with_zeros_before_them_stay_codes_unless_they_are_calculated_with(csv) -> None:  # noqa: ANN001
    cells = read(csv("fips\n01\n02\n10\n")).cells["fips"]
    assert typed(cells, Kind(), calculated=False).tolist() == ["01", "02", "10"]
    assert typed(cells, Kind(), calculated=True).tolist() == [1, 2, 10]


@pytest.fixture(scope="module")
def names() -> Names:
    return names_of(read_table(ROOT / "data" / "states.csv"))


@pytest.mark.parametrize(
    ("name", "code"),
    [("UK", "GBR"), ("U.S.", "USA"), ("DR Congo", "COD"), ("Congo, Dem. Rep.", "COD"),
    ("Congo, Rep.", "COG"),
     ("Republic of Korea", "KOR"), ("Korea, Rep.", "KOR"), ("Korea, Dem. People's Rep.", "PRK"),
     ("Frankreich", "FRA"),
     ("Francia", "FRA"), ("Frankrijk", "FRA"), ("Francja", "FRA"), ("Fransa", "FRA"),
     ("Macedonia, FYR", "MKD"),
     ("Gambia, The", "GMB"), ("Czech Republic", "CZE"), ("Bosnia-Herzegovina", "BIH"),
     ("Burma/Myanmar", "MMR"),
     ("Russia (Soviet Union)", "RUS"), ("Türkei", "TUR"), ("Großbritannien", "GBR"),
     ("Équateur", "ECU"),
     ("Federal Republic of Nigeria", "NGA"), ("Republic of China", "TWN"),
     ("People's Republic of China", "CHN"),
     ("Equatorial Guinea", "GNQ"), ("Guinea", "GIN"), ("Niger", "NER"), ("Dominica", "DMA")],
)  # fmt: skip
def test_names_of_states(names: Names, name: str, code: str) -> None:
    assert meant(name, names) == code


def test_suggestions_do_not_mislead(names: Names) -> None:
    assert suggestion("Denmrk", names) == "denmark (DNK)"
    for word in ("Austrlia", "Nigera", "EU", "NATO", "World", "Hong Kong"):
        assert suggestion(word, names) is None, word


def test_every_state_of_today_has_a_two_letter_code(names: Names) -> None:
    missing = set(names.known["iso3"].values()) - set(names.known["iso2"].values())
    assert missing <= {"CSK"}, "a state that is no more"
