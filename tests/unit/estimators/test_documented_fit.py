"""The statistics of fit that docs/architecture.md lists are those that the families and the tests
of specification give.
"""

from __future__ import annotations

from dataclasses import replace

from coalition.estimators import fit
from coalition.estimators.fit_types import Errors
from coalition.formula.families import FAMILIES
from coalition.outputs.tables.regression import FIT
from contracts import Object, documented
from simulated import design, selected

ADDED = {
    f"{test}_{part}" for test in ("mundlak", "proportional_odds") for part in ("chi2", "df", "p")
}
ADDED |= {"moran", "moran_p", "outcome_mean", "outcome_sd"}
"""What estimate.py adds to them, of tests and of the outcome."""


def test_the_statistics_of_fit_are_those_that_are_documented() -> None:
    found = set(ADDED)
    for family in FAMILIES:
        if family.startswith(("selection_", "heckman_")):
            data = selected(family)
        elif family.startswith("panel_"):
            data = replace(design("ols"), groups=design("ols").entity, products=())
        else:
            data = design(family)
        found |= set(fit(family, replace(data, errors=Errors())).fit)
    rates = replace(design("poisson"), y=design("poisson").y + 0.5, errors=Errors())
    found |= set(fit("poisson", rates).fit)  # rates have no likelihood, and another measure of fit
    of = documented('"fit": ')
    assert isinstance(of, Object)
    assert found == set(of.keys) == of.optional
    assert set(FIT) <= found
