"""Score tests of separated logits against R on simulated data (`separation.R`, whose output is
`separation.json`).

The tolerance is relative, 1e-7: R's glm stops at a relative deviance of 1e-14, so that fitted
probabilities are right to about 1e-8. It holds also where the null is separated too and R climbs
towards the limit that we take.
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
from coalition.estimators.fit_types import Design
from coalition.estimators.separated_logit import ScoreTest, score_tests

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "separation.json").read_text())
EXACT = 1e-7


def table(name: str) -> pd.DataFrame:
    data = pd.read_csv(HERE / "data" / f"{name}.csv")
    if name == "cross_section":
        data["member"] = (
            (data["binary"] == 1) & (data["x2"] > 0.3) & (data["cluster"] % 2 == 0)
        ).astype(float)
        data["outside"] = (
            (data["binary"] == 0) & (data["x1"] < -0.4) & (data["cluster"] % 3 == 0)
        ).astype(float)
    return data


def design(data: pd.DataFrame, outcome: str, terms: list[str]) -> Design:
    X = np.column_stack([np.ones(len(data)), data[terms]])
    return Design(data[outcome].to_numpy(float), X, ("const", *terms), ("0", "1"), None)


MODELS = {
    "small": ("small_sample", "y", ["x", "s"]),
    "cross": ("cross_section", "binary", ["x1", "x2", "d", "member"]),
    "two": ("cross_section", "binary", ["x1", "x2", "d", "member", "outside"]),
}


def scored(name: str, errors: str | None = None) -> dict[str, ScoreTest]:
    source, outcome, terms = MODELS[name]
    data = table(source)
    built = design(data, outcome, terms)
    if errors == "cluster":
        built = replace(built, groups=data["cluster"].to_numpy())
    return {test.term: test for test in score_tests(built, terms)}


@pytest.mark.parametrize("key", [key for key in EXPECTED if key.split(":")[0] in MODELS])
def test_against_rao_of_anova(key: str) -> None:
    name, term = key.split(":")
    found = scored(name)
    assert found[term].statistic == pytest.approx(EXPECTED[key]["statistic"], rel=EXACT)
    # the tail magnifies by z squared
    assert found[term].p_value == pytest.approx(EXPECTED[key]["p"], rel=1e-6)


@pytest.mark.parametrize("key", [key for key in EXPECTED if key.startswith("cross_")])
def test_clustered_scores(key: str) -> None:
    errors, term = key.removeprefix("cross_").split(":")
    assert scored("cross", errors)[term].statistic == pytest.approx(
        EXPECTED[key]["statistic"], rel=EXACT
    )


def test_which_way_the_estimates_run() -> None:
    assert {term: (test.infinite, test.direction) for term, test in scored("two").items()} == {
        "x1": (False, 0), "x2": (False, 0), "d": (False, 0), "member": (True, 1),
        "outside": (True, -1)
    }  # fmt: skip


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_still_says_so(tmp_path: Path) -> None:
    """Runs where R and its packages are; the numbers are committed."""
    made = tmp_path / "separation.json"
    ran = subprocess.run(
        ["Rscript", str(HERE / "separation.R"), str(HERE / "data"), str(made)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "there is no package" in ran.stderr:
        pytest.skip(ran.stderr.splitlines()[0])
    assert ran.returncode == 0, ran.stderr
    again = json.loads(made.read_text())
    for key, numbers in EXPECTED.items():
        assert again[key] == pytest.approx(numbers, rel=1e-6), key
