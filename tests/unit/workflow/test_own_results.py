"""Settings laid over config.yaml never take the place of what config.yaml alone has made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from coalition.base.errors import Problems
from coalition.workflow import manifest

ALONE = {"configfiles": [], "settings": {}}


def finished(folder: Path, command: dict) -> Path:
    run = folder / "results" / "main"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text(json.dumps({"command": command}), encoding="utf-8")
    return run


def test_a_config_without_a_name_is_told_what_it_would_replace(tmp_path: Path) -> None:
    run = finished(tmp_path, ALONE)
    with pytest.raises(Problems) as problems:
        manifest.not_in_place_of_others(run, {"seed": 3})
    assert "results/main" in str(problems.value)
    assert "run: NAME" in str(problems.value)


@pytest.mark.parametrize(
    ("command", "changes"),
    [
        (ALONE, {}),
        ({"configfiles": ["mine.yaml"], "settings": {}}, {"seed": 3}),
        ({"configfiles": [], "settings": {"seed": 3}}, {"seed": 4}),
    ],
)
def test_the_same_config_again_and_one_that_is_edited_go_on(
    tmp_path: Path, command: dict, changes: dict
) -> None:
    manifest.not_in_place_of_others(finished(tmp_path, command), changes)


def test_a_folder_without_a_finished_run_is_free(tmp_path: Path) -> None:
    manifest.not_in_place_of_others(tmp_path / "results" / "main", {"seed": 3})
