"""The files of a new operation: true to the schemas, readable as they stand, and never in the way
of others.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
import yaml
from coalition.base.errors import Problems
from coalition.commands import check_command, new_operation
from coalition.config import settings
from coalition.data.table_schema import load

ROOT = Path(__file__).parents[3]
HOSTILE = [
    "", " ", ".", "..", "../up", "a/b", "/etc/x", "a\\b", "a b", "a-b", "1st", "_x", "a.b", "a\nb",
    "a\n", "mali\x00", "$(id)", "`id`",
    "a;b",
    "{name}", "%s", "é",
    "\uff4dali", "x" * 41, "no", "yes", "on", "null", "true", "y" * 200, "main", "isaf", "ISAF",
    "covariates", "Covariates",
    "con", "NUL", "com1",
]  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the project's data and config."""
    for name in ("data", "configs", "config.yaml"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names_are_refused_and_nothing_is_written(project: Path, name: str) -> None:
    before = sorted(project.rglob("*"))
    with pytest.raises(Problems):
        new_operation.write(name)
    assert sorted(project.rglob("*")) == before


@pytest.mark.parametrize("name", ["mali2013", "A", "Unified_Protector", "y2", "x" * 40])
def test_names_that_are_some(project: Path, name: str) -> None:
    made = new_operation.write(name)
    assert made[0] == Path("my") / name / f"{name}.yaml"
    assert settings.read(made[0])["run"] == name


@pytest.mark.parametrize("table", new_operation.TABLES)
def test_templates_are_true_to_the_schemas(project: Path, table: str) -> None:
    new_operation.write("mali")
    content = Path("my/mali", f"{table}.csv").read_bytes()
    assert content.endswith(b"\n")
    assert b"\r" not in content
    header, *rows = csv.reader(content.decode().splitlines())
    assert rows == []
    schema = load(table)
    required = [
        column.name for column in schema.columns if column.required and column.name != "operation"
    ]
    assert header[: len(required)] == required
    order = [column.name for column in schema.columns]
    others = header[len(required) :]
    assert others == sorted(others, key=order.index)
    assert len(set(header)) == len(header)
    readme = Path("my/mali/README.md").read_text(encoding="utf-8")
    assert all(f"| `{column}` |" in readme for column in header)


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_nothing_is_overwritten(project: Path, kind: str) -> None:
    place = project / "there"
    {
        "folder": place.mkdir,
        "file": place.touch,
        "dangling link": lambda: place.symlink_to(project / "nowhere"),
    }[kind]()
    with pytest.raises(Problems, match="exists already"):
        new_operation.write("mali", "there")
    assert not (project / "nowhere").exists()
    assert os.path.lexists(place)


def test_a_place_that_can_not_be_made(project: Path) -> None:
    (project / "file").touch()
    with pytest.raises(Problems, match="cannot be made"):
        new_operation.write("mali", "file/below")


@pytest.mark.parametrize(
    "folder", ["deep/er", "with space: and # colon", 'quo"te', "brace{0}", "ünïcode"]
)
def test_any_folder_gives_a_config_that_can_be_read(project: Path, folder: str) -> None:
    made = new_operation.write("mali", folder)
    assert sorted(path.name for path in Path(folder).iterdir()) == sorted(
        path.name for path in made
    )
    content = settings.read(made[0])
    assert content["operations"]["mali"]["files"] == {"contributors": f"{folder}/contributors.csv"}
    text = (
        made[0]
        .read_text(encoding="utf-8")
        .replace("# troops:", "troops:")
        .replace("# caveat", "caveat")
    )
    files = yaml.safe_load(text)["operations"]["mali"]["files"]
    assert files == {table: f"{folder}/{table}.csv" for table in new_operation.TABLES}


def test_the_check_says_what_stands_empty(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new_operation.write("mali")
    assert check_command.main(["--configfile", "my/mali/mali.yaml"]) == 1
    said = capsys.readouterr().err
    assert said.count("empty; fill it in") == 5
    assert "operations.mali.target" in said
    filled = {
        "target": "MLI",
        "start": "'2013-01-11'",
        "end": "'2014-07-15'",
        "baseline_year": "2011",
        "panel_years": "[2013, 2014]",
    }
    path = Path("my/mali/mali.yaml")
    text = path.read_text(encoding="utf-8")
    for key, value in filled.items():
        text = text.replace(f"    {key}:", f"    {key}: {value}", 1)
    path.write_text(text, encoding="utf-8")
    assert check_command.main(["--configfile", "my/mali/mali.yaml"]) == 1
    needed = "one row or more, each with iso3, participated, source_id, evidence"
    assert needed in capsys.readouterr().err
    path.write_text(text.replace("target: MLI", "target: MAL"), encoding="utf-8")
    row = {"iso3": "DNK", "participated": "1", "source_id": "PS_CAPITALS", "evidence": "A"}
    header = Path("my/mali/contributors.csv").read_text(encoding="utf-8").strip()
    cells = ",".join(row.get(column, "") for column in header.split(","))
    Path("my/mali/contributors.csv").write_text(f"{header}\n{cells}\n", encoding="utf-8")
    assert check_command.main(["--configfile", "my/mali/mali.yaml"]) == 1
    assert (
        "operations.mali.target\n    - not the code of a state (found: 'MAL')"
        in capsys.readouterr().err
    )
    assert not Path("results").exists()


def test_the_command(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new_operation.main(["mali", "--to", "there"]) == 0
    assert "./run check --configfile there/mali.yaml" in capsys.readouterr().out
    assert new_operation.main(["mali", "--to", "there"]) == 1
    assert "exists already" in capsys.readouterr().err
