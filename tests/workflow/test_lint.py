"""What can be seen without running anything: rules, format and style are clean, and `run` is plain
POSIX shell.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from radon.complexity import cc_visit
from tiny import ROOT, make

COMPLEX = 10

SNAKEFILES = ("Snakefile", "Snakefile.diagnose", "rules", "tests/recovery/Snakefile")
CHECKS = {
    "ruff check": ["-m", "ruff", "check", "--no-cache", "."],
    "ruff format": ["-m", "ruff", "format", "--no-cache", "--check", "."],
    "mypy": ["-m", "mypy"],
    "snakefmt": ["-m", "snakefmt", "--check", *SNAKEFILES],
}


@pytest.mark.parametrize("name", CHECKS)
def test_style(name: str) -> None:
    done = subprocess.run(
        [sys.executable, *CHECKS[name]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def prose() -> dict[str, list[str]]:
    """Return the lines of every page that are neither code nor a row of a table, by file."""
    found = {}
    for path in sorted(ROOT.rglob("*.md")):
        name = path.relative_to(ROOT)
        if name.parts[0] in (".venv", ".snakemake", "results") or name.parts[:2] == (
            "tests",
            "data",
        ):
            continue
        lines, code = path.read_text(encoding="utf-8").splitlines(), False
        found[name.as_posix()] = kept = []
        for line in lines:
            code ^= line.startswith("```")
            if not code and not line.startswith(("    ", "|", "#", "<!--", "`estimates/")):
                kept.append(line)
    return found


def test_lines_of_prose_have_at_most_a_hundred_characters() -> None:
    long = {
        f"{name}: {line}"
        for name, lines in prose().items()
        for line in lines
        if len(line) > 100 and max(map(len, line.split())) < 80  # an address is one word
    }
    assert not long


def test_lines_of_rules_and_shell_have_at_most_a_hundred_characters() -> None:
    """Those of Python are ruff's to count."""
    files = [*ROOT.glob("rules/*.smk"), *ROOT.glob("Snakefile*"), ROOT / "run", ROOT / ".ci/run"]
    long = {
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 100
    }
    assert not long


def test_pages_are_written_in_plain_english() -> None:
    unwanted = re.compile(
        r"\b(can not|whoever|mend(s|ed|ing)?|hangs on|lets through|turns the sign)\b", re.IGNORECASE
    )
    found = [
        f"{name}: {line}"
        for name, lines in prose().items()
        for line in lines
        if unwanted.search(line)
    ]
    assert not found


def too_complex() -> set[str]:
    """Return the functions of cyclomatic complexity above 10 (McCabe 1976), file and name."""
    found = set()
    for path in sorted((ROOT / "scripts").rglob("*.py")):
        blocks = cc_visit(path.read_text(encoding="utf-8"))
        inside = [each for block in blocks for each in getattr(block, "methods", ())]
        for block in [*blocks, *inside]:
            if block.letter != "C" and block.complexity > COMPLEX:
                name = f"{block.classname}.{block.name}" if block.classname else block.name
                found.add(f"{path.relative_to(ROOT).as_posix()} {name}")
    return found


def test_no_function_is_too_complex() -> None:
    assert not too_complex()


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
