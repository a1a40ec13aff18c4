"""`./run recovery`: files of simulation studies, each a job, measure what one process does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import ROOT, Tiny

pytestmark = pytest.mark.long
STUDIES = ("test_pooling_recovery", "test_several_tests")


def test_jobs_by_file_have_the_bytes_of_one_process(finished: Tiny, tmp_path: Path) -> None:
    project = finished.copy(tmp_path / "Ann's study")
    shutil.copy(ROOT / "pyproject.toml", project.folder)
    here = project.folder / "tests" / "recovery"
    shutil.copytree(ROOT / "tests" / "recovery", here, ignore=shutil.ignore_patterns("__pycache__"))
    before = (here / "results.csv").read_bytes()
    answer = project.run("recovery", "--config", "long=0", f"studies={' '.join(STUDIES)}")
    assert answer.code == 0, answer.err
    assert "Open results/recovery/results.csv" in answer.err
    made = (project.folder / "results" / "recovery" / "results.csv").read_bytes()
    whole = tmp_path / "whole.csv"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-m", "", "-p", "no:cacheprovider", "-q",
         *(f"tests/recovery/{name}.py" for name in STUDIES)],
        cwd=project.folder,
        env=os.environ | {"COALITION_RECOVERY_ROWS": str(whole), "COALITION_LONG_TESTS": "0"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert made == whole.read_bytes()
    assert made.count(b"\n") > len(STUDIES)
    # the fast version shows the way and replaces nothing
    assert (here / "results.csv").read_bytes() == before
