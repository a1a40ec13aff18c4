"""What a run prints: one plain line a finished step, the words of a failed one, and where to look at the end.

A logger plugin of Snakemake, found by its name because `run` puts scripts/ on PYTHONPATH.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

from coalition.ending import RESULTS_VARIABLE, ending
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

QUIET_STEPS = ("all",)


class LogHandler(LogHandlerBase):
    """Prints events of Snakemake to standard error, in the words of this project."""

    def __post_init__(self) -> None:
        self.jobs: dict[int, tuple[str, float, list[str]]] = {}
        self.done, self.total = 0, 0

    def emit(self, record: logging.LogRecord) -> None:
        """Print what one event means to the user."""
        event = getattr(record, "event", None)
        handlers = {
            LogEvent.RUN_INFO: self._run,
            LogEvent.JOB_INFO: self._started,
            LogEvent.JOB_FINISHED: self._finished,
            LogEvent.JOB_ERROR: self._error,
        }
        if event in handlers:
            handlers[event](record)
        elif event is None and record.levelno == logging.INFO and str(record.msg).startswith("Nothing to be done"):
            self._say("Nothing to do: everything is up to date.")
            if RESULTS_VARIABLE in os.environ:
                self._say(ending(os.environ[RESULTS_VARIABLE]))
        elif record.levelno >= logging.ERROR and not record.getMessage().startswith("RuleException"):  # the step's own log says it better
            self._say(record.getMessage())

    def _say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def _run(self, record: logging.LogRecord) -> None:
        stats: dict[str, int] = getattr(record, "stats", {})
        self.total = sum(count for rule, count in stats.items() if rule not in (*QUIET_STEPS, "total"))
        self._say(f"{self.total} steps to make. Data and settings are being checked ...")

    def _started(self, record: Any) -> None:
        words = [record.rule_name, *(str(value) for value in record.wildcards.values())]
        self.jobs[record.jobid] = (" ".join(words), time.monotonic(), [str(log) for log in record.log])

    def _finished(self, record: Any) -> None:
        name, began, _ = self.jobs.pop(record.job_id, ("", time.monotonic(), []))
        if name and name not in QUIET_STEPS:
            self.done += 1
            self._say(f"[{self.done:>3}/{self.total}] {name:<42} {time.monotonic() - began:5.1f} s")

    def _error(self, record: Any) -> None:
        words = self.jobs.get(record.jobid, (record.rule_name, 0.0, []))
        self._say(f"\nThe step {words[0]} failed.\n")
        for log in words[2]:
            path = Path(log.split(" (")[0])
            if path.is_file():
                self._say(path.read_text(encoding="utf-8", errors="replace").strip())
                self._say(f"\n(from {path})")

    @property
    def writes_to_stream(self) -> bool:
        """It takes the place of Snakemake's own output."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """It writes no file."""
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
