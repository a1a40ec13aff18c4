"""`./run archive`: from the shell, as a user starts it, and the packages as a stranger finds
them.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
import tiny as tinies
from tiny import Tiny

pytestmark = pytest.mark.long
DATA, REPLICATION = "coalition-caveats-data-1.0", "coalition-caveats-replication-0.1.0"


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """A small run that measures what coders saw, archived."""
    project = tinies.make(tmp_path_factory.mktemp("archive") / "Ann's study")
    config = project.config()
    primary = {"model": "reserving", "term": "entrapment", "sign": 1}
    config["hypotheses"]["H2"] = {
        "title": "Caveats",
        "claim": "The more a state fears entrapment, the more it reserves.",
        "primary": {**primary, "smallest_effect": {"odds_ratio": 1.5}},
        "supporting": [],
    }
    config["measurement"] = {"draws": 2, "folds": 2}
    config["samples"]["country_operation"]["caveats"]["coders"] = [1, 2]
    project.configure(config)
    (project.folder / "data" / "VERSION").write_text("1.0\n")
    answer = project.run()
    assert answer.code == 0, answer.err
    answer = project.run("archive", "results/tiny")
    assert answer.code == 0, answer.err
    assert "csv = dta = rds" in answer.out
    assert "`sh run check` from the unpacked package: in order" in answer.out
    assert "The owner's to confirm" in answer.out
    return project


@pytest.fixture
def project(archived: Tiny, tmp_path: Path) -> Tiny:
    return archived.copy(tmp_path / "copy")


def packages(project: Tiny) -> dict[str, str]:
    folder = project.results / "archive"
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_run_gives_the_same_bytes(project: Tiny) -> None:
    before = packages(project)
    assert set(before) == {
        f"{DATA}.zip",
        f"{REPLICATION}.zip",
        "deposit/HOW_TO_UPLOAD.md",
        "deposit/dataverse.json",
        "deposit/upload-to-dataverse.zip",
        "deposit/zenodo.json",
    }
    assert project.run("archive", "results/tiny").code == 0
    assert packages(project) == before


def test_nothing_is_written_where_something_is_wrong(project: Tiny) -> None:
    before = packages(project)
    with open(project.folder / "data" / "states.csv", "a", encoding="utf-8") as file:
        file.write("\n")
    project.edit("scripts/coalition/base/keys.py", "from", "# a remark\nfrom")
    answer = project.run("archive", "results/tiny")
    assert answer.code == 1
    assert "this data file was changed since the run" in answer.err
    assert (
        "scripts/coalition/base/keys.py\n    - this file of the program was changed" in answer.err
    )
    assert "Traceback" not in answer.err
    assert packages(project) == before
    assert not list(project.results.glob(".archive*"))


def test_an_unfinished_run_is_refused(project: Tiny) -> None:
    (project.results / "manifest.json").unlink()
    answer = project.run("archive", "results/tiny")
    assert answer.code == 1
    assert "an unfinished run" in answer.err
    assert project.run("archive", "results/nothing").code == 1


def test_a_version_that_was_used_before_with_other_data_is_refused(project: Tiny) -> None:
    project.edit("data/operations/iraq/caveats.csv", "postwar,2", "postwar,1")
    assert project.run().code == 0
    answer = project.run("archive", "results/tiny")
    assert answer.code == 1
    assert "version 1.0 of the data was used before with other data" in answer.err
    (project.folder / "data" / "VERSION").write_text("1.1\n")
    assert project.run("archive", "results/tiny").code == 0


def test_a_stranger_makes_the_results_again_from_the_package(project: Tiny, tmp_path: Path) -> None:
    """Unpacked without the run bit, everything made again has the bytes that were published."""
    with zipfile.ZipFile(project.results / "archive" / f"{REPLICATION}.zip") as packed:
        packed.extractall(tmp_path)
    folder = tmp_path / REPLICATION
    (folder / ".venv").symlink_to((tinies.ROOT / ".venv").resolve())
    there = subprocess.run(
        ["sh", "run", "-n"], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert there.returncode == 0, there.stderr
    # the order in which files were unpacked may ask for some again, but all are known to be ours
    assert "made by other" not in there.stderr
    published = folder / "results" / "published"
    (folder / "results" / "tiny").rename(published)
    done = subprocess.run(
        ["sh", "run"], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    manifest = json.loads((published / "manifest.json").read_text(encoding="utf-8"))
    for name in manifest["outputs"]:
        made = folder / name
        assert (
            made.read_bytes()
            == (published / made.relative_to(folder / "results/tiny")).read_bytes()
        )


def test_latent_levels_are_those_of_the_report_to_the_last_digit(project: Tiny) -> None:
    def cells(text: str) -> dict[tuple[str, str], list[str]]:
        rows = csv.DictReader(io.StringIO(text))
        names = ("latent", "latent_sd", "latent_low", "latent_high")
        found = {(row["iso3"], row["operation"]): [row[name] for name in names] for row in rows}
        return {key: values for key, values in found.items() if any(values)}

    with zipfile.ZipFile(project.results / "archive" / f"{DATA}.zip") as packed:
        deposited = cells(packed.read(f"{DATA}/data/state_operation.csv").decode())
    stored = cells((project.results / "estimates/latent_tightness.csv").read_text(encoding="utf-8"))
    assert stored
    assert deposited == stored


def test_r_and_python_count_the_same_rows(project: Tiny, tmp_path: Path) -> None:
    """Every table in R, cell by cell: from .rds, and from .csv."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    with zipfile.ZipFile(project.results / "archive" / f"{DATA}.zip") as packed:
        packed.extractall(tmp_path)
    folder = tmp_path / DATA
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    stems = [resource["path"].removesuffix(".csv") for resource in described["resources"]]
    script = tmp_path / "same.R"
    script.write_text(SAME, encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", str(script), *stems],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    counted = dict(line.split() for line in done.stdout.splitlines())
    for stem in stems:
        text = (folder / f"{stem}.csv").read_text(encoding="utf-8")
        assert counted[stem] == str(len(list(csv.reader(io.StringIO(text)))) - 1)


@pytest.mark.parametrize("language", ["R", "Python"])
def test_the_first_figure_of_the_readme_is_drawn_as_printed(
    project: Tiny, tmp_path: Path, language: str
) -> None:
    if language == "R" and shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    with zipfile.ZipFile(project.results / "archive" / f"{DATA}.zip") as packed:
        packed.extractall(tmp_path)
    folder = tmp_path / DATA
    readme = (folder / "README.md").read_text(encoding="utf-8")
    below = readme.split("## A first figure", 1)[1].split(f"\n{language}", 1)[1]
    block = below.split("\n\n", 2)[1]
    code = "\n".join(line.removeprefix("    ") for line in block.splitlines())
    program = ["Rscript", "--vanilla", "-e"] if language == "R" else [sys.executable, "-c"]
    done = subprocess.run(
        [*program, code],
        cwd=folder, env=os.environ | {"MPLBACKEND": "Agg"}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    drawn = folder / ("iraq.pdf" if language == "R" else "iraq.png")
    assert drawn.stat().st_size > 3_000


SAME = """
options(encoding = "UTF-8")
for (stem in commandArgs(trailingOnly = TRUE)) {
  d <- readRDS(paste0(stem, ".rds"))
  stopifnot(is.data.frame(d), !anyDuplicated(names(d)))
  text <- read.csv(paste0(stem, ".csv"), colClasses = "character", na.strings = character(),
                   check.names = FALSE, encoding = "UTF-8", comment.char = "")
  stopifnot(identical(names(text), names(d)), nrow(text) == nrow(d))
  for (name in names(d)) {
    if (is.numeric(d[[name]])) {
      said <- suppressWarnings(as.numeric(ifelse(text[[name]] == "", NA, text[[name]])))
      stopifnot(identical(is.na(said), is.na(d[[name]])), !any(is.nan(d[[name]])))
      # R reads decimal numbers with an error in the last digit
      stopifnot(all(abs(said - d[[name]]) <= 1e-15 * abs(said), na.rm = TRUE))
    } else {
      held <- ifelse(is.na(d[[name]]), "", enc2utf8(d[[name]]))
      stopifnot(all(held == enc2utf8(text[[name]])))
    }
  }
  cat(stem, nrow(d), "\\n")
}
"""
"""R: every cell of a table's .rds is what stands in its .csv."""
