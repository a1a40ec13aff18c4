"""Firth's logit against the package firthmodels, an implementation of its own, on data with and
without separation.

Tolerance 1e-6: firthmodels stops at its own tolerance, set to 1e-7 here (below that its step
halving can end in rounding). Its standard errors come from the hat-augmented information and are
not compared; reference.R does that with brglm2.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from coalition.estimators import fit
from coalition.estimators.fit_types import Design

firthmodels = pytest.importorskip("firthmodels", reason="firthmodels is not installed")
DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize(
    ("file", "outcome", "terms"),
    [("cross_section.csv", "binary", ["x1", "x2", "d"]), ("small_sample.csv", "y", ["x", "s"])],
)
def test_estimates_ratios_and_profiles(file: str, outcome: str, terms: list[str]) -> None:
    data = pd.read_csv(DATA / file)
    X, y = data[terms].to_numpy(float), data[outcome].to_numpy(float)
    theirs = firthmodels.FirthLogisticRegression(
        backend="numpy", xtol=1e-7, gtol=1e-7, max_iter=1000
    ).fit(X, y)
    theirs.lrt()
    intervals = theirs.conf_int(method="pl", max_iter=1000, tol=1e-8)
    ours = fit(
        "firth_logit",
        Design(y, np.column_stack([np.ones(len(y)), X]), ("const", *terms), ("0", "1"), None),
    )
    last = [*range(1, len(terms) + 1), 0]  # they put the constant last
    np.testing.assert_allclose(ours.params[last], [*theirs.coef_, theirs.intercept_], atol=1e-6)
    np.testing.assert_allclose(ours.p_value[last], theirs.lrt_pvalues_, atol=1e-6)
    np.testing.assert_allclose(
        np.column_stack([ours.conf_low, ours.conf_high])[last], intervals, atol=1e-5
    )
