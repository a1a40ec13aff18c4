"""`./run new coding` and `./run new study`: what they write can be read, and guesses are said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from coalition.base.errors import Problems
from coalition.base.files import read_table
from coalition.commands import new_coding, new_operation, new_study
from coalition.config import checks
from coalition.config import settings as configuration
from coalition.data import caveat_levels, ingest

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def laid_over(path: Path) -> dict:
    return configuration.combine(configuration.main(), configuration.read(path))


def test_a_coding_names_every_state_that_took_part(tmp_path: Path) -> None:
    config, table = new_coding.write("isaf", tmp_path / "mine")
    rows = pd.read_csv(table)
    contributors = read_table(ROOT / "data/operations/isaf/contributors.csv")
    joined = contributors[(contributors["participated"] == 1) & (contributors["iso3"] != "USA")]
    assert sorted(rows["iso3"]) == sorted(joined["iso3"])
    assert rows["level"].isna().all()
    assert yaml.safe_load(config.read_text())["run"] == "mine"


def test_what_a_coding_leaves_out_is_the_operation_s_and_the_user_s_own(tmp_path: Path) -> None:
    config, table = new_coding.write("isaf", tmp_path / "mine")
    rows = pd.read_csv(table, dtype=str, keep_default_na=False)
    rows.loc[0, "level"] = "2"
    rows.to_csv(table, index=False)
    resolved, problems = laid_over(config), Problems()
    checks.check(resolved)
    found = ingest.everything(resolved, problems)["isaf"]["caveats"]
    problems.stop()
    first = found.iloc[0]
    assert (first["from_year"], first["to_year"], first["coder"]) == (2001, 2014, 1)
    assert (first["evidence"], first["source_id"]) == ("own", ingest.OWN_CODING)
    rule = {
        "coders": [1, 2],
        "preferred_only": False,
        "years": "all",
        "combine": "median",
        "ties": "up",
    }
    used = caveat_levels.select(found, rule, ["A", "B"], "isaf")
    assert len(used) == len(found)


def test_an_operation_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="did you mean 'isaf'"):
        new_coding.write("isaff", tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_a_study_guesses_unit_time_and_a_model(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests/unit/commands/data/study.csv", tmp_path / "my data.csv")
    (path,) = new_study.write(str(tmp_path / "my data.csv"), tmp_path / "study")
    spec = yaml.safe_load(path.read_text())
    assert spec["samples"]["study"]["panel"] == {"unit": "country", "time": "year"}
    model = spec["models"]["first"]
    assert (model["outcome"], model["family"], model["cluster"]) == ("joined", "logit", "country")
    assert "gdp" in model["terms"]
    checks.check(laid_over(path))


def test_categories_keep_the_order_of_the_file(tmp_path: Path) -> None:
    levels = ["low", "medium", "high"]
    table = pd.DataFrame({"level": pd.Categorical(levels * 10, levels, ordered=True)})
    table.assign(x=range(30)).to_parquet(tmp_path / "t.parquet", index=False)
    (path,) = new_study.write(str(tmp_path / "t.parquet"), tmp_path / "study")
    model = yaml.safe_load(path.read_text())["models"]["first"]
    assert (model["family"], model["levels"]) == ("ordered_logit", levels)


def test_a_table_without_anything_to_explain_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("name,place\na,b\nc,d\n")
    with pytest.raises(Problems, match="no column that a model could explain"):
        new_study.write(str(tmp_path / "t.csv"), tmp_path / "study")


def test_an_operation_without_a_template_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        Problems, match=r"operations: \{libya2011: \{files: \{caveats: FILE"
    ) as raised:
        new_coding.write("libya2011", tmp_path / "mine")
    assert "isaf, iraq" in str(raised.value)


@pytest.mark.parametrize(("word", "what"), [("study", "FILE"), ("coding", "OPERATION")])
def test_a_kind_alone_is_no_name(
    word: str, what: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit):
        new_operation.main([word, "--to", str(tmp_path / "made")])
    assert f"{what} is missing: ./run new {word} {what}" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


def studied(folder: Path, text: str) -> dict:
    """Return the config that is written for a CSV, after the project's own checks of it."""
    (folder / "t.csv").write_text(text, encoding="utf-8")
    (path,) = new_study.write(str(folder / "t.csv"), folder / "study")
    checks.check(laid_over(path))
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_a_study_names_columns_that_no_term_can_hold(tmp_path: Path) -> None:
    head = "Regime score,Budget (USD),Success?,regime_score,100%,no,?"
    rows = "".join(f"{k},{k * k},{k % 2},{-k},{k % 9},{k % 5},{k % 3}\n" for k in range(90))
    spec = studied(tmp_path, f"{head}\n{rows}")
    assert spec["samples"]["study"]["columns"] == {
        "regime_score_2": "Regime score",
        "budget_usd": "Budget (USD)",
        "success": "Success?",
        "column_100": "100%",
        "no_": "no",
        "column_7": "?",
    }
    model = spec["models"]["first"]
    assert model["outcome"] == "success"
    assert model["terms"] == ["regime_score_2", "budget_usd", "regime_score", "column_100"]


def test_a_study_does_not_explain_years(tmp_path: Path) -> None:
    rows = "".join(f"{1980 + k % 30},{1970 + k % 20},{k * 7 % 31}\n" for k in range(60))
    spec = studied(tmp_path, f"year,Year approved,score\n{rows}")
    assert (spec["models"]["first"]["outcome"], spec["models"]["first"]["terms"]) == ("score", [])


def test_a_study_makes_numbers_of_yes_and_no_and_of_thousands(tmp_path: Path) -> None:
    rows = "".join(
        f'{"Yes" if k % 2 else "no"},"{k + 1},234,567","{1 + k % 9},500"\n' for k in range(60)
    )
    spec = studied(tmp_path, f"success,budget,staff\n{rows}")
    assert spec["samples"]["study"]["reading"] == {
        "thousands": ",",
        "recode": {"success": {"Yes": 1, "no": 0}},
    }
    model = spec["models"]["first"]
    assert (model["outcome"], model["family"]) == ("success", "logit")
    assert model["terms"] == ["budget", "staff"]


@pytest.mark.parametrize(
    ("cell", "reading"),
    [
        ("{},5", {"decimal": ","}),
        ("{}.234,5", {"decimal": ",", "thousands": "."}),
        ("{} 234 567", {"thousands": " "}),
        ("{}.25", None),
        ("{},234", None),  # either: the check asks where a model uses it
    ],
)
def test_a_study_names_a_mark_that_can_be_one_thing_only(
    cell: str, reading: dict | None, tmp_path: Path
) -> None:
    rows = "".join(f"{k % 2};{cell.format(k % 9 + 1)}\n" for k in range(60))
    (tmp_path / "t.csv").write_text(f"y,x\n{rows}".replace(",", "\t", 1).replace(";", "\t"))
    (tmp_path / "t.csv").rename(tmp_path / "t.tsv")
    (path,) = new_study.write(str(tmp_path / "t.tsv"), tmp_path / "study")
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert spec["samples"]["study"].get("reading") == reading


@pytest.mark.parametrize("arguments", [["what", "isaf"], ["coding", "isaf", "iraq"]])
def test_other_words_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        new_operation.main(arguments)


def test_sources_may_be_several_files(tmp_path: Path) -> None:
    own = tmp_path / "sources.csv"
    head = (ROOT / "data/sources.csv").read_text(encoding="utf-8").splitlines()[0]
    cells = {"source_id": "MINE1", "title": "A page that I read", "evidence": "A"}
    own.write_text(head + "\n" + ",".join(cells.get(name, "") for name in head.split(",")) + "\n")
    config = configuration.main() | {"sources": ["data/sources.csv", str(own)]}
    problems = Problems()
    known = ingest.known_names(config, problems)
    assert {"MINE1", ingest.OWN_CODING} <= set(known.sources or ())


def test_a_study_takes_no_row_names_for_a_term_and_counts_infinite_cells(tmp_path: Path) -> None:
    rows = "\n".join(f'"{k}",{k % 2},{k * k % 7},{"-Inf" if k == 3 else k}' for k in range(60))
    table = tmp_path / "t.csv"
    table.write_text(f'"","y","x","lgdp"\n{rows}\n', encoding="utf-8")
    (path,) = new_study.write(str(table), tmp_path / "study")
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert config["models"]["first"]["terms"] == ["x", "lgdp"]
    assert config["samples"]["study"]["reading"] == {"infinite": "missing"}
