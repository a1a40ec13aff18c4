"""What figures are made from: what tables are made from, and the data themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from .. import files
from ..tables import sources as tables


@dataclass(frozen=True)
class FigureSources(tables.Sources):
    """The contents of estimates and verdicts files, labels, and tables of data.

    data : sample, or canonical table; those of a kind in one DataFrame, known by their columns (`sample`, `counts`, `names`).
    """

    data: tuple[pd.DataFrame, ...] = ()
    counting: Mapping[str, Any] = field(default_factory=dict)
    """How dated troop counts become one a year: `evidence`, `flags` and `statistic` of the sample that counts them."""

    def rows(self) -> pd.DataFrame:
        """Return the rows of the sample; none where there is no sample."""
        return next((table for table in self.data if "participated" in table), pd.DataFrame())

    def counts(self) -> pd.DataFrame:
        """Return the dated troop counts of every operation that has any."""
        found = [table for table in self.data if {"date", "troops"} <= set(table)]
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame()

    def country(self, iso3: str) -> str:
        """Return the name of a state; of one that is in no table, its code."""
        return self._countries().get(iso3, iso3)

    def _countries(self) -> dict[str, str]:
        tables_ = [table for table in self.data if {"iso3", "country"} <= set(table)]
        return {iso3: country for table in tables_ for iso3, country in zip(table["iso3"], table["country"], strict=True)}


def read(
    estimates: Iterable[str | Path],
    verdicts: Iterable[str | Path],
    data: Iterable[str | Path],
    labels: Mapping[str, str],
    operations: Mapping[str, str],
    counting: Mapping[str, Any],
) -> FigureSources:
    """Read the files that a figure needs."""
    found = [files.read_json(path) for path in verdicts]
    return FigureSources(
        labels=dict(labels),
        operations=dict(operations),
        estimates=tuple(files.read_json(path) for path in estimates),
        verdicts=found[0] if found else {},
        data=tuple(files.read_table(path, text=("date",)) for path in data),
        counting=dict(counting),
    )
