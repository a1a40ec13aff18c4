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
