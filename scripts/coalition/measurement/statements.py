"""Coded statements as a measurement model reads them: levels, whose they are, and what stands
beside each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

UNIT = ("iso3", "operation")
UNCLASSIFIED = "unclassified"
"""The level of a column where a coder left it empty."""
REFERENCE: Mapping[str, str] = {"coder": "2", "basis": "stated"}
"""The levels that all others are compared with: the coder who rated most, and limits that a source
states.
"""
FEWEST = 3
"""Statements that a level of a column must have for an effect of its own; those of rarer levels
are read as of the reference, and named.
"""


@dataclass(frozen=True)
class Statements:
    """Statements of several coders on states in operations.

    codes : (n,) int, levels 0 .. K - 1
    unit : (n,) int, position in `units`
    beside : (n, p) dummies of coder and basis
    regressors : (m, r) of the units, each with mean 0
    groups : further groupings of the statements (page, phase), (n,) int each
    rare : levels without an effect of their own
    """

    codes: np.ndarray
    unit: np.ndarray
    units: pd.DataFrame
    beside: np.ndarray
    beside_names: tuple[str, ...]
    regressors: np.ndarray
    regressor_names: tuple[str, ...]
    levels: int
    groups: Mapping[str, np.ndarray]
    rare: tuple[str, ...] = ()

    @property
    def design(self) -> np.ndarray:
        """All that moves the index of a statement but random effects, (n, p + r)."""
        return np.column_stack([self.beside, self.regressors[self.unit]])

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the design's columns."""
        return (*self.beside_names, *self.regressor_names)

    def given(self, regressors: np.ndarray, names: Sequence[str]) -> Statements:
        """Return the statements with regressors (m, r) of the latent tightness.

        A gap takes the mean, and a column says where (Mislevy 1991 and the practice of assessments
        after it): a state keeps its statements where a regressor of it is not known.
        """
        values = np.asarray(regressors, float).reshape(len(self.units), -1)
        gaps = np.isnan(values)
        patterns = [
            (np.where(gap, np.nanmean(column), column), gap)
            for column, gap in zip(values.T, gaps.T, strict=True)
        ]
        columns = [column for column, _ in patterns]
        found = list(names)
        for (_, gap), name in zip(patterns, names, strict=True):
            if gap.any() and not any(np.array_equal(gap, other) for other in columns[len(names) :]):
                columns.append(gap.astype(float))
                found.append(f"{name} not known")
        whole = np.column_stack(columns) if columns else np.zeros((len(self.units), 0))
        return replace(self, regressors=whole - whole.mean(axis=0), regressor_names=tuple(found))

    def rows(self, kept: np.ndarray) -> Statements:
        """Return some statements, (n,) bool, on the same units."""
        groups = {name: values[kept] for name, values in self.groups.items()}
        return replace(
            self,
            codes=self.codes[kept],
            unit=self.unit[kept],
            beside=self.beside[kept],
            groups=groups,
        )


def _dummies(rows: pd.DataFrame, column: str, reference: str) -> tuple[pd.DataFrame, list[str]]:
    """Return a dummy for each frequent level but the reference, and the rare levels."""
    values = rows[column].map(_word)
    counts = values.value_counts()
    base = reference if reference in counts.index else str(counts.index[0])
    others = sorted(set(counts.index) - {base})
    frequent = [level for level in others if counts[level] >= FEWEST]
    table = pd.DataFrame(
        {f"{column}: {level}": (values == level).astype(float) for level in frequent},
        index=rows.index,
    )
    return table, [f"{column}: {level}" for level in others if level not in frequent]


def _word(value: Any) -> str:
    if pd.isna(value) or value == "":
        return UNCLASSIFIED
    return str(int(value)) if isinstance(value, float | int | np.integer) else str(value)


def _codes_of(values: pd.Series) -> np.ndarray:
    return pd.factorize(values)[0]


def read(
    rows: pd.DataFrame, levels: int = 4, groups: Mapping[str, pd.Series] | None = None
) -> Statements:
    """Return the statements with a level.

    Parameters
    ----------
    rows : DataFrame
        Columns iso3, operation, level (0 .. levels - 1, or missing); coder and basis where coders
        recorded them.
    levels : int
    groups : mapping of Series, optional
        Further groupings with the index of `rows`: of the page, of the phase.
    """
    rated = rows[rows["level"].notna()]
    keys = rated[list(UNIT)].astype(str)
    units = keys.drop_duplicates().sort_values(list(UNIT)).reset_index(drop=True)
    places = pd.MultiIndex.from_frame(units)
    parts, rare = [pd.DataFrame(index=rated.index)], []
    for column, reference in REFERENCE.items():
        if column in rated:
            table, left = _dummies(rated, column, reference)
            parts.append(table)
            rare += left
    beside = pd.concat(parts, axis=1)
    return Statements(
        codes=rated["level"].to_numpy(int),
        unit=places.get_indexer(pd.MultiIndex.from_frame(keys)),
        units=units,
        beside=beside.to_numpy(float),
        beside_names=tuple(beside.columns),
        regressors=np.zeros((len(units), 0)),
        regressor_names=(),
        levels=levels,
        groups={
            name: _codes_of(values.loc[rated.index]) for name, values in (groups or {}).items()
        },
        rare=tuple(rare),
    )


def operations_of(units: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    """Return dummies of the units' operations, (m, operations - 1); that with most units is left
    out.
    """
    counts = units["operation"].value_counts()
    others = [name for name in sorted(counts.index) if name != counts.index[0]]
    columns = [(units["operation"] == name).to_numpy(float) for name in others]
    table = np.column_stack(columns) if columns else np.zeros((len(units), 0))
    return table, [f"operation: {name}" for name in others]
