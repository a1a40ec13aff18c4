"""What made the results: hash of the program, commit, cost of each step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from coalition.workflow import provenance


def test_the_program_is_all_that_decides_what_is_made_of_data_and_config() -> None:
    files = provenance.program()
    for path in ("run", "Snakefile", "requirements.lock", "rules/common.smk", "CITATION.cff"):
        assert path in files
    assert "schemas/tables/caveats.yaml" in files
    assert "scripts/coalition/workflow/provenance.py" in files
    assert not [path for path in files if path.endswith(".pyc") or path.startswith(("data", "."))]


def test_one_hash_says_that_a_file_was_changed_moved_or_added() -> None:
    files = {"a.py": "1", "b.py": "2"}
    made = provenance.program_sha256(files)
    assert made == provenance.program_sha256({"b.py": "2", "a.py": "1"})
    others = ({"a.py": "1", "b.py": "3"}, {"a.py": "2", "b.py": "1"}, {**files, "c.py": "3"})
    assert made not in {provenance.program_sha256(other) for other in others}


def test_a_folder_within_another_repository_has_no_commit_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = provenance.PROJECT / "scripts"  # git answers here, but for the folder above
    monkeypatch.setattr(provenance, "PROJECT", inner)
    assert provenance.commit() == {"commit": None, "modified": None}
    monkeypatch.setattr(provenance, "PROJECT", tmp_path)
    assert provenance.commit() == {"commit": None, "modified": None}


def test_a_step_leaves_what_it_cost_beside_its_log(tmp_path: Path) -> None:
    made = tmp_path / "made.csv"
    note = provenance.meter("sample_x", [made], tmp_path / "logs" / "sample" / "x.log")
    held = bytearray(64 * provenance.MEBIBYTE)
    note()
    del held
    made.write_text("a\n")
    (cost,) = provenance.costs(tmp_path, [str(made)])
    assert cost["step"] == "sample_x"
    assert cost["seconds"] >= 0
    assert cost["peak_mb"] >= 64
    assert set(cost) == {"step", "seconds", "cpu_seconds", "peak_mb"}


def test_what_a_step_of_an_earlier_config_cost_is_left_out(tmp_path: Path) -> None:
    made = tmp_path / "old.csv"
    made.write_text("a\n")
    provenance.meter("old", [made], tmp_path / "logs" / "old.log")()
    assert provenance.costs(tmp_path, ["other.csv"]) == []
    made.unlink()  # something between, as shards are: it counts though it is gone
    assert [cost["step"] for cost in provenance.costs(tmp_path, ["other.csv"])] == ["old"]


def test_a_cost_that_can_not_be_read_is_none(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "a.cost.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"step": "a"})[:5])
    assert provenance.costs(tmp_path, []) == []
