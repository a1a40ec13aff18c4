"""What every script of a rule does alike: its log, its errors, its temporary names."""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, TextIO

from ..base.errors import Problems
from .provenance import meter

RUN_VARIABLE = "COALITION_RUN"
"""Name of the environment variable by which the Snakefile tells a step which process it belongs to.
"""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where a file does not fit: on the disk, into a quota, under a limit of the
shell.
"""
PATIENCE = 0.5
"""Seconds after which a step notices that its run was killed; a new run needs longer to come to its
first step.
"""


@contextmanager
def job(snakemake: Any) -> Iterator[None]:
    """Send output, warnings and errors of a rule's script to its log, and end it with code 1 after
    an error.

    The log holds what the user must know: the problems to correct, or one sentence and the
    traceback
    of a defect of ours.
    """
    _end_with_its_run()
    log = Path(snakemake.log[0])
    note_cost = meter(snakemake.rule, list(snakemake.output), log)
    with (
        _opened(log, snakemake.rule) as stream,
        redirect_stdout(stream),
        redirect_stderr(stream),
    ):
        warnings.simplefilter("default")
        try:
            yield
        except Problems as problems:
            print(problems)
            code = 1
        except OSError as error:
            if error.errno not in NO_ROOM:
                _print_defect(snakemake.rule)
            else:
                print(
                    f"The step {snakemake.rule} could not write what it made: {error.strerror}; "
                    "is the disk full? What was finished stays; when there is room, the next "
                    "./run goes on from there."
                )
            code = 1
        except Exception:
            _print_defect(snakemake.rule)
            code = 1
        else:
            code = 0
    if not code:
        note_cost()
    if code:
        sys.exit(code)


def _opened(log: Path, rule: str) -> TextIO:
    """Open the log of a step; where that cannot be, say so on the screen and end the step."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        return open(log, "w", encoding="utf-8")
    except OSError as error:
        print(
            f"The step {rule} could not write its log {log}: {error.strerror}. Is the disk full, "
            "or the folder not yours to write? What was finished stays; the next ./run goes on "
            "from there.",
            file=sys.__stderr__,
            flush=True,
        )
        sys.exit(1)


def _print_defect(rule: str) -> None:
    print(
        f"The step {rule} failed; this is a defect of the program, not of your input. Please "
        "report it with the lines below."
    )
    traceback.print_exc()


def _end_with_its_run() -> None:
    """End this step when the run that it belongs to is gone: it must not write into the results of
    a later one.
    """
    run = int(os.environ.get(RUN_VARIABLE, "0"))

    def watch() -> None:
        while _exists(run):
            time.sleep(PATIENCE)
        os._exit(1)

    if run:
        threading.Thread(target=watch, daemon=True).start()


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def progress(work: str) -> Callable[[str], None]:
    """Return a function that says how far some work has come: in the log, and on the screen, which
    the log hides.
    """
    start = time.monotonic()

    def say(done: str) -> None:
        print(f"{time.monotonic() - start:6.1f} s  {done}")
        print(f"  {work}: {done}", file=sys.__stderr__, flush=True)

    return say
