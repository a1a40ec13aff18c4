"""The population that a rare-events logit is corrected towards: which mistakes are found, and what
the
estimates file says of it.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from coalition.base.errors import Problems
from coalition.config import checks
from coalition.config import settings as configuration
from coalition.estimators.estimate import estimate
from coalition.outputs.tables.table_notes import estimator
from test_estimate import MODEL as SIMULATED
from test_estimate import sample

ROOT = Path(__file__).parents[3]
MODEL = "h1_logit_isaf"


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(ROOT)
    return copy.deepcopy(configuration.main())


@pytest.mark.parametrize("case_control", ["prior", "weighting"])
def test_both_ways_are_in_order(config: dict[str, Any], case_control: str) -> None:
    config["models"][MODEL] |= {
        "family": "rare_events_logit",
        "population_share": 0.02,
        "case_control": case_control,
    }
    checks.check(config)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"family": "rare_events_logit", "case_control": "weighting"}, "needs `population_share`"),
        (
            {"family": "rare_events_logit", "population_share": 0.02, "case_control": "weights"},
            "allowed: prior, weighting",
        ),
        (
            {"family": "logit", "population_share": 0.02, "case_control": "weighting"},
            "is for the family rare_events_logit only",
        ),
        ({"family": "rare_events_logit", "population_share": 1}, "population_share"),
    ],
)
def test_mistakes_are_named_with_their_place(
    config: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    config["models"][MODEL] |= change
    with pytest.raises(Problems) as found:
        checks.check(config)
    assert said in str(found.value)
    assert f"models.{MODEL}" in str(found.value)


def test_the_estimates_and_the_foot_say_which_way() -> None:
    spec = SIMULATED | {"family": "rare_events_logit", "population_share": 0.004}
    prior, weighting = (
        estimate("m", spec | given, sample(), {}) for given in ({}, {"case_control": "weighting"})
    )
    assert prior["population"] == {"share": 0.004, "case_control": "prior"}
    assert weighting["population"] == {"share": 0.004, "case_control": "weighting"}
    assert prior["rows"][1]["estimate"] != weighting["rows"][1]["estimate"]
    assert (
        estimator(weighting)
        == "rare-events logit with rows weighted to a population of which 0.4% have the outcome"
    )
    assert estimator(prior).endswith(
        "with the constant corrected for a population of which 0.4% have the outcome"
    )
    assert estimate("m", SIMULATED | {"family": "logit"}, sample(), {})["population"] is None
