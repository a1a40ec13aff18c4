"""Small-sample inference against other programs.

R's clubSandwich and sandwich: `clusters.R`, `clusters.json`; PySensemakr:
`sensitivity_reference.py`, `sensitivity.json`; wildboottest.

Both sides solve the same equations by direct methods, so numbers agree to about 1e-10 (EXACT allows
1e-8, what is left by glm's stopping rule); degrees of freedom are ratios of sums of squares and
lose a digit or two more (1e-7).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from coalition.estimators import fit, logit
from coalition.estimators.fit_types import Design
from coalition.estimators.sandwich import crossed_sandwich
from coalition.inference import sensitivity
from coalition.inference.bias_reduced import bias_reduced
from coalition.inference.bootstrap_weights import draw
from coalition.inference.jackknife import cr3, delete_one
from coalition.inference.likelihoods import LIKELIHOODS
from coalition.inference.wild import wild_cluster_bootstrap
from scipy import stats

HERE = Path(__file__).parent
EXPECTED = {
    name: {part: np.array(values) for part, values in found.items()}
    for name, found in json.loads((HERE / "clusters.json").read_text()).items()
}
SENSITIVITY = json.loads((HERE / "sensitivity.json").read_text())
EXACT, DF = 1e-8, 1e-7
CROSS = pd.read_csv(HERE / "data" / "cross_section.csv")
TEN = CROSS[CROSS["cluster"] < 10]
PANEL = pd.read_csv(HERE / "data" / "panel_unbalanced.csv").query("unit < 12")


def matrix(data: pd.DataFrame) -> np.ndarray:
    return np.column_stack([np.ones(len(data)), data[["x1", "x2", "d"]]])


def residuals(y: np.ndarray, X: np.ndarray) -> np.ndarray:
    return y - X @ np.linalg.lstsq(X, y, rcond=None)[0]


def logit_fit(data: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    X, y = matrix(data), data["binary"].to_numpy(float)
    return fit("logit", Design(y, X, ("const", "x1", "x2", "d"), ("0", "1"), None)).params, y, X


def assert_covariance(ours: np.ndarray, theirs: np.ndarray) -> None:
    np.testing.assert_allclose(ours, theirs, atol=EXACT * np.abs(theirs).max(), rtol=EXACT)


@pytest.mark.parametrize("kind", ["cr2", "cr3"])
@pytest.mark.parametrize(
    ("name", "data"), [("linear", CROSS), ("linear_ten", TEN)], ids=["60 clusters", "10 clusters"]
)
def test_linear(name: str, data: pd.DataFrame, kind: str) -> None:
    X, expected = matrix(data), EXPECTED[f"{name}_{kind}"]
    found = bias_reduced(
        X, residuals(data["linear"].to_numpy(), X), data["cluster"].to_numpy(), kind
    )
    assert_covariance(found.covariance, expected["covariance"])
    np.testing.assert_allclose(found.df, expected["df"].ravel(), rtol=DF)
    beta = np.linalg.lstsq(X, data["linear"].to_numpy(), rcond=None)[0]
    p_values = 2 * stats.t(found.df).sf(np.abs(beta) / np.sqrt(np.diag(found.covariance)))
    # a tail magnifies what separates the statistics
    np.testing.assert_allclose(p_values, expected["p"].ravel(), rtol=1e-6)


@pytest.mark.parametrize("kind", ["cr2", "cr3"])
def test_logit_in_the_working_weights_form(kind: str) -> None:
    params, y, X = logit_fit(CROSS)
    chance = logit.probabilities(params, X)[:, 1]
    found = bias_reduced(X, y - chance, CROSS["cluster"].to_numpy(), kind, chance * (1 - chance))
    assert_covariance(found.covariance, EXPECTED[f"logit_{kind}"]["covariance"])
    np.testing.assert_allclose(found.df, EXPECTED[f"logit_{kind}"]["df"].ravel(), rtol=DF)


def test_blocks_that_lose_rank() -> None:
    """Fixed effects of the clusters: the slopes as clubSandwich with its pseudo-inverse."""
    effects = pd.get_dummies(PANEL["unit"], drop_first=True).to_numpy(float)
    X = np.column_stack([np.ones(len(PANEL)), PANEL[["x1", "x2"]], effects])
    found = bias_reduced(X, residuals(PANEL["y"].to_numpy(), X), PANEL["unit"].to_numpy(), "cr2")
    expected = EXPECTED["linear_effects_cr2"]
    assert_covariance(found.covariance[1:3, 1:3], expected["covariance"][1:3, 1:3])
    np.testing.assert_allclose(found.df[1:3], expected["df"].ravel()[1:3], rtol=DF)


def test_two_way() -> None:
    second, X = np.arange(1, len(CROSS) + 1) % 23, matrix(CROSS)
    scores = residuals(CROSS["linear"].to_numpy(), X)[:, None] * X
    found = crossed_sandwich(np.linalg.inv(X.T @ X), scores, CROSS["cluster"].to_numpy(), second)
    assert_covariance(found, EXPECTED["two_way_linear"]["covariance"])
    params, y, X = logit_fit(CROSS)
    found = crossed_sandwich(
        np.linalg.inv(-logit.hessian(params, X)),
        logit.scores(params, y, X),
        CROSS["cluster"].to_numpy(),
        second,
    )
    assert_covariance(found, EXPECTED["two_way_logit"]["covariance"])


def test_delete_one_cluster_of_a_logit() -> None:
    params, y, X = logit_fit(CROSS)
    groups = CROSS["cluster"].to_numpy()
    deleted = delete_one(LIKELIHOODS["logit"], params, y, X, groups)
    # glm stops at a deviance of 1e-15
    np.testing.assert_allclose(deleted, EXPECTED["deleted_logit"]["estimates"], atol=1e-7)
    one_step = delete_one(LIKELIHOODS["logit"], params, y, X, groups, steps="one")
    assert_covariance(cr3(one_step, params), EXPECTED["logit_cr3"]["covariance"])


@pytest.mark.parametrize("name", ["darfur", "cross_section"])
def test_sensitivity_statistics(name: str) -> None:
    """PySensemakr's numbers; those of Darfur are the printed ones of Cinelli & Hazlett (2020,
    section 5).
    """
    of = SENSITIVITY[name]
    statistic = of["estimate"] / of["std_error"]
    assert sensitivity.partial_r2(statistic, of["df"]) == pytest.approx(of["partial_r2"], rel=1e-9)
    assert sensitivity.robustness_value(statistic, of["df"]) == pytest.approx(
        of["robustness_value"], rel=1e-9
    )
    assert sensitivity.robustness_value(statistic, of["df"], alpha=0.05) == pytest.approx(
        of["robustness_value_alpha"], rel=1e-9
    )
    for r2_treatment, r2_outcome, estimate, error, t in of["bounds"]:
        found = sensitivity.adjusted(
            of["estimate"], of["std_error"], of["df"], r2_treatment, r2_outcome
        )
        assert found == pytest.approx((estimate, error), rel=1e-9)
        assert found[0] / found[1] == pytest.approx(t, rel=1e-9)


@pytest.mark.parametrize("place", [0, 1])
def test_benchmark_covariate(place: int) -> None:
    of = SENSITIVITY["cross_section"]
    found = sensitivity.benchmark(
        CROSS["linear"].to_numpy(), matrix(CROSS), 1, 3, times=of["times"][place]
    )
    numbers = (
        found.r2_treatment,
        found.r2_outcome,
        found.estimate,
        found.std_error,
        found.statistic,
    )
    assert numbers == pytest.approx(of["bounds"][place], rel=1e-9)


@pytest.mark.parametrize(
    ("clusters", "points"), [(30, "rademacher"), (9, "webb"), (7, "rademacher")]
)
def test_wild_cluster_bootstrap(clusters: int, points: str) -> None:
    """Replicate by replicate as wildboottest, given the same weights; 1e-10 is rounding in sums of
    some hundred terms.
    """
    oracle = pytest.importorskip(
        "wildboottest.wildboottest", reason="wildboottest is not installed"
    )
    data = CROSS[CROSS["cluster"] < clusters]
    X, y, groups = matrix(data), data["linear"].to_numpy(), data["cluster"].to_numpy()
    weights = draw(clusters, 499, seed=1, points=points)
    theirs = oracle.WildboottestCL(
        X=X, Y=y, cluster=groups, R=np.array([0, 1, 0, 0]), B=499, seed=1, parallel=False
    )
    theirs.get_weights(points)
    theirs.v, theirs.B = weights.values.T, len(weights.values)
    theirs.get_scores(bootstrap_type="11", impose_null=True)
    for step in ("get_numer", "get_denom", "get_tboot", "get_vcov", "get_tstat"):
        getattr(theirs, step)()
    statistic, replicates = wild_cluster_bootstrap(y, X, 1, groups, 499, seed=1, points=points).at(
        0.0
    )
    assert statistic == pytest.approx(theirs.t_stat, rel=1e-10)
    np.testing.assert_allclose(replicates, theirs.t_boot, rtol=1e-8, atol=1e-10)
