"""What governments said: shares with intervals over states, rank correlations within operations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.robustness.stated_reasons import compare, rank_correlation, share
from scipy import stats

SETTINGS = {"abandonment": "fear", "entrapment": "risk", "permutations": 499}


def rows(*given: tuple[str, str, str, str, str, str, str]) -> pd.DataFrame:
    names = ["iso3", "statement_id", "decision", "speaker_kind", "reason", "family", "direction"]
    table = pd.DataFrame(given, columns=names)
    return table.assign(operation="alpha", coder=1)


def sample(**changes: list[float]) -> pd.DataFrame:
    states = ["DNK", "NOR", "SWE"]
    return pd.DataFrame(
        {"iso3": states, "operation": "alpha", "fear": [1.0, 2.0, 3.0], "risk": [3.0, 1.0, 2.0],
         "participated": 1, "caveat_level": [0.0, 1.0, 2.0]} | changes
    )  # fmt: skip


GIVEN = rows(
    ("DNK", "1", "join", "minister", "us_relation", "abandonment", "for_joining"),
    ("DNK", "1", "join", "minister", "terrorism_threat", "stake", "for_joining"),
    ("DNK", "2", "caveat", "party", "public_opinion", "domestic", "for_caveat"),
    ("NOR", "3", "join", "party", "cost", "capacity", "against_joining"),
    ("NOR", "4", "caveat", "minister", "escalation", "entrapment", "for_caveat"),
    ("NOR", "4", "caveat", "minister", "alliance_commitment", "abandonment", "for_joining"),
)


def found(decision: str, reason: str, speakers: str = "all") -> float | None:
    content = compare(SETTINGS, 1, GIVEN, sample())
    return next(
        one["share"]
        for one in content["shares"]
        if (one["decision"], one["reason"], one["speakers"]) == (decision, reason, speakers)
    )


def test_a_statement_counts_once_for_each_kind_of_reason() -> None:
    assert found("joining", "abandonment") == 0.5
    assert found("joining", "stake") == 0.5
    assert found("caveats", "entrapment, strict") == 0.5


def test_entrapment_in_the_wide_sense_takes_the_public_only_as_an_argument_against() -> None:
    assert found("caveats", "entrapment, wide") == 1.0
    for_it = GIVEN.assign(direction=GIVEN["direction"].replace("for_caveat", "against_caveat"))
    content = compare(SETTINGS, 1, for_it, sample())
    wide = next(
        one
        for one in content["shares"]
        if (one["decision"], one["reason"], one["speakers"])
        == ("caveats", "entrapment, wide", "all")
    )
    assert wide["share"] == 0.5  # what is left is escalation, which is strict


def test_governments_stand_apart_from_parties() -> None:
    assert found("joining", "capacity", "government") == 0.0
    assert found("joining", "capacity") == 0.5


def test_a_second_coder_counts_no_statement_twice() -> None:
    twice = pd.concat([GIVEN, GIVEN.assign(coder=2)])
    assert compare(SETTINGS, 1, twice, sample()) == compare(SETTINGS, 1, GIVEN, sample())


def test_the_lesser_evil_is_counted_by_statement_and_by_state() -> None:
    evil = compare(SETTINGS, 1, GIVEN, sample())["lesser_evil"]
    assert evil["statements"] == {"both": 1, "of": 4}
    assert evil["states"]["named"] == [["alpha", "NOR"]]


def test_statements_are_counted_by_operation() -> None:
    content = compare(SETTINGS, 1, GIVEN, sample())
    assert sum(content["operations"].values()) == content["n_statements"] == 4


def test_too_few_states_have_no_correlation() -> None:
    assert {one["p_value"] for one in compare(SETTINGS, 1, GIVEN, sample())["tests"]} == {None}


def test_a_share_of_independent_rows_has_about_the_usual_interval() -> None:
    given = np.array([1.0] * 30 + [0.0] * 70)
    states = np.array([str(number) for number in range(100)])
    about = share(given, states)
    assert about["share"] == 0.3
    # the delta method on the logit, by hand: se = sqrt(p q / (n - 1)) / (p q)
    half = stats.t.ppf(0.975, 99) * np.sqrt(0.21 / 99) / 0.21
    low = 1 / (1 + np.exp(-(np.log(0.3 / 0.7) - half)))
    assert about["conf_low"] == pytest.approx(low, rel=1e-12)


def test_rows_of_one_state_widen_the_interval() -> None:
    given = np.repeat([1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0], 10)
    apart = share(given, np.arange(100).astype(str))
    together = share(given, np.repeat(np.arange(10), 10).astype(str))
    assert together["conf_high"] - together["conf_low"] > 2 * (
        apart["conf_high"] - apart["conf_low"]
    )


def test_a_reason_that_nobody_gives_has_an_upper_end() -> None:
    about = share(np.zeros(50), np.repeat(np.arange(10), 5).astype(str))
    assert about["conf_low"] == 0.0
    assert about["conf_high"] == pytest.approx(1 - 0.025**0.1)


def test_no_statement_has_no_share() -> None:
    assert share(np.array([]), np.array([]))["share"] is None


def test_the_correlation_of_one_operation_is_spearmans() -> None:
    generator = np.random.default_rng(3)
    first, second = generator.normal(size=(2, 40))
    about = rank_correlation(first, second, np.full(40, "a"), 1999, np.random.default_rng(1))
    known = stats.spearmanr(first, second)
    assert about["correlation"] == pytest.approx(known.statistic, rel=1e-12)
    assert about["p_value"] == pytest.approx(known.pvalue, abs=0.03)


def test_a_difference_between_operations_is_no_correlation() -> None:
    generator = np.random.default_rng(4)
    groups = np.repeat(["a", "b"], 100)
    shift = np.repeat([0.0, 10.0], 100)
    first, second = generator.normal(size=(2, 200)) + shift
    about = rank_correlation(first, second, groups, 199, np.random.default_rng(1))
    assert abs(about["correlation"]) < 0.2
