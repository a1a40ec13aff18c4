"""Two small runs against each other: what is flagged, what comes first, what the page says; bad
input.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest
from coalition.base.errors import Problems
from coalition.base.files import write_text
from coalition.commands.compare.__main__ import main
from coalition.commands.compare.compare_page import page, summary, what_came, what_changed
from coalition.commands.compare.comparison import Comparison, compare
from coalition.commands.compare.runs import read
from compare_fixture import (
    DRAWING,
    FORMULA,
    HOSTILE,
    MODEL,
    Entry,
    model,
    row,
    run_parts,
    verdict,
    write_run,
)


def compared(tmp_path: Path, first: Entry, second: Entry) -> Comparison:
    problems = Problems()
    a, b = (
        read(letter, write_run(tmp_path / name, parts), problems)
        for letter, name, parts in (("A", "one", first), ("B", "two", second))
    )
    problems.stop()
    assert a is not None
    assert b is not None
    return compare(a, b)


def changed_parts() -> Entry:
    """Another data file, setting, estimate, verdict, N, figure and version."""
    parts = run_parts()
    effect = row("fear", 0.1, 0.25, 0.7)
    parts["models"] = [
        model(
            effect, n=80, dropped=[{"iso3": "NOR", "operation": "alpha", "reason": "missing: Fear"}]
        )
    ]
    parts["verdicts"] = [
        verdict(effect, verdict="undecided", reasons=["the p-value"], flips=["POL"], n=80)
    ]
    parts["config"]["measures"]["fear"]["method"] = "pca"
    parts["tables"]["data/covariates/wealth.csv"].loc[0, "power"] = 9.0
    parts["figures"]["picture"] = ("Title", DRAWING.format(colour="#654321"))
    parts["manifest"] = {"packages": {"numpy": "2.4.5"}}
    return parts


def test_nothing_differs(tmp_path: Path) -> None:
    found = compared(tmp_path, run_parts(), run_parts())
    assert not any(line.differs for line in (*what_changed(found), *what_came(found)))
    assert "Nothing differs." in page(found)


def test_everything_that_differs_is_found(tmp_path: Path) -> None:
    found = compared(tmp_path, run_parts(), changed_parts())
    test = found.verdicts.iloc[0]
    assert test[
        ["verdict_changed", "sign_changed", "significance_changed", "n_changed"]
    ].to_list() == [True, False, True, True]
    assert test["difference"] == pytest.approx(-0.7)
    assert (test["flips_only_a"], test["flips_only_b"]) == ("DNK", "POL")
    assert found.models.loc[0, "not_alike"] == "definition of fear"
    assert found.lost.values.tolist() == [[MODEL, "NOR, alpha", "B", "missing: Fear"]]
    assert found.settings["key"].to_list() == ["measures.fear.method"]
    assert [(table.name, table.counted("cell")) for table in found.tables if table.differs] == [
        ("data/covariates/wealth.csv", 1)
    ]
    assert found.versions.loc[found.versions["change"] != "same", "name"].to_list() == ["numpy"]
    assert [pair.same for pair in found.pictures] == [False]
    assert {line.section for line in (*what_changed(found), *what_came(found)) if line.differs} == {
        *("settings", "inputs", "software", "verdicts", "estimates", "models", "figures")
    }
    first, second = summary(found).split("What came of it")
    assert 'measures.fear.method: "mean_z" \N{RIGHTWARDS ARROW} "pca"' in first
    assert "data/covariates/wealth.csv (1 cell)" in first
    assert "of 1 hypothesis, changes of verdict 1" in second


def test_each_hypothesis_is_told_old_and_new(tmp_path: Path) -> None:
    first, second = run_parts(), run_parts()
    second["verdicts"] = [verdict(row("fear", 0.80004, 0.2, 0.0001), n=72)]
    found = compared(tmp_path, first, second)
    arrow = "\N{RIGHTWARDS ARROW}"
    told = f"supported {arrow} supported; estimate 0.80000 {arrow} 0.80004; N 100 {arrow} 72."
    assert f"H1: verdict {told}" in summary(found)
    assert "significance (Holm-adjusted) 0" in summary(found)


def test_both_versions_of_the_rule_are_compared(tmp_path: Path) -> None:
    test = dict.fromkeys(("method", "p_value", "conf_low", "conf_high"))
    parts = ("p_holm", "p_equivalence_holm", "flips_holm")
    first, second = run_parts(), run_parts()
    for run, word in ((first, "supported"), (second, "undecided")):
        said = dict.fromkeys(parts) | {"reasons": [f"R-{word}"], "not_applied": [], "test": test}
        run["verdicts"][0]["version_2"] = said | {"verdict": word}
    found = compared(tmp_path, first, second)
    row = found.verdicts.iloc[0]
    assert (row["verdict_2_a"], row["verdict_2_b"]) == ("supported", "undecided")
    assert (row["verdict_changed"], row["verdict_2_changed"]) == (False, True)
    assert "version 2: R-undecided" in page(found)
    alone = compared(tmp_path, run_parts(), second).verdicts.iloc[0]
    assert (alone["verdict_2_a"], alone["verdict_2_changed"]) == (None, False)


def test_sections_stand_in_the_order_of_what_matters(tmp_path: Path) -> None:
    text = page(compared(tmp_path, run_parts(), changed_parts()))
    sections = re.findall(r'<section id="(\w+)"', text)
    assert sections == [
        *("found", "settings", "inputs", "program", "software"),
        *("verdicts", "draws", "estimates", "models", "built", "tables", "figures"),
        "references",
    ]


def test_estimates_are_ordered_by_what_changed(tmp_path: Path) -> None:
    first, second = run_parts(), run_parts()
    small = [
        row("small", 0.01, 0.5, 0.98),
        row("moved", 1.0, 0.1, 0.0),
        row("lost", 0.5, 0.2, 0.01),
        row("turned", 0.5, 0.2, 0.01),
    ]
    other = [
        row("small", -0.01, 0.5, 0.98),
        row("moved", 2.0, 0.1, 0.0),
        row("lost", 0.3, 0.2, 0.13),
        row("turned", -0.5, 0.2, 0.01),
    ]
    constants = [[row("const", value, 0.1, 0.0)] for value in (5.0, -5.0)]
    for parts, rows, constant in ((first, small, constants[0]), (second, other, constants[1])):
        parts["models"] = [
            model(row("fear", 0.8, 0.2, 0.0001)),
            model(*rows, *constant, name="others"),
        ]
    found = compared(tmp_path, first, second).estimates
    assert found.loc[found["differs"], "term"].to_list() == [
        "turned",
        "lost",
        "small",
        "moved",
        "const",
    ]


def test_terms_of_a_hypothesis_whose_verdict_changed_come_first(tmp_path: Path) -> None:
    first, second = run_parts(), changed_parts()
    for parts, value in ((first, 0.5), (second, -0.5)):
        parts["models"].append(model(row("turned", value, 0.1, 0.001), name="others"))
    found = compared(tmp_path, first, second).estimates.query("part == 'model'")
    assert found["term"].to_list()[:2] == ["fear", "turned"]
    assert found["rank"].to_list()[:2] == [0, 1]


def test_alternatives_and_other_inference_are_compared(tmp_path: Path) -> None:
    first, second = run_parts(), run_parts()
    second["alternatives"][0]["p_value"] = 0.2
    found = compared(tmp_path, first, second).estimates
    tests = found[found["part"] != "model"]
    assert tests[["part", "model", "significance_changed", "differs"]].values.tolist() == [
        ["alternative", "small", True, True],
        ["inference", "cr2", False, False],
    ]


def test_the_program_and_its_files_are_compared(tmp_path: Path) -> None:
    first, second = run_parts(), run_parts()
    for parts, commit, made in ((first, "a" * 40, "1"), (second, "b" * 40, "2")):
        files = {"scripts/x.py": made, "scripts/y.py": "0"}
        about = {"sha256": made, "commit": commit, "modified": made == "2", "files": files}
        parts["manifest"] = {"version": "1.0", "program": about}
    found = compared(tmp_path, first, second)
    assert found.program["what"].to_list() == ["version", "commit", "scripts/x.py"]
    assert found.program.loc[1, ["a", "b"]].to_list() == ["a" * 10, "b" * 10 + ", changed since"]
    assert "1 file of it differs" in summary(found)


def test_printed_tables_are_compared_cell_by_cell(tmp_path: Path) -> None:
    first, second = run_parts(), run_parts()
    table = pd.DataFrame({"term": ["x", "y"], "p_value": [0.25, 0.5]})
    first["tables"] |= {"tables/h1.csv": table, "tables/same.csv": table}
    second["tables"] |= {
        "tables/h1.csv": table.assign(p_value=[0.25, 0.75]),
        "tables/same.csv": table,
        "tables/more.csv": table,
    }
    found = compared(tmp_path, first, second).printed
    assert found[["table", "presence", "same", "columns"]].values.tolist() == [
        ["h1", "both", False, "p_value (1)"],
        ["more", "only in B", False, ""],
        ["same", "both", True, ""],
    ]


def test_other_scales_and_outcomes_have_no_difference(tmp_path: Path) -> None:
    first, second = run_parts(), run_parts()
    second["models"] = [model(row("fear", 0.2, 0.1, 0.04, family="ols"), family="ols")]
    found = compared(tmp_path, first, second).estimates.query("part == 'model'").iloc[0]
    assert pd.isna(found["difference"])
    assert found["differs"]
    assert "family" in found["not_alike"]


def test_failed_and_lone_models(tmp_path: Path) -> None:
    first, second = run_parts(), run_parts()
    failure = {"kind": "separation", "message": "fear separates"}
    second["models"] = [
        model(status="failed", failure=failure),
        model(row("fear", 1, 1, 0.3), name="new"),
    ]
    found = compared(tmp_path, first, second)
    assert found.models[["model", "presence", "status_changed"]].values.tolist() == [
        [MODEL, "both", True],
        ["new", "only in B", False],
    ]
    text = page(found)
    assert "not estimated in B: fear separates" in text
    assert "only in B" in text


def test_a_run_without_operations_and_hypotheses(tmp_path: Path) -> None:
    lone = run_parts()
    lone["config"] |= {
        "states": None,
        "sources": None,
        "operations": {},
        "covariates": {},
        "hypotheses": {},
        "measures": {},
        "variables": {},
    }
    lone["config"]["samples"] = {"file": {"file": "data/mine.csv", "keys": ["id"]}}
    lone["tables"] = {"data/file.csv": pd.DataFrame({"id": [1, 2], "x": [0.5, None]})}
    lone["verdicts"], lone["figures"] = [], {}
    found = compared(tmp_path, run_parts(), lone)
    assert found.verdicts[["hypothesis", "presence"]].values.tolist() == [["H1", "only in A"]]
    assert {table.name for table in found.tables if table.rows_a is None} == {"data/file.csv"}
    assert "has no such figure" in page(found)
    assert compared(tmp_path / "again", lone, lone).verdicts.empty
    assert "Neither run tests a hypothesis" in page(compared(tmp_path / "again", lone, lone))


def test_hostile_texts_are_shown_and_not_run(tmp_path: Path) -> None:
    first, second = run_parts(), run_parts()
    second["config"]["measures"]["fear"]["label"] = HOSTILE
    second["config"][HOSTILE] = FORMULA
    second["tables"]["data/alpha/contributors.csv"].loc[0, "note"] = FORMULA
    second["tables"]["data/alpha/contributors.csv"].loc[1, "note"] = HOSTILE
    second["models"][0]["label"] = HOSTILE
    second["figures"]["picture"] = (
        HOSTILE,
        DRAWING.format(colour='#fff"/><script>alert(1)</script><rect fill="#fff'),
    )
    for folder, parts in (("one", first), ("two", second)):
        write_run(tmp_path / folder, parts)
    assert main([str(tmp_path / "one"), str(tmp_path / "two"), "--to", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "compare.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert" in text
    with open(tmp_path / "out" / "rows.csv", encoding="utf-8", newline="") as handle:
        values = [line["b"] for line in csv.DictReader(handle)]
    assert values == ["'" + FORMULA, HOSTILE]


def test_the_same_bytes_every_time_and_nothing_written_elsewhere(tmp_path: Path) -> None:
    runs = [
        write_run(tmp_path / name, parts)
        for name, parts in (("one", run_parts()), ("two", changed_parts()))
    ]
    before = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
    written = []
    for _ in range(2):
        assert main([*map(str, runs), "--to", str(tmp_path / "out")]) == 0
        written.append(
            {path.name: path.read_bytes() for path in sorted((tmp_path / "out").iterdir())}
        )
    assert written[0] == written[1]
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(written[0]) == [
        *(
            "compare.html",
            "draws.csv",
            "estimates.csv",
            "files.csv",
            "inputs.csv",
            "left_out.csv",
            "models.csv",
            "printed.csv",
            "program.csv",
        ),
        *("rows.csv", "settings.csv", "software.csv", "verdicts.csv"),
    ]


def test_the_same_folder_twice_and_results_changed_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_run(tmp_path / "one", run_parts())
    write_text(folder / "data" / "country_operation.csv", "iso3,operation,year\n")
    assert main([str(folder), str(folder), "--to", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "compare.html").read_text(encoding="utf-8")
    assert "Both are the same folder" in text
    assert "data/country_operation.csv (changed)" in text
    assert "of 1 hypothesis, changes of verdict 0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "no finished run"),
        (lambda folder: write_text(folder / "manifest.json", "{"), "the file cannot be read"),
        (
            lambda folder: write_text(folder / "manifest.json", "{}"),
            "made by a version that did not store the settings",
        ),
        (
            lambda folder: write_text(folder / "estimates" / "g.json", "[1]"),
            "not a result of a run",
        ),
        (
            lambda folder: write_text(folder / "data" / "covariates" / "wealth.csv", ""),
            "the table cannot be read",
        ),
    ],
)
def test_bad_runs_are_told_on_one_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: object, told: str
) -> None:
    runs = [write_run(tmp_path / name, run_parts()) for name in ("one", "two")]
    spoil(runs[1])
    assert main([*map(str, runs), "--to", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert told in error
    assert "before the runs can be compared" in error
    assert not (tmp_path / "out").exists()


def test_bad_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = str(write_run(tmp_path / "one", run_parts()))
    write_text(tmp_path / "mine" / "notes.txt", "my own")
    for arguments, told in (
        ([run], "two folders of runs are needed, and 1 given"),
        ([run, str(tmp_path / "none")], "there is no such folder"),
        ([run, run, "--to", run], "cannot be written into the results of a run"),
        ([run, run, "--to", f"{run}/tables"], "cannot be written into the results of a run"),
        ([run, run, "--to", str(tmp_path / "mine")], "the folder holds other files"),
        ([run, run, "--to", str(tmp_path / "mine" / "notes.txt")], "this is a file"),
    ):
        assert main(arguments) == 1
        assert told in capsys.readouterr().err


def test_score_tests_of_a_separated_logit_are_compared_by_their_p_values(tmp_path: Path) -> None:
    """There is no estimate on either side: a p-value that crosses the level is a change, another
    digit of it a difference.
    """
    found = {}
    for name, p_value in (("same", 0.01), ("digit", 0.011), ("crossed", 0.2)):
        parts = [
            run_parts()
            | {"models": [model(row("fear", None, None, p, kind="score_test"), status="failed")]}
            for p in (0.01, p_value)
        ]
        table = compared(tmp_path / name, *parts).estimates
        found[name] = table[table["kind"] == "score_test"].iloc[0]
    assert [bool(found[name]["differs"]) for name in ("same", "digit", "crossed")] == [
        False,
        True,
        True,
    ]
    assert [bool(found[name]["significance_changed"]) for name in ("same", "digit", "crossed")] == [
        False,
        False,
        True,
    ]
    assert all(pd.isna(each["difference"]) for each in found.values())
