"""Files that are too large, or unpack to too much, are refused at once and with little memory; a
large table is read in seconds.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from coalition.base.errors import Problems
from coalition.data import file_formats, file_limits
from coalition.data.file_formats import CHUNK, LARGEST, read_raw

SCRIPTS = Path(file_formats.__file__).parents[2]
MEMORY = 500 * 1024**2
"""Bytes that reading may take at most where a file is refused; the packages alone are some 200 MB.
"""
REFUSE = """
import resource, sys
sys.path.insert(0, {scripts!r})
from coalition.base.errors import Problems
from coalition.data.file_formats import header, read_raw
problems = Problems()
header({path!r}, {{}})
assert read_raw({path!r}, problems) is None
print(problems)
if sys.platform == "linux":  # getrusage counts what the parent held before it became this process
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    print(int(status["VmHWM"].split()[0]) * 1024, file=sys.stderr)
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def refused(path: Path) -> str:
    """Return what is said of a file by a process that must stay small and quick."""
    begun = time.monotonic()
    answer = subprocess.run(
        [sys.executable, "-c", REFUSE.format(scripts=str(SCRIPTS), path=str(path))],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert int(answer.stderr.split()[-1]) < MEMORY
    assert time.monotonic() - begun < 60
    return answer.stdout


def sparse(path: Path, size: int) -> Path:
    """Make a file of that size that takes no room on the disk."""
    with open(path, "wb") as stream:
        stream.write(b"a,b\n")
        stream.truncate(size)
    return path


@pytest.mark.long_after(1)
@pytest.mark.parametrize("ending", ["csv", "xlsx", "dta", "rds", "parquet"])
def test_a_file_above_300_megabytes_is_refused(tmp_path: Path, ending: str) -> None:
    assert LARGEST < 300e6
    assert "larger than 100 MiB" in refused(sparse(tmp_path / f"a.{ending}", 310 * 1024**2))


@pytest.mark.parametrize("name", ["bomb.csv.gz", "bomb.rds"])
def test_a_small_file_that_unpacks_to_gigabytes_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for _ in range(LARGEST // CHUNK + 50):
            stream.write(b"1,2\n" * (CHUNK // 4))
    assert path.stat().st_size < LARGEST / 50
    assert "when unpacked" in refused(path)


def sheet(tmp_path: Path, dimension: str, cells: str) -> Path:
    """Return a workbook of which the XML of the only sheet is ours."""
    path = tmp_path / "a.xlsx"
    pd.DataFrame({"a": [1]}).to_excel(tmp_path / "made.xlsx", index=False)
    with (
        zipfile.ZipFile(tmp_path / "made.xlsx") as made,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for entry in made.namelist():
            content = made.read(entry)
            if entry == "xl/worksheets/sheet1.xml":
                namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
                content = (
                    f'<worksheet xmlns="{namespace}"><dimension '
                    f'ref="{dimension}"/><sheetData>{cells}</sheetData></worksheet>'
                ).encode()
            changed.writestr(entry, content)
    return path


def test_a_workbook_is_as_large_as_its_cells_whatever_it_says(tmp_path: Path) -> None:
    cells = '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    problems = Problems()
    found = read_raw(sheet(tmp_path, "A1:XFD1048576", cells), problems)
    assert not problems.found
    assert found is not None
    assert found.to_numpy().tolist() == [["1"]]


def test_a_workbook_of_one_cell_in_every_corner_is_refused(tmp_path: Path) -> None:
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c '
        'r="XFD1048576"><v>1</v></c></row>'
    )
    assert "more than 20,000,000 cells" in refused(sheet(tmp_path, "A1:XFD1048576", cells))


def test_a_text_of_nothing_but_separators_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_limits, "MOST_CELLS", 1000)
    path = tmp_path / "a.csv"
    path.write_text("," * 600 + "\n" + "," * 600 + "\n")
    problems = Problems()
    assert read_raw(path, problems) is None
    assert "more than 1,000 cells" in str(problems)


def test_a_hundred_thousand_rows_are_read_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "a,b,c,d,e\n" + "".join(f"{row},{row % 7},x,{row / 3:.3f},\n" for row in range(100_000))
    )
    begun, problems = time.process_time(), Problems()
    found = read_raw(path, problems)
    assert found is not None
    assert found.shape == (100_000, 5)
    # 0.6 s where this was written; a machine under load takes several times as long
    assert time.process_time() - begun < 10
