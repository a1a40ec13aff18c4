"""What a card says that a verdict depends on, from estimates made up for it."""

from __future__ import annotations

from typing import Any

import pytest
from coalition.outputs.report.fragility import fragility
from coalition.outputs.report.report_results import Results

ENTRY = {
    "hypothesis": "H", "model": "main", "term": "fear", "sign": 1, "scale": "probability",
    "estimate": 0.2, "p_value": 0.01, "p_holm": 0.03,
    "flips_sign": [], "flips_holm": ["GEO"], "bloc_flips": ["nato"], "bloc_flips_holm": [],
    "left_out_low": 0.1, "left_out_high": 0.3,
    "power_at_smallest": 0.4, "power_target": 0.8, "type_m_at_smallest": 1.64,
    "detectable_effect": 0.25,
}  # fmt: skip


def other(label: str, estimate: float | None, p_value: float | None) -> dict[str, Any]:
    return {
        "label": label,
        "status": "failed" if estimate is None else "ok",
        "estimate": estimate,
        "p_value": p_value,
    }


def method(name: str, p_holm: float | None, linear: bool = False) -> dict[str, Any]:
    return {"method": name, "p_holm": p_holm, "linear": linear}


def with_selection(status: str, term: str = "fear", outcome: str = "level") -> dict[str, Any]:
    rows = [("coefficient", term, 0.43, 0.205), ("auxiliary", "rho", -0.65, 0.0001)]
    return {
        "label": f"Selection, {status}", "outcome": outcome, "status": status, "terms": [term],
        "selection": {"outcome": "joined"},
        "rows": [dict(zip(("kind", "term", "estimate", "p_value"), row,
        strict=True)) for row in rows],
    }  # fmt: skip


def texts(models: dict[str, Any] | None = None, **changes: Any) -> dict[str, str]:
    alternatives = [
        other("One", 0.3, 0.001),
        other("Two", -0.1, 0.4),
        other("Three", 0.1, 0.2),
        other("Gone", None, None),
    ]
    blocs = [
        other("NATO", 0.05, 0.3) | {"left_out": "nato"},
        other("EU", 0.2, 0.01) | {"left_out": "eu"},
    ]
    of_methods = [
        method("primary", 0.03),
        method("cr2", 0.065),
        method("linear_cr2", 0.07, True),
        method("firth", None),
        method("cr3", 0.01),
    ]
    results = Results(
        models={"main": {"outcome": "level"}, **(models or {})},
        robustness={"H": {"alternatives": alternatives, "leave_bloc_out": blocs}},
        inference={"H": {"rows": of_methods}},
    )
    found = fragility({**ENTRY, **changes}, results, 0.05)
    return {part.label: part.text.replace("\N{MINUS SIGN}", "-") for part in found}


def test_alternatives_are_counted_by_sign_and_by_significance() -> None:
    assert texts()["Alternatives"] == (
        "1 of 3 without the predicted sign; 2 of 3 not significant at 0.05 before adjustment."
    )


def test_states_blocs_and_methods_that_decide_otherwise() -> None:
    found = texts()
    assert "+0.100 to +0.300, and none changes the sign" in found["Single states"]
    assert found["Single states"].endswith("turns without GEO.")
    assert found["Blocs"].endswith(
        "sign or significance before adjustment turns without NATO (difference of probabilities "
        "+0.050, p = 0.300)."
    )
    assert found["Methods of inference"] == (
        "The Holm-adjusted p is not below 0.05 by 2 of 3 others: CR2 (0.065); linear model, CR2 "
        "(0.070)."
    )


def test_of_an_undecided_hypothesis_the_methods_below_the_level_are_named() -> None:
    assert texts(p_holm=0.09)["Methods of inference"] == (
        "The Holm-adjusted p is below 0.05 by 1 of 3 others: CR3, one Newton step (0.010)."
    )


def test_power_says_its_target_its_unit_and_the_exaggeration() -> None:
    found = texts()["Power"]
    assert "found in 40.0% of samples" in found
    assert "1.6 times its size" in found
    assert found.endswith("80% power: difference of probabilities +0.250.")
    assert texts(detectable_effect=None)["Power"].endswith("no simulated effect reached 80% power.")
    assert "Power" not in texts(power_at_smallest=None)


def test_selection_is_of_the_same_outcome_and_term() -> None:
    assert "Selection into the coalition" not in texts()
    models = {
        "a": with_selection("ok"),
        "b": with_selection("failed"),
        "c": with_selection("ok", outcome="troops"),
        "d": with_selection("ok", "risk"),
    }
    assert texts(models)["Selection into the coalition"] == (
        "Selection, ok: coefficient +0.43 (p = 0.205), correlation of the errors (rho) -0.65 (p < "
        "0.001); 1 other model could not be estimated."
    )


@pytest.mark.parametrize("part", ["estimate", "p_value"])
def test_without_an_estimate_nothing_hangs_on_anything(part: str) -> None:
    assert texts(**{part: None}) == {}


def test_every_reading_of_a_caveat_and_the_reading_of_before_stand_on_the_card() -> None:
    config = {
        "robustness": {
            "coded": {"label": "As coded", "sample": {"caveats": {"what_was_sent": "as_coded"}}},
            "none": {"label": "None", "sample": {"caveats": {"what_was_sent": "none"}}},
            "first": {
                "label": "First reading",
                "primary_until": "2026-11-26",
                "sample": {"caveats": {"what_was_sent": "as_coded", "combine": "median"}},
            },
        },
        "models": {"main": {"sample": "s"}},
        "samples": {"s": {"caveats": {"what_was_sent": "says_nothing"}}},
    }
    alternatives = [
        other("As coded", 0.3, 0.001) | {"name": "coded", "n": 86},
        other("None", -0.1, 0.4) | {"name": "none", "n": 86},
        other("First reading", 0.31, 0.002) | {"name": "first", "n": 85},
    ]
    results = Results(
        models={"main": {"outcome": "level"}},
        robustness={"H": {"alternatives": alternatives, "leave_bloc_out": []}},
    )
    found = fragility({**ENTRY, "n": 80, "bloc_flips": []}, results, 0.05, config)
    words = {part.label: part.text.replace("\N{MINUS SIGN}", "-") for part in found}
    construct = words["What a caveat is"]
    assert "says nothing of caveats (primary): difference of probabilities +0.200" in construct
    assert "counts as it was coded: difference of probabilities +0.300" in construct
    assert "means that there is no caveat: difference of probabilities -0.100" in construct
    earlier = words["Changed when results were known"]
    assert "2026-11-26" in earlier
    assert "+0.310" in earlier
    assert "+0.200" in earlier
    assert "What a caveat is" not in {
        part.label for part in fragility({**ENTRY, "n": 80, "bloc_flips": []}, results, 0.05)
    }
