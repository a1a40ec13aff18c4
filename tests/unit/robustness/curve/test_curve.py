"""Every point of a curve is what the ordinary analysis gives with the options' settings in the
config.
"""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from coalition.base import files
from coalition.base.errors import Problems as Mistakes
from coalition.commands import check_report
from coalition.config import checks
from coalition.config import settings as configuration
from coalition.config.settings import labels, patched
from coalition.data import ingest
from coalition.estimators.design_matrix import prepare
from coalition.estimators.estimate import estimate
from coalition.estimators.fit_types import EstimationFailure
from coalition.estimators.primary_test import primary_effect
from coalition.formula.terms import Factor
from coalition.outputs import sentences
from coalition.robustness import curve, refit
from coalition.robustness.curve import curve_effects, permuted_blocks
from coalition.robustness.curve.curve_problems import Problem, Problems
from coalition.robustness.curve.specifications import Specification, choices, combinations
from coalition.samples import country_operations

AGREEMENT = 1e-6
"""Contrasts take their errors from numerical derivatives in the ordinary analysis, which are right
to nine digits or so.
"""


@cache
def config() -> dict:
    return configuration.main()


@cache
def tables() -> dict:
    problems = Mistakes()
    found = ingest.everything(config(), problems)
    problems.stop()
    return found


def by_the_ordinary_way(specification: Specification, hypothesis: str) -> dict:
    primary, changed = config()["hypotheses"][hypothesis]["primary"], config()
    for option in specification.options:
        changed = patched(changed, option.patch, primary["model"])
    model = changed["models"][primary["model"]]
    table = country_operations.build(changed, model["sample"], tables(), describe=False).table
    return primary_effect(
        estimate(primary["model"], model, table, labels(changed), marginal_effects=False), primary
    )


@pytest.mark.long_after(1)
@pytest.mark.parametrize("hypothesis", ["H1", "H2", "H2b", "H3"])
def test_the_primary_test_and_random_points_equal_the_ordinary_analysis(hypothesis: str) -> None:
    every = combinations(config(), hypothesis)
    drawn = [
        every[0],
        *(every[place] for place in np.random.default_rng(5).choice(len(every), 3, replace=False)),
    ]
    data, compared = Problems(config(), hypothesis, tables()), 0
    for specification in drawn:
        try:
            problem = data.problem(specification)
        except EstimationFailure:
            continue
        found = curve_effects.fit([problem], config()["hypotheses"][hypothesis]["primary"])
        expected = by_the_ordinary_way(specification, hypothesis)
        if found.status[0] != "ok":
            assert expected["estimate"] is None
            continue
        compared += 1
        assert len(problem.design.y) == expected["n"]
        assert found.estimate[0] == pytest.approx(
            expected["estimate"], rel=AGREEMENT, abs=AGREEMENT
        )
        assert found.p_value[0] == pytest.approx(expected["p_value"], rel=1e-4, abs=AGREEMENT)
    assert compared >= 2


@pytest.mark.long
@pytest.mark.parametrize("hypothesis", ["H1", "H2", "H3"])
def test_neighbours_change_no_digit_of_a_specification(hypothesis: str) -> None:
    primary = config()["hypotheses"][hypothesis]["primary"]
    data, problems = Problems(config(), hypothesis, tables()), []
    for specification in combinations(config(), hypothesis)[::97]:
        with suppress(EstimationFailure):
            problems.append(data.problem(specification))
    assert len(problems) > 8
    assert len({len(problem.design.y) for problem in problems}) > 1
    together, half = curve_effects.fit(problems, primary), curve_effects.fit(problems[::2], primary)
    np.testing.assert_array_equal(together.estimate[::2], half.estimate)
    np.testing.assert_array_equal(together.std_error[::2], half.std_error)
    for whole, alone in zip(
        curve.restricted_fits(problems)[::2], curve.restricted_fits(problems[::2]), strict=True
    ):
        np.testing.assert_array_equal(whole, alone)


def ordinary(changed: dict, hypothesis: str) -> dict:
    """Return the primary effect as the estimates and the robustness files have it."""
    primary = changed["hypotheses"][hypothesis]["primary"]
    model = changed["models"][primary["model"]]
    table = country_operations.build(changed, model["sample"], tables(), describe=False).table
    return primary_effect(
        estimate(primary["model"], model, table, labels(changed), marginal_effects=False), primary
    )


def agree(problem: Problem, primary: dict, expected: dict) -> None:
    found = curve_effects.fit([problem], primary)
    assert found.status[0] == "ok"
    assert len(problem.design.y) == expected["n"]
    assert found.estimate[0] == pytest.approx(expected["estimate"], rel=AGREEMENT, abs=AGREEMENT)
    assert found.std_error[0] == pytest.approx(expected["std_error"], rel=1e-4)


@pytest.mark.long
def test_choices_whose_options_share_a_name_share_no_measures() -> None:
    changed = copy.deepcopy(config())
    robust = changed["robustness"]
    patches = {"year": robust["baseline_2001"], "universe": robust["democracies"]}
    changed["specification_curve"]["choices"] = {
        name: {
            "label": name,
            "options": {
                "no": {"label": "No", "argument": "."},
                "yes": {**patch, "label": "Yes", "argument": "."},
            },
        }
        for name, patch in patches.items()
    }
    for choice in changed["specification_curve"]["choices"].values():
        choice["options"]["yes"].pop("hypotheses", None)
    data, primary = Problems(changed, "H1", tables()), changed["hypotheses"]["H1"]["primary"]
    seen = set()
    for specification in combinations(changed, "H1"):
        laid = changed
        for option in specification.options:
            laid = patched(laid, option.patch, primary["model"])
        expected = ordinary(laid, "H1")
        agree(data.problem(specification), primary, expected)
        seen.add(expected["estimate"])
    assert len(seen) == 4


@pytest.mark.long_after(1)
@pytest.mark.parametrize(
    "change",
    [
        {
            "family": "firth_logit",
            "terms": ["factor(veto_players)", "abandonment", "military_personnel"],
        },
        {
            "terms": [
                "military_personnel",
                "abandonment:factor(nato_membership)",
                "factor(nato_membership)",
                "abandonment",
            ],
            "cluster": None,
        },
        {"terms": ["factor(nato_membership)", "square(abandonment)", "democracy"]},
    ],
)
def test_the_tested_column_is_found_wherever_it_stands(change: dict) -> None:
    changed = copy.deepcopy(config())
    primary = changed["hypotheses"]["H1"]["primary"]
    model = changed["models"][primary["model"]]
    model |= change
    primary["term"] = next(
        term for term in model["terms"] if term in ("abandonment", "square(abandonment)")
    )
    problem = Problems(changed, "H1", tables()).problem(combinations(changed, "H1")[0])
    assert problem.design.names[problem.focal[0]] == primary["term"]
    agree(problem, primary, ordinary(changed, "H1"))


@pytest.mark.long_after(1)
@pytest.mark.parametrize("hypothesis", ["H1", "H2", "H3"])
def test_the_curve_has_the_design_of_the_ordinary_analysis(hypothesis: str) -> None:
    name = config()["hypotheses"][hypothesis]["primary"]["model"]
    model = config()["models"][name]
    problem = Problems(config(), hypothesis, tables()).problem(
        combinations(config(), hypothesis)[0]
    )
    prepared = prepare(
        country_operations.build(config(), model["sample"], tables(), describe=False).table,
        model,
        {},
    )
    alike = refit.problem_of(prepared, model, config()["hypotheses"][hypothesis]["primary"])
    for part in ("names", "levels", "products"):
        assert getattr(problem.design, part) == getattr(alike.design, part)
    for part in ("y", "X"):
        np.testing.assert_array_equal(getattr(problem.design, part), getattr(alike.design, part))
    assert problem.focal == alike.focal


UNKNOWN = [
    ({"weights": "population"}, "weights"),
    ({"fixed_effects": ["operation", "iso3"]}, "fixed effects of iso3"),
    ({"cluster": "operation"}, "clusters other than states"),
    ({"cluster": ["iso3", "operation"]}, "clusters other than states"),
    ({"covariance": "hc1"}, "the covariance hc1"),
    ({"correction": "none"}, "the correction none"),
    ({"constant": False}, "without a constant"),
    ({"family": "ols"}, "the family ols"),
]


@pytest.mark.parametrize(("change", "said"), UNKNOWN)
def test_no_curve_is_made_of_what_the_solver_does_not_know(change: dict, said: str) -> None:
    changed = copy.deepcopy(config())
    assert "H1" in configuration.curve_hypotheses(changed)
    changed["models"][changed["hypotheses"]["H1"]["primary"]["model"]] |= change
    assert "H1" not in configuration.curve_hypotheses(changed)
    assert said in configuration.without_curve(changed, "H1")
    with pytest.raises(EstimationFailure, match=said) as failure:
        Problems(changed, "H1", tables()).problem(combinations(changed, "H1")[0])
    assert failure.value.kind == "unknown_setting"


def test_a_figure_of_a_curve_that_is_not_made_is_refused_with_the_reason() -> None:
    changed = copy.deepcopy(config())
    changed["models"][changed["hypotheses"]["H1"]["primary"]["model"]] |= {"weights": "population"}
    with pytest.raises(
        Mistakes, match=r"figures\.curve_h1[\s\S]*H1 has no\s+specification\s+curve[\s\S]*weights"
    ) as found:
        checks.check(changed)
    refused = [problem.place.removeprefix("figures.") for problem in found.value.found]
    changed["figures"] = {
        name: figure for name, figure in changed["figures"].items() if name not in refused
    }
    checks.check(changed)
    said = check_report.specification_curves(changed)
    assert any(
        line.startswith("H1: none, because its primary model has") and "weights" in line
        for line in said.lines
    )
    assert check_report.specification_curves(config()).lines == ()


def test_a_curve_without_any_specification_says_so() -> None:
    changed = small()
    changed["specification_curve"]["rows_per_parameter"] = 10_000
    found = files.plain(curve.curve(changed, "H1", tables(), lambda text: None))
    test = found["joint_test"]
    assert (test["specifications"], test["p_value"], test["observed"]) == (
        0,
        [None] * 3,
        [None] * 3,
    )
    assert found["summary"]["n"] == found["counts"]["specifications"] == 0
    assert list(found["counts"]["impossible"]) == ["too_few_rows"]
    assert sentences.joint(found).startswith("No joint test")
    assert curve.tidy(found).empty


def test_what_many_share_can_not_be_changed() -> None:
    data = Problems(config(), "H1", tables())
    table = data.measured(combinations(config(), "H1")[0])
    y = data.problem(combinations(config(), "H1")[0]).design.y
    for shared in (
        y,
        table.mask({}),
        *table.column({}, Factor("abandonment")),
        table.column({}, Factor("democracy"))[1],
    ):
        with pytest.raises(ValueError, match="read-only"):
            shared[0] = shared[1]


def test_what_columns_are_called_is_part_of_the_key() -> None:
    problem = Problems(config(), "H3", tables()).problem(combinations(config(), "H3")[0])
    other = problem.design.names[::-1]
    for change in ({"names": other}, {"products": ()}, {"levels": problem.design.levels[::-1]}):
        assert replace(problem, design=replace(problem.design, **change)).key != problem.key


def small(share: float = 0.004, permutations: int = 19) -> dict:
    changed = copy.deepcopy(config())
    changed["specification_curve"] |= {"share": share, "permutations": permutations}
    return changed


def test_a_drawn_share_has_the_primary_test_first_and_is_the_same_every_time() -> None:
    first, second = (combinations(small(0.1), "H1") for _ in range(2))
    every = combinations(config(), "H1")
    assert [one.names for one in first] == [one.names for one in second]
    assert first[0].names == every[0].names
    assert len(first) == 1 + round(0.1 * (len(every) - 1))
    assert not any(option.patch for option in first[0].options)


def test_there_are_five_thousand_combinations_at_least() -> None:
    assert (
        sum(len(combinations(config(), name)) for name in configuration.curve_hypotheses(config()))
        >= 5000
    )


def test_the_content_adds_up() -> None:
    said: list[str] = []
    found = curve.curve(small(), "H1", tables(), said.append)
    counts, table = found["counts"], curve.tidy(found)
    assert counts["combinations"] == counts["specifications"] + counts["duplicates"] + sum(
        counts["impossible"].values()
    )
    assert (
        counts["specifications"] == counts["fitted"] + sum(counts["failed"].values()) == len(table)
    )
    fitted = table["estimate"].dropna()
    assert found["summary"]["median"] == pytest.approx(fitted.median())
    assert found["summary"]["sign_share"] == pytest.approx((fitted > 0).mean())
    assert list(table.columns[1 : 1 + len(found["choices"])]) == list(choices(config(), "H1"))
    assert (table["status"] == "ok").eq(table["estimate"].notna()).all()
    assert said[-1] == "done"
    assert found["joint_test"]["permutations"] == 19
    assert min(found["joint_test"]["p_value"]) >= 1 / 20


def test_options_that_change_nothing_are_counted_once() -> None:
    changed = small(1.0)
    same = {
        "label": "Same",
        "argument": "None.",
        "model": {"where": {"operation": ["isaf", "iraq"]}},
    }
    options = {"first": {"label": "First", "argument": "None."}, "same": same}
    changed["specification_curve"]["choices"] = {"only": {"label": "Only", "options": options}}
    counts = curve.curve(changed, "H1", tables(), lambda text: None)["counts"]
    assert (counts["combinations"], counts["duplicates"], counts["specifications"]) == (2, 1, 1)


def option_of(model: dict, hypothesis: str = "H1") -> dict:
    options = {
        "a": {"label": "A", "argument": "."},
        "b": {"label": "B", "argument": ".", "model": model},
    }
    return {"x": {"label": "L", "hypotheses": [hypothesis], "options": options}}


def test_an_option_may_take_out_the_product_of_contrasts() -> None:
    changed = copy.deepcopy(config())
    changed["specification_curve"]["choices"] = option_of(
        {"without": ["abandonment:entrapment"]}, "H3"
    )
    changed["figures"] = {
        name: figure
        for name, figure in changed["figures"].items()
        if figure.get("hypothesis") in (None, "H3")
    }
    checks.check(changed)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"estimate": {"label": "L", "options": {"a": {"label": "A", "argument": "."},
        "b": {"label": "B", "argument": "."}}}}, "column"),
        ({"x": {"label": "L", "options": {"a": {"label": "A", "argument": ".", "sample": {}},
        "b": {"label": "B", "argument": "."}}}}, "first"),
        ({"x": {"label": "L", "options": {"a": {"label": "A", "argument": "."},
        "b": {"alternative": "frith", "argument": "."}}}}, "firth"),
        ({"x": {"label": "L", "options": {"a": {"label": "A", "argument": "."},
        "b": {"argument": "."}}}}, "'label' is missing"),
        (
            {"x": {"label": "L", "options": {"a": {"label": "A", "argument": "."},
            "b": {"label": "B", "argument": ".", "model": {"family": "ols"}}}}},
            "family of the specification curve",
        ),
        (
            {"x": {"label": "L", "hypotheses": ["H1"], "options": {
                "a": {"label": "A", "argument": "."},
                "b": {"label": "B", "argument": ".",
                "model": {"with": ["abandonment:entrapment"]}}}}},
            "part of a product",
        ),
        (option_of({"with": ["square(abandonment)"]}), "of another transform"),
        (option_of({"with": ["square(abandonment)"]}, "H3"), "of another transform"),
        (option_of({"fixed_effects": ["operation", "iso3"]}), "fixed effects of iso3"),
        (option_of({"cluster": "operation"}), "clusters other than states"),
        (option_of({"covariance": "hc1"}), "the covariance hc1"),
    ],
)  # fmt: skip
def test_mistakes_in_the_choices_are_named(change: dict, message: str) -> None:
    changed = copy.deepcopy(config())
    changed["specification_curve"]["choices"] = change
    with pytest.raises(Mistakes, match=message):
        checks.check(changed)


@pytest.mark.parametrize(("hypothesis", "term"), [("H1", "abandonment"), ("H3", "entrapment")])
def test_an_option_without_what_is_tested_is_counted_not_fitted(hypothesis: str, term: str) -> None:
    """Such as "no controls", for a hypothesis about one of the controls."""
    changed = copy.deepcopy(config())
    changed["specification_curve"]["choices"] = option_of({"without": [term]}, hypothesis)
    changed["figures"] = {}
    checks.check(changed)
    specifications = combinations(changed, hypothesis)
    data = Problems(changed, hypothesis, tables())
    assert len(data.problem(specifications[0]).design.y) > 0
    with pytest.raises(EstimationFailure, match="lacks what is tested"):
        data.problem(specifications[1])


@pytest.mark.long
@pytest.mark.parametrize("hypothesis", ["H2", "H3"])
def test_shards_and_passes_make_the_same_bytes(
    hypothesis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three blocks of permutations, the last one shorter; small blocks show it as large ones do."""
    monkeypatch.setattr(permuted_blocks, "BLOCK", 8)
    kept = (
        "entrapment",
        "controls",
        "outcome",
        "interaction",
    )  # other choices only add samples to build
    every = config()["specification_curve"]["choices"]
    about = {
        "share": 0.5,
        "permutations": 20,
        "choices": {name: every[name] for name in kept},
    }
    changed = config() | {"specification_curve": config()["specification_curve"] | about}

    def silent(_: str) -> None:
        pass

    def made(shards: int) -> str:
        parts = [
            json.dumps(
                curve.to_store(curve.shard(changed, hypothesis, tables(), silent, one, shards))
            )
            for one in range(shards)
        ]
        stored = [curve.stored(json.loads(part)) for part in parts]
        return files.digest(
            files.plain(curve.curve(changed, hypothesis, tables(), silent, stored or None))
        )

    whole = made(0)
    assert [made(shards) for shards in (1, 2, 5)] == [whole] * 3
    monkeypatch.setattr(permuted_blocks, "HELD", 0)  # one block at a time
    assert made(0) == whole
