"""What a run measures of its statements, and what it draws for its models of caveats."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.config import caveat_models
from coalition.estimators.fit_types import EstimationFailure
from coalition.measurement import latent_levels, levels_drawn

STATES = [f"S{number:02d}" for number in range(40)]
RULE = {
    "coders": [1, 2],
    "preferred_only": False,
    "years": "all",
    "restricted_by": "all",
    "first_phase": {"one": [2001, 2003]},
    "what_was_sent": "says_nothing",
}
PRIMARY: dict[str, Any] = {
    "sample": "states",
    "family": "ordered_logit",
    "outcome": "caveat_level",
    "terms": ["fear"],
    "fixed_effects": ["operation"],
}


def config(**changes: Any) -> dict[str, Any]:
    return {
        "seed": 3,
        "measurement": {"draws": 4, "folds": 2},
        "operations": {name: {"files": {"caveats": "x"}} for name in ("one", "two")},
        "samples": {
            "states": {
                "unit": "country_operation",
                "operations": ["one", "two"],
                "evidence": ["A"],
                "caveats": RULE,
                "reserved_from": 2,
            }
        },
        "models": {
            "main": PRIMARY,
            "rival": PRIMARY | {"terms": ["fear", "size", "fear:size"]},
            "joining": PRIMARY | {"outcome": "participated"},
            "any": PRIMARY | {"outcome": "any_caveat"},
        },
        "hypotheses": {"H": {"primary": {"model": "main", "term": "fear", "sign": 1}}},
    } | changes


def tables(seed: int = 1) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    found = {}
    for operation in ("one", "two"):
        tight = rng.normal(size=len(STATES))
        unit = np.repeat(np.arange(len(STATES)), 4)
        index = 2 * tight[unit] + rng.logistic(size=len(unit))
        found[operation] = pd.DataFrame(
            {
                "iso3": [STATES[number] for number in unit],
                "coder": np.tile([1, 1, 2, 2], len(STATES)),
                "level": np.digitize(index, [-2.0, 0.0, 1.5]).astype(float),
                "from_year": 2001,
                "to_year": np.tile([2001, 2009, 2001, 2009], len(STATES)),
                "basis": "stated",
                "restricted_by": "rule",
                "any_caveat": 1,
                "evidence": "A",
            }
        )
    return found


def sample(seed: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        [(state, name) for name in ("one", "two") for state in [*STATES[1:], "OUT"]],
        columns=["iso3", "operation"],
    )
    return rows.assign(
        country=rows["iso3"].str.lower(),
        participated=np.where(rows["iso3"] == "OUT", 0.0, 1.0),
        fear=rng.normal(size=len(rows)),
        size=np.where(np.arange(len(rows)) % 4 == 0, np.nan, rng.normal(size=len(rows))),
        caveat_level=1.0,
        any_caveat=1.0,
        substantive_caveat=0.0,
        response="unreserved",
    )


def test_which_models_use_what_is_drawn() -> None:
    of = config()
    assert caveat_models.measured_sample(of) == "states"
    assert caveat_models.names(of) == ["main", "rival"]  # any_caveat is said, not measured
    assert caveat_models.given(of, "main") == "primary tests"
    assert caveat_models.given(of, "rival") == "primary tests + size + fear:size"
    assert caveat_models.terms_given(of, caveat_models.given(of, "rival")) == [
        "fear",
        "size",
        "fear:size",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"measurement": None},
        {"operations": {name: {"files": {}} for name in ("one", "two")}},
        {"hypotheses": {"H": {"primary": {"model": "joining"}}}},
    ],
)
def test_nothing_is_measured_without_statements_or_a_test(changes: dict[str, Any]) -> None:
    assert caveat_models.measured_sample(config(**changes)) is None


@pytest.mark.long
def test_every_state_is_measured_and_drawn() -> None:
    found, values = latent_levels.measure(config(), tables(), sample())
    assert found["message"] is None
    assert len(found["units"]) == 80
    outside = {unit["iso3"] for unit in found["units"] if not unit["in_sample"]}
    assert outside == {"S00"}
    for unit in found["units"]:
        assert unit["latent_low"] < unit["latent"] < unit["latent_high"]
        assert unit["level_low"] <= unit["level"] <= unit["level_high"]
        assert sum(unit["chances"]) == pytest.approx(1)
        assert (unit["statements"], unit["coders"]) == (4, 2)
    names = ["primary tests", "primary tests + size + fear:size"]
    assert [entry["given"] for entry in found["given"]] == names
    sizes = values.groupby(["given", "draw"]).size()
    assert (sizes == 80).all()
    assert len(sizes) == 8
    assert set(values["level"]) <= {0.0, 1.0, 2.0, 3.0}


@pytest.mark.long
def test_the_same_seed_draws_the_same() -> None:
    first, again = (latent_levels.measure(config(), tables(), sample()) for _ in range(2))
    pd.testing.assert_frame_equal(first[1], again[1])
    assert first[0] == again[0]
    other = latent_levels.measure(config(seed=4), tables(), sample())[1]
    assert not other["tightness"].equals(first[1]["tightness"])


def test_a_statement_on_what_was_sent_is_no_statement() -> None:
    of = tables()
    of["one"].loc[of["one"]["iso3"] == "S05", "restricted_by"] = "what_was_sent"
    rows = latent_levels.selected(config(), "states", of)
    assert "S05" not in set(rows.loc[rows["operation"] == "one", "iso3"])
    assert "S05" in set(rows.loc[rows["operation"] == "two", "iso3"])


def test_a_phase_is_the_coders_or_that_of_the_years() -> None:
    of = tables()
    of["two"]["phase"] = "invasion"
    rows = latent_levels.selected(config(), "states", of)
    one = rows[rows["operation"] == "one"]
    assert set(one.loc[one["to_year"] == 2001, "phase_of"]) == {"first"}
    assert set(one.loc[one["to_year"] == 2009, "phase_of"]) == {"later"}
    assert set(rows.loc[rows["operation"] == "two", "phase_of"]) == {"invasion"}


@pytest.mark.parametrize("case", ["nothing", "one level", "noise alone"])
def test_what_can_not_be_measured_says_so(case: str) -> None:
    of = tables()
    rng = np.random.default_rng(5)
    for table in of.values():
        if case == "nothing":
            table["level"] = np.nan
        elif case == "one level":
            table["level"] = 3.0
        else:
            table["level"] = rng.integers(0, 4, len(table)).astype(float)
    found, values = latent_levels.measure(config(), of, sample())
    assert found["message"]
    assert found["units"] == []
    assert values.empty
    assert list(values.columns) == list(latent_levels.DRAWN)


@pytest.mark.long
def test_a_basis_whose_statements_are_all_tight_is_read_as_of_the_reference() -> None:
    of = tables()
    for table in of.values():
        table.loc[table.index % 7 == 0, ["basis", "level"]] = ["hearsay", 3.0]
    found, _ = latent_levels.measure(config(), of, sample())
    assert found["message"] is None
    assert found["rare"] == ["basis: hearsay"]


def test_gaps_take_the_mean_and_dependent_columns_go() -> None:
    rows = sample()
    units = rows[["iso3", "operation"]]
    columns, names = latent_levels.regressors(units, rows, ["fear", "size", "fear"])
    assert names == ["operation: two", "fear", "size", "size not known"]
    assert not np.isnan(columns).any()
    gap = rows["size"].isna().to_numpy() | (rows["participated"] == 0).to_numpy()
    np.testing.assert_allclose(columns[gap, 2], rows.loc[~gap, "size"].mean())
    twice = rows.assign(double=2 * rows["fear"] + 1)
    assert latent_levels.regressors(units, twice, ["fear", "double"])[1][:2] == names[:2]
    assert "double" not in latent_levels.regressors(units, twice, ["fear", "double"])[1]


def test_a_text_is_no_regressor() -> None:
    with pytest.raises(EstimationFailure):
        latent_levels.regressors(sample()[["iso3", "operation"]], sample(), ["log(country)"])


def test_outcomes_follow_from_drawn_levels() -> None:
    rows = sample().iloc[[0, 1, 2, 39]].reset_index(drop=True)
    values = pd.DataFrame(
        {
            "given": "primary tests",
            "draw": [1, 1, 2, 2],
            "iso3": [*rows["iso3"][:2]] * 2,
            "operation": "one",
            "tightness": 0.0,
            "level": [0.0, 3.0, 2.0, 1.0],
        }
    )
    first, second = levels_drawn.with_levels(rows, values, 2)
    assert first["caveat_level"].tolist()[:2] == [0.0, 3.0]
    assert second["caveat_level"].tolist()[:2] == [2.0, 1.0]
    assert first["substantive_caveat"].tolist()[:2] == [0.0, 1.0]
    assert first["response"].tolist()[:2] == ["unreserved", "reserved"]
    assert first["response"].iloc[3] == "abstain"
    # a participant without a statement has no level, and is not taken for unreserved
    assert pd.isna(first["caveat_level"].iloc[2])
    assert pd.isna(first["response"].iloc[2])
    assert first["any_caveat"].equals(rows["any_caveat"])
