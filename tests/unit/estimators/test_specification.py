"""Tests of specification: agreement where theory promises it, refusal where a number would mean
nothing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from classical_forms import brant, hausman
from coalition.estimators import fit
from coalition.estimators.fit_types import Design, EstimationFailure
from coalition.estimators.specification_tests import mundlak, proportional_odds


def ordered(n: int, difference: float, seed: int = 0) -> Design:
    """Return three levels; x moves the second cut by `difference` more than the first."""
    rng = np.random.default_rng(seed)
    x, w = rng.uniform(-1, 1, n), rng.normal(size=n)
    latent = rng.logistic(size=n)
    y = (latent > -0.8 - 0.5 * x - 0.3 * w).astype(float) + (
        latent > 0.8 - (0.5 + difference) * x - 0.3 * w
    )
    return Design(
        y, np.column_stack([np.ones(n), x, w]), ("const", "x", "w"), ("a", "b", "c"), None
    )


def test_score_wald_and_likelihood_ratio_agree_in_large_samples() -> None:
    """They differ by terms of order one over the root of n: 4,000 rows bring them to a tenth."""
    data = ordered(4000, 0.25)
    free = fit("partial_ordered_logit", replace(data, nonproportional=(1,))).fit["log_likelihood"]
    ratio = 2 * (free - fit("ordered_logit", data).fit["log_likelihood"])
    score = next(test for test in proportional_odds(data) if test.term == "x")
    wald = next(test for test in brant(data) if test.term == "x")
    assert ratio > 4
    assert score.statistic == pytest.approx(ratio, rel=0.1)
    assert wald.statistic == pytest.approx(ratio, rel=0.1)
    assert (score.df, wald.df) == (1, 1)


def test_the_term_that_differs_is_the_one_that_is_named() -> None:
    joint, x, w = proportional_odds(ordered(2000, 0.8))
    assert (joint.term, x.term, w.term) == (None, "x", "w")
    assert joint.p < 0.001
    assert x.p < 0.001 < w.p


def test_clusters_of_one_row_differ_little_from_none() -> None:
    data = ordered(3000, 0.0)
    alone, clustered = (
        proportional_odds(each)[0] for each in (data, replace(data, groups=np.arange(3000)))
    )
    assert clustered.statistic == pytest.approx(alone.statistic, rel=0.1)
    assert clustered.method == "score test, clustered"


def test_rows_that_are_repeated_do_not_deceive_the_clustered_test() -> None:
    data = ordered(300, 0.4)
    four = replace(data, y=np.tile(data.y, 4), X=np.tile(data.X, (4, 1)))
    clustered = replace(four, groups=np.tile(np.arange(300), 4))
    alone = replace(data, groups=np.arange(300))
    assert proportional_odds(four)[0].statistic == pytest.approx(
        4 * proportional_odds(data)[0].statistic
    )
    assert proportional_odds(clustered)[0].statistic == pytest.approx(
        proportional_odds(alone)[0].statistic
    )


def test_too_few_clusters_for_the_clustered_test() -> None:
    with pytest.raises(EstimationFailure) as failure:
        proportional_odds(replace(ordered(300, 0.0), groups=np.arange(300) % 2))
    assert failure.value.kind == "too_few_clusters"


def test_a_separated_cut_has_no_brant_test_but_a_score_test() -> None:
    data = ordered(120, 0.0)
    X = np.column_stack([data.X, (data.y == 2) & (np.arange(120) % 5 == 0)]).astype(float)
    # the lower cut is separated, the ordered logit is not
    X[np.flatnonzero(data.y == 1)[0], 3] = 1.0
    data = replace(data, X=X, names=(*data.names, "d"))
    with pytest.raises(EstimationFailure, match="logit above a"):
        brant(data)
    assert all(np.isfinite(test.p) for test in proportional_odds(data))


def panel(correlated: float) -> Design:
    rng = np.random.default_rng(4)
    unit, year = np.repeat(np.arange(40), 6), np.tile(np.arange(6), 40)
    own = rng.normal(size=40)[unit]
    x = correlated * own + rng.normal(size=240)
    y = x + own + rng.normal(size=240)
    return Design(y, np.column_stack([np.ones(240), x]), ("const", "x"), (), None, unit, year)


@pytest.mark.parametrize(("correlated", "rejected"), [(0.0, False), (0.8, True)])
def test_hausman_and_mundlak_see_what_goes_with_the_effects(
    correlated: float, rejected: bool
) -> None:
    data = panel(correlated)
    classical = hausman(fit("panel_entity", data), fit("panel_random", data))
    robust = mundlak(data)
    assert (classical.p < 0.01) == (robust.p < 0.01) == rejected
    assert classical.df == robust.df == 1


def test_hausman_refuses_clustered_covariances() -> None:
    data = replace(panel(0.0), groups=panel(0.0).entity)
    with pytest.raises(EstimationFailure, match="from the model"):
        hausman(fit("panel_entity", data), fit("panel_random", data))


def test_mundlak_without_anything_that_changes() -> None:
    data = panel(0.0)
    with pytest.raises(EstimationFailure, match="no means to add"):
        mundlak(replace(data, X=np.column_stack([np.ones(240), data.entity])))


def test_two_levels_have_nothing_to_test() -> None:
    with pytest.raises(EstimationFailure) as failure:
        proportional_odds(
            replace(ordered(50, 0.0), y=ordered(50, 0.0).y.clip(0, 1), levels=("a", "b"))
        )
    assert failure.value.kind == "too_few_levels"
