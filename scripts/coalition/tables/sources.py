"""What tables are made from: files of the stages before, and the names that tables print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from .. import files

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Sources:
    """The contents of estimates, diagnostics and verdicts files (docs/architecture.md), and labels.

    labels : variable, measure or outcome -> what is printed; operations : operation -> what is printed.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    operations: Mapping[str, str] = field(default_factory=dict)
    estimates: tuple[Entry, ...] = ()
    diagnostics: tuple[Entry, ...] = ()
    verdicts: Entry = field(default_factory=dict)

    def models(self, names: Iterable[str]) -> list[Entry]:
        """Return the models of these names, in this order."""
        fitted = {model["model"]: model for content in self.estimates for model in content.get("models", [])}
        return [fitted[name] for name in names]

    def robustness(self) -> dict[str, Entry]:
        """Return the contents of the robustness files by hypothesis."""
        return {content["hypothesis"]: content for content in self.estimates if "hypothesis" in content}

    def sample(self, name: str) -> Entry:
        """Return the diagnostics of one sample."""
        return next(content for content in self.diagnostics if content.get("sample") == name)

    def label(self, name: str) -> str:
        """Return what is printed for a variable."""
        return self.labels.get(name) or name.replace("_", " ").capitalize()

    def operation(self, name: str) -> str:
        """Return what is printed for an operation."""
        return self.operations.get(name, name)


def read(
    estimates: Iterable[str | Path],
    diagnostics: Iterable[str | Path],
    verdicts: Iterable[str | Path],
    labels: Mapping[str, str],
    operations: Mapping[str, str],
) -> Sources:
    """Read the JSON files that a table needs."""
    found = [files.read_json(path) for path in verdicts]
    return Sources(
        labels=dict(labels),
        operations=dict(operations),
        estimates=tuple(files.read_json(path) for path in estimates),
        diagnostics=tuple(files.read_json(path) for path in diagnostics),
        verdicts=found[0] if found else {},
    )


def tidy(records: Iterable[Entry], columns: Iterable[str]) -> pd.DataFrame:
    """Return records as a table with these columns; whole numbers stay whole where others are missing."""
    return pd.DataFrame([{**record} for record in records], columns=list(columns), dtype=object)
