"""What an output depends on: every module counts, also those that share a file name."""

from __future__ import annotations

from pathlib import Path

from coalition.sources import content, modules

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_packages_with_a_file_of_one_name_all_count() -> None:
    files = modules(SCRIPTS / "inference.py")
    named = content(files)
    assert len(named) == len(files)
    assert {"estimators/__init__.py", "inference/__init__.py", "estimators/inference.py", "inference/compare.py"} <= set(named)


def test_files_outside_the_library_go_by_their_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1")
    assert list(content([str(tmp_path / "a.csv"), str(tmp_path / "missing.csv")])) == ["a.csv"]
