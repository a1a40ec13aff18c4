"""Steps as forks of one process."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from coalition.workflow.steps import Forks

PATIENCE = 30
"""Seconds after which a step is taken to wait for ever."""


@pytest.fixture
def forks() -> Iterator[Forks]:
    made = Forks()
    yield made
    made.close()


def script(path: Path, text: str) -> str:
    path.write_text(f"from pathlib import Path\nimport time\n{text}\n", encoding="utf-8")
    return str(path)


def wait_for(path: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} never came"
        time.sleep(0.01)


def test_the_end_of_a_step_is_known_while_a_later_one_still_runs(
    forks: Forks, tmp_path: Path
) -> None:
    """A step that begins later inherits the pipes of those before it."""
    marks = {
        name: str(tmp_path / name) for name in ("a began", "a may end", "b began", "b may end")
    }
    threads = []
    for name in "ab":
        began, may_end = marks[f"{name} began"], marks[f"{name} may end"]
        text = f"Path({began!r}).touch()\nwhile not Path({may_end!r}).exists(): time.sleep(0.01)"
        step = script(tmp_path / f"{name}.py", text)
        threads.append(threading.Thread(target=forks.run, args=[step], daemon=True))
        threads[-1].start()
        wait_for(Path(began))
    ended = []
    for name, thread in zip("ab", threads, strict=True):
        Path(marks[f"{name} may end"]).touch()
        thread.join(PATIENCE)
        ended.append(not thread.is_alive())
    assert ended == [True, True]


def test_a_step_that_fails_says_its_code(forks: Forks, tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError, match="exit status 3"):
        forks.run(script(tmp_path / "fails.py", "raise SystemExit(3)"))
