"""Fuzzy sets against R's QCA, on Ragin's (2009, p. 95) memberships of Lipset's democracies.

QCA is in no Debian package and could not be run here. `fuzzy_sets.json` holds what others print of
QCA 3.25: `printed` is from QCA's own tests (tests/testthat/_snaps/minimize.md), everything else, to
all digits, from those of setqca-python 0.2 (validation/fixtures/r_qca.json).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from coalition.inference.fuzzy_sets import FULL, Fit, calibrate, joint, sufficiency
from scipy.special import logit

EXPECTED = json.loads((Path(__file__).parent / "fuzzy_sets.json").read_text(encoding="utf-8"))
SETS = {name: np.array(values) for name, values in EXPECTED["memberships"].items()}


def _fit(expression: str) -> Fit:
    """Return the fit of a corner, written as QCA writes it, to survival."""
    parts = [1 - SETS[name[1:]] if name[0] == "~" else SETS[name] for name in expression.split("*")]
    return sufficiency(joint(*parts), SETS["SURV"])


@pytest.mark.parametrize("expression", EXPECTED["sufficiency"])
def test_sufficiency(expression: str) -> None:
    found, known = _fit(expression), EXPECTED["sufficiency"][expression]
    assert (found.consistency, found.pri, found.coverage) == pytest.approx(
        (known["inclS"], known["PRI"], known["covS"]), rel=1e-12
    )


@pytest.mark.parametrize("expression", EXPECTED["printed"])
def test_sufficiency_as_the_tests_of_qca_print_it(expression: str) -> None:
    found, known = _fit(expression), EXPECTED["printed"][expression]
    assert (found.consistency, found.pri, found.coverage) == pytest.approx(
        (known["inclS"], known["PRI"], known["covS"]), abs=5e-4
    )


@pytest.mark.parametrize("expression", EXPECTED["necessity"])
def test_necessity(expression: str) -> None:
    """Coverage of a sufficient condition is consistency of a necessary one, and the reverse."""
    found, known = _fit(expression), EXPECTED["necessity"][expression]
    assert (found.coverage, found.necessity_relevance, found.consistency) == pytest.approx(
        (known["inclN"], known["RoN"], known["covN"]), rel=1e-12
    )


@pytest.mark.parametrize("case", EXPECTED["calibrated"])
def test_calibration(case: str) -> None:
    """QCA puts its anchors at a membership (idm) of .95 or .99, Ragin at log odds of 3: between
    them
    the log odds differ by a factor.
    """
    known = EXPECTED["calibrated"][case]
    found = calibrate(np.array(known["values"]), *known["thresholds"])
    expected = logit(known["memberships"]) * FULL / logit(known["idm"])
    assert logit(found) == pytest.approx(expected, rel=1e-10, abs=1e-12)
