"""What the page is made from: the files of the stages before it, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from ...base import files
from ...base.errors import Problems
from ...data.file_formats import read_raw

Entry = Mapping[str, Any]
STORED = (
    "estimates", "robustness", "inference", "curves", "verdicts", "diagnostics", "agreement",
    "measurement",
)  # fmt: skip
"""Inputs of the rule that are JSON."""


@dataclass(frozen=True)
class Figure:
    """A figure: what its JSON file says of it, and its drawing (SVG).

    source : N and the files behind it; numbers : the values drawn, a row each; frame : heights of
        the text above and below the drawing, in inches.
    """

    name: str
    kind: str
    title: str
    caption: str
    alt: str
    drawing: bytes
    source: str = ""
    numbers: tuple[Entry, ...] = ()
    frame: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Results:
    """The contents of a run's files.

    models : model -> MODEL of docs/architecture.md; robustness : hypothesis -> its robustness file;
        inference : hypothesis -> its part of inference.json; curves : hypothesis -> its
        specification
        curve; tightness : (operation, state) -> its unit of measurement.json; samples : sample ->
        its
        rows;
    diagnostics : sample -> its diagnostics; canonical : (group, table) -> its rows, as text;
        dictionaries : covariate -> what its columns are, as text; tables : table -> its HTML.
    """

    models: Mapping[str, Entry] = field(default_factory=dict)
    robustness: Mapping[str, Entry] = field(default_factory=dict)
    inference: Mapping[str, Entry] = field(default_factory=dict)
    curves: Mapping[str, Entry] = field(default_factory=dict)
    verdicts: Entry = field(default_factory=dict)
    samples: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    diagnostics: Mapping[str, Entry] = field(default_factory=dict)
    agreement: Entry = field(default_factory=dict)
    tightness: Mapping[tuple[str, str], Entry] = field(default_factory=dict)
    canonical: Mapping[tuple[str, str], pd.DataFrame] = field(default_factory=dict)
    dictionaries: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    bibliography: pd.DataFrame = field(default_factory=pd.DataFrame)
    tables: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @cached_property
    def countries(self) -> dict[str, str]:
        """The names of states by their codes."""
        states = self.canonical.get(("covariates", "states"))
        return {} if states is None else dict(zip(states["iso3"], states["country"], strict=True))


def _bibliography(paths: Iterable[str]) -> pd.DataFrame:
    """Return the sources of all files as one table."""
    found = [_of_the_user(path) for path in paths]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _by_stem(paths: Iterable[str], read_one: Callable[[str], Any]) -> dict[str, Any]:
    """Return what stands in files by their names without ending."""
    return {Path(path).stem: read_one(path) for path in paths}


def _by(key: str, *entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return entries by what one of their keys holds."""
    return {entry[key]: entry for entry in chain(*entries)}


def read(given: Mapping[str, Iterable[str]], dictionaries: Mapping[str, str]) -> Results:
    """Read the input of the rule.

    Parameters
    ----------
    given : mapping
        Name of the rule's input -> its files: estimates, robustness, inference, curves, verdicts,
        samples, diagnostics, agreement, measurement, canonical, sources, tables, figures, drawings.
    dictionaries : mapping
        Covariate -> the file that says what its columns are.
    """
    stored = {name: [files.read_json(path) for path in given[name]] for name in STORED}
    units = chain.from_iterable(found["units"] for found in stored["measurement"])
    return Results(
        models=_by("model", *(found["models"] for found in stored["estimates"])),
        robustness=_by("hypothesis", stored["robustness"]),
        inference=_by("hypothesis", *(found["hypotheses"] for found in stored["inference"])),
        curves=_by("hypothesis", stored["curves"]),
        verdicts=next(iter(stored["verdicts"]), {}),
        samples=_by_stem(given["samples"], files.read_table),
        diagnostics=_by("sample", stored["diagnostics"]),
        agreement=next(iter(stored["agreement"]), {}),
        tightness={(unit["operation"], unit["iso3"]): unit for unit in units},
        canonical={
            (Path(path).parent.name, Path(path).stem): as_text(path) for path in given["canonical"]
        },
        dictionaries={name: _of_the_user(path) for name, path in dictionaries.items()},
        bibliography=_bibliography(given["sources"]),
        tables=_by_stem(given["tables"], lambda path: Path(path).read_text(encoding="utf-8")),
        figures={
            Path(path).stem: _figure(path, drawing)
            for path, drawing in zip(given["figures"], given["drawings"], strict=True)
        },
    )


def as_text(path: str | Path) -> pd.DataFrame:
    """Read a canonical table with every cell as it stands, empty cells as empty text."""
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    for name in [name for name in table if table[name].str.startswith("'").any()]:
        table[name] = table[name].map(files.written)
    return table.rename(columns=files.written)


def _of_the_user(path: str) -> pd.DataFrame:
    """Read a file of the user's, of any format, as text; what is wrong with it as a file was found
    before the run.
    """
    problems = Problems()
    table = read_raw(path, problems)
    problems.stop()
    return pd.DataFrame() if table is None else table.fillna("")


def _figure(path: str, drawing: str) -> Figure:
    about = files.read_json(path)
    parts = ("kind", "title", "caption", "alt", "source")
    texts = {part: str(about.get(part) or "") for part in parts}
    return Figure(
        name=Path(path).stem,
        drawing=Path(drawing).read_bytes(),
        numbers=tuple(about.get("numbers", ())),
        frame=(about.get("head_inches", 0.0), about.get("foot_inches", 0.0)),
        **texts,
    )
