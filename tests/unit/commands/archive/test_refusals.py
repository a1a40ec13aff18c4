"""What keeps a run from being archived, all at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from archive_fixture import SETTINGS, about, config, read
from coalition.base.errors import Problems
from coalition.base.files import sha256
from coalition.commands.archive import archived_data, refusals
from coalition.commands.archive.fixed_zip import packed
from coalition.workflow import provenance


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A finished run in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "CITATION.cff": "authors: [{family-names: Doe, given-names: Jo}]\nversion: "
        "1.0.0\nlicense: MIT\n",
        "data/states.csv": "iso3\n",
        "data/VERSION": "1.0\n",
        "config.yaml": "run: tiny\n",
        "results/tiny/tables/a.csv": "x\n",
        "run": "#!/bin/sh\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(provenance, "PROJECT", tmp_path)
    monkeypatch.setattr(refusals, "outside", lambda names: [n for n in names if n.startswith("/")])
    monkeypatch.setattr(provenance, "CITATION", tmp_path / "CITATION.cff")
    found = {
        "run": "tiny",
        "version": "1.0.0",
        "made": "2026-11-26T00:00:00+00:00",
        "config": config(),
        "command": {"configfiles": [], "settings": {}},
        "steps": [],
        "inputs": {"data/states.csv": sha256("data/states.csv")},
        "config_files": {"config.yaml": sha256("config.yaml")},
        "outputs": {"results/tiny/tables/a.csv": sha256("results/tiny/tables/a.csv")},
        "program": {"files": provenance.program()},
    }
    Path("results/tiny/manifest.json").write_text(json.dumps(found))
    return found


def said(manifest: dict[str, Any]) -> str:
    problems = Problems()
    refusals.check(manifest, problems)
    return str(problems) if problems.found else ""


def test_a_finished_run_that_nobody_touched_is_taken(manifest: dict[str, Any]) -> None:
    assert refusals.manifest_of(Path("results/tiny")) == manifest
    assert said(manifest) == ""


def test_everything_at_once(manifest: dict[str, Any]) -> None:
    Path("results/tiny/tables/a.csv").write_text("mine\n")
    Path("data/states.csv").unlink()
    Path("config.yaml").write_text("run: other\n")
    Path("run").write_text("#!/bin/sh\n# changed\n")
    Path("CITATION.cff").write_text("title: x\n")
    Path("data/VERSION").unlink()
    manifest["config"]["archive"] = {**SETTINGS, "data_licence": None}
    manifest["version"] = ""
    text = said(manifest)
    for words in (
        "a result was changed since the run made it",
        "this data file of the run is gone",
        "this config file was changed since the run",
        "run\n    - this file of the program was changed since the run",
        "no authors",
        "no version of the program",
        "no licence of the program",
        "no version of the data",
        "no licence of the project's own coding",
    ):
        assert words in text, words


def test_a_run_without_the_block_is_told_where_to_look(manifest: dict[str, Any]) -> None:
    del manifest["config"]["archive"]
    assert "the config has no such block; allowed: see configs/main/archive.yaml" in said(manifest)


def test_a_run_of_a_table_without_operations_has_nothing_coded(manifest: dict[str, Any]) -> None:
    manifest["config"]["operations"] = {}
    assert "the run analyses no operation" in said(manifest)


def test_a_file_outside_of_the_folder_can_not_be_packed(
    manifest: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("elsewhere") / "mine.csv"
    other.write_text("x\n")
    manifest["inputs"][str(other)] = sha256(other)
    assert "lies outside the project's folder" in said(manifest)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda path: path.unlink(), "an unfinished run"),
        (lambda path: path.write_text("{"), "did not store what code"),
        (lambda path: path.write_text('{"run": "tiny", "outputs": {}}'), "did not store what code"),
    ],
)
def test_an_unfinished_or_old_run(manifest: dict[str, Any], change: Any, words: str) -> None:
    change(Path("results/tiny/manifest.json"))
    with pytest.raises(Problems, match=words):
        refusals.manifest_of(Path("results/tiny"))


def test_no_such_folder_names_those_that_there_are(manifest: dict[str, Any]) -> None:
    with pytest.raises(Problems, match="no such folder.*allowed: results/tiny"):
        refusals.manifest_of(Path("results/main"))


def test_a_copy_of_a_run_is_not_where_it_was_made(manifest: dict[str, Any]) -> None:
    Path("results/tiny").rename("results/copy")
    with pytest.raises(Problems, match="not where the run was made"):
        refusals.manifest_of(Path("results/copy"))


def used(tables: dict[str, str]) -> str:
    problems = Problems()
    refusals.used_before(about(), tables, "data/states.csv", problems)
    return str(problems) if problems.found else ""


def test_a_version_stands_for_one_content(manifest: dict[str, Any]) -> None:
    content = archived_data.files(about(), read())
    tables = refusals.hashes(archived_data.described(content))
    assert used(tables) == ""
    path = Path("results/other/archive") / f"{about().data_name}.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(packed(content, about().data_name))
    assert used(tables) == ""
    # other rules are no other data
    assert used({**tables, "data/state_operation.csv": "0"}) == ""
    text = used({**tables, "data/statements.csv": "0"})
    assert "version 1.0 of the data was used before with other data (data/statements.csv)" in text
    path.write_bytes(b"cut short")
    assert used(tables) == ""


def test_a_release_is_not_changed_under_its_version(manifest: dict[str, Any]) -> None:
    Path("data/release.csv").write_text(
        "version,table,column,rows,sha256\n1.0,regions.csv,iso3,1,abc\n0.9,other.csv,iso3,1,abc\n"
    )
    Path("data/states.csv").unlink()
    Path("data/regions.csv").write_text("iso3,region\nCAN,Americas\n")
    text = used({})
    assert "other data than in the release 1.0; raise the version (found: 'regions.csv')" in text
    assert "other.csv" not in text
