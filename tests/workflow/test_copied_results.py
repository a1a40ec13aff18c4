"""Results that came into a folder without what Snakemake knows of them: what other code, settings
or data made is made again, and is never called up to date.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import Tiny

CAVEATS = "data/operations/iraq/caveats.csv"
SAID = "made by other code, packages, settings or data than these"


def unpacked(project: Tiny, folder: Path) -> Tiny:
    """Return a copy as an archive or a download leaves it: results, but no `.snakemake`."""
    copy = project.copy(folder)
    shutil.rmtree(copy.folder / ".snakemake")
    return copy


def cell(project: Tiny) -> None:
    project.edit(CAVEATS, "postwar,2", "postwar,1")


def setting(project: Tiny) -> None:
    config = project.config()
    config["samples"]["country_operation"]["reserved_from"] = 3
    project.configure(config)


def code(project: Tiny) -> None:
    project.edit("scripts/coalition/samples/country_operations.py", "from", "# a remark\nfrom")


@pytest.mark.long
def test_a_copy_of_what_these_settings_make_is_up_to_date(finished: Tiny, tmp_path: Path) -> None:
    copy = unpacked(finished, tmp_path / "copy")
    answer = copy.run()
    assert answer.code == 0, answer.err
    assert "Nothing to do: everything is up to date." in answer.err
    assert SAID not in answer.err


@pytest.mark.long
@pytest.mark.parametrize("change", [cell, setting, code])
def test_a_change_of_a_copy_reaches_what_depends_on_it(
    finished: Tiny, tmp_path: Path, change: Callable[[Tiny], None]
) -> None:
    copy, beside = unpacked(finished, tmp_path / "copy"), finished.copy(tmp_path / "beside")
    for project in (copy, beside):
        change(project)
    assert copy.planned() >= beside.planned()
    assert "sample country_operation" in copy.planned()
    answer = copy.run()
    assert answer.code == 0, answer.err
    assert SAID in answer.err
    assert beside.run().code == 0
    assert copy.outputs() == beside.outputs()
    assert "Nothing to do" in copy.run().err


@pytest.mark.long
def test_results_that_somebody_put_in_the_place_of_ours_are_not_taken_for_ours(
    finished: Tiny, tmp_path: Path
) -> None:
    ours, theirs = finished.copy(tmp_path / "ours"), finished.copy(tmp_path / "theirs")
    before = ours.outputs()
    setting(theirs)
    assert theirs.run().code == 0
    assert theirs.outputs() != before
    shutil.rmtree(ours.results)
    shutil.copytree(theirs.results, ours.results)
    answer = ours.run()
    assert answer.code == 0, answer.err
    assert SAID in answer.err
    assert ours.outputs() == before


@pytest.mark.long
def test_of_an_unfinished_copy_nothing_is_known(finished: Tiny, tmp_path: Path) -> None:
    copy = unpacked(finished, tmp_path / "copy")
    for name in ("manifest.json", "report.html"):
        (copy.results / name).unlink()
    (copy.results / "data" / "country_operation.csv").write_text("iso3\n", encoding="utf-8")
    answer = copy.run()
    assert answer.code == 0, answer.err
    assert "it is not known by which" in answer.err
    assert copy.outputs() == finished.outputs()
