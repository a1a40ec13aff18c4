"""What a primary test tests: coefficients or contrasts of probabilities, as functions of the
parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..estimators import multinomial
from ..estimators.fit_types import Design, EstimationFailure, Fit
from ..estimators.marginal_effects import contrast_weights, corner_designs
from ..formula.families import FAMILIES


@dataclass(frozen=True)
class Quantity:
    """A quantity of a model that is tested.

    at : parameters (p,) -> number; slope : parameters -> its derivatives (p,);
    position : of the parameter that it is, None where it is a contrast
    """

    term: str
    at: Callable[[np.ndarray], float]
    slope: Callable[[np.ndarray], np.ndarray]
    position: int | None


def quantities(
    model: Mapping[str, Any], primary: Mapping[str, Any], design: Design, fit: Fit
) -> list[Quantity]:
    """Return what a primary test tests of its model: every equation's coefficient of a term, or
    every contrast that it needs.
    """
    if "term" in primary:
        positions = [
            j
            for j, (kind, term) in enumerate(zip(fit.kinds, fit.terms, strict=True))
            if (kind, term) == ("coefficient", primary["term"])
        ]
        return [coefficient(primary["term"], j) for j in positions]
    corners = model["corners"]
    designs = corner_designs(
        design, corners["first"], corners["second"], corners["low"], corners["high"]
    )
    names, weights = contrast_weights(design.levels)
    wanted = [name for name in primary["contrasts"] if name in names]
    return [
        _contrast(name, weights[names.index(name)].reshape(len(designs), -1), designs)
        for name in wanted
    ]


def coefficient(term: str, position: int) -> Quantity:
    """Return a parameter as a quantity."""
    return Quantity(
        term,
        lambda params: float(params[position]),
        lambda params: np.eye(len(params))[position],
        position,
    )


def _contrast(name: str, weights: np.ndarray, designs: list[np.ndarray]) -> Quantity:
    """Return a contrast of average probabilities of a multinomial logit, from its weights of
    corners and levels.
    """
    used = [(weight, X) for weight, X in zip(weights, designs, strict=True) if weight.any()]

    def at(params: np.ndarray) -> float:
        return float(
            sum((multinomial.probabilities(params, X) @ weight).mean() for weight, X in used)
        )

    def slope(params: np.ndarray) -> np.ndarray:
        total = np.zeros_like(params)
        for weight, X in used:
            chance = multinomial.probabilities(params, X)
            pull = chance * (weight - (chance @ weight)[:, None])
            total += (pull[:, 1:].T @ X).ravel() / len(X)
        return total

    return Quantity(name, at, slope, None)


@dataclass(frozen=True)
class Linear:
    """A test as that of one coefficient of a linear model: y (n,), X (n, p), the coefficient's
    column, the covariates to compare with.
    """

    term: str
    y: np.ndarray
    X: np.ndarray
    column: int
    covariates: Mapping[str, int]


def linear_counterparts(
    model: Mapping[str, Any], primary: Mapping[str, Any], design: Design
) -> list[Linear]:
    """Return the linear models whose coefficients stand for what a primary test tests.

    The outcome is 0/1, the code of an ordered level, or the number itself. Of a contrast of
    probabilities it is the contrast's weight of the row's level (reserved 1, unreserved -1, abstain
    0), and the terms are combined so that one coefficient is the change between the two corners:
    the contrast of a linear probability model.

    Raises
    ------
    EstimationFailure
        When there is none: several equations, or effects that are taken out of panel data.
    """
    if "contrasts" in primary:
        return _contrasts(model, primary, design)
    if not FAMILIES[model["family"]].linear:
        raise EstimationFailure(
            "not_defined", "this model has no linear counterpart with one coefficient"
        )
    term = primary["term"]
    covariates = {
        name: j
        for j, name in enumerate(design.names)
        if name in model["terms"] and term not in name.split(":")
    }
    return [Linear(term, design.y, design.X, design.names.index(term), covariates)]


def _contrasts(
    model: Mapping[str, Any], primary: Mapping[str, Any], design: Design
) -> list[Linear]:
    corners = model["corners"]
    designs = corner_designs(
        design, corners["first"], corners["second"], corners["low"], corners["high"]
    )
    names, weights = contrast_weights(design.levels)
    column = design.names.index(corners["first"])
    fears = {corners["first"], corners["second"]}
    covariates = {
        name: j
        for j, name in enumerate(design.names)
        if name in model["terms"] and not fears & set(name.split(":"))
    }
    found = []
    for name in primary["contrasts"]:
        if name in names:
            by_corner = weights[names.index(name)].reshape(len(designs), -1)
            # every contrast that a hypothesis may need is of the corners where the second term is
            # high
            level = by_corner[-1]
            change = (designs[3] - designs[1]).mean(axis=0)
            found.append(
                Linear(
                    name,
                    level[design.y.astype(int)],
                    _combined(design.X, change, column),
                    column,
                    covariates,
                )
            )
    return found


def _combined(X: np.ndarray, change: np.ndarray, column: int) -> np.ndarray:
    """Return the design whose coefficient of one column is change'b of the old, by Xb = Xb +
    (change'b - change'b) x / change[column].
    """
    unit = X[:, column] / change[column]
    new = X - np.outer(unit, change)
    new[:, column] = unit
    return new
