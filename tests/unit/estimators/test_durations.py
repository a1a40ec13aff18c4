"""Models of durations and of counts with exposure: what in a file would make them silently
wrong.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.base.keys import Keys
from coalition.estimators.cox import ranks
from coalition.estimators.estimate import estimate

KEYS = Keys(("row",), ("state",), "year")
MODEL = {"group": "g", "label": "M", "sample": "s", "terms": ["x"], "outcome": "event"}
COX = MODEL | {"family": "cox", "spell": {"start": "start", "stop": "stop"}}
DISCRETE = MODEL | {
    "family": "discrete_time_logit",
    "baseline": {"time": "stop", "form": "polynomial", "degree": 1},
}
COUNT = MODEL | {"family": "poisson", "outcome": "number", "exposure": "days"}


def rows(units: int = 60, seed: int = 3) -> pd.DataFrame:
    """Return a row a state and year until the event."""
    rng = np.random.default_rng(seed)
    found = []
    for state in range(units):
        for year in range(6):
            x = rng.normal()
            event = int(rng.random() < 0.15 * np.exp(0.4 * x))
            found.append((f"S{state}", 2001 + year, year, year + 1, x, event, rng.poisson(3), 100))
            if event:
                break
    names = ["state", "year", "start", "stop", "x", "event", "number", "days"]
    table = pd.DataFrame(found, columns=names).astype(
        {"start": float, "stop": float, "days": float}
    )
    return table.assign(row=range(2, len(found) + 2))


def fitted(model: dict[str, Any], data: pd.DataFrame, keys: Keys = KEYS) -> dict[str, Any]:
    return estimate("m", model, data, {}, keys=keys)


def refused(model: dict[str, Any], data: pd.DataFrame, keys: Keys = KEYS) -> str:
    entry = fitted(model, data, keys)
    assert entry["status"] == "failed"
    assert entry["failure"]["kind"] == "unfit_column"
    return str(entry["failure"]["message"])


LONG = rows().groupby("state").filter(lambda of: len(of) > 3).index[:4].tolist()
"""The places of the first four rows of the first state that has four."""


def changed(column: str, values: dict[int, Any], seed: int = 3) -> pd.DataFrame:
    data = rows(seed=seed)
    for place, value in values.items():
        data.loc[place, column] = value
    return data


def test_a_row_that_starts_with_an_event_is_not_at_risk_of_it() -> None:
    start, stop = ranks(np.array([0.0, 0.3]), np.array([0.1 + 0.2, 0.5]))
    assert start[1] > stop[0]
    assert stop[0] > start[0]


@pytest.mark.parametrize(
    ("model", "data", "said"),
    [
        (COX, changed("stop", {4: 0, 9: 1}), "ends where it starts or before in row 6"),
        (COX, changed("start", {LONG[1]: 0.5}), "a unit has two spells at one time"),
        (COX, changed("event", {0: 2}), r"neither 1 nor 0 \(2\)"),
        (
            DISCRETE,
            changed("stop", {LONG[1]: 1}),
            "a unit has two rows at one time of 'stop': row ",
        ),
        (COUNT, changed("days", {0: 0, 3: -5}), "is zero or below in row 2, row 5"),
        (
            COX | {"spell": {"stop": "start"}},
            rows().groupby("state").head(1),
            "names no `start`: it would have no length",
        ),
        (
            DISCRETE | {"baseline": {"time": "start", "form": "log"}},
            rows(),
            "is zero or below in row 2, .* has no log",
        ),
    ],
)
def test_what_would_be_silently_wrong_is_refused(
    model: dict[str, Any], data: pd.DataFrame, said: str
) -> None:
    assert re.search(said, refused(model, data))


def test_a_unit_that_is_counted_after_its_event_is_refused() -> None:
    data = rows()
    last = data.groupby("state").tail(1)
    later = last[last["event"] == 1].head(2)
    more = later.assign(
        start=later["stop"], stop=later["stop"] + 1, year=later["year"] + 1, event=0
    )
    longer = pd.concat([data, more], ignore_index=True).assign(row=lambda t: range(2, len(t) + 2))
    assert "still at risk after its event" in refused(DISCRETE, longer)
    anew = longer.assign(stop=longer["stop"].where(longer.index < len(data), 1))
    assert fitted(DISCRETE, anew)["status"] == "ok"


def test_units_must_be_known() -> None:
    alone = Keys(("row",))
    assert "name its columns as `unit` of `spell`" in refused(COX, rows(), alone)
    assert "name its columns as `unit` of `baseline`" in refused(DISCRETE, rows(), alone)
    own = COX | {"spell": COX["spell"] | {"unit": "state"}}
    assert fitted(own, rows(), alone)["status"] == "ok"


def test_gaps_in_times_units_and_exposure_are_counted() -> None:
    gaps = changed("stop", {5: np.nan})
    assert fitted(COX, gaps)["dropped"] == [{"row": 7, "reason": "missing: stop"}]
    gaps = changed("days", {5: np.nan})
    assert fitted(COUNT, gaps)["dropped"] == [{"row": 7, "reason": "missing: days"}]
    gaps = changed("state", {5: np.nan})
    assert fitted(COX, gaps)["dropped"] == [{"row": 7, "reason": "missing: state"}]


def test_a_likelihood_that_rises_without_end_is_named() -> None:
    data = rows()
    data["never"] = (np.arange(len(data)) % 5 == 0) * 1.0
    data.loc[data["event"] == 1, "never"] = 0.0
    for scale in (1.0, 1e7):
        entry = fitted(COX | {"terms": ["x", "never"]}, data.assign(never=data["never"] * scale))
        assert entry["failure"]["kind"] == "separation"
        assert "along never:" in entry["failure"]["message"]


def test_a_term_that_repeats_another_is_left_out_and_said() -> None:
    entry = fitted(COX | {"terms": ["x", "twice"]}, rows().assign(twice=lambda t: 2 * t["x"]))
    assert [row["term"] for row in entry["rows"]] == ["x"]
    assert "twice is a combination of x" in entry["warnings"][0]["message"]


def test_every_row_may_end_with_the_event_but_not_none() -> None:
    last = rows().query("event == 1")
    spell = COX | {"spell": {"stop": "stop"}}
    assert fitted(spell, last)["status"] == "ok"
    none = fitted(spell, last.assign(event=0))
    assert none["failure"]["kind"] == "constant_outcome"


def test_years_on_the_calendar_are_times_like_others() -> None:
    data = rows()
    late = data.assign(start=data["start"] + 2001.0, stop=data["stop"] + 2001.0)
    one, two = (fitted(COX, each)["rows"][0]["estimate"] for each in (data, late))
    assert one == pytest.approx(two, rel=1e-12)
    born = 1900 + (data.groupby("state").ngroup() * 7 % 90)
    data = data.assign(born=born, since=born - 1950.0)
    squares = COX | {"terms": ["born", "square(born)", "x"]}
    centred = COX | {"terms": ["since", "square(since)", "x"]}
    found = [
        {row["term"]: row for row in fitted(model, data)["rows"]} for model in (squares, centred)
    ]
    assert found[0]["x"]["std_error"] == pytest.approx(found[1]["x"]["std_error"], rel=1e-6)
    for part in ("estimate", "std_error"):
        assert found[0]["square(born)"][part] == pytest.approx(
            found[1]["square(since)"][part], rel=1e-6
        )


def test_what_is_alike_for_all_at_risk_is_named() -> None:
    data = rows()
    for model in (COX | {"terms": ["x", "year"]}, COX | {"terms": ["x", "year", "square(year)"]}):
        failure = fitted(model, data)["failure"]
        assert failure["kind"] == "collinearity"
        assert "is alike for all that are at risk" in failure["message"]
        assert failure["message"].startswith("year")


def test_an_effect_of_a_period_without_events_is_left_out_and_said() -> None:
    data = rows()
    data.loc[data["stop"] == 2, "event"] = 0
    entry = fitted(DISCRETE | {"baseline": {"time": "stop", "form": "dummies"}}, data)
    reasons = {row["reason"] for row in entry["dropped"]}
    assert reasons == {"the outcome does not vary: stop 2"}


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_the_unit_of_an_exposure_moves_the_constant_alone(family: str) -> None:
    rng = np.random.default_rng(2)
    data = rows()
    data["days"] = rng.uniform(50, 300, len(data))
    data["number"] = rng.poisson(data["days"] / 60 * rng.gamma(2, 0.5, len(data)))
    model = COUNT | {"family": family}
    if family == "negative_binomial":
        found = fitted(model, data)
        log_alpha = next(row["estimate"] for row in found["rows"] if row["term"] == "log_alpha")
        assert found["fit"]["alpha"] == pytest.approx(np.exp(log_alpha), rel=1e-12)
    one, two = (
        {row["term"]: row for row in fitted(model, data.assign(days=data["days"] * by))["rows"]}
        for by in (1.0, 1e9)
    )
    for part in ("estimate", "std_error"):
        assert two["x"][part] == pytest.approx(one["x"][part], rel=1e-7)
    assert two["const"]["estimate"] == pytest.approx(one["const"]["estimate"] - np.log(1e9))


def test_a_family_without_offsets_refuses_one() -> None:
    data = rows()
    other = MODEL | {"family": "logit", "exposure": "days"}
    entry = fitted(other, data)
    assert "does not know an offset" in entry["failure"]["message"]
