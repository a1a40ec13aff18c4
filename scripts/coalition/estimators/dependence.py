"""Terms that have no estimate of their own: constant ones, and combinations of the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..formula.families import FAMILIES
from ..formula.terms import parse_term
from .conditioning import DEPENDENT, left_over
from .design_matrix import CONSTANT, Prepared
from .fit_types import Design, FitWarning

SHARE = 1e-6
"""Of a dependent column's size: a column that carries less of it is not named as its cause."""


def _can_go(columns: Collection[int], design: Design) -> bool:
    """Tell whether there are columns to leave out, each with one slope, and rows enough for the
    others.
    """
    too_few = len(design.y) <= design.X.shape[1] - len(columns)
    return bool(columns) and not too_few and not set(columns) & set(design.nonproportional)


def without_dependent(
    prepared: Prepared, model: Mapping[str, Any]
) -> tuple[Prepared, tuple[FitWarning, ...]]:
    """Leave out the columns that those before them determine, and say which and why.

    Fixed effects come first, then the terms in their order, so that of two terms that say the same
    the one named later goes (as in Stata). Nothing is left out where the model says
    `collinear: refuse`: the family's own check then refuses.

    Parameters
    ----------
    prepared : Prepared
    model : mapping
        One entry of `models` in the config.
    """
    empty = tuple(
        FitWarning("collinear", f"{text} has one value in the rows of this model: it has no column")
        for text in _without_column(prepared, model)
    )
    if FAMILIES[model["family"]].own_columns or model.get("collinear") == "refuse":
        return prepared, empty
    design, names = prepared.design, prepared.design.names
    gone = dependent(design, prepared.terms)
    if not _can_go(gone, design):
        return prepared, empty
    kept = [place for place in range(len(names)) if place not in gone]
    cautions = [FitWarning("collinear", _said(design, place, gone)) for place in gone]
    return (
        replace(
            prepared,
            design=_only_columns(design, kept),
            terms=tuple(term for term in prepared.terms if names.index(term) not in gone),
        ),
        (*empty, *cautions),
    )


def _without_column(prepared: Prepared, model: Mapping[str, Any]) -> list[str]:
    """Return the categorical terms that have one value only, and so no column."""
    found = []
    for text in model["terms"]:
        factors = parse_term(text).factors
        if len(factors) == 1 and factors[0].categorical:
            start = f"factor({factors[0].variable}"
            if not any(name.startswith(start) for name in prepared.design.names):
                found.append(text)
    return found


def dependent(design: Design, terms: Sequence[str]) -> list[int]:
    """Return the places of the columns that those before them determine: the constant is first,
    then
    fixed effects, then terms.
    """
    names = design.names
    order = sorted(range(len(names)), key=lambda place: (_rank(names[place], terms), place))
    length = np.linalg.norm(design.X, axis=0)
    kept: list[int] = []
    found = [place for place in order if length[place] == 0]
    left = [place for place in order if length[place] > 0]
    # one pass finds the first dependent column for certain; then again without it
    while left:
        if len(design.X) < len(left):  # more columns than rows is another fault
            return []
        upper: Any = np.linalg.qr(design.X[:, left] / length[left], mode="r")
        share = left_over(upper)
        if names[left[0]] != CONSTANT:
            share[0] = 1.0
        below = np.flatnonzero(share < DEPENDENT)
        if not len(below):
            break
        found.append(left.pop(int(below[0])))
    kept.extend(left)
    return sorted(found)


def _rank(name: str, terms: Sequence[str]) -> int:
    return 0 if name == CONSTANT else 2 if name in terms else 1


def _said(design: Design, place: int, gone: Sequence[int]) -> str:
    """Return why a column is left out: it does not vary, or which others it is made of."""
    column = design.X[:, place]
    if np.ptp(column) <= DEPENDENT * max(1e-300, np.abs(column).max()):
        return f"{design.names[place]} does not vary in the {len(column)} rows: left out"
    others = [other for other in range(design.X.shape[1]) if other not in gone]
    X = design.X[:, others]
    length = np.linalg.norm(X, axis=0)
    weights = np.linalg.lstsq(X / length, column / np.linalg.norm(column), rcond=None)[0]
    made_of = [
        design.names[other]
        for other, weight in zip(others, weights, strict=True)
        if abs(weight) > SHARE and design.names[other] != CONSTANT
    ]
    return f"{design.names[place]} is a combination of {', '.join(made_of)}: left out"


def _only_columns(design: Design, kept: Sequence[int]) -> Design:
    place = {old: new for new, old in enumerate(kept)}
    products = tuple(
        (place[column], tuple(place[part] for part in parts))
        for column, parts in design.products
        if column in place and set(parts) <= set(place)
    )
    return replace(
        design,
        X=design.X[:, list(kept)],
        names=tuple(design.names[column] for column in kept),
        products=products,
        nonproportional=tuple(place[column] for column in design.nonproportional),
    )
