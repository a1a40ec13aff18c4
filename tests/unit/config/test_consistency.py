"""A config against itself: which mistakes are found in a second equation, and what alternatives do
to it.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from coalition.base.errors import Problems
from coalition.config import checks
from coalition.config import settings as configuration

ROOT = Path(__file__).parents[3]
MODEL = "h2_selection_pooled"


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(ROOT)
    return copy.deepcopy(configuration.main())


def problems_of(config: dict[str, Any]) -> str:
    with pytest.raises(Problems) as found:
        checks.check(config)
    return str(found.value)


def test_the_config_as_it_stands_is_in_order(config: dict[str, Any]) -> None:
    checks.check(config)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"family": "logit"}, "the family logit has none"),
        ({"where": {"participated": [1]}}, "keeps the selected only"),
        ({"selection": {"outcome": "participated", "terms": ["abandonmant"]}}, "abandonmant"),
        ({"selection": {"outcome": "participatd", "terms": ["abandonment"]}}, "participatd"),
        (
            {"selection": {"outcome": "participated", "terms": ["participated"]}},
            "stands among the terms",
        ),
        ({"selection": {"outcome": "participated"}}, "'terms' is missing"),
        (
            {"selection": {"outcome": "participated", "terms": ["abandonment"], "rho": 0.5}},
            "unknown key",
        ),
    ],
)
def test_mistakes_are_named_with_their_place(
    config: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    config["models"][MODEL] = config["models"][MODEL] | change
    text = problems_of(config)
    assert said in text
    assert f"models.{MODEL}" in text


def test_a_family_that_needs_a_second_equation(config: dict[str, Any]) -> None:
    del config["models"][MODEL]["selection"]
    assert "the family selection_probit needs it" in problems_of(config)


def test_alternatives_change_both_equations(config: dict[str, Any]) -> None:
    new = configuration.patched(
        config, {"model": {"with": ["gdp"], "without": ["democracy"]}}, MODEL
    )["models"][MODEL]
    for equation in (new, new["selection"]):
        assert "gdp" in equation["terms"]
        assert "democracy" not in equation["terms"]
    assert "conflict_at_home" in new["selection"]["terms"]
