"""What waits in the queue of a Slurm cluster, and why: said once a minute while a run has jobs
there, so that no screen stays mute.
"""

from __future__ import annotations

import re
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

SUBMITTED = re.compile(
    r"Job (?P<job>\S+) has been submitted with SLURM jobid (?P<slurm>\S+)"
    r"(?: \(log: .*?/group_(?P<group>[^/]+)/)?"
)
"""What Snakemake's executor says of a job that it has put into the queue; only the name of the log
says which steps go together in it.
"""
RUN_ID = re.compile(r"SLURM run ID: (?P<run>\S+)")
STATUS = re.compile(r"SLURM-job '(?P<slurm>[^']+)' failed, SLURM status is: '(?P<status>[^']+)'")
EVERY = 60.0
"""Seconds between two words on the queue."""
REASONS = {
    "Priority": "other jobs go first",
    "Resources": "no node has room yet",
    "QOSMaxJobsPerUserLimit": "your limit of running jobs is reached",
    "AssocGrpCpuLimit": "your account's limit of processors is reached",
    "PartitionTimeLimit": "more time is asked for than the partition allows; lower `runtime`",
    "ReqNodeNotAvail": "the nodes are reserved or down",
    "JobHeldUser": "held by you; scontrol release lets it go",
    "JobHeldAdmin": "held by an administrator",
    "InvalidAccount": "the account does not exist; set slurm_account",
    "BadConstraints": "no node is as asked for",
}
"""Why Slurm says that a job waits, and what that means."""
ENDS = {
    "CANCELLED": "it was cancelled (scancel, or by an administrator)",
    "TIMEOUT": "it ran longer than it asked for; raise `runtime`",
    "OUT_OF_MEMORY": "it needed more memory than it asked for; raise `mem_mb`",
    "NODE_FAIL": "its node failed",
    "PREEMPTED": "a job of higher priority took its place",
    "DEADLINE": "its deadline passed",
    "BOOT_FAIL": "its node did not start",
}
"""How Slurm says that a job ended, and what that means; FAILED is the step's own failure."""


def end_in_words(message: str) -> str:
    """Return how the scheduler ended a job, from the executor's message; empty where it says
    nothing of one.
    """
    found = STATUS.search(message)
    return _end(found["slurm"], found["status"]) if found else ""


def end_of(slurm: str) -> str:
    """Return how the scheduler ended a job, as it says itself; empty where it does not answer."""
    with suppress(OSError, subprocess.SubprocessError):
        states = _squeue("--states=all", "--format=%T", "--jobs", slurm).split()
        return _end(slurm, states[0]) if states else ""
    return ""


def _end(slurm: str, state: str) -> str:
    status = state.partition(" ")[0].rstrip("+")
    words = ENDS.get(status, "the step itself failed" if status == "FAILED" else "")
    return f"Slurm job {slurm}: {status}{f', {words}' if words else ''}"


def _squeue(*arguments: str) -> str:
    """Return what squeue answers."""
    return subprocess.run(
        ["squeue", "--noheader", *arguments],
        capture_output=True, text=True, timeout=30, check=True,
    ).stdout  # fmt: skip


def in_words(listing: str) -> str:
    """Return a line on the queue: how many jobs run, how many wait, and why.

    Parameters
    ----------
    listing : str
        What `squeue --format=%T|%r` prints, a job a line.
    """
    rows = [line.strip().split("|") for line in listing.splitlines() if "|" in line]
    running = sum(row[0] == "RUNNING" for row in rows)
    waiting = Counter(row[1] for row in rows if row[0] == "PENDING")
    if not rows:
        return "Slurm: no job of this run is in the queue; waiting for files and answers."
    why = "; ".join(
        f"{number} waiting ({REASONS.get(reason, reason)})"
        for reason, number in sorted(waiting.items())
    )
    return f"Slurm: {running} running{f'; {why}' if why else ''}"


class Watch:
    """Says once a minute how the jobs of a run stand; it ends with `stop`.

    Parameters
    ----------
    say : callable
        Prints a line.
    """

    def __init__(self, say: Callable[[str], None], every: float = EVERY) -> None:
        self._say, self._every = say, every
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, run: str) -> None:
        """Begin, once, with the jobs that carry the executor's id of this run as their name."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, args=(run,), daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End."""
        self._ended.set()

    def _watch(self, run: str) -> None:
        said = ""
        while not self._ended.wait(self._every):
            try:
                line = in_words(_squeue("--format=%T|%r", "--name", run))
            except subprocess.CalledProcessError as error:
                line = f"Slurm does not answer: {error.stderr.strip()}"
            except (OSError, subprocess.TimeoutExpired) as error:
                line = f"Slurm does not answer (squeue: {error})"
            if not self._ended.is_set():
                self._say(line if line != said else f"{line} (as a minute ago)")
                said = line
