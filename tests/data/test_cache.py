"""Samples that share what was made before are those that are made anew."""

from __future__ import annotations

import pandas as pd
import pytest
from coalition.base.cache import Cache, fingerprint
from coalition.config.settings import patched
from coalition.samples import country_operations
from shipped import config, tables


def test_a_thing_is_made_once_for_each_key() -> None:
    made: list[str] = []
    cache = Cache()
    for key in ("a", "b", "a"):
        assert cache.once(key, lambda key=key: made.append(key) or key) == key
    assert made == ["a", "b"]


def test_a_fingerprint_tells_values_rows_and_columns_apart() -> None:
    table = pd.DataFrame({"iso3": ["DNK", "NOR"], "year": [2001, 2001]})
    others = (
        table.assign(year=[2001, 2002]),
        table.rename(columns={"year": "years"}),
        table[::-1],
        table.iloc[:1],
    )
    assert fingerprint(table) == fingerprint(table.copy())
    assert fingerprint(table) not in [fingerprint(other) for other in others]


DATA = {"operations", "variables", "measures", "sample"}


@pytest.mark.long
def test_every_alternative_has_the_sample_that_it_has_alone() -> None:
    """With one cache for all, as the run has it."""
    name = config()["hypotheses"]["H2"]["primary"]["model"]
    sample, cache = config()["models"][name]["sample"], Cache()
    alternatives = [
        about
        for about in config()["robustness"].values()
        if "H2" in about.get("hypotheses", ["H2"]) and set(about) & DATA
    ]
    assert len(alternatives) > 15
    for alternative in alternatives:
        changed = patched(config(), alternative, name)
        shared = country_operations.build(changed, sample, tables(), False, cache).table
        pd.testing.assert_frame_equal(
            shared, country_operations.build(changed, sample, tables(), False).table
        )
