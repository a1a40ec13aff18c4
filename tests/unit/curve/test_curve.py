"""Every point of a curve is what the ordinary analysis gives with the options' settings in the config."""

from __future__ import annotations

import copy
from functools import cache

import numpy as np
import pytest
from coalition import config as configuration
from coalition import consistency, curve, ingest, samples
from coalition.config import labels, patched
from coalition.curve import effects
from coalition.curve.problems import Problems
from coalition.curve.specifications import Specification, choices, combinations
from coalition.errors import Problems as Mistakes
from coalition.estimate import estimate
from coalition.fits import EstimationFailure
from coalition.verdicts import primary_effect

AGREEMENT = 1e-6
"""Contrasts take their errors from numerical derivatives in the ordinary analysis, which are right to nine digits or so."""


@cache
def config() -> dict:
    return configuration.read("config.yaml")


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
    table = samples.build(changed, model["sample"], tables(), describe=False).table
    return primary_effect(estimate(primary["model"], model, table, labels(changed), marginal_effects=False), primary)


@pytest.mark.parametrize("hypothesis", ["H1", "H2", "H2b", "H3"])
def test_the_primary_test_and_random_points_equal_the_ordinary_analysis(hypothesis: str) -> None:
    every = combinations(config(), hypothesis)
    drawn = [every[0], *(every[place] for place in np.random.default_rng(5).choice(len(every), 3, replace=False))]
    data, compared = Problems(config(), hypothesis, tables()), 0
    for specification in drawn:
        try:
            problem = data.problem(specification)
        except EstimationFailure:
            continue
        found = effects.fit([problem], config()["hypotheses"][hypothesis]["primary"])
        expected = by_the_ordinary_way(specification, hypothesis)
        if found.status[0] != "ok":
            assert expected["estimate"] is None
            continue
        compared += 1
        assert len(problem.design.y) == expected["n"]
        assert found.estimate[0] == pytest.approx(expected["estimate"], rel=AGREEMENT, abs=AGREEMENT)
        assert found.p_value[0] == pytest.approx(expected["p_value"], rel=1e-4, abs=AGREEMENT)
    assert compared >= 2


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
    assert sum(len(combinations(config(), name)) for name in configuration.curve_hypotheses(config())) >= 5000


def test_the_content_adds_up() -> None:
    said: list[str] = []
    found = curve.curve(small(), "H1", tables(), said.append)
    counts, table = found["counts"], curve.tidy(found)
    assert counts["combinations"] == counts["specifications"] + counts["duplicates"] + sum(counts["impossible"].values())
    assert counts["specifications"] == counts["fitted"] + sum(counts["failed"].values()) == len(table)
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
    same = {"label": "Same", "argument": "None.", "model": {"where": {"operation": ["isaf", "iraq"]}}}
    options = {"first": {"label": "First", "argument": "None."}, "same": same}
    changed["specification_curve"]["choices"] = {"only": {"label": "Only", "options": options}}
    counts = curve.curve(changed, "H1", tables(), lambda text: None)["counts"]
    assert (counts["combinations"], counts["duplicates"], counts["specifications"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"estimate": {"label": "L", "options": {"a": {"label": "A", "argument": "."}, "b": {"label": "B", "argument": "."}}}}, "column"),
        ({"x": {"label": "L", "options": {"a": {"label": "A", "argument": ".", "sample": {}}, "b": {"label": "B", "argument": "."}}}}, "first"),
        ({"x": {"label": "L", "options": {"a": {"label": "A", "argument": "."}, "b": {"alternative": "frith", "argument": "."}}}}, "firth"),
        ({"x": {"label": "L", "options": {"a": {"label": "A", "argument": "."}, "b": {"argument": "."}}}}, "'label' is missing"),
        (
            {"x": {"label": "L", "options": {"a": {"label": "A", "argument": "."}, "b": {"label": "B", "argument": ".", "model": {"family": "ols"}}}}},
            "family of the specification curve",
        ),
        (
            {"x": {"label": "L", "hypotheses": ["H1"], "options": {
                "a": {"label": "A", "argument": "."},
                "b": {"label": "B", "argument": ".", "model": {"with": ["abandonment:entrapment"]}}}}},
            "part of a product",
        ),
    ],
)  # fmt: skip
def test_mistakes_in_the_choices_are_named(change: dict, message: str) -> None:
    changed = copy.deepcopy(config())
    changed["specification_curve"]["choices"] = change
    with pytest.raises(Mistakes, match=message):
        consistency.check(changed)
