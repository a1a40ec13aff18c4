"""The second reading of verdicts: a valid test, region effects, and each region left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from coalition.verdicts import second_reading

ROOT = Path(__file__).parents[3]
SETTINGS = {
    "models": {"H1": "m", "H2": "m"},
    "region_effects": ["region_effects"],
    "regions": ["europe"],
    "keeps": 0.5,
}
LEVEL = {"method": "cluster", "size": 0.05, "size_error": 0.01, "holds": True, "measured": "x"}


def read(
    p: float = 0.001,
    with_effects: float = 0.8,
    without: tuple[float, float, float] = (0.9, 0.2, 1.6),
    verdict: str = "supported",
    **level: Any,
) -> dict[str, Any]:
    entries = [
        {"hypothesis": name, "model": "m", "estimate": 1.0, "verdict": verdict}
        for name in ("H1", "H2")
    ]
    shared = {"label": "L", "p_value": 0.1, "n": 80}
    estimate, low, high = without
    evidence = {
        "alternatives": [{"name": "region_effects", "estimate": with_effects, **shared}],
        "leave_bloc_out": [
            {
                "left_out": "europe",
                "estimate": estimate,
                "conf_low": low,
                "conf_high": high,
                **shared,
            }
        ],
    }
    rows = [{"method": "primary", "p_value": p}, {"method": "field_bootstrap", "p_value": 0.3}]
    found = {"rule": {"alpha": 0.05}, "hypotheses": entries}
    inference = {"hypotheses": [{"hypothesis": name, "rows": rows} for name in ("H1", "H2")]}
    levels = dict.fromkeys(("H1", "H2"), LEVEL | level)
    again = second_reading.read_again(
        found, inference, {"H1": evidence, "H2": evidence}, levels, SETTINGS
    )
    return again["H1"] or {}


def test_a_verdict_that_bears_it_stays() -> None:
    again = read()
    assert (again["verdict"], again["reasons"]) == ("supported", [])
    assert again["p_holm"] == pytest.approx(0.002)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"holds": False, "size": 0.08}, "no valid test"),
        ({"p": 0.03}, "not below 0.05"),
        ({"method": "field_bootstrap"}, "field_bootstrap"),
        ({"with_effects": 0.4}, "40% of the estimate is left"),
        ({"with_effects": -0.9}, "-90% of the estimate is left"),
        ({"without": (-0.2, -0.9, 1.5)}, "the estimate is another"),
        ({"without": (0.4, 0.1, 0.7)}, "the estimate is another"),
        ({"without": (float("nan"), 0.1, 0.7)}, "the estimate is another"),
    ],
)
def test_each_thing_that_is_asked_can_turn_it(changes: dict[str, Any], reason: str) -> None:
    again = read(**changes)
    assert again["verdict"] == "undecided"
    assert any(reason in sentence for sentence in again["reasons"])


def test_it_supports_and_contradicts_nothing_by_itself() -> None:
    assert read(verdict="undecided")["verdict"] == "undecided"
    assert read(verdict="contradicted", p=0.9)["verdict"] == "contradicted"


def test_levels_of_other_models_are_not_used() -> None:
    entry = {"hypothesis": "H1", "model": "other", "estimate": 1.0, "verdict": "supported"}
    found = {"rule": {"alpha": 0.05}, "hypotheses": [entry]}
    again = second_reading.read_again(found, {"hypotheses": []}, {}, {"H1": LEVEL}, SETTINGS)
    assert again == {"H1": None}


def test_the_shipped_levels_name_one_method_a_hypothesis() -> None:
    levels = second_reading.levels_of(ROOT / "configs" / "levels.csv")
    assert set(levels) == {"H1", "H2", "H2b", "H3"}
    assert all(0 < level["size"] < 1 for level in levels.values())
