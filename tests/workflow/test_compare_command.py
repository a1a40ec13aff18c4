"""`./run compare`: from the shell, as a user starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit" / "commands" / "compare"))

from compare_fixture import run_parts, write_run  # noqa: E402 - the invented runs are those of the unit tests


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [ROOT / "run", "compare", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=120,
    )


def test_two_runs_are_compared(tmp_path: Path) -> None:
    runs = [str(write_run(tmp_path / name, run_parts())) for name in ("one", "two")]
    done = start(*runs, "--to", str(tmp_path / "out"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"The page: {tmp_path / 'out' / 'compare.html'}\n")
    assert (tmp_path / "out" / "compare.html").is_file()


def test_an_unfinished_run_is_refused(tmp_path: Path) -> None:
    run = write_run(tmp_path / "one", run_parts())
    (run / "manifest.json").unlink()
    done = start(str(run), str(run), "--to", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "no finished run" in done.stderr
    assert "Traceback" not in done.stderr
