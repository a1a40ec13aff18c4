"""The start of a run: Snakemake with this project's profile, one run at a time in a folder, and
none that blocks the next.
"""

from __future__ import annotations

import fcntl
import logging
import marshal
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from types import FrameType

from ..base.errors import Problems
from ..base.files import write_bytes
from ..config import settings
from ..workflow.finished import nothing_to_do
from ..workflow.summary import NOTHING_TO_DO, ending
from .run_arguments import config_files, in_order, nothing_else, with_profile

USAGE = """\
./run                                   the analysis of config.yaml
./run --configfile mine.yaml            the same with the settings of mine.yaml (run: NAME in it)
./run check [--configfile mine.yaml]    look for mistakes; nothing is fitted
./run check --explain KEY               what a key of the config is, may be, and is now
./run new coding isaf                   a table for your own coding of caveats, and its config
./run new study FILE                    a first config for any table of yours
./run new NAME                          files for another operation
./run compare results/A results/B       two runs against each other
./run archive [results/RUN]             packages of a finished run to deposit
./run diagnose                          simulated worlds, sent through the verdict rules (hours)
./run recovery                          the long simulation studies of the estimators (hours)
./run test                              the tests
./run TARGET, ./run -n, ./run --cores 4 and so on: arguments of Snakemake (./run --list shows rules)
README.md says more; docs/README.md lists all pages."""
STATE = Path(".snakemake")
OWN_OUTPUT = (
    "--lint", "--dag", "--rulegraph", "--filegraph", "--d3dag", "--summary", "-S",
    "--detailed-summary", "-D",
    "--list", "--list-rules", "-l", "--list-target-rules", "--lt", "--list-changes", "--lc",
    "--help", "-h", "--version", "-v", "--unlock",
    "--quiet", "-q", "--report", "--logger", "--cleanup-metadata", "--containerize", "--archive",
    "--delete-all-output",
)  # fmt: skip
"""Arguments of Snakemake with which it prints something else than the steps of a run."""

SAFE_PATH = re.compile(r"[^\s'\"`$\\&;|<>()*?\[\]{}!]+")
"""A path that needs no quotation marks in a shell."""
STOPPED = "\nStopped. What was finished stays; the next ./run goes on from there."
NO_QUEUE = """
A run on a cluster needs a folder without spaces, quotes and apostrophes in its path (found:
{folder!r}); Slurm's step command takes it apart. Move the project's folder, then start again.

Nothing was run and nothing was written."""
ENDED_BY_SIGNAL = 128
"""What a shell adds to a signal's number for the exit code of a program that it has ended."""


def main(arguments: Sequence[str]) -> int:
    """Run Snakemake with these arguments, as `./run ARGUMENTS` does; return the exit code."""
    if list(arguments) in (["help"], ["-h"], ["--help"]):
        print(USAGE)
        return 0
    arguments = in_order(arguments)
    given = [argument.partition("=")[0] for argument in arguments]
    files = config_files(arguments)
    try:
        settings.read(settings.MAIN)
        changes = settings.laid_over(files)
        command = with_profile(arguments)
    except Problems as problems:
        print(f"\n{problems}\n", file=sys.stderr)
        return 1
    if _cannot_queue(command):
        print(NO_QUEUE.format(folder=os.getcwd()), file=sys.stderr)
        return 1
    if not any(argument in OWN_OUTPUT for argument in given):
        command += ["--logger", "coalition"]
    signals: list[int] = []
    with alone(STATE):
        if nothing_else(arguments) and (plan := nothing_to_do(changes, files)):
            print(NOTHING_TO_DO.format(what="everything"), file=sys.stderr)
            print(ending(plan["results"], plan["skipped"]), file=sys.stderr)
            return 0
        compile_library(Path(__file__).parents[1])
        code = _snakemake(command, signals)
    if signals:
        print(STOPPED, file=sys.stderr)
        return ENDED_BY_SIGNAL + signals[0]
    return code


def _cannot_queue(command: Sequence[str]) -> bool:
    """Tell whether a run is for Slurm in a folder whose path Slurm's own command takes apart."""
    queued = any("slurm" in argument for argument in command)
    return queued and not SAFE_PATH.fullmatch(os.getcwd())


def _snakemake(command: list[str], signals: list[int]) -> int:
    """Run Snakemake; `signals` takes those that asked it to stop."""
    # here, because it is slow to import and waiting for another run needs nothing of it
    from snakemake import cli
    from snakemake import logging as messages
    from snakemake.scheduling.job_scheduler import JobScheduler

    def stop(number: int, frame: FrameType | None) -> None:
        signals.append(number)
        raise KeyboardInterrupt

    # a run in the background ignores it, and goes on to
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, stop)
    # Snakemake's own handler of SIGTERM takes a lock that the interrupted code may hold, and then
    # waits for ever.
    JobScheduler.exit_gracefully = lambda scheduler, number, frame: stop(number, frame)
    messages.logger.addFilter(_means_something)
    try:
        cli.main(command)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return 1
    finally:
        # the scheduler would look again a second after each step, and Python waits for that
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer):
                thread.cancel()
    return 0


def _means_something(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("Assuming unrestricted shared filesystem")


def compile_library(folder: Path) -> None:
    """Compile the library for the steps of the run, each of which is a process of its own.

    Python would do so itself, but up to 3.13 it takes a write that was cut short by a full disk for
    a whole one, and every later run would end on the broken file. So `./run` forbids it, and what
    is written here is whole or not there (the format is that of PEP 552).
    """
    for source in sorted(folder.rglob("*.py")):
        state, cached = source.stat(), Path(cache_from_source(str(source)))
        head = MAGIC_NUMBER + b"".join(
            (number & 0xFFFFFFFF).to_bytes(4, "little")
            for number in (0, int(state.st_mtime), state.st_size)
        )
        try:
            if not cached.is_file() or not cached.read_bytes().startswith(head):
                write_bytes(
                    cached,
                    head
                    + marshal.dumps(
                        compile(source.read_bytes(), str(source), "exec", dont_inherit=True)
                    ),
                )
        # no room, or a folder that is not ours to write: the steps compile for themselves
        except OSError:
            return


@contextmanager
def alone(state: Path) -> Iterator[None]:
    """Hold the folder for one run; before, take away what a run that was killed has left locked.

    The lock is the kernel's, so it goes when its holder goes, however that ends. Snakemake's own
    locks are files that stay: the process id in ours says that the run which wrote it never came to
    its end, and only then are they taken away.

    Parameters
    ----------
    state : Path
        Snakemake's folder.
    """
    state.mkdir(exist_ok=True)
    with open(state / "run.lock", "a+", encoding="utf-8") as lock:
        _wait_for(lock.fileno(), state / "run.lock")
        lock.seek(0)
        if lock.read().strip():
            for stale in (state / "locks").glob("*"):
                stale.unlink()
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def _wait_for(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = path.read_text(encoding="utf-8").strip() or "unknown"
        print(
            (
                f"Another ./run is at work in this folder (process {holder}); waiting for it to "
                "end ..."
            ),
            file=sys.stderr,
            flush=True,
        )
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:  # a file system without locks; Snakemake's own remain
        pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
