"""Tables that the check has read, handed to the steps that would read them again."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from coalition.workflow import handed_over

PATHS = ["results/x/data/isaf/troops.csv", "results/x/data/isaf/caveats.csv"]
TEXTS = {"isaf": {"troops": "iso3,troops\nALB,12\n", "caveats": "iso3,level\nALB,1\n"}}


def step(**changes: Any) -> dict[str, Any]:
    params = {"group": "isaf", "config": {"a": 1}, "content": {"troops.csv": "1f"}, "library": "2e"}
    return {"params": params | changes, "output": {"tables": PATHS}}


def of(step: dict[str, Any]) -> Any:
    return SimpleNamespace(**step["params"])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_step_gets_what_the_check_has_read() -> None:
    handed_over.keep([step()], TEXTS)
    assert handed_over.taken(of(step()), PATHS)
    assert [Path(path).read_text() for path in PATHS] == [*TEXTS["isaf"].values()]
    assert not handed_over.taken(of(step()), PATHS)  # they are gone; it reads them itself


@pytest.mark.parametrize("part", ["config", "content", "library"])
def test_a_step_of_other_files_settings_or_code_reads_them_itself(part: str) -> None:
    handed_over.keep([step()], TEXTS)
    assert not handed_over.taken(of(step(**{part: {"other": 1}})), PATHS)
    assert not Path(PATHS[0]).exists()


def test_a_table_that_is_lacking_gives_none_of_them() -> None:
    handed_over.keep([step()], TEXTS)
    next(handed_over.TABLES.rglob("caveats.csv")).unlink()
    assert not handed_over.taken(of(step()), PATHS)
    assert not Path(PATHS[0]).exists()


def test_only_the_tables_of_the_last_check_stay() -> None:
    handed_over.keep([step(library="old")], TEXTS)
    handed_over.keep([step()], TEXTS)
    assert len(list(handed_over.TABLES.iterdir())) == 1
