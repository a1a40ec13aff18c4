"""Where an entry of the config stands: the line that is named is the line that declares it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from coalition.config import origins, settings

ROOT = Path(__file__).parents[3]
BLOCKS = ("models", "hypotheses", "robustness", "tables", "figures")


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_every_entry_of_the_main_config_stands_on_the_line_that_is_named() -> None:
    config = settings.main()
    found = origins.origins(config, {}, [], BLOCKS)
    assert set(found) == {f"{block}.{entry}" for block in BLOCKS for entry in config[block]}
    for path, places in found.items():
        for place in places.split(", "):
            name, _, line = place.partition(":")
            text = Path(name).read_text("utf-8").splitlines()[int(line) - 1]
            written = re.match(r"\s+['\"]?([\w*]+)['\"]?:", text)
            assert written is not None
            entry = path.partition(".")[2]
            assert entry == written[1] or (
                written[1].endswith("*") and entry.startswith(written[1][:-1])
            )


def test_a_file_of_the_user_s_that_changes_an_entry_is_named_after_the_first(
    tmp_path: Path,
) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("# mine\nmodels:\n  h1_logit_pooled: {cluster: null}\n", encoding="utf-8")
    changes = {"models": {"h1_logit_pooled": {"cluster": None}}}
    found = origins.origins(settings.main(changes), changes, [str(mine)], ("models",))
    assert found["models.h1_logit_pooled"].endswith(f"{mine}:3")
    assert found["models.h1_parts_pooled"].startswith("configs/main/models.yaml:")


def test_what_is_replaced_stands_only_where_it_is_declared_anew(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("replace: tables\ntables:\n  h1: {kind: regression}\n", encoding="utf-8")
    changes = {"replace": "tables", "tables": {"h1": {"kind": "regression"}}}
    found = origins.origins(settings.main(changes), changes, [str(mine)], ("tables",))
    assert found == {"tables.h1": f"{mine}:3"}


def test_a_setting_of_the_command_line_has_no_line() -> None:
    changes = {"tables": {"new": {"kind": "regression", "title": "T"}}}
    found = origins.origins(settings.main(changes), changes, [], ("tables",))
    assert found["tables.new"] == "--config"
