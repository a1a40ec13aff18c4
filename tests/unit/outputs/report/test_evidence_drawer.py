"""The coded statements behind a level: which count, how the level came out, what they rest on."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from coalition.data import caveat_levels
from coalition.outputs.report import evidence_drawer
from coalition.outputs.report.bibliography import Reference
from coalition.outputs.report.report_results import Results
from coalition.outputs.stored_results import Sources

RULE = {
    "coders": [1, 2], "preferred_only": True, "combine": "median", "ties": "up", "years": "all",
    "basis": "all", "role": "all", "restricted_by": "all", "first_phase": {},
}  # fmt: skip
COLUMNS = (
    "iso3", "coder", "from_year", "to_year", "level", "any_caveat", "preferred", "basis", "note",
    "source_id", "evidence",
)  # fmt: skip
ROWS = (
    ("CAN", "1", "2003", "2005", "1", "", "1", "stated", "words", "NEWS", "A"),
    ("CAN", "2", "2006", "2006", "2", "", "1", "task_profile", "", "NEWS;GONE", "B"),
    ("CAN", "3", "2006", "2006", "0", "", "1", "", "", "NEWS", "A"),  # a coder not asked for
    ("CAN", "1", "2006", "2006", "0", "", "1", "", "", "NEWS", "C"),  # a grade not used
    ("CAN", "1", "2006", "2006", "0", "", "0", "", "", "NEWS", "A"),  # set aside
    ("CAN", "1", "2007", "2007", "", "1", "1", "", "", "NEWS", "A"),  # no level
)
STATEMENTS = pd.DataFrame(ROWS, columns=list(COLUMNS))


def drawers(rule: dict[str, Any] | None = None) -> list[evidence_drawer.Drawer]:
    sample = pd.DataFrame({
        "iso3": ["CAN", "DEU", "FRA"], "country": ["Canada", "Germany", "France"],
        "operation": "alpha", "participated": [1.0, 1.0, 0.0], "caveat_level": [2.0, None, None],
    })  # fmt: skip
    config = {
        "operations": {"alpha": {}}, "measures": {},
        "samples": {"states": {"evidence": ["A", "B"], "caveats": {**RULE, **(rule or {})}}},
    }  # fmt: skip
    empty = dict.fromkeys(
        ("authors", "year", "publisher", "licence", "share_alike", "what_was_read", "kind"), ""
    )
    news = Reference("NEWS", title="Troops", url="u", link="https://example.org/", rows=1, **empty)
    results = Results(samples={"states": sample}, canonical={("alpha", "caveats"): STATEMENTS})
    return evidence_drawer.drawers(config, results, {"News": [news]}, Sources())


def test_statements_that_count_are_those_of_the_rule() -> None:
    (drawer,) = drawers()
    canada, germany = drawer.states  # France did not join
    assert [one.used for one in canada.statements] == [True, True, False, False, False, False]
    assert canada.level == "2 medium"
    assert canada.how == (
        "the median of 2 statements with a level (a half goes up): once 1, once 2; "
        "4 more not used or without a level"
    )
    assert germany.level == "not known"
    assert germany.how.startswith("No statement is coded")


def test_a_statement_says_coder_years_level_basis_grade_and_sources() -> None:
    first, second, *_, last = drawers()[0].states[0].statements
    assert (first.head, first.level, first.codes) == (
        "Coder 1, 2003\N{EN DASH}2005", "1 low", "basis: stated"
    )  # fmt: skip
    assert (first.texts, first.grade) == (("words",), "A")
    assert second.head == "Coder 2, 2006"
    assert [(one.title, one.link) for one in second.sources] == [
        ("Troops", "https://example.org/"), ("GONE", "")
    ]  # fmt: skip
    assert last.level == "some caveat, level not given"


@pytest.mark.parametrize("combine", caveat_levels.COMBINED)
def test_every_way_to_combine_has_words(combine: str) -> None:
    canada = drawers({"combine": combine})[0].states[0]
    assert canada.how.startswith(evidence_drawer.COMBINED[combine])


def test_a_response_that_is_not_known_is_said_so() -> None:
    assert (
        evidence_drawer.response_in_words(pd.Series({"response": None}))
        == "joined; caveats not known"
    )
    assert evidence_drawer.response_in_words(pd.Series({"response": "reserved"})) == "reserved"
