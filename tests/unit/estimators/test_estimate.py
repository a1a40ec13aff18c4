"""One entry of an estimates file: what the families say beyond coefficients."""

from __future__ import annotations

import numpy as np
import pandas as pd
from coalition.estimators.estimate import estimate
from scipy.special import expit
from scipy.stats import norm

MODEL = {
    "label": "a model",
    "group": "g",
    "sample": "s",
    "outcome": "y",
    "terms": ["x", "z"],
    "fixed_effects": [],
    "cluster": "iso3",
}


def sample(seed: int = 0, states: int = 60, years: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {"iso3": np.repeat([f"S{i:02d}" for i in range(states)], years), "operation": "isaf"}
    )
    own = np.repeat(rng.normal(size=states), years)
    table["year"] = np.tile(np.arange(2002, 2002 + years), states)
    table["z"] = np.repeat(rng.normal(size=states), years)
    table["x"] = 0.5 * own + rng.normal(size=len(table))
    table["t"] = table["year"] - 2001.0
    latent = table["x"] + own + rng.logistic(size=len(table))
    return table.assign(
        y=(latent > 0.3).astype(int), level=np.digitize(latent, [-1, 0.5, 2]), amount=latent
    )


def entry(**changes: object) -> dict:
    found = estimate("m", MODEL | changes, sample(), {})
    assert found["status"] == "ok", found["failure"]
    return found


def kinds(found: dict, kind: str) -> list[str]:
    return [row["term"] for row in found["rows"] if row["kind"] == kind]


def test_rows_of_a_conditional_logit_are_those_that_say_something() -> None:
    found = entry(family="conditional_logit")
    table = sample()
    varying = table.groupby("iso3")["y"].transform("nunique") == 2
    assert found["n"] == varying.sum() < len(table)
    assert found["n_states"] == found["n_clusters"] == table.loc[varying, "iso3"].nunique()
    assert sum(found["n_by_level"].values()) == found["n"]
    # z does not change
    assert kinds(found, "coefficient") == kinds(found, "marginal_effect") == ["x"]


def test_differences_are_counted_as_such() -> None:
    assert entry(family="panel_first_differences", outcome="amount")["n"] == 60 * 5
    assert entry(family="panel_between", outcome="amount")["n"] == 60


def test_powers_move_with_their_roots() -> None:
    found = entry(family="logit", terms=["x", "t", "square(t)", "cube(t)"])
    assert kinds(found, "coefficient") == ["const", "x", "t", "square(t)", "cube(t)"]
    assert kinds(found, "marginal_effect") == ["x", "t"]


def test_an_ordered_logit_is_tested_for_proportional_odds() -> None:
    found = entry(family="ordered_logit", outcome="level")
    assert found["fit"]["proportional_odds_df"] == 4
    assert 0 < found["fit"]["proportional_odds_p"] < 1
    assert (
        "proportional_odds_p"
        not in estimate(
            "m", MODEL | {"family": "ordered_logit", "outcome": "level"}, sample(), {}, 0.95, False
        )["fit"]
    )


def test_a_term_whose_effects_differ_is_named() -> None:
    table = sample()
    table["level"] = np.where(
        table["amount"] < 0, 0, np.where(table["amount"] - 0.6 * table["z"] < 2, 1, 2)
    )
    found = estimate("m", MODEL | {"family": "ordered_logit", "outcome": "level"}, table, {})
    assert any(
        warning["kind"] == "proportional_odds" and "z (p < 0.001)" in warning["message"]
        for warning in found["warnings"]
    )
    named = MODEL | {
        "family": "partial_ordered_logit",
        "outcome": "level",
        "nonproportional": ["z"],
    }
    partial = estimate("m", named, table, {})
    assert partial["status"] == "ok"
    assert partial["nonproportional"] == ["z"]
    assert [
        (row["term"], row["level"]) for row in partial["rows"] if row["kind"] == "coefficient"
    ] == [*(("x", None), ("z", "0|1"), ("z", "1|2"))]


def test_random_effects_are_tested_for_the_means() -> None:
    found = entry(family="panel_random", outcome="amount")
    assert found["fit"]["mundlak_df"] == 1
    assert found["fit"]["mundlak_p"] < 0.05  # x goes with the effects


def test_correlated_random_effects_have_a_scale() -> None:
    found = entry(family="random_effects_cre_logit")
    assert kinds(found, "scale") == ["log_sd"]
    assert "mean(x)" in kinds(found, "coefficient")
    assert kinds(found, "marginal_effect") == ["x", "z"]
    assert found["fit"]["sd_intercepts"] > 0


def test_the_constant_is_called_as_the_config_calls_it() -> None:
    """In the entry of a model that was fitted as in that of one that was not."""
    named = {"const": "Intercept"}
    assert (
        estimate("m", MODEL | {"family": "logit"}, sample(), named)["labels"]["const"]
        == "Intercept"
    )
    assert (
        estimate("m", MODEL | {"family": "logit"}, sample().iloc[:0], named)["labels"]["const"]
        == "Intercept"
    )
    assert entry(family="logit")["labels"]["const"] == "Constant"


def test_what_a_logit_gives_each_row_is_its_index_with_an_interval_symmetric_in_log_odds() -> None:
    table = sample()
    found = estimate("m", MODEL | {"family": "logit"}, table, {}, each_row=True)
    V = np.array(found["covariance"]["matrix"])
    names = found["covariance"]["names"]
    X = np.column_stack([np.ones(len(table)), table["x"], table["z"]])
    at = {row["term"]: row["estimate"] for row in found["rows"] if row["kind"] == "coefficient"}
    index = X @ np.array([at[name] for name in names])
    half = norm.ppf(0.975) * np.sqrt(np.einsum("ij,jk,ik->i", X, V, X))
    rows = pd.DataFrame(found["fitted"]["rows"])
    assert found["fitted"]["levels"] == ["1"]
    pd.testing.assert_frame_equal(
        rows[["iso3", "operation", "year"]], table[["iso3", "operation", "year"]], check_dtype=False
    )
    for part, expected in (("estimate", 0 * half), ("conf_low", -half), ("conf_high", half)):
        np.testing.assert_allclose(
            np.array(rows[part].tolist())[:, 0], expit(index + expected), rtol=1e-6
        )


def test_probabilities_of_several_levels_add_up_to_one_in_each_row() -> None:
    about = MODEL | {"family": "ordered_logit", "outcome": "level"}
    found = estimate("m", about, sample(), {}, each_row=True)["fitted"]
    given = np.array([row["estimate"] for row in found["rows"]])
    assert given.shape == (360, 4)
    np.testing.assert_allclose(given.sum(axis=1), 1)


def test_no_row_of_an_outcome_of_numbers_is_given_and_none_unasked() -> None:
    about = MODEL | {"family": "ols", "outcome": "amount"}
    assert estimate("m", about, sample(), {}, each_row=True)["fitted"] is None
    assert entry(family="logit")["fitted"] is None
