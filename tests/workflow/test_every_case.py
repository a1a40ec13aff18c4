"""Every problem case as its user meets it: its config and file through the check, then fitted; the
estimates are right to the digits that R or Stata print, or the refusal names the key or the cell.
"""

from __future__ import annotations

import contextlib
import html
import io
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from coalition.base.errors import Problems
from coalition.base.keys import keys_of
from coalition.commands import check_command
from coalition.config import settings as configuration
from coalition.config.expansion import merge
from coalition.estimators.estimate import estimate
from coalition.samples import user_file
from coalition.workflow import slices
from tiny import ROOT, Tiny, make

CASES = yaml.safe_load(
    (Path(__file__).parent / "data" / "every_case.yaml").read_text(encoding="utf-8")
)["cases"]
SMALL = ROOT / "tests" / "data" / "broken"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    return make(tmp_path_factory.mktemp("cases") / "project")


def laid_out(project: Tiny, case: dict[str, Any]) -> list[str]:
    """Put the files of a case into a project; return its configs, the first of them below."""
    for name, source in case.get("files", {}).items():
        shutil.copy(ROOT / source, project.folder / name)
    overlays = []
    if case.get("base") == "small":
        shutil.copy(SMALL / "small.csv", project.folder / "data")
        shutil.copy(SMALL / "small.yaml", project.folder)
        overlays.append("small.yaml")
    alone = {} if "base" in case else {"run": "case", "replace": "all"}
    text = case.get("text") or yaml.safe_dump(alone | case["config"], sort_keys=False)
    (project.folder / "mine.yaml").write_text(text, encoding="utf-8")
    return [*overlays, "mine.yaml"]


def checked(configs: list[str]) -> tuple[int, str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = check_command.main(["--configfile", *configs])
    return code, out.getvalue()


def fitted(configs: list[str]) -> dict[str, dict[str, Any]]:
    """Read and fit as the steps of the pipeline do."""
    changes: dict[str, Any] = {}
    for path in configs:
        merge(changes, configuration.read(path))
    config = configuration.plain(configuration.main(changes))
    made = {}
    for name, model in config["models"].items():
        sample, problems = model["sample"], Problems()
        table = user_file.build(slices.sample(config, sample), sample, problems).table
        problems.stop()
        keys = keys_of(config["samples"][sample])
        made[name] = estimate(name, model, table, configuration.labels(config), keys=keys)
    return made


def agrees(found: float, printed: str) -> bool:
    """Tell whether a number is the printed one, to its last digit."""
    return abs(Decimal(found) - Decimal(printed)) <= Decimal("0.51") * Decimal(
        (0, (1,), int(Decimal(printed).as_tuple().exponent))
    )


def holds(case: dict[str, Any], made: dict[str, dict[str, Any]]) -> None:
    for name, rows in case.get("rows", {}).items():
        assert made[name]["n"] == rows, name
    for name, levels in case.get("levels", {}).items():
        assert made[name]["levels"] == levels
    for name, terms in case["right"].items():
        assert made[name]["status"] == "ok", made[name]["failure"]
        rows = {row["term"]: row for row in made[name]["rows"] if row["kind"] == "coefficient"}
        for term, (estimate_, error) in terms.items():
            assert agrees(rows[term]["estimate"], estimate_), f"{name}, {term}: {rows[term]}"
            assert error is None or agrees(rows[term]["std_error"], error), f"{name}, {term}"
    for name, said in case.get("said", {}).items():
        assert any(said in warning["message"] for warning in made[name]["warnings"])


@pytest.mark.long_after(10)
@pytest.mark.parametrize("name", CASES)
def test_a_case_is_right_or_refused_with_a_reason(
    name: str, original: Tiny, tmp_path: Path
) -> None:
    case = CASES[name]
    project = original.copy(tmp_path / "project")
    with contextlib.chdir(project.folder):
        configs = laid_out(project, case)
        code, words = checked(configs)
        assert "Traceback" not in words
        assert "defect of the program" not in words
        if "refused" in case:
            assert code == 1, words
            assert case["refused"] in words
            assert not (project.folder / "results").exists(), "nothing is written"
            if "then" not in case:
                return
            case["config"]["samples"]["s"] |= case["then"]
            configs = laid_out(project, case)
            code, words = checked(configs)
        assert code == 0, words
        for part in case.get("screen", []):
            assert part in words
        made = fitted(configs)
        if "fails" in case:
            assert case["fails"] in made["m"]["failure"]["message"]
        else:
            holds(case, made)


@pytest.mark.long
@pytest.mark.parametrize("name", ["any_file_sample_fails", "factor_outcome_event"])
def test_a_case_through_the_whole_run(name: str, original: Tiny, tmp_path: Path) -> None:
    case = CASES[name]
    project = original.copy(tmp_path / "project")
    answer = project.run("--configfile", *laid_out(project, case))
    assert answer.code == 0, answer.err
    table = (project.folder / "results" / "case" / "tables" / "t.md").read_text(encoding="utf-8")
    for terms in case["right"].values():
        for printed, error in terms.values():
            assert printed in table
            assert error in table


OTHERS_WORDS = ("Fermann", "ISAF", "aveat", "oalition", "Iraq", "book", "grade of evidence")


@pytest.mark.long
def test_the_report_of_a_file_speaks_of_nothing_else(original: Tiny, tmp_path: Path) -> None:
    case = CASES["any_file_sample_fails"]
    project = original.copy(tmp_path / "project")
    answer = project.run("--configfile", *laid_out(project, case))
    assert answer.code == 0, answer.err
    page = (project.folder / "results" / "case" / "report.html").read_text(encoding="utf-8")
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    words = html.unescape(re.sub(r"<[^>]+>", " ", page))
    assert [word for word in OTHERS_WORDS if word in words] == []
