"""What tables and figures are made from."""

from __future__ import annotations

import pandas as pd
import pytest
from coalition.outputs.stored_results import Sources, tidy


def test_sources_fall_back_to_readable_names() -> None:
    assert Sources().label("gdp_per_head") == "Gdp per head"
    assert Sources().operation("isaf") == "isaf"


def test_a_hypothesis_without_its_robustness_file_is_an_error_that_names_it() -> None:
    sources = Sources(verdicts={"hypotheses": [{"hypothesis": "H1"}]})
    with pytest.raises(KeyError, match="H1"):
        sources.tested()


def test_states_are_named_from_any_table_that_names_them() -> None:
    states = pd.DataFrame({"iso3": ["DNK"], "country": ["Denmark"]})
    sources = Sources(data=(pd.DataFrame({"date": [], "troops": []}), states))
    assert [sources.country(iso3) for iso3 in ("DNK", "XKX")] == ["Denmark", "XKX"]


def test_whole_numbers_stay_whole_beside_missing_ones() -> None:
    assert tidy([{"n": 3}, {}], ["n"])["n"].iloc[0] == 3
    assert isinstance(tidy([{"n": 3}, {}], ["n"])["n"].iloc[0], int)
