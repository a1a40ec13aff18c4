"""Coders and periods -> one level per state."""

from __future__ import annotations

import pandas as pd
import pytest
from coalition.data.caveat_levels import combine, count_types, round_half, select, states_caveat

RULE = {
    "coders": [1, 2], "preferred_only": True, "combine": "median", "ties": "up", "years": "all",
    "first_phase": {"isaf": [2002, 2005]}, "basis": "all", "restricted_by": "all",
}  # fmt: skip
ROWS = pd.DataFrame(
    [
        # iso3, coder, from, to, level, any, basis, restricted_by, preferred, evidence
        ("DEU", 1, 2003, 2005, 3, None, "stated", "rule", 1, "A"),
        ("DEU", 2, 2006, 2010, 2, None, "stated", "rule", 1, "B"),
        ("DEU", 2, 2006, 2010, 0, None, "recalled", "rule", 1, "C"),
        ("DEU", 1, 2006, 2010, 0, None, "stated", "rule", 0, "A"),
        ("LTU", 2, 2005, 2008, 1, None, "task_profile", "none_found", 1, "B"),
        ("LTU", 1, 2005, 2008, 2, None, None, None, 1, "B"),
        ("HUN", 1, 2006, 2006, None, 1, None, None, 1, "B"),
        ("GBR", 1, 2006, 2006, 0, 0, None, None, 1, "A"),
    ],
    columns=[
        "iso3",
        "coder",
        "from_year",
        "to_year",
        "level",
        "any_caveat",
        "basis",
        "restricted_by",
        "preferred",
        "evidence",
    ],
).astype({"level": "Int64", "any_caveat": "Int64"})


def levels(evidence: tuple[str, ...] = ("A", "B"), **change: object) -> dict[str, float]:
    rule = RULE | change
    table = combine(select(ROWS, rule, evidence, "isaf"), rule).set_index("iso3")["caveat_level"]
    return {state: float(value) for state, value in table.items() if pd.notna(value)}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {"DEU": 3, "LTU": 2, "GBR": 0}),  # DEU 3 and 2, LTU 1 and 2: halves go up
        ({"ties": "down"}, {"DEU": 2, "LTU": 1, "GBR": 0}),
        ({"combine": "highest"}, {"DEU": 3, "LTU": 2, "GBR": 0}),
        # DEU 3 for three years and 2 for five
        ({"combine": "yearly"}, {"DEU": 2, "LTU": 2, "GBR": 0}),
        # 3 for three years and 2 for one
        ({"combine": "yearly", "years": [2003, 2006]}, {"DEU": 3, "LTU": 2, "GBR": 0}),
        ({"coders": [1]}, {"DEU": 3, "LTU": 2, "GBR": 0}),
        ({"coders": [2]}, {"DEU": 2, "LTU": 1}),
        # the reading set aside counts: 3, 2, 0
        ({"preferred_only": False}, {"DEU": 2, "LTU": 2, "GBR": 0}),
        ({"years": "first_phase"}, {"DEU": 3, "LTU": 2}),
        ({"years": [2009, 2010]}, {"DEU": 2}),
        ({"basis": ["stated"]}, {"DEU": 3}),
        ({"restricted_by": ["none_found"]}, {"LTU": 1}),
    ],
)
def test_rules(change: dict, expected: dict[str, float]) -> None:
    assert levels(**change) == expected


def test_recalled_evidence_is_used_only_where_it_is_asked_for() -> None:
    assert levels(("A", "B", "C"))["DEU"] == 2  # 3, 2 and the recalled 0


def test_presence_without_a_degree_is_a_caveat_of_unknown_level() -> None:
    table = combine(select(ROWS, RULE, ("A", "B"), "isaf"), RULE).set_index("iso3")
    assert pd.isna(table.loc["HUN", "caveat_level"])
    assert table.loc["HUN", "any_caveat"] == 1
    assert table.loc["GBR", "any_caveat"] == 0


def test_a_half_never_goes_to_the_even_number() -> None:
    assert round_half(pd.Series([0.5, 1.5, 2.5]), "up").tolist() == [1, 2, 3]
    assert round_half(pd.Series([0.5, 1.5, 2.5]), "down").tolist() == [0, 1, 2]


def test_types_are_counted_by_coder_and_no_row_is_not_zero() -> None:
    types = pd.DataFrame(
        [("DEU", 1, "geographic", 1, "A"), ("DEU", 2, "geographic", 1, "B"),
        ("DEU", 2, "approval", 1, "B"), ("GBR", 1, "approval", 0, "A"),
         ("DEU", 1, "transport", 1, "C")],
        columns=["iso3", "coder", "type", "present", "evidence"],
    )  # fmt: skip
    assert count_types(types, ("A", "B"), (1, 2)).to_dict() == {"DEU": 1.5, "GBR": 0}


def test_types_do_not_grow_with_the_number_of_readers() -> None:
    types = pd.DataFrame(
        {
            "iso3": "DEU",
            "coder": 1,
            "type": ["geographic", "approval"],
            "present": 1,
            "evidence": "A",
        }
    )
    readers = pd.concat([types.assign(coder=coder) for coder in (1, 2, 3)])
    assert count_types(types, ("A",), (1, 2, 3)).equals(count_types(readers, ("A",), (1, 2, 3)))
    same = readers.assign(type=["geographic", "approval", "transport", "night", "supply", "air"])
    assert count_types(same, ("A",), (1, 2, 3)).to_dict() == {"DEU": 2}


def test_only_contingents_of_a_role() -> None:
    rows = ROWS.assign(role=[None, "combat", None, None, "non_combat", None, None, None])
    rule = RULE | {"role": ["combat"]}
    assert select(rows, rule, ("A", "B"), "isaf")["iso3"].tolist() == ["DEU"]


# -- the construct: what a statement says that tells only what a contingent consisted of
STATEMENTS = pd.DataFrame(
    [
        # iso3, coder, level, any, basis, restricted_by
        ("THA", 1, 3, None, "force_composition", "what_was_sent"),  # thirty medics
        ("ITA", 1, 2, 1, "stated", "rule"),
        ("ITA", 2, 3, None, "task_profile", "what_was_sent"),
        ("GEO", 1, 0, 0, "stated", "none_found"),
        ("GEO", 3, 0, 0, "stated", "none_found"),
        ("GEO", 4, 1, None, "task_profile", "none_found"),
        ("GEO", 4, 1, None, "task_profile", "none_found"),
        ("GEO", 4, 1, None, "task_profile", "none_found"),
        ("LVA", 2, 1, None, "task_profile", "none_found"),
    ],
    columns=["iso3", "coder", "level", "any_caveat", "basis", "restricted_by"],
).assign(from_year=2006, to_year=2006, evidence="B")
STATEMENTS = STATEMENTS.astype({"level": "Int64", "any_caveat": "Int64"})
CONSTRUCT = RULE | {"coders": [1, 2, 3, 4], "combine": "by_coder"}


def read_as(column: str, rows: pd.DataFrame = STATEMENTS, **change: object) -> dict[str, float]:
    rule = CONSTRUCT | change
    table = combine(select(rows, rule, ("A", "B"), "isaf"), rule).set_index("iso3")[column]
    return {state: float(value) for state, value in table.items() if pd.notna(value)}


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ("says_nothing", {"ITA": 2, "GEO": 0, "LVA": 1}),
        ("as_coded", {"THA": 3, "ITA": 3, "GEO": 0, "LVA": 1}),
        ("none", {"THA": 0, "ITA": 1, "GEO": 0, "LVA": 1}),
    ],
)
def test_what_a_make_up_says_is_declared(reading: str, expected: dict[str, float]) -> None:
    assert read_as("caveat_level", what_was_sent=reading) == expected


def test_a_coder_with_many_statements_does_not_outvote_stated_absences() -> None:
    assert read_as("caveat_level", combine="by_coder")["GEO"] == 0
    assert read_as("caveat_level", combine="median")["GEO"] == 1


@pytest.mark.parametrize("reading", ["says_nothing", "as_coded", "none"])
def test_presence_never_comes_from_the_level(reading: str) -> None:
    assert read_as("any_caveat", what_was_sent=reading) == {"ITA": 1, "GEO": 0}


def test_a_rule_stands_above_a_stated_absence() -> None:
    rows = STATEMENTS.replace({"iso3": {"GEO": "ITA"}})
    assert read_as("any_caveat", rows)["ITA"] == 1


def test_a_table_that_records_neither_rule_nor_presence_is_read_by_its_levels() -> None:
    bare = STATEMENTS.drop(columns=["any_caveat", "restricted_by"])
    assert states_caveat(bare).tolist() == [1, 1, 1, 0, 0, 1, 1, 1, 1]
    empty = STATEMENTS.assign(any_caveat=None, restricted_by=None)
    assert states_caveat(empty).tolist() == states_caveat(bare).tolist()


def test_rule_or_stated_absence_leaves_silence_out() -> None:
    stated = read_as("caveat_level", restricted_by=["rule", "stated_absence"])
    assert stated == {"ITA": 2, "GEO": 0}
    silent = read_as("caveat_level", restricted_by=["rule", "none_found"])
    assert silent == {"ITA": 2, "GEO": 0, "LVA": 1}
