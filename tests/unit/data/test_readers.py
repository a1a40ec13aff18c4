"""The same table in every format gives the same cells."""

from __future__ import annotations

import bz2
import gzip
import zipfile
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from coalition.base.errors import Problems
from coalition.data import file_limits
from coalition.data.file_formats import header, located, read_raw

TABLE = pd.DataFrame(
    {
        "state": ["Österreich", "Saint Lucia", "Kosovo"],
        "year": [2001, 2002, 2003],
        "score": [0.5, None, -9.0],
    }
)
CELLS = [["Österreich", "2001", "0.5"], ["Saint Lucia", "2002", ""], ["Kosovo", "2003", "-9"]]


def write(path: Path) -> Path:
    text = (
        TABLE.to_csv(index=False, sep="\t" if ".tsv" in path.name else ",")
        .replace("-9.0", "-9")
        .encode()
    )
    if path.suffix in (".csv", ".tsv"):
        path.write_bytes(text)
    elif path.suffix == ".gz":
        path.write_bytes(gzip.compress(text))
    elif path.suffix == ".bz2":
        path.write_bytes(bz2.compress(text))
    elif path.suffix == ".xlsx":
        TABLE.to_excel(path, index=False)
    elif path.suffix == ".parquet":
        TABLE.to_parquet(path)
    else:
        {".dta": pyreadstat.write_dta, ".sav": pyreadstat.write_sav}[path.suffix](TABLE, str(path))
    return path


def read(path: Path, **options: object) -> tuple[pd.DataFrame | None, str]:
    problems = Problems()
    found = read_raw(path, problems, options)
    return found, str(problems) if problems.found else ""


@pytest.mark.parametrize(
    "name", ["a.csv", "a.tsv", "a.csv.gz", "a.csv.bz2", "a.xlsx", "a.dta", "a.sav", "a.parquet"]
)
def test_every_format(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name)
    found, problems = read(path)
    assert problems == ""
    assert found is not None
    assert list(found.columns) == ["state", "year", "score"] == header(str(path), {})
    assert found.to_numpy().tolist() == CELLS
    assert list(found.index) == [2, 3, 4]


R_TABLES = Path(__file__).parent / "data"


@pytest.mark.parametrize(
    ("name", "options"),
    [("table.rds", {}), ("table.rda", {}), ("tables.rda", {"object": "second"})],
)
def test_r_files(name: str, options: dict[str, str]) -> None:
    """Written by data/tables.R."""
    found, problems = read(R_TABLES / name, **options)
    assert problems == ""
    assert found is not None
    assert found.to_numpy().tolist() == [["AUT", "2001", "0.5"], ["XKX", "2002", ""]]


def test_several_tables_in_one_r_file_need_a_name() -> None:
    found, problems = read(R_TABLES / "tables.rda")
    assert found is None
    assert "first, second" in problems


def test_another_encoding_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("state\nÖsterreich\n".encode("latin-1"))
    assert "name its `encoding`" in read(path)[1]
    found, _ = read(path, encoding="latin-1")
    assert found is not None
    assert found["state"].tolist() == ["Österreich"]
    assert "no encoding 'klingon'" in read(path, encoding="klingon")[1]


def test_labelled_values_as_codes_or_labels(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        pd.DataFrame({"level": [1.0, 2.0]}),
        str(path),
        variable_value_labels={"level": {1: "low", 2: "high"}},
    )
    codes, labels = read(path)[0], read(path, values="labels")[0]
    assert codes is not None
    assert labels is not None
    assert codes["level"].tolist() == ["1", "2"]
    assert labels["level"].tolist() == ["low", "high"]


def test_sheets(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with pd.ExcelWriter(path) as book:
        TABLE.to_excel(book, sheet_name="data", index=False)
        pd.DataFrame({"note": ["x"]}).to_excel(book, sheet_name="notes", index=False)
    found = read(path, sheet="notes")[0]
    assert found is not None
    assert found["note"].tolist() == ["x"]
    assert "did you mean 'notes'" in read(path, sheet="note")[1]


def test_a_formula_without_a_stored_value_is_no_empty_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    pd.DataFrame({"score": ["=1+1"]}).to_excel(path, index=False)
    found, problems = read(path)
    assert found is None
    assert "line 2: a formula whose value is not stored" in problems


@pytest.mark.parametrize(
    "name", ["a.xlsx", "a.dta", "a.sav", "a.rds", "a.rda", "a.parquet", "a.csv.gz", "a.csv.bz2"]
)
@pytest.mark.parametrize("content", [b"", b"this is no such file", b"\x00\x01\x02" * 100])
def test_broken_files_give_a_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found, problems = read(path)
    assert found is None
    assert "1 problem to correct" in problems


def test_unknown_kinds_of_file(tmp_path: Path) -> None:
    path = tmp_path / "a.cvs"
    path.write_text("a\n1\n")
    assert "did you mean '.csv'" in read(path)[1]


def test_too_large_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_limits, "LARGEST", 1000)
    plain, packed, book = tmp_path / "a.csv", tmp_path / "a.csv.gz", tmp_path / "a.xlsx"
    plain.write_text("a\n" + "1\n" * 1000)
    packed.write_bytes(gzip.compress(b"a\n" + b"1\n" * 10_000))
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "0" * 100_000)
    for path in (plain, packed, book):
        assert packed.stat().st_size < 1000
        assert "larger than" in read(path)[1], path


def test_files_of_packages() -> None:
    path = "package:statsmodels/datasets/fair/fair.csv"
    assert header(path, {})[0].strip('"')
    assert located(path).is_file()
    for outside in (
        "package:statsmodels/../../../../../../../../etc/passwd",
        "package:os.path/x",
        "package:../x/y",
        "package:/etc/passwd",
    ):
        assert not located(outside).is_file()
