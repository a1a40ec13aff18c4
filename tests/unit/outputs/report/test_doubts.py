"""What turns a decision: kinds of alternatives, their order, and the strongest doubt."""

from __future__ import annotations

from typing import Any

import pytest
from coalition.outputs.report import completeness, doubts
from coalition.outputs.report.report_results import Results

ENTRY = {
    "hypothesis": "H", "model": "main", "term": "fear", "sign": 1, "scale": "probability",
    "estimate": 0.2, "p_value": 0.01, "power_at_smallest": 0.4, "power_target": 0.8,
    "type_m_at_smallest": 2.0,
}  # fmt: skip
CONFIG: dict[str, Any] = {
    "robustness": {
        "one": {"sample": {"evidence": ["A"]}},
        "two": {"model": {"with": ["factor(region)"]}},
        "three": {"measures": {"fear": {"method": "pca"}}},
    }
}


def row(estimate: float | None, p_value: float | None, **more: Any) -> dict[str, Any]:
    ends = {"conf_low": -0.5, "conf_high": 0.5}
    return {"estimate": estimate, "p_value": p_value, **ends, **more}


def results(*alternatives: dict[str, Any], states: int = 0) -> Results:
    left = [row(0.1, 0.2 + n / 1000, left_out=f"S{n:02}") for n in range(states)]
    found = {"alternatives": alternatives, "leave_one_out": left, "leave_bloc_out": []}
    return Results(models={"main": {"outcome": "level"}}, robustness={"H": found})


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ({"sample": {"caveats": {"coders": [1]}}}, "coding"),
        ({"sample": {"reserved_from": 1}}, "coding"),
        ({"model": {"family": "logit", "outcome": "any"}}, "coding"),
        ({"variables": {"x": {"from": "y"}}}, "measure"),
        ({"model": {"with": ["map_pattern_1"]}}, "region"),
        ({"model": {"with": ["distance_to_brussels"]}}, "region"),
        ({"sample": {"evidence": ["A"]}}, "grade"),
        ({"sample": {"universe": "democracies"}}, "sample"),
        ({"model": {"where": {"operation": ["isaf"]}, "fixed_effects": []}}, "sample"),
        ({"operations": {"isaf": {"baseline_year": 2001}}}, "sample"),
        ({"model": {"without": ["standard"]}}, "model"),
    ],
)
def test_kind_of_an_alternative(spec: dict[str, Any], kind: str) -> None:
    assert doubts.kind(spec) == kind


def test_the_most_harmful_kind_comes_first_whatever_the_order_of_the_config() -> None:
    found = results(
        row(0.1, 0.9, name="one", label="Only A"),
        row(0.1, 0.2, name="two", label="Regions"),
        row(-0.1, 0.3, name="three", label="Components"),
    )
    turned = doubts.turns(ENTRY, CONFIG, found, 0.05)
    assert [part.kind for part in turned] == ["region", "grade", "measure"]
    kind, words = doubts.strongest(ENTRY, CONFIG, found, 0.05)
    assert kind == "Regions and blocs"
    assert words.startswith("with “Regions”, difference of probabilities +0.100")
    assert words.endswith("; 1 of 1 of this kind turns it")


def test_within_a_kind_the_farthest_against_the_claim_comes_first() -> None:
    found = results(
        row(0.15, 0.9, name="three", label="Weak"),
        row(-0.3, 0.2, name="three", label="Other sign"),
        row(0.01, 0.95, name="three", label="Near null"),
    )
    (part,) = doubts.turns(ENTRY, CONFIG, found, 0.05)
    assert [turn.label for turn in part.rows] == ["Other sign", "Near null", "Weak"]
    _, words = doubts.strongest(ENTRY | {"power_at_smallest": 0.9}, CONFIG, found, 0.05)
    assert words.startswith("with “Other sign”")
    assert "3 of 3" in words


def test_a_separated_fit_is_no_estimate() -> None:
    entry = ENTRY | {"scale": "log odds", "power_at_smallest": 0.9}
    found = results(
        row(-9.9, 0.9, name="three", label="Separated"),
        row(0.1, 0.9, name="three", label="Weak"),
    )
    _, words = doubts.strongest(entry, CONFIG, found, 0.05)
    assert words.startswith("with “Weak”")
    assert words.endswith("1 of 2 of this kind turns it, 1 cannot be estimated (separated)")


def test_a_reading_that_was_primary_before_is_no_doubt() -> None:
    config = {"robustness": {"old": {"primary_until": "2026-01-01", "sample": {"caveats": {}}}}}
    found = results(row(0.1, 0.9, name="old", label="Old"))
    assert doubts.turns(ENTRY, config, found, 0.05) == []


def test_nothing_that_turns_is_left_out_and_what_agrees_is_not_listed() -> None:
    found = results(row(0.3, 0.001, name="one", label="Same"), states=60)
    (states,) = doubts.turns(ENTRY, CONFIG, found, 0.05)
    assert (states.kind, len(states.rows), states.tried) == ("state", 60, 60)
    assert states.rows[0].label == "Without S00"


def test_power_is_the_doubt_where_no_alternative_turns() -> None:
    kind, words = doubts.strongest(ENTRY, CONFIG, results(states=1), 0.05)
    assert kind == "Power"
    assert "only 40.0% of samples" in words
    enough = {**ENTRY, "power_at_smallest": 0.9}
    assert doubts.strongest(enough, CONFIG, results(), 0.05) == ("", "")
    assert doubts.strongest({**ENTRY, "estimate": None}, CONFIG, results(), 0.05) == ("", "")


def test_a_selection_model_that_decides_otherwise_comes_before_the_grade() -> None:
    found = results(row(0.1, 0.9, name="one", label="Only A"))
    of = {"outcome": "level", "selection": {"outcome": "in"}, "status": "ok", "label": "Heckman"}
    found.models["sel"] = of | {"rows": [row(0.1, 0.5, kind="coefficient", term="fear")]}  # type: ignore[index]
    kind, words = doubts.strongest(ENTRY, CONFIG, found, 0.05)
    assert (kind, words) == (
        "Selection into the coalition", "Heckman: coefficient +0.10 (p = 0.500)"
    )  # fmt: skip


def test_what_a_run_lacks() -> None:
    full = {
        "run": "main", "hypotheses": {"H": {}}, "specification_curve": {"choices": {"a": {}}},
        "inference": {"replicates": 9999, "permutations": 9999}, "uncertainty": {"draws": 20},
    }  # fmt: skip
    assert completeness.missing(full) == []
    quick = {**full, "run": "quick", "inference": {"replicates": 499}, "specification_curve": {}}
    lacks = completeness.missing(quick)
    assert len(lacks) == 3
    assert lacks[1].startswith("only 499 resamples")
    assert lacks[2] == "no specification curve"
    assert completeness.missing({**quick, "hypotheses": {}}) == []
