"""The small project of these tests: made once and run once in each process of pytest, then
copied.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import Tiny, make

FOLDER = "Zoë's own project"
"""A name that a shell takes apart where it is not quoted."""


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """Return a project with the results of an undisturbed run; copy it, never change it."""
    project = make(tmp_path_factory.mktemp("finished") / FOLDER)
    answer = project.run()
    assert answer.code == 0, answer.err
    return project


@pytest.fixture
def project(finished: Tiny, tmp_path: Path) -> Tiny:
    """Return a copy of the finished project that a test may change."""
    return finished.copy(tmp_path / FOLDER)
