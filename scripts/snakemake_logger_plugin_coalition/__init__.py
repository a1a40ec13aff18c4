"""What a run prints: one plain line a finished step, the words of a failed one, and where to look
at the end.

A logger plugin of Snakemake, found by its name because `run` puts scripts/ on PYTHONPATH. What it
prints on the terminal stands in results/<run>/logs/run.log as well, where a run makes anything.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from coalition.workflow import queue_watch
from coalition.workflow.summary import (
    NOTHING_TO_DO,
    RESULTS_VARIABLE,
    SKIPPED_VARIABLE,
    ending,
    targets,
)
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

QUIET_STEPS = ("all", "diagnose")
RETRIED = re.compile(r"Trying to restart job (\S+)\.")
REASONS = {
    "Missing output": "its output is not there",
    "Incomplete": "its output was left unfinished",
    "Params": "its settings, its program or a file of yours changed",
    "Updated input": "a file that it reads changed",
    "Input files updated": "what it reads is made again",
    "Set of input": "it reads other files than before",
    "Forced": "asked for, or left unfinished",
}
"""How Snakemake begins to say why it makes a step, and our words for it."""


class LogHandler(LogHandlerBase):
    """Prints events of Snakemake to standard error, in the words of this project."""

    def __post_init__(self) -> None:
        self.jobs: dict[int, tuple[str, float, list[str]]] = {}
        self.named: dict[int, str] = {}
        self.together: dict[str, list[int]] = {}  # steps of a group that is one job of a queue
        self.sent: dict[str, str] = {}  # group -> its job in the queue
        self.groups: dict[str, str] = {}  # Snakemake's number of such a job -> group
        self.done, self.total = 0, 0
        self.log: TextIO | None = None
        self.watch = queue_watch.Watch(self._say)
        self.queue = ""
        self.warned: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Print what one event means to the user."""
        event = getattr(record, "event", None)
        handlers = {
            LogEvent.RUN_INFO: self._run,
            LogEvent.JOB_INFO: self._planned if self.common_settings.dryrun else self._started,
            LogEvent.JOB_FINISHED: self._finished,
            LogEvent.JOB_ERROR: self._error,
            LogEvent.GROUP_INFO: self._grouped,
            LogEvent.GROUP_ERROR: self._group_error,
        }
        if event in handlers:
            handlers[event](record)
        elif (
            event is None
            and record.levelno == logging.INFO
            and str(record.msg).startswith("Nothing to be done")
        ):
            single = targets()
            wanted = "what was asked for" if single else "everything"
            self._say(NOTHING_TO_DO.format(what=wanted))
            if RESULTS_VARIABLE in os.environ and not self.common_settings.dryrun:
                self._say(
                    ending(
                        os.environ[RESULTS_VARIABLE],
                        os.environ.get(SKIPPED_VARIABLE, "").splitlines(),
                        single,
                    )
                )
        elif record.levelno >= logging.ERROR:
            self._failure(record.getMessage())
        else:
            self._queued(record.levelno, record.getMessage())

    def _queued(self, level: int, message: str) -> None:
        """Print what the executor of a cluster says: submissions, what is tried again, warnings."""
        if found := queue_watch.RUN_ID.search(message):
            self.queue = found["run"]
        elif found := queue_watch.SUBMITTED.search(message):
            self._submitted(found["job"], found["slurm"], found["group"])
        elif found := RETRIED.fullmatch(message):
            self._say(f"{self._what(found[1])} is tried again.")
        elif level == logging.WARNING and self.queue and message not in self.warned:
            self.warned.add(message)  # the executor gives some with every job
            self._say(f"Slurm: {' '.join(message.split())}")

    def _submitted(self, job: str, slurm: str, log: str | None) -> None:
        # the log of a group is called after it and its steps
        for group in self.together if log else ():
            if f"{log}_".startswith(f"{group}_"):
                self.groups[job], self.sent[group] = group, slurm
        self._say(f"submitted {self._what(job)} (Slurm job {slurm})")
        self.watch.start(self.queue)

    def _what(self, job: str) -> str:
        """Return what a job of the queue makes: one step, or those that go together."""
        if job in self.groups:
            return self._steps_of(self.groups[job])
        return self.named.get(int(job), f"step {job}") if job.isdecimal() else "a step"

    def _steps_of(self, group: str) -> str:
        names = sorted(self.named.get(job, f"step {job}") for job in self.together.get(group, []))
        return ", ".join(names)

    def _say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)
        if self.log is not None:
            print(text, file=self.log, flush=True)

    def _run(self, record: logging.LogRecord) -> None:
        stats: dict[str, int] = getattr(record, "stats", {})
        told, self.total = (
            self.total,
            sum(count for rule, count in stats.items() if rule not in (*QUIET_STEPS, "total")),
        )
        steps = f"{self.total} step{'s' if self.total != 1 else ''}"
        if self.common_settings.dryrun:
            if not told:  # Snakemake counts before and after
                self._say(f"{steps} would be made; nothing is made now.")
            return
        path = Path(os.environ[RESULTS_VARIABLE]) / "logs" / "run.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.log = open(path, "w", encoding="utf-8")  # noqa: SIM115 (closed with the handler)
        self._say(f"{steps} to make. Data and settings are being checked ...")

    def _planned(self, record: Any) -> None:
        reason = next(
            (ours for theirs, ours in REASONS.items() if record.reason.startswith(theirs)),
            record.reason,
        )
        if record.rule_name not in QUIET_STEPS:
            self._say(f"  {_name(record):<50} {reason}")

    def _started(self, record: Any) -> None:
        self.named[record.jobid] = _name(record)
        self.jobs[record.jobid] = (
            _name(record),
            time.monotonic(),
            [str(log) for log in record.log],
        )

    def _finished(self, record: Any) -> None:
        name, began, _ = self.jobs.pop(record.job_id, ("", time.monotonic(), []))
        if name and name not in QUIET_STEPS:
            self.done += 1
            self._say(f"[{self.done:>3}/{self.total}] {name:<42} {time.monotonic() - began:5.1f} s")

    def _grouped(self, record: Any) -> None:
        self.together[record.group_id] = [job.jobid for job in record.jobs]

    def _group_error(self, record: Any) -> None:
        """Say of a job of several steps how it ended; the events of its steps follow."""
        slurm = self.sent.get(record.groupid, "")
        ended = queue_watch.end_of(slurm) if slurm else ""
        self._say(
            f"\nOf {self._steps_of(record.groupid)}, sent together, not all came to an end.\n"
        )
        if ended:
            self._say(f"{ended}\n")

    def _error(self, record: Any) -> None:
        name, _, logs = self.jobs.get(record.jobid, (record.rule_name, 0.0, []))
        if getattr(record, "indent", False):  # of a group
            for log in map(Path, logs):
                if not _came_to_its_end(log):
                    self._quoted(log)
            return
        self._say(f"\nThe step {name} failed.\n")
        ended = queue_watch.end_in_words(str(getattr(record, "rule_msg", None) or ""))
        if ended:
            self._say(f"{ended}\n")
        said = [self._quoted(Path(log.split(" (")[0])) for log in logs]
        if not any(said) and self.queue:  # then what the scheduler kept of its words
            for log in record.log:
                self._quoted(Path(str(log).split(" (")[0]), last=20)
        self._say(
            "Steps that do not need it are finished; what was made before stays. Correct the "
            "cause, then ./run goes on from there."
        )

    def _quoted(self, path: Path, last: int | None = None) -> bool:
        """Print a log, or its last lines; tell whether it says anything."""
        text = path.read_text(encoding="utf-8", errors="replace").strip() if path.is_file() else ""
        if text:
            self._say("\n".join(text.splitlines()[-last:] if last else [text]))
            self._say(f"\n(from {path})")
        return bool(text)

    def _failure(self, message: str) -> None:
        """Print an error of Snakemake, but not those that a failed step's own log says better."""
        kind, _, words = message.partition("\n")
        if kind.startswith("MissingRuleException"):
            wanted = words.removeprefix("No rule to produce ").split(" (if you use")[0]
            self._say(
                f"There is no rule and no result of the name {wanted}. ./run --list shows the "
                "rules."
            )
        elif (
            not kind.startswith("RuleException")
            and "At least one job did not complete" not in words
        ):
            self._say(message)

    def close(self) -> None:
        """Close the log."""
        self.watch.stop()
        if self.log is not None:
            self.log.close()
            self.log = None
        super().close()

    @property
    def writes_to_stream(self) -> bool:
        """It takes the place of Snakemake's own output."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """The log that it keeps beside is none that Snakemake need announce."""
        return False

    @property
    def has_filter(self) -> bool:
        """It chooses the events itself."""
        return True

    @property
    def has_formatter(self) -> bool:
        """It words the events itself."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """It draws no graph."""
        return False


def _came_to_its_end(log: Path) -> bool:
    """Tell whether a step has written what it cost since it began its log, as it does at its
    end.
    """
    cost = log.with_suffix(".cost.json")
    return cost.is_file() and log.is_file() and cost.stat().st_mtime >= log.stat().st_mtime


def _name(record: Any) -> str:
    return " ".join(
        [
            record.rule_name.replace("_", " ", 1),
            *(str(value) for value in record.wildcards.values()),
        ]
    )
