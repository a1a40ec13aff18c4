"""What made the results: hash of the program, commit, cost of each step."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from coalition.workflow import provenance

READ = ("config.yaml", "configs", "data")
"""What a run reads: the manifest has the hash of each of these files that it read."""
WITHOUT_EFFECT = (
    ".ci", ".github", ".git-blame-ignore-revs", ".gitignore", ".pre-commit-config.yaml",
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "benchmarks", "docs",
    "pyproject.toml", "requirements.in", "requirements-bootstrap.in", "requirements-slurm.in",
    "requirements-test.in", "requirements-test.lock", "results", "tests",
)  # fmt: skip
"""What neither changes a result nor how one is made: words, tests, and what locks are made from."""


def _below(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def test_every_file_of_the_project_is_program_or_read_or_without_effect() -> None:
    if not (provenance.PROJECT / ".git").exists():
        pytest.skip("no clone of git: there is no list of the project's files")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=provenance.PROJECT, capture_output=True, text=True, check=True
    ).stdout.split("\n")[:-1]
    there = [path for path in listed if (provenance.PROJECT / path).is_file()]
    assert len(there) > 100
    program = provenance.program()
    for path in there:
        kinds = [path in program, _below(path, READ), _below(path, WITHOUT_EFFECT)]
        assert sum(kinds) == 1, f"{path}: add it to one list, and to one only"


def test_what_starts_a_run_is_program() -> None:
    """Every file that `run`, the Snakefiles and the rules name, and every lock that is
    installed.
    """
    program = provenance.program()
    own = ["run", "Snakefile", "Snakefile.diagnose", *(p for p in program if p.endswith(".smk"))]
    text = "\n".join((provenance.PROJECT / path).read_text(encoding="utf-8") for path in own)
    named = re.findall(
        r"requirements[-a-z]*\.lock|Snakefile\.[a-z]+|[a-z]+/[a-z_]+\.(?:smk|py)", text
    )
    named = {name for name in named if name not in WITHOUT_EFFECT}
    assert {"requirements-slurm.lock", "Snakefile.diagnose", "rules/common.smk"} <= named
    assert {*named, *own, "environment.yml", "CITATION.cff"} <= {*program}
    assert not [path for path in program if path.endswith(".pyc") or path.startswith(("data", "."))]


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
