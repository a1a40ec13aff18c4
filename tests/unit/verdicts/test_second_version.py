"""The second version of the verdict rule: each clause turned by a made example, and said where it
cannot be applied.
"""

from __future__ import annotations

import contextlib
import copy
import math
from pathlib import Path
from typing import Any

import pytest
from coalition.config import settings
from coalition.outputs import second_verdict
from coalition.verdicts import both_versions, claim_parts, second_version, valid_test
from scipy import stats

ROOT = Path(__file__).parents[3]
SETTINGS: dict[str, Any] = {
    "introduced": "2026-11-26",
    "reason": "Why.",
    "alpha": 0.05,
    "equivalence_level": 0.9,
    "levels": {"file": "x", "operations": ["isaf", "iraq"], "models": {"H1": "m", "H2": "m"}},
    "turns": {
        "region_effects": ["region_effects"],
        "construct": ["as_coded"],
        "shown": ["none"],
        "keeps": 0.5,
    },
    "regions": ["europe"],
    "confounders": ["wealth", ["democracy", "polyarchy"]],
    "without_region": "A clause of its own.",
    "option_share": 0.8,
    "runs_off": 5,
    "parts": {
        "H1": {
            "tighter": {"label": "tighter", "model": "m", "term": "fear"},
            "likely": {"label": "more likely", "model": "likely", "term": "fear"},
        }
    },
    "least_rows_per_slope": 10,
    "selection": {"correlations": [-0.6, 0.6], "models": {"H1": "selection"}},
}
LEVEL = {
    "method": "cluster",
    "size": 0.05,
    "size_error": 0.01,
    "draws": 1000,
    "holds": True,
    "rows": 80,
    "measured": "2026-11-26",
}
FIRST = {"rule": {"alpha": 0.05}}


def effect(estimate: float | None, error: float = 0.2, **others: Any) -> dict[str, Any]:
    if estimate is None:
        found: dict[str, Any] = dict.fromkeys(
            ("estimate", "std_error", "p_value", "conf_low", "conf_high")
        )
        return found | {"n": 80} | others
    return {
        "estimate": estimate,
        "std_error": error,
        "p_value": float(2 * stats.norm.sf(abs(estimate / error))),
        "conf_low": estimate - 1.96 * error,
        "conf_high": estimate + 1.96 * error,
        "n": 80,
    } | others


def model(name: str, estimate: float = 1.0, counts: Any = None, **others: Any) -> dict[str, Any]:
    row = {"kind": "coefficient", "term": "fear", "level": None, **effect(estimate)}
    return {
        "model": name,
        "family": "logit",
        "where": {},
        "n": 80,
        "n_by_level": {"0": 40, "1": 40} if counts is None else counts,
        "terms": ["fear"],
        "fixed_effects": [],
        "rows": [row],
    } | others


def curve() -> dict[str, Any]:
    """Two choices of two options; the first option of the second choice leaves `wealth` out."""
    return {
        "scale": "log odds",
        "sign": 1,
        "choices": [
            {
                "choice": "estimator",
                "label": "Estimator",
                "options": [{"name": n, "label": n, "argument": ""} for n in ("logit", "firth")],
            },
            {
                "choice": "controls",
                "label": "Controls",
                "options": [{"name": n, "label": n, "argument": ""} for n in ("none", "some")],
            },
        ],
        "options": {"estimator": [0, 0, 1, 1], "controls": [0, 1, 0, 1]},
        "terms": {"sets": [["fear"], ["fear", "wealth", "polyarchy"]], "of": [0, 1, 0, 1]},
        "specifications": {"estimate": [-9.0, 0.9, -9.0, 0.8], "status": ["ok"] * 4},
    }


def alternative(name: str, estimate: float | None) -> dict[str, Any]:
    return {"name": name, "label": f"With {name}"} | effect(estimate)


class Made:
    """A hypothesis that version 2 supports; a test changes one thing."""

    def __init__(self) -> None:
        primary = effect(1.0)
        self.entry: dict[str, Any] = {
            "hypothesis": "H1",
            "model": "m",
            "term": "fear",
            "sign": 1,
            "smallest_effect": math.log(1.5),
            **primary,
        }
        self.robustness: dict[str, Any] = {
            "alternatives": [
                alternative("region_effects", 0.9),
                alternative("as_coded", 0.8),
                alternative("none", -2.0),
            ],
            "leave_one_out": [{"left_out": "DNK"} | effect(0.95)],
            "leave_bloc_out": [
                {"left_out": "europe", "label": "Europe"} | effect(0.7, 0.4),
                {"left_out": "nato", "label": "NATO"} | effect(-3.0),
            ],
        }
        self.inference_row: dict[str, Any] = {
            "method": "primary",
            "term": "fear",
            "p_below_smallest": 0.99,
            "replicates": None,
            "not_fitted": None,
            "reason": None,
            **primary,
        }
        self.others = [
            {"method": "field_bootstrap", "reason": None, "term": "fear", "p_below_smallest": 0.9}
            | effect(1.0)
            | {"p_value": 0.2, "conf_low": -0.5, "conf_high": 2.5}
            | {"replicates": 199, "not_fitted": 4}
        ]
        self.models: dict[str, Any] = {
            "m": model("m"),
            "likely": model("likely"),
            "selection": model("selection", rows=self.assumed(0.5, 0.3, 0.1, -5.0)),
        }
        self.curves: dict[str, Any] = {"H1": curve()}
        self.levels: dict[str, Any] = {"H1": dict(LEVEL)}
        self.settings = copy.deepcopy(SETTINGS)
        self.operations = ["iraq", "isaf"]

    @staticmethod
    def assumed(*estimates: float) -> list[dict[str, Any]]:
        """The last of them at a correlation that is out of the range."""
        return [
            {"kind": "assumed_correlation", "term": "fear", "level": level} | effect(estimate)
            for level, estimate in zip(("-0.6", "0", "0.6", "0.9"), estimates, strict=True)
        ]

    def decide(self) -> dict[str, Any]:
        rows = [self.inference_row, *self.others]
        evidence = second_version.Evidence(
            robustness={"H1": self.robustness},
            inference={"hypotheses": [{"hypothesis": "H1", "rows": rows}]},
            curves=self.curves,
            models=self.models,
            levels=self.levels,
            lee_bounds=[
                {
                    "operation": "isaf",
                    "label": "ISAF",
                    "low": 0.1,
                    "high": 2.0,
                    "conf_low": 0,
                    "conf_high": 3,
                    "unadjusted": 1,
                }
            ],
            lee_measure="fear",
            operations=self.operations,
            design={"models": 1},
        )
        about, found = second_version.decide(
            FIRST | {"hypotheses": [self.entry]}, evidence, self.settings
        )
        extra = {"before": None, "simulated": None}
        entry = {**self.entry, "version_2": found["H1"] | extra}
        told = second_verdict.lines(entry, about)
        assert all(label and text for label, text in told)
        assert [label for label, _ in told] == [
            label for label in second_verdict.ORDER if label in dict(told)
        ]
        self.told = dict(told)
        return found["H1"]


@pytest.fixture
def made() -> Made:
    return Made()


def test_supported_when_every_clause_holds(made: Made) -> None:
    found = made.decide()
    assert (found["verdict"], found["not_applied"]) == ("supported", [])
    assert [part["verdict"] for part in found["parts"]] == ["supported", "supported"]
    assert not found["association"]


def fail_level(made: Made) -> None:
    made.levels["H1"] |= {"holds": False, "size": 0.431}


def fail_method(made: Made) -> None:
    made.levels["H1"] |= {"method": "field_bootstrap"}


def test_draws_without_an_estimate_stand_beside_the_p_value(made: Made) -> None:
    fail_method(made)
    made.decide()
    assert "p = 0.200" in made.told["Decided by"]
    assert "; 4 of 199 draws have no estimate" in made.told["Decided by"]
    assert "95% interval" in made.told["Decided by"]
    made.others[0] |= {"conf_low": None, "conf_high": None}
    made.decide()
    assert "so that the interval has no ends" in made.told["Decided by"]


def fail_missing(made: Made) -> None:
    made.levels["H1"] |= {"method": "scpc"}


def fail_region_share(made: Made) -> None:
    made.robustness["alternatives"][0] |= effect(0.49)


def fail_region_sign(made: Made) -> None:
    made.robustness["alternatives"][0] |= effect(-0.9)


def fail_construct(made: Made) -> None:
    made.robustness["alternatives"][1] |= effect(0.3)


def fail_sign(made: Made) -> None:
    made.entry |= effect(-0.1)


def fail_flip(made: Made) -> None:
    made.robustness["leave_one_out"][0] |= effect(0.3)


def fail_no_estimate_without(made: Made) -> None:
    made.robustness["leave_one_out"][0] |= effect(None)


def fail_region_out_sign(made: Made) -> None:
    made.robustness["leave_bloc_out"][0] |= effect(-0.1, 2.0)


def fail_region_out_interval(made: Made) -> None:
    made.robustness["leave_bloc_out"][0] |= effect(0.3, 0.1)


def fail_share(made: Made) -> None:
    made.curves["H1"]["specifications"]["estimate"][3] = -0.1


def fail_runs_off(made: Made) -> None:
    made.curves["H1"]["specifications"]["estimate"][3] = 5.1


def fail_separated(made: Made) -> None:
    made.curves["H1"]["specifications"]["estimate"][3] = None
    made.curves["H1"]["specifications"]["status"][3] = "separation"


def fail_median(made: Made) -> None:
    made.curves["H1"]["specifications"]["estimate"] = [9.0, 0.3, 9.0, 0.3]


def fail_confounders(made: Made) -> None:
    made.settings["confounders"] = ["rainfall"]


def fail_part(made: Made) -> None:
    made.models["likely"]["rows"][0] |= effect(0.1)


def fail_part_sign(made: Made) -> None:
    made.models["likely"]["rows"][0] |= effect(-1.0)


def fail_every_part(made: Made) -> None:
    for name in ("m", "likely"):
        made.models[name]["n_by_level"] = {"0": 3, "1": 77}


def fail_selection(made: Made) -> None:
    made.models["m"]["where"] = {"participated": [1]}
    made.models["selection"]["rows"] = made.assumed(0.5, 0.3, -0.1, 0.2)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (fail_level, "no valid test: the least oversized rejects in 43.10% of worlds"),
        (fail_method, "after adjustment p = 0.200, not below 0.05"),
        (fail_missing, "the test that decides has no p-value (the run did not make this test)"),
        (fail_region_share, "under with region_effects 49.0% of the estimate is left"),
        (fail_region_sign, "under with region_effects the sign is lost"),
        (fail_construct, "under with as_coded 30.0% of the estimate is left"),
        (fail_sign, "has not the predicted sign"),
        (fail_flip, "without DNK alone"),
        (fail_no_estimate_without, "without DNK alone"),
        (fail_region_out_sign, "without Europe (80 rows left) the sign is lost"),
        (fail_region_out_interval, "the interval does not contain the estimate of the whole"),
        (fail_share, "kept in 50.0% of the specifications, less than 80%"),
        (fail_runs_off, "kept in 50.0% of the specifications"),
        (fail_separated, "kept in 50.0% of the specifications"),
        (fail_median, "does not reach the smallest effect of interest"),
        (fail_confounders, "no specification has every declared confounder"),
        (fail_part, "is undecided"),
        (fail_part_sign, "is contradicted"),
        (fail_every_part, "no part of the claim can be tested"),
        (fail_selection, "lost at 0.6"),
    ],
)
def test_each_clause_can_turn_a_verdict(made: Made, change: Any, reason: str) -> None:
    change(made)
    found = made.decide()
    assert found["verdict"] == "undecided"
    assert any(reason in sentence for sentence in found["reasons"]), found["reasons"]


def absent_level(made: Made) -> None:
    made.operations = ["kosovo1999"]


def absent_level_of_model(made: Made) -> None:
    made.settings["levels"]["models"]["H1"] = "another"


def absent_design(made: Made) -> None:
    made.levels["H1"] |= {"rows": 77}


def absent_curve(made: Made) -> None:
    made.curves = {}


def absent_regions(made: Made) -> None:
    made.robustness["leave_bloc_out"] = []


def absent_region_effects(made: Made) -> None:
    del made.robustness["alternatives"][0]


def absent_region_estimate(made: Made) -> None:
    made.robustness["alternatives"][0] |= effect(None)


def absent_construct(made: Made) -> None:
    del made.robustness["alternatives"][1]


def absent_part(made: Made) -> None:
    del made.models["likely"]


def absent_rows(made: Made) -> None:
    made.models["likely"]["n_by_level"] = {"0": 2, "1": 36}


def half_selection(made: Made) -> None:
    made.models["m"]["where"] = {"participated": [1]}
    del made.models["selection"]["rows"][0]


def absent_selection(made: Made) -> None:
    made.models["m"]["where"] = {"participated": [1]}
    del made.models["selection"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (absent_level, "no test's level was measured for this design"),
        (absent_level_of_model, "no test's level was measured for this design"),
        (absent_design, "measured at an earlier state of the design: 77 rows, now 80"),
        (absent_curve, "no specification curve for this hypothesis"),
        (absent_regions, "no blocs that are regions"),
        (absent_region_effects, "no alternative for this hypothesis named region_effects"),
        (absent_region_estimate, "has no estimate, so it turns nothing"),
        (absent_construct, "no alternative for this hypothesis named as_coded"),
        (absent_part, "its model is not in this run"),
        (absent_rows, "not testable with these data (2.0 rows of the rarer outcome"),
        (absent_selection, "no declared model assumes its correlation"),
        (half_selection, "correlations from 0.0 to 0.6 are assumed, and not all from"),
    ],
)
def test_what_can_not_be_applied_is_said(made: Made, change: Any, sentence: str) -> None:
    change(made)
    found = made.decide()
    assert found["verdict"] == "supported"
    assert any(sentence in text for text in found["not_applied"]), found["not_applied"]
    assert second_verdict.verdict(found) == "Supported, as far as the rule could be applied"


def test_a_hypothesis_without_an_estimate_is_undecided(made: Made) -> None:
    made.entry |= effect(None)
    made.inference_row |= effect(None) | {"reason": "separation", "p_below_smallest": None}
    found = made.decide()
    assert found["verdict"] == "undecided"
    assert "the primary model could not be estimated" in found["reasons"]
    assert found["flips_holm"] is None


def test_what_is_only_shown_turns_nothing(made: Made) -> None:
    found = made.decide()
    (shown,) = (row for row in found["turns"] if row["kind"] == "shown")
    assert (shown["share_kept"], shown["turns"]) == (-2.0, None)


def test_contradicted_by_the_opposite_sign_or_by_equivalence(made: Made) -> None:
    made.entry |= effect(-1.0)
    made.robustness["alternatives"] = []
    assert made.decide()["verdict"] == "contradicted"
    made = Made()
    made.inference_row["p_below_smallest"] = 0.01
    assert made.decide()["verdict"] == "contradicted"
    made.robustness["alternatives"][0] |= effect(0.1)  # it turns, so nothing is decided
    assert made.decide()["verdict"] == "undecided"


def test_the_largest_p_of_the_testable_parts_enters_holm(made: Made) -> None:
    made.models["likely"]["rows"][0] |= {"p_value": 0.03}
    found = made.decide()
    assert (found["p_entering"], found["p_holm"]) == (0.03, 0.03)
    made.models["likely"]["n_by_level"] = {"0": 2, "1": 36}
    assert made.decide()["p_entering"] == made.inference_row["p_value"]


def test_equivalence_and_support_are_adjusted_over_all_hypotheses() -> None:
    made = Made()
    second = {**made.entry, "hypothesis": "H2"}
    evidence = second_version.Evidence(
        robustness=dict.fromkeys(("H1", "H2"), made.robustness),
        inference={
            "hypotheses": [
                {
                    "hypothesis": name,
                    "rows": [made.inference_row | {"p_value": p, "p_below_smallest": p}],
                }
                for name, p in (("H1", 0.02), ("H2", 0.03))
            ]
        },
    )
    settings = made.settings | {"parts": {}}
    _, found = second_version.decide(
        FIRST | {"hypotheses": [made.entry, second]}, evidence, settings
    )
    assert found["H1"]["p_holm"] == found["H1"]["p_equivalence_holm"] == pytest.approx(0.04)
    assert found["H2"]["p_holm"] == pytest.approx(0.04)


def test_among_participants_it_is_an_association_with_lee_bounds(made: Made) -> None:
    made.models["m"]["where"] = {"participated": [1]}
    found = made.decide()
    assert found["association"]
    assert found["verdict"] == "supported"
    assert [row["correlation"] for row in found["selection"]] == [-0.6, 0.0, 0.6]
    assert found["lee_bounds"][0]["high"] == 2.0


def test_options_under_the_share_are_named_and_confounders_hold(made: Made) -> None:
    made.curves["H1"]["specifications"]["estimate"] = [9.0, 0.9, 9.0, -0.9]
    judged = made.decide()["curve"]
    by = {(row["choice"], row["option"]): row for row in judged["options"]}
    assert (judged["n"], judged["of"]) == (2, 4)
    assert by["estimator", "firth"]["sign_share"] == 0
    assert by["controls", "none"]["n"] == 0
    # estimator 1/2, controls 1/2 in its one option: each choice weighs one
    assert judged["sign_share"] == 0.5


def test_a_test_by_resampling_is_carried_over_to_states_left_out() -> None:
    whole = effect(1.0, 0.4)
    same, less = valid_test.without_each(whole, [whole, effect(0.5, 0.4)], 0.04)
    assert same["p_value"] == pytest.approx(0.04)
    factor = 2.5 / stats.norm.isf(0.02)
    assert less["p_value"] == pytest.approx(2 * stats.norm.sf(1.25 / factor))
    assert valid_test.without_each(whole, [effect(None)], 0.04)[0]["p_value"] is None
    assert valid_test.without_each(whole, [whole], 1.0)[0]["p_value"] == 1.0


def test_rows_of_the_rarer_outcome_by_hand() -> None:
    rows = [{"kind": "coefficient", "term": name} for name in ("const", "a", "b")]
    two = model("m", counts={"0": 30, "1": 50}) | {"rows": rows}
    assert claim_parts.room_for_slopes(two)["rows_per_slope"] == 15
    levels = {"a": 10, "b": 30, "c": 40}
    ordered = model("m", counts=levels) | {"rows": rows, "family": "ordered_logit"}
    # 80 - (1000 + 27000 + 64000) / 6400
    assert claim_parts.room_for_slopes(ordered)["rarer"] == pytest.approx(65.625)
    unordered = ordered | {"family": "multinomial_logit"}
    assert claim_parts.room_for_slopes(unordered)["rarer"] == 10
    counted = model("m", counts={}) | {"rows": rows, "family": "poisson"}
    assert claim_parts.room_for_slopes(counted)["rows_per_slope"] == 40
    failed = two | {"rows": [], "terms": ["a"], "fixed_effects": ["operation"]}
    assert claim_parts.room_for_slopes(failed)["slopes"] == 2
    constant = failed | {"n": None, "n_by_level": None}  # as of a model without a design
    assert claim_parts.room_for_slopes(constant)["rows_per_slope"] == 0


def test_the_hash_is_that_of_the_rule_and_the_resolved_design(made: Made) -> None:
    def hashed(settings: dict[str, Any], design: dict[str, Any]) -> str:
        evidence = second_version.Evidence({}, {"hypotheses": []}, design=design)
        return second_version.decide(FIRST | {"hypotheses": []}, evidence, settings)[0][
            "rule_sha256"
        ]

    first = hashed(made.settings, {"measures": {"fear": 1}})
    assert first == hashed(made.settings | {"reason": "In other words."}, {"measures": {"fear": 1}})
    assert first != hashed(made.settings, {"measures": {"fear": 2}})
    assert first != hashed(made.settings | {"runs_off": 4}, {"measures": {"fear": 1}})


def test_the_shipped_levels_name_one_method_a_hypothesis() -> None:
    levels = valid_test.levels_of(ROOT / "configs" / "levels.csv")
    assert set(levels) == {"H1", "H2", "H2b", "H3"}
    assert all(0 < level["size"] < 1 for level in levels.values())


def test_verdicts_as_printed_before_are_those_of_the_same_model_and_operations() -> None:
    path = str(ROOT / "configs" / "verdicts_1.csv")
    entry = {"hypothesis": "H2b", "model": "h1_logit_pooled"}
    rows = both_versions.records([path], ["isaf", "iraq"])
    before = both_versions.before(rows, entry)
    assert before is not None
    assert (before["verdict"], before["estimate"], before["n"]) == ("supported", -0.579, 358)
    assert both_versions.before(rows, entry | {"model": "another"}) is None
    assert both_versions.records([path], ["kosovo1999"]) == []


def test_what_the_shipped_rule_names_is_there() -> None:
    """A name that is in no run is said there; in the shipped config it is a mistake."""
    with contextlib.chdir(ROOT):
        config = settings.main()
    rule = config["verdict_2"]
    turns = (rule["turns"][kind] for kind in ("region_effects", "construct", "shown"))
    assert {name for names in turns for name in names} <= set(config["robustness"])
    assert set(rule["regions"]) <= set(config["blocs"])
    named = [of["model"] for parts in rule["parts"].values() for of in parts.values()]
    named += rule["selection"]["models"].values()
    assert {*named, *rule["levels"]["models"].values()} <= set(config["models"])
