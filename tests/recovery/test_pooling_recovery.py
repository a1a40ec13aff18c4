"""The pooled effect of several operations against truth: estimates that share states, and effects
that differ between operations.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from coalition.inference.meta_analysis import pool
from measured import Study
from scipy.stats import binom

SPREAD, ERRORS, SHARED = 0.2, (0.25, 0.45), 0.4
"""Standard deviation between operations; smallest and largest error; correlation of estimates."""


@pytest.mark.parametrize("operations", [3, 7])
def test_partial_pooling(operations: int, study: Callable[..., Study]) -> None:
    about = study(
        title="Partial pooling of operations",
        simulated="Effects of operations drawn around 0.5 with standard deviation 0.2 and "
        "estimated "
        "with errors of 0.25 to 0.45, correlated by 0.4 since states recur; rows are "
        "operations. One more operation: the interval of prediction against a new effect.",
        n=operations,
        clusters=0,
        replications=(200, 3000),
        seed=31,
    )
    rng = about.rng
    errors = np.linspace(*ERRORS, operations)
    V = np.outer(errors, errors) * (SHARED + (1 - SHARED) * np.eye(operations))
    found, alone = [], []
    new = 0.5 + SPREAD * rng.normal(size=about.replications)
    for _ in range(about.replications):
        effects = 0.5 + SPREAD * rng.normal(size=operations)
        y = rng.multivariate_normal(effects, V)
        found.append(pool(y, V, 0.95))
        alone.append(pool(y, np.diag(np.diag(V)), 0.95))
    held = np.array([of.conf_low <= 0.5 <= of.conf_high for of in found])
    apart = np.array([of.conf_low <= 0.5 <= of.conf_high for of in alone])
    more = np.array(
        [of.predicted_low <= b <= of.predicted_high for of, b in zip(found, new, strict=True)]
    )
    about.bias("correlations known", ["mean"], np.array([[of.estimate] for of in found]), [0.5])
    about.coverage("correlations known", ["mean"], held)
    about.coverage("as if independent", ["mean"], apart)
    about.coverage("correlations known", ["one more operation"], more)
    assert held.sum() >= binom.ppf(0.0005, len(held), 0.92)
