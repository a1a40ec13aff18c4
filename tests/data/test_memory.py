"""Samples that share what was made before are those that are made anew."""

from __future__ import annotations

import pandas as pd
import pytest
from coalition import samples
from coalition.config import patched
from coalition.memory import Memory, fingerprint
from shipped import config, tables


def test_a_thing_is_made_once_for_each_key() -> None:
    made: list[str] = []
    memory = Memory()
    for key in ("a", "b", "a"):
        assert memory.once(key, lambda key=key: made.append(key) or key) == key
    assert made == ["a", "b"]


def test_a_fingerprint_tells_values_rows_and_columns_apart() -> None:
    table = pd.DataFrame({"iso3": ["DNK", "NOR"], "year": [2001, 2001]})
    others = (table.assign(year=[2001, 2002]), table.rename(columns={"year": "years"}), table[::-1], table.iloc[:1])
    assert fingerprint(table) == fingerprint(table.copy())
    assert fingerprint(table) not in [fingerprint(other) for other in others]


@pytest.mark.parametrize("hypothesis", ["H1", "H2"])
def test_every_alternative_has_the_sample_that_it_has_alone(hypothesis: str) -> None:
    """With one memory for all, as the run has it; the order in which they are built must not matter."""
    name = config()["hypotheses"][hypothesis]["primary"]["model"]
    sample, memory = config()["models"][name]["sample"], Memory()
    for alternative in [*config()["robustness"].values(), *list(config()["robustness"].values())[:4]]:
        if hypothesis in alternative.get("hypotheses", [hypothesis]):
            changed = patched(config(), alternative, name)
            shared = samples.build(changed, sample, tables(), False, memory).table
            pd.testing.assert_frame_equal(shared, samples.build(changed, sample, tables(), False).table)
