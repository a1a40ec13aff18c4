"""Multiple imputation where gaps depend on what is known: less bias than complete rows, and
intervals that cover.

Monte Carlo error: with R replicates a share of 0.95 has standard error sqrt(0.95 x 0.05 / R), and a
mean that of its replicates; three of them are allowed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from coalition.robustness.imputation import impute
from coalition.robustness.missing_data import with_drawn_coder
from coalition.robustness.rubin import rubin
from measured import Study
from truth import nearly_covers

pytestmark = pytest.mark.long

TRUTH = 0.5

Begin = Callable[..., Study]


def least_squares(y: np.ndarray, X: np.ndarray) -> tuple[float, float]:
    X = np.column_stack([np.ones(len(y)), X])
    beta, *_ = np.linalg.lstsq(X, y, rcond=None)
    residuals = y - X @ beta
    variance = residuals @ residuals / (len(y) - X.shape[1])
    return float(beta[1]), float(np.sqrt(variance * np.linalg.inv(X.T @ X)[1, 1]))


def replicate(generator: np.random.Generator, n: int) -> tuple[float, bool, float]:
    """Return the estimate, whether its interval covers, and the estimate from complete rows; x is
    missing where y is high.
    """
    z = generator.standard_normal(n)
    x = 0.5 * z + generator.standard_normal(n)
    y = TRUTH * x + 0.5 * z + generator.standard_normal(n)
    gaps = generator.random(n) < 1 / (1 + np.exp(1.0 - 1.5 * y))
    values = np.column_stack([np.where(gaps, np.nan, x), z, y])
    found = [least_squares(copy[:, 2], copy[:, :2]) for copy in impute(values, 5, generator)]
    pooled = rubin([estimate for estimate, _ in found], [error for _, error in found], n - 3)
    complete = least_squares(y[~gaps], np.column_stack([x, z])[~gaps])[0]
    return pooled.estimate, pooled.conf_low <= TRUTH <= pooled.conf_high, complete


@pytest.mark.parametrize("n", [45, 190])
def test_imputation_removes_the_bias_of_complete_rows_and_covers(n: int, study: Begin) -> None:
    about = study(
        title="Multiple imputation",
        simulated=(
            "A covariate is missing more often where the outcome is high; five imputations, "
            "pooled by Rubin's rules, against complete rows."
        ),
        n=n,
        clusters=0,
        replications=(80, 600),
        seed=20190101,
    )
    generator = about.rng
    found = [replicate(generator, n) for _ in range(about.replications)]
    estimates, covers, complete = (np.array(part, float) for part in zip(*found, strict=True))
    about.bias("imputed", ["covariate"], estimates, TRUTH)
    about.coverage("imputed", ["covariate"], covers)
    about.bias("complete rows", ["covariate"], complete, TRUTH)
    error = 3 * estimates.std(ddof=1) / np.sqrt(about.replications)
    # the imputation's prior is worth one row in a hundred, one row at least, and draws the effect
    # towards zero by that share of it
    assert abs(estimates.mean() - TRUTH) < error + TRUTH * max(1 / n, 0.01)
    assert TRUTH - complete.mean() > 0.05
    assert nearly_covers(covers.mean(), about.replications)


def coded(rng: np.random.Generator, n: int) -> tuple[np.ndarray, pd.DataFrame, list[pd.DataFrame]]:
    """Return a covariate, states with levels as both coders have them, and each coder's table; a
    third has one coder alone.
    """
    x = rng.standard_normal(n)
    level = 1.5 + TRUTH * x + rng.standard_normal(n)
    keys = pd.DataFrame(
        {"iso3": [f"S{state:03d}" for state in range(n)], "operation": "one", "year": 2001}
    )
    by_coder = [level + 0.7 * rng.standard_normal(n) for _ in range(2)]
    alone = rng.random(n) < 1 / 3
    by_coder[1] = np.where(alone, np.nan, by_coder[1])
    whole = keys.assign(caveat_level=np.nanmean(by_coder, axis=0))
    return x, whole, [keys.assign(caveat_level=values) for values in by_coder]


@pytest.mark.parametrize("n", [45, 90])
def test_the_drawn_coder_covers(n: int, study: Begin) -> None:
    """Coders err at random in the outcome: an effect on it stays the same, and the interval must
    not be too short.
    """
    about = study(
        title="Coder drawn",
        simulated="States' levels as two coders have them, each with an error of 0.7 standard "
        "deviations; a third was rated by one alone; 10 draws of the coder, pooled by Rubin's "
        "rules.",
        n=n,
        clusters=0,
        replications=(15, 300),
        seed=20190102,
    )
    rng, estimates, held = about.rng, [], []
    for _ in range(about.replications):
        x, whole, coders = coded(rng, n)
        tables = [with_drawn_coder(whole, coders, rng) for _ in range(10)]
        found = [least_squares(table["caveat_level"].to_numpy(), x[:, None]) for table in tables]
        pooled = rubin([estimate for estimate, _ in found], [error for _, error in found], n - 2)
        estimates.append(pooled.estimate)
        held.append(pooled.conf_low <= TRUTH <= pooled.conf_high)
    about.bias("coder drawn", ["covariate"], np.array(estimates), TRUTH)
    about.coverage("coder drawn", ["covariate"], np.array(held))
    error = 3.3 * np.std(estimates) / np.sqrt(about.replications)
    assert abs(np.mean(estimates) - TRUTH) < error
    # error of coding counts within each draw and between draws, so the interval is rather too long
    assert np.mean(held) > 0.95 - 3.3 * np.sqrt(0.95 * 0.05 / about.replications)
