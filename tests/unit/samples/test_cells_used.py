"""Grades of the cells behind a sample are those of its rows: a recalled cell that is used is
counted,
whatever the config says, and one that is left out is not.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from coalition.samples.cells_used import cells_used, graded_columns

CONTRIBUTORS = pd.DataFrame(
    {"iso3": ["AAA", "BBB"], "participated": [1, 0], "evidence": ["A", "C"]}
)
CAVEATS = pd.DataFrame(
    {
        "iso3": ["AAA", "AAA", "AAA", "BBB"],
        "coder": 1,
        "level": [2.0, 3.0, None, 1.0],
        "from_year": 2001,
        "to_year": 2002,
        "restricted_by": "rule",
        "any_caveat": None,
        "evidence": ["A", "C", "B", "B"],
    }
)
FACTS = {
    "wealth": pd.DataFrame({"iso3": ["AAA", "BBB"], "year": 2000, "gdp": [1.0, None]}),
    "law": pd.DataFrame(
        {
            "iso3": ["AAA", "AAA", "BBB"],
            "from_year": [1990, 1999, 1990],
            "to_year": [1998, None, None],
            "approval": [0.0, 1.0, 1.0],
            "approval_evidence": ["B", "C", "A"],
            "evidence": "A",
        }
    ),
    "victims": pd.DataFrame(
        {"iso3": ["AAA", "AAA"], "event_id": ["E1", "E2"], "evidence": ["B", "C"]}
    ),
    "victims_events": pd.DataFrame(
        {"event_id": ["E1", "E2"], "event_date": ["1998-01-01", "2005-01-01"]}
    ),
}
COVARIATES = {
    "wealth": {"shape": "state_year"},
    "law": {"shape": "spell"},
    "victims": {"shape": "events", "variable": "killed"},
}
RULE = {"coders": [1], "preferred_only": True, "years": "all", "combine": "by_coder", "ties": "up"}
ROWS = pd.DataFrame(
    {
        "iso3": ["AAA", "BBB", "CCC"],
        "operation": "x",
        "year": 2000,
        "covariate_iso3": ["AAA", "BBB", "CCC"],
        "covariate_year": 2000,
        "as_of": "2001-01-01",
        "participated": [1.0, 0.0, 0.0],
        "gdp": [1.0, None, None],
        "approval": [1.0, 1.0, None],
        "killed": [3.0, 0.0, 0.0],
    }
)


def counted(evidence: list[str], rows: pd.DataFrame = ROWS) -> dict[str, dict[str, Any]]:
    tables = {"contributors": CONTRIBUTORS, "caveats": CAVEATS}
    spec = {"evidence": evidence, "caveats": RULE}
    found = cells_used(
        rows, tables, FACTS, {"covariates": COVARIATES}, spec, {"gdp", "approval", "killed"},
        {"wealth": {"gdp": "C"}},
    )  # fmt: skip
    return {entry["column"]: entry for entry in found}


def test_a_recalled_statement_counts_where_it_is_used_and_not_where_it_is_left_out() -> None:
    assert (counted(["A", "B"])["level"]["A"], counted(["A", "B"])["level"]["C"]) == (1, 0)
    assert counted(["A", "B", "C"])["level"]["C"] == 1


def test_a_statement_on_a_state_that_did_not_join_is_not_used() -> None:
    assert counted(["A", "B"])["level"]["B"] == 0


def test_participation_has_the_grade_of_its_row_and_a_state_in_no_row_that_of_the_list() -> None:
    found = counted(["A", "B"])["participated"]
    assert [found[grade] for grade in ("A", "B", "C", "list")] == [1, 0, 1, 1]
    unknown = ROWS.assign(participated=[1.0, None, 0.0])
    assert counted(["A", "B"], unknown)["participated"]["C"] == 0


def test_the_cell_of_the_spell_that_counts_is_traced_with_its_own_grade() -> None:
    found = counted(["A", "B"])["approval"]
    assert [found[grade] for grade in ("A", "B", "C")] == [1, 0, 1]


def test_a_count_has_the_grades_of_the_entries_before_the_date_and_zero_that_of_the_list() -> None:
    found = counted(["A", "B"])["killed"]
    assert [found[grade] for grade in ("B", "C", "list")] == [1, 0, 2]


def test_a_column_that_its_dictionary_calls_recalled_is_recalled() -> None:
    found = counted(["A", "B"])["gdp"]
    assert (found["C"], found["ungraded"]) == (1, 0)


def test_grades_of_columns_are_read_from_a_dictionary(tmp_path: Any) -> None:
    path = tmp_path / "dictionary.csv"
    path.write_text("variable,evidence\ngdp,B\n", encoding="utf-8")
    bare = tmp_path / "bare.csv"
    bare.write_text("variable,unit\ngdp,dollars\n", encoding="utf-8")
    assert graded_columns({"wealth": str(path), "other": str(bare)}) == {"wealth": {"gdp": "B"}}
