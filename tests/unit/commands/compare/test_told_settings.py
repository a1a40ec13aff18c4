"""How settings that differ are told: lists by what they gained and lost, `controls` once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from coalition.commands.compare.compared_settings import differences, written
from coalition.commands.compare.told_settings import change, gained_and_lost, sides, used_in

OLD = ["gdp_per_head", "military_personnel", "democracy"]
NEW = [*OLD, "prior_approval"]


def config(controls: list[str], **models: list[str]) -> dict[str, Any]:
    """Return a written-out config: every model, an alternative and a question use the controls."""
    return {
        "controls": {"standard": controls},
        "models": {
            "plain": {"terms": ["fear", *controls]},
            "wider": {"terms": ["fear", *controls, "gdp"], "selection": {"terms": controls}},
            **{name: {"terms": terms} for name, terms in models.items()},
        },
        "robustness": {"none": {"model": {"without": controls}}},
        "across_operations": {"questions": {"joining": {"terms": ["fear", *controls]}}},
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (OLD, NEW, "+ prior_approval"),
        (NEW, OLD, "\N{MINUS SIGN} prior_approval"),
        (OLD, [*OLD[1:], "x"], "+ x, \N{MINUS SIGN} gdp_per_head"),
        (OLD, OLD[::-1], "the same entries in another order"),
        ([{"a": 1}], [{"a": 2}], '+ {"a": 2}, \N{MINUS SIGN} {"a": 1}'),
        (OLD, "x", None),
    ],
)
def test_a_list_is_told_by_what_it_gained_and_lost(old: Any, new: Any, told: str | None) -> None:
    assert gained_and_lost(json.dumps(old), json.dumps(new)) == told


def test_a_short_list_is_told_whole() -> None:
    assert change("[2002, 2014]", "[2003, 2014]", 40) == (
        "[2002, 2014] \N{RIGHTWARDS ARROW} [2003, 2014]"
    )
    assert change(None, "[2003]", 40) == "(none) \N{RIGHTWARDS ARROW} [2003]"


def test_both_sides_are_cut_where_they_begin_to_differ() -> None:
    old, new = (json.dumps("x" * 90 + end) for end in ("old end", "new end"))
    first, second = sides(old, new, 40)
    assert "old end" in first
    assert "new end" in second
    assert max(len(first), len(second)) <= 41


def test_an_added_control_is_one_setting() -> None:
    found = differences(config(OLD), config(NEW))
    assert len(found) == 6
    assert written(found)["key"].to_list() == ["controls.standard"]
    assert used_in(found, "controls.standard") == "2 models, 1 alternative, 1 question"


@pytest.mark.parametrize(
    ("old", "new", "follows"),
    [
        ([*OLD], [*NEW], "controls.standard"),
        ([*OLD, "prior_approval"], [*NEW[:2], "prior_approval", "democracy"], "controls.standard"),
        ([*OLD], [*NEW, "size"], ""),  # another term as well
        ([*NEW], [*OLD], ""),  # the other way round
        (["size"], ["wealth"], ""),
    ],
)
def test_what_does_not_follow_from_the_control_stands_by_itself(
    old: list[str], new: list[str], follows: str
) -> None:
    found = differences(config(OLD, own=old), config(NEW, own=new)).set_index("key")
    assert found.loc["models.own.terms", "follows_from"] == follows


def test_controls_in_another_order() -> None:
    found = differences(config(OLD), config(OLD[::-1]))
    assert written(found)["key"].to_list() == ["controls.standard"]
