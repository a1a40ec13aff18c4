"""The coefficients of any model under the methods of inference that its entry in the config
names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from .. import estimators
from ..base.keys import REGION, STATES, Keys, lying_of
from ..estimators.dependence import without_dependent
from ..estimators.design_matrix import CONSTANT, Prepared, prepare
from ..estimators.fit_types import Design, Errors, EstimationFailure, Fit
from ..formula.inference_methods import METHODS, Asked, asked_of
from .every_method import EVERY
from .methods import LEVEL, Case, Result, check_design

Entry = dict[str, Any]
NUMBERS = (
    "estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high",
    "p_equal_tailed", "replicates", "not_fitted",
)  # fmt: skip


WORDS = ("iso3", REGION)
"""What is a name, whatever a file has for it."""


@dataclass(frozen=True)
class Draws:
    """How many replicates and permutations are drawn, and from which seed."""

    replicates: int
    permutations: int
    seed: int


def by_method(
    model: Mapping[str, Any],
    sample: pd.DataFrame,
    draws: Draws,
    keys: Keys = STATES,
) -> Entry | None:
    """Test the coefficients of a model by the methods that it names.

    Parameters
    ----------
    model : mapping
        Its entry in `models`.
    sample : DataFrame
        The table of its sample.
    draws : Draws
    keys : Keys
        What names a row of the sample, and where it lies.

    Returns
    -------
    dict or None
        methods, replicates, permutations, seed, within, and rows: term, level, method, the numbers
        of `methods.Result`, and the reason where a method has none. None where the model names no
        method, or could not be fitted (its own entry says why).

    Notes
    -----
    Every coefficient is tested in a design that is turned so that it stays a coefficient, of a
    column of mean square one that is orthogonal to the others (`alone`): a model of dollars or of
    persons has an information matrix that double precision cannot invert otherwise.
    """
    asked = asked_of(model)
    if not asked.methods:
        return None
    try:
        prepared, _ = without_dependent(prepare(sample, model, {}, keys), model)
        fit = estimators.fit(model["family"], prepared.design, LEVEL)
    except EstimationFailure:
        return None
    within = asked.within or ("operation" if keys == STATES else None)
    about: Entry = {"methods": list(asked.methods), "within": within, **asdict(draws)}
    try:
        check_design(prepared.design)
    except EstimationFailure as failure:
        return about | {"rows": _without_numbers(prepared, asked, str(failure))}
    lying = places(prepared.rows, keys, asked)
    rows = []
    for name in prepared.design.names:
        if name == CONSTANT or name not in prepared.terms or not asked.tests(name):
            continue
        rows += _of_term(name, model, replace(prepared, rows=lying), fit, asked, draws)
    return about | {"rows": rows}


def _without_numbers(prepared: Prepared, asked: Asked, reason: str) -> list[Entry]:
    names = [name for name in prepared.terms if asked.tests(name)]
    return [_row(name, None, way, None, reason) for name in names for way in asked.methods]


def places(rows: pd.DataFrame, keys: Keys, asked: Asked) -> pd.DataFrame:
    """Return the rows under the project's names of state, operation and place."""
    if keys == STATES:
        return rows if asked.within is None else rows.assign(operation=rows[asked.within])
    found = pd.DataFrame(index=rows.index)
    for name, column in lying_of(keys).items():
        cells = rows[column]
        found[name] = cells.astype(str).where(cells.notna()) if name in WORDS else cells
    if asked.within is not None:
        found["operation"] = rows[asked.within].astype(str)
    return found


def _of_term(
    name: str,
    model: Mapping[str, Any],
    prepared: Prepared,
    fit: Fit,
    asked: Asked,
    draws: Draws,
) -> list[Entry]:
    """Return the rows of one column of the design, one a method and level."""
    design, scale = alone(prepared.design, name)
    try:
        turned = estimators.fit(model["family"], design, LEVEL)
    except EstimationFailure as failure:
        levels = _levels(name, fit)
        return [
            _row(name, level, way, None, str(failure)) for level in levels for way in asked.methods
        ]
    rows = []
    for position, (kind, level, term) in enumerate(
        zip(turned.kinds, turned.levels, turned.terms, strict=True)
    ):
        if (kind, term) != ("coefficient", name):
            continue
        case = Case(
            model, {"term": name, "sign": 1}, replace(prepared, design=design), turned,
            draws.replicates, draws.permutations, draws.seed, position,
        )  # fmt: skip
        rows += [_by(way, case, name, level, scale) for way in asked.methods]
    return rows


def _levels(name: str, fit: Fit) -> list[str | None]:
    return [level for level, term in zip(fit.levels, fit.terms, strict=True) if term == name]


def _by(method: str, case: Case, term: str, level: str | None, scale: float) -> Entry:
    family = case.model["family"]
    if family not in METHODS[method].families:
        return _row(term, level, method, None, f"it does not exist for the family {family}")
    try:
        if METHODS[method].rows and case.design.groups is not None:
            case = replace(
                case, prepared=replace(case.prepared, design=replace(case.design, groups=None))
            )
        found = EVERY[method](case)
    except (EstimationFailure, np.linalg.LinAlgError) as failure:
        return _row(term, level, method, None, str(failure))
    return _row(term, level, method, _scaled(found[0], scale), None)


def _scaled(result: Result, scale: float) -> Result:
    """Return a result in units of the column as it was given."""

    def brought(value: float | None) -> float | None:
        return None if value is None else value / scale

    return replace(
        result,
        estimate=result.estimate / scale,
        std_error=brought(result.std_error),
        conf_low=brought(result.conf_low),
        conf_high=brought(result.conf_high),
    )


def _row(
    term: str, level: str | None, method: str, result: Result | None, reason: str | None
) -> Entry:
    numbers = dict.fromkeys(NUMBERS) if result is None else asdict(result)
    about = {"term": term, "level": level, "method": method}
    return about | {part: numbers[part] for part in NUMBERS} | {"reason": reason}


def alone(design: Design, name: str) -> tuple[Design, float]:
    """Return a design of the same space in which one column is what is left of it by the others,
    and
    the others are orthogonal, all of mean square one; and what its coefficient is multiplied with.

    Parameters
    ----------
    design : Design
        Errors are clustered where it has clusters, else the family's own.
    name : str

    Notes
    -----
    With x = Z g + s u, Z b + x c = Z (b + g c) + u (s c): the model and its likelihood are the
    same,
    and the coefficient of u is s times that of x (Frisch & Waugh 1933). A constant in front stays
    one.
    """
    column = design.names.index(name)
    kept = np.flatnonzero(np.arange(len(design.names)) != column)
    others, x = design.X[:, kept], design.X[:, column]
    length = np.linalg.norm(others, axis=0)
    Q, R = np.linalg.qr(others / np.where(length > 0, length, 1.0))
    signed = Q * np.sign(np.diag(R))
    size = np.abs(x).max()
    unit = x / size
    left = unit - signed @ (signed.T @ unit)
    left -= signed @ (signed.T @ left)  # twice is enough (Parlett 1998, section 6.9)
    scale = float(np.sqrt((left**2).mean()))
    X = np.column_stack([signed * np.sqrt(len(x)), left / scale])
    if len(kept) and design.names[kept[0]] == CONSTANT:
        X[:, 0] = 1.0
    names = tuple(design.names[place] for place in (*kept, column))
    turned = replace(design, X=X, names=names, products=(), errors=Errors(), basis=None)
    return turned, scale * float(size)
