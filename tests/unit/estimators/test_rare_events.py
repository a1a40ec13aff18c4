"""The rare-events logit: what its corrections do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coalition.estimators import fit, rare_events
from scipy.special import expit
from simulated import design


def test_without_a_population_share_the_constant_is_corrected_for_bias_alone() -> None:
    assert rare_events.intercept_correction(0.3, 0.3) == pytest.approx(0)
    data = design("logit")
    plain = fit("logit", data)
    corrected = fit("rare_events_logit", data)
    np.testing.assert_allclose(plain.params - corrected.params, rare_events.bias(plain.params, data.X, data.y))
    np.testing.assert_array_equal(corrected.std_error, plain.std_error)


def test_the_prior_correction_mends_the_constant_of_a_sample_of_cases_and_controls() -> None:
    """Every event and one in twenty of the others: the corrected constant is that of the whole population, the others' chance rows apart."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=200_000)
    y = (rng.random(len(x)) < expit(-5 + x)).astype(float)
    kept = (y == 1) | (rng.random(len(x)) < 0.05)
    whole = np.column_stack([np.ones(len(x)), x])
    data = replace(design("logit"), y=y[kept], X=whole[kept], names=("const", "x"), groups=None, products=())
    uncorrected, result = fit("logit", data), fit("rare_events_logit", replace(data, population_share=float(y.mean())))
    assert abs(uncorrected.params[0] + 5) > 10 * uncorrected.std_error[0]
    assert np.all(np.abs(result.params - [-5, 1]) < 3.3 * result.std_error)  # 3.3 standard errors: chance of 1 in 1,000


def test_the_bias_correction_agrees_with_firth_to_first_order() -> None:
    """Both remove the bias of order 1/n (Firth 1993); what is left is of order 1/n^2, so far smaller than the correction."""
    data = design("logit", n=600, clusters=None)
    plain, ours, firth = (fit(family, data).params for family in ("logit", "rare_events_logit", "firth_logit"))
    assert np.abs(ours - firth).max() < 0.1 * np.abs(plain - firth).max()
