"""Differences, means of units and the Driscoll-Kraay covariance: special cases that are known,
failures, cautions.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coalition.estimators import fit
from coalition.estimators.fit_types import Design, Errors, EstimationFailure


def panel(units: int = 20, years: int = 8, seed: int = 3) -> Design:
    rng = np.random.default_rng(seed)
    unit, year = np.repeat(np.arange(units), years), np.tile(np.arange(2003, 2003 + years), units)
    x, z = rng.normal(size=len(unit)), rng.normal(size=units)[unit]
    y = x + z + rng.normal(size=units)[unit] + rng.normal(size=len(unit))
    return Design(
        y, np.column_stack([np.ones(len(unit)), x, z]), ("const", "x", "z"), (), None, unit, year
    )


def only(data: Design, rows: np.ndarray) -> Design:
    return replace(
        data, y=data.y[rows], X=data.X[rows], entity=data.entity[rows], time=data.time[rows]
    )


def test_differences_of_two_years_are_the_within_estimate() -> None:
    data = panel(years=2)
    # the within model has a constant and a year where differences have a drift
    year = (data.time == 2004).astype(float)
    data = replace(data, X=np.column_stack([data.X, year]), names=(*data.names, "year"))
    first, within = fit("panel_first_differences", data), fit("panel_entity", data)
    np.testing.assert_allclose(first.params, within.params, rtol=1e-10)
    assert (first.n, within.n) == (20, 40)
    assert "z does not change from year to year" in first.warnings[0].message


def test_a_gap_is_not_bridged() -> None:
    data = panel()
    rows = ~((data.entity < 5) & (data.time == 2006))
    assert fit("panel_first_differences", only(data, rows)).n == 20 * 7 - 2 * 5


def test_no_two_years_that_follow_each_other() -> None:
    data = panel(years=3)
    rows = ((data.entity % 2 == 0) & (data.time != 2004)) | (
        (data.entity % 2 == 1) & (data.time == 2004)
    )
    with pytest.raises(EstimationFailure, match="two years that follow") as failure:
        fit("panel_first_differences", only(data, rows))
    assert failure.value.kind == "too_few_rows"


def test_between_is_least_squares_on_means() -> None:
    data = panel()
    means = np.array(
        [
            np.append(data.X[data.entity == one].mean(axis=0), data.y[data.entity == one].mean())
            for one in range(20)
        ]
    )
    expected = np.linalg.lstsq(means[:, :3], means[:, 3], rcond=None)[0]
    result = fit("panel_between", data)
    np.testing.assert_allclose(result.params, expected, rtol=1e-10)
    assert (result.n, result.inference["df"]) == (20, 17)


def test_between_fewer_units_than_terms() -> None:
    with pytest.raises(EstimationFailure) as failure:
        fit("panel_between", panel(units=3))
    assert failure.value.kind == "too_few_rows"


def test_between_needs_clusters_of_whole_units() -> None:
    with pytest.raises(EstimationFailure, match="whole units"):
        fit("panel_between", replace(panel(), groups=np.arange(160) // 5))


@pytest.mark.parametrize(
    "family",
    ["panel_pooled", "panel_entity", "panel_two_way", "panel_random", "panel_first_differences"],
)
def test_driscoll_kraay(family: str) -> None:
    data = replace(panel(), errors=Errors("driscoll_kraay"))
    result, plain = fit(family, data), fit(family, panel())
    np.testing.assert_allclose(result.params, plain.params)
    assert np.abs(result.std_error / plain.std_error - 1).max() > 0.01
    assert result.inference["covariance"] == "driscoll_kraay"
    assert result.inference["df"] == (6 if family == "panel_first_differences" else 7)
    assert any(warning.kind == "few_years" for warning in result.warnings)


def test_driscoll_kraay_of_few_years() -> None:
    with pytest.raises(EstimationFailure, match="4 years") as failure:
        fit("panel_pooled", replace(panel(years=4), errors=Errors("driscoll_kraay")))
    assert failure.value.kind == "too_few_rows"


@pytest.mark.parametrize(("effects", "disjoint"), [("entity", 0), ("two_way", 0), ("two_way", 1)])
def test_fit_of_effects_is_that_of_least_squares_with_dummies(effects: str, disjoint: int) -> None:
    data = panel(years=6)
    early = data.time < 2006
    # the first half of the units and the second have no year in common, or all but some rows
    rows = (data.entity < 10) == early if disjoint else (data.entity + data.time) % 7 > 0
    data = only(data, rows)
    dummies = [data.entity[:, None] == np.unique(data.entity)]
    dummies += [data.time[:, None] == np.unique(data.time)] if effects == "two_way" else []
    X = np.column_stack([data.X[:, 1], *dummies])
    residual = data.y - X @ np.linalg.lstsq(X, data.y, rcond=None)[0]
    n, rank, rss = len(X), np.linalg.matrix_rank(X), residual @ residual
    height = -n / 2 * (np.log(2 * np.pi * rss / n) + 1)
    found = fit(f"panel_{effects}", data).fit
    expected = [rss, np.sqrt(rss / (n - rank)), height, 2 * rank - 2 * height]
    expected.append(rank * np.log(n) - 2 * height)
    parts = ("rss", "rmse", "log_likelihood", "aic", "bic")
    np.testing.assert_allclose([found[part] for part in parts], expected, rtol=1e-10)


def test_fit_of_pooled_least_squares_is_that_of_least_squares() -> None:
    data = panel()
    parts = ("rss", "rmse", "log_likelihood", "aic", "bic")
    pooled, line = fit("panel_pooled", data).fit, fit("ols", data).fit
    np.testing.assert_allclose([pooled[p] for p in parts], [line[p] for p in parts], rtol=1e-10)
    assert {"rss", "aic"}.isdisjoint(fit("panel_random", data).fit)
