"""The verdict rule."""

from __future__ import annotations

import math

import numpy as np
import pytest
from coalition.estimators.primary_test import primary_effect, smallest_effect
from coalition.verdicts.rule import decide, holm, interval
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

RULE = {"alpha": 0.05, "equivalence_level": 0.90, "sign_share": 0.80, "leave_one_out": "iso3"}
HYPOTHESIS = {
    "title": "T", "claim": "C", "primary": {"model": "m", "term": "fear", "sign": 1,
    "smallest_effect": {"odds_ratio": 1.5}},
}  # fmt: skip


def effect(estimate: float | None, std_error: float | None = 0.2) -> dict:
    if estimate is None or std_error is None:
        return {"model": "m", "term": "fear", "estimate": None, "std_error": None, "p_value": None}
    p_value = float(2 * stats.norm.sf(abs(estimate / std_error)))
    half = 1.96 * std_error
    return {"model": "m", "term": "fear", "estimate": estimate, "std_error": std_error,
        "p_value": p_value, "conf_low": estimate - half,
            "conf_high": estimate + half, "n": 100, "n_clusters": 50}  # fmt: skip


def evidence(primary: dict, others: list[float | None], left_out: list[dict] | None = None) -> dict:
    alternatives = [
        {
            "name": str(i),
            "label": "L",
            "status": "failed" if value is None else "ok",
            **effect(value),
        }
        for i, value in enumerate(others)
    ]
    return {"primary": primary, "alternatives": alternatives,
        "leave_one_out": left_out or [{"left_out": "DNK", **primary}],
            "leave_bloc_out": []}  # fmt: skip


def verdict(sign: int = 1, **parts: object) -> dict:
    hypothesis = {**HYPOTHESIS, "primary": {**HYPOTHESIS["primary"], "sign": sign}}
    return decide({"H": hypothesis}, {"H": evidence(**parts)}, RULE)["hypotheses"][0]  # type: ignore[arg-type]


def test_supported_when_every_condition_holds() -> None:
    found = verdict(primary=effect(0.8), others=[0.7, 0.6, 0.9, 0.5, -0.1])
    assert found["verdict"] == "supported"
    assert found["sign_share"] == 0.8
    assert found["median_effect"] == pytest.approx(0.6)


def test_a_negative_prediction_is_read_with_its_own_sign() -> None:
    assert (
        verdict(sign=-1, primary=effect(-0.8), others=[-0.7, -0.6, -0.5])["verdict"] == "supported"
    )
    assert verdict(sign=-1, primary=effect(0.8), others=[0.7])["verdict"] == "contradicted"
    # -0.26 to 0.06 lies above -log 1.5
    assert verdict(sign=-1, primary=effect(0.1, 0.1), others=[0.1])["verdict"] == "contradicted"


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"primary": effect(0.3, 0.2), "others": [0.6]}, "Holm-adjusted"),
        ({"primary": effect(0.8), "others": [0.6, 0.6, 0.6, -0.1]}, "80%"),
        ({"primary": effect(0.8), "others": [0.3, 0.2, 0.2]}, "median"),
        ({"primary": effect(0.8), "others": []}, "median"),
        ({"primary": effect(-0.1, 0.4), "others": [0.6]}, "predicted sign"),
        (
            {
                "primary": effect(0.8),
                "others": [0.6],
                "left_out": [{"left_out": "TUR", **effect(0.2)}],
            },
            "without TUR alone",
        ),
        (
            {
                "primary": effect(0.8),
                "others": [0.6],
                "left_out": [{"left_out": "TUR", **effect(None)}],
            },
            "without TUR alone",
        ),
        ({"primary": effect(None), "others": [0.6]}, "could not be estimated"),
    ],
)
def test_undecided_says_which_condition_failed(parts: dict, reason: str) -> None:
    found = verdict(**parts)
    assert found["verdict"] == "undecided"
    assert any(reason in sentence for sentence in found["reasons"])


def test_contradicted_by_the_opposite_sign_or_by_equivalence() -> None:
    assert verdict(primary=effect(-0.8), others=[0.7])["verdict"] == "contradicted"
    small = verdict(primary=effect(0.05, 0.1), others=[0.05])
    assert small["verdict"] == "contradicted"
    assert small["equivalence_high"] < math.log(1.5)


def test_failed_alternatives_are_counted_and_not_read() -> None:
    found = verdict(primary=effect(0.8), others=[0.7, None, 0.6])
    assert (found["n_alternatives"], found["n_alternatives_failed"]) == (2, 1)


def test_holm_by_hand() -> None:
    # Holm 1979; also R's p.adjust
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    adjusted = holm([0.01, math.nan, 0.02])
    assert adjusted[0] == pytest.approx(0.03)
    assert math.isnan(adjusted[1])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_never_lowers_a_p_value_and_keeps_the_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(new >= old for new, old in zip(adjusted, p_values, strict=True))
    order = np.argsort(p_values, kind="stable")
    assert all(np.diff(np.array(adjusted)[order]) >= 0)


def test_of_several_contrasts_the_weakest_counts() -> None:
    primary = {"model": "m", "contrasts": ["more_reserved", "reserved_not_unreserved"], "sign": 1}
    rows = [
        {
            "kind": "contrast",
            "term": "more_reserved",
            "estimate": 0.2,
            "std_error": 0.05,
            "statistic": 4.0,
            "p_value": 0.0001,
        },
        {
            "kind": "contrast",
            "term": "reserved_not_unreserved",
            "estimate": 0.1,
            "std_error": 0.1,
            "statistic": 1.0,
            "p_value": 0.32,
        },
        {
            "kind": "coefficient",
            "term": "fear",
            "estimate": 9.0,
            "std_error": 1.0,
            "statistic": 9.0,
            "p_value": 0.0,
        },
    ]
    entry = {"model": "m", "status": "ok", "n": 10, "n_clusters": 5, "rows": rows}
    assert primary_effect(entry, primary)["term"] == "reserved_not_unreserved"
    assert primary_effect(entry | {"rows": rows[:1]}, primary)["estimate"] is None
    assert primary_effect(entry | {"status": "failed", "rows": []}, primary)["estimate"] is None


def test_outside_the_rule_the_left_out_p_value_is_adjusted_and_decides_nothing() -> None:
    """0.04 alone is significant; of two tests the adjusted p-value is 0.08 without DNK, and the
    verdict stays.
    """
    primary, left = effect(0.8), effect(0.8) | {"left_out": "DNK", "p_value": 0.04}
    second = {**HYPOTHESIS, "title": "U"}
    found = decide(
        {"H": HYPOTHESIS, "I": second},
        {"H": evidence(primary, [0.7], [left]), "I": evidence(effect(0.1), [0.7])},
        RULE,
    )
    first = found["hypotheses"][0]
    assert (first["verdict"], first["flips"], first["flips_holm"]) == ("supported", [], ["DNK"])
    assert (first["left_out_low"], first["left_out_high"], first["flips_sign"]) == (0.8, 0.8, [])


def test_power_is_told_with_its_target_and_the_exaggeration() -> None:
    rows = [
        {"multiple": 1, "effect": 0.4, "power_holm": 0.3, "type_m": 1.6},
        {"multiple": 2, "effect": 0.8, "power_holm": 0.9, "type_m": 1.1},
    ]
    powers = {"H": {"rows": rows, "target": 0.8}}
    told = decide({"H": HYPOTHESIS}, {"H": evidence(effect(0.8), [0.7])}, RULE, powers=powers)[
        "hypotheses"
    ][0]
    assert (told["power_at_smallest"], told["power_target"], told["type_m_at_smallest"]) == (
        0.3,
        0.8,
        1.6,
    )
    assert told["detectable_effect"] == pytest.approx(0.4 + 0.4 * 5 / 6)


def test_scales_and_intervals() -> None:
    assert smallest_effect(HYPOTHESIS["primary"]) == (pytest.approx(math.log(1.5)), "log odds")
    assert smallest_effect({"smallest_effect": {"probability": 0.1}}) == (0.1, "probability")
    assert interval(effect(1.0, 0.5), 0.90) == (
        pytest.approx(1 - 1.6449 * 0.5, abs=1e-4),
        pytest.approx(1 + 1.6449 * 0.5, abs=1e-4),
    )


def test_the_rule_has_a_hash_that_changes_with_it() -> None:
    evidence_of = {"H": evidence(effect(0.8), [0.7])}
    first = decide({"H": HYPOTHESIS}, evidence_of, RULE)["rule_sha256"]
    assert (
        first == decide({"H": HYPOTHESIS}, evidence_of, dict(reversed(RULE.items())))["rule_sha256"]
    )
    assert first != decide({"H": HYPOTHESIS}, evidence_of, RULE | {"alpha": 0.1})["rule_sha256"]


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-3, 3),
    st.floats(0.01, 2),
    st.sampled_from([1, -1]),
    st.lists(st.floats(-3, 3), max_size=6),
    st.booleans(),
)
def test_the_conditions_add_up_to_the_verdict(
    estimate: float, error: float, sign: int, others: list[float], turned: bool
) -> None:
    left_out = [{"left_out": "DNK", **effect(-estimate if turned else estimate, error)}]
    found = verdict(sign=sign, primary=effect(estimate, error), others=others, left_out=left_out)
    against = [
        part for part in found["conditions"] if part["for"] == "contradicted" and part["met"]
    ]
    failed = [
        part for part in found["conditions"] if part["for"] == "supported" and not part["met"]
    ]
    assert found["verdict"] == (
        "contradicted" if against else "undecided" if failed else "supported"
    )
    assert set(found["reasons"]) <= {part["sentence"] for part in [*against, *failed]} | {
        "every condition of the rule holds"
    }


def test_without_an_estimate_there_are_no_conditions() -> None:
    assert verdict(primary=effect(None), others=[0.5])["conditions"] == []


def curve(sign_share: float, median: float) -> dict:
    test = {
        "statistics": ["median_effect", "share_of_predicted_sign", "share_significant"],
        "p_value": [0.01, 0.02, 0.03],
    }
    counts = {
        "specifications": 12,
        "fitted": 10,
        "impossible": {"too_few_rows": 3, "separation": 1},
        "failed": {"separation": 2},
    }
    return {
        "summary": {"n": 10, "sign_share": sign_share, "median": median},
        "joint_test": test,
        "counts": counts,
    }


@pytest.mark.parametrize(
    ("sign_share", "median", "reason"),
    [
        (0.9, 0.6, None),
        (0.7, 0.6, "80% of the specifications"),
        (0.9, 0.3, "median of the specifications"),
    ],
)
def test_a_specification_curve_takes_the_place_of_the_alternatives(
    sign_share: float, median: float, reason: str | None
) -> None:
    found = decide(
        {"H": HYPOTHESIS},
        {"H": evidence(effect(0.8), [-0.1, 0.1])},
        RULE,
        {"H": curve(sign_share, median)},
    )["hypotheses"][0]
    assert found["verdict"] == ("supported" if reason is None else "undecided")
    assert reason is None or any(reason in sentence for sentence in found["reasons"])
    assert (found["curve_n"], found["curve_failed"], found["curve_p_value"]) == (10, 6, 0.01)
    assert found["curve_failures"] == {"separation": 3, "too_few_rows": 3}
    assert (found["n_alternatives"], found["sign_share"]) == (2, 0.5)  # still told


def test_a_curve_without_estimates_is_said_to_have_none() -> None:
    empty = curve(0.0, 0.0)
    empty["summary"] = {"n": 0, "sign_share": None, "median": None}
    empty["joint_test"]["p_value"] = [None] * 3
    found = decide({"H": HYPOTHESIS}, {"H": evidence(effect(0.8), [0.8])}, RULE, {"H": empty})[
        "hypotheses"
    ][0]
    assert found["verdict"] == "undecided"
    assert found["curve_p_value"] is None
    assert (
        sum(
            "of the specifications" in reason or "the specifications have no median" in reason
            for reason in found["reasons"]
        )
        == 2
    )
    assert not any("fewer than" in reason for reason in found["reasons"])


def test_without_a_curve_its_facts_are_empty() -> None:
    assert verdict(primary=effect(0.8), others=[0.7])["curve_n"] is None
