"""Whatever stands in a config or a file, the check ends with a sentence and without a traceback."""

from __future__ import annotations

import contextlib
import io
import shutil
from pathlib import Path

import pyreadstat
import pytest
import yaml
from coalition.commands import check_command
from coalition.data.recoding import read_typed
from mutations import mutated, spoilt
from tiny import ROOT, Tiny, make

pytestmark = pytest.mark.long

CASES = ROOT / "tests" / "unit" / "data" / "cases"
SMALL = """
run: small
replace: all
samples: {firms: {file: data/x.csv, keys: [firm, year], panel: {unit: firm, time: year}}}
models:
  sales: {group: sales, label: Sales, sample: firms, family: ols, outcome: sales, terms: [staff]}
  joining: {group: joining, label: J, sample: firms, family: logit, outcome: joined, terms: [staff]}
tables: {sales: {kind: regression, title: Sales, models: [sales]}}
figures: {}
"""
DEFECT = "This is a defect of the program"
CONFIGS, FILES, THROUGH_RUN = 150, 240, 20


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    return make(tmp_path_factory.mktemp("mutations") / "project")


def checked(project: Tiny, *arguments: str) -> tuple[int, str]:
    """Return the code and the words of the check in this process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(project.folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = check_command.main(arguments)
    return code, out.getvalue() + err.getvalue()


def no_traceback(code: int, words: str, what: str) -> None:
    assert code in (0, 1), f"{what}: {words}"
    assert DEFECT not in words, f"{what}: {words}"
    assert "Traceback" not in words, f"{what}: {words}"


def mutated_configs(project: Tiny, seeds: range) -> None:
    kept = (project.folder / "config.yaml").read_text(encoding="utf-8")
    try:
        for seed in seeds:
            config, what = mutated(yaml.safe_load(kept), seed)
            project.configure(config)
            no_traceback(*checked(project), f"seed {seed}, {what}")
    finally:
        (project.folder / "config.yaml").write_text(kept, encoding="utf-8")


def test_mutated_configs(project: Tiny) -> None:
    mutated_configs(project, range(CONFIGS))


@pytest.mark.long
def test_more_mutated_configs(project: Tiny) -> None:
    mutated_configs(project, range(10_000, 10_600))


def originals(folder: Path) -> list[Path]:
    """Return one small file of every format."""
    import pandas as pd

    frame = pd.read_excel(CASES / "blank_row_or_inf.xlsx").dropna(how="all")
    frame.to_csv(folder / "x.csv", index=False)
    frame.to_csv(folder / "x.tsv", index=False, sep="\t")
    frame.to_excel(folder / "x.xlsx", index=False)
    frame.to_parquet(folder / "x.parquet")
    pyreadstat.write_dta(frame, str(folder / "x.dta"))
    pyreadstat.write_sav(frame, str(folder / "x.sav"))
    shutil.copy(CASES / "int64.rds", folder / "x.rds")
    shutil.copy(CASES / "mojibake.RData", folder / "x.rda")
    return sorted(folder.glob("x.*"))


def spoilt_files(folder: Path, seeds: range) -> None:
    from coalition.base.errors import Problems

    files = originals(folder)
    for seed in seeds:
        original = files[seed % len(files)]
        place = folder / f"spoilt{original.suffix}"
        place.write_bytes(spoilt(original.read_bytes(), seed))
        problems = Problems()
        try:
            table = read_typed(str(place), {}, {}, None, problems)
        except Exception as error:
            raise AssertionError(f"seed {seed}, {original.name}") from error
        assert table is not None or problems.found


def test_spoilt_files_of_every_format(tmp_path: Path) -> None:
    spoilt_files(tmp_path, range(FILES))


@pytest.mark.long
def test_more_spoilt_files(tmp_path: Path) -> None:
    spoilt_files(tmp_path, range(10_000, 14_000))


def test_spoilt_tables_of_a_sample(project: Tiny) -> None:
    original = next(path for path in originals(project.folder / "data") if path.suffix == ".csv")
    content = original.read_bytes()
    (project.folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    for seed in range(80):
        original.write_bytes(spoilt(content, seed))
        no_traceback(*checked(project, "--configfile", "small.yaml"), f"seed {seed}")
    original.write_bytes(content)


def test_mutations_through_the_real_check(project: Tiny) -> None:
    kept = (project.folder / "config.yaml").read_text(encoding="utf-8")
    for seed in range(THROUGH_RUN):
        config, what = mutated(yaml.safe_load(kept), seed)
        project.configure(config)
        answer = project.run("check")
        no_traceback(answer.code, answer.out + answer.err, f"seed {seed}, {what}")
    (project.folder / "config.yaml").write_text(kept, encoding="utf-8")
