"""What is particular to the families with decisions, cut points and units: gradients, special cases
that are known, failures.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coalition.estimators import (
    conditional,
    correlated,
    fit,
    ordered,
    partial_odds,
    predictor,
    sequential,
)
from coalition.estimators.fit_types import Design, EstimationFailure
from coalition.estimators.marginal_effects import (
    average_marginal_effects,
    corner_probabilities,
    direction,
    jacobian,
)
from coalition.estimators.means import codes, with_means
from scipy.special import expit
from simulated import design

SEQUENTIAL = np.array([0.1, 0.4, -0.3, 0.2, 0.5, -0.4, 0.1, 0.6, -0.2, 0.3])
PARTIAL = np.array([0.4, 0.2, 0.5, -0.3, -0.25, -0.4, -0.8, 0.6, 1.9])


def own_chance(family: str, data: Design, params: np.ndarray) -> np.ndarray:
    return np.log(
        predictor(family, data).probabilities(params, data.X)[
            np.arange(len(data.y)), data.y.astype(int)
        ]
    )


# -- sequential logit
# -----------------------------------------------------------------------------------------------


def test_gradients_of_a_sequential_logit() -> None:
    data = design("sequential_logit")
    scores = sequential.scores(SEQUENTIAL, data.y, data.X)
    np.testing.assert_allclose(
        scores, jacobian(lambda at: own_chance("sequential_logit", data, at), SEQUENTIAL), atol=1e-8
    )
    numerical = jacobian(lambda at: sequential.scores(at, data.y, data.X).sum(axis=0), SEQUENTIAL)
    np.testing.assert_allclose(sequential.hessian(SEQUENTIAL, data.y, data.X), numerical, atol=1e-6)


@pytest.mark.parametrize(
    ("family", "params"), [("sequential_logit", SEQUENTIAL), ("partial_ordered_logit", PARTIAL)]
)
def test_probabilities_and_their_derivatives(family: str, params: np.ndarray) -> None:
    data = design(family)
    model = predictor(family, data)
    chance = model.probabilities(params, data.X)
    assert chance.min() > 0
    np.testing.assert_allclose(chance.sum(axis=1), 1)
    dX = direction(data, 1)
    numerical = (
        model.probabilities(params, data.X + 1e-6 * dX)
        - model.probabilities(params, data.X - 1e-6 * dX)
    ) / 2e-6
    np.testing.assert_allclose(model.derivatives(params, data.X, dX), numerical, atol=1e-9)


def test_a_sequential_logit_is_a_logit_among_those_that_face_the_decision() -> None:
    data = design("sequential_logit", clusters=None)
    result, there = fit("sequential_logit", data), data.y > 0
    second = fit(
        "logit",
        replace(data, y=(data.y[there] > 1).astype(float), X=data.X[there], levels=("0", "1")),
    )
    np.testing.assert_allclose(result.params[5:], second.params, atol=1e-8)
    np.testing.assert_allclose(result.std_error[5:], second.std_error, rtol=1e-7)
    assert set(result.levels) == {"unreserved or reserved, not abstain", "reserved, not unreserved"}
    assert np.all(result.covariance[:5, 5:] == 0)


def test_clusters_tie_the_decisions_together() -> None:
    assert (
        np.abs(fit("sequential_logit", design("sequential_logit")).covariance[:5, 5:]).max() > 1e-4
    )


def test_a_sequential_logit_of_two_levels_is_a_logit() -> None:
    data = design("logit")
    np.testing.assert_allclose(
        fit("sequential_logit", data).covariance, fit("logit", data).covariance, rtol=1e-7
    )


def test_corners_and_contrasts_are_those_of_a_multinomial_logit_in_form() -> None:
    data = design("sequential_logit", n=300)
    ours = corner_probabilities(
        "sequential_logit", fit("sequential_logit", data), data, "a", "b", 0.2, 0.8
    )
    theirs = corner_probabilities(
        "multinomial_logit", fit("multinomial_logit", data), data, "a", "b", 0.2, 0.8
    )
    for our, their in zip(ours, theirs, strict=True):
        assert [(one.kind, one.level, one.term) for one in our] == [
            (one.kind, one.level, one.term) for one in their
        ]


def test_separation_names_the_decision() -> None:
    data = design("sequential_logit")
    X = data.X.copy()
    X[:, 4] = np.where(data.y == 2, 1, np.where(data.y == 1, 0, X[:, 4]))
    with pytest.raises(
        EstimationFailure, match=r"separated by .*d: .*\(decision: reserved, not unreserved\)"
    ) as failure:
        fit("sequential_logit", replace(data, X=X))
    assert failure.value.kind == "separation"


# -- partial proportional odds
# --------------------------------------------------------------------------------------


def test_gradients_of_partial_proportional_odds() -> None:
    data = design("partial_ordered_logit")
    model = partial_odds.model_of(data)

    def scores(at: np.ndarray) -> np.ndarray:
        return ordered.scores_of(model.ends(at, data.y, data.X))

    np.testing.assert_allclose(
        scores(PARTIAL),
        jacobian(lambda at: own_chance("partial_ordered_logit", data, at), PARTIAL),
        atol=1e-8,
    )
    numerical = jacobian(lambda at: scores(at).sum(axis=0), PARTIAL)
    np.testing.assert_allclose(
        ordered.hessian_of(model.ends(PARTIAL, data.y, data.X)), numerical, atol=1e-6
    )


def test_equal_effects_at_every_cut_are_an_ordered_logit() -> None:
    data = design("partial_ordered_logit")
    params = ordered.maximise(data.y, data.X, 4)[0]
    model = partial_odds.model_of(data)
    np.testing.assert_allclose(
        model.probabilities(model.spread(params, 4), data.X),
        ordered.probabilities(params, data.X),
        atol=1e-14,
    )


def test_all_terms_free_start_from_binary_logits() -> None:
    """With one effect a cut for every term the model is nearly a logit above each cut: equal up to
    what the cuts share.
    """
    data = replace(
        design("partial_ordered_logit", n=2000, clusters=None), nonproportional=(1, 2, 3, 4)
    )
    result = fit("partial_ordered_logit", data)
    for cut in range(3):
        binary = fit(
            "logit",
            replace(data, y=(data.y > cut).astype(float), levels=("0", "1"), nonproportional=()),
        )
        assert (
            np.abs(result.params[4 * cut : 4 * cut + 4] - binary.params[1:]).max()
            < 2 * binary.std_error[1:].max()
        )


def test_probabilities_that_cross() -> None:
    rng = np.random.default_rng(0)
    x = np.append(rng.normal(size=200), 30.0)
    latent = rng.logistic(size=201)
    y = np.where(
        latent < np.where(x < 0, -1.5, 0.0), 0, np.where(latent < np.where(x < 0, 1.5, 0.3), 1, 2)
    ).astype(float)
    y[-1] = 2.0
    data = Design(
        y,
        np.column_stack([np.ones(201), x]),
        ("const", "x"),
        ("a", "b", "c"),
        None,
        nonproportional=(1,),
    )
    with pytest.raises(EstimationFailure, match="cumulative probabilities cross in") as failure:
        fit("partial_ordered_logit", data)
    assert failure.value.kind == "crossing"


def test_partial_proportional_odds_need_a_term_and_three_levels() -> None:
    data = design("partial_ordered_logit")
    with pytest.raises(EstimationFailure, match="no term is named"):
        fit("partial_ordered_logit", replace(data, nonproportional=()))
    with pytest.raises(EstimationFailure) as failure:
        fit("partial_ordered_logit", replace(design("logit"), nonproportional=(1,)))
    assert failure.value.kind == "too_few_levels"


def test_separation_at_one_cut_alone() -> None:
    data = design("partial_ordered_logit", clusters=None)
    X = data.X.copy()
    X[:, 4] = np.where(data.y == 3, 1, 0)  # only the highest level has it
    X[np.flatnonzero(data.y == 3)[:3], 4] = 0
    with pytest.raises(EstimationFailure, match="separated by d"):
        fit("partial_ordered_logit", replace(data, X=X, nonproportional=(4,)))


# -- conditional logit
# ----------------------------------------------------------------------------------------------


def pairs(n: int = 60) -> Design:
    """Return units of two rows."""
    data = design("conditional_logit", n=n, clusters=None)
    return replace(data, entity=np.arange(n) // 2, time=np.arange(n) % 2)


def test_two_rows_a_unit_are_a_logit_of_differences() -> None:
    data = pairs()
    result = fit("conditional_logit", data)
    first, second = np.arange(0, 60, 2), np.arange(1, 60, 2)
    switch = data.y[first] != data.y[second]
    X = (data.X[second] - data.X[first])[switch][:, 1:]
    binary = fit("logit", Design(data.y[second][switch], X, data.names[1:], ("0", "1"), None))
    np.testing.assert_allclose(result.params, binary.params, atol=1e-8)
    np.testing.assert_allclose(result.covariance, binary.covariance, rtol=1e-6, atol=1e-10)
    assert result.n == 2 * switch.sum() == result.used.sum()


def test_units_without_variation_say_nothing() -> None:
    data = design("conditional_logit")
    silent = np.isin(data.entity, [0, 1, 2])
    y = np.where(silent, 1.0, data.y)
    result = fit("conditional_logit", replace(data, y=y))
    without = fit(
        "conditional_logit",
        Design(
            **{
                **data.__dict__,
                **{
                    part: getattr(data, part)[~silent]
                    for part in ("y", "X", "groups", "entity", "time")
                },
            }
        ),
    )
    np.testing.assert_allclose(result.params, without.params)
    assert any(
        warning.kind == "no_variation" and "of 30 units" in warning.message
        for warning in result.warnings
    )
    assert not result.used[silent].any()


def test_effects_of_units_make_expected_events_those_observed() -> None:
    rng = np.random.default_rng(1)
    unit, index = np.repeat(np.arange(8), 5), rng.normal(0, 2, 40)
    y = np.tile([1.0, 0, 1, 0, 0], 8)
    effects = conditional.unit_effects(index, y, unit)
    np.testing.assert_allclose(np.bincount(unit, weights=expit(index + effects)), 2, atol=1e-10)


def test_derivatives_of_a_conditional_logit_hold_the_effects_of_units() -> None:
    data, params = design("conditional_logit"), np.array([0.4, -0.3, 0.2, 0.5])
    model, dX = predictor("conditional_logit", data), direction(data, 1)
    numerical = (
        model.probabilities(params, data.X + 1e-5 * dX)
        - model.probabilities(params, data.X - 1e-5 * dX)
    ) / 2e-5
    np.testing.assert_allclose(model.derivatives(params, data.X, dX), numerical, atol=1e-8)


def test_a_conditional_logit_without_anything_to_say() -> None:
    data = design("conditional_logit")
    with pytest.raises(EstimationFailure, match="every one of the 30 units") as failure:
        fit("conditional_logit", replace(data, y=(data.entity < 15).astype(float)))
    assert failure.value.kind == "constant_outcome"
    with pytest.raises(EstimationFailure, match="no term changes"):
        fit(
            "conditional_logit",
            replace(
                data,
                X=np.column_stack([np.ones(150), data.entity]),
                names=("const", "z"),
                products=(),
            ),
        )


def test_separation_within_units() -> None:
    """x is higher in the rows with the outcome of every unit, though not across units: only
    conditioning separates.
    """
    data = design("conditional_logit")
    X = data.X.copy()
    X[:, 1] = data.y + 5 * np.random.default_rng(2).normal(size=30)[data.entity]
    with pytest.raises(EstimationFailure, match="separated by a") as failure:
        fit("conditional_logit", replace(data, X=X, products=()))
    assert failure.value.kind == "separation"


# -- correlated random effects
# --------------------------------------------------------------------------------------


def test_gradients_of_correlated_random_effects() -> None:
    """The quadrature is so fine that differences of its likelihood are those of the integral."""
    wide, _ = with_means(design("random_effects_cre_logit"))
    data = correlated.Data(wide.y, wide.X, codes(wide.entity))
    params = np.append(np.linspace(-0.4, 0.5, wide.X.shape[1]), 0.2)
    scores, hessian = correlated.scores_and_hessian(params, data)
    numerical = jacobian(lambda at: correlated.at_nodes(at, data)[2], params)
    np.testing.assert_allclose(scores, numerical, atol=1e-7)
    np.testing.assert_allclose(
        hessian,
        jacobian(lambda at: correlated.scores_and_hessian(at, data)[0].sum(axis=0), params),
        atol=1e-6,
    )


def test_quadrature_is_the_integral() -> None:
    """Against a plain sum over a grid of 4001 points, for a unit with many rows of one kind, whose
    posterior is far from the middle.
    """
    y, X = np.ones(12), np.ones((12, 1))
    data, params = correlated.Data(y, X, np.zeros(12, int)), np.array([-3.0, 0.9])
    u = np.linspace(-12, 12, 4001)
    joint = expit(-3.0 + np.exp(0.9) * u) ** 12 * np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
    assert correlated.log_likelihood(params, data) == pytest.approx(
        np.log(joint.sum() * (u[1] - u[0])), abs=1e-7
    )


@pytest.mark.parametrize("family", ["random_effects_cre_logit", "cre_logit_pooled"])
def test_means_are_added_and_held(family: str) -> None:
    data = design(family)
    result = fit(family, data)
    assert list(result.names[5:9]) == ["mean(a)", "mean(b)", "mean(a:b)", "mean(d)"]
    model, dX = predictor(family, data), direction(data, 1)
    numerical = (
        model.probabilities(result.params, data.X + 1e-6 * dX)
        - model.probabilities(result.params, data.X - 1e-6 * dX)
    ) / 2e-6
    np.testing.assert_allclose(model.derivatives(result.params, data.X, dX), numerical, atol=1e-9)
    assert result.fit["mundlak_df"] == 4


def test_the_intercepts_have_no_test_of_zero() -> None:
    result = fit("random_effects_cre_logit", design("random_effects_cre_logit"))
    assert result.kinds[-1] == "scale"
    assert np.isnan(result.p_value[-1])
    assert not np.isnan(result.p_value[:-1]).any()


def test_means_that_say_nothing_are_not_added() -> None:
    """Years of a balanced panel have the same mean in every unit; what does not change is its own
    mean.
    """
    data = design("cre_logit_pooled")
    X = np.column_stack([data.X[:, :2], data.time == 1, data.entity])
    wide, added = with_means(replace(data, X=X, names=("const", "a", "year", "z"), products=()))
    assert (wide.names[4:], added) == (("mean(a)",), 1)


def test_intercepts_without_variance() -> None:
    data = design("random_effects_cre_logit")
    alternating = (data.time % 2).astype(float)
    y = np.where(np.random.default_rng(0).random(150) < 0.05, 1 - alternating, alternating)
    with pytest.raises(EstimationFailure, match="no variance") as failure:
        fit(
            "random_effects_cre_logit",
            replace(data, y=y, X=data.X[:, :2], names=data.names[:2], products=()),
        )
    assert failure.value.kind == "no_variance"


def test_clusters_that_cut_units() -> None:
    for family in ("random_effects_cre_logit", "cre_logit_pooled"):
        with pytest.raises(EstimationFailure, match="whole units"):
            fit(family, replace(design(family), groups=np.arange(150) // 10))


def test_separation_of_correlated_random_effects() -> None:
    data = design("random_effects_cre_logit")
    X = data.X.copy()
    X[:, 4] = data.y
    with pytest.raises(EstimationFailure, match=r"separated by .*d") as failure:
        fit("random_effects_cre_logit", replace(data, X=X))
    assert failure.value.kind == "separation"


def test_averaged_probabilities_are_those_of_draws() -> None:
    """20,000 draws of the intercept give a probability to 0.0035 at most; five times that is
    allowed.
    """
    data = design("random_effects_cre_logit")
    result = fit("random_effects_cre_logit", data)
    chance = predictor("random_effects_cre_logit", data).probabilities(result.params, data.X)[:5, 1]
    eta = with_means(data)[0].X[:5] @ result.params[:-1]
    draws = np.exp(result.params[-1]) * np.random.default_rng(0).normal(size=20_000)
    np.testing.assert_allclose(chance, expit(eta[:, None] + draws).mean(axis=1), atol=0.0175)


@pytest.mark.parametrize(
    "family",
    [
        "sequential_logit",
        "partial_ordered_logit",
        "conditional_logit",
        "random_effects_cre_logit",
        "cre_logit_pooled",
    ],
)
def test_every_categorical_family_has_average_marginal_effects(family: str) -> None:
    data = design(family)
    found = average_marginal_effects(family, fit(family, data), data, ["a", "d"])
    assert all(np.isfinite(effect.estimate) and effect.std_error > 0 for effect in found)
