"""A run that is stopped, killed or doubled: the next one ends with the bytes of an undisturbed
one.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from tiny import Tiny, make

pytestmark = pytest.mark.long


@pytest.fixture
def fresh(tmp_path: Path) -> Tiny:
    """Return a project in which nothing has been run yet."""
    return make(tmp_path / "project")


def wait_for_steps(process: subprocess.Popen[str], steps: int) -> None:
    """Wait until a run has said that so many steps are finished."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.lstrip("[ ").startswith(f"{steps}/"):
            return
    pytest.fail("the run ended before it could be disturbed")


def disturb(
    project: Tiny, steps: int, how: signal.Signals, whole_group: bool, *arguments: str
) -> int:
    """Start a run, send it (or every process that it started too) a signal after so many steps;
    return its exit code.
    """
    process = project.start(*arguments)
    wait_for_steps(process, steps)
    if whole_group:
        os.killpg(process.pid, how)
    else:
        os.kill(process.pid, how)
    process.communicate(timeout=240)
    return process.returncode


def test_runs_that_were_stopped_and_killed_end_with_the_same_bytes(
    fresh: Tiny, finished: Tiny
) -> None:
    """On one core, while the undisturbed run used all: the number of cores makes no difference
    either.
    """
    one_core = ("--cores", "1")
    assert disturb(fresh, 1, signal.SIGINT, True, *one_core) == 128 + signal.SIGINT
    assert not list((fresh.folder / ".snakemake" / "locks").glob("*"))
    assert disturb(fresh, 2, signal.SIGKILL, False, *one_core) == -signal.SIGKILL
    assert disturb(fresh, 1, signal.SIGTERM, False, *one_core) == 128 + signal.SIGTERM
    assert disturb(fresh, 3, signal.SIGKILL, True, *one_core) == -signal.SIGKILL
    assert not (fresh.results / "manifest.json").exists()
    answer = fresh.run(*one_core)
    assert answer.code == 0, answer.err
    assert fresh.outputs() == finished.outputs()
    assert not [path for path in fresh.results.rglob(".*") if path.is_file()]


def test_two_runs_at_once_wait_for_each_other(project: Tiny) -> None:
    project.edit("config.yaml", "title: Who joins", "title: Who joined")
    first, second = project.start(), project.start()
    said = [process.communicate(timeout=240)[1] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said
    assert sum("Another ./run is at work in this folder" in words for words in said) == 1
    assert sum("Nothing to do" in words for words in said) == 1
    assert b"Who joined" in project.outputs()["tables/joining.html"]


def test_locks_of_another_snakemake_are_respected(project: Tiny) -> None:
    """Only a run of our own that never came to its end has left locks that may be taken away."""
    project.edit("config.yaml", "title: Who joins", "title: Who joined")
    locks = project.folder / ".snakemake" / "locks"
    locks.mkdir(exist_ok=True)
    (locks / "0.output.lock").write_text("results/tiny/tables/joining.csv\n", encoding="utf-8")
    assert project.run().code == 1
    assert list(locks.glob("*"))
    (project.folder / ".snakemake" / "run.lock").write_text("99999999\n", encoding="utf-8")
    assert project.run().code == 0


def test_a_step_that_fails_says_why_and_keeps_the_rest(project: Tiny) -> None:
    project.edit(
        "scripts/tables.py",
        "with job(snakemake):",
        'with job(snakemake):\n    raise ValueError("the reason")\n',
    )
    before = project.outputs()
    answer = project.run()
    assert answer.code == 1
    assert "The step tables models failed." in answer.err
    assert "ValueError: the reason" in answer.err
    assert "Traceback" in answer.err, "a defect of ours must be reportable"
    kept = project.outputs()
    assert {
        name: made for name, made in before.items() if name.startswith("estimates/")
    }.items() <= kept.items()
    assert not (project.results / "report.html").exists(), (
        "a report of the run before would belong to other tables"
    )
