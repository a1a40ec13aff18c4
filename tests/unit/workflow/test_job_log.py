"""A step whose log cannot be written says so on the screen, and ends."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from coalition.workflow.job import job


def test_a_log_that_cannot_be_opened_gets_words(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where a folder should be", encoding="utf-8")
    log = tmp_path / "logs" / "step.log"
    step = SimpleNamespace(rule="curve_H1", log=[str(log)], output=[])
    with pytest.raises(SystemExit) as ended, job(step):
        raise AssertionError("the step must not begin")
    assert ended.value.code == 1
    said = capfd.readouterr().err
    assert f"The step curve_H1 could not write its log {log}: File exists." in said
    assert "Is the disk full" in said
    assert "Traceback" not in said
