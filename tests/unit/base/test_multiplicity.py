"""P-values of several tests, adjusted for their number: by hand, and as statsmodels has them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from coalition.base.multiplicity import benjamini_hochberg, holm
from statsmodels.stats.multitest import multipletests


def test_adjusted_p_values_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert benjamini_hochberg([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.04, 0.04])
    assert holm([]) == []


@pytest.mark.parametrize(("adjust", "method"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])
def test_adjusted_p_values_are_those_of_statsmodels(
    adjust: Callable[[np.ndarray], list[float]], method: str
) -> None:
    rng = np.random.default_rng(7)
    # statsmodels collects garbage at each call, which takes a quarter of a second
    for _ in range(20):
        p_values = rng.choice(rng.uniform(0, 1, 8) ** 3, rng.integers(1, 12))  # with ties
        np.testing.assert_array_equal(adjust(p_values), multipletests(p_values, method=method)[1])


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_an_unknown_p_value_stays_unknown_and_counts(adjust: object) -> None:
    found = adjust([0.01, math.nan])
    assert found[0] == pytest.approx(0.02)
    assert math.isnan(found[1])
