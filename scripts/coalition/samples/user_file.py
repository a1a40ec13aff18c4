"""A sample that is a file of the user's: any rectangular table, with a key if the config names
one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ..base.errors import Problems, nearest
from ..base.keys import keys_of
from ..config.settings import labels
from ..data import ingest, recoding
from ..data.country_names import Names
from ..data.typed_table import Table, typed
from ..formula import combinations
from ..formula.column_uses import Uses, uses_of
from ..formula.filters import FilterError, holds
from . import column_checks, column_notes
from .country_operations import Sample, descriptives
from .covariates import derive

ROW = "row"
FIRST = "(first line)"
"""Name of a column while rows are compared; no file can hold it, as brackets are no part of a name
in a config.
"""


def read(
    name: str,
    spec: Mapping[str, Any],
    names: Names | None,
    problems: Problems,
    uses: Uses | None = None,
) -> tuple[pd.DataFrame, Table | None]:
    """Read the file of a sample by its rules of reading, and make the sample's own variables.

    Parameters
    ----------
    name : str
        The sample.
    spec : mapping
        Its entry in `samples`: file, and as needed columns, reading, keys, panel, variables.
    names : Names, optional
        What a state can be called; needed where `reading` declares a `state`.
    problems : Problems
        Takes all that is wrong with the file.
    uses : Uses, optional
        What the models do with the columns: what is wrong with a column is a problem where it is
        used.

    Returns
    -------
    DataFrame, shape (rows, columns)
        Every column as what it is: see `typed_table.typed`.
    Table or None
        The cells that it is made of.
    """
    uses = uses or Uses()
    raw = recoding.read_typed(
        spec["file"],
        spec.get("reading", {}),
        spec.get("columns", {}),
        names,
        problems,
        uses.calculated,
    )
    if raw is None:
        return pd.DataFrame(), None
    table = typed_columns(raw, uses)
    if ROW not in table:
        # a line that became several rows names none of them
        lines = raw.cells.index
        table.insert(0, ROW, lines if lines.is_unique else range(1, len(table) + 1))
    column_checks.check(raw, table, spec, uses, problems)
    _check_key(table, raw.cells, spec, uses, problems)
    return (table if problems.found else _with_variables(table, spec, name, problems)), raw


def typed_columns(raw: Table, uses: Uses) -> pd.DataFrame:
    """Return the columns of a table as what they are, under row numbers from 0."""
    made = {
        column: typed(raw.cells[column], raw.kind(column), column in uses.calculated)
        for column in raw.cells.columns
    }
    return pd.DataFrame(made, index=raw.cells.index).reset_index(drop=True)


OF_STATES_ALONE = ("flow", "states_out", "components", "correlations", "alpha", "joins")
"""Diagnostics that a sample which the project builds has, and one from a file has not."""


def build(
    config: Mapping[str, Any], name: str, problems: Problems, wanted_only: bool = True
) -> Sample:
    """Build a sample from its file, with descriptive statistics of what the models use.

    Parameters
    ----------
    config : mapping
        The whole config, or `workflow.slices.sample` of it.
    name : str
    problems : Problems
        Takes all that is wrong with the file.
    wanted_only : bool
        Whether columns that no model names are left out.
    """
    spec = config["samples"][name]
    names = (
        ingest.known_names(config, problems).names if "state" in spec.get("reading", {}) else None
    )
    uses = uses_of(config, name)
    table, raw = read(name, spec, names, problems, uses)
    made = _made(table, spec, problems)
    table, kept = _kept(table, spec, name, problems)
    keys = keys_of(spec)
    named = [*keys.row, *keys.unit, *([keys.time] if keys.time is not None else []), *uses.used]
    columns = dict.fromkeys(named) if wanted_only else table.columns
    found: dict[str, Any] = {"sample": name, "unit": "row"}
    found |= {part: [] for part in OF_STATES_ALONE}
    found["descriptives"] = descriptives(
        table, _numeric(table, uses.used, problems), "", labels(config)
    )
    notes = [] if raw is None else list(raw.notes)
    told = [] if problems.found or raw is None else column_notes.notes(table, raw, uses, keys)
    found["reading"] = [*notes, *made, *kept, *told]
    return Sample(table[[column for column in columns if column in table]], found)


def _numeric(table: pd.DataFrame, used: Iterable[str], problems: Problems) -> list[str]:
    """Return the columns of numbers among those that are used, where nothing is wrong with any."""
    if problems.found:
        return []
    there = [column for column in used if column in table]
    return [column for column in there if pd.api.types.is_numeric_dtype(table[column])]


def _made(table: pd.DataFrame, spec: Mapping[str, Any], problems: Problems) -> list[str]:
    """Return what a reader must know of the sample's own variables."""
    if problems.found:
        return []
    own = spec.get("variables", {})
    return [note for name in own for note in combinations.notes(table, name, own[name])]


def _kept(
    table: pd.DataFrame, spec: Mapping[str, Any], sample: str, problems: Problems
) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows that the sample's condition keeps, and how many these are."""
    if "where" not in spec or problems.found:
        return table, []
    try:
        kept = holds(table, spec["where"])
    except FilterError as error:
        problems.add(f"samples.{sample}.where", str(error))
        return table, []
    if not kept.any():
        problems.add(f"samples.{sample}.where", "no row of the file is left")
    words = f"`where` keeps {int(kept.sum()):,} of {len(table):,} rows"
    return table[kept].reset_index(drop=True), [words]


def _check_key(
    table: pd.DataFrame,
    cells: pd.DataFrame,
    spec: Mapping[str, Any],
    uses: Uses,
    problems: Problems,
) -> None:
    keys = keys_of(spec)
    named = dict.fromkeys(filter(None, (*keys.row, *keys.unit, keys.time, keys.state)))
    for column in [name for name in named if name not in table]:
        problems.add(
            spec["file"],
            f"the column {column!r}, which the sample's keys name, is not in the file",
            nearest=nearest(column, list(table.columns)),
        )
    if set(keys.row) <= set(table):
        _check_unique(table, cells.index, list(keys.row), spec["file"], problems)
    if uses.shifted and keys.time and {*keys.unit, keys.time} <= set(table):
        _check_unique(table, cells.index, [*keys.unit, keys.time], spec["file"], problems, True)
    if keys.time and keys.time in cells:
        column_checks.check_time(cells[keys.time], spec["file"], problems)


def _check_unique(
    table: pd.DataFrame,
    lines: pd.Index,
    key: list[str],
    place: str,
    problems: Problems,
    gaps: bool = False,
) -> None:
    """Note rows of one key, with both lines, and cells of it that are empty unless they may be."""
    for column in [] if gaps else key:
        for position in table.index[table[column].isna()]:
            problems.add(
                place, "empty, but it is part of the key", row=int(lines[position]), column=column
            )
    first = (
        table.assign(**{FIRST: lines})
        .groupby(key, sort=False, observed=True)[FIRST]
        .transform("first")
    )
    for position in table.index[table.duplicated(key) & table[key].notna().all(axis=1)]:
        value = ", ".join(
            f"{part:.15g}" if isinstance(part, float) else str(part)
            for part in table.loc[position, key]
        )
        problems.add(
            place,
            f"the same {' + '.join(key)} as line {first[position]:.0f}",
            row=int(lines[position]),
            value=value,
        )


def _with_variables(
    table: pd.DataFrame, spec: Mapping[str, Any], sample: str, problems: Problems
) -> pd.DataFrame:
    """Add the sample's own variables, each made of columns or of variables above it."""
    for name, variable in spec.get("variables", {}).items():
        place = f"samples.{sample}.variables.{name}"
        parts = [variable["from"]] if "from" in variable else combinations.parts_of(variable)
        texts = combinations.texts_among(table, parts)
        for column in texts:
            text = "the column holds texts; `recode` makes numbers of them"
            problems.add(place + (".from" if "from" in variable else ""), text, value=column)
        if not texts:
            table = _with_variable(table, name, variable, place, problems)
    return table


def _with_variable(
    table: pd.DataFrame, name: str, variable: Mapping[str, Any], place: str, problems: Problems
) -> pd.DataFrame:
    try:
        return derive(table, {name: variable}, {})
    except FilterError as error:
        problems.add(place, str(error))
        return table.assign(**{name: float("nan")})
