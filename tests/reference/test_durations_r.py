"""Durations, exposure and panel-corrected errors against R on simulated data (`durations.R`, whose
output is `durations.json`): survival, MASS, plm, and the formula of Beck & Katz written out.

Both sides solve the same equations; 1e-7 is what glm's and coxph's stopping rules leave, 1e-6 what
numDeriv and twelve digits do.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.base.keys import Keys
from coalition.estimators.estimate import estimate

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "durations.json").read_text(encoding="utf-8"))
MODEL = {"group": "g", "label": "M", "sample": "s", "terms": ["x1", "x2", "d"]}
KEYS = Keys(("row",), ("unit",), "stop")
PANEL = Keys(("row",), ("unit",), "year")
SPELL = {"start": "start", "stop": "stop"}


def table(name: str) -> pd.DataFrame:
    rows = pd.read_csv(HERE / "data" / name)
    return rows.assign(row=range(2, len(rows) + 2))


def fitted(rows: pd.DataFrame, keys: Keys = KEYS, **model: Any) -> dict[str, Any]:
    entry = estimate("m", MODEL | model, rows, {}, keys=keys, marginal_effects=False)
    assert entry["status"] == "ok", entry["failure"]
    return entry


def holds(
    entry: dict[str, Any], case: str, terms: list[str] | None = None, digits: float = 1e-7
) -> None:
    expected = EXPECTED[case]
    rows = [row for row in entry["rows"] if row["kind"] in ("coefficient", "scale")]
    rows = [row for row in rows if terms is None or row["term"] in terms]
    assert len(rows) == len(expected["estimate"])
    for part, of in (("estimate", "estimate"), ("std_error", "error")):
        np.testing.assert_allclose([row[part] for row in rows], expected[of], rtol=digits)
    for part in set(expected) - {"estimate", "error"}:
        assert entry["fit"][part] == pytest.approx(expected[part], rel=1e-8)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("errors", ["", "_cluster", "_full"])
def test_cox(ties: str, errors: str) -> None:
    about: dict[str, Any] = {"spell": SPELL | {"ties": ties}, "family": "cox", "outcome": "event"}
    if errors:
        about |= {"cluster": "cluster", "correction": "none" if errors == "_cluster" else "full"}
    entry = fitted(table("durations.csv"), **about)
    holds(entry, f"cox_{ties}{errors}")
    events = int(table("durations.csv")["event"].sum())
    assert entry["n_by_level"] == {"0": 615 - events, "1": events}


def test_cox_of_one_row_a_unit() -> None:
    last = table("durations.csv").groupby("unit").tail(1)
    entry = fitted(last, family="cox", outcome="event", terms=["x1", "d"], spell={"stop": "stop"})
    holds(entry, "cox_without_start")


@pytest.mark.parametrize("link", ["logit", "cloglog"])
@pytest.mark.parametrize("form", ["dummies", "polynomial", "log"])
def test_discrete_time(link: str, form: str) -> None:
    entry = fitted(
        table("durations.csv"),
        family=f"discrete_time_{link}",
        outcome="event",
        baseline={"time": "stop", "form": form},
    )
    holds(entry, f"{link}_{form}", ["x1", "x2", "d"])


@pytest.mark.parametrize(
    ("case", "about"),
    [
        ("poisson", {"exposure": "days", "covariance": "model"}),
        ("poisson_cluster", {"exposure": "days", "cluster": "cluster"}),
        ("poisson_offset", {"offset": "x1", "covariance": "model"}),
    ],
)
def test_poisson_with_exposure(case: str, about: dict[str, Any]) -> None:
    holds(fitted(table("durations.csv"), family="poisson", outcome="count", **about), case)


def test_negative_binomial_with_exposure() -> None:
    entry = fitted(
        table("durations.csv"),
        family="negative_binomial",
        outcome="count",
        exposure="days",
        covariance="model",
    )
    holds(entry, "negative_binomial", digits=2e-6)


@pytest.mark.parametrize("of", ["panel_corrected", "panel_unbalanced_corrected", "panel_plm"])
def test_panel_corrected_errors(of: str) -> None:
    rows = table("panel_unbalanced.csv" if "unbalanced" in of else "panel.csv")
    about = {"family": "panel_pooled", "outcome": "y", "terms": ["x1", "x2", "z"]}
    holds(fitted(rows, PANEL, **about, covariance="panel_corrected"), of)


def test_panel_corrected_errors_with_effects_of_units() -> None:
    about = {"family": "panel_pooled", "outcome": "y", "terms": ["x1", "x2"]}
    entry = fitted(
        table("panel.csv"), PANEL, **about, fixed_effects=["unit"], covariance="panel_corrected"
    )
    holds(entry, "panel_plm_effects", ["x1", "x2"])


@pytest.mark.long
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_still_says_so(tmp_path: Path) -> None:
    made = tmp_path / "durations.json"
    subprocess.run(
        ["Rscript", str(HERE / "durations.R"), str(HERE / "data"), str(made)],
        check=True,
        capture_output=True,
    )
    again = json.loads(made.read_text(encoding="utf-8"))
    assert again.keys() == EXPECTED.keys()
    for name, numbers in EXPECTED.items():
        for part, value in numbers.items():
            np.testing.assert_allclose(again[name][part], value, rtol=1e-5)
