"""Methods of inference that a model names: the same numbers as for primary tests, whatever the
sample; refused where they do not exist; nothing silent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.base.keys import STATES, Keys, Place
from coalition.estimators.design_matrix import prepare
from coalition.formula.inference_methods import METHODS, asked_of, existing
from coalition.inference.by_method import Draws, alone, by_method
from coalition.inference.every_method import EVERY
from coalition.inference.primary_tests import compare
from coalition.inference.spatial import field_bootstrap

Entry = dict[str, Any]
DRAWS = Draws(199, 199, 5)
OUTCOMES = {
    "logit": "joined", "probit": "joined", "firth_logit": "joined", "ordered_logit": "level",
    "bias_reduced_ordered_logit": "level", "multinomial_logit": "response",
    "bias_reduced_multinomial_logit": "response", "poisson": "count", "ols": "amount",
}  # fmt: skip
"""Families for which a method exists, and an outcome of each."""
NUMBERS = ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")
FILE = Keys(("row",), place=Place("country", "lat", "lon", "part"))


def states() -> pd.DataFrame:
    """Return 50 states, most of them in two operations, in places of their own."""
    rng = np.random.default_rng(3)
    state = np.repeat(np.arange(50), 2)
    lat, lon = rng.uniform(-50, 60, 50)[state], rng.uniform(-100, 140, 50)[state]
    a, b = rng.normal(size=(2, 50))[:, state] + 0.3 * rng.normal(size=(2, 100))
    latent = 0.7 * a - 0.3 * b + 0.5 * rng.normal(size=50)[state] + rng.logistic(size=100)
    choice = np.column_stack([np.zeros(100), latent, a + rng.normal(size=100)]).argmax(axis=1)
    table = pd.DataFrame(
        {
            "iso3": [f"S{i:02d}" for i in state], "operation": ["isaf", "iraq"] * 50, "year": 2000,
            "a": a, "b": b, "joined": (latent > 0) * 1.0, "amount": latent, "latitude": lat,
            "level": np.digitize(latent, [-1, 0.7]) * 1.0, "longitude": lon,
            "count": rng.poisson(np.exp(0.4 * a)) * 1.0,
            "region": np.array(["N", "S", "E"])[state % 3],
            "response": np.array(["abstain", "unreserved", "reserved"])[choice],
        }
    )  # fmt: skip
    return table.iloc[:-7]


STATES_TABLE = states()


def as_file(table: pd.DataFrame) -> pd.DataFrame:
    """Return the same rows as a user's file has them: other names, another order of columns."""
    names = {
        "iso3": "country", "operation": "mission", "latitude": "lat", "longitude": "lon",
        "region": "part",
    }  # fmt: skip
    found = table.rename(columns=names)[sorted(names.get(name, name) for name in table)]
    return found.assign(row=range(1, len(found) + 1)).reset_index(drop=True)


def model(family: str, cluster: str | None = "iso3", **inference: Any) -> Entry:
    asked = {"methods": existing(family), "terms": ["a"]} | inference
    return {
        "group": "g", "label": "L", "sample": "s", "family": family, "outcome": OUTCOMES[family],
        "terms": ["a", "b"], "cluster": cluster, "inference": asked,
    }  # fmt: skip


def rows_of(family: str, table: pd.DataFrame, keys: Keys = FILE, **given: Any) -> list[Entry]:
    given = {"cluster": "iso3" if keys == STATES else "country"} | given
    found = by_method(model(family, **given), table, DRAWS, keys)
    assert found is not None
    return found["rows"]


def numbers(row: Entry) -> list[float]:
    return [np.nan if row[part] is None else row[part] for part in NUMBERS]


@pytest.mark.parametrize("family", OUTCOMES)
def test_a_method_of_the_registry_has_numbers_and_no_other_exists(family: str) -> None:
    rows = rows_of(family, STATES_TABLE, STATES)
    assert {row["method"] for row in rows} == set(existing(family))
    assert [row["reason"] for row in rows if row["reason"]] == []
    assert all(0 < row["p_value"] <= 1 for row in rows)
    others = [name for name in METHODS if name not in existing(family)]
    for row in rows_of(family, STATES_TABLE, STATES, methods=others):
        assert "does not exist" in row["reason"]


def test_draws_without_an_estimate_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them counts against the claim: with none left, p is 1 and the interval has no
    ends.
    """
    asked = {"methods": ["field_bootstrap"]}
    (whole, *_) = rows_of("logit", STATES_TABLE, STATES, **asked)
    assert (whole["replicates"], whole["not_fitted"]) == (199, 0)
    lost = np.full(199, np.nan)
    monkeypatch.setattr(field_bootstrap, "replicates", lambda *_: lost)
    (none, *_) = rows_of("logit", STATES_TABLE, STATES, **asked)
    assert (none["replicates"], none["not_fitted"]) == (199, 199)
    assert (none["p_value"], none["p_equal_tailed"], none["conf_high"]) == (1.0, 1.0, np.inf)


def test_the_registry_names_every_method_and_no_other() -> None:
    assert set(METHODS) == set(EVERY)


@pytest.mark.parametrize("family", ["logit", "ordered_logit", "poisson", "ols"])
def test_a_file_gives_what_the_projects_own_sample_gives_a_primary_test(family: str) -> None:
    """`compare` tests in the design as it is, `by_method` in one that is turned: the same
    numbers.
    """
    test = {"term": "a", "sign": 1, "smallest_effect": {"odds_ratio": 1.5}, "model": "m"}
    entry = {
        "n": 93,
        "n_clusters": 50,
        "status": "failed",
        "failure": {"message": ""},
        "inference": None,
        "model": "m",
    }
    config = {
        "seed": DRAWS.seed, "models": {"m": model(family)},
        "hypotheses": {"H": {"title": "T", "primary": test}},
        "inference": {"replicates": 199, "permutations": 199, "benchmark_times": 1,
        "methods": existing(family)},
    }  # fmt: skip
    primary = compare(config, {"s": STATES_TABLE}, {"m": entry})["hypotheses"][0]["rows"][1:]
    table = as_file(STATES_TABLE)
    again = rows_of(family, table, within="mission")
    assert [row["method"] for row in again] == [row["method"] for row in primary]
    for row, other in zip(again, primary, strict=True):
        np.testing.assert_allclose(numbers(row), numbers(other), rtol=1e-5, err_msg=row["method"])


@pytest.mark.long_after(1)
@pytest.mark.parametrize(
    "family", ["logit", "ordered_logit", "multinomial_logit", "poisson", "ols"]
)
def test_no_size_and_no_place_of_a_column_changes_a_p_value(family: str) -> None:
    table = as_file(STATES_TABLE)
    other = table.assign(a=4e7 + 1e6 * table["a"], b=1e-6 * table["b"] - 1e-3)
    for row, far in zip(
        rows_of(family, table),
        rows_of(family, other),
        strict=True,
    ):
        assert far["p_value"] == pytest.approx(row["p_value"], rel=1e-4), row["method"]
        assert far["estimate"] * 1e6 == pytest.approx(row["estimate"], rel=1e-5)


def test_a_column_alone_spans_the_same_space() -> None:
    prepared = prepare(STATES_TABLE, model("ols"), {})
    turned, scale = alone(prepared.design, "a")
    assert turned.names == ("const", "b", "a")
    np.testing.assert_allclose(turned.X.T @ turned.X / len(turned.X), np.eye(3), atol=1e-12)
    full = np.linalg.lstsq(prepared.design.X, prepared.design.y, rcond=None)[0][1]
    again = np.linalg.lstsq(turned.X, turned.y, rcond=None)[0][2]
    assert again / scale == pytest.approx(full, rel=1e-12)


def test_two_runs_give_the_same() -> None:
    table = as_file(STATES_TABLE)
    assert rows_of("logit", table) == rows_of("logit", table)


def test_where_nothing_can_change_places_there_is_no_permutation() -> None:
    """Every p-value would be 1."""
    table = as_file(STATES_TABLE).iloc[:45]
    sizes = np.repeat(np.arange(9), np.arange(1, 10))  # clusters of 1, 2 ... 9 rows
    rows = rows_of("ols", table.assign(country=sizes.astype(str)), methods=["permutation"])
    assert "nothing can change places" in rows[0]["reason"]
    assert rows[0]["p_value"] is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lat": 1234.5}, "latitudes run from -90 to 90"),
        ({"lat": np.nan}, "no coordinates of"),
    ],
)
def test_coordinates_that_are_none(change: Entry, said: str) -> None:
    table = as_file(STATES_TABLE)
    table.loc[table["country"] == "S03", list(change)] = list(change.values())
    rows = rows_of("logit", table, methods=["scpc"])
    assert said in rows[0]["reason"]


def test_a_unit_in_two_places() -> None:
    table = as_file(STATES_TABLE)
    table.loc[5, "lat"] += 1
    assert "more than one place of" in rows_of("logit", table, methods=["conley"])[0]["reason"]


def test_every_term_and_category_where_none_is_named() -> None:
    spec = model("ols", inference=None) | {"inference": ["cr2"], "terms": ["a", "factor(part)"]}
    found = by_method(spec | {"cluster": None}, as_file(STATES_TABLE), DRAWS, FILE)
    assert found is not None
    assert [row["term"] for row in found["rows"]] == ["a", "factor(part)[N]", "factor(part)[S]"]
    assert asked_of({"inference": {"methods": ["cr2"], "terms": ["factor(part)"]}}).tests(
        "factor(part)[N]"
    )
