"""Moran's I in the foot of a model: of which rows it is, and where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from coalition.base.great_circle import distances
from coalition.base.moran import morans_i, nearest_neighbours
from coalition.estimators import fit
from coalition.estimators.dependence_between_states import moran_of_residuals, of_the_foot
from coalition.estimators.fit_types import Design

RNG = np.random.default_rng(3)
STATES = 60
X = np.column_stack([np.ones(120), RNG.normal(size=120)])
ROWS = pd.DataFrame(
    {
        "iso3": np.repeat([f"S{k:02d}" for k in range(STATES)], 2),
        "operation": np.tile(["isaf", "iraq"], STATES),
        "latitude": np.repeat(RNG.uniform(-40, 60, STATES), 2),
        "longitude": np.repeat(RNG.uniform(-150, 150, STATES), 2),
    }
)
Y = (RNG.logistic(size=120) < ROWS["latitude"].to_numpy() / 20 + X[:, 1]).astype(float)
DESIGN = Design(Y, X, ("const", "x"), ("0", "1"), None)


def test_it_is_that_of_the_residuals_of_an_operation() -> None:
    fitted = fit("logit", DESIGN)
    found = moran_of_residuals("logit", DESIGN, fitted, ROWS)
    assert [entry["operation"] for entry in found] == [None, "iraq", "isaf"]
    assert [entry["n"] for entry in found] == [120, 60, 60]
    rows = (ROWS["operation"] == "isaf").to_numpy()
    residual = Y - 1 / (1 + np.exp(-X @ fitted.params))
    apart = distances(*(ROWS.loc[rows, name].to_numpy(float) for name in ("latitude", "longitude")))
    weights = nearest_neighbours(apart, np.zeros(rows.sum()))
    assert found[2]["value"] == pytest.approx(morans_i(residual[rows], weights))
    assert found[0]["p_value"] < 0.05
    assert of_the_foot(found) == {"moran": found[0]["value"], "moran_p": found[0]["p_value"]}


def test_there_is_none_without_places_or_in_a_panel() -> None:
    fitted = fit("logit", DESIGN)
    assert moran_of_residuals("logit", DESIGN, fitted, ROWS.drop(columns="latitude")) == []
    assert moran_of_residuals("logit", DESIGN, fitted, ROWS.assign(operation="isaf")) == []
    gap = ROWS.assign(latitude=ROWS["latitude"].where(ROWS["iso3"] != "S03"))
    assert moran_of_residuals("logit", DESIGN, fitted, gap) == []
    few = replace(DESIGN, y=Y[:20], X=X[:20])
    assert moran_of_residuals("logit", few, fit("logit", few), ROWS[:20]) == []
    assert of_the_foot([]) == {}


def test_of_unordered_levels_it_is_that_of_having_chosen_another_than_the_first() -> None:
    y = np.where(Y == 0, 0.0, RNG.integers(1, 3, 120))
    design = replace(DESIGN, y=y, levels=("a", "b", "c"))
    fitted = fit("multinomial_logit", design)
    found = moran_of_residuals("multinomial_logit", design, fitted, ROWS)
    assert found[0]["value"] > 0
    assert found[0]["p_value"] < 0.05
