"""`./run` with its arguments in any order, and what it says where it made no report."""

from __future__ import annotations

from pathlib import Path

import pytest
from coalition.commands.run_arguments import config_files, in_order, with_profile
from coalition.workflow.summary import PARTLY, ending
from tiny import Tiny


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("T --configfile a.yaml", "T --configfile a.yaml"),
        ("--configfile a.yaml T", "T --configfile a.yaml"),
        ("--configfile a.yaml b.yml T U", "T U --configfile a.yaml b.yml"),
        ("--configfile a.yaml -n T", "T --configfile a.yaml -n"),
        ("-n T --configfile a.yaml U", "T U -n --configfile a.yaml"),
        ("T -n U --configfile=a.yaml V", "T U V -n --configfile=a.yaml"),
        ("--cores 2 T", "T --cores 2"),
        ("-c 2 T -nF U -c1 V", "T U V -c 2 -nF -c1"),
        ("--dry-r T --core 2 U", "T U --dry-r --core 2"),
        ("-n -- T", "T -n"),
        ("-c1 --configfile a.txt T -n", "T -c1 --configfile a.txt -n"),
        ("--configfile=a.yaml T", "T --configfile=a.yaml"),
        ("--config seed=1 T --configfile a.yaml", "T --config seed=1 --configfile a.yaml"),
        ("--forcerun R --configfile a.yaml T", "T --forcerun R --configfile a.yaml"),
        ("--set-threads a=2 T --profile p U", "T U --set-threads a=2 --profile p"),
    ],
)
def test_a_target_behind_a_config_file_is_a_target(given: str, made: str) -> None:
    assert in_order(given.split()) == made.split()


@pytest.mark.parametrize(
    ("given", "files"),
    [
        ("-n T --configfile a.yaml b.yml U", ["a.yaml", "b.yml"]),
        ("--configfile=a.yaml T", ["a.yaml"]),
        ("--configfile a.txt --configfiles b.yaml", ["a.txt", "b.yaml"]),
        ("T", []),
    ],
)
def test_the_files_over_the_config_are_found(given: str, files: list[str]) -> None:
    assert config_files(given.split()) == files


def test_a_profile_of_ours_stands_alone() -> None:
    alone = ["--workflow-profile", "none"]
    for named in (["--profile", "profiles/slurm"], ["--profile=profiles/slurm"]):
        assert with_profile([*named, "-n"]) == [*named, "-n", *alone]
        assert with_profile([*named, *alone]) == [*named, *alone]
    assert with_profile(["--profile", "mine"]) == ["--profile", "mine"]
    assert with_profile(["-n"])[-3:] == [*alone, "-n"]
    assert "--cores" in with_profile([])


def test_a_run_without_a_report_names_none(tmp_path: Path) -> None:
    (tmp_path / "verdicts.csv").write_text("hypothesis,title,verdict\nH1,Fear,supported\n")
    assert ending(tmp_path) == f"\n{PARTLY}"
    (tmp_path / "report.html").touch()
    assert "supported" in ending(tmp_path)
    assert f"Open {tmp_path / 'report.html'}" in ending(tmp_path)
    assert ending(tmp_path, targets=["a.csv"]) == f"\n{PARTLY}"


@pytest.mark.long
def test_every_order_of_arguments_makes_the_one_result(finished: Tiny, tmp_path: Path) -> None:
    project = finished.copy(tmp_path / "study")
    (project.folder / "mine.yaml").write_text("run: mine\n", encoding="utf-8")
    target = next(path for path in sorted(project.results.rglob("data/*.csv")) if path.is_file())
    wanted = Path("results/mine") / target.relative_to(project.results)
    config = ["--configfile", "mine.yaml"]
    dry = project.run("-n", *config, str(wanted))
    assert dry.code == 0, dry.err
    assert not (project.folder / wanted).exists()
    orders = (
        ["-c1", *config, str(wanted)],
        [*config, str(wanted), "-c1"],
        [str(wanted), "-c1", *config],
        ["-c", "1", str(wanted), *config, "results/mine/data/covariates/country_year.csv"],
    )
    for arguments in orders:
        (project.folder / wanted).unlink(missing_ok=True)
        answer = project.run(*arguments)
        assert answer.code == 0, answer.err
        assert (project.folder / wanted).is_file()
        assert PARTLY in answer.err
        assert "Open " not in answer.err
        assert "Verdicts" not in answer.err
    again = project.run(*config, str(wanted))
    assert "Nothing to do: what was asked for is up to date." in again.err
    assert "Open " not in again.err
    assert "Open results/tiny/report.html" in project.run("-c1").err
