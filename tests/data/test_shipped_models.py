"""Every family of models is used by the shipped config and printed in a table, but for those that
docs/methods.md gives a reason for.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from coalition.config import settings as configuration
from coalition.formula.families import FAMILIES

ROOT = Path(__file__).parents[2]
NOT_SHIPPED = {
    "probit": "the logit is the same test, and its estimates are odds ratios",
    "negative_binomial": "Poisson with clustered errors asks less of the variance",
    "cox": "who joins is asked once an operation; how long a contingent stayed is not asked",
    "discrete_time_logit": "as for cox",
    "discrete_time_cloglog": "as for cox",
    "ols": "panel_pooled is the same with units that are known",
    "rare_events_logit": "the universe is complete, and Firth's logit removes the bias",
    "random_effects_cre_logit": "three in four states are in no operation: the intercepts "
    "spread without bound",
}


@pytest.fixture(scope="module")
def config() -> dict:
    return configuration.main()


def test_every_family_stands_in_a_table(config: dict) -> None:
    printed = {name for table in config["tables"].values() for name in table.get("models", [])}
    families = {config["models"][name]["family"] for name in printed}
    expected = set(FAMILIES) - set(NOT_SHIPPED)
    assert families == expected, "ship a model of each family, or say in NOT_SHIPPED why not"


def test_every_model_stands_in_a_table(config: dict) -> None:
    assert set(config["models"]) == {
        name for table in config["tables"].values() for name in table.get("models", [])
    }


def test_driscoll_and_kraay_stand_beside_the_same_model_clustered(config: dict) -> None:
    models = config["models"]
    other = models["h1_panel_driscoll_kraay"]
    assert other["covariance"] == "driscoll_kraay"
    same = ("sample", "where", "family", "outcome", "terms", "fixed_effects")
    assert {key: other[key] for key in same} == {
        key: models["h1_panel_two_way"][key] for key in same
    }
