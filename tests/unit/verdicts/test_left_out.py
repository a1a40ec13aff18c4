"""Whose absence turns a primary test, before and after adjustment, and by how much."""

from __future__ import annotations

import math

import pytest
from coalition.base.multiplicity import holm
from coalition.verdicts.leave_one_out import by_size, flips, flips_holm, reach, turned_signs
from hypothesis import given, settings
from hypothesis import strategies as st


def effect(estimate: float | None, p_value: float | None, left_out: str = "") -> dict:
    return {"left_out": left_out, "estimate": estimate, "p_value": p_value}


WHOLE = effect(0.5, 0.02)
OTHERS = [
    effect(0.45, 0.03, "A"),
    effect(0.4, 0.06, "B"),
    effect(-0.6, 0.01, "C"),
    effect(None, None, "D"),
    effect(0.5, 0.04, "E"),
]


def test_flips_by_sign_or_significance_before_adjustment() -> None:
    assert flips(WHOLE, OTHERS, 0.05) == ["B", "C", "D"]


def test_the_farthest_come_first_and_before_them_those_without_an_estimate() -> None:
    assert by_size(["B", "C", "D"], WHOLE, OTHERS) == ["D", "C", "B"]


def test_a_sign_that_turns_and_how_far_the_estimates_reach() -> None:
    assert turned_signs(WHOLE, OTHERS) == ["C"]
    assert reach(OTHERS) == (-0.6, 0.5)
    assert all(math.isnan(end) for end in reach([effect(None, None, "A")]))


def test_holm_adjusted_decision_by_hand() -> None:
    """0.02 of three tests with 0.5 and 0.6 held is 0.06; without a state at 0.015 it is 0.045, and
    so is decided otherwise.
    """
    held = {"H": 0.02, "X": 0.5, "Y": 0.6}
    states = [effect(0.5, 0.015, "A"), effect(0.5, 0.03, "B"), effect(0.5, 0.2, "C")]
    assert flips_holm("H", held, WHOLE, states, 0.05) == ["A"]
    # before adjustment 0.02 is significant, and 0.2 is not
    assert flips(WHOLE, states, 0.05) == ["C"]


def test_a_hypothesis_without_a_p_value_counts_as_a_test() -> None:
    # 2 * 0.02 and 2 * 0.03
    assert flips_holm("H", {"H": 0.02, "X": None}, WHOLE, [effect(0.5, 0.03, "A")], 0.05) == ["A"]
    assert flips_holm("H", {"H": 0.02}, WHOLE, [effect(0.5, 0.03, "A")], 0.05) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.0001, 1), min_size=1, max_size=5), st.floats(0.0001, 1))
def test_it_agrees_with_holm_on_the_whole_family(held: list[float], without: float) -> None:
    names = [f"H{i}" for i in range(len(held))]
    before, after = holm(held)[0], holm([without, *held[1:]])[0]
    found = flips_holm(
        "H0",
        dict(zip(names, held, strict=True)),
        effect(0.5, held[0]),
        [effect(0.4, without, "A")],
        0.05,
    )
    assert found == (["A"] if (before < 0.05) != (after < 0.05) else [])


def test_one_hypothesis_alone_is_decided_by_its_own_p_value() -> None:
    assert flips_holm("H", {"H": 0.02}, WHOLE, OTHERS, 0.05) == flips(WHOLE, OTHERS, 0.05)
    assert pytest.approx(holm([0.02])) == [0.02]
