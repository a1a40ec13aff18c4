"""Every family against R on simulated data (`reference.R`, whose output is `expected.json`).

Tolerances, relative to the largest number of an array:
EXACT 1e-7 where both sides solve the same equations to machine precision; R's glm stops at a
relative deviance of 1e-15, which leaves the coefficients right to about 1e-8. OPTIM 2e-3 for
standard errors and 1e-5 for coefficients of MASS::polr (numerical Hessian, BFGS) and of
nnet::multinom (BFGS). NUMERICAL 1e-5 where R's side differentiates a likelihood or probabilities
numerically (numDeriv, integrate). GLMER 1e-4 for lme4::glmer, whose optimiser stops there: the
likelihood at its estimate is lower than at ours.
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
from classical_forms import brant, hausman
from coalition.estimators import fit, specification_tests
from coalition.estimators.fit_types import Design, Errors, EstimationFailure, Fit
from coalition.estimators.marginal_effects import average_marginal_effects, corner_probabilities
from simulate import TABLES

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text())
EXACT, OPTIM_ESTIMATE, OPTIM_COVARIANCE = 1e-7, 1e-5, 2e-3
NUMERICAL, GLMER = 1e-5, 1e-4
PACKAGES = (
    "sandwich",
    "MASS",
    "nnet",
    "brglm2",
    "plm",
    "ordinal",
    "survival",
    "lme4",
    "numDeriv",
    "jsonlite",
)


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / "data" / name)


def design(
    data: pd.DataFrame,
    outcome: str,
    terms: list[str],
    levels: tuple[str, ...] = (),
    cluster: str | None = None,
) -> Design:
    X = np.column_stack([np.ones(len(data)), data[terms]])
    return Design(
        y=data[outcome].to_numpy(float),
        X=X,
        names=("const", *terms),
        levels=levels,
        groups=None if cluster is None else data[cluster].to_numpy(),
        entity=data["unit"].to_numpy() if "unit" in data else None,
        time=data["year"].to_numpy() if "unit" in data else None,
    )


def assert_close(ours: np.ndarray, theirs: object, tolerance: float) -> None:
    theirs = np.array(theirs, dtype=float)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= tolerance * np.abs(theirs).max()


def assert_equal(
    result: Fit, name: str, estimate: float = EXACT, covariance: float = EXACT
) -> None:
    expected = EXPECTED[name]
    assert_close(result.params, expected["estimate"], estimate)
    scale = np.sqrt(np.diag(np.array(expected["covariance"])))
    assert_close(
        result.covariance / np.outer(scale, scale),
        np.array(expected["covariance"]) / np.outer(scale, scale),
        covariance,
    )
    for statistic in set(expected) - {"estimate", "covariance"}:
        assert result.fit[statistic] == pytest.approx(expected[statistic], rel=1e-7), statistic


CROSS_SECTION = [
    ("logit", "binary", ("0", "1"), "logit", None),
    ("logit", "binary", ("0", "1"), "logit_cluster", "cluster"),
    ("firth_logit", "binary", ("0", "1"), "firth", None),
    ("firth_logit", "binary", ("0", "1"), "firth_cluster", "cluster"),
    ("ordered_logit", "ordered", ("none", "low", "medium", "high"), "ordered", None),
    ("ordered_logit", "ordered", ("none", "low", "medium", "high"), "ordered_cluster", "cluster"),
    ("multinomial_logit", "nominal", ("abstain", "unreserved", "reserved"), "multinomial", None),
    (
        "multinomial_logit",
        "nominal",
        ("abstain", "unreserved", "reserved"),
        "multinomial_cluster",
        "cluster",
    ),
    ("poisson", "count", (), "poisson", None),
    ("poisson", "count", (), "poisson_cluster", "cluster"),
    ("poisson", "amount", (), "poisson_amount_cluster", "cluster"),
    ("ols", "linear", (), "ols", None),
    ("ols", "linear", (), "ols_cluster", "cluster"),
]


@pytest.mark.parametrize(
    ("family", "outcome", "levels", "name", "cluster"),
    CROSS_SECTION,
    ids=[case[3] for case in CROSS_SECTION],
)
def test_cross_section(
    family: str, outcome: str, levels: tuple[str, ...], name: str, cluster: str | None
) -> None:
    data = design(table("cross_section.csv"), outcome, ["x1", "x2", "d"], levels, cluster)
    if cluster is None and family in ("ols", "poisson"):  # R's values are vcovHC's of type HC1
        data = replace(data, errors=Errors("hc1"))
    result = fit(family, data)
    loose = family in ("ordered_logit", "multinomial_logit")
    assert_equal(
        result, name, OPTIM_ESTIMATE if loose else EXACT, OPTIM_COVARIANCE if loose else EXACT
    )


def test_firth_under_separation() -> None:
    result = fit("firth_logit", design(table("small_sample.csv"), "y", ["x", "s"], ("0", "1")))
    assert_equal(result, "firth_separated")
    assert result.separation == {"separated": True, "terms": ["s"]}


@pytest.mark.parametrize("data", ["panel", "panel_unbalanced"])
@pytest.mark.parametrize("effects", ["pooled", "entity", "two_way", "random"])
@pytest.mark.parametrize("cluster", [None, "unit"])
def test_panel(data: str, effects: str, cluster: str | None) -> None:
    terms = ["x1", "x2"] if effects in ("entity", "two_way") else ["x1", "x2", "z"]
    result = fit(f"panel_{effects}", design(table(f"{data}.csv"), "y", terms, cluster=cluster))
    assert_equal(result, f"{data}_{effects}" + ("_cluster" if cluster else ""))


@pytest.mark.parametrize("data", ["panel", "panel_unbalanced"])
def test_panel_with_clusters_of_several_units(data: str) -> None:
    assert_equal(
        fit("panel_entity", design(table(f"{data}.csv"), "y", ["x1", "x2"], cluster="cluster")),
        f"{data}_entity_coarse",
    )


def effects_close(found: list, name: str, tolerance: float) -> None:
    assert_close(
        np.array([effect.estimate for effect in found]), EXPECTED[name]["estimate"], tolerance
    )
    errors = np.sqrt(np.diag(np.array(EXPECTED[name]["covariance"])))
    assert_close(np.array([effect.std_error for effect in found]), errors, tolerance)


def test_average_marginal_effects() -> None:
    data = design(table("cross_section.csv"), "binary", ["x1", "x2", "d"], ("0", "1"), "cluster")
    effects_close(
        average_marginal_effects("logit", fit("logit", data), data, ["x1", "x2", "d"]),
        "effects_logit_cluster",
        EXACT,
    )


def test_corners_and_contrasts() -> None:
    table_ = table("cross_section.csv")
    table_["x1:x2"] = table_["x1"] * table_["x2"]
    data = design(
        table_,
        "nominal",
        ["x1", "x2", "d", "x1:x2"],
        ("abstain", "unreserved", "reserved"),
        "cluster",
    )
    data = Design(**{**data.__dict__, "products": ((4, (1, 2)),)})
    corners, contrasts = corner_probabilities(
        "multinomial_logit", fit("multinomial_logit", data), data, "x1", "x2", 0.2, 0.8
    )
    effects_close(corners, "effects_corners", OPTIM_COVARIANCE)
    effects_close(contrasts, "effects_contrasts", OPTIM_COVARIANCE)


LEVELS, RESPONSES = ("none", "low", "medium", "high"), ("abstain", "unreserved", "reserved")


@pytest.mark.parametrize("cluster", [None, "cluster"])
def test_sequential_logit(cluster: str | None) -> None:
    data = design(table("cross_section.csv"), "nominal", ["x1", "x2", "d"], RESPONSES, cluster)
    assert_equal(fit("sequential_logit", data), "sequential" + ("_cluster" if cluster else ""))


def test_effects_of_a_sequential_logit() -> None:
    data = design(table("cross_section.csv"), "nominal", ["x1", "x2", "d"], RESPONSES, "cluster")
    found = average_marginal_effects(
        "sequential_logit", fit("sequential_logit", data), data, ["x1", "x2", "d"]
    )
    effects_close(found, "effects_sequential_cluster", NUMERICAL)


def nonproportional(*terms: str, cluster: str | None = None) -> Design:
    names = ["x1", "x2", "d"]
    data = design(table("cross_section.csv"), "ordered", names, LEVELS, cluster)
    return replace(data, nonproportional=tuple(names.index(term) + 1 for term in terms))


def test_partial_proportional_odds() -> None:
    assert_equal(fit("partial_ordered_logit", nonproportional("x2")), "partial_ordered")


@pytest.mark.parametrize(("position", "term"), list(enumerate(["x1", "x2", "d"])))
def test_partial_proportional_odds_of_each_term(position: int, term: str) -> None:
    found = fit("partial_ordered_logit", nonproportional(term)).fit["log_likelihood"]
    assert found == pytest.approx(EXPECTED["nominal_test"]["log_likelihood"][position], rel=EXACT)


def test_proportional_odds() -> None:
    wald = [test.statistic for test in brant(nonproportional())]
    assert_close(np.array(wald), EXPECTED["brant"]["statistic"], EXACT)
    for cluster, name in ((None, "score_test"), ("cluster", "score_test_cluster")):
        found = specification_tests.proportional_odds(nonproportional(cluster=cluster))[0]
        assert found.df == 6
        assert found.statistic == pytest.approx(EXPECTED[name]["statistic"], rel=NUMERICAL)


@pytest.mark.parametrize("data", ["panel", "panel_unbalanced"])
def test_first_differences_and_between(data: str) -> None:
    read = table(f"{data}.csv")
    assert_equal(
        fit("panel_first_differences", design(read, "y", ["x1", "x2"])), f"{data}_first_differences"
    )
    assert_equal(
        fit("panel_first_differences", design(read, "y", ["x1", "x2"], cluster="unit")),
        f"{data}_first_differences_cluster",
    )
    assert_equal(fit("panel_between", design(read, "y", ["x1", "x2", "z"])), f"{data}_between")
    assert_equal(
        fit("panel_between", design(read, "y", ["x1", "x2", "z"], cluster="cluster")),
        f"{data}_between_coarse",
    )


def test_first_differences_are_those_of_plm() -> None:
    assert_equal(
        fit("panel_first_differences", design(table("panel.csv"), "y", ["x1", "x2"])),
        "panel_first_differences_plm",
    )


@pytest.mark.parametrize("data", ["panel", "panel_unbalanced"])
@pytest.mark.parametrize(
    ("family", "name", "terms"),
    [("panel_pooled", "pooling", ["x1", "x2", "z"]), ("panel_entity", "within", ["x1", "x2"])],
)
def test_driscoll_kraay(data: str, family: str, name: str, terms: list[str]) -> None:
    result = fit(
        family, replace(design(table(f"{data}.csv"), "y", terms), errors=Errors("driscoll_kraay"))
    )
    assert_equal(result, f"{data}_{name}_driscoll_kraay")
    assert (result.inference["covariance"], result.inference["df"]) == ("driscoll_kraay", 8)


def assert_test(found: specification_tests.Test, name: str) -> None:
    expected = EXPECTED[name]
    assert found.df == expected["df"]
    assert found.statistic == pytest.approx(expected["statistic"], rel=EXACT)
    # the tail is steeper than the statistic
    assert found.p == pytest.approx(expected["p"], rel=1e-5)


@pytest.mark.parametrize("data", ["panel", "panel_unbalanced"])
def test_hausman_and_mundlak(data: str) -> None:
    read = table(f"{data}.csv")
    fixed, random = (
        fit("panel_entity", design(read, "y", ["x1", "x2"])),
        fit("panel_random", design(read, "y", ["x1", "x2", "z"])),
    )
    assert_test(
        specification_tests.mundlak(design(read, "y", ["x1", "x2", "z"])), f"{data}_mundlak"
    )
    # there plm inverts a matrix that is not positive definite, and its number means nothing
    if data == "panel":
        with pytest.raises(EstimationFailure, match="positive definite"):
            hausman(fixed, random)
    else:
        assert_test(hausman(fixed, random), f"{data}_hausman")


def test_mundlak_is_the_auxiliary_regression_of_plm() -> None:
    """plm adds what is left within units to the quasi-demeaned regression: in a balanced panel the
    same test.
    """
    assert_test(
        specification_tests.mundlak(design(table("panel.csv"), "y", ["x1", "x2"])),
        "panel_hausman_auxiliary",
    )


@pytest.mark.parametrize("cluster", [None, "cluster"])
def test_conditional_logit(cluster: str | None) -> None:
    data = design(table("panel_binary.csv"), "y", ["x1", "x2"], ("0", "1"), cluster)
    assert_equal(fit("conditional_logit", data), "conditional" + ("_cluster" if cluster else ""))


@pytest.mark.parametrize("cluster", [None, "cluster"])
def test_correlated_random_effects(cluster: str | None) -> None:
    result = fit(
        "random_effects_cre_logit",
        design(table("panel_binary.csv"), "y", ["x1", "x2", "z"], ("0", "1"), cluster),
    )
    assert_equal(result, "cre" + ("_cluster" if cluster else ""), NUMERICAL, NUMERICAL)


def test_correlated_random_effects_of_glmer() -> None:
    result = fit(
        "random_effects_cre_logit",
        design(table("panel_binary.csv"), "y", ["x1", "x2", "z"], ("0", "1")),
    )
    assert_close(result.params, EXPECTED["cre_glmer"]["estimate"], GLMER)
    assert result.fit["log_likelihood"] == pytest.approx(
        EXPECTED["cre_glmer"]["log_likelihood"], rel=1e-9
    )
    assert result.fit["log_likelihood"] > EXPECTED["cre_glmer"]["log_likelihood"]


@pytest.mark.parametrize("cluster", [None, "cluster"])
def test_pooled_correlated_random_effects(cluster: str | None) -> None:
    result = fit(
        "cre_logit_pooled",
        design(table("panel_binary.csv"), "y", ["x1", "x2", "z"], ("0", "1"), cluster),
    )
    assert_equal(result, "cre_pooled" + ("_cluster" if cluster else ""))


@pytest.mark.parametrize("name", TABLES)
def test_the_data_are_those_of_the_simulation(name: str) -> None:
    pd.testing.assert_frame_equal(table(name), TABLES[name](), rtol=0, atol=2e-6)


def _has_r() -> bool:
    if shutil.which("Rscript") is None:
        return False
    wanted = ", ".join(f"'{package}'" for package in PACKAGES)
    call = f"quit(status = !all(sapply(c({wanted}), requireNamespace, quietly = TRUE)))"
    return subprocess.run(["Rscript", "-e", call], capture_output=True, check=False).returncode == 0


@pytest.mark.long
def test_r_still_says_so(tmp_path: Path) -> None:
    """R's own convergence differs in the last digits between its versions: 1e-4 for the numerical
    Hessians, which are the worst.
    """
    if not _has_r():
        pytest.skip(f"needs Rscript and the packages {', '.join(PACKAGES)}")
    out = tmp_path / "expected.json"
    subprocess.run(
        ["Rscript", str(HERE / "reference.R"), str(HERE / "data"), str(out)],
        check=True,
        capture_output=True,
    )
    again = json.loads(out.read_text())
    assert again.keys() == EXPECTED.keys()
    for name, numbers in EXPECTED.items():
        for key, value in numbers.items():
            assert_close(np.array(again[name][key], dtype=float), value, 1e-4)
