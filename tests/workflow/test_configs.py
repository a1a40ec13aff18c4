"""Every config in configs/ is in order, and one of them runs from the files to its verdicts in a
folder of its own.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
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
