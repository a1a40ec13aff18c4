"""Agreement of two coders."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.data.coder_agreement import cells, compare, ordinal_alpha


def test_alpha_is_one_for_equal_and_about_zero_for_unrelated_values() -> None:
    values = np.array([0, 1, 2, 3, 3, 2, 1, 0])
    assert ordinal_alpha(values, values) == pytest.approx(1)
    generator = np.random.default_rng(1)
    assert ordinal_alpha(
        generator.integers(0, 4, 20000), generator.integers(0, 4, 20000)
    ) == pytest.approx(0, abs=0.02)


def test_alpha_without_variation_is_not_a_number() -> None:
    assert np.isnan(ordinal_alpha(np.array([2, 2]), np.array([2, 2])))


def test_alpha_by_hand() -> None:
    # Units (0,0), (1,1), (1,2): coincidences o00=2, o11=2, o12=o21=1; n = 2, 3, 1. The ranks in the
    # middle of the levels are 1, 3.5, 5.5.
    observed = 2 * (5.5 - 3.5) ** 2
    expected = 2 * (2 * 3 * 2.5**2 + 2 * 1 * 4.5**2 + 3 * 1 * 2.0**2) / 5
    assert ordinal_alpha(np.array([0, 1, 1]), np.array([0, 1, 2]), levels=3) == pytest.approx(
        1 - observed / expected
    )


ROWS = pd.DataFrame(
    [("DEU", 1, 2003, 2004, 3), ("DEU", 2, 2004, 2005, 2), ("DEU", 2, 2004, 2004, 3), ("GBR", 1, 2006, 2006, 0), ("GBR", 2, 2006, 2007, 0),
     ("LTU", 1, 2006, 2006, 1)],
    columns=["iso3", "coder", "from_year", "to_year", "level"],
)  # fmt: skip


def test_cells_are_the_years_that_both_coders_cover() -> None:
    assert cells(ROWS, "state-year").to_dict("list") == {
        "iso3": ["DEU", "GBR"],
        "year": [2004, 2006],
        "first": [3, 0],
        "second": [3, 0],
    }
    assert cells(ROWS, "state").to_dict("list") == {
        "iso3": ["DEU", "GBR"],
        "first": [3, 0],
        "second": [3, 0],
    }


def test_compare_reports_every_comparison_and_repeats_itself() -> None:
    rows = ROWS.assign(evidence="A", basis="stated", restricted_by="rule", preferred=1)
    first, second = (compare(rows, "isaf", replicates=50, seed=1) for _ in range(2))
    assert first == second
    assert {(row["comparison"], row["unit"]) for row in first} >= {
        ("read rows (A, B)", "state"),
        ("read rows (A, B)", "state-year"),
    }
    assert first[0]["exact"] == 1
    assert first[0]["cells"] == 2


def test_states_of_one_coder_are_counted_by_state_alone() -> None:
    rows = ROWS.assign(evidence="A", basis="stated", restricted_by="rule", preferred=1)
    found = compare(rows, "isaf", replicates=10, seed=1)
    # LTU has coder 1 alone
    assert {(row["rated"], row["one_coder"]) for row in found if row["unit"] == "state"} == {(3, 1)}
    assert all("rated" not in row for row in found if row["unit"] == "state-year")
