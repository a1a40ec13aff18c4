"""Every config in configs/ is in order, and one of them runs from the files to its verdicts in a
folder of its own.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
import small_study
from coalition.commands import check
from coalition.config import settings as configuration
from tiny import ROOT, Tiny, make

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
SMALL = """run: small
extends: configs/kosovo1999.yaml
replace: [robustness, blocs, choices]
robustness: {logit: {label: "Plain logit", model: {family: logit}}}
specification_curve:
  permutations: 20
  choices:
    estimator:
      label: Estimator
      options:
        firth: {label: "Firth's logit", argument: "Less biased where cells are nearly empty."}
        logit: {alternative: logit, label: Logit, argument: "The standard."}
"""


@pytest.mark.long_after(1)
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_and_its_data_are_in_order(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    config = configuration.main(configuration.read(path))
    assert all(len(sample.table) for sample in check.everything(config).samples.values())


@pytest.fixture
def whole(tmp_path: Path) -> Tiny:
    """Return a project with the config, the configs and the data as shipped."""
    project = make(tmp_path / "project")
    for part in ("data", "configs"):
        shutil.copytree(ROOT / part, project.folder / part, dirs_exist_ok=True)
    shutil.copy(ROOT / "config.yaml", project.folder)
    return project


@pytest.mark.long
def test_a_run_of_one_operation_reaches_its_verdicts_and_touches_no_other_run(whole: Tiny) -> None:
    (whole.folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    answer = whole.run(
        "results/small/verdicts.csv", "results/small/tables/h1.md", "--configfile", "small.yaml"
    )
    assert answer.code == 0, answer.err
    results = whole.folder / "results"
    assert [path.name for path in results.iterdir()] == ["small"]
    verdicts = pd.read_csv(results / "small" / "verdicts.csv").set_index("hypothesis")
    assert list(verdicts.index) == ["H1", "H2b"]
    assert set(verdicts["verdict"]) <= {"supported", "contradicted", "undecided"}
    assert verdicts["estimate"].notna().all()
    assert verdicts["n_alternatives"].tolist() == [1, 1]
    sample = pd.read_csv(results / "small" / "data" / "country_operation.csv")
    assert set(sample["operation"]) == {"kosovo1999"}
    assert sample["participated"].sum() == 12


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """Return the project as it ships, with fewer states, in a folder with an awkward name."""
    made = small_study.make(tmp_path_factory.mktemp("shipped") / small_study.FOLDER)
    return small_study.with_fewer_states(made)


@pytest.mark.long
@pytest.mark.parametrize(
    "path",
    [*CONFIGS, *sorted((ROOT / "configs" / "examples").glob("*.yaml"))],
    ids=lambda path: path.stem,
)
def test_a_config_that_ships_runs_to_its_report(path: Path, shipped: Tiny) -> None:
    """With the smallest resampling, fewer states, and some of the alternatives that the file takes
    over from others; parts and operations are run by the configs that extend them.
    """
    name = path.relative_to(ROOT).as_posix()
    answer = shipped.run("--configfile", name, small_study.lighter(shipped, name))
    assert answer.code == 0, answer.err
    run = configuration.read(path)["run"]
    assert (shipped.folder / "results" / run / "report.html").is_file()


def test_every_part_that_ships_is_extended_by_a_config_that_runs() -> None:
    extended = {part for path in CONFIGS for part in configuration.read(path).get("extends", [])}
    parts = [*(ROOT / "configs" / "parts").glob("*.yaml")]
    parts += (ROOT / "configs" / "operations").glob("*.yaml")
    assert {part.relative_to(ROOT).as_posix() for part in parts} <= extended
