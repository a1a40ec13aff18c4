"""Facts of every shape -> variables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.samples.covariates import attach, derive

ROWS = pd.DataFrame(
    {
        "iso3": ["DNK", "POL", "TON"],
        "covariate_iso3": ["DNK", "POL", "TON"],
        "covariate_year": [2000, 2000, 2000],
        "as_of": ["2001-12-20"] * 3,
    },
    index=[5, 7, 9],
)
GRADES = {"source_id": "X", "evidence": "A"}


def joined(
    shape: str,
    table: pd.DataFrame,
    extra: dict | None = None,
    tables: dict | None = None,
    evidence: tuple = ("A", "B"),
) -> pd.DataFrame:
    spec = {"file": "f", "shape": shape, **(extra or {})}
    return attach(ROWS, {"t": table, **(tables or {})}, {"t": spec}, evidence, "isaf")[0]


def test_state_years_states_snapshots_and_spells() -> None:
    by_year = pd.DataFrame(
        {
            "iso3": ["DNK", "DNK", "POL"],
            "year": [2000, 2001, 2000],
            "gdp": [1.0, 9.0, 2.0],
            **GRADES,
        }
    )
    assert joined("state_year", by_year)["gdp"].tolist() == [
        1,
        2,
        pytest.approx(np.nan, nan_ok=True),
    ]
    assert (
        joined("state", pd.DataFrame({"iso3": ["POL"], "letter": [1.0], **GRADES}))[
            "letter"
        ].tolist()[1]
        == 1
    )
    snapshots = pd.DataFrame(
        {"iso3": ["DNK"] * 3, "year": [1995, 2000, 2005], "share": [0.1, 0.2, 0.3], **GRADES}
    )
    assert joined("snapshot", snapshots)["share"].tolist()[0] == 0.2
    spells = pd.DataFrame(
        {
            "iso3": ["DNK", "DNK", "POL"],
            "from_year": [1990, 2000, 1990],
            "to_year": [1999, 2005, 1999],
            "rule": [0.0, 1.0, 1.0],
            **GRADES,
        }
    )
    assert joined("spell", spells)["rule"].tolist()[:1] == [1]
    assert np.isnan(joined("spell", spells)["rule"].tolist()[1])  # the spell has ended


def test_a_fact_of_a_grade_that_is_not_used_is_missing() -> None:
    table = pd.DataFrame(
        {"iso3": ["DNK", "POL"], "x": [1.0, 2.0], "source_id": "X", "evidence": ["A", "C"]}
    )
    assert np.isnan(joined("state", table)["x"].tolist()[1])
    assert joined("state", table, evidence=("A", "B", "C"))["x"].tolist()[1] == 2
    own = pd.DataFrame(
        {"iso3": ["DNK", "POL"], "x": [1.0, 2.0], "x_evidence": ["C", "B"], **GRADES}
    )
    assert np.isnan(joined("state", own)["x"].tolist()[0])


EVENTS = pd.DataFrame(
    {
        "event_id": ["a", "b", "c"],
        "event_date": ["1998-08-07", "2001-09-11", "2002-10-12"],
        "breakdown_complete": [1, 0, 1],
        **GRADES,
    }
)
VICTIMS = pd.DataFrame(
    {
        "iso3": ["DNK", "DNK", "DNK", "POL"],
        "event_id": ["a", "b", "c", "b"],
        "nationals_killed": [1, 2, 5, 6],
        "source_id": "X",
        "evidence": ["A", "A", "A", "C"],
    }
)


@pytest.mark.parametrize(("zero", "unlisted"), [(True, 0.0), (False, np.nan)])
def test_events_count_up_to_the_date(zero: bool, unlisted: float) -> None:
    extra = {"events": "e", "variable": "victims", "zero_if_unlisted": zero}
    counts = joined("events", VICTIMS, extra, {"t_events": EVENTS})["victims"].tolist()
    # POL's only entry is recalled: missing, not zero
    np.testing.assert_equal(counts, [3, np.nan, unlisted])


def test_what_is_read_of_the_victims_is_a_lower_bound() -> None:
    """DNK has 1 and 2 read before the date; POL 6 recalled and, here, 4 read."""
    more = pd.concat(
        [VICTIMS, pd.DataFrame([{**VICTIMS.iloc[0], "iso3": "POL", "nationals_killed": 4}])],
        ignore_index=True,
    )
    extra = {"events": "e", "variable": "victims", "zero_if_unlisted": True, "at_least": "read"}
    counts = joined("events", more, extra, {"t_events": EVENTS})
    np.testing.assert_equal(counts["victims"].tolist(), [3, np.nan, 0])
    np.testing.assert_equal(counts["read"].tolist(), [3, 4, 0])


def test_victims_have_bounds_and_an_entry_without_them_counts_with_its_own_figure() -> None:
    table = VICTIMS.assign(killed_lower=[0, None, 5, 6], killed_upper=[4, None, 5, 9])
    extra = {"events": "e", "variable": "v", "lower": "low", "upper": "high"}
    counts = joined(
        "events", table, extra | {"zero_if_unlisted": True}, {"t_events": EVENTS}, ("A", "B")
    )
    assert counts.loc[counts.index[0], ["low", "v", "high"]].tolist() == [0 + 2, 1 + 2, 4 + 2]
    assert counts.loc[counts.index[1], ["low", "v", "high"]].isna().all()  # recalled alone
    assert counts.loc[counts.index[2], ["low", "v", "high"]].tolist() == [0, 0, 0]


def test_a_missing_value_is_zero_only_where_the_rule_says_so() -> None:
    rows = pd.DataFrame({"share": [0.4, None, None, None], "allies": [3, 0, 2, None]})
    spec = {"from": "share", "zero_where": {"allies": [0]}, "label": "x"}
    found = derive(rows, {"ties": spec}, {})["ties"]
    np.testing.assert_equal(found.tolist(), [0.4, 0.0, np.nan, np.nan])


def test_polls_are_about_the_operation_and_before_it() -> None:
    polls = pd.DataFrame(
        {
            "iso3": ["DNK", "DNK", "DNK", "DNK", "POL"],
            "operation": ["isaf", "isaf", "isaf", "iraq", "isaf"],
            "date": ["2001-09", "2001", "2003", "2001", "2001-12-21"],
            "question_type": ["own_participation"] * 5,
            "share_oppose": [40.0, 50.0, 90.0, 99.0, 10.0],
            **GRADES,
        }
    )
    extra = {
        "variable": "opposition",
        "value": "share_oppose",
        "keep": {"question_type": ["own_participation"]},
    }
    np.testing.assert_equal(
        joined("polls", polls, extra)["opposition"].tolist(), [45, np.nan, np.nan]
    )


def test_joins_report_who_was_not_matched() -> None:
    table = pd.DataFrame({"iso3": ["DNK"], "x": [1.0], **GRADES})
    _, joins = attach(ROWS, {"t": table}, {"t": {"file": "f", "shape": "state"}}, ("A",), "isaf")
    assert joins == [
        {"table": "t", "operation": "isaf", "rows": 3, "matched": 1, "unmatched": ["POL", "TON"]}
    ]


def test_variables_are_transformed_columns_conditions_and_aliases() -> None:
    rows = pd.DataFrame(
        {
            "gdp": [1.0, np.e, np.nan],
            "aspirant": [1, 0, np.nan],
            "years": [np.nan, 3, np.nan],
            "km": [1.0, 2.0, 3.0],
        }
    )
    spec = {
        "gdp": {"from": "gdp", "transform": "log", "label": "GDP"},
        "junior": {"any_of": [{"aspirant": [1]}, {"years": {"max": 5}}], "label": "Junior"},
        "distance": {"from": "km_to_target", "transform": "none", "label": "Distance"},
    }
    made = derive(rows, spec, {"km_to_target": "km"})
    np.testing.assert_allclose(made["gdp"], [0, 1, np.nan])
    np.testing.assert_equal(made["junior"].tolist(), [1, 1, np.nan])
    assert made["distance"].tolist() == [1, 2, 3]
