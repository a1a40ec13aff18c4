"""Regions of states: every state has one, and the COW block follows the state's code."""

from __future__ import annotations

from shipped import typed

BLOCKS = {
    "Americas": (2, 199),
    "Europe": (200, 399),
    "Africa": (400, 599),
    "Middle East and North Africa": (600, 699),
    "Asia": (700, 899),
    "Oceania": (900, 999),
}


def test_every_state_has_a_region() -> None:
    assert set(typed("regions.csv")["iso3"]) == set(typed("states.csv")["iso3"])


def test_the_block_is_that_of_the_code() -> None:
    codes = typed("states.csv").set_index("iso3")["cow_code"]
    for row in typed("regions.csv").itertuples():
        low, high = BLOCKS[row.cow_block]
        assert low <= codes[row.iso3] <= high, row.iso3


def test_a_subregion_lies_in_one_region() -> None:
    assert (typed("regions.csv").groupby("subregion")["region"].nunique() == 1).all()


def test_the_two_lists_differ_where_the_page_says() -> None:
    """The Caucasus and Cyprus; the Middle East and North Africa have no region of their own."""
    table = typed("regions.csv").set_index("iso3")
    apart = table[(table["region"] != table["cow_block"])]
    east = apart[apart["cow_block"] != "Middle East and North Africa"]
    assert set(east.index) == {"ARM", "AZE", "GEO", "CYP"}
    assert set(apart["region"]) == {"Asia", "Africa"}
