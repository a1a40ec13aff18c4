"""What docs/architecture.md says of results and modules is so: keys of files that a run has made,
and every module in the table.
"""

from __future__ import annotations

import ast
import re

import pytest
from coalition.base.errors import Problems
from coalition.base.files import read_json
from coalition.base.result_types import FILES as TYPED
from coalition.base.result_types import Effect
from coalition.commands.result_types_page import page_with
from coalition.config import settings as configuration
from coalition.data import ingest
from coalition.robustness import curve
from contracts import differences, documented, misfits, page
from tiny import ROOT, Tiny

FILES = {
    "`estimates/<group>.json`:": ["estimates/participation.json", "estimates/caveats.json"],
    "`estimates/robustness_<hypothesis>.json`:": ["estimates/robustness_H1.json"],
    "`estimates/inference.json`:": ["estimates/inference.json"],
    "`estimates/uncertainty_<hypothesis>.json`:": ["estimates/uncertainty_H1.json"],
    "`estimates/power_<hypothesis>.json`:": ["estimates/power_H1.json"],
    "`estimates/verdicts.json`:": ["estimates/verdicts.json"],
    "`diagnostics/<sample>.json`:": ["diagnostics/country_operation.json"],
    "`diagnostics/coder_agreement.json`:": ["diagnostics/coder_agreement.json"],
    "`figures/<figure>.json` is what the report prints from:": ["figures/joining.json"],
    "`manifest.json`:": ["manifest.json"],
}


@pytest.mark.long
@pytest.mark.parametrize("heading", FILES)
def test_a_result_has_the_keys_that_are_documented(heading: str, finished: Tiny) -> None:
    for path in FILES[heading]:
        assert differences(read_json(finished.results / path), documented(heading)) == []


@pytest.mark.long
@pytest.mark.parametrize("file", TYPED, ids=lambda file: file.__name__)
def test_a_result_is_of_its_type(file: type, finished: Tiny) -> None:
    [path] = FILES[f"{file.__doc__}:"]
    assert misfits(read_json(finished.results / path), file) == []


def test_the_types_stand_on_the_page_as_they_are() -> None:
    assert page_with(page()) == page()
    assert all(f"\n{file.__doc__}:\n\n    {{" in page() for file in TYPED)


def test_what_is_not_of_a_type_is_found() -> None:
    effect = dict.fromkeys(["estimate", "std_error", "p_value", "conf_low", "conf_high"], 0.5)
    effect |= {"model": "m", "term": None, "n": 10, "n_clusters": None}
    assert misfits(effect, Effect) == []
    assert misfits(effect | {"n": 10.5, "more": 1, "estimate": "0.5"}, Effect) == [
        ".more",
        ".estimate: '0.5'",
        ".n: 10.5",
    ]
    assert misfits({"a": 1}, Effect)[:2] == [".a", ".conf_high"]


@pytest.mark.long
def test_every_json_file_of_a_run_is_documented(finished: Tiny) -> None:
    made = {
        path.relative_to(finished.results).as_posix() for path in finished.results.rglob("*.json")
    }
    made = {path for path in made if not path.startswith("logs/")}  # costs, for the manifest
    assert made == {path for paths in FILES.values() for path in paths}


@pytest.mark.long
def test_a_curve_has_the_keys_that_are_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    config, problems = configuration.main(), Problems()
    config["specification_curve"] |= {"share": 0.02, "permutations": 19}
    found = curve.curve(config, "H1", ingest.everything(config, problems), lambda _: None)
    problems.stop()
    assert found["counts"]["fitted"] > 10
    assert differences(found, documented("`estimates/curve_<hypothesis>.json`,")) == []


def test_a_key_too_many_and_a_key_too_few_are_found() -> None:
    assert differences({"names": [], "other": 1}, documented('"covariance": null | ')) == [
        ".other is not documented",
        ".matrix is documented and missing",
    ]


def listed_modules() -> dict[str, str]:
    """Return what the page says of every module, by its path in the library."""
    part = page().partition("## Who does what")[2].partition("\n## ")[0]
    found = {}
    for room in part.split("\n### ")[1:]:
        folder = room.partition("\n")[0]
        for name, said in re.findall(r"^- `(\w+\.py)`: (.*(?:\n  .*)*)", room, re.MULTILINE):
            found[folder + name] = " ".join(said.split())
    return found


def test_every_module_is_listed_with_its_own_first_line() -> None:
    library = ROOT / "scripts" / "coalition"
    modules = {
        path.relative_to(library).as_posix(): ast.get_docstring(
            ast.parse(path.read_text(encoding="utf-8"))
        )
        for path in library.rglob("*.py")
        if path.name != "__init__.py"
    }
    assert listed_modules() == {
        name: " ".join((doc or "").split("\n\n")[0].split()) for name, doc in modules.items()
    }


def test_every_script_is_on_the_way_of_the_data() -> None:
    way = page().partition("## The way of the data")[2].partition("\n## ")[0]
    steps = {
        step
        for steps in re.findall(r"-> ([\w, ]+?) {2,}|-> (tables, figure)", way)
        for step in ", ".join(steps).split(", ")
        if step
    }
    assert steps == {script.stem for script in (ROOT / "scripts").glob("*.py")}
