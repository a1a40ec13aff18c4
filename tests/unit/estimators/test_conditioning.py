"""Units of columns do no harm: every family gives the same answer whatever they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coalition.estimators import fit
from coalition.estimators.conditioning import condition, orthogonal, sizes
from coalition.estimators.fit_types import Design, EstimationFailure
from coalition.estimators.marginal_effects import average_marginal_effects
from coalition.formula.families import FAMILIES
from simulated import LEVELS, design, selected

SELECTED = ("selection_probit", "selection_ordered_probit", "heckman_two_step", "heckman_ml")
PANELS = tuple(family for family in FAMILIES if family.startswith("panel_"))
SIMULATED = (*LEVELS, "poisson", "negative_binomial", "ols", *PANELS, *SELECTED)
UNITS = {"a": 3e-9, "b": 2.5e7, "d": 1.0, "z": 4e10}


def data(family: str) -> Design:
    if family in SELECTED:
        return selected(family)
    return design("ols" if family in PANELS else family)


def in_other_units(given: Design) -> tuple[Design, dict[str, float]]:
    """Return a design whose columns are in other units, and what each column is multiplied with."""
    names = dict.fromkeys([*given.names, *(given.selection.names if given.selection else ())])
    factors = {
        name: float(np.prod([UNITS.get(part, 1.0) for part in name.split(":")])) for name in names
    }

    def scale(columns: tuple[str, ...]) -> np.ndarray:
        return np.array([factors[name] for name in columns])

    chosen = given.selection and replace(
        given.selection, X=given.selection.X * scale(given.selection.names)
    )
    return replace(given, X=given.X * scale(given.names), selection=chosen), factors


def test_every_family_is_tried() -> None:
    assert set(FAMILIES) <= set(SIMULATED)


@pytest.mark.parametrize("family", SIMULATED)
def test_units_change_nothing_but_the_units(family: str) -> None:
    given = data(family)
    other, factors = in_other_units(given)
    plain, scaled = fit(family, given), fit(family, other)
    size = np.array(
        [
            factors.get(term.removeprefix("mean(").removesuffix(")"), 1.0)
            if kind in ("coefficient", "selection_coefficient")
            else 1.0
            for kind, term in zip(plain.kinds, plain.terms, strict=True)
        ]
    )
    np.testing.assert_allclose(scaled.params * size, plain.params, rtol=2e-6, atol=1e-8)
    np.testing.assert_allclose(scaled.std_error * size, plain.std_error, rtol=2e-6)
    np.testing.assert_allclose(scaled.p_value, plain.p_value, rtol=1e-5, atol=1e-12)
    np.testing.assert_allclose(scaled.conf_low * size, plain.conf_low, rtol=1e-5, atol=1e-7)
    for part, value in plain.fit.items():
        moved = np.log(size).sum()  # of the penalty
        shift = moved if part.startswith("penalised") else 0.0
        assert scaled.fit[part] - shift == pytest.approx(value, rel=1e-6, abs=1e-6)
    if FAMILIES[family].categorical and given.selection is None:
        terms = [name for name in ("a", "b", "d") if name in plain.terms]
        before = average_marginal_effects(family, plain, given, terms)
        after = average_marginal_effects(family, scaled, other, terms)
        for one, two in zip(before, after, strict=True):
            # a 0/1 column that is no longer 0/1 has a derivative in place of a difference
            unit = factors[one.term]
            assert two.estimate * unit == pytest.approx(one.estimate, rel=1e-5, abs=1e-9)
            assert two.std_error * unit == pytest.approx(one.std_error, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize(
    "family", ["logit", "firth_logit", "poisson", "ols", "ordered_logit", "multinomial_logit"]
)
def test_a_polynomial_in_years_is_that_of_centred_years(family: str) -> None:
    given = design(family)
    rng = np.random.default_rng(3)
    year = rng.integers(-9, 10, len(given.y)).astype(float)
    names, a = ("const", "a", "year", "square(year)", "cube(year)"), given.X[:, 1]

    def polynomial(t: np.ndarray) -> Design:
        X = np.column_stack([np.ones(len(t)), a, t, t**2, t**3])
        return replace(given, X=X, names=names, products=((3, (2, 2)), (4, (2, 2, 2))))

    centred, years = fit(family, polynomial(year)), fit(family, polynomial(year + 1995))
    for term in ("a", "cube(year)"):
        for one, two in zip(
            *(places(found.terms, term) for found in (centred, years)), strict=True
        ):
            for part in ("params", "std_error", "p_value", "conf_low", "conf_high"):
                expected = getattr(centred, part)[one]
                assert getattr(years, part)[two] == pytest.approx(expected, rel=2e-5, abs=1e-9)
    assert years.fit["log_likelihood"] == pytest.approx(centred.fit["log_likelihood"], abs=1e-6)
    if FAMILIES[family].categorical:
        for before, after in zip(
            average_marginal_effects(family, centred, polynomial(year), ["a", "year"]),
            average_marginal_effects(family, years, polynomial(year + 1995), ["a", "year"]),
            strict=True,
        ):
            assert after.estimate == pytest.approx(before.estimate, rel=1e-5)
            assert after.std_error == pytest.approx(before.std_error, rel=1e-4)


def places(terms: tuple[str, ...], term: str) -> list[int]:
    return [place for place, name in enumerate(terms) if name == term]


def test_a_separated_polynomial_is_named_by_its_own_columns() -> None:
    year = np.arange(1980.0, 2020.0)
    noise = np.random.default_rng(1).normal(size=40)
    X = np.column_stack([np.ones(40), noise, year, year**2])
    y = (np.abs(year - 1999.5) < 6).astype(float)
    given = Design(
        y=y, X=X, names=("const", "a", "year", "square(year)"), levels=("0", "1"), groups=None
    )
    with pytest.raises(EstimationFailure, match=r"separated by .*year"):
        fit("logit", given)


def test_ordinary_columns_are_left_alone() -> None:
    X = design("logit").X
    assert (sizes(X) == 1).all()
    assert orthogonal(X) is None
    assert condition(X) < 10


def test_dependent_columns_are_left_to_the_check_of_rank() -> None:
    X = design("logit").X
    assert orthogonal(np.column_stack([X, X[:, 1] + X[:, 2]])) is None
