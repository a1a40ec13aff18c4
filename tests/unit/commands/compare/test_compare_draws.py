"""What other draws alone do to a number, and what the comparison says of it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from coalition.base.errors import Problems
from coalition.base.files import write_json
from coalition.commands.compare.compare_page import page, summary
from coalition.commands.compare.compared_settings import kind
from coalition.commands.compare.comparison import Comparison, compare
from coalition.commands.compare.drawn_numbers import Drawn, band, monte_carlo_error
from coalition.commands.compare.runs import read
from coalition.robustness.rubin import rubin
from compare_fixture import row, run_parts, write_run
from scipy.stats import fisher_exact


def compared(tmp_path: Path, p_values: tuple[float, float], draws: tuple[int, int]) -> Comparison:
    """Compare two runs that differ in nothing but the p-value of a bootstrap and its draws."""
    problems = Problems()
    runs = []
    for letter, p_value, number in zip("AB", p_values, draws, strict=True):
        parts = run_parts()
        parts["config"]["inference"] = {"replicates": number}
        folder = write_run(tmp_path / letter, parts)
        test = row("fear", 0.8, 0.4, p_value, replicates=number, method="score_bootstrap")
        write_json(
            folder / "estimates" / "inference.json",
            {"hypotheses": [{"hypothesis": "H1", "n": 100, "rows": [test]}]},
        )
        runs.append(read(letter, folder, problems))
    problems.stop()
    a, b = runs
    assert a is not None
    assert b is not None
    return compare(a, b)


@pytest.mark.long_after(1)
@pytest.mark.parametrize("draws", [(499, 9999), (99, 99), (1999, 1999)])
def test_the_band_is_that_of_fishers_exact_test(draws: tuple[int, int]) -> None:
    """A share at the edge of the band is not rejected at 1%, and one a step beyond it nearly is."""
    a = Drawn(20 / (draws[0] + 1), draws[0], 1)
    for successes in range(0, min(draws[1], 800)):
        b = Drawn((successes + 1) / (draws[1] + 1), draws[1], 1)
        ends = band(a, b)
        assert ends is not None
        within = ends[0] - 1e-12 <= b.value - a.value <= ends[1] + 1e-12
        table = [[19, draws[0] - 19], [successes, draws[1] - successes]]
        # each tail holds 0.5%: twice the smaller one-sided p-value is the test's
        tails = [fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
        assert within == (min(tails) >= 0.005 - 1e-12) or min(tails) == pytest.approx(
            0.005, rel=0.3
        )


@pytest.mark.long
def test_other_draws_alone_lie_within_the_band_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(2000):
        a, b = (
            Drawn((int(rng.binomial(number, 0.04)) + 1) / (number + 1), number, 1)
            for number in (499, 1999)
        )
        low, high = band(a, b) or (math.nan, math.nan)
        inside += low - 1e-12 <= b.value - a.value <= high + 1e-12
    assert 0.985 <= inside / 2000 <= 1


def test_the_error_of_a_mean_over_completed_data_sets_is_read_from_what_is_stored() -> None:
    estimates = [0.3, 0.42, 0.35, 0.29, 0.5]
    for complete_df in (math.inf, 40.0):
        pooled = rubin(estimates, [0.2] * 5, complete_df)
        error = monte_carlo_error(pooled.std_error, pooled.missing, pooled.df, 5)
        assert error == pytest.approx(np.std(estimates, ddof=1) / math.sqrt(5))
    assert monte_carlo_error(0.2, None, None, 5) is None


def test_a_difference_is_within_other_draws_or_beyond_them(tmp_path: Path) -> None:
    near = compared(tmp_path / "near", (0.052, 0.0468), (499, 9999))
    far = compared(tmp_path / "far", (0.052, 0.2), (499, 9999))
    assert near.drawn["reading"].to_list() == ["within"]
    assert far.drawn["reading"].to_list() == ["beyond"]
    assert "1 within what other draws alone do, 0 beyond it" in summary(near)
    assert "0 within what other draws alone do, 1 beyond it" in summary(far)
    assert "significance\nwithin what other draws alone do" in page(near)


def test_exact_numbers_that_differ_are_told_apart_from_draws(tmp_path: Path) -> None:
    found = compared(tmp_path, (0.052, 0.0468), (499, 9999))
    assert "Estimates that rest on no draws: 0 of 2 differ. Without" in summary(found)
    assert found.settings[["key", "kind"]].values.tolist() == [["inference.replicates", "draws"]]


def test_a_number_without_a_band_is_told_in_words(tmp_path: Path) -> None:
    found = compared(tmp_path, (0.052, 0.2), (499, 9999))
    assert "cannot be told" not in summary(found)
    found.drawn["reading"] = "no band"
    said = "1 of 1 differ: 0 within what other draws alone do, 0 beyond it, 1 for which this cannot"
    assert said in summary(found)


def test_settings_have_the_kind_of_the_longest_key_that_is_named() -> None:
    kinds = {
        "inference.replicates": "draws",
        "inference.methods": "alternatives",
        "seed": "draws",
        "tables.h1": "print",
        "measures.fear.label": "print",
        "operations.isaf.baseline_year": "analysis",
        "robustness.v_dem": "alternatives",
    }
    assert {key: kind(key) for key in kinds} == kinds
