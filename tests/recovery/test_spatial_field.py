"""Which tests hold their level where states share a spatial field, at the real designs.

The field is fitted to the data, with the null imposed for sizes and free for coverage. What decides
is fixed beforehand: a method holds where it rejects at most 7.5% of true nulls at 5% in 1,000
draws (levels.py).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from levels import HOLDS
from measured import Study
from real_designs import TESTS, real
from scipy.stats import binom
from spatial_study import WITH_INTERVAL, covered, methods, rejections, world

pytestmark = pytest.mark.long

SIZE, COVERAGE = "States near each other: size", "States near each other: coverage"


@pytest.mark.parametrize(("hypothesis", "term"), TESTS)
def test_size_under_the_fitted_field(
    study: Callable[..., Study], hypothesis: str, term: str
) -> None:
    of = real(hypothesis, term)
    about = study(
        title=SIZE,
        simulated="The designs of the primary tests, with outcomes from the models fitted under "
        "the null and a Gaussian spatial field in the latent errors, fitted by Moran's I of the "
        "residuals in rings of neighbours; both operations of a state share it.",
        n=len(of.states),
        clusters=len(of.distance),
        replications=(6, 1000),
        seed=12,
    )
    found = rejections(of, world(of, 0.0), 0.0, about.replications, about.seed)
    for name, rejected in zip(methods(of), found.T, strict=True):
        about.size(name, [f"{hypothesis}: {term}"], rejected[np.isfinite(rejected)])
    bootstrapped = found[:, -1]
    assert (bootstrapped == 1).sum() <= binom.ppf(0.9995, len(found), HOLDS)
    # of H2 one draw in seven lacks a level, that of the four who have no caveat: without estimates
    assert len(found) >= 0.7 * about.replications


@pytest.mark.parametrize(("hypothesis", "term"), TESTS[:3])
def test_coverage_under_the_fitted_field(
    study: Callable[..., Study], hypothesis: str, term: str
) -> None:
    of = real(hypothesis, term)
    truth = of.of.at(of.fit.params)
    about = study(
        title=COVERAGE,
        simulated="The same with the effects as estimated, and the field that the residuals of "
        "the full models lead to; the truth is the estimate from the data.",
        n=len(of.states),
        clusters=len(of.distance),
        replications=(4, 300),
        seed=13,
    )
    found = covered(of, world(of, None), truth, about.replications, about.seed)
    names = [*(name for name in WITH_INTERVAL if name in methods(of)), "field_bootstrap"]
    for name, held in zip(names, found.T, strict=True):
        about.coverage(name, [f"{hypothesis}: {term}"], held[np.isfinite(held)])
    assert (found[:, -1] == 0).sum() <= binom.ppf(0.9995, len(found), 0.15)
