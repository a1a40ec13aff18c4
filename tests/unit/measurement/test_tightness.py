"""The measurement model of coded statements: exact derivatives, its limits, and what it draws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.estimators import ordered
from coalition.estimators.fit_types import EstimationFailure
from coalition.measurement import crossed, cumulative, held_out, quadrature, statements, tightness
from coalition.measurement.statements import Statements

CUTS = np.array([-1.5, 0.0, 1.2])


def drawn(seed: int, units: int = 40, n: int = 200, loading: float = 1.5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    unit = np.sort(np.r_[np.arange(units), rng.integers(0, units, n - units)])
    basis = rng.choice(["stated", "task_profile", ""], n)
    index = loading * rng.normal(size=units)[unit] - 0.8 * (basis == "task_profile")
    return pd.DataFrame(
        {
            "iso3": [f"S{number:02d}" for number in unit],
            "operation": np.where(unit < units / 2, "one", "two"),
            "coder": rng.integers(1, 4, n),
            "basis": basis,
            "level": np.digitize(index + rng.logistic(size=n), CUTS),
            "page": rng.integers(0, 80, n),
        }
    )


def read(table: pd.DataFrame) -> Statements:
    return statements.read(table, groups={"page": table["page"]})


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_derivatives_are_those_of_the_likelihood(link: str) -> None:
    of = read(drawn(1))
    units, step = len(of.units), 1e-5
    nodes = quadrature.nodes_about(np.zeros(units), np.ones(units), 31)
    params = np.concatenate([np.linspace(-0.4, 0.5, len(of.names)), [1.1], CUTS])

    def height(at: np.ndarray) -> float:
        return quadrature.log_likelihood(at, of, of.design, nodes, link)

    def gradient(at: np.ndarray) -> np.ndarray:
        return quadrature.scores_and_hessian(at, of, of.design, nodes, link)[0].sum(axis=0)

    moves = step * np.eye(len(params))
    slopes = [(height(params + m) - height(params - m)) / (2 * step) for m in moves]
    np.testing.assert_allclose(gradient(params), slopes, atol=1e-5)
    curve = [(gradient(params + m) - gradient(params - m)) / (2 * step) for m in moves]
    hessian = quadrature.scores_and_hessian(params, of, of.design, nodes, link)[1]
    np.testing.assert_allclose(hessian, curve, atol=1e-5)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_the_gradient_of_laplace(link: str) -> None:
    of = read(drawn(2))
    effects = crossed.effects_of(of, ["page"])
    params = np.concatenate([np.linspace(-0.4, 0.5, len(of.names)), [1.1, 0.6], CUTS])
    moves = 1e-5 * np.eye(len(params))

    def height(at: np.ndarray) -> float:
        return crossed.log_likelihood(at, of, effects, link)[0]

    slopes = [(height(params + m) - height(params - m)) / 2e-5 for m in moves]
    gradient = crossed.log_likelihood(params, of, effects, link)[1]
    np.testing.assert_allclose(gradient, slopes, atol=1e-5)


def test_without_tightness_it_is_an_ordered_logit() -> None:
    """Where units do not differ, the marginal likelihood at a loading of zero is that of the
    ordered logit."""
    of = read(drawn(3))
    X = np.column_stack([np.ones(len(of.codes)), of.design])
    params, top, _ = ordered.maximise(of.codes.astype(float), X, 4)
    slopes = len(of.names)
    at = np.concatenate([params[:slopes], [0.0], params[slopes:]])
    nodes = quadrature.nodes_about(np.zeros(len(of.units)), np.ones(len(of.units)), 15)
    assert quadrature.log_likelihood(at, of, of.design, nodes, "logit") == pytest.approx(
        top, abs=1e-8
    )


def test_more_nodes_change_nothing() -> None:
    of = read(drawn(4, loading=3.0))
    few, many = quadrature.fit(of, nodes=25), quadrature.fit(of, nodes=61)
    assert few.log_likelihood == pytest.approx(many.log_likelihood, abs=1e-3)
    np.testing.assert_allclose(few.params, many.params, atol=5e-3)


def test_extreme_ends_stay_finite() -> None:
    for link in cumulative.LINKS:
        found = cumulative.ends(np.array([-900.0, 0.0, 900.0]), np.array([0, 1, 3]), CUTS, link)
        assert np.isfinite(found.along_index()).all()
        assert np.isfinite(np.log(found.chance)).all()


@pytest.mark.long
def test_plausible_values_have_the_posterior_of_empirical_bayes() -> None:
    model = quadrature.fit(read(drawn(5)))
    sure = quadrature.Measured(
        model.statements, model.link, model.params, 1e-16 * np.eye(len(model.params)), 0.0, 0
    )
    draws = np.array(
        [value for value, _ in tightness.plausible_values(sure, 2000, np.random.default_rng(1))]
    )
    table = tightness.summary(model)
    np.testing.assert_allclose(draws.mean(axis=0), table["latent"], atol=0.08)
    np.testing.assert_allclose(draws.std(axis=0), table["latent_sd"], atol=0.06)
    inside = (draws > table["latent_low"].to_numpy()) & (draws < table["latent_high"].to_numpy())
    np.testing.assert_allclose(inside.mean(axis=0), 0.95, atol=0.025)


def test_a_state_with_few_statements_is_known_less_well() -> None:
    table = tightness.summary(quadrature.fit(read(drawn(6))))
    few, many = table["statements"] <= 2, table["statements"] >= 7
    assert few.any()
    assert many.any()
    assert table.loc[few, "latent_sd"].mean() > table.loc[many, "latent_sd"].mean()


def test_levels_are_those_of_the_thresholds() -> None:
    model = quadrature.fit(read(drawn(7)))
    edges = model.cuts / model.loading
    assert tightness.levels_of(edges - 1e-9, model).tolist() == [0, 1, 2]
    assert tightness.levels_of(edges + 1e-9, model).tolist() == [1, 2, 3]


def test_an_empty_basis_is_a_level_and_a_rare_one_is_named() -> None:
    table = drawn(8)
    table.loc[table.index[:2], "basis"] = "reputation"
    of = read(table)
    assert "basis: unclassified" in of.beside_names
    assert of.rare == ("basis: reputation",)
    assert "coder: 2" not in of.beside_names


def test_a_gap_of_a_regressor_takes_the_mean_and_is_marked() -> None:
    of = read(drawn(9))
    values = np.linspace(-1, 1, len(of.units))
    values[3] = np.nan
    found = of.given(values, ["x"])
    assert found.regressor_names == ("x", "x not known")
    assert np.isfinite(found.regressors).all()
    np.testing.assert_allclose(found.regressors.mean(axis=0), 0, atol=1e-12)


def test_a_level_that_does_not_occur_is_refused() -> None:
    table = drawn(10)
    with pytest.raises(EstimationFailure, match="does not occur"):
        quadrature.fit(read(table[table["level"] > 0]))
    twice = read(table)
    both = np.column_stack([np.arange(len(twice.units))] * 2)
    with pytest.raises(EstimationFailure, match="depend"):
        quadrature.fit(twice.given(both, ["x", "the same"]))


@pytest.mark.parametrize(("spread", "helps"), [(3.0, True), (0.0, False)])
def test_a_grouping_is_kept_where_it_foretells(spread: float, helps: bool) -> None:
    rng = np.random.default_rng(11)
    table = drawn(11, units=12, n=150, loading=1.0)
    phase = rng.integers(0, 3, len(table))
    place = table.groupby(["iso3"]).ngroup().to_numpy() * 3 + phase
    index = spread * rng.normal(size=36)[place] + rng.logistic(size=len(table))
    table["level"] = np.digitize(index, CUTS)
    of = statements.read(table, groups={"phase": pd.Series(place, index=table.index)})
    found, _ = held_out.gain(of, "phase", np.random.default_rng(1), folds=3)
    assert (found > 1.0) is helps
