"""A user's file laid over config.yaml: merged, replaced, taken out, extended."""

from __future__ import annotations

from pathlib import Path

import pytest
from coalition.base.errors import Problems
from coalition.config.settings import combine

BASE = {
    "run": "main",
    "models": {"a": {"family": "logit", "terms": ["x"]}, "b": {"family": "ols"}},
    "tables": {"t": {"kind": "flow"}},
}


def written(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def test_a_file_is_merged_over_those_that_it_extends_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(
        tmp_path,
        first="{replace: [models], models: {c: {family: ols}}}",
        second="{models: {c: {family: logit}}, tables: {t: null}}",
    )
    found = combine(
        BASE,
        {
            "extends": ["first.yaml", "second.yaml"],
            "run": "mine",
            "models": {"c": {"terms": ["y"]}},
        },
    )
    assert found == {
        "run": "mine",
        "models": {"c": {"family": "logit", "terms": ["y"]}},
        "tables": {},
    }


def test_a_file_that_is_extended_can_extend_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, near="{extends: far.yaml, run: near}", far="{run: far, models: {b: null}}")
    assert combine(BASE, {"extends": "near.yaml"}) == BASE | {
        "run": "near",
        "models": {"a": BASE["models"]["a"]},
    }
    assert BASE["run"] == "main"


@pytest.mark.parametrize("text", ["{extends: round.yaml}", "{extends: [other.yaml]}"])
def test_a_circle_is_named(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, round=text, other="{extends: round.yaml}")
    with pytest.raises(Problems, match="extends itself"):
        combine(BASE, {"extends": "round.yaml"})


def test_a_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Problems, match=r"nowhere\.yaml"):
        combine(BASE, {"extends": "nowhere.yaml"})
