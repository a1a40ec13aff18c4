"""A user's file laid over config.yaml: merged, replaced, taken out, extended."""

from __future__ import annotations

from pathlib import Path

import pytest
from coalition.base.errors import Problems
from coalition.config.settings import combine, main

ROOT = Path(__file__).parents[3]
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


CURVE = {
    "hypotheses": {"H1": {}, "H2": {}},
    "robustness": {"coder": {"label": "C", "hypotheses": ["H2"]}, "all": {"label": "A"}},
    "specification_curve": {
        "choices": {
            "both": {
                "hypotheses": ["H1", "H2"],
                "options": {
                    "first": {"label": "F"},
                    "some": {"label": "S", "hypotheses": ["H2"]},
                    "other": {"label": "O"},
                },
            },
            "named": {"options": {"first": {"label": "F"}, "coder": {"alternative": "coder"}}},
            "theirs": {
                "hypotheses": ["H2"],
                "options": {"first": {"label": "F"}, "other": {"label": "O"}},
            },
        }
    },
}


def test_a_hypothesis_that_is_taken_out_is_taken_from_what_stands_below() -> None:
    found = combine(CURVE, {"hypotheses": {"H2": None}})
    assert list(found["robustness"]) == ["all"]
    assert found["specification_curve"]["choices"] == {
        "both": {
            "hypotheses": ["H1"],
            "options": {"first": {"label": "F"}, "other": {"label": "O"}},
        }
    }


def test_what_the_user_wrote_of_it_stays() -> None:
    own = {"choices": {"theirs": {"label": "Theirs"}}}
    found = combine(CURVE, {"hypotheses": {"H2": None}, "specification_curve": own})
    assert found["specification_curve"]["choices"]["theirs"]["hypotheses"] == ["H2"]


@pytest.mark.parametrize("given", [{"extends": {"a": 1}}, {"only": {"tables": {"a": 1}}}])
def test_names_of_files_and_entries_are_texts(given: dict[str, object]) -> None:
    with pytest.raises(Problems, match="of the wrong kind"):
        combine(BASE, given)


@pytest.mark.parametrize("replaced", ["all", ["samples", "hypotheses"]])
def test_another_study_is_not_judged_by_what_the_project_declared_for_its_own(
    replaced: str | list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    ours = main()["verdict_2"]
    changes = {
        "replace": replaced,
        "verdict_2": {"confounders": ["debt"]},
        "hypotheses": {"H2": {}},
    }
    config = main(changes)
    rule = config["verdict_2"]
    assert config["uncertainty"]["auxiliary"] == []
    assert rule["confounders"] == ["debt"]
    assert (rule["parts"], rule["regions"]) == ({}, [])
    assert (rule["selection"]["models"], rule["levels"]["models"]) == ({}, {})
    assert not {"record", "diagnosis"} & set(rule)
    assert rule["turns"] == {"region_effects": [], "construct": [], "shown": [], "keeps": 0.5}
    assert (rule["alpha"], rule["option_share"]) == (ours["alpha"], ours["option_share"])
    assert main({"replace": ["samples"]})["verdict_2"] == ours
