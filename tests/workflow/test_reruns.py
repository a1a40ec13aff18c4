"""Edit X, and exactly what depends on X is made again, whatever the times of the files say; touch
X, and nothing is.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from tiny import Tiny

CAVEATS = "data/operations/iraq/caveats.csv"
ENDS = {"report", "manifest"}
INGESTED = {"ingest covariates", "ingest iraq"}
FITTED = {"estimate tested", "estimate others"}
PRINTED = {"tables models", "figure joining"}
DRAWN = {"robustness", "inference"}
JUDGED = {*DRAWN, "verdicts"}
AFTER_SAMPLE = {"sample country_operation", *FITTED, *PRINTED, *JUDGED, *ENDS}
LONG_AGO = 1_000_000_000

Change = Callable[[Tiny], None]


def cell(project: Tiny) -> None:
    """Change one cell of the data."""
    project.edit(CAVEATS, "postwar,2", "postwar,1")


def old_cell(project: Tiny) -> None:
    """Put a changed file in place that is older than the results, as an archive or a download
    may.
    """
    cell(project)
    os.utime(project.folder / CAVEATS, (LONG_AGO, LONG_AGO))


def comment(path: str, when: float | None = None) -> Change:
    """Return a change that adds a comment at the end of a source file and, if asked, gives it an
    old time.
    """

    def change(project: Tiny) -> None:
        file = project.folder / path
        file.write_text(file.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
        if when is not None:
            os.utime(file, (when, when))

    return change


def setting(*path: str | int, to: Any) -> Change:
    """Return a change of one key of the config."""

    def change(project: Tiny) -> None:
        config = project.config()
        block = config
        for key in path[:-1]:
            block = block[key]
        assert block[path[-1]] != to
        block[path[-1]] = to
        project.configure(config)

    return change


def upgraded(project: Tiny) -> None:
    """Put another version of a package before the one that the results were made with."""
    about = project.folder / "scripts" / "linearmodels-99.0.dist-info" / "METADATA"
    about.parent.mkdir()
    about.write_text("Metadata-Version: 2.1\nName: linearmodels\nVersion: 99.0\n", encoding="utf-8")


def deleted(path: str) -> Change:
    """Return a change that deletes a result."""
    return lambda project: (project.results / path).unlink()


CASES: dict[str, tuple[Change, set[str]]] = {
    "a data cell": (cell, {"ingest iraq", "agreement", *AFTER_SAMPLE}),
    "a data cell, older than the results": (
        old_cell,
        {"ingest iraq", "agreement", *AFTER_SAMPLE},
    ),
    "a model's label": (
        setting("models", "reserving", "label", to="Penalised"),
        {"estimate others", "tables models", *ENDS},
    ),
    "a measure's sign": (
        setting("measures", "abandonment", "components", 1, "sign", to=-1),
        AFTER_SAMPLE,
    ),
    "a figure's title": (
        setting("figures", "joining", "title", to="Other words"),
        {"figure joining", *ENDS},
    ),
    "a table's title": (
        setting("tables", "joining", "title", to="Other words"),
        {"tables models", *ENDS},
    ),
    "the verdict's rule": (
        setting("verdict", "alpha", to=0.01),
        {"robustness", "verdicts", "figure joining", *ENDS},
    ),
    "a hypothesis' claim": (
        setting("hypotheses", "H1", "claim", to="Other words"),
        {"verdicts", "figure joining", *ENDS},
    ),
    "a hypothesis' title": (
        setting("hypotheses", "H1", "title", to="Other words"),
        {*DRAWN, "verdicts", "figure joining", *ENDS},
    ),
    "a hypothesis' further models": (
        setting("hypotheses", "H1", "supporting", to=["reserving"]),
        ENDS,
    ),
    "the seed": (setting("seed", to=1), {"agreement", *DRAWN, "verdicts", "figure joining", *ENDS}),
    "a library module": (
        comment("scripts/coalition/data/coder_agreement.py"),
        {"agreement", *ENDS},
    ),
    "a library module, older than the results": (
        comment("scripts/coalition/data/coder_agreement.py", LONG_AGO),
        {"agreement", *ENDS},
    ),
    "a package's first module": (
        comment("scripts/coalition/outputs/tables/__init__.py", LONG_AGO),
        {*PRINTED, *ENDS} - {"figure joining"},
    ),
    "a module that no step uses": (comment("scripts/coalition/commands/explain.py"), ENDS),
    "the version": (comment("CITATION.cff"), ENDS),
    "a script": (comment("scripts/verdicts.py", LONG_AGO), {"verdicts", "figure joining", *ENDS}),
    "a schema": (
        comment("schemas/tables/caveats.yaml", LONG_AGO),
        {
            "ingest iraq",
            "agreement",
            "sample country_operation",
            *AFTER_SAMPLE,
        },
    ),
    "a package's version": (upgraded, {*INGESTED, "agreement", *AFTER_SAMPLE}),
    "a deleted table": (deleted("tables/joining.md"), {"tables models", *ENDS}),
    "a deleted canonical table": (
        deleted("data/iraq/caveats.csv"),
        {"ingest iraq", "agreement", *AFTER_SAMPLE},
    ),
}


@pytest.mark.long_after(2)
@pytest.mark.parametrize("name", CASES)
def test_exactly_what_depends_on_it(project: Tiny, name: str) -> None:
    change, expected = CASES[name]
    assert project.nothing_to_do()
    change(project)
    assert not project.nothing_to_do()
    assert project.planned() == expected


def test_a_touch_makes_nothing_again(project: Tiny) -> None:
    for path in project.folder.rglob("*"):
        if path.is_file() and not {".venv", ".snakemake", "results"} & set(
            path.relative_to(project.folder).parts
        ):
            path.touch()
    assert project.nothing_to_do()
    assert project.planned() == set()


@pytest.mark.long
def test_the_order_of_an_entrys_keys_makes_the_report_alone_again(project: Tiny) -> None:
    """The report prints the line of the config in which a key stands."""
    project.configure(upside_down(project.config()))
    assert project.planned() == {"report", "manifest"}


def upside_down(config: dict[str, Any]) -> dict[str, Any]:
    """Return a config with the keys of every entry in reverse; entries themselves keep their order,
    which is the order of tables' rows.
    """

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(item) for key, item in reversed(value.items())}
        return [turned(item) for item in value] if isinstance(value, list) else value

    blocks = {
        name: {key: turned(item) for key, item in block.items()}
        if isinstance(block, dict)
        else block
        for name, block in config.items()
    }
    return dict(reversed(blocks.items()))


@pytest.mark.long
def test_a_result_that_was_edited_by_hand_is_noticed(project: Tiny) -> None:
    table = project.results / "tables" / "joining.csv"
    times = table.stat()
    made = table.read_bytes()
    table.write_bytes(made + b"mine\n")
    os.utime(table, (times.st_atime, times.st_mtime))
    said = "results/tiny/tables/joining.csv\n    - changed by hand since the run made it"
    for command in (["check"], [], ["-n"]):
        answer = project.run(*command)
        assert answer.code == 1
        assert said in answer.err
    assert table.read_bytes() == made + b"mine\n"
    table.unlink()
    assert project.run().code == 0
    assert table.read_bytes() == made


@pytest.mark.long
def test_results_are_those_of_one_run(project: Tiny) -> None:
    """A table that the config no longer asks for goes, a file of the user's stays, another run's
    folder is left alone.
    """
    (project.results / "tables" / "notes.txt").write_text("mine", encoding="utf-8")
    config = project.config()
    del config["tables"]["reserving"]
    project.configure(config)
    before = project.outputs()
    assert project.run("results/other/data/iraq/caveats.csv", "--config", "run=other").code == 0
    assert (project.folder / "results/other/data/iraq/caveats.csv").is_file()
    assert project.outputs() == before
    assert project.run().code == 0
    tables = {path.stem for path in (project.results / "tables").iterdir()}
    assert tables == {"joining", "notes"}
    manifest = json.loads((project.results / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["outputs"]) == {f"results/tiny/{name}" for name in project.outputs()} - {
        "results/tiny/tables/notes.txt"
    }


@pytest.mark.long
def test_nothing_to_do_is_said_without_snakemake(
    project: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.folder / "mine.yaml").write_text("run: mine\n", encoding="utf-8")
    assert project.run("--configfile", "mine.yaml").code == 0
    for command in ([], ["--cores", "2"], ["--configfile=./mine.yaml", "-c", "1"]):
        slowly = project.run("--keep-going", *command)
        with monkeypatch.context() as patched:
            patched.setenv("PYTHONVERBOSE", "1")
            quickly = project.run(*command)
        loaded = {
            line.split()[1].strip("'")
            for line in quickly.err.splitlines()
            if line.startswith("import '")
        }
        said = "Nothing to do: everything is up to date."
        assert "coalition.workflow.finished" in loaded
        assert not {"snakemake", "pandas", "numpy"} & loaded
        assert slowly.err.startswith(said)
        assert slowly.err in quickly.err
        assert (slowly.code, quickly.code) == (0, 0)


def test_what_another_command_made_is_looked_at(project: Tiny) -> None:
    (project.folder / "mine.yaml").write_text("seed: 20260101\n", encoding="utf-8")
    (project.folder / "same.yaml").write_text("{}\n", encoding="utf-8")
    assert not project.nothing_to_do("mine.yaml")
    # the manifest names the files of the command
    assert not project.nothing_to_do("same.yaml")
    assert project.nothing_to_do()
    shutil.rmtree(project.folder / ".snakemake" / "coalition")
    assert not project.nothing_to_do()


@pytest.mark.long
def test_a_table_in_a_package_is_read_and_noticed_where_it_changes(project: Tiny) -> None:
    config, packaged = project.config(), "scripts/coalition/country_year.csv"
    shutil.copy(project.folder / "data" / "country_year.csv", project.folder / packaged)
    config["covariates"]["country_year"]["file"] = "package:coalition/country_year.csv"
    project.configure(config)
    made = "results/tiny/data/covariates/country_year.csv"
    before = (project.folder / made).read_bytes()
    answer = project.run(made)
    assert answer.code == 0, answer.err
    assert (project.folder / made).read_bytes() == before
    assert "ingest covariates" not in project.planned(made)
    _, first, *_ = (project.folder / packaged).read_text(encoding="utf-8").splitlines()
    project.edit(packaged, first, first[: first.rindex(",")] + ",99")
    assert "ingest covariates" in project.planned(made)
