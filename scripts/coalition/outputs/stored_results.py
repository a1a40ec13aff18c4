"""What tables, figures and the report are made from: what the stages before have found, and the
names that are printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ..base import files

Entry = Mapping[str, Any]
FIGURE_HEAD, FIGURE_FOOT = "figure-head", "figure-foot"
"""Ids of the text above and below the drawing in a figure's SVG; the page, which prints both
itself,
leaves them out.
"""


@dataclass(frozen=True)
class Sources:
    """The contents of estimates, diagnostics and verdicts files (docs/architecture.md), tables of
    data, and labels.

    labels : variable, measure or outcome -> what is printed; operations : operation -> what is
        printed; data : a sample, or canonical tables, known by their columns (`rows`, `counts`,
        `country`); counting : how dated troop counts become one a year: `evidence`, `flags` and
        `statistic` of the sample that counts them.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    operations: Mapping[str, str] = field(default_factory=dict)
    estimates: tuple[Entry, ...] = ()
    diagnostics: tuple[Entry, ...] = ()
    verdicts: Entry = field(default_factory=dict)
    data: tuple[pd.DataFrame, ...] = ()
    counting: Mapping[str, Any] = field(default_factory=dict)

    def models(self, names: Iterable[str]) -> list[Entry]:
        """Return the models of these names, in this order."""
        fitted = {
            model["model"]: model
            for content in self.estimates
            for model in content.get("models", [])
        }
        return [fitted[name] for name in names]

    def by_hypothesis(self) -> dict[str, Entry]:
        """Return the contents of the files that are of one hypothesis each (robustness,
        uncertainty, power), by hypothesis.
        """
        return {
            content["hypothesis"]: content for content in self.estimates if "hypothesis" in content
        }

    def tested(self) -> list[tuple[Entry, Entry]]:
        """Return each hypothesis' verdict with the content of its robustness file, in the order of
        the verdicts.
        """
        found = self.by_hypothesis()
        return [
            (verdict, found[verdict["hypothesis"]])
            for verdict in self.verdicts.get("hypotheses", [])
        ]

    def curves(self) -> list[Entry]:
        """Return the contents of the files of specification curves."""
        return [content for content in self.estimates if "joint_test" in content]

    def sample(self, name: str) -> Entry:
        """Return the diagnostics of one sample."""
        return next(content for content in self.diagnostics if content.get("sample") == name)

    def label(self, name: str) -> str:
        """Return what is printed for a variable."""
        return self.labels.get(name) or name.replace("_", " ").capitalize()

    def operation(self, name: str) -> str:
        """Return what is printed for an operation."""
        return self.operations.get(name, name)

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
        named = [table for table in self.data if {"iso3", "country"} <= set(table)]
        return {
            iso3: country
            for table in named
            for iso3, country in zip(table["iso3"], table["country"], strict=True)
        }


PARTS = ("estimates", "diagnostics", "verdicts", "data")
"""Files that a table or a figure may be made of, as the rules name them."""


def read(
    labels: Mapping[str, str],
    operations: Mapping[str, str],
    *,
    estimates: Iterable[str | Path] = (),
    diagnostics: Iterable[str | Path] = (),
    verdicts: Iterable[str | Path] = (),
    data: Iterable[str | Path] = (),
    counting: Mapping[str, Any] | None = None,
) -> Sources:
    """Read the files that a table or a figure needs.

    Parameters
    ----------
    labels, operations : mapping
        What is printed for variables and for operations.
    estimates, diagnostics, verdicts : iterable of path
        JSON files; of verdicts one, or none.
    data : iterable of path
        CSV files: samples or canonical tables.
    counting : mapping, optional
        How dated troop counts become one a year.
    """
    found = [files.read_json(path) for path in verdicts]
    return Sources(
        labels=dict(labels),
        operations=dict(operations),
        estimates=tuple(files.read_json(path) for path in estimates),
        diagnostics=tuple(files.read_json(path) for path in diagnostics),
        verdicts=found[0] if found else {},
        data=tuple(files.read_table(path, text=("date",)) for path in data),
        counting=dict(counting or {}),
    )


def tidy(records: Iterable[Entry], columns: Iterable[str]) -> pd.DataFrame:
    """Return records as a table with these columns; whole numbers stay whole where others are
    missing.
    """
    return pd.DataFrame([{**record} for record in records], columns=list(columns), dtype=object)
