"""A probit with the errors of the observed information, and models of nothing but a constant,
against R (intercepts.R).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.base.keys import Keys
from coalition.estimators.estimate import estimate

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "intercepts.json").read_text(encoding="utf-8"))
CLOSE = 1e-6
"""R's derivatives are Richardson's, which leaves about seven digits of the errors."""
ALONE = {
    "logit": "event", "probit": "event", "poisson": "count", "negative_binomial": "count",
    "ordered_logit": "band", "multinomial_logit": "band", "ols": "x",
}  # fmt: skip


@cache
def table() -> pd.DataFrame:
    found = pd.read_csv(HERE / "cases" / "overdispersed.csv")
    band = np.digitize(found["count"], [0.5, 2.5])
    return found.assign(band=band, row=range(len(found)))


def fitted(**model: Any) -> dict[str, Any]:
    about = {"group": "g", "label": "M", "sample": "s", "covariance": "model"}
    keys = Keys(("row",), ("id",), None)
    entry = estimate("m", about | model, table(), {}, keys=keys)
    assert entry["status"] == "ok", entry["failure"]
    return entry


def column(entry: dict[str, Any], name: str, effects: bool = False) -> list[float]:
    """Return a column of the parameters (cut points and dispersions among them), or of the
    effects.
    """
    kind = "marginal_effect"
    return [row[name] for row in entry["rows"] if (row["kind"] == kind) == effects]


def holds(model: dict[str, Any], expected: dict[str, Any]) -> None:
    entry = fitted(**model)
    assert column(entry, "estimate") == pytest.approx(expected["estimate"], rel=CLOSE)
    assert column(entry, "std_error") == pytest.approx(expected["std_error"], rel=CLOSE)
    (known,) = expected["log_likelihood"]
    assert entry["fit"]["log_likelihood"] == pytest.approx(known, rel=1e-9)
    robust = fitted(**model | {"covariance": "cluster", "cluster": "id"})
    assert column(robust, "std_error") == pytest.approx(expected["clustered"], rel=CLOSE)


PROBIT = {"family": "probit", "outcome": "event", "terms": ["x", "z", "w"]}


def test_a_probit_has_the_errors_of_the_observed_information() -> None:
    holds(PROBIT, EXPECTED["probit"])


def test_the_effects_and_the_fit_of_a_probit() -> None:
    entry, expected = fitted(**PROBIT), EXPECTED["probit"]
    binary = [set(table()[term]) == {0, 1} for term in PROBIT["terms"]]
    for place, is_binary in enumerate(binary):
        if not is_binary:  # of 0 and 1 the effect is a difference of two probabilities
            found = tuple(column(entry, name, True)[place] for name in ("estimate", "std_error"))
            known = expected["effects"][place], expected["effect_errors"][place]
            assert found == pytest.approx(known, rel=CLOSE)
    assert binary.count(False) >= 2
    fit, ((null,), (known,)) = entry["fit"], (expected["null"], expected["log_likelihood"])
    assert fit["pseudo_r2"] == pytest.approx(1 - known / null, rel=1e-7)
    assert [fit["aic"], fit["bic"]] == pytest.approx([*expected["aic"], *expected["bic"]], rel=1e-9)


@pytest.mark.parametrize("family", ALONE)
def test_a_model_of_a_constant_alone(family: str) -> None:
    model = {"family": family, "outcome": ALONE[family], "terms": []}
    holds(model, EXPECTED[f"{family}_alone"])
