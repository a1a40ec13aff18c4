"""Companions: fuzzy sets, thirds and bounds, priors, and the tables that print them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.outputs.stored_results import Sources
from coalition.outputs.tables import companion_tables
from coalition.robustness.companions import compare

MODEL = {
    "family": "ordered_logit", "sample": "s", "outcome": "caveat_level",
    "where": {"participated": [1]}, "terms": ["fear", "drag"],
    "fixed_effects": [], "cluster": "iso3", "label": "", "group": "g",
}  # fmt: skip
CONFIG: dict[str, Any] = {
    "seed": 1,
    "variables": {},
    "measures": {},
    "samples": {},
    "models": {"m": MODEL},
    "hypotheses": {"H2": {"primary": {"model": "m", "term": "drag", "sign": 1}}},
    "companions": {
        "fuzzy_sets": {
            "first": "fear",
            "second": "drag",
            "calibrations": {"declared": [0.2, 0.5, 0.8], "steep": [0.49, 0.5, 0.51]},
        },
        "terciles": {"measure": "drag", "outcome": "caveat_level", "replicates": 30},
        "priors": {"largest_odds_ratios": [1.5, 4, 1000]},
    },
}


def _sample() -> pd.DataFrame:
    generator = np.random.default_rng(2)
    n = 240
    fear, drag = generator.standard_normal((2, n))
    joined = (generator.logistic(size=n) + fear - drag > 0).astype(int)
    level = np.digitize(1.2 * drag + generator.logistic(size=n), [-1, 0, 1.5]).astype(float)
    response = np.where(joined == 0, "abstain", np.where(level >= 2, "reserved", "unreserved"))
    return pd.DataFrame(
        {
            "iso3": [f"S{i % 120}" for i in range(n)],
            "operation": np.repeat(["one", "two"], n // 2),
            "year": 2000,
            "fear": fear,
            "drag": drag,
            "participated": joined,
            "caveat_level": np.where(joined == 1, level, np.nan),
            "response": response,
        }
    )


SAMPLE = _sample()


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return compare(CONFIG, SAMPLE)


def test_steep_anchors_are_shares_of_the_corners(found: dict[str, Any]) -> None:
    middle = SAMPLE.groupby("operation")[["fear", "drag"]].transform("median")
    corner = SAMPLE[(SAMPLE["fear"] > middle["fear"]) & (SAMPLE["drag"] > middle["drag"])]
    record = next(
        of
        for of in found["fuzzy_sets"]
        if (of["calibration"], of["first"], of["second"], of["outcome"])
        == ("steep", "high", "high", "reserved")
    )
    assert record["members"] == len(corner)
    share = (corner["response"] == "reserved").mean()
    assert record["consistency"] == pytest.approx(share, abs=0.03)


def test_consistencies_of_a_corner_sum_to_one(found: dict[str, Any]) -> None:
    """The response is crisp and has three values."""
    table = pd.DataFrame(found["fuzzy_sets"])
    sums = table.groupby(["calibration", "first", "second"])["consistency"].sum()
    np.testing.assert_allclose(sums, 1.0)


def test_thirds_hold_all_participants_and_rise(found: dict[str, Any]) -> None:
    for entry, (_, rows) in zip(found["terciles"], SAMPLE.groupby("operation"), strict=True):
        assert sum(mean["n"] for mean in entry["means"]) == rows["participated"].sum()
        assert entry["means"][0]["mean"] < entry["means"][2]["mean"]
        assert entry["bounds"]["low"] <= entry["bounds"]["unadjusted"] <= entry["bounds"]["high"]


def test_a_narrower_prior_shrinks_more(found: dict[str, Any]) -> None:
    estimates = [record["estimate"] for record in found["priors"]]
    assert 0 < estimates[0] < estimates[1] < estimates[2]


def test_the_tables_print_them(found: dict[str, Any]) -> None:
    sources = Sources(estimates=(found,))
    spec = {"kind": "", "title": "T"}
    assert len(companion_tables.fuzzy_sets("a", spec, sources).tidy) == 24
    assert len(companion_tables.terciles("b", spec, sources).tidy) == 10
    assert list(companion_tables.priors("c", spec, sources).tidy["largest_ratio"]) == [1.5, 4, 1000]


def test_without_caveats_only_priors_are_left() -> None:
    rows = SAMPLE.drop(columns=["caveat_level", "response"])
    assert compare(CONFIG | {"hypotheses": {}}, rows) == {
        "fuzzy_sets": [], "terciles": [], "priors": [],
    }  # fmt: skip
