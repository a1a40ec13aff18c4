"""Every family against printed numbers: ../shared/benchmarks, which holds data and values beside the sources they are printed in.

Tolerances are those of the collection: half a unit of the last printed digit, wider where its note says why. Values that need an
estimator this project does not have yet (CR2, two-way clusters, sensitivity) are named in `NOT_YET`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from coalition.estimators import fit
from coalition.fits import Design, Fit
from coalition.specification import hausman

BENCHMARKS = Path(__file__).parents[3] / "shared" / "benchmarks"
pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the collection of published values is not beside the project")

NOT_YET = {"partial_r2", "robustness_value_q0.5", "robustness_value_q0.5_alpha0.05", "f_test_effects"}
NOT_REPORTED = {"sigma2_idiosyncratic", "sigma2_individual"}
ADL = [
    "lag_change_gdp",
    "lag_major_rival_milex",
    "cold_war",
    "post_conflict_years",
    "log_fatalities",
    "lag_rep_president",
    "lag_budget_deficit",
]
FEARON_LAITIN = ["warl", "gdpenl", "lpopl1", "lmtnest", "ncontig", "Oil", "nwstate", "instab", "polity2l", "ethfrac", "relfrac"]
PANEL = {"outcome": "inv", "terms": ["value", "capital"], "entity": "firm", "time": "year"}
MODELS = {
    ("sex2_firth", "logit_firth"): {"family": "firth_logit", "outcome": "case", "terms": ["age", "oc", "vic", "vicl", "vis", "dia"]},
    ("martin_1992_sanctions_ologit", "ologit"): {"family": "ordered_logit", "outcome": "cost", "terms": ["mil", "coop"]},
    ("fearon_laitin_2003_onset", "model1"): {"family": "logit", "outcome": "onset_any", "terms": FEARON_LAITIN},
    ("grunfeld_panel", "pooled"): {"family": "panel_pooled", **PANEL},
    ("grunfeld_panel", "fe_entity"): {"family": "panel_entity", **PANEL},
    ("grunfeld_panel", "fe_twoway"): {"family": "panel_two_way", **PANEL},
    ("grunfeld_panel", "re_swamy_arora"): {"family": "panel_random", **PANEL},
    ("grunfeld_panel", "fe_entity_cluster_sss"): {"family": "panel_entity", "cluster": "firm", **PANEL},
    ("petersen_clustered_se", "ols_cluster_firm"): {"family": "ols", "outcome": "y", "terms": ["x"], "cluster": "firm"},
    ("alley_fuhrmann_2021_us_alliances", "adl"): {
        "family": "ols_classical",
        "outcome": "milex_bn_2018usd",
        "terms": ["lag_milex", "lag_commitments", *ADL],
    },
    ("alley_fuhrmann_2021_us_alliances", "adl_log"): {
        "family": "ols_classical",
        "outcome": "milex_bn_2018usd",
        "terms": ["lag_milex", "lag_ln_commitments", *ADL],
    },
}
QUANTITIES = {
    "n": lambda result, j: result.n,
    "deviance": lambda result, j: -2 * result.fit["log_likelihood"],
    "aic": lambda result, j: result.fit["aic"],
    "penalised_loglik": lambda result, j: result.fit["penalised_log_likelihood"],
    "profile_ci_low": lambda result, j: result.conf_low[j],
    "profile_ci_high": lambda result, j: result.conf_high[j],
    "chi2_penalised_likelihood_ratio": lambda result, j: result.statistic[j] ** 2,
    "p_penalised_likelihood_ratio": lambda result, j: result.p_value[j],
    "variance": lambda result, j: result.covariance[j, j],
    "coefficient": lambda result, j: result.params[j],
    "threshold": lambda result, j: result.params[j],
}


def fitted(folder: str, model: dict[str, object]) -> Fit:
    data = pd.read_csv(BENCHMARKS / folder / "data.csv")
    if model["outcome"] == "onset_any":
        data["onset_any"] = (data["onset"] > 0).astype(int)  # the source file holds one onset coded 4
    terms, family = list(model["terms"]), str(model["family"])
    data = data.dropna(subset=[model["outcome"], *terms])
    y, levels = data[model["outcome"]].to_numpy(float), ()
    if family in ("logit", "firth_logit", "ordered_logit"):
        values, y = np.unique(y, return_inverse=True)
        levels = tuple(f"{value:g}" for value in values)
    design = Design(
        y=y.astype(float),
        X=np.column_stack([np.ones(len(data)), data[terms].to_numpy(float)]),
        names=("const", *terms),
        levels=levels,
        groups=pd.factorize(data[model["cluster"]])[0] if "cluster" in model else None,
        entity=data[model["entity"]].to_numpy() if "entity" in model else np.arange(len(data)),
        time=data[model["time"]].to_numpy() if "time" in model else np.zeros(len(data), int),
    )
    return fit("panel_pooled" if family == "ols_classical" else family, design)  # pooled least squares has classical errors


@pytest.fixture(scope="module", params=MODELS, ids=lambda key: "-".join(key))
def case(request: pytest.FixtureRequest) -> tuple[Fit, pd.DataFrame]:
    folder, name = request.param
    expected = pd.read_csv(BENCHMARKS / folder / "expected.csv")
    return fitted(folder, MODELS[request.param]), expected[expected["model"] == name]


def position(result: Fit, term: object) -> int | None:
    """Return where a term's estimate stands; the cut points are called cut1|2 there and 1|2 here."""
    return None if pd.isna(term) else result.names.index(str(term).removeprefix("cut"))


def test_printed_values(case: tuple[Fit, pd.DataFrame]) -> None:
    result, expected = case
    compared = 0
    for row in expected[~expected["quantity"].isin(NOT_YET | NOT_REPORTED)].itertuples():
        j = position(result, row.term)
        ours = QUANTITIES[row.quantity](result, j)
        assert ours == pytest.approx(row.estimate, abs=row.tol_estimate, rel=0), (row.term, row.quantity)
        if not np.isnan(row.std_error):
            assert result.std_error[j] == pytest.approx(row.std_error, abs=row.tol_se, rel=0), (row.term, "std_error")
        compared += 1
    assert compared > 0


def test_hausman_of_grunfeld() -> None:
    expected = pd.read_csv(BENCHMARKS / "grunfeld_panel" / "expected.csv").set_index(["model", "quantity"]).loc["hausman_fe_re"]
    found = hausman(*(fitted("grunfeld_panel", MODELS["grunfeld_panel", name]) for name in ("fe_entity", "re_swamy_arora")))
    assert found.statistic == pytest.approx(expected.loc["chi2", "estimate"], abs=expected.loc["chi2", "tol_estimate"])
    assert found.p == pytest.approx(expected.loc["p_value", "estimate"], abs=expected.loc["p_value", "tol_estimate"])


def test_all_that_can_be_compared_is() -> None:
    """Every model of the collection is either fitted above or needs what is not here yet."""
    tested_on_its_own = {("grunfeld_panel", "hausman_fe_re")}
    later = {
        ("petersen_clustered_se", "ols_cluster_firm_cr2"),
        ("petersen_clustered_se", "ols_cluster_firm_year"),
        ("king_zeng_2001_rare_events", "relogit_prior"),
        ("king_zeng_2001_rare_events", "relogit_weighting"),
        ("benjamini_hochberg_1995", "bh"),
        ("benjamini_hochberg_1995", "bonferroni"),
    }
    found = {
        (folder.name, model) for folder in BENCHMARKS.iterdir() if folder.is_dir() for model in pd.read_csv(folder / "model.csv")["model"]
    }
    assert found == set(MODELS) | tested_on_its_own | later
