"""For all tests: files with long tests come first, and a skipped test fails where everything must
be
there, that is where COALITION_REQUIRE_ALL is set.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

NO_FACTS = "the coded facts are not here"
"""Why tests against them are skipped: they are no part of the project, so that may be
everywhere.
"""
REQUIRE_ALL = os.environ.get("COALITION_REQUIRE_ALL", "") not in ("", "0")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Mark the cases that are long before any is left out; then put the files that hold long tests
    first, so that the processes come to their end together: at the end only quick files are left to
    share.
    """
    cases: Counter[tuple[Path, str]] = Counter()
    for item in items:
        if (quick := item.get_closest_marker("long_after")) is not None:
            test = item.path, item.name.partition("[")[0]
            cases[test] += 1
            if cases[test] > quick.args[0]:
                item.add_marker("long")
        if any(mark.kwargs.get("reason") == NO_FACTS for mark in item.iter_markers("skipif")):
            item.add_marker("beside")
    yield
    slow = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a test's skip into a failure that names what is missing; not where the test needs what
    the project cannot hold.
    """
    report = yield
    if item.get_closest_marker("beside") is None:
        _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole file into a failure that names what is missing."""
    report = yield
    _fail_if_skipped(report)
    return report


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{reason}; COALITION_REQUIRE_ALL allows no test to be left out"
