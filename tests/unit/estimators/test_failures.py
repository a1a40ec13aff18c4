"""What has no meaningful numbers raises, with its kind and the names; what is weak is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coalition.estimators import fit
from coalition.estimators.fit_types import Design, EstimationFailure
from coalition.estimators.newton import climb
from coalition.estimators.separation import effective_size
from coalition.formula.families import FAMILIES
from simulated import design, selected

PLAIN = (
    "logit",
    "firth_logit",
    "ordered_logit",
    "partial_ordered_logit",
    "multinomial_logit",
    "sequential_logit",
    "poisson",
    "ols",
)
CROSS = (*PLAIN, "cre_logit_pooled", "random_effects_cre_logit")


def panel(n_units: int = 20, years: int = 5, clusters: bool = True) -> Design:
    rng = np.random.default_rng(2)
    unit, year = (
        np.repeat(np.arange(n_units), years),
        np.tile(np.arange(2003, 2003 + years), n_units),
    )
    x, z, common = (
        rng.normal(size=len(unit)),
        rng.normal(size=n_units)[unit],
        rng.normal(size=years)[year - 2003],
    )
    y = x + z + rng.normal(size=len(unit))
    X = np.column_stack([np.ones(len(unit)), x, z, common])
    return Design(y, X, ("const", "x", "z", "common"), (), unit if clusters else None, unit, year)


def kinds(result: object) -> list[str]:
    return [warning.kind for warning in result.warnings]


@pytest.mark.parametrize("family", CROSS)
def test_a_constant_column(family: str) -> None:
    data = design(family)
    X = data.X.copy()
    X[:, 4] = 1
    with pytest.raises(EstimationFailure, match="d does not vary") as failure:
        fit(family, replace(data, X=X, products=()))
    assert failure.value.kind == "collinearity"


@pytest.mark.parametrize("family", CROSS)
def test_a_column_that_others_make(family: str) -> None:
    data = design(family)
    X = data.X.copy()
    X[:, 4] = 2 * X[:, 1] - X[:, 2] + 3
    with pytest.raises(EstimationFailure, match=r"^d is a linear combination") as failure:
        fit(family, replace(data, X=X))
    assert failure.value.kind == "collinearity"


@pytest.mark.parametrize("family", CROSS)
def test_one_cluster(family: str) -> None:
    with pytest.raises(EstimationFailure) as failure:
        fit(family, replace(design(family), groups=np.zeros(150, int)))
    assert failure.value.kind == "too_few_clusters"


@pytest.mark.parametrize("family", PLAIN)
def test_more_parameters_than_rows(family: str) -> None:
    data = design(family)
    with pytest.raises(EstimationFailure) as failure:
        fit(family, replace(data, y=data.y[:4], X=data.X[:4], groups=None))
    assert failure.value.kind == "too_few_rows"


@pytest.mark.parametrize("family", CROSS)
def test_few_clusters_are_said(family: str) -> None:
    assert kinds(fit(family, design(family, clusters=30))).count("few_clusters") == 0
    assert kinds(fit(family, design(family, clusters=15))).count("few_clusters") == 1
    few = fit(family, design(family, clusters=5))
    assert kinds(few).count("few_clusters") == 2
    assert any(
        f"5 clusters for {len(few.params)} parameters" in warning.message
        for warning in few.warnings
    )


def test_few_events_are_said() -> None:
    data = design("logit", n=60, clusters=None)
    rare = int(min(data.y.sum(), 60 - data.y.sum()))
    assert rare >= 20  # four coefficients
    assert "few_events" not in kinds(fit("logit", data))
    small = design("logit", n=24, seed=4, clusters=None)
    assert min(small.y.sum(), 24 - small.y.sum()) < 20
    assert "few_events" in kinds(fit("firth_logit", small))


def test_effective_size_of_two_equal_levels_and_of_one_that_is_rare() -> None:
    assert effective_size(np.repeat([0, 1], 50)) == 75
    assert effective_size(np.array([0] * 99 + [1])) == pytest.approx(2.97, abs=0.01)


def test_within_models_name_what_they_leave_out() -> None:
    entity, both = fit("panel_entity", panel()), fit("panel_two_way", panel())
    assert entity.names == ("x", "common")
    assert [warning.message for warning in entity.warnings] == [
        "z is taken up by the fixed effects: it has no estimate"
    ]
    assert both.names == ("x",)
    assert "z, common is taken up" in both.warnings[0].message


def test_within_models_without_anything_that_changes() -> None:
    data = panel()
    with pytest.raises(EstimationFailure, match="no term changes") as failure:
        fit("panel_entity", replace(data, X=data.X[:, [0, 2]], names=("const", "z")))
    assert failure.value.kind == "collinearity"


def test_terms_that_are_collinear_only_within_units() -> None:
    data = panel()
    X = np.column_stack([data.X[:, 0], data.X[:, 1], data.X[:, 1] + data.X[:, 2]])
    with pytest.raises(EstimationFailure, match="shifted is a linear combination"):
        fit("panel_entity", replace(data, X=X, names=("const", "x", "shifted")))


def test_a_panel_with_a_unit_twice_in_a_year() -> None:
    data = panel()
    with pytest.raises(EstimationFailure, match="more than one row in a year"):
        fit("panel_random", replace(data, time=np.full(len(data.y), 2003)))


@pytest.mark.parametrize(
    "family",
    ["panel_pooled", "panel_entity", "panel_two_way", "panel_random", "panel_first_differences"],
)
def test_panel_inference(family: str) -> None:
    clustered, alone = fit(family, panel()), fit(family, panel(clusters=False))
    assert (
        clustered.inference["covariance"],
        clustered.inference["distribution"],
        clustered.inference["df"],
    ) == ("cluster", "t", 19)
    assert alone.inference["covariance"] == "model"
    units = {
        "panel_pooled": 0,
        "panel_entity": 20,
        "panel_two_way": 24,
        "panel_random": 0,
        "panel_first_differences": 20,
    }[family]
    assert alone.inference["df"] == 100 - len(alone.params) - units
    np.testing.assert_allclose(alone.params, clustered.params)


def test_a_panel_of_single_rows() -> None:
    data = panel(years=1)
    with pytest.raises(EstimationFailure):
        fit("panel_entity", data)
    with pytest.raises(EstimationFailure):
        fit("panel_random", replace(data, X=data.X[:, :3], names=data.names[:3]))


def test_a_negative_outcome_of_a_poisson_regression() -> None:
    data = design("poisson")
    with pytest.raises(EstimationFailure, match="negative"):
        fit("poisson", replace(data, y=data.y - 1))


def test_a_pseudo_likelihood_has_no_aic() -> None:
    data = design("poisson")
    assert set(fit("poisson", data).fit) == {
        "log_likelihood",
        "log_likelihood_null",
        "pseudo_r2",
        "aic",
        "bic",
    }
    assert set(fit("poisson", replace(data, y=data.y + 0.5)).fit) == {"squared_correlation"}


def test_a_hill_without_a_top() -> None:
    with pytest.raises(EstimationFailure) as failure:
        climb(np.zeros(1), lambda at: float(at[0]), lambda at: (np.ones(1), np.eye(1)))
    assert failure.value.kind == "no_convergence"


def test_a_cliff() -> None:
    with pytest.raises(EstimationFailure, match="no step leads upwards") as failure:
        climb(
            np.zeros(1),
            lambda at: 0.0 if at[0] == 0 else -np.inf,
            lambda at: (np.ones(1), np.eye(1)),
        )
    assert failure.value.kind == "no_convergence"


def test_an_information_that_is_too_small() -> None:
    """Half the curvature doubles every step, which without a line search jumps from side to side
    for ever.
    """
    top, _, steps = climb(
        np.array([3.0]), lambda at: -float(at[0] ** 2), lambda at: (-2 * at, np.eye(1))
    )
    assert abs(top[0]) < 1e-8
    assert steps < 10


@pytest.mark.parametrize("family", FAMILIES)
def test_the_level_widens_the_interval(family: str) -> None:
    simulated = selected if family.startswith(("selection", "heckman")) else design
    data = panel() if family.startswith("panel_") else simulated(family, clusters=None)
    if family == "panel_between":  # what all units have in common does not vary between them
        data = replace(data, X=data.X[:, :3], names=data.names[:3])
    narrow, wide = fit(family, data, 0.90), fit(family, data, 0.99)
    assert np.all(wide.conf_high - wide.conf_low > 1.3 * (narrow.conf_high - narrow.conf_low))
    assert np.all((narrow.conf_low < narrow.params) & (narrow.params < narrow.conf_high))
