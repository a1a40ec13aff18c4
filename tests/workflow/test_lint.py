"""What can be seen without running anything: rules, format and style are clean, and `run` is plain
POSIX shell.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import ROOT, make

CHECKS = {
    "ruff check": ["-m", "ruff", "check", "--no-cache", "."],
    "ruff format": ["-m", "ruff", "format", "--no-cache", "--check", "."],
    "snakefmt": ["-m", "snakefmt", "--check", "Snakefile", "rules"],
}


@pytest.mark.parametrize("name", CHECKS)
def test_style(name: str) -> None:
    done = subprocess.run(
        [sys.executable, *CHECKS[name]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_snakemake_has_nothing_to_say_about_the_rules(tmp_path: Path) -> None:
    answer = make(tmp_path / "project").run("--lint")
    assert answer.code == 0, answer.err
    assert "your workflow is in a good condition" in answer.err


@pytest.mark.parametrize("shell", [["dash"], ["bash", "--posix"]], ids=" ".join)
def test_run_is_plain_shell(shell: list[str]) -> None:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    done = subprocess.run(
        [*shell, "-n", str(ROOT / "run")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    text = (ROOT / "run").read_text(encoding="utf-8")
    for bashism in ("[[", "function ", "local ", "source ", "<<<", "&>", "echo "):
        assert bashism not in text, f"{bashism!r} is not POSIX, or not the same everywhere"
