"""Moran's I and its eigenvectors against R (`spatial.R`, whose output is `spatial.json`), SCPC
against a published implementation.

R's distances are those of an ellipsoid, ours of a sphere; the neighbours are the same.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from coalition.base.great_circle import distances
from coalition.base.map_patterns import moran_eigenvectors
from coalition.base.moran import moran_test, morans_i, nearest_neighbours
from coalition.inference.spatial.scpc import projection

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "spatial.json").read_text())
PLACES = pd.read_csv(HERE / "data" / "places.csv")
APART = distances(PLACES["lat"].to_numpy(), PLACES["lon"].to_numpy())
WITHIN = np.zeros(len(PLACES))
VALUES = PLACES["value"].to_numpy()


def test_morans_i() -> None:
    found = morans_i(VALUES, nearest_neighbours(APART, WITHIN, 5))
    assert found == pytest.approx(EXPECTED["moran"], rel=1e-10)
    assert found == pytest.approx(EXPECTED["ape"], rel=1e-10)


def test_the_permutation_p_value() -> None:
    """The tolerance is four Monte Carlo errors, of R's 19,999 permutations and of ours."""
    found = moran_test(VALUES, nearest_neighbours(APART, WITHIN, 5), WITHIN, 19999, seed=3)
    error = np.sqrt(EXPECTED["permutation_p"] * 2 / 19999)
    assert found is not None
    assert found.p_value == pytest.approx(EXPECTED["permutation_p"], abs=4 * error)
    assert found.value == pytest.approx(EXPECTED["moran"], rel=1e-10)


def test_eigenvalues_are_the_morans_i_of_the_map_patterns() -> None:
    weights = nearest_neighbours(APART, WITHIN, 5)
    vectors, values = moran_eigenvectors(weights, share=0.3)
    assert values[:8] == pytest.approx(EXPECTED["eigenvalues"], rel=1e-8)
    for vector, value in zip(vectors.T, values, strict=True):
        assert morans_i(vector, weights) == pytest.approx(value, rel=1e-8)


@pytest.mark.parametrize(
    ("rows", "critical", "kilometres"), [(49, 2.445751, 823.456), (25, 2.530614, 777.661)]
)
def test_scpc_of_scpc_python(rows: int, critical: float, kilometres: float) -> None:
    """Numbers of scpc-python 0.1.2 (2026), which finds critical values to 0.001."""
    found = projection(APART[:rows, :rows])
    assert found.critical == pytest.approx(critical, abs=0.001)
    assert 1 / found.decay == pytest.approx(kilometres, rel=1e-3)


@pytest.mark.long
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_still_says_so(tmp_path: Path) -> None:
    """Runs where R and its packages are; the numbers are committed."""
    made = tmp_path / "spatial.json"
    ran = subprocess.run(
        ["Rscript", str(HERE / "spatial.R"), str(HERE / "data"), str(made)],
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
