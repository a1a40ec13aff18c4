"""For all simulations: what a test measures is held against results.csv (fast version) or written
there (long version).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import measured
import pytest
from measured import Row, Study

found: list[Row] = []
"""What the tests of this run measured, in the process that hears of all of them."""


@pytest.fixture
def study(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Iterator[Callable[..., Study]]:
    """Return what begins a study; the arguments are those of Study without `test` and `rows`,
    `replications` are (fast, long).

    Raises
    ------
    AssertionError
        In the fast version, where results.csv does not hold just what the test measures.
    """
    begun: list[Study] = []
    test = f"{request.path.stem}::{request.node.name}"

    def begin(*, replications: tuple[int, int], **about: object) -> Study:
        begun.append(Study(test=test, fast=replications[0], long=replications[1], **about))  # type: ignore[arg-type]
        return begun[-1]

    yield begin
    rows = [row for each in begun for row in each.rows]
    record_property("recovery", rows)
    if not measured.LONG:
        held = [measured.drawn(row) for row in measured.read() if row["test"] == test]
        assert [measured.drawn(row) for row in rows] == held, (
            "results.csv does not hold what this test measures; ./run recovery measures it anew"
        )


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect what tests measured, from whichever process they ran in."""
    if report.when == "teardown":
        found.extend(
            row for name, rows in report.user_properties if name == "recovery" for row in rows
        )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what a long version measured, or a shard of ./run recovery; of the processes that run
    tests side by side only the first hears of all.
    """
    if measured.SHARD:
        Path(measured.SHARD).write_bytes(measured.written(measured.merged([], found)))
    elif measured.LONG and found and not hasattr(session.config, "workerinput"):
        measured.RESULTS.write_bytes(measured.written(measured.merged(measured.read(), found)))
