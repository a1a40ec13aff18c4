"""Files that others had trouble with, against R on centred data (cases.R): large units, years and
their powers, gaps in keys, effects without events, categories of one row.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from coalition.base.errors import Problems
from coalition.base.keys import keys_of
from coalition.config import settings
from coalition.estimators.estimate import estimate
from coalition.samples import user_file

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "cases.json").read_text(encoding="utf-8"))
DIGITS = 2e-6
"""R prints twelve digits of ill-conditioned fits; six of them are asked for."""
MODEL = {"group": "g", "label": "M", "sample": "s", "covariance": "model"}
PANEL = {"unit": "id", "time": "year"}


@cache
def sample(file: str, unit: str = "id", term: str = "x") -> tuple[Any, dict[str, Any]]:
    spec = {"file": str(HERE / "cases" / file), "panel": {"unit": unit, "time": "year"}}
    every = {
        "group": "g",
        "label": "M",
        "sample": "s",
        "family": "ols",
        "outcome": "x",
        "terms": [term],
    }
    config = settings.main() | {"samples": {"s": spec}, "models": {"m": every}}
    problems = Problems()
    built = user_file.build(config, "s", problems, wanted_only=False)
    problems.stop()
    return built.table, spec


def fitted(file: str, unit: str = "id", **model: Any) -> dict[str, Any]:
    table, spec = sample(file, unit)
    return estimate("m", MODEL | model, table, {}, keys=keys_of(spec))


def holds(entry: dict[str, Any], case: str, names: dict[str, tuple[str, float]]) -> None:
    """Compare estimates and standard errors; names: ours -> R's and what its unit is of ours."""
    assert entry["status"] == "ok", entry["failure"]
    rows = {row["term"]: row for row in entry["rows"] if row["kind"] == "coefficient"}
    for ours, (theirs, unit) in names.items():
        estimate_, error = EXPECTED[case][theirs]
        assert rows[ours]["estimate"] * unit == pytest.approx(estimate_, rel=DIGITS)
        assert rows[ours]["std_error"] * unit == pytest.approx(error, rel=DIGITS)


SQUARE = {"x": ("x", 1.0), "milex": ("m", 1e6), "square(milex)": ("I(m^2)", 1e12)}


def test_squares_and_products_of_dollars_and_persons() -> None:
    ols = {"family": "ols", "outcome": "yy"}
    entry = fitted("scale2.csv", **ols, terms=["x", "milex", "square(milex)"])
    holds(entry, "square", SQUARE)
    entry = fitted("scale2.csv", **ols, terms=["x", "milex", "popn", "milex:popn"])
    names = {"milex": ("m", 1e6), "popn": ("p", 1e6), "milex:popn": ("m:p", 1e12)}
    holds(entry, "product", {"x": ("x", 1.0)} | names)


@pytest.mark.parametrize(
    ("case", "model", "names"),
    [
        ("cubic", {"family": "ols", "outcome": "yy"}, {"cube(year)": ("I(t^3)", 1.0)}),
        ("logit_cubic", {"family": "logit", "outcome": "b"}, {"cube(year)": ("I(t^3)", 1.0)}),
        ("logit_square", {"family": "logit", "outcome": "b"}, {"square(year)": ("I(t^2)", 1.0)}),
    ],
)
def test_years_and_their_powers(
    case: str, model: dict[str, str], names: dict[str, tuple[str, float]]
) -> None:
    terms = ["x", "year", "square(year)", "cube(year)"][: 4 if "cubic" in case else 3]
    holds(fitted("scale2.csv", **model, terms=terms), case, {"x": ("x", 1.0)} | names)


def test_counts_of_persons() -> None:
    entry = fitted(
        "scale2.csv", family="poisson", outcome="cnt", terms=["x", "popn", "square(popn)"]
    )
    holds(entry, "poisson", {"x": ("x", 1.0), "popn": ("p", 1e6)})


NAMES = {"const": ("(Intercept)", 1.0)} | {term: (term, 1.0) for term in ("x", "z", "w")}


def test_a_probit_and_its_clustered_errors() -> None:
    model = {"family": "probit", "outcome": "event", "terms": ["x", "z", "w"]}
    entry = fitted("overdispersed.csv", **model)
    expected = EXPECTED["probit"]
    rows = {row["term"]: row for row in entry["rows"] if row["kind"] == "coefficient"}
    for ours, (theirs, _) in NAMES.items():
        assert rows[ours]["estimate"] == pytest.approx(expected[theirs][0], rel=DIGITS)
        # R takes the expected information, Stata and this project the observed one
        assert rows[ours]["std_error"] == pytest.approx(expected[theirs][1], rel=0.02)
    assert entry["fit"]["log_likelihood"] == pytest.approx(expected["log_likelihood"], rel=1e-9)
    robust = fitted("overdispersed.csv", **model, covariance="cluster", cluster="id")
    errors = [row["std_error"] for row in robust["rows"] if row["kind"] == "coefficient"]
    # R's sandwich takes the expected information of a probit, which differs from the observed one
    assert errors == pytest.approx(expected["clustered"], rel=0.04)


def test_a_negative_binomial() -> None:
    terms = ["x", "z", "w"]
    entry = fitted("overdispersed.csv", family="negative_binomial", outcome="count", terms=terms)
    rows = {row["term"]: row for row in entry["rows"]}
    for ours, (theirs, _) in NAMES.items():
        estimate_, error = EXPECTED["negative_binomial"][theirs]
        assert rows[ours]["estimate"] == pytest.approx(estimate_, rel=1e-5)
        # R holds theta fixed and takes the expected information
        assert rows[ours]["std_error"] == pytest.approx(error, rel=0.03)
    theta = 1 / math.exp(rows["log_alpha"]["estimate"])
    assert theta == pytest.approx(EXPECTED["negative_binomial"]["theta"], rel=1e-4)
    found = entry["fit"]["log_likelihood"]
    assert found == pytest.approx(EXPECTED["negative_binomial"]["log_likelihood"], rel=1e-8)


def test_a_panel_of_thousands_of_dollars() -> None:
    terms = ["x", "milex", "square(milex)"]
    entry = fitted("scale2.csv", family="panel_entity", outcome="yy", terms=terms)
    holds(entry, "panel", {"x": ("x", 1.0), "milex": ("m", 1e6)})
    for family in ("panel_pooled", "panel_two_way", "panel_first_differences", "panel_random"):
        assert fitted("scale2.csv", family=family, outcome="yy", terms=terms)["status"] == "ok"


def test_rows_without_a_year_have_no_lag() -> None:
    entry = fitted("lagyear.csv", family="ols", outcome="yy", terms=["lag(x)"])
    assert (entry["n"], len(entry["dropped"])) == (EXPECTED["lag"]["n"], 43)
    holds(entry, "lag", {"lag(x)": ("lag", 1.0)})


def test_two_rows_of_one_unit_in_one_year_have_no_lag_either() -> None:
    with pytest.raises(Problems, match="the same id"):
        sample("lagdup.csv", term="lag(x)")


def test_years_without_an_event_are_left_out_and_counted() -> None:
    entry = fitted("yearfe.csv", family="logit", outcome="y", terms=["x"], fixed_effects=["year"])
    assert (entry["n"], len(entry["dropped"])) == (EXPECTED["effects"]["n"], 60)
    holds(entry, "effects", {"x": ("x", 1.0)})


def test_rows_without_a_unit_are_left_out_of_a_conditional_logit() -> None:
    entry = fitted("unit.csv", "state", family="conditional_logit", outcome="y", terms=["x"])
    assert (entry["n"], len(entry["dropped"])) == (EXPECTED["conditional"]["n"], 2)
    holds(entry, "conditional", {"x": ("x", 1.0)})


@pytest.mark.parametrize("covariance", ["hc2", "hc3"])
def test_a_row_that_a_category_fits_alone_has_no_hc3(covariance: str) -> None:
    terms = ["x", "factor(g)"]
    table, spec = sample("hc3.csv", "id" if "id" in sample("yearfe.csv")[0] else "x")
    model = MODEL | {"family": "ols", "outcome": "yy", "terms": terms, "covariance": covariance}
    entry = estimate("m", model, table, {}, keys=keys_of(spec))
    assert entry["failure"]["kind"] == "leverage"
    assert "factor(g)[Z]" in entry["failure"]["message"]
    ordinary = estimate("m", model | {"covariance": "hc1"}, table, {}, keys=keys_of(spec))
    assert ordinary["status"] == "ok"


def test_a_category_with_one_value_is_said() -> None:
    entry = fitted("yearfe.csv", family="logit", outcome="y", terms=["x", "factor(reg)"])
    said = [warning["message"] for warning in entry["warnings"]]
    assert any("factor(reg)" in message and "one value" in message for message in said)
