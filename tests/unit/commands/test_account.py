"""The account of a check: counts against what was put in, names that were mapped, gaps, and the
rows of each model.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from coalition.commands import check, check_command, check_report
from coalition.config import settings

ROOT = Path(__file__).parents[3]
HEADER = "Land;jahr;joined;wealth"
ROWS = [
    "Deutschland;2001;0;1", "Denmark;2001;1;2", "Danmark;2002;1;3", "Polen;2001;1;",
    "NATO;2001;1;9", "Norge;2002;0;4", "Spain;2001;0;5",
    "Portugal;2001;1;1", "Italia;2002;0;2", "GRC;2001;1;3",
]  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the project's data and config."""
    for name in ("data", "configs", "config.yaml"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def own(tmp_path: Path) -> dict[str, Any]:
    """Return a config with one file of states that are named in several languages; one row's name
    stands for no state.
    """
    (tmp_path / "mine.csv").write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    return {
        "run": "mine",
        "replace": "all",
        "samples": {
            "mine": {
                "file": "mine.csv",
                "state": "iso3",
                "keys": ["iso3", "jahr"],
                "reading": {
                    "separator": ";",
                    "state": {
                        "column": "Land",
                        "as": "name",
                        "overrides": {"NATO": None, "GRC": "GRC"},
                    },
                },
            }
        },
        "models": {
            "one": {
                "group": "g",
                "label": "One",
                "sample": "mine",
                "family": "firth_logit",
                "outcome": "joined",
                "terms": ["wealth"],
            }
        },
    }


def parts(changes: dict[str, Any]) -> dict[str, check_report.Part]:
    """Return the account of config.yaml with changes, by title."""
    checked = check.everything(settings.main(changes))
    return {
        part.title.partition(":")[0].partition(" (")[0]: part
        for part in check_report.account(checked)
    }


def test_a_file_of_ones_own(project: Path) -> None:
    found = parts(own(project))
    assert found["Files"].lines == ("mine: 9 rows, 4 columns (mine.csv)",)
    (names,) = found["Names of states"].lines
    assert names.startswith(
        "mine.csv, column Land: 9 names matched, 5 of them by another spelling or code ("
    )
    assert names.endswith("; left out by `overrides`: 'NATO' (1 row)")
    assert "mine.csv: 'Danmark' is DNK, 1 row" in found["Names of states"].more
    assert "mine.csv: 'NATO' is left out, 1 row" in found["Names of states"].more
    assert found["Sample mine"].lines == ("missing: wealth 11.1%",)
    (model,) = found["Models"].lines
    assert model == (
        "one: 8 of 9 rows, 7 states; 1 left out, missing: wealth 1; joined: 0 4, 1 4; the "
        "event is 1"
    )


@pytest.mark.long
def test_a_state_with_caveats_that_took_no_part_is_named(project: Path) -> None:
    shipped = pd.read_csv(project / "data/operations/isaf/caveats.csv", dtype=str)
    extra = shipped[shipped["iso3"] == "DEU"].head(1).assign(iso3="BRA")
    pd.concat([shipped, extra]).to_csv(project / "caveats.csv", index=False)
    files = {"caveats": "caveats.csv"}
    changes = {"run": "mine", "operations": {"isaf": {"files": files}}}
    lines = check_report.account(check.everything(settings.main(changes)))[0].lines
    assert [line for line in lines if "not among those" in line and line.endswith(": BRA")]


def test_a_group_of_many_models_says_why_rows_are_left_out(project: Path) -> None:
    changes = own(project)
    one = changes["models"]["one"]
    changes["models"] = {f"m{number}": one for number in range(check_report.MANY + 1)}
    lines = [line for part in parts(changes).values() for line in part.lines]
    assert any(line.endswith("; rows most often left out: missing: wealth") for line in lines)


@pytest.mark.long
def test_models_that_lose_most_of_their_rows_are_named_at_the_end() -> None:
    changes = {"controls": {"standard": ["gdp_per_head", "prior_approval"]}}
    found = parts(changes)
    assert list(found)[-1] == "Take care"
    first = found["Take care"].lines[0]
    assert first.startswith("h1_logit_pooled: fitted to ")
    assert "Parliament must approve deployments" in first
    assert found["Take care"].more


def test_the_command_writes_its_account_and_nothing_else(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import yaml

    (project / "mine.yaml").write_text(yaml.safe_dump(own(project)), encoding="utf-8")
    before = {path for path in project.rglob("*") if path.is_file()}
    assert check_command.main(["--configfile", "mine.yaml"]) == 0
    said = capsys.readouterr().out
    made = {path for path in project.rglob("*") if path.is_file()} - before
    kept = {path for path in made if ".snakemake" in path.parts}
    assert made - kept == {project / "results" / "mine" / "check.md"}
    assert said.startswith("The config and the data are in order.\n")
    assert said.endswith(
        "The full account: results/mine/check.md\nThe analysis: ./run --configfile mine.yaml\n"
    )
    content = (project / "results" / "mine" / "check.md").read_bytes()
    assert check_command.main(["--configfile", "mine.yaml"]) == 0
    assert (project / "results" / "mine" / "check.md").read_bytes() == content


def test_an_account_that_is_kept_ends_with_any_change_of_what_it_rests_on(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import yaml

    def look() -> tuple[int, str]:
        code = check_command.main(["--configfile", "mine.yaml"])
        said = capsys.readouterr()
        return code, said.out + said.err

    (project / "mine.yaml").write_text(yaml.safe_dump(own(project)), encoding="utf-8")
    code, first = look()
    assert code == 0
    with monkeypatch.context() as patch:  # nothing is read again
        patch.setattr(check, "everything", lambda config: 1 / 0)
        assert look() == (0, first)
    text = (project / "mine.csv").read_text(encoding="utf-8")
    (project / "mine.csv").write_text(text.replace("NATO", "Atlantis"), encoding="utf-8")
    code, said = look()
    assert code == 1
    assert "Atlantis" in said
    (project / "mine.csv").write_text("\n".join(text.split("\n")[:-2]) + "\n", encoding="utf-8")
    assert look()[1] != first
    (project / "mine.csv").write_text(text, encoding="utf-8")
    assert look() == (0, first)
    (project / "mine.yaml").write_text(
        yaml.safe_dump(own(project) | {"models": {}}), encoding="utf-8"
    )
    assert look()[1] != first


def test_the_shipped_config_fits_on_two_screens(project: Path) -> None:
    checked = check.everything(settings.main())
    found = check_report.account(checked)
    assert check_report.screen(found).count("\n") < 100
    page = check_report.page(found, "main")
    assert all(f"- {name}: " in page for name in checked.models)
    sample = checked.samples["country_operation"].table
    isaf = sample[sample["operation"] == "isaf"]
    joined = isaf[isaf["participated"] == 1]
    line = f"ISAF (Afghanistan): {len(isaf)} states could have joined; took part: {len(joined)}; "
    assert line + f"caveat level known: {joined['caveat_level'].notna().sum()}" in page
    assert "positions_2003: not used by any variable" in page


@pytest.mark.long
def test_what_is_skipped_is_said(project: Path) -> None:
    operations = {
        name: {"files": {"caveats": None, "caveat_types": None, "troops": None}}
        for name in ("isaf", "iraq")
    }
    part = parts({"operations": operations})["Left out, and why"]
    assert any(
        line.startswith("Skipped, because no file of caveats is given")
        and "hypotheses H2, H3" in line
        for line in part.lines
    )
    assert any("no file of troop counts" in line and "figure troops" in line for line in part.lines)
