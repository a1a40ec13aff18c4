"""The longest cell of a text file is ours, whatever other packages set for the whole process."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from coalition.base.errors import Problems
from coalition.data.file_formats import read_raw
from coalition.data.text_files import LONGEST_CELL


@pytest.fixture(autouse=True)
def limit() -> Iterator[None]:
    before = csv.field_size_limit(10**9)
    yield
    csv.field_size_limit(before)


@pytest.mark.parametrize(("length", "refused"), [(LONGEST_CELL, False), (LONGEST_CELL + 1, True)])
def test_a_cell_that_is_too_long_is_refused(tmp_path: Path, length: int, refused: bool) -> None:
    (tmp_path / "x.csv").write_text(f"id,note\n1,{'x' * length}\n", encoding="utf-8")
    problems = Problems()
    read_raw(str(tmp_path / "x.csv"), problems)
    assert [problem.row for problem in problems.found] == ([2] if refused else [])
