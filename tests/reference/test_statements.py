"""The measurement model of coded statements against R's `ordinal::clmm` (`statements.R`, whose
output is `statements.json`): one random effect by Laplace and by quadrature, two crossed ones.

clmm stops its inner and outer climbs early, with warnings: estimates agree to three or four digits,
the log likelihood to more, as it is flat at its maximum. Ours may not lie below theirs.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from coalition.measurement import crossed, quadrature
from coalition.measurement.statements import Statements

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "statements.json").read_text())
DATA = pd.read_csv(HERE / "data" / "statements.csv")


def statements() -> Statements:
    by_unit = DATA.drop_duplicates("unit")
    beside = [DATA["coder"] == 1, DATA["coder"] == 3, DATA["task"] == 1]
    return Statements(
        codes=DATA["level"].to_numpy(),
        unit=DATA["unit"].to_numpy(),
        units=pd.DataFrame({"iso3": by_unit["unit"].astype(str), "operation": "one"}),
        beside=np.column_stack(beside).astype(float),
        beside_names=("c1", "c3", "task"),
        regressors=by_unit[["x"]].to_numpy(),
        regressor_names=("x",),
        levels=4,
        groups={"page": pd.factorize(DATA["page"])[0]},
    )


def close(params: np.ndarray, log_likelihood: float, key: str) -> None:
    theirs = EXPECTED[key]
    loadings = np.atleast_1d(theirs["loadings"])
    if len(loadings) > 1:
        loadings = loadings[[theirs["groups"].index(name) for name in ("unit", "page")]]
    expected = np.concatenate([theirs["slopes"], loadings, theirs["cuts"]])
    np.testing.assert_allclose(params, expected, atol=2e-3)
    assert log_likelihood == pytest.approx(theirs["log_likelihood"], abs=1e-4)
    assert log_likelihood >= theirs["log_likelihood"] - 1e-5


@pytest.mark.parametrize(("key", "link"), [("quadrature", "logit"), ("probit", "probit")])
def test_quadrature_against_clmm(key: str, link: str) -> None:
    found = quadrature.fit(statements(), link)
    close(found.params, found.log_likelihood, key)
    errors = np.delete(np.sqrt(np.diag(found.covariance)), len(found.slopes))
    np.testing.assert_allclose(errors, EXPECTED[key]["std_error"], rtol=5e-3)


@pytest.mark.parametrize(("key", "names"), [("laplace", []), ("crossed", ["page"])])
def test_laplace_against_clmm(key: str, names: list[str]) -> None:
    found = crossed.fit(statements(), names)
    close(found.params, found.log_likelihood, key)
    loads = 1 + len(names)
    places = np.arange(len(found.names), len(found.names) + loads)
    errors = np.delete(np.sqrt(np.diag(found.covariance)), places)
    np.testing.assert_allclose(errors, EXPECTED[key]["std_error"], rtol=5e-3)
    modes = found.modes["unit"] * found.loadings["unit"]
    np.testing.assert_allclose(modes, EXPECTED[key]["modes"], atol=5e-3)
