"""Codes of states that are not those of ISO 3166-1, and files whose declared separator is not
theirs.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from babel.core import get_global
from coalition.base.errors import Problems
from coalition.data.country_aliases import HISTORIC, HISTORIC_CODES, OTHER_CODES
from coalition.data.table_schema import Known
from coalition.data.text_files import parse

ALIASES = get_global("territory_aliases")
STATES = pd.read_csv(Path(__file__).parents[3] / "data/states.csv", keep_default_na=False)


@pytest.fixture
def known() -> Known:
    return Known(states=dict(zip(STATES["iso3"], STATES["country"], strict=True)), table=STATES)


@pytest.mark.parametrize(
    ("code", "state"), [("GER", "DEU"), ("sui", "CHE"), ("NED", "NLD"), ("UKG", "GBR")]
)
def test_codes_of_sport_and_of_war_are_understood(code: str, state: str, known: Known) -> None:
    assert known.nearest_state(code) == state


def test_other_codes_are_nobody_s_and_lead_to_states() -> None:
    assert not set(OTHER_CODES) & set(STATES["iso3"])
    assert set(OTHER_CODES.values()) <= set(STATES["iso3"])


@pytest.mark.parametrize("system", HISTORIC_CODES)
def test_codes_of_states_that_are_no_more_are_nobody_s_and_lead_to_states(system: str) -> None:
    """Czechoslovakia alone is in data/states.csv too, which begins in 1990."""
    known = STATES.loc[STATES["iso3"] != "CSK", f"{system}_code"].astype(str)
    assert not set(HISTORIC_CODES[system]) & set(known)
    for name, years, means in HISTORIC_CODES[system].values():
        first, last = map(int, years.split(" to "))
        assert name
        assert 1816 <= first <= last <= 2017
        assert set(means) <= set(STATES["iso3"])


def test_a_name_of_several_states_offers_every_one_that_it_may_mean() -> None:
    codes = {three: two[0] for three, two in ALIASES.items() if len(three) == 3 and len(two) == 1}
    for old, name in (("SUN", "Soviet Union"), ("SCG", "Serbia and Montenegro")):
        assert {codes[code] for code in HISTORIC[name]} == set(ALIASES[old])
    assert all(set(means) <= set(STATES["iso3"]) for means in HISTORIC.values())


@pytest.mark.parametrize(
    ("options", "said"), [({"separator": ";"}, "or take `separator` out"), ({}, None)]
)
def test_a_separator_that_is_not_the_file_s_may_be_taken_out(
    options: dict, said: str | None
) -> None:
    problems = Problems()
    table = parse("a,b\n1,2\n3,4\n", ".csv", "t.csv", options, problems)
    assert (table is None) == (said is not None)
    assert said is None or said in str(problems)
