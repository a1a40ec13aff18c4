"""A disk that is full: one clear sentence, nothing half-written, and the next run ends with the
bytes of an undisturbed one.
"""

from __future__ import annotations

import errno
import marshal
import os
import py_compile
import subprocess
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from coalition.base import files
from coalition.commands.run import compile_library
from tiny import Tiny, make

pytestmark = pytest.mark.long


@pytest.mark.parametrize("moment", ["write", "close", "replace"])
def test_nothing_half_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    path = tmp_path / "a.json"
    files.write_json(path, {"before": 1})
    opened = os.fdopen

    class Full:
        def __init__(self, handle: int, mode: str) -> None:
            self.stream = opened(handle, mode)

        def __enter__(self) -> Full:
            return self

        def write(self, content: bytes) -> None:
            self.stream.write(content[: len(content) // 2])
            if moment == "write":
                self.stream.close()
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def __exit__(self, *error: object) -> None:
            self.stream.close()
            if moment == "close" and error == (None, None, None):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def full(source: str, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if moment == "replace":
        monkeypatch.setattr(os, "replace", full)
    else:
        monkeypatch.setattr(os, "fdopen", Full)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        files.write_json(path, {"after": 2})
    monkeypatch.undo()
    assert files.read_json(path) == {"before": 1}
    assert [other.name for other in tmp_path.iterdir()] == ["a.json"]


def limited(project: Tiny, blocks: int) -> tuple[int, str]:
    """Give `./run` where no file may become larger than so many blocks of 512 bytes; return its
    code and what it said.
    """
    command = f"ulimit -f {blocks}; exec ./run --cores 1"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COALITION_", "PYTEST_"))
    }
    answer = subprocess.run(
        ["sh", "-c", command],
        cwd=project.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return answer.returncode, answer.stderr


def test_a_run_that_hits_the_limit_is_finished_by_the_next(tmp_path: Path, finished: Tiny) -> None:
    sizes = sorted(len(content) for content in finished.outputs().values())
    project = make(tmp_path / "project")
    # the second limit cuts the report alone: it is the largest file that a run writes
    for blocks in (sizes[len(sizes) // 2] // 512 + 40, sizes[-1] // 512 - 8):
        code, said = limited(project, blocks)
        assert code == 1
        assert "File too large" in said
        assert "is the disk full?" in said
        assert "defect of the program" not in said
        assert not (project.results / "manifest.json").exists()
        kept = project.outputs()
        assert {
            name: content for name, content in finished.outputs().items() if name in kept
        } == kept, "what is there is whole"
    answer = project.run("--cores", "1")
    assert answer.code == 0, answer.err
    assert project.outputs() == finished.outputs()
    assert not [path for path in project.results.rglob(".*") if path.is_file()]


def test_what_is_compiled_is_what_python_itself_would_compile(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text("value = 1\n", encoding="utf-8")
    compile_library(tmp_path)
    made = Path(cache_from_source(str(source)))
    ours = made.read_bytes()
    py_compile.compile(str(source), invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)
    theirs = made.read_bytes()
    assert ours[:16] == theirs[:16]
    assert marshal.loads(ours[16:]) == marshal.loads(theirs[16:])
