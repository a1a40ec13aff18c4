"""Small-sample inference against printed numbers: ../shared/benchmarks, with the tolerances that
stand there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from coalition.base.multiplicity import benjamini_hochberg, holm
from coalition.estimators import fit
from coalition.estimators.fit_types import Design
from coalition.estimators.sandwich import crossed_sandwich
from coalition.inference import sensitivity
from coalition.inference.bias_reduced import bias_reduced

BENCHMARKS = Path(__file__).parents[3] / "shared" / "benchmarks"
pytestmark = [
    pytest.mark.beside,
    pytest.mark.skipif(
        not BENCHMARKS.is_dir(),
        reason="the collection of published values is not beside the project",
    ),
]


def expected(collection: str, model: str, term: str | None, quantity: str) -> tuple[float, float]:
    table = pd.read_csv(BENCHMARKS / collection / "expected.csv")
    rows = table[
        (table["model"] == model)
        & (table["quantity"] == quantity)
        & (table["term"].isna() if term is None else table["term"] == term)
    ]
    row = rows.iloc[-1]  # where a number is printed twice, the more precise one comes last
    return row["estimate"], row["tol_estimate"]


def petersen() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    data = pd.read_csv(BENCHMARKS / "petersen_clustered_se" / "data.csv")
    X = np.column_stack([np.ones(len(data)), data["x"]])
    return (
        data,
        X,
        data["y"].to_numpy() - X @ np.linalg.lstsq(X, data["y"].to_numpy(), rcond=None)[0],
    )


def test_cr2_of_petersen() -> None:
    data, X, residuals = petersen()
    covariance = bias_reduced(X, residuals, data["firm"].to_numpy(), "cr2").covariance
    for j, term in enumerate(("const", "x")):
        value, tolerance = expected(
            "petersen_clustered_se", "ols_cluster_firm_cr2", term, "variance"
        )
        assert covariance[j, j] == pytest.approx(value, abs=tolerance)


def test_two_way_of_petersen() -> None:
    data, X, residuals = petersen()
    covariance = crossed_sandwich(
        np.linalg.inv(X.T @ X),
        residuals[:, None] * X,
        data["firm"].to_numpy(),
        data["year"].to_numpy(),
    )
    for j, term in enumerate(("const", "x")):
        value, tolerance = expected(
            "petersen_clustered_se", "ols_cluster_firm_year", term, "variance"
        )
        assert covariance[j, j] == pytest.approx(value, abs=tolerance)


def test_sensitivity_of_alley_and_fuhrmann() -> None:
    data = pd.read_csv(BENCHMARKS / "alley_fuhrmann_2021_us_alliances" / "data.csv")
    model = (
        pd.read_csv(BENCHMARKS / "alley_fuhrmann_2021_us_alliances" / "model.csv")
        .set_index("model")
        .loc["adl"]
    )
    X = np.column_stack([np.ones(len(data)), data[model["regressors"].split(" + ")]])
    fit = sensitivity.least_squares(data[model["outcome"]].to_numpy(), X)
    t = fit.estimates[2] / fit.std_error[2]
    found = {
        "partial_r2": sensitivity.partial_r2(t, fit.df),
        "robustness_value_q0.5": sensitivity.robustness_value(t, fit.df, share=0.5),
        "robustness_value_q0.5_alpha0.05": sensitivity.robustness_value(
            t, fit.df, share=0.5, alpha=0.05
        ),
    }
    for quantity, value in found.items():
        printed, tolerance = expected(
            "alley_fuhrmann_2021_us_alliances", "adl", "lag_commitments", quantity
        )
        assert value == pytest.approx(printed, abs=tolerance), quantity


def test_benjamini_and_hochberg() -> None:
    p_values = pd.read_csv(BENCHMARKS / "benjamini_hochberg_1995" / "data.csv")["p"].tolist()
    adjusted = benjamini_hochberg(p_values)
    assert (
        sum(p <= 0.05 for p in adjusted)
        == expected("benjamini_hochberg_1995", "bh", None, "rejections_at_0.05")[0]
    )
    for position, term in ((3, "p4"), (4, "p5")):
        value, tolerance = expected("benjamini_hochberg_1995", "bh", term, "q_value")
        assert adjusted[position] == pytest.approx(value, abs=tolerance)
    rejected = expected("benjamini_hochberg_1995", "bonferroni", None, "rejections_at_0.05")[0]
    # Holm rejects the same three here: the fourth is 0.0095 * 12
    assert sum(p <= 0.05 for p in holm(p_values)) == rejected


def test_rare_events_logit_of_king_and_zeng() -> None:
    folder = BENCHMARKS / "king_zeng_2001_rare_events"
    data, model = (
        pd.read_csv(folder / "data.csv"),
        pd.read_csv(folder / "model.csv").set_index("model").loc["relogit_prior"],
    )
    terms = model["regressors"].split(" + ")
    X = np.column_stack([np.ones(len(data)), data[terms]])
    design = Design(
        data["conflict"].to_numpy(float),
        X,
        ("const", *terms),
        ("0", "1"),
        None,
        population_share=1042 / 303772,
    )
    result = fit("rare_events_logit", design)
    printed = (
        pd.read_csv(folder / "expected.csv")
        .query("model == 'relogit_prior' and quantity == 'coefficient'")
        .set_index("term")
    )
    for j, term in enumerate(design.names):
        assert result.params[j] == pytest.approx(
            printed.loc[term, "estimate"], abs=printed.loc[term, "tol_estimate"]
        ), term
        assert result.std_error[j] == pytest.approx(
            printed.loc[term, "std_error"], abs=printed.loc[term, "tol_se"]
        ), term
