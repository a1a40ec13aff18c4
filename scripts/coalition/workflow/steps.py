"""Steps without a start of Python each: they are forks of one process that keeps the library
loaded.

Snakemake starts `python SCRIPT` for every step, which costs seconds where the step's own work is a
tenth of one, and leaves the path of its interpreter unquoted, so that a folder whose name has a
space or an apostrophe stops every step. Here a process is started with the first step; for each
step it imports what the step's script imports, then forks. What is loaded holds no state of an
earlier step, since a step runs in the fork and the process itself does nothing but import. It goes
when the run goes, however that ends, and takes its steps along.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import gc
import importlib
import itertools
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import threading
import traceback
import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

THREADS = (
    "OMP_NUM_THREADS",
    "GOTO_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
"""What Snakemake sets to a job's threads; each of our steps has one."""
SCRIPTS = Path(__file__).parents[2]
OFTEN = 2
"""Steps that had to import a module themselves after which the process keeps it loaded: what one
step of a small run needs, such as statsmodels, no other may need.
"""
SELDOM = (50_000, 20, 50)
"""Objects after which a step looks for cycles of garbage: tables and models are many objects and
few cycles.
"""
PREAMBLE_ENDS = "######## snakemake preamble end #########\n"
"""The line after which the rule's own script begins in the file that Snakemake writes."""


def instead_of_interpreters() -> None:
    """Have Snakemake run the scripts of its rules as forks.

    Scripts with a conda environment, a container or environment modules of their own stay
    Snakemake's.
    """
    from snakemake.script import PythonScript

    usual, forks = PythonScript.execute_script, Forks()

    def execute_script(script: Any, fname: str, edit: bool = False) -> None:
        if script.conda_env or script.container_img or script.env_modules:
            usual(script, fname, edit)
        else:
            forks.run(fname, script.resources.get("tmpdir"))

    PythonScript.execute_script = execute_script


class Forks:
    """The process that forks, as the run sees it; it is started with the first step."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def close(self) -> None:
        """Let the process end, and wait for it."""
        if self._socket is not None and self._process is not None:
            self._socket.close()
            self._process.wait()

    def run(self, script: str, temporary: str | None = None) -> None:
        """Run a script to its end.

        Raises
        ------
        CalledProcessError
            When it does not end with code 0.
        """
        reader, writer = os.pipe()
        with self._lock, os.fdopen(writer, "wb"):
            if self._socket is None:
                self._socket, self._process = _start(temporary)
            _send(self._socket, script, writer)
        with os.fdopen(reader, "rb") as answer:
            code = answer.read().decode()
        if code != "0":
            raise subprocess.CalledProcessError(int(code or 1), [sys.executable, script])


def _start(temporary: str | None) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair()
    path = os.pathsep.join(filter(None, [str(SCRIPTS), os.environ.get("PYTHONPATH")]))
    environment = os.environ | dict.fromkeys(THREADS, "1") | {"PYTHONPATH": path}
    if temporary:
        environment |= dict.fromkeys(("TMPDIR", "TMP", "TEMPDIR", "TEMP"), temporary)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=environment,
        )
    return ours, process


def _send(there: socket.socket, script: str, writer: int) -> None:
    """Name a script, with the pipe for its exit code, and wait until both have arrived."""
    try:
        socket.send_fds(there, [f"{script}\n".encode()], [writer])
        there.recv(1)
    except OSError:  # the process is gone; its step ends without a code
        return


# -- the process itself


class Server:
    """Forks a step for every script that it is sent, and says how each ended.

    Parameters
    ----------
    there : socket
        The run's end is closed when the run goes.
    """

    def __init__(self, there: socket.socket) -> None:
        self._there = there
        self._running: dict[int, tuple[int, int]] = {}  # process -> pipes of its code and modules
        self._imported: Counter[str] = Counter()  # by how many steps, each for itself

    def serve(self) -> None:
        """Fork until the run is gone."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the steps and the run get it too
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        awake, waker = socket.socketpair()
        for end in (awake, waker):
            end.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._there, selectors.EVENT_READ)
            selector.register(awake, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if awake in ready:
                    awake.recv(4096)
                    self._reap()
                if self._there in ready and not self._take():
                    break
        for process in self._running:
            os.kill(process, signal.SIGKILL)

    def _take(self) -> bool:
        """Take one script and fork; return whether the run is still there."""
        text, pipes, _, _ = socket.recv_fds(self._there, 65536, 1)
        if not text:
            return False
        script = text.decode().rstrip("\n")
        wanted = [name for name, steps in self._imported.items() if steps >= OFTEN]
        load(name for name in wanted if name not in sys.modules)
        load_for(script)
        learned, teach = os.pipe()
        gc.freeze()  # what is loaded is never garbage: no step has to look through it
        gc.set_threshold(*SELDOM)
        process = os.fork()
        if not process:
            # a run that waits for the end of another step would wait for this one's too
            for handle in (learned, *pipes, *itertools.chain(*self._running.values())):
                os.close(handle)
            self._there.close()
            _be(script, teach)
        os.close(teach)
        self._running[process] = (pipes[0], learned)
        self._there.send(b".")
        return True

    def _reap(self) -> None:
        """Say of every step that has ended how it did, and note what it had to import itself."""
        while self._running:
            process, status = os.waitpid(-1, os.WNOHANG)
            if not process:
                return
            answer, learned = self._running.pop(process)
            code = os.waitstatus_to_exitcode(status)
            with os.fdopen(answer, "wb") as pipe, contextlib.suppress(BrokenPipeError):
                pipe.write(str(code if code >= 0 else 128 - code).encode())
            with os.fdopen(learned, "rb") as pipe:
                self._imported.update(pipe.read().decode().splitlines())


def _be(script: str, teach: int) -> None:
    """Become a step, in the fork, and end with its code."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        known, sys.argv = set(sys.modules), [script]
        code = _ended(script)
        _teach(teach, [name for name in sys.modules if name not in known])
    finally:
        os._exit(code)


def _ended(script: str) -> int:
    """Run a script; return its exit code."""
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    return 0


def _teach(pipe: int, modules: Iterable[str]) -> None:
    """Name modules, as many as the pipe takes at once: nobody reads before the step has ended."""
    os.set_blocking(pipe, False)
    names = "\n".join(name for name in modules if not name.startswith("__")) + "\n"
    with contextlib.suppress(OSError):
        os.write(pipe, names.encode())


def load_for(script: str) -> None:
    """Import what a script imports."""
    text = Path(script).read_text(encoding="utf-8").rpartition(PREAMBLE_ENDS)[2]
    with contextlib.suppress(SyntaxError):  # the step itself says so
        body = ast.parse(text).body
        imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in imports:
            code = compile(ast.Module([node], []), script, "exec", dont_inherit=True)
            with contextlib.suppress(Exception):
                exec(code, {})


def load(modules: Iterable[str]) -> None:
    """Import modules that a step had to import itself."""
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def main(handle: int) -> None:
    """Serve the run at the other end of a socket."""
    warnings.filterwarnings("ignore", message=".*fork", category=DeprecationWarning)
    from snakemake import iocontainers, logging  # noqa: F401 (every script's first lines take it)

    Server(socket.socket(fileno=handle)).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
