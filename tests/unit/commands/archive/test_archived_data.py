"""The data package: what is in it, and that the same input gives the same bytes."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from archive_fixture import SETTINGS, about, config, read
from coalition.commands.archive import archived_data, licences, reopened
from coalition.commands.archive.about import Author
from coalition.commands.archive.fixed_zip import packed, unpacked, wrong_sums


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return archived_data.files(about(), read())


@pytest.fixture
def package(tmp_path: Path, files: dict[str, bytes]) -> Path:
    path = tmp_path / "data.zip"
    path.write_bytes(packed(files, about().data_name))
    return path


def test_what_a_user_finds(files: dict[str, bytes]) -> None:
    for name in ("README.md", "CODEBOOK.md", "CODEBOOK.html", "LICENSE", "citation.bib",
                 "datapackage.json", "SHA256SUMS", "TERMS.csv"):  # fmt: skip
        assert name in files
    for name in ("state_operation", "state_operation_year", "statements", "contributors", "troops"):
        assert {f"data/{name}.{ending}" for ending in ("csv", "dta", "rds")} <= set(files)
    assert "third_party/country_year.csv" in files
    text = files["README.md"].decode()
    for line in ('readRDS("data/state_operation.rds")', 'use "data/state_operation.dta", clear',
                 'pd.read_csv("data/state_operation.csv")'):  # fmt: skip
        assert line in text
    assert max(map(len, text.splitlines())) <= 130


def test_the_first_figure_leaves_the_leader_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = read()
    said = study.coded["caveats"]["one"]
    leader = said.iloc[-1:].assign(iso3="USA")
    study.coded["caveats"]["one"] = pd.concat([said, leader], ignore_index=True)
    made = archived_data.files(about(), study)
    text = made["README.md"].decode()
    assert "Caveat levels of 2 states in the operation `one`" in text
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "state_operation.csv").write_bytes(made["data/state_operation.csv"])
    monkeypatch.chdir(tmp_path)
    rated = pd.read_csv("data/state_operation.csv").dropna(subset="caveat_level")
    assert "United States" in set(rated["country"])
    printed = text.split("    import pandas as pd\n", 1)[1].split("    axes", 1)[0]
    names: dict[str, Any] = {"pd": pd}
    exec(textwrap.dedent(printed), names)
    assert sorted(names["d"]["country"]) == ["Canada", "Germany"]


def test_the_same_input_gives_the_same_bytes(files: dict[str, bytes]) -> None:
    again = archived_data.files(about(), read())
    assert packed(again, "x") == packed(dict(reversed(files.items())), "x")


def test_opened_again_everything_is_in_order(package: Path, tmp_path: Path) -> None:
    found: list[str] = []
    said = reopened.data(package, tmp_path / "open", found.append)
    assert found == []
    assert any("csv = dta = rds" in line for line in said)


def test_stata_has_labels_of_variables_and_values(files: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "a.dta"
    path.write_bytes(files["data/state_operation.dta"])
    with pd.io.stata.StataReader(path) as reader:
        assert reader.variable_labels()["caveat_level"] == "Caveat level by the main rule"
        assert max(map(len, reader.variable_labels().values())) <= 80
        assert reader.value_labels()["caveat_level"] == {
            0: "none",
            1: "low",
            2: "medium",
            3: "high",
        }


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("data/statements.csv", "reputation", "hearsay", "not allowed"),
        ("data/statements.csv", "CAN,Canada,20,20,one,1,1", "CAN,Canada,20,20,one,2,2", "two rows"),
        ("data/states.csv", "Iraq,645", "Iraq,x", "not integer"),
        ("data/contributors.csv", "DEU,Germany", "XXX,Germany", "XXX is not in states"),
    ],
)
def test_a_table_that_is_not_as_its_schema_says_is_told(
    files: dict[str, bytes], tmp_path: Path, name: str, old: str, new: str, said: str
) -> None:
    description = json.loads(files["datapackage.json"])
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    text = files[name].decode()
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")
    (resource,) = [each for each in description["resources"] if each["path"] == name]
    found = reopened.violations(tmp_path, resource, description)
    assert any(said in sentence for sentence in found), found


def test_a_cell_that_differs_between_formats_is_told(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    changed = dict(files)
    changed["data/states.csv"] = files["data/states.csv"].replace(b"Canada", b"Kanada")
    path = tmp_path / "x.zip"
    path.write_bytes(packed(changed, about().data_name))
    found: list[str] = []
    reopened.data(path, tmp_path / "open", found.append)
    assert "data/states.csv: another sha256 than in SHA256SUMS" in found
    assert "data/states.dta: line 2, column country is not what stands in data/states.csv" in found
    assert "data/states.rds: line 2, column country is not what stands in data/states.csv" in found


def test_a_file_too_many_or_too_few_is_told(package: Path, tmp_path: Path) -> None:
    folder = unpacked(package, tmp_path / "a")
    (folder / "more.txt").write_text("x")
    (folder / "LICENSE").unlink()
    assert wrong_sums(folder) == ["LICENSE", "more.txt"]


def test_share_alike_columns_are_marked_there_and_in_what_carries_them() -> None:
    package = archived_data.files(about(), read())
    terms = package["TERMS.csv"].decode()
    assert "third_party/country_year.csv,v2x,Democracy,CC-BY-SA-4.0,yes,CC BY-SA,S2" in terms
    readme = package["README.md"].decode()
    assert "third_party/country_year.csv: v2x" in readme
    assert "third_party/country_year.csv: gdp" in readme  # unclear: ask
    assert "`data/troops`: MIT (2 rows)" in readme
    marked = licences.carried(config(), read())
    assert marked["fear"] == {"share_alike": "yes", "from": "v2x"}
    assert marked["gdp"]["share_alike"] == "unclear"
    found = licences.carrying(
        config(), read(), {"results/tiny/data/pooled.csv": ["iso3", "democracy", "cinc"]}
    )
    assert [(entry["file"], entry["column"]) for entry in found] == [
        ("results/tiny/data/pooled.csv", "democracy"),
        ("results/tiny/estimates/joining.json", "fear"),
        ("results/tiny/estimates/joining.json", "gdp"),
    ]


def test_what_nobody_states_is_not_called_the_projects_own() -> None:
    """A user's table of facts without sources and without a dictionary."""
    bare = pd.DataFrame({"iso3": ["CAN"], "wealth": [1.0]})
    found = licences.of_rows(bare, read())
    assert (found.terms, found.share_alike) == (("unknown",), "unclear")


def test_fields_name_terms_types_keys_and_references(files: dict[str, bytes]) -> None:
    found: dict[str, Any] = {
        each["name"]: each for each in json.loads(files["datapackage.json"])["resources"]
    }
    fields = {field["name"]: field for field in found["country-year"]["schema"]["fields"]}
    assert fields["v2x"]["shareAlike"] == "yes"
    assert fields["v2x"]["licence"] == "CC BY-SA"
    assert "licenses" not in found["country-year"]
    assert found["statements"]["licenses"][0]["name"] == "CC-BY-4.0"
    references = found["statements"]["schema"]["foreignKeys"]
    assert {key["reference"]["resource"] for key in references} == {"states", "operations"}


def test_what_the_owner_has_to_confirm_is_said() -> None:
    text = archived_data.files(about(), read())["LICENSE"].decode()
    assert "PROPOSED" in text
    decided = about(settings={**SETTINGS, "licence_confirmed": True})
    assert "PROPOSED" not in archived_data.licence(decided)
    assert decided.to_confirm() == []
    group = about(authors=(Author("The authors", False),), settings={**SETTINGS, "contact": None})
    assert len(group.to_confirm()) == 3
    assert "{{The authors}}" in archived_data.citation(group)
