"""Units of a panel: their means, and what is left within them; the terms of Mundlak (1978) that
correlated random effects add.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from .fit_types import Design, EstimationFailure


def codes(unit: np.ndarray) -> np.ndarray:
    """Return the units as integers from 0, in sorted order, shape (n,)."""
    return np.unique(unit, return_inverse=True)[1]


def averages(X: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Return each row's unit means, shape (n, k)."""
    sums = np.zeros((unit.max() + 1, X.shape[1]))
    np.add.at(sums, unit, X)
    return (sums / np.bincount(unit)[:, None])[unit]


def within(X: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Return what is left of columns when the means of the units are taken out, shape (n, k)."""
    return X - averages(X, unit)


def with_means(design: Design) -> tuple[Design, int]:
    """Add the unit means of the terms that change within units.

    Returns
    -------
    Design, int
        With columns "mean(term)" last, and how many there are. Means that are the same for all
        units or that the other columns make (those of the years of a balanced panel) are not added:
        they would say nothing.

    Raises
    ------
    EstimationFailure
        When no term changes within units.
    """
    unit = codes(design.units)
    means, size = averages(design.X, unit), np.linalg.norm(design.X, axis=0)
    changing = np.flatnonzero(np.linalg.norm(design.X - means, axis=0) > 1e-9 * size)
    if len(changing) == 0:
        raise EstimationFailure(
            "collinearity", "no term changes over time within the units: there are no means to add"
        )
    X, names = design.X, list(design.names)
    for column in changing:
        added = np.column_stack([X, means[:, column]])
        r: Any = np.linalg.qr(
            added / np.maximum(np.linalg.norm(added, axis=0), np.finfo(float).tiny), mode="r"
        )
        if abs(r[-1, -1]) > 1e-9:
            X, names = added, [*names, f"mean({design.names[column]})"]
    return replace(design, X=X, names=tuple(names)), len(names) - len(design.names)


def check_nested(design: Design) -> None:
    """Raise where a unit lies in more than one cluster."""
    if design.groups is None:
        return
    unit = codes(design.units)
    if not np.array_equal(
        averages(design.groups[:, None].astype(float), unit)[:, 0], design.groups
    ):
        raise EstimationFailure(
            "too_few_clusters",
            "a unit lies in more than one cluster: the clusters must hold whole units",
        )
