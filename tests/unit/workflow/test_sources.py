"""What an output depends on besides its inputs."""

from __future__ import annotations

from pathlib import Path

from coalition.base.files import sha256
from coalition.workflow.fingerprints import PROJECT, content


def test_two_files_of_one_name_are_both_kept(tmp_path: Path) -> None:
    paths = [tmp_path / group / "caveats.csv" for group in ("isaf", "iraq")]
    for path in paths:
        path.parent.mkdir()
        path.write_text(path.parent.name)
    assert sorted(content(map(str, paths)).values()) == sorted(map(sha256, paths))


def test_a_file_of_the_project_is_named_from_its_folder() -> None:
    assert list(content([str(PROJECT / "config.yaml"), "no such file"])) == ["config.yaml"]
