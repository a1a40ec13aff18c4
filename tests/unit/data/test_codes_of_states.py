"""Codes of states that are not those of ISO 3166-1, and files whose declared separator is not
theirs.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from coalition.base.errors import Problems
from coalition.data.country_aliases import OTHER_CODES
from coalition.data.table_schema import Known
from coalition.data.text_files import parse

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
