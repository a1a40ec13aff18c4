"""The difference of two dependent estimates: intervals against simulation, the needed correlation
against its definition.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.commands.compare.difference import difference_columns, differences


def effects(*rows: tuple[float, float, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["estimate", "std_error", "df"], dtype="float64")


def test_independent_interval_is_that_of_the_textbook() -> None:
    found = differences(effects((1.0, 0.3, None)), effects((2.0, 0.4, None))).iloc[0]
    assert found["difference"] == 1.0
    assert found["independent_error"] == pytest.approx(0.5)
    # the quantile is given with six decimals
    assert found["independent_low"] == pytest.approx(1 - 1.959964 * 0.5, abs=1e-6)
    assert found["widest_high"] == pytest.approx(1 + 1.959964 * 0.7, abs=1e-6)
    assert found["size"] == pytest.approx(2.0)


@pytest.mark.parametrize("gap", [0.3, 0.6, 0.9, 1.2])
def test_needed_correlation_is_where_the_interval_touches_zero(gap: float) -> None:
    a, b = 0.3, 0.4
    needed = differences(effects((0.0, a, None)), effects((gap, b, None)))[
        "correlation_needed"
    ].iloc[0]
    error = np.sqrt(a**2 + b**2 - 2 * needed * a * b)
    assert gap / error == pytest.approx(1.959964, abs=1e-5)


def test_needed_correlation_says_never_and_always() -> None:
    found = differences(
        effects((0, 0.1, None), (0, 0.1, None), (0, 0.1, None)),
        effects((0, 0.1, None), (0.01, 0.5, None), (5, 0.1, None)),
    )
    never_same, never, always = found["correlation_needed"]
    assert never_same == np.inf
    assert never > 1
    assert always < -1


def test_fewer_degrees_of_freedom_widen() -> None:
    found = differences(effects((0, 1, 5), (0, 1, None)), effects((0, 1, 50), (0, 1, 5)))
    # t with 5 df, six decimals
    assert found["independent_high"].to_list() == pytest.approx(
        [2.570582 * np.sqrt(2)] * 2, abs=1e-5
    )


def test_arithmetic_is_no_difference_and_unknown_stays_unknown() -> None:
    found = differences(
        effects((1.0, 0.1, None), (1.0, None, None), (None, 0.1, None)),
        effects((1.0 + 1e-9, 0.1, None), (2.0, 0.1, None), (1, 0.1, None)),
    )
    assert found["difference"].iloc[0] == 0
    assert found["difference"].iloc[1] == 1.0
    assert found.loc[1, ["independent_low", "widest_high", "correlation_needed"]].isna().all()
    assert found.loc[2].drop("independent_error").isna().all()


@pytest.mark.parametrize("correlation", [-0.95, 0.0, 0.6, 0.95])
def test_coverage_of_both_intervals(correlation: float) -> None:
    """The widest interval must cover at every correlation, the independent one from zero up."""
    rng = np.random.default_rng(20240501)
    a, b, draws = 0.3, 0.5, 4000
    cross = correlation * a * b
    drawn = rng.multivariate_normal([0.2, 1.0], [[a**2, cross], [cross, b**2]], size=draws)
    first, second = (
        pd.DataFrame({"estimate": drawn[:, side], "std_error": error, "df": np.nan})
        for side, error in ((0, a), (1, b))
    )
    found = differences(first, second)
    noise = 3 * np.sqrt(0.95 * 0.05 / draws)  # three standard errors of a simulated share
    covered = {
        name: float(((found[f"{name}_low"] < 0.8) & (found[f"{name}_high"] > 0.8)).mean())
        for name in ("independent", "widest")
    }
    assert covered["widest"] > 0.95 - noise
    if correlation >= 0:
        assert covered["independent"] > 0.95 - noise
    else:
        assert covered["independent"] < 0.95 - noise


def test_columns_are_declared() -> None:
    assert difference_columns() == list(
        differences(effects((0, 1, None)), effects((0, 1, None))).columns
    )
