"""Models with selection against R (`selection.R`, whose output is `expected_selection.json`) and
against a printed table.

R climbs by BFGS and Newton's method with numerical derivatives (numDeriv), on a bivariate normal
distribution that is integrated another way. Relative to the largest number of an array: estimates
1e-7; covariances 1e-6, because R's second derivatives are right to about 1e-8 and are inverted.
Effects given selection 1e-6: R takes them by differences.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from coalition.estimators import assumed_correlations, fit
from coalition.estimators.fit_types import Design, Selection
from coalition.estimators.marginal_effects import (
    average_marginal_effects,
    effects_given_selection,
    of_outcome,
)
from linearmodels.datasets import mroz

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected_selection.json").read_text())
ESTIMATE, COVARIANCE = 1e-7, 1e-6
PACKAGES = ("mvtnorm", "numDeriv", "jsonlite")
OUTCOMES = {
    "selection_probit": ("binary", ("0", "1")),
    "selection_ordered_probit": ("ordered", ("none", "low", "medium", "high")),
    "heckman_ml": ("amount", ()),
    "heckman_two_step": ("amount", ()),
}


def design(family: str, clustered: bool) -> Design:
    data = pd.read_csv(HERE / "data" / "selection.csv")
    outcome, levels = OUTCOMES[family]
    X = np.column_stack([np.ones(len(data)), data[["x1", "x2", "d"]]])
    joined = data["joined"].to_numpy(float)
    return Design(
        y=np.where(joined == 1, data[outcome], np.nan),
        X=X,
        names=("const", "x1", "x2", "d"),
        levels=levels,
        groups=data["cluster"].to_numpy() if clustered else None,
        selection=Selection(
            joined, np.column_stack([X, data["z"]]), ("const", "x1", "x2", "d", "z")
        ),
    )


def assert_close(ours: np.ndarray, theirs: object, tolerance: float) -> None:
    theirs = np.array(theirs, dtype=float)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= tolerance * np.abs(theirs).max()


def assert_covariance(ours: np.ndarray, theirs: object) -> None:
    """As correlations, so that large variances hide no small one."""
    theirs = np.array(theirs, dtype=float)
    scale = np.sqrt(np.diag(theirs))
    assert_close(ours / np.outer(scale, scale), theirs / np.outer(scale, scale), COVARIANCE)


@pytest.mark.parametrize("family", ["selection_probit", "selection_ordered_probit", "heckman_ml"])
@pytest.mark.parametrize("clustered", [False, True])
def test_maximum_likelihood(family: str, clustered: bool) -> None:
    found, expected = (
        fit(family, design(family, clustered)),
        EXPECTED[family + ("_cluster" if clustered else "")],
    )
    assert_close(found.params, expected["estimate"], ESTIMATE)
    assert_covariance(found.covariance, expected["covariance"])
    for statistic in set(expected) - {"estimate", "covariance"}:
        assert found.fit[statistic] == pytest.approx(expected[statistic], rel=1e-7), statistic


def test_assumed_correlations() -> None:
    found = assumed_correlations("selection_probit", design("selection_probit", clustered=True))
    for rho, expected in EXPECTED["selection_probit_assumed"].items():
        assert_close(found[float(rho)].params, expected["estimate"], ESTIMATE)
        assert_close(found[float(rho)].std_error, expected["std_error"], COVARIANCE)
        assert found[float(rho)].fit["log_likelihood"] == pytest.approx(
            expected["log_likelihood"], rel=1e-9
        )


def test_effects() -> None:
    data = design("selection_probit", clustered=True)
    found = fit("selection_probit", data)
    everyone = average_marginal_effects(
        "selection_probit", *of_outcome(found, data), ["x1", "x2", "d"]
    )
    given = effects_given_selection("selection_probit", found, data, ["x1", "x2", "d"])
    for effects, name in ((everyone, "effects_everyone"), (given, "effects_selected")):
        assert_close(
            np.array([effect.estimate for effect in effects]), EXPECTED[name]["estimate"], 1e-6
        )
        assert_close(
            np.array([effect.std_error for effect in effects]), EXPECTED[name]["std_error"], 1e-6
        )


def test_two_steps() -> None:
    found, expected = (
        fit("heckman_two_step", design("heckman_two_step", clustered=False)),
        EXPECTED["heckman_two_step"],
    )
    assert_close(found.params[[0, 1, 2, 3, 4]], expected["estimate"][:5], ESTIMATE)
    assert_close(found.params, expected["estimate"], ESTIMATE)
    assert_covariance(found.covariance[:5, :5], expected["covariance_outcome"])
    assert_covariance(found.covariance[5:, 5:], expected["covariance_selection"])
    assert found.fit["sigma"] == pytest.approx(expected["sigma"], rel=ESTIMATE)
    assert found.fit["rho"] == pytest.approx(expected["rho"], rel=ESTIMATE)


def test_two_steps_clustered() -> None:
    found = fit("heckman_two_step", design("heckman_two_step", clustered=True))
    assert_covariance(found.covariance, EXPECTED["heckman_two_step_cluster"]["covariance"])


def test_wages_of_married_women() -> None:
    """Wooldridge (2013), Introductory Econometrics, 5th ed., Table 17.7, column "Heckit": estimates
    and standard errors as printed.
    """
    data = mroz.load()
    working = data["inlf"].to_numpy(float)
    outcome, own = ["educ", "exper", "expersq"], ["nwifeinc", "age", "kidslt6", "kidsge6"]
    one = np.ones(len(data))
    women = Design(
        y=np.where(working == 1, data["lwage"], np.nan),
        X=np.column_stack([one, data[outcome]]),
        names=("const", *outcome),
        levels=(),
        groups=None,
        selection=Selection(
            working, np.column_stack([one, data[outcome + own]]), ("const", *outcome, *own)
        ),
    )
    found = fit("heckman_two_step", women)
    printed = {
        "educ": (0.109, 0.016, 3), "exper": (0.044, 0.016, 3), "expersq": (-0.00086, 0.00044, 5),
        "const": (-0.578, 0.305, 3), "inverse_mills": (0.032, 0.134, 3),
    }  # fmt: skip
    for term, (estimate, error, digits) in printed.items():
        at = found.names.index(term)
        assert round(found.params[at], digits) == estimate, term
        assert round(found.std_error[at], digits) == error, term


@pytest.mark.long
def test_r_still_says_so(tmp_path: Path) -> None:
    """Optimisers stop elsewhere in the last digits between versions of R: 1e-6."""
    call = (
        f"quit(status = !all(sapply(c({', '.join(map(repr, PACKAGES))}), requireNamespace, "
        "quietly = TRUE)))"
    )
    if (
        shutil.which("Rscript") is None
        or subprocess.run(["Rscript", "-e", call], capture_output=True, check=False).returncode
    ):
        pytest.skip(f"needs Rscript and the packages {', '.join(PACKAGES)}")
    out = tmp_path / "expected.json"
    subprocess.run(
        ["Rscript", str(HERE / "selection.R"), str(HERE / "data"), str(out)],
        check=True,
        capture_output=True,
    )
    assert _same(json.loads(out.read_text()), EXPECTED)


def _same(ours: object, theirs: object) -> bool:
    if isinstance(theirs, dict):
        return (
            isinstance(ours, dict)
            and ours.keys() == theirs.keys()
            and all(_same(ours[key], theirs[key]) for key in theirs)
        )
    expected = np.array(theirs, dtype=float)
    return bool(
        np.abs(np.array(ours, dtype=float) - expected).max() <= 1e-6 * np.abs(expected).max()
    )
