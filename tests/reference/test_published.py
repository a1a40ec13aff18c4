"""Published tables, made again by config alone: configs/*.yaml on ../shared/benchmarks, which holds
data and printed values.

Tolerances are those of the collection: half a unit of the last printed digit, wider where its note
says why. Values that no estimator gives are named in `NOT_YET`; CR2, two-way clusters and
sensitivity are tested in `test_published_inference.py`.
"""

from __future__ import annotations

import contextlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from classical_forms import hausman
from coalition.base.errors import Problems
from coalition.base.keys import keys_of
from coalition.config import checks
from coalition.config import settings as configuration
from coalition.estimators import fit
from coalition.estimators.design_matrix import prepare
from coalition.estimators.estimate import estimate
from coalition.samples import user_file

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT.parent / "shared" / "benchmarks"
pytestmark = [
    pytest.mark.beside,
    pytest.mark.skipif(
        not BENCHMARKS.is_dir(),
        reason="the collection of published values is not beside the project",
    ),
]

NOT_YET = {
    "partial_r2",
    "robustness_value_q0.5",
    "robustness_value_q0.5_alpha0.05",
    "f_test_effects",
}
NOT_REPORTED = {"sigma2_idiosyncratic", "sigma2_individual"}
CONFIGS = Path(__file__).parent / "configs"
FOLDERS = {
    "alley_fuhrmann_2021": "alley_fuhrmann_2021_us_alliances",
    "fearon_laitin_2003": "fearon_laitin_2003_onset",
    "grunfeld": "grunfeld_panel",
    "king_zeng_2001": "king_zeng_2001_rare_events",
    "martin_1992": "martin_1992_sanctions_ologit",
    "petersen": "petersen_clustered_se",
    "sex2_firth": "sex2_firth",
}
"""Config -> the folder whose values it reproduces."""
FITTED = [
    ("alley_fuhrmann_2021", "adl"), ("alley_fuhrmann_2021", "adl_log"),
    ("fearon_laitin_2003", "model1"), ("grunfeld", "pooled"),
    ("grunfeld", "fe_entity"), ("grunfeld", "fe_twoway"), ("grunfeld", "re_swamy_arora"),
    ("grunfeld", "fe_entity_cluster_sss"),
    ("martin_1992", "ologit"), ("petersen", "ols_cluster_firm"),
    ("petersen", "ols_cluster_firm_year"), ("sex2_firth", "logit_firth"),
    ("king_zeng_2001", "relogit_prior"), ("king_zeng_2001", "relogit_weighting"),
]  # fmt: skip
STATISTICS = {
    "deviance": ("log_likelihood", -2),
    "aic": ("aic", 1),
    "penalised_loglik": ("penalised_log_likelihood", 1),
}
PARTS = {
    "coefficient": "estimate",
    "threshold": "estimate",
    "profile_ci_low": "conf_low",
    "profile_ci_high": "conf_high",
}


@cache
def fitted(name: str) -> dict[str, dict[str, Any]]:
    """Fit every model of a config as the pipeline does."""
    with contextlib.chdir(ROOT):
        config = configuration.main(configuration.read(CONFIGS / f"{name}.yaml"))
        checks.check(config)
        found = {}
        for model, spec in config["models"].items():
            problems = Problems()
            sample = config["samples"][spec["sample"]]
            table = user_file.build(config, spec["sample"], problems).table
            problems.stop()
            found[model] = estimate(
                model, spec, table, configuration.labels(config), keys=keys_of(sample)
            )
    return found


def ours(model: dict[str, Any], term: object, quantity: str) -> float:
    """Return our number for a printed one; the cut points are called cut1|2 there and 1|2 here."""
    if quantity == "n":
        return model["n"]
    if quantity in STATISTICS:
        name, factor = STATISTICS[quantity]
        return factor * model["fit"][name]
    name = str(term).removeprefix("cut")
    row = next(
        row
        for row in model["rows"]
        if row["kind"] in ("coefficient", "threshold") and row["term"] == name
    )
    if quantity == "variance":
        return row["std_error"] ** 2
    if quantity == "chi2_penalised_likelihood_ratio":
        return row["statistic"] ** 2
    return (
        row["p_value"]
        if quantity == "p_penalised_likelihood_ratio"
        else row[PARTS.get(quantity, quantity)]
    )


@pytest.mark.parametrize(("name", "model"), FITTED, ids="-".join)
def test_printed_values(name: str, model: str) -> None:
    expected = pd.read_csv(BENCHMARKS / FOLDERS[name] / "expected.csv")
    expected = expected[
        (expected["model"] == model) & ~expected["quantity"].isin(NOT_YET | NOT_REPORTED)
    ]
    found = fitted(name)[model]
    assert found["status"] == "ok"
    for row in expected.itertuples():
        assert ours(found, row.term, row.quantity) == pytest.approx(
            row.estimate, abs=row.tol_estimate, rel=0
        ), (row.term, row.quantity)
        if not np.isnan(row.std_error):
            assert ours(found, row.term, "std_error") == pytest.approx(
                row.std_error, abs=row.tol_se, rel=0
            ), (row.term, "std_error")
    assert len(expected)


def test_hausman_of_grunfeld() -> None:
    expected = (
        pd.read_csv(BENCHMARKS / "grunfeld_panel" / "expected.csv")
        .set_index(["model", "quantity"])
        .loc["hausman_fe_re"]
    )
    with contextlib.chdir(ROOT):
        config = configuration.main(configuration.read(CONFIGS / "grunfeld.yaml"))
        table = user_file.build(config, "firms", Problems()).table
    keys, models = keys_of(config["samples"]["firms"]), config["models"]
    within, random = (
        fit(models[name]["family"], prepare(table, models[name], {}, keys).design)
        for name in ("fe_entity", "re_swamy_arora")
    )
    found = hausman(within, random)
    assert found.statistic == pytest.approx(
        expected.loc["chi2", "estimate"], abs=expected.loc["chi2", "tol_estimate"]
    )
    assert found.p == pytest.approx(
        expected.loc["p_value", "estimate"], abs=expected.loc["p_value", "tol_estimate"]
    )


def test_all_that_can_be_compared_is() -> None:
    """Every model of the collection is either fitted above or needs what is not here yet."""
    tested_on_its_own = {("grunfeld_panel", "hausman_fe_re")}
    later = {
        ("petersen_clustered_se", "ols_cluster_firm_cr2"),
        ("benjamini_hochberg_1995", "bh"),
        ("benjamini_hochberg_1995", "bonferroni"),
    }
    found = {
        (folder.name, model)
        for folder in BENCHMARKS.iterdir()
        if folder.is_dir()
        for model in pd.read_csv(folder / "model.csv")["model"]
    }
    assert found == {(FOLDERS[name], model) for name, model in FITTED} | tested_on_its_own | later
