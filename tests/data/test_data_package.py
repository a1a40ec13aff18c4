"""data/datapackage.json is what the schemas of the tables say, and the data keep to it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import frictionless
import pytest
from coalition.data.data_package import FILE, data_package, resource_name, text
from shipped import DATA


def test_the_package_is_made_from_the_schemas() -> None:
    """Write it anew: PYTHONPATH=scripts .venv/bin/python -m coalition.commands.codebook"""
    assert (DATA / FILE).read_text(encoding="utf-8") == text(DATA)


def test_every_table_is_a_resource_with_a_name_of_its_own() -> None:
    resources = data_package(DATA)["resources"]
    paths = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv")}
    assert {resource["path"] for resource in resources} == {
        path for path in paths if not path.startswith("build/")
    }
    assert len({resource["name"] for resource in resources}) == len(resources)
    assert resource_name("operations/isaf/troops.csv") == "isaf_troops"


def test_every_field_is_described() -> None:
    for resource in data_package(DATA)["resources"]:
        for field in resource["schema"]["fields"]:
            assert field["description"] != field["name"], (resource["path"], field["name"])


def test_every_state_is_one_of_the_list() -> None:
    resources = {resource["name"]: resource for resource in data_package(DATA)["resources"]}
    keys = resources["isaf_caveats"]["schema"]["foreignKeys"]
    assert keys == [{"fields": ["iso3"], "reference": {"resource": "states", "fields": ["iso3"]}}]


@pytest.mark.long_after(1)
@pytest.mark.parametrize("broken", [False, True])
def test_frictionless_finds_the_data_valid_and_a_wrong_cell_not(
    broken: bool, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    package = json.loads((folder / FILE).read_text(encoding="utf-8"))
    wanted = ("states", "isaf_caveats", "terror_events", "terror_victims", "isaf_troops")
    if broken:  # a level that is none, a state that is none
        path = folder / "operations/isaf/caveats.csv"
        lines = path.read_text(encoding="utf-8").splitlines()
        lines[1] = lines[1].replace("ALB", "XXX").replace(",3,", ",9,", 1)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        wanted = tuple(resource["name"] for resource in package["resources"])
    package["resources"] = [each for each in package["resources"] if each["name"] in wanted]
    (folder / FILE).write_text(json.dumps(package), encoding="utf-8")
    report = frictionless.validate(str(folder / FILE))
    assert report.valid is not broken
