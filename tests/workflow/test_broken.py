"""Every broken input of tests/data/broken gives exactly the screen that stands beside it, and never
a traceback.

A new case is a YAML file; see tests/data/broken/README.md. COALITION_WRITE_SCREENS=1 writes the
screens anew, to be read before they are committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from broken import CORPUS, Case, cases, lay_out, screen_of
from coalition.commands import check_command
from coalition.config.yaml_safe import load
from tiny import Tiny, make

CASES = {case.name: case for case in cases()}
WRITE = os.environ.get("COALITION_WRITE_SCREENS", "") not in ("", "0")
SMALLEST = 60
"""Cases that the corpus must have at least."""
THROUGH_THE_COMMAND = (
    "config/python_object",
    "tables/several_at_once",
    "samples/repeated_key",
    "config/tab",
    "files/nul_bytes",
)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    return make(tmp_path_factory.mktemp("unbroken") / "project")


@pytest.mark.parametrize("name", CASES)
def test_what_a_screen_says_to_write_is_yaml(name: str) -> None:
    said = CASES[name].expected.read_text(encoding="utf-8")
    for text in re.findall(r"`([a-z_]+: [^`]*)`", said):
        read = load(text)
        assert isinstance(read, dict)
        assert None not in read.values()


@pytest.mark.long_after(80)
@pytest.mark.parametrize("name", CASES)
def test_the_screen(
    name: str,
    unbroken: Tiny,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    def checked(arguments: list[str]) -> tuple[int, str, str]:
        code = check_command.main(arguments)
        return code, *capsys.readouterr()

    said = screen_of(CASES[name], unbroken, tmp_path, checked)
    assert not (tmp_path / "results").exists()
    if WRITE:
        CASES[name].expected.write_text(said, encoding="utf-8")
    assert said == CASES[name].expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("base", ["tiny", "small"])
def test_what_is_broken_is_whole_before(
    base: str, unbroken: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert check_command.main(lay_out(Case("none", "", base), unbroken, tmp_path)) == 0


def test_the_corpus_is_large_and_has_no_screen_without_a_case() -> None:
    assert len(CASES) >= SMALLEST
    assert {
        path.relative_to(CORPUS).with_suffix("").as_posix() for path in CORPUS.glob("*/*.txt")
    } == set(CASES)


@pytest.mark.parametrize("name", THROUGH_THE_COMMAND)
def test_the_command_prints_the_same_screen(name: str, unbroken: Tiny, tmp_path: Path) -> None:
    """`./run` itself, check or not, says what the function says."""
    folder = tmp_path / "project"
    project = unbroken.copy(folder)
    for part in ("data", "config.yaml"):
        (folder / part).rename(folder / f"whole_{part}")
    arguments = lay_out(CASES[name], unbroken, folder)
    answer = project.run("check", *arguments)
    assert (answer.code, answer.out, answer.err) == (
        1,
        "",
        CASES[name].expected.read_text(encoding="utf-8"),
    )
    assert not (folder / "results").exists()
