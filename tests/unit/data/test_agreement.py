"""Agreement of coders, two and more."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.data.coder_agreement import (
    ANALYSED,
    NEW_SOURCES,
    by_coder,
    compare,
    ordinal_alpha,
    units,
)


def test_alpha_is_one_for_equal_and_about_zero_for_unrelated_values() -> None:
    values = np.array([0, 1, 2, 3, 3, 2, 1, 0])
    assert ordinal_alpha(np.column_stack([values, values])) == pytest.approx(1)
    generator = np.random.default_rng(1)
    assert ordinal_alpha(generator.integers(0, 4, (20000, 2))) == pytest.approx(0, abs=0.02)
    assert ordinal_alpha(generator.integers(0, 4, (20000, 3))) == pytest.approx(0, abs=0.02)


def test_alpha_without_variation_is_not_a_number() -> None:
    assert np.isnan(ordinal_alpha(np.array([[2, 2], [2, 2]])))


def test_alpha_by_hand() -> None:
    # Units (0,0), (1,1), (1,2): coincidences o00=2, o11=2, o12=o21=1; n = 2, 3, 1. The ranks in the
    # middle of the levels are 1, 3.5, 5.5.
    observed = 2 * (5.5 - 3.5) ** 2
    expected = 2 * (2 * 3 * 2.5**2 + 2 * 1 * 4.5**2 + 3 * 1 * 2.0**2) / 5
    assert ordinal_alpha(np.array([[0, 0], [1, 1], [1, 2]]), levels=3) == pytest.approx(
        1 - observed / expected
    )


ROWS = pd.DataFrame(
    [("DEU", 1, 2003, 2004, 3), ("DEU", 2, 2004, 2005, 2), ("DEU", 2, 2004, 2004, 3),
    ("GBR", 1, 2006, 2006, 0), ("GBR", 2, 2006, 2007, 0),
     ("LTU", 1, 2006, 2006, 1)],
    columns=["iso3", "coder", "from_year", "to_year", "level"],
)  # fmt: skip


def test_units_are_the_years_that_both_coders_cover() -> None:
    found = units(by_coder(ROWS), (1, 2), "state-year")
    assert found.reset_index().to_numpy().tolist() == [["DEU", 2004, 3, 3], ["GBR", 2006, 0, 0]]
    found = units(by_coder(ROWS), (1, 2), "state")
    assert found.reset_index().to_numpy().tolist() == [["DEU", 3, 3], ["GBR", 0, 0]]


def test_alpha_of_three_coders_with_gaps_by_hand() -> None:
    # Units (0,0,1), (1,1,-), (2,-,-): the third has no pair. The first adds its 6 ordered pairs
    # with weight 1/2, the second its 2 with weight 1: o00 = 1, o01 = o10 = 1, o11 = 2; n = 2, 3.
    values = np.array([[0, 0, 1], [1, 1, np.nan], [2, np.nan, np.nan]])
    apart = (3.5 - 1) ** 2  # ranks in the middle of the levels: 1, 3.5
    expected = 2 * 2 * 3 * apart / 4
    assert ordinal_alpha(values, levels=3) == pytest.approx(1 - 2 * apart / expected)


def test_three_coders_are_compared_in_pairs_and_together() -> None:
    third = pd.DataFrame(
        [("DEU", 3, 2004, 2004, 1), ("LTU", 3, 2006, 2006, 1)], columns=ROWS.columns
    )
    rows = pd.concat([ROWS, third]).assign(evidence="A")
    found = compare(rows, "isaf", replicates=5, seed=1)
    assert {row["coders"] for row in found} == {"all", "1 and 2", "1 and 3", "2 and 3"}
    everyone = next(row for row in found if row["coders"] == "all")
    assert (everyone["cells"], everyone["states"], everyone["mean_difference"]) == (3, 3, None)
    assert everyone["exact"] == pytest.approx(3 / 5)  # pairs: DEU three, GBR one, LTU one


def test_a_coder_who_was_not_blind_is_in_no_statistic() -> None:
    rows = ROWS.assign(evidence="A", blind=1)
    seen = ROWS[ROWS["coder"] == 1].assign(evidence="A", coder=4, blind=0)
    assert compare(pd.concat([rows, seen]), "isaf", 5, 1) == compare(rows, "isaf", 5, 1)


def test_on_new_sources_a_row_on_a_source_used_before_does_not_count() -> None:
    rows = ROWS.assign(evidence="A", source_id=["A", "B", "A;C", "D", "E", "F"])
    found = {(row["comparison"], row["unit"]): row for row in compare(rows, "isaf", 5, 1)}
    assert found[NEW_SOURCES, "state-year"]["cells"] == 2
    assert found[NEW_SOURCES, "state-year"]["exact"] == 0.5  # Germany 2004: the row on B alone
    assert found["read rows (A, B)", "state-year"]["exact"] == 1


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


def test_the_variable_that_is_analysed_has_an_agreement_of_its_own() -> None:
    """Medians of statements by state and coder, with and without statements on make-up alone."""
    rows = pd.DataFrame(
        [
            # iso3, coder, year, level, restricted_by
            ("ITA", 1, 2004, 3, "rule"),
            ("ITA", 2, 2008, 3, "rule"),  # no year in common, and yet both rate the state
            ("THA", 1, 2004, 3, "what_was_sent"),
            ("THA", 2, 2004, 3, "what_was_sent"),
            ("POL", 1, 2004, 0, None),
            ("POL", 2, 2004, 1, "none_found"),
            ("POL", 2, 2005, 0, "none_found"),  # a half goes up: 1
        ],
        columns=["iso3", "coder", "from_year", "level", "restricted_by"],
    ).assign(evidence="B")
    rows["to_year"] = rows["from_year"]
    found = {row["comparison"]: row for row in compare(rows, "isaf", 10, 1)}
    analysed, coded = (found[name] for name in ANALYSED)
    assert (analysed["states"], analysed["exact"]) == (2, 0.5)
    assert (coded["states"], coded["exact"]) == (3, pytest.approx(2 / 3))
