"""Files that were once read wrongly without a word, or refused without a reason: each is right now,
or refused by name of file, line and column. The numbers are those of R or Stata on the same file.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
import yaml
from coalition.base.errors import Problems
from coalition.base.keys import keys_of
from coalition.config import checks
from coalition.config import settings as configuration
from coalition.estimators.estimate import estimate
from coalition.samples import user_file

ROOT = Path(__file__).parents[3]
CASES = Path(__file__).parent / "cases"
PANEL = {"unit": "id", "time": "year"}


def config_of(file: str, model: dict[str, Any], **sample: Any) -> dict[str, Any]:
    """Return a config of one model on one file."""
    changes = {
        "run": "case",
        "replace": "all",
        "samples": {"s": {"file": str(CASES / file), **sample}},
        "models": {"m": {"group": "g", "label": "M", "sample": "s", **model}},
        "tables": {"t": {"kind": "regression", "title": "T", "models": ["m"]}},
    }
    with contextlib.chdir(ROOT):
        return configuration.combine(configuration.main(), changes)


def fitted(file: str, model: dict[str, Any], **sample: Any) -> dict[str, Any]:
    """Check, read and fit as the pipeline does."""
    config = config_of(file, model, **sample)
    with contextlib.chdir(ROOT):
        checks.check(config)
        problems = Problems()
        built = user_file.build(config, "s", problems)
        problems.stop()
        return estimate(
            "m",
            config["models"]["m"],
            built.table,
            configuration.labels(config),
            keys=keys_of(config["samples"]["s"]),
        )


def refused(file: str, model: dict[str, Any], **sample: Any) -> str:
    """Return what is said of a file that is refused."""
    with pytest.raises(Problems) as caught:
        fitted(file, model, **sample)
    return str(caught.value)


def row(found: dict[str, Any], term: str) -> tuple[float, float]:
    """Return the estimate and standard error of a term."""
    one = next(row for row in found["rows"] if row["term"] == term)
    return one["estimate"], one["std_error"]


LOGIT = {"family": "logit", "outcome": "y", "terms": ["x"]}
TROOPS = {"family": "logit", "outcome": "b", "terms": ["x", "log(troops)"]}
SCALE = {"family": "ordered_logit", "outcome": "scale", "terms": ["x"]}


def test_an_ordered_factor_keeps_its_order() -> None:
    model = {"family": "ordered_logit", "outcome": "level", "terms": ["x"]}
    found = fitted("noinf.rds", model, panel=PANEL)
    assert found["levels"] == ["low", "medium", "high"]
    assert row(found, "x") == pytest.approx((1.189, 0.151), abs=5e-4)


def test_the_event_of_a_factor_is_its_second_level() -> None:
    found = fitted(
        "noinf.rds", {"family": "logit", "outcome": "joined", "terms": ["x"]}, panel=PANEL
    )
    assert found["levels"] == ["refused", "accepted"]
    assert row(found, "x") == pytest.approx((0.989, 0.165), abs=5e-4)


def test_a_text_in_a_scale_is_a_problem_of_its_cell() -> None:
    said = refused("scale10.csv", SCALE, panel=PANEL)
    assert "line 5, column scale" in said
    assert "(found: 'DK')" in said
    found = fitted("scale10.csv", SCALE, panel=PANEL, reading={"missing": ["DK"]})
    assert found["n"] == 296
    assert row(found, "x")[0] == pytest.approx(1.117, abs=5e-4)


def test_numbers_are_recoded_as_numbers() -> None:
    model = {"family": "ols", "outcome": "vote", "terms": ["x"], "covariance": "model"}
    rules = {"recode": {"vote": {"1": 1, "2": 0, "9": None}}}
    found = fitted("recode.csv", model, panel=PANEL, reading=rules)
    assert found["n"] == 246
    assert row(found, "const")[0] == pytest.approx(0.485, abs=5e-4)
    assert row(found, "x") == pytest.approx((0.207, 0.029), abs=5e-4)
    assert "(found: '8')" in refused(
        "recode.csv", model, panel=PANEL, reading={"recode": {"vote": {"8": 1}}}
    )


def test_german_thousands() -> None:
    rules = {"separator": ";", "decimal": ","}
    said = refused("german.csv", TROOPS, panel=PANEL, reading=rules)
    assert "line 3, column troops" in said
    assert "`thousands: '.'`" in said
    found = fitted("german.csv", TROOPS, panel=PANEL, reading=rules | {"thousands": "."})
    assert row(found, "log(troops)") == pytest.approx((-0.0270, 0.117), abs=5e-4)


def test_english_thousands() -> None:
    said = refused("english.csv", TROOPS, panel=PANEL)
    assert "`thousands: ','`" in said
    found = fitted("english.csv", TROOPS, panel=PANEL, reading={"thousands": ","})
    assert row(found, "log(troops)")[0] == pytest.approx(-0.0270, abs=5e-4)
    # the old hint led here: 2,420 as 2.42
    assert "thousands or decimals" in refused(
        "english.csv", TROOPS, panel=PANEL, reading={"decimal": ","}
    )


def test_two_rows_of_a_unit_and_time_are_named_where_a_lag_looks_at_them() -> None:
    model = {"family": "ols", "outcome": "yy", "terms": ["lag(x)"], "covariance": "model"}
    said = refused("lagdup.csv", model, panel=PANEL)
    assert "line 302: the same id + year as line 14" in said


def test_infinite_cells_are_a_sentence_or_missing() -> None:
    model = LOGIT | {"terms": ["x", "lgdp"]}
    said = refused("inf.rds", model, panel=PANEL)
    assert "line 6, column lgdp: an infinite number" in said
    assert fitted("inf.rds", model, panel=PANEL, reading={"infinite": "missing"})["n"] == 238
    assert fitted("inf.rds", LOGIT, panel=PANEL)["n"] == 240, "no model uses the column"


@pytest.mark.parametrize("overrides", [{}, {"NA": "NAM"}])
def test_iso2_codes_of_france_and_namibia(overrides: dict[str, str]) -> None:
    state = {"column": "iso2", "as": "iso2", "overrides": overrides}
    found = fitted(
        "iso2.csv",
        LOGIT | {"cluster": "iso3"},
        keys=["iso3", "year"],
        panel={"unit": "iso3", "time": "year"},
        reading={"state": state},
    )
    assert (found["n"], found["n_clusters"]) == (192, 24)


def test_long_ids_stay_apart() -> None:
    model = {"family": "logit", "outcome": "b", "terms": ["x"], "cluster": "cid"}
    found = fitted("hugeid2.csv", model)
    assert found["n_clusters"] == 30
    assert row(found, "x")[1] == pytest.approx(0.1305, abs=5e-5)


def test_integer64_of_r() -> None:
    found = fitted("int64.rds", LOGIT | {"terms": ["x", "log(pop)"]}, panel=PANEL)
    assert row(found, "const")[0] == pytest.approx(-3.450, abs=5e-4)
    assert row(found, "log(pop)")[0] == pytest.approx(0.2103, abs=5e-5)


def test_row_names_are_left_out() -> None:
    assert fitted("rowames.csv", LOGIT, panel=PANEL)["n"] == 240


def test_years_of_dates_in_the_sheet_with_the_table() -> None:
    said = refused("two.xlsx", LOGIT, panel=PANEL)
    assert "`year_of: {year: year}`" in said
    assert "Notes, Data" in refused("two.xlsx", LOGIT, panel=PANEL, reading={"sheet": "Notes"})
    found = fitted("two.xlsx", LOGIT, panel=PANEL, reading={"year_of": {"year": "year"}})
    assert found["n"] > 100


@pytest.mark.parametrize("rule", [{"prefix": "200"}, {"years": "columns"}])
def test_years_as_names_of_columns(rule: dict[str, str]) -> None:
    config = config_of(
        "wide.csv",
        {"family": "ols", "outcome": "gdp", "terms": ["year"]},
        columns={"code": "Country Code"},
        reading={"wide": {**rule, "into": "year", "value": "gdp"}},
    )
    problems = Problems()
    table = user_file.build(config, "s", problems, wanted_only=False).table
    problems.stop()
    assert sorted(table["year"].unique()) == [2001, 2002, 2003]
    assert len(table) == 12
    assert table.query("code == 'FRA' and year == 2002")["gdp"].tolist() == [2.6]


def test_the_index_of_pandas_is_two_columns() -> None:
    found = fitted("idx.parquet", LOGIT, keys=["id", "year"], panel=PANEL)
    assert found["n"] == 240


def test_mojibake_in_a_column_that_no_model_uses() -> None:
    model = {"family": "ols", "outcome": "b", "terms": ["a"], "covariance": "model"}
    found = fitted("mojibake.RData", model)
    assert found["n"] == 60
    assert row(found, "a")[0] == pytest.approx(0.342, abs=5e-4)


def test_mojibake_where_it_is_used_is_refused_or_turned_back() -> None:
    model = {"family": "ols", "outcome": "b", "terms": ["a"], "cluster": "who"}
    assert "line 61, column who" in refused("mojibake.RData", model)
    assert fitted("mojibake.RData", model, reading={"repair": "cp1252"})["n"] == 60


SALES = {"family": "ols", "outcome": "sales", "terms": ["staff"]}


def test_an_infinite_cell_of_parquet() -> None:
    said = refused("blank_row_or_inf.parquet", SALES)
    assert "line 2, column sales: an infinite number" in said


def test_a_blank_row_in_a_sheet() -> None:
    assert fitted("blank_row_or_inf.xlsx", SALES)["n"] == 12


def test_a_wrong_separator_is_one_problem_of_the_file() -> None:
    model = {"family": "ols", "outcome": "milper", "terms": ["rivalry_count", "year"]}
    said = refused("semicolons.csv", model)
    assert "1 problem to correct" in said
    assert 'separated by semicolons; name it as `separator: ";"`' in said


def test_a_bound_on_a_column_of_texts_is_a_sentence() -> None:
    model = LOGIT | {"where": {"name": {"min": 1}}}
    said = fitted("scale10.csv", model, panel=PANEL)["failure"]["message"]
    assert said == "'name' holds texts, and `min` and `max` need numbers"


def own(tmp_path: Path, text: str) -> str:
    """Write a table of the user's, and return its path."""
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


OLS = {"family": "ols", "outcome": "b", "terms": ["a"], "covariance": "model"}


def test_row_names_that_are_none_are_said(tmp_path: Path) -> None:
    rows = "\n".join(f"{k},{k * k}" for k in range(9))
    said = refused(own(tmp_path, f"a,b\n{rows}\n"), OLS, reading={"row_names": True})
    assert "`row_names: true` does nothing" in said
    named = "\n".join(f"r{k},{k},{k * k}" for k in range(9))
    path = own(tmp_path, f"a,b\n{named}\n")
    assert fitted(path, OLS, reading={"row_names": True})["n"] == 9


@pytest.mark.parametrize("column", ["a", "b"])
def test_other_digits_are_a_problem_of_their_cells(tmp_path: Path, column: str) -> None:
    digits = str.maketrans("0123456789", "०१२३४५६७८९")
    lines = [(str(k), str(k * k)) for k in range(9)]
    rows = [
        f"{a.translate(digits)},{b}" if column == "a" else f"{a},{b.translate(digits)}"
        for a, b in lines
    ]
    said = refused(own(tmp_path, "a,b\n" + "\n".join(rows) + "\n"), OLS)
    assert f"line 3, column {column}: a number in other digits than 0 to 9" in said
    assert "allowed: a number in the digits 0 to 9" in said
    assert "models.m" not in said


@pytest.mark.parametrize("where", [{"scale": {"min": 3}}, "scale >= 3"])
def test_a_text_below_a_bound_is_a_problem_of_its_cell(where: Any) -> None:
    said = refused("scale10.csv", LOGIT | {"where": where}, panel=PANEL)
    assert "line 5, column scale: not a number" in said
    assert "(found: 'DK')" in said
    found = fitted(
        "scale10.csv", LOGIT | {"where": where}, panel=PANEL, reading={"missing": ["DK"]}
    )
    assert 0 < found["n"] < 296


@pytest.mark.parametrize("file", ["noinf.rds", "two.xlsx", "idx.parquet"])
def test_row_names_of_a_file_that_has_none_are_refused(file: str) -> None:
    said = refused(file, LOGIT, reading={"row_names": True})
    assert "`row_names` of `reading` does nothing in a file of this kind" in said


@pytest.mark.parametrize(
    "cell", ["{}%", "\u2212{}", "\u2013{}", "({})", "$ {}", "{} 000", "{}\u00a0000", "{}'000"]
)
def test_a_number_beside_a_sign_is_said_of_its_cell(tmp_path: Path, cell: str) -> None:
    rows = "\n".join(f"{cell.format(k + 1)},{k * k}" for k in range(9))
    said = refused(own(tmp_path, f"a,b\n{rows}\n"), OLS)
    assert "line 2, column a: not a number" in said
    assert "factor(a)" not in said
    assert "models.m" not in said


def test_a_column_of_words_is_still_told_of_the_model(tmp_path: Path) -> None:
    rows = "\n".join(f"North {k % 3},{k * k}" for k in range(9))
    found = fitted(own(tmp_path, f"a,b\n{rows}\n"), OLS)
    assert "factor(a)" in found["failure"]["message"]


@pytest.mark.parametrize("space", [" ", "\u00a0", "'"])
def test_thousands_by_a_space_among_smaller_numbers(tmp_path: Path, space: str) -> None:
    rows = "\n".join(f"{f'{900 + 20 * k:,}'.replace(',', space)},{k * k}" for k in range(12))
    path = own(tmp_path, f"a,b\n{rows}\n")
    assert "column a: not a number" in refused(path, OLS)
    assert fitted(path, OLS, reading={"thousands": space.replace("\u00a0", " ")})["n"] == 12


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("(12)", "write (12) as -12"),
        ("\u221212", "a dash stands where a minus should"),
        ("12%", "percent"),
        ("$12", "currency"),
        ("2003-03-01", "`year_of: {NAME: a}`"),
        ("01.03.2003", "`dates` says in which form"),
    ],
)
def test_what_makes_a_number_no_number_is_named(tmp_path: Path, cell: str, said: str) -> None:
    rows = "\n".join(f"{cell},{k * k}" for k in range(9))
    words = refused(own(tmp_path, f"a,b\n{rows}\n"), OLS)
    assert "line 2, column a: not a number" in words
    assert said in words


CODES = {"family": "ols", "outcome": "b", "terms": ["factor(a)"]}


def test_07_and_7_are_two_codes_or_one_as_the_config_says(tmp_path: Path) -> None:
    rows = "\n".join(f"{('07', '7', '8')[k % 3]},{k * k % 7}" for k in range(12))
    path = own(tmp_path, f"a,b\n{rows}\n")
    said = refused(path, CODES)
    assert "line 2, column a: 07 and 7 (line 3) are one number" in said

    def terms(**codes: str) -> list[str]:
        found = fitted(path, CODES, reading={"recode": {"a": codes}})
        return [row["term"] for row in found["rows"] if row["kind"] == "coefficient"]

    assert terms(**{"07": "7"}) == ["const", "factor(a)[8]"]
    apart = terms(**{"07": "seven a", "7": "seven b"})
    assert apart == ["const", "factor(a)[seven a]", "factor(a)[seven b]"]


def test_1_and_1_0_are_one_code_without_a_question(tmp_path: Path) -> None:
    rows = "\n".join(f"{('1', '1.0', '8')[k % 3]},{k * k % 7}" for k in range(12))
    assert fitted(own(tmp_path, f"a,b\n{rows}\n"), CODES)["n"] == 12


def notes_of(path: str, model: dict[str, Any], **sample: Any) -> list[str]:
    problems = Problems()
    with contextlib.chdir(ROOT):
        built = user_file.build(config_of(path, model, **sample), "s", problems)
    problems.stop()
    return built.diagnostics["reading"]


@pytest.mark.parametrize(
    ("code", "values", "asked"),
    [
        (-9, range(12), True),
        (-66, range(-10, 11, 2), True),
        (99, [1, 2, 3, 4, 5] * 3, True),
        (99, range(18, 98, 5), False),
        (-9, range(-10, 11), False),
        (-5, range(12), False),
    ],
)
def test_a_number_that_may_be_a_code_for_a_gap_is_asked_about(
    tmp_path: Path, code: int, values: Any, asked: bool
) -> None:
    rows = "\n".join(f"{value},{k * k % 7}" for k, value in enumerate([*values, code]))
    found = notes_of(own(tmp_path, f"a,b\n{rows}\n"), OLS)
    assert [f"1 cell is {code}, apart from the others" in note for note in found] == [True] * asked


@pytest.mark.parametrize("suffix", ["dta", "sav"])
@pytest.mark.parametrize(
    ("reading", "term", "words"),
    [
        ({}, "a", '2 cells are 6, which the file calls "Don’t know"'),
        ({"values": "labels"}, "factor(a)", '2 cells are "Don’t know"'),
        ({"recode": {"a": {"6": None}}}, "a", None),
    ],
)
def test_a_label_that_says_that_a_value_is_not_known_is_asked_about(
    tmp_path: Path, suffix: str, reading: dict[str, Any], term: str, words: str | None
) -> None:
    rows = pd.DataFrame({"a": [1, 2, 3, 4, 5, 6] * 2, "b": [k * k % 7 for k in range(12)]})
    path = tmp_path / f"survey.{suffix}"
    labels = {"a": {1: "none", 2: "little", 3: "some", 4: "much", 5: "all", 6: "Don’t know"}}
    {"dta": pyreadstat.write_dta, "sav": pyreadstat.write_sav}[suffix](
        rows.astype(float), str(path), variable_value_labels=labels
    )
    found = notes_of(str(path), OLS | {"terms": [term]}, reading=reading)
    assert len(found) == (words is not None)
    assert all(words in note and "`recode: {a: {" in note for note in found)


def test_rows_without_a_unit_and_rows_taken_for_notes_are_counted(tmp_path: Path) -> None:
    rows = "\n".join(f"{k % 3 or ''},{2000 + k},{k},{k * k % 7}" for k in range(9))
    path = own(tmp_path, f"id,year,a,b\n{rows}\n")
    assert notes_of(path, OLS, panel=PANEL) == ["3 rows have no id"]
    (note,) = notes_of(path, OLS, reading={"footer": 2})
    assert note == "`footer` leaves out the last 2 rows, the first of them '1, 2007, 7, 0'"


def test_two_columns_of_one_name_are_no_guess(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    model = {"family": "ols", "outcome": "id", "terms": ["x"]}
    assert "two columns of the data frame have one name: x" in refused("two_names.rds", model)
    table = pyarrow.table([[1, 2, 3, 4], [1, 2, 3, 4], [2, 4, 6, 8]], names=["id", "x", "x"])
    pyarrow.parquet.write_table(table, tmp_path / "two.parquet")
    assert "two columns of the file have one name: x" in refused(
        str(tmp_path / "two.parquet"), model
    )


def test_what_a_data_frame_of_r_holds_within_and_declares_missing() -> None:
    columns = {"first": "m.1", "second": "m.2", "p": "inner.p"}
    model = {"family": "ols", "outcome": "id", "terms": ["first", "lab"]}
    config = config_of("within.rds", model, columns=columns)
    problems = Problems()
    table, _ = user_file.read("s", config["samples"]["s"], None, problems)
    problems.stop()
    assert table["second"].tolist() == [9, 10, 11, 12]
    assert table["p"].tolist() == ["u", "v", "u", "v"]
    assert table["lab"].dropna().tolist() == [1, 2], "99 by itself, -5 by its range"


def test_a_name_that_no_term_can_have_is_given_another(tmp_path: Path) -> None:
    path = own(tmp_path, "gdp.pc,b\n" + "\n".join(f"{k},{k * k}" for k in range(9)) + "\n")
    model = {"family": "ols", "outcome": "b", "terms": ["log(gdp.pc)"]}
    assert "`columns: {gdp_pc: gdp.pc}`" in refused(path, model)


def said_to_write(said: str, key: str) -> Any:
    """Return what the suggestion of a key in a message is to YAML."""
    found = re.search(rf"`({key}: [^`]*)`", said)
    assert found, said
    return yaml.safe_load(found[1])[key]


def test_what_a_message_says_to_write_is_yaml_whatever_the_names(tmp_path: Path) -> None:
    """A column called `no`, codes with zeros before them, texts with colons and quotation marks."""
    odd = ["no", "010", "a: b", 'say "x"', "O'Neil", "7", "~"]
    cells = [text.replace('"', '""') for text in odd]
    file = own(tmp_path, "b,a\n" + "".join(f'"{cell}",{k}\n' for k, cell in enumerate(cells * 4)))
    said = fitted(file, OLS | {"family": "ordered_logit"})["failure"]["message"]
    assert said_to_write(said, "levels") == sorted(odd)
    rows = "".join(f"{k},{k},{code}\n" for k, code in enumerate(["07", "7", "8", "9"] * 3))
    model = OLS | {"terms": ["a", "factor(no)"]}
    said = refused(own(tmp_path, "a,b,no\n" + rows), model)
    assert said_to_write(said, "recode") == {"no": {"07": "7"}}
    dates = "".join(f"{k},2003-03-{k + 10}\n" for k in range(9))
    said = refused(own(tmp_path, "b,on\n" + dates), OLS | {"terms": ["on"]})
    assert said_to_write(said, "year_of") == {"NAME": "on"}
