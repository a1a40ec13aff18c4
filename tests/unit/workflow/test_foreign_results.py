"""Which results are known to be what a program makes of its settings and data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from coalition.workflow import foreign_results


def test_what_is_known_of_a_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = Path("results/a")
    run.mkdir(parents=True)
    names = {part: f"results/a/{part}.csv" for part in ("same", "other", "silent", "beside")}
    for name in names.values():
        Path(name).write_text("x\n", encoding="utf-8")
    wanted = dict.fromkeys([*names.values(), "results/a/not_there.csv"], "1")
    # neither a manifest nor a record of Snakemake: nothing is known
    assert foreign_results.foreign(run, wanted) == [*names.values()]
    manifest = {
        "outputs": dict.fromkeys([names["same"], names["other"], names["silent"]], "sha"),
        "made_from": {names["same"]: "1", names["other"]: "2"},
    }
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    left = [names["other"], names["silent"], names["beside"]]
    assert foreign_results.foreign(run, wanted) == left
    # a mark is a record of Snakemake: of what the manifest's run did not make it is right
    foreign_results.mark(names.values())
    assert foreign_results.foreign(run, wanted) == left[:2]
    # and of all, where that run was made here
    foreign_results.note(run)
    assert foreign_results.foreign(run, wanted) == []
    (run / "manifest.json").write_text(json.dumps({**manifest, "made": "later"}), encoding="utf-8")
    assert foreign_results.foreign(run, wanted) == left[:2]
    (run / "manifest.json").write_text("{", encoding="utf-8")
    assert foreign_results.foreign(run, wanted) == []


def test_order_and_inputs_count() -> None:
    def of(params: dict[str, object], given: dict[str, list[str]]) -> dict[str, str]:
        step = {"params": params, "input": given, "output": {"a": "x", "b": ["y", "z"]}}
        return foreign_results.made_from([step])

    first = of({"options": {"a": 1, "b": 2}}, {"in": ["t"]})
    assert set(first) == {"x", "y", "z"}
    assert len(set(first.values())) == 1
    assert first == of({"options": {"a": 1, "b": 2}}, {"in": ["t"]})
    assert first["x"] != of({"options": {"b": 2, "a": 1}}, {"in": ["t"]})["x"]
    assert first["x"] != of({"options": {"a": 1, "b": 2}}, {"in": ["u"]})["x"]


def test_what_is_said() -> None:
    assert foreign_results.in_words("results/a", []) == ""
    assert foreign_results.in_words("results/a", ["x"]).startswith("1 result in results/a was made")
    assert "2 results in results/a were made" in foreign_results.in_words("results/a", ["x", "y"])
