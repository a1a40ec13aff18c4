"""Imputation on the level of components: measures are made anew from completed components."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.base.cache import Cache
from coalition.estimators.fit_types import EstimationFailure
from coalition.robustness.missing_data import with_components
from coalition.samples import measures

MEASURES = {
    "tie": {"label": "Tie", "method": "mean_z", "minimum": 1,
            "components": [{"variable": "pact", "sign": 1}, {"variable": "arms", "sign": 1}]},
    "fear": {"label": "Fear", "method": "joint", "minimum": 2,
             "components": [{"variable": "tie", "sign": 1}, {"variable": "threat", "sign": 1}]},
}  # fmt: skip
MODEL = {
    "sample": "s",
    "family": "logit",
    "outcome": "joined",
    "terms": ["fear", "wealth"],
    "where": {"operation": ["a", "b"]},
    "fixed_effects": ["operation"],
}
CONFIG = {"measures": MEASURES, "uncertainty": {"auxiliary": []}, "variables": {}}


def sample(gaps: tuple[str, ...] = ("arms", "wealth"), n: int = 80) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    common = rng.normal(size=n)
    table = pd.DataFrame(
        {
            "iso3": [f"S{i:02}" for i in range(n)],
            "operation": ["a", "b"] * (n // 2),
            "pact": (common + rng.normal(size=n) > 0).astype(float),
            "arms": common + rng.normal(scale=0.4, size=n),
            "threat": rng.normal(size=n),
            "wealth": rng.normal(size=n),
            "joined": (common + rng.normal(size=n) > 0.5).astype(float),
        }
    )
    for number, name in enumerate(gaps):
        table.loc[number :: 4 + number, name] = np.nan
    made = [
        rows.assign(**measures.made(name, rows, MEASURES, Cache()).to_dict("series"))
        for name, rows in table.groupby("operation", sort=False)
    ]
    return pd.concat(made).sort_index()


def drawn(whole: pd.DataFrame, **model: Any) -> list[pd.DataFrame]:
    return with_components(whole, MODEL | model, CONFIG, 3, np.random.default_rng(1))


def test_known_cells_stay_and_gaps_differ_between_copies() -> None:
    whole = sample()
    first, second, _ = drawn(whole)
    known = whole["arms"].notna()
    assert (first.loc[known, "arms"] == whole.loc[known, "arms"]).all()
    assert first["arms"].notna().all()
    assert (first.loc[~known, "arms"] != second.loc[~known, "arms"]).all()
    assert (first["joined"] == whole["joined"]).all()


def test_measures_are_made_anew_in_each_operation_from_what_was_drawn() -> None:
    for copy in drawn(sample()):
        for _, rows in copy.groupby("operation"):
            again = measures.made("x", rows, MEASURES, Cache())
            pd.testing.assert_frame_equal(again, rows[list(MEASURES)], check_names=False)
    assert not np.allclose(drawn(sample())[0]["fear"], sample()["fear"])


def test_a_measure_is_scaled_among_all_states_and_not_those_that_are_fitted() -> None:
    whole = sample()
    part = drawn(whole, where={"joined": [1]})[0]
    assert (part["joined"] == 1).all()
    assert abs(part["tie"].mean()) > 0.05  # of all states it is zero


def test_a_draw_follows_what_the_other_component_says() -> None:
    whole = sample()
    gaps = whole["arms"].isna()
    copies = pd.concat(drawn(whole))[np.tile(gaps.to_numpy(), 3)]
    means = copies.groupby("pact")["arms"].mean()
    assert means[1.0] > means[0.0] + 0.5


def test_without_a_gap_in_a_component_there_is_nothing_to_make_anew() -> None:
    with pytest.raises(EstimationFailure, match="no component of a measure is missing"):
        drawn(sample(("wealth",)))
    with pytest.raises(EstimationFailure, match="no component of a measure is missing"):
        drawn(sample(), terms=["wealth"])
