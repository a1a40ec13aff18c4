"""Statements on caveats, checked mechanically: when they begin and end, and whether one coder
contradicts itself. What breaks a rule and stays is listed here with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd
import pytest
from shipped import DATA, text

OPERATIONS = sorted(path.parent.name for path in DATA.glob("operations/*/caveats.csv"))
WINDOW = [name for name in OPERATIONS if name not in ("isaf", "iraq")]
"""Operations of a few months or years, in which coder 2 rates the whole operation: its years are
the operation's, whenever a state came.
"""
Key = tuple[str, str, str, str]
RECALLED_FROM_THE_START = (
    "recalled and never used in a primary reading; the entry is the first list that names the state"
)

BEFORE_ENTRY: Mapping[Key, str] = {
    ("isaf", "BHR", "3", "1"): (
        "guards came in December 2009; the first list with Bahrain is of 2011, and this is "
        "all that is known of it"
    ),
    ("isaf", "CAN", "1", "1"): RECALLED_FROM_THE_START,
    ("isaf", "POL", "2", "1"): RECALLED_FROM_THE_START,
    ("isaf", "USA", "1", "1"): RECALLED_FROM_THE_START,
    ("isaf", "USA", "1", "2"): RECALLED_FROM_THE_START,
    ("isaf", "USA", "2", "1"): RECALLED_FROM_THE_START,
}  # fmt: skip
NO_CONTRIBUTOR = {
    ("gulf1991", "DEU"): "jets to Turkey: took part in the broad sense alone",
    ("gulf1991", "TUR"): "bases for strikes: took part in the broad sense alone",
}
RUNS_ON = "the text announces a mandate or plan for the years after it; its end was not read again"
CARRIED = "carried to the end of the deployment; no later text was read"
BEYOND_THE_TEXT: Mapping[Key, str] = {
    ("isaf", "AUS", "2", "5"): RUNS_ON,
    ("isaf", "BEL", "2", "5"): CARRIED,
    ("isaf", "BGR", "2", "1"): CARRIED,
    ("isaf", "BGR", "3", "4"): CARRIED,
    ("isaf", "CAN", "1", "6"): RUNS_ON,
    ("isaf", "CAN", "1", "7"): RUNS_ON,
    ("isaf", "CAN", "2", "4"): RUNS_ON,
    ("isaf", "CAN", "2", "5"): RUNS_ON,
    ("isaf", "CAN", "3", "2"): RUNS_ON,
    ("isaf", "CAN", "3", "3"): RUNS_ON,
    ("isaf", "EST", "2",
    "5"): "the extension read is to the end of 2012; coder 4 has 2013-2014: unsettled",
    ("isaf", "FIN", "2", "3"): CARRIED,
    ("isaf", "FIN", "2", "5"): CARRIED,
    ("isaf", "FRA", "2", "7"): RUNS_ON,
    ("isaf", "FRA", "3", "3"): RUNS_ON,
    ("isaf", "HRV", "2", "1"): "texts of 2002-2003; a veteran tells of platoons to 2006: unsettled",
    ("isaf", "ITA", "2", "6"): CARRIED,
    ("isaf", "KOR", "1",
    "1"): "mandate to 2012; the end is that of ISAF, the extension was not read",
    ("isaf", "KOR", "3", "2"): RUNS_ON,
    ("isaf", "KOR", "3", "3"): RUNS_ON,
    ("isaf", "KOR", "4", "1"): RUNS_ON,
    ("isaf", "LVA", "2", "4"): CARRIED,
    ("isaf", "MNG", "2", "1"): CARRIED,
    ("isaf", "MYS", "2", "1"): CARRIED,
    ("isaf", "NLD", "2", "5"): RUNS_ON,
    ("isaf", "NOR", "3", "3"): RUNS_ON,
    ("isaf", "PRT", "3", "3"): RUNS_ON,
    ("isaf", "SWE", "2", "5"): RUNS_ON,
    ("isaf", "TUR", "2", "5"): CARRIED,
    ("iraq", "ARM", "1", "1"): RUNS_ON,
    ("iraq", "ARM", "2", "1"): RUNS_ON,
    ("iraq", "BGR", "1", "2"): RUNS_ON,
    ("iraq", "BIH", "1", "1"): CARRIED,
    ("iraq", "BIH", "2", "1"): CARRIED,
    ("iraq", "EST", "1", "1"): CARRIED,
    ("iraq", "JPN", "2", "1"): RUNS_ON,
    ("iraq", "KOR", "1", "2"): CARRIED,
    ("iraq", "MDA", "2", "1"): CARRIED,
    ("iraq", "MNG", "1", "1"): CARRIED,
    ("iraq", "PRT", "2", "1"): CARRIED,
}  # fmt: skip
"""Statements that run more than a year beyond the last text read for them."""
CONTRADICTIONS: Mapping[tuple[str, str, str, str, str], str] = {
    ("isaf", "CAN", "2", "2",
    "3"): "no restrictions (2006, a list) and barely restricted (2006-2010, a book)",
    ("isaf", "NLD", "1", "6",
    "5"): "not under caveats (2009, a list) and conditions on support (2006-2010, evaluation)",
}  # fmt: skip
"""A stated absence and a stated rule of one coder for the same year."""
RULE_WITHOUT_PRESENCE: Mapping[Key, str] = {
    ("isaf", "ARE", "2",
    "1"): "whether it is kept beside coder 3, who read the same page, is for a person to settle",
    ("isaf", "AUS", "2",
    "4"): "a limit on responsibility; whether it is a caveat is for a person to settle",
    ("isaf", "CAN", "2",
    "3"): "barely restricted: whether it is a caveat is for a person to settle",
    ("isaf", "ITA", "2", "6"): "the minister sees no limits, the opposition does: unsettled",
}  # fmt: skip


def statements(operation: str) -> Iterator[tuple[Key, pd.Series]]:
    """Return the statements of an operation with their keys: operation, state, coder, number."""
    for _, row in text(f"operations/{operation}/caveats.csv").iterrows():
        yield (operation, row["iso3"], row["coder"], row["statement"]), row


def read(operation: str) -> list[tuple[Key, pd.Series]]:
    return [
        (key, row)
        for key, row in statements(operation)
        if row["evidence"] != "C" and row["preferred"] != "0"
    ]


def test_no_statement_begins_before_the_state_came() -> None:
    found = set()
    for operation in OPERATIONS:
        entry = text(f"operations/{operation}/contributors.csv").set_index("iso3")["entry_date"]
        for key, row in statements(operation):
            by_window = operation in WINDOW and key[2] == "2"
            came = entry.get(row["iso3"], "")[:4]
            if came and row["from_year"] < came and not by_window:
                found.add(key)
    assert found == set(BEFORE_ENTRY)


def test_no_statement_is_about_a_state_that_did_not_take_part_or_after_it_left() -> None:
    absent, after = set(), set()
    for operation in OPERATIONS:
        table = text(f"operations/{operation}/contributors.csv").set_index("iso3")
        for key, row in statements(operation):
            if table["participated"].get(row["iso3"]) != "1":
                absent.add(key[:2])
            elif (left := table.loc[row["iso3"], "exit_date"][:4]) and row["to_year"] > left:
                after.add(key)
    assert absent == set(NO_CONTRIBUTOR)
    assert after == set()


def test_a_statement_of_a_span_ends_with_its_text_or_a_year_later() -> None:
    years = text("sources.csv").set_index("source_id")["year"]
    found = set()
    for operation in ("isaf", "iraq"):
        for key, row in read(operation):
            dated = [years[name][:4] for name in row["source_id"].split(";")]
            if all(year.isdigit() for year in dated):
                late = int(row["to_year"]) > max(map(int, dated)) + 1
                found |= {key} if late else set()
    assert found == set(BEYOND_THE_TEXT)


def test_a_coder_says_rule_and_absence_of_one_year_only_where_it_is_declared() -> None:
    found = set()
    for operation in OPERATIONS:
        rows = read(operation)
        absences = [(key, row) for key, row in rows if row["any_caveat"] == "0"]
        rules = [(k, r) for k, r in rows if r["restricted_by"] == "rule" or r["any_caveat"] == "1"]
        for key, row in absences:
            for other, rule in rules:
                overlap = (
                    row["from_year"] <= rule["to_year"] and rule["from_year"] <= row["to_year"]
                )
                if key[:3] == other[:3] and overlap:
                    found.add((*key, other[3]))
    assert found == set(CONTRADICTIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_level_presence_and_what_restricts_agree_within_a_statement(operation: str) -> None:
    for key, row in statements(operation):
        kind, present, level = row["restricted_by"], row["any_caveat"], row["level"]
        assert not (present == "0" and (level not in ("0", "") or kind == "rule")), key
        assert not (kind == "what_was_sent" and present), key
        assert not (kind == "none_found" and present == "1"), key
        assert not (level == "0" and kind in ("rule", "what_was_sent")), key
        if kind == "rule" and row["evidence"] != "C":
            assert (present == "1") != (key in RULE_WITHOUT_PRESENCE), key


def test_every_exception_has_a_reason() -> None:
    lists = (BEFORE_ENTRY, NO_CONTRIBUTOR, BEYOND_THE_TEXT, CONTRADICTIONS, RULE_WITHOUT_PRESENCE)
    assert all(reason for each in lists for reason in each.values())
