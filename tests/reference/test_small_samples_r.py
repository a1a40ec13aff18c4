"""Bias-reduced logits of several levels, and meta-analysis, against R (`small_samples.R`, whose
output is `small_samples.json`: brglm2 0.9, metafor 3.8, ordinal's wine data).

brmultinom stops at 1e-12 of the adjusted scores; estimates agree to 1e-7. The ordered logit has no
package in R's brglm2 of Debian: its reference solves the definition with numerical derivatives,
right to about seven digits (the printed table of Kosmidis 2014 has another parametrisation).
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from coalition.estimators import (
    bias_reduced_multinomial,
    bias_reduced_ordered,
    firth,
    logit,
    ordered,
)
from coalition.estimators.adjusted_scores import adjusted_scores
from coalition.estimators.fit_types import Design
from coalition.inference import meta_analysis
from coalition.inference.bias_reduced import bias_reduced
from coalition.inference.categorical_cr2 import categorical_cr2

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "small_samples.json").read_text())
CROSS = pd.read_csv(HERE / "data" / "cross_section.csv")
FEW = CROSS.iloc[:60].assign(
    apart=lambda data: ((data["nominal"] == 1) & (data["x1"] < 0)).astype(float)
)
EXACT = 1e-6


def design(data: pd.DataFrame, outcome: str, terms: list[str]) -> Design:
    X = np.column_stack([np.ones(len(data)), data[terms]]).astype(float)
    levels = tuple(map(str, range(int(data[outcome].max()) + 1)))
    return Design(data[outcome].to_numpy(float), X, ("const", *terms), levels, None)


def wine(extra: bool = False) -> Design:
    found = EXPECTED["wine"]
    y, terms = np.array(found["y"], float) - 1, {k: found[k] for k in ("warm", "contact")}
    columns = [np.ones(len(y)), *map(np.array, terms.values())]
    columns += [(y == 4) * columns[1]] if extra else []
    names = ("const", "warm", "contact", "apart")[: len(columns)]
    return Design(y, np.column_stack(columns), names, tuple("12345"), None)


def close(found: np.ndarray, key: str, part: str) -> None:
    np.testing.assert_allclose(found, EXPECTED[key][part], rtol=EXACT, atol=EXACT)


@pytest.mark.parametrize(
    ("key", "data", "terms"),
    [
        ("multinomial", CROSS, ["x1", "x2", "d"]),
        ("multinomial_separated", FEW, ["x1", "apart"]),
    ],
)
def test_multinomial_against_brmultinom(key: str, data: pd.DataFrame, terms: list[str]) -> None:
    found = bias_reduced_multinomial.fit(design(data, "nominal", terms), 0.95)
    close(found.params, key, "estimates")
    close(found.std_error, key, "std_error")
    assert found.separation["separated"] is (key == "multinomial_separated")


@pytest.mark.parametrize(("key", "extra"), [("wine", False), ("wine_separated", True)])
def test_ordered_against_the_definition(key: str, extra: bool) -> None:
    found = bias_reduced_ordered.fit(wine(extra), 0.95)
    close(found.params, key, "estimates")
    close(found.std_error, key, "std_error")
    assert found.separation["separated"] is extra
    assert np.isnan(found.p_value[-5]) == extra  # a Wald test of a separated term says nothing


def test_two_levels_are_firths_logit() -> None:
    data = design(CROSS, "binary", ["x1", "x2", "d"])
    binary = firth.maximise(data.y, data.X, np.zeros(4))
    close(binary[0], "binary", "estimates")
    nominal = bias_reduced_multinomial.fit(data, 0.95)
    cumulative = bias_reduced_ordered.fit(data, 0.95)
    np.testing.assert_allclose(nominal.params, binary[0], atol=1e-8)
    np.testing.assert_allclose(cumulative.params[:3], binary[0][1:], atol=1e-8)
    np.testing.assert_allclose(cumulative.params[3], -binary[0][0], atol=1e-8)
    close(nominal.std_error, "binary", "std_error")


def test_clustered_sandwich_is_that_of_firths_logit() -> None:
    data = replace(design(CROSS, "binary", ["x1", "d"]), groups=CROSS["cluster"].to_numpy())
    theirs = firth.fit(data, 0.95).std_error
    np.testing.assert_allclose(
        bias_reduced_multinomial.fit(data, 0.95).std_error, theirs, rtol=1e-7
    )
    np.testing.assert_allclose(
        bias_reduced_ordered.fit(data, 0.95).std_error[:2], theirs[1:], rtol=1e-7
    )


def test_ratio_test_of_two_levels_is_firths() -> None:
    data = design(CROSS, "binary", ["x1", "x2", "d"])
    found = bias_reduced_multinomial.ratio_test(data, [2])
    assert found.p_value == pytest.approx(firth.fit(data, 0.95).p_value[2], abs=1e-9)
    assert found.df == 1


def test_score_test_of_two_levels_is_the_penalised_score() -> None:
    """At the estimate itself the adjusted score is zero, and far from it the test rejects."""
    data = wine()
    top = bias_reduced_ordered.fit(data, 0.95)
    assert bias_reduced_ordered.score_test(
        data, 1, float(top.params[0])
    ).statistic == pytest.approx(0, abs=1e-6)
    near_wald = bias_reduced_ordered.score_test(data, 1).statistic
    assert near_wald == pytest.approx(top.statistic[0], rel=0.1)


def test_cr2_of_two_levels_is_that_of_clubsandwich() -> None:
    """`bias_reduced` is held against clubSandwich; here K - 1 = 1 indicator makes the same."""
    data = design(CROSS[CROSS["cluster"] < 10], "binary", ["x1", "x2", "d"])
    groups = CROSS.loc[CROSS["cluster"] < 10, "cluster"].to_numpy()
    params = logit.maximise(data.y, data.X, None)[0]
    chance = logit.probabilities(params, data.X)[:, 1]
    theirs = bias_reduced(data.X, data.y - chance, groups, "cr2", chance * (1 - chance))
    ours = categorical_cr2(data.y, bias_reduced_multinomial.expansion(data.X)(params), groups)
    np.testing.assert_allclose(ours.covariance, theirs.covariance, rtol=1e-8)
    np.testing.assert_allclose(ours.df, theirs.df, rtol=1e-8)


@pytest.mark.long
@pytest.mark.parametrize("outcome", ["ordered", "nominal"])
def test_cr2_is_unbiased_under_the_working_model(outcome: str) -> None:
    """The defining property: with residuals of their model covariance the expectation of CR2 is
    the model's own covariance, here summed over random outcomes of the fitted model."""
    data = design(CROSS[CROSS["cluster"] < 12], outcome, ["x1", "d"])
    groups = CROSS.loc[CROSS["cluster"] < 12, "cluster"].to_numpy()
    if outcome == "ordered":
        params = ordered.maximise(data.y, data.X, 4)[0]
        at = bias_reduced_ordered.expansion(data.X, 4)(params)
    else:
        params = bias_reduced_multinomial.maximise(data.y, data.X, 3)[0]
        at = bias_reduced_multinomial.expansion(data.X)(params)
    information = adjusted_scores(data.y, at).information
    model = np.linalg.inv(information)
    cumulative = at.probabilities.cumsum(axis=1)
    generator, own = np.random.default_rng(5), at.slopes / at.probabilities[:, :, None]
    draws = []
    for _ in range(2000):
        y = (generator.random(len(data.y))[:, None] > cumulative).sum(axis=1)
        shift = model @ own[np.arange(len(y)), y].sum(axis=0)  # one step to that outcome's estimate
        moved = at.probabilities + at.slopes @ shift
        residuals = np.eye(at.probabilities.shape[1])[y] - moved
        draws.append(np.diag(_cr2_of(residuals, at, groups)))
    ratio = np.mean(draws, axis=0) / np.diag(model)
    assert np.abs(ratio - 1).max() < 0.05  # Monte Carlo error about 0.016


def _cr2_of(residuals: np.ndarray, at: object, groups: np.ndarray) -> np.ndarray:
    """CR2 from given residuals: outcomes that are not 0/1 enter by their weights on indicators."""
    from coalition.inference import categorical_cr2 as module

    return module.of_residuals(residuals[:, 1:], at, groups).covariance


META = EXPECTED["meta_input"]
Y, S = np.array(META["y"]), np.array(META["s"])


def test_meta_analysis_against_metafor() -> None:
    found, theirs = meta_analysis.pool(Y, np.diag(S**2)), EXPECTED["meta_pm_knha"]
    assert found.estimate == pytest.approx(theirs["estimate"], abs=1e-9)
    assert found.tau2 == pytest.approx(theirs["tau2"], abs=1e-9)
    assert found.q == pytest.approx(theirs["Q"], abs=1e-8)
    assert found.q_p == pytest.approx(theirs["Q_p"], abs=1e-8)
    unscaled = found.std_error * np.sqrt(found.scale / max(1.0, found.scale))
    assert unscaled == pytest.approx(theirs["std_error"], abs=1e-9)
    assert found.std_error >= unscaled  # a scale under one does not shorten the interval


def test_independent_is_statsmodels() -> None:
    """statsmodels stops at 1e-5 of the estimating equation."""
    estimate, error, tau2 = meta_analysis.independent(Y, S**2 / 20)
    found = meta_analysis.pool(Y, np.diag(S**2 / 20))
    assert (found.estimate, found.tau2) == pytest.approx((estimate, tau2), abs=1e-5)
    assert found.std_error == pytest.approx(error * max(1.0, found.scale**-0.5), abs=1e-5)


def test_dependent_estimates_against_rma_mv() -> None:
    theirs, W = EXPECTED["meta_dependent_reml"], np.array(META["W"])
    found = meta_analysis.pool(Y, W, tau2=theirs["tau2"])
    assert found.estimate == pytest.approx(theirs["estimate"], abs=1e-6)
    assert found.std_error / max(1.0, found.scale) ** 0.5 == pytest.approx(
        theirs["std_error"], abs=1e-6
    )
    assert found.q == pytest.approx(theirs["Q"], rel=1e-8)
    steps = [theirs["tau2"] * (1 + by) for by in (-0.01, 0, 0.01)]
    heights = [meta_analysis.restricted_likelihood(tau2, Y, W) for tau2 in steps]
    assert heights[1] > max(heights[0], heights[2])  # their tau2 is the top of our likelihood


@pytest.mark.long
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_still_says_so(tmp_path: Path) -> None:
    """Runs where R and its packages are; the numbers are committed."""
    made = tmp_path / "small_samples.json"
    ran = subprocess.run(
        ["Rscript", str(HERE / "small_samples.R"), str(HERE / "data"), str(made)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "there is no package" in ran.stderr:
        pytest.skip(ran.stderr.splitlines()[0])
    assert ran.returncode == 0, ran.stderr
    again = json.loads(made.read_text())
    for key in ("multinomial", "wine", "meta_pm_knha", "meta_dependent_reml"):
        for part, numbers in EXPECTED[key].items():
            assert again[key][part] == pytest.approx(numbers, rel=1e-5), (key, part)
