"""The clustered covariance: one convention for every family."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coalition.estimators import fit
from coalition.estimators.fit_types import Design, Errors
from coalition.estimators.sandwich import sandwich
from simulated import design
from statsmodels.api import GLM, OLS, Logit, families

FAMILIES = (
    *(
        "logit",
        "firth_logit",
        "ordered_logit",
        "partial_ordered_logit",
        "multinomial_logit",
        "bias_reduced_ordered_logit",
        "bias_reduced_multinomial_logit",
        "sequential_logit",
        "poisson",
        "ols",
    ),
    *("conditional_logit", "random_effects_cre_logit"),
)


def test_by_hand() -> None:
    bread, scores = np.diag([2.0, 0.5]), np.array([[1.0, 0], [2, 1], [-1, 1], [-2, -2]])
    # clusters {0, 1} and {2, 3}: sums (3, 1) and (-3, -1); factor 2/1 * 3/2
    expected = 3 * bread @ np.array([[18.0, 6], [6, 2]]) @ bread
    np.testing.assert_allclose(sandwich(bread, scores, np.array([5, 5, 9, 9])), expected)


def test_clusters_of_one_row_are_hc1() -> None:
    rng = np.random.default_rng(0)
    bread, scores = np.eye(3), rng.normal(size=(20, 3))
    expected = 20 / 17 * scores.T @ scores
    np.testing.assert_allclose(sandwich(bread, scores, np.arange(20)), expected)
    np.testing.assert_allclose(sandwich(bread, scores, None), expected)


def test_statsmodels_has_the_same_convention() -> None:
    """Read from statsmodels 0.15: G/(G-1) (n-1)/(n-k) for OLS, Logit and GLM alike."""
    for family, model in (
        ("ols", lambda data: OLS(data.y, data.X)),
        ("logit", lambda data: Logit(data.y, data.X)),
        ("poisson", lambda data: GLM(data.y, data.X, family=families.Poisson())),
    ):
        data = design(family)
        options = (
            {"disp": False} if family == "logit" else {"tol": 1e-12} if family == "poisson" else {}
        )
        theirs = model(data).fit(cov_type="cluster", cov_kwds={"groups": data.groups}, **options)
        np.testing.assert_allclose(fit(family, data).std_error, theirs.bse, rtol=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_order_of_rows_and_the_names_of_clusters_do_not_matter(family: str) -> None:
    data = design(family)
    order = np.random.default_rng(3).permutation(len(data.y))
    units = {"entity": data.entity[order], "time": data.time[order]}
    shuffled = Design(
        **{
            **data.__dict__,
            **units,
            "y": data.y[order],
            "X": data.X[order],
            "groups": 100 - 3 * data.groups[order],
        }
    )
    # adjusted scores are solved to 1e-8 or so, which is all that small covariances keep
    least = 1e-8 if family.startswith("bias_reduced") else 1e-10
    np.testing.assert_allclose(
        fit(family, shuffled).covariance, fit(family, data).covariance, rtol=1e-6, atol=least
    )


@pytest.mark.parametrize(
    "family",
    [
        "logit",
        "ordered_logit",
        "partial_ordered_logit",
        "multinomial_logit",
        "sequential_logit",
        "poisson",
        "ols",
    ],
)
def test_every_row_twice_in_its_cluster_changes_the_factor_only(family: str) -> None:
    """Doubled rows carry no information: the clustered covariance changes by (2n-1)/(2n-p) over
    (n-1)/(n-p).
    """
    data = design(family)
    twice = Design(
        **{
            **data.__dict__,
            "y": np.tile(data.y, 2),
            "X": np.tile(data.X, (2, 1)),
            "groups": np.tile(data.groups, 2),
        }
    )
    one, two = fit(family, data), fit(family, twice)
    n, p = len(data.y), len(one.params)
    np.testing.assert_allclose(
        two.covariance,
        one.covariance * (2 * n - 1) / (2 * n - p) * (n - p) / (n - 1),
        rtol=1e-6,
        atol=1e-10,
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_what_inference_says(family: str) -> None:
    clustered, alone = fit(family, design(family)), fit(family, design(family, clusters=None))
    assert clustered.inference["covariance"] == "cluster"
    assert clustered.inference["p_values"] == "wald"
    assert clustered.inference["df"] == (29 if family == "ols" else None)
    assert alone.inference["covariance"] == "model"
    assert alone.inference["p_values"] == ("penalised_lr" if family == "firth_logit" else "wald")
    assert alone.inference["intervals"] == ("profile" if family == "firth_logit" else "wald")


def test_robust_where_there_is_no_likelihood_to_believe() -> None:
    """Under weights, and where a Poisson regression is fitted to what is no count."""
    of = design("ols", clusters=None)
    for family in ("ols", "logit", "poisson"):
        data = design(family, clusters=None)
        weighted = replace(data, weights=np.linspace(0.5, 2.0, len(data.y)))
        assert fit(family, weighted).inference["covariance"] == "hc1"
    amounts = replace(design("poisson", clusters=None), y=np.exp(of.y / 4))
    assert fit("poisson", amounts).inference["covariance"] == "hc1"


def test_counts_that_vary_more_than_their_model_says_are_cautioned() -> None:
    data = design("poisson", clusters=None)
    assert fit("poisson", data).warnings == ()
    wild = replace(data, y=data.y * np.where(np.arange(len(data.y)) % 3, 0, 4))
    (caution,) = fit("poisson", wild).warnings
    assert caution.kind == "overdispersion"
    assert fit("poisson", replace(wild, errors=Errors("hc1"))).warnings == ()


@pytest.mark.parametrize(("number", "warned"), [(12, True), (25, False)])
def test_a_second_clustering_of_few_clusters_is_cautioned(number: int, warned: bool) -> None:
    of_states = design("logit", n=600, clusters=60)
    crossed = replace(
        of_states,
        crossed=np.arange(600) // 7 % number,
        errors=replace(of_states.errors, cluster="iso3 and year"),
    )
    said = [
        caution.message
        for caution in fit("logit", crossed).warnings
        if "second clustering" in caution.message
    ]
    assert said == ([f"the second clustering has only {number} clusters"] if warned else [])
