"""Models with selection: derivatives, special cases, failures, what is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coalition.estimators import assumed_correlations, fit, predictor
from coalition.estimators.fit_types import EstimationFailure
from coalition.estimators.marginal_effects import (
    average_marginal_effects,
    effects_given_selection,
    jacobian,
    of_outcome,
)
from coalition.estimators.selection.amount import Amount
from coalition.estimators.selection.equations import take_apart
from coalition.estimators.selection.heckman import two_steps
from coalition.estimators.selection.levels import Levels
from coalition.estimators.selection.search import Maximum, maximise
from scipy.stats import norm
from simulated import selected
from statsmodels.discrete.discrete_model import Probit
from statsmodels.miscmodels.ordinal_model import OrderedModel

FAMILIES = ("selection_probit", "selection_ordered_probit", "heckman_two_step", "heckman_ml")
LIKELIHOODS = ("selection_probit", "selection_ordered_probit", "heckman_ml")


def likelihood(family: str) -> Levels | Amount:
    data = selected(family)
    chosen = data.selection.y == 1
    if family == "heckman_ml":
        return Amount(data.y[chosen], data.X[chosen], chosen, data.selection.X)
    return Levels(data.y[chosen], data.X[chosen, 1:], chosen, data.selection.X, len(data.levels))


def somewhere(family: str, t: float) -> np.ndarray:
    of_outcome = {
        "selection_probit": [0.5, 0.3, 0.1],
        "selection_ordered_probit": [0.5, 0.3, -0.7, 0.2, 1.2],
        "heckman_ml": [0.2, 0.5, 0.4],
    }
    spread = [0.2] if family == "heckman_ml" else []
    return np.array([*of_outcome[family], 0.1, 0.4, -0.2, 0.7, *spread, t])


@pytest.mark.parametrize("family", LIKELIHOODS)
@pytest.mark.parametrize("t", [-0.6, 0.0, 0.9, 1.8])
def test_scores_and_hessian_are_those_of_the_likelihood(family: str, t: float) -> None:
    of, at = likelihood(family), somewhere(family, t)
    scores, hessian = of.slopes(at)
    # central differences with steps of 1e-5 are right to about 1e-10 of the largest third
    # derivative
    np.testing.assert_allclose(
        scores.sum(axis=0),
        jacobian(lambda point: np.array([of.log_likelihood(point)]), at)[0],
        atol=1e-6,
    )
    np.testing.assert_allclose(
        hessian, jacobian(lambda point: of.slopes(point)[0].sum(axis=0), at), atol=1e-6, rtol=1e-6
    )


@pytest.mark.parametrize("family", ["selection_probit", "selection_ordered_probit"])
def test_at_a_correlation_of_zero_the_equations_stand_alone(family: str) -> None:
    data = selected(family, clusters=None)
    chosen = data.selection.y == 1
    alone = assumed_correlations(family, data)[0.0]
    joining = Probit(data.selection.y, data.selection.X).fit(disp=False, tol=1e-12)
    ours = alone.params[[name.startswith("selection:") for name in alone.names]]
    np.testing.assert_allclose(ours, joining.params, atol=1e-6)
    if family == "selection_probit":
        outcome = Probit(data.y[chosen], data.X[chosen]).fit(disp=False, tol=1e-12)
        np.testing.assert_allclose(alone.params[:3], outcome.params, atol=1e-6)
        np.testing.assert_allclose(alone.std_error[:3], outcome.bse, rtol=1e-5)
    else:
        outcome = OrderedModel(data.y[chosen].astype(int), data.X[chosen, 1:], distr="probit").fit(
            method="bfgs", gtol=1e-8, disp=False
        )
        np.testing.assert_allclose(alone.params[:2], outcome.params[:2], atol=1e-5)
    assert alone.fit["log_likelihood"] == pytest.approx(outcome.llf + joining.llf, abs=1e-7)


def test_two_levels_are_the_probit_with_selection() -> None:
    data = selected("selection_probit")
    two, one = (
        fit("selection_ordered_probit", replace(data, levels=("none", "low"))),
        fit("selection_probit", data),
    )
    np.testing.assert_allclose(two.params, one.params, atol=1e-10)
    np.testing.assert_allclose(two.covariance, one.covariance, atol=1e-10)
    assert two.names == (
        "const",
        "a",
        "d",
        "selection:const",
        "selection:a",
        "selection:d",
        "selection:z",
        "rho",
    )


@pytest.mark.parametrize("family", LIKELIHOODS)
def test_the_interval_of_rho_is_within_one_and_its_test_that_of_its_arctanh(family: str) -> None:
    found = fit(family, selected(family))
    assert -1 < found.conf_low[-1] < found.params[-1] < found.conf_high[-1] < 1
    middle = (np.arctanh(found.conf_low[-1]) + np.arctanh(found.conf_high[-1])) / 2
    error = (np.arctanh(found.conf_high[-1]) - np.arctanh(found.conf_low[-1])) / (
        2 * norm.ppf(0.975)
    )
    assert middle == pytest.approx(np.arctanh(found.params[-1]), abs=1e-9)
    assert found.p_value[-1] == pytest.approx(2 * norm.sf(abs(middle / error)), abs=1e-9)
    assert found.std_error[-1] == pytest.approx(error * (1 - found.params[-1] ** 2), abs=1e-9)
    assert [kind for kind in dict.fromkeys(found.kinds) if kind != "threshold"] == [
        "coefficient",
        "selection_coefficient",
        "auxiliary",
    ]


def test_sigma_has_no_test() -> None:
    found = fit("heckman_ml", selected("heckman_ml"))
    at = found.names.index("sigma")
    assert 0 < found.conf_low[at] < found.params[at] < found.conf_high[at]
    assert np.isnan(found.p_value[at])


@pytest.mark.parametrize("family", LIKELIHOODS)
def test_no_assumed_correlation_is_higher_than_the_maximum(family: str) -> None:
    data = selected(family)
    found, assumed = fit(family, data), assumed_correlations(family, data)
    assert list(assumed) == [-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9]
    assert all(
        each.fit["log_likelihood"] <= found.fit["log_likelihood"] + 1e-9
        for each in assumed.values()
    )
    ratio = 2 * (found.fit["log_likelihood"] - assumed[0.0].fit["log_likelihood"])
    assert found.fit["rho_lr"] == pytest.approx(ratio, abs=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_units_do_not_matter(family: str) -> None:
    data = selected(family, clusters=None)
    scale = np.array([1, 1e3, 1])
    selection = replace(data.selection, X=data.selection.X * np.array([1, 1e3, 1, 1e-3]))
    one, other = (
        fit(family, data),
        fit(family, replace(data, X=data.X * scale, selection=selection)),
    )
    np.testing.assert_allclose(other.statistic, one.statistic, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("family", ["selection_probit", "selection_ordered_probit"])
def test_probabilities_given_selection(family: str) -> None:
    """They sum to one, follow from the joint distribution by simulation, and have the derivatives
    that differences say.
    """
    data = selected(family)
    module = predictor(family, data)
    params = fit(family, data).params
    X, Z = data.X[:6], data.selection.X[:6]
    chance = module.selected_probabilities(params, X, Z)
    np.testing.assert_allclose(chance.sum(axis=1), 1, atol=1e-14)
    at, rng = module.at_point(params, X, Z), np.random.default_rng(0)
    u, noise = rng.normal(size=(2, 400_000))
    latent = at.rho * u + np.sqrt(1 - at.rho**2) * noise
    for row in range(3):
        e = latent[u > -(Z[row] @ at.selection)]
        share = np.bincount(
            np.digitize(X[row, 1:] @ at.slopes + e, at.cuts), minlength=len(data.levels)
        ) / len(e)
        # four standard errors of a share
        np.testing.assert_allclose(chance[row], share, atol=4 * 0.5 / np.sqrt(len(e)))
    dX, dZ = np.eye(3)[[1] * 6], np.eye(4)[[1] * 6]
    ends = [module.selected_probabilities(params, X + h * dX, Z + h * dZ) for h in (1e-5, -1e-5)]
    np.testing.assert_allclose(
        module.selected_derivatives(params, X, Z, dX, dZ), (ends[0] - ends[1]) / 2e-5, atol=1e-9
    )
    everyone = [module.probabilities(params[: len(params) - 5], X + h * dX) for h in (1e-5, -1e-5)]
    np.testing.assert_allclose(
        module.derivatives(params[: len(params) - 5], X, dX),
        (everyone[0] - everyone[1]) / 2e-5,
        atol=1e-9,
    )


def test_effects_on_everyone_need_no_outcome_and_leave_out_rows_without_terms() -> None:
    data = selected("selection_probit")
    found = fit("selection_probit", data)
    X = data.X.copy()
    X[data.selection.y == 0, 2] = np.nan
    outcome, everyone = of_outcome(found, data)
    _, fewer = of_outcome(found, replace(data, X=X))
    assert outcome.names == ("const", "a", "d")
    assert (len(everyone.X), len(fewer.X)) == (200, int(data.selection.y.sum()))
    effects = average_marginal_effects("selection_probit", outcome, everyone, ["a", "d"])
    given = effects_given_selection("selection_probit", found, data, ["a", "d"])
    assert [effect.kind for effect in (effects[0], given[0])] == [
        "marginal_effect",
        "marginal_effect_given_selection",
    ]
    assert all(effect.std_error > 0 for effect in (*effects, *given))


# -- what has no meaningful numbers
# -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_nobody_or_everybody_is_selected(family: str, share: float) -> None:
    data = selected(family)
    y = np.where(np.isnan(data.y), 0.0, data.y)
    with pytest.raises(EstimationFailure, match="nothing can be said of who is") as failure:
        fit(family, replace(data, y=y, selection=replace(data.selection, y=np.full(200, share))))
    assert failure.value.kind == "constant_outcome"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_without_its_second_equation(family: str) -> None:
    with pytest.raises(EstimationFailure, match="no selection equation"):
        fit(family, replace(selected(family), selection=None))


@pytest.mark.parametrize("family", FAMILIES)
def test_separation_in_the_selection_equation(family: str) -> None:
    data = selected(family)
    X = data.selection.X.copy()
    X[:, 3] = data.selection.y * (np.abs(X[:, 3]) > 1)  # every row with a one is selected
    with pytest.raises(
        EstimationFailure, match="^selection equation: the outcome is separated by z"
    ) as failure:
        fit(family, replace(data, selection=replace(data.selection, X=X)))
    assert failure.value.kind == "separation"


@pytest.mark.parametrize("family", ["selection_probit", "selection_ordered_probit"])
def test_separation_among_the_selected(family: str) -> None:
    data = selected(family)
    y = np.where(
        np.isnan(data.y), np.nan, np.where(data.X[:, 2] == 1, len(data.levels) - 1, data.y)
    )
    with pytest.raises(
        EstimationFailure, match="^outcome equation: the outcome is separated by d"
    ) as failure:
        fit(family, replace(data, y=y))
    assert failure.value.kind == "separation"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_term_that_does_not_vary_among_the_selected(family: str) -> None:
    data = selected(family)
    X = data.X.copy()
    X[data.selection.y == 1, 2] = 1
    with pytest.raises(EstimationFailure, match="^outcome equation: d does not vary"):
        fit(family, replace(data, X=X))


class Rising:
    """A likelihood that is higher the nearer rho is to one."""

    def log_likelihood(self, params: np.ndarray) -> float:
        return float(-(params[0] ** 2) + np.tanh(params[1]))

    def slopes(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        slope = 1 - np.tanh(params[1]) ** 2
        return np.array([[-2 * params[0], slope]]), np.diag([-2.0, -2 * np.tanh(params[1]) * slope])


class TwoHills(Rising):
    """One of height 1 at rho = -0.6, a lower one at rho = 0.6; a search from zero finds whichever
    is nearer.
    """

    def log_likelihood(self, params: np.ndarray) -> float:
        return float(-(params[0] ** 2) + self._hills(params[1])[0])

    def slopes(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        _, slope, curve = self._hills(params[1])
        return np.array([[-2 * params[0], slope]]), np.diag([-2.0, curve])

    def _hills(self, t: float) -> tuple[float, float, float]:
        parts = []
        for height, top in ((1.0, np.arctanh(-0.6)), (0.9, np.arctanh(0.6))):
            hill = height * np.exp(-8 * (t - top) ** 2)
            parts.append((hill, -16 * (t - top) * hill, (256 * (t - top) ** 2 - 16) * hill))
        return tuple(sum(values) for values in zip(*parts, strict=True))


def test_a_likelihood_that_rises_to_the_limit_has_no_estimate() -> None:
    with pytest.raises(
        EstimationFailure, match=r"rises until the correlation of the errors is 0\.99"
    ) as failure:
        maximise(Rising(), np.zeros(2))
    assert failure.value.kind == "boundary"


def test_the_higher_of_two_maxima_is_found_and_the_other_is_named() -> None:
    search = maximise(TwoHills(), np.zeros(2))
    assert np.tanh(search.best.params[-1]) == pytest.approx(-0.6, abs=1e-6)
    assert isinstance(search.best, Maximum)
    assert {caution.kind for caution in search.cautions} == {"flat_likelihood", "several_maxima"}
    assert "at a correlation of 0.60" in next(
        caution.message for caution in search.cautions if caution.kind == "several_maxima"
    )


def test_terms_of_selection_alone_are_tested_and_their_lack_is_said() -> None:
    data = selected("heckman_ml", n=400)
    strong = fit("heckman_ml", data)
    assert strong.fit["exclusion_p"] < 0.001
    assert not {"no_exclusion", "weak_exclusion"} & {warning.kind for warning in strong.warnings}
    selection = replace(data.selection, X=data.selection.X[:, :3], names=("const", "a", "d"))
    assert "no_exclusion" in [
        warning.kind
        for warning in fit("heckman_two_step", replace(data, selection=selection)).warnings
    ]
    noise = np.random.default_rng(5).normal(size=400)
    weak = replace(data.selection, X=np.column_stack([data.selection.X[:, :3], noise]))
    found = fit("heckman_two_step", replace(data, selection=weak))
    assert "weak_exclusion" in [warning.kind for warning in found.warnings]
    assert found.fit["exclusion_p"] > 0.05


def test_two_steps_are_least_squares_with_the_ratio() -> None:
    data = selected("heckman_two_step")
    found = two_steps(take_apart(data))
    joining = Probit(data.selection.y, data.selection.X).fit(disp=False, tol=1e-12)
    np.testing.assert_allclose(found.selection, joining.params, atol=1e-7)
    index = data.selection.X[data.selection.y == 1] @ joining.params
    np.testing.assert_allclose(found.design[:, -1], norm.pdf(index) / norm.cdf(index), atol=1e-7)
    np.testing.assert_allclose(found.design.T @ found.errors, 0, atol=1e-9)
