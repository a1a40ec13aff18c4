"""Ends of a profile interval where the profile has several ridges: what is not known is blank, and
what is printed is an end.
"""

from __future__ import annotations

import numpy as np
import pytest
from coalition.estimators import firth
from coalition.estimators.fit_types import Design
from scipy import stats

NAMES = ("const", "a", "b", "c", "d")


@pytest.mark.parametrize(("seed", "lost"), [(92, {"a"}), (145, {"c"})])
def test_an_end_is_where_the_profile_has_fallen_to_the_level_or_it_is_blank(
    seed: int, lost: set[str]
) -> None:
    # Twelve rows, five parameters, every term separated: the search for the ends met a jump, and
    # had no answer.
    generator = np.random.default_rng(seed)
    X = np.column_stack([np.ones(12), generator.normal(size=(12, 4))])
    y = (generator.random(12) < 0.7).astype(float)
    fit = firth.fit(Design(y=y, X=X, names=NAMES, levels=("0", "1"), groups=None), 0.95)
    least = fit.fit["penalised_log_likelihood"] - stats.chi2.ppf(0.95, 1) / 2
    blank = np.isnan(fit.conf_low) | np.isnan(fit.conf_high)
    assert lost <= {name for name, gone in zip(NAMES, blank, strict=True) if gone}
    caution = next(caution for caution in fit.warnings if caution.kind == "several_maxima")
    assert all(name in caution.message for name in lost)
    assert np.isfinite(fit.p_value).all()
    for j in np.flatnonzero(~blank):
        for end in (fit.conf_low[j], fit.conf_high[j]):
            start = np.where(np.arange(5) == j, end, fit.params)
            height = firth.maximise(y, X, start, np.flatnonzero(np.arange(5) != j))[1]
            # no higher ridge in sight: the profile has fallen as far as it must
            assert height - least < firth.JUMP
