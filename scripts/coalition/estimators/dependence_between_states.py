"""Moran's I of the residuals of a model of states, within each operation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .. import estimators
from ..base.great_circle import distances
from ..base.keys import LATITUDE, LONGITUDE
from ..base.moran import MoranTest, moran_test, nearest_neighbours
from ..formula.families import FAMILIES
from .fit_types import Design, Fit
from .generalised_residuals import generalised, of_level

PERMUTATIONS, SEED = 999, 20190101
FEWEST = 20
"""Rows of an operation under which no neighbours are looked for."""

Entry = dict[str, Any]


def _of_states_with_places(rows: pd.DataFrame) -> bool:
    """Tell whether each row is a state in an operation, and its place is known."""
    if not {"iso3", "operation", LATITUDE, LONGITUDE} <= set(rows.columns):
        return False
    repeated = rows.duplicated(["iso3", "operation"]).any()
    return not (repeated or rows[[LATITUDE, LONGITUDE]].isna().any(axis=None))


def _parts(operation: np.ndarray) -> list[tuple[str | None, np.ndarray]]:
    """Return the operations with rows enough, all together first, and which rows are theirs."""
    names, counts = np.unique(operation, return_counts=True)
    enough = [str(name) for name in names[counts >= FEWEST]]
    parts: list[tuple[str | None, np.ndarray]] = [(name, operation == name) for name in enough]
    return [(None, np.isin(operation, enough)), *parts] if len(enough) > 1 else parts


def moran_of_residuals(family: str, design: Design, fit: Fit, rows: pd.DataFrame) -> list[Entry]:
    """Return Moran's I of a model's residuals: of all operations together, and of each.

    Parameters
    ----------
    family : str
    design : Design
    fit : Fit
    rows : DataFrame, shape (n, any)
        Of the design.

    Returns
    -------
    list of dict
        operation (None: all, neighbours within each), n, value, p_value. Empty where the rows are
        no states with coordinates, a state has several rows in one operation (a panel), or the
        family has no residuals that are known here.

    Notes
    -----
    Generalised residuals; of unordered levels, whether the first was not chosen minus its
    probability. Five nearest capitals; 999 permutations within operations.
    """
    residual = _residuals(family, design, fit) if _of_states_with_places(rows) else None
    if residual is None or len(residual) != len(rows):
        return []
    operation = rows["operation"].to_numpy(str)
    lat, lon = (rows[name].to_numpy(float) for name in (LATITUDE, LONGITUDE))
    apart = distances(lat, lon)
    found = []
    for name, used in _parts(operation):
        within = operation[used]
        weights = nearest_neighbours(apart[np.ix_(used, used)], within)
        test = moran_test(residual[used], weights, within, PERMUTATIONS, SEED)
        found += [] if test is None else [_entry(name, test)]
    return found


def _entry(name: str | None, test: MoranTest) -> Entry:
    return {"operation": name, "n": test.n, "value": test.value, "p_value": test.p_value}


def _residuals(family: str, design: Design, fit: Fit) -> np.ndarray | None:
    if family == "ols":
        return design.y - design.X @ fit.params
    about = FAMILIES[family]
    if not about.categorical or about.selection or about.units:
        return None
    chances = estimators.predictor(family, design).probabilities(fit.params, design.X)
    if about.several:
        return -of_level(chances, design.y, 0)
    return generalised(chances, design.y)


def of_the_foot(found: list[Entry]) -> dict[str, float]:
    """Return what the foot of a table prints: all operations together, or the only one."""
    return {"moran": found[0]["value"], "moran_p": found[0]["p_value"]} if found else {}
