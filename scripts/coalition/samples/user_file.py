"""A sample that is a file of the user's: any rectangular table, with a key if the config names one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import Problems, nearest
from ..base.keys import keys_of
from ..config.settings import labels
from ..data import ingest, recoding
from ..data.country_names import Names
from ..formula.columns import columns_of, numbers_of
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
    numbers: Collection[str] = (),
) -> pd.DataFrame:
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
    numbers : collection of str
        Columns that models calculate with: a text in one of them is a problem, where other cells
        are numbers.

    Returns
    -------
    DataFrame, shape (rows, columns)
        Columns in which every known cell is a number are numbers; the others texts.
    """
    raw = recoding.read(
        spec["file"], spec.get("reading", {}), spec.get("columns", {}), names, problems
    )
    if raw is None:
        return pd.DataFrame()
    lines = raw.index
    table = raw.reset_index(drop=True).apply(_typed)
    if ROW not in table:
        table.insert(0, ROW, lines)
    _check_key(table, raw, spec, problems)
    for column in numbers:
        _check_numbers(table, raw, column, spec["file"], problems)
    return table if problems.found else _with_variables(table, spec, name, problems)


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
    models = [model for model in config["models"].values() if model["sample"] == name]
    numbers = dict.fromkeys(column for model in models for column in numbers_of(model))
    table = read(name, spec, names, problems, list(numbers))
    used = list(dict.fromkeys(column for model in models for column in columns_of(model)))
    keys = [
        column
        for column in (*keys_of(spec).row, *keys_of(spec).unit, keys_of(spec).time)
        if column is not None
    ]
    columns = list(dict.fromkeys([*keys, *used])) if wanted_only else list(table.columns)
    numeric = [
        column
        for column in used
        if column in table and pd.api.types.is_numeric_dtype(table[column])
    ]
    found: dict[str, Any] = {"sample": name, "unit": "row"}
    found |= {
        part: [] for part in ("flow", "states_out", "components", "correlations", "alpha", "joins")
    }
    found["descriptives"] = descriptives(table, numeric, "", labels(config))
    return Sample(table[[column for column in columns if column in table]], found)


def _typed(text: pd.Series) -> pd.Series:
    """Return a column of numbers where every known cell is one, else of texts."""
    known = text != ""
    values = pd.to_numeric(text, errors="coerce")
    numeric = bool(values[known].notna().all() and (values[known].abs() != float("inf")).all())
    return values.astype("float64") if numeric else text.astype("object").where(known)


def _check_numbers(
    table: pd.DataFrame, raw: pd.DataFrame, column: str, place: str, problems: Problems
) -> None:
    """Note the cells that make texts of a column of numbers: a remark, a missing code, a decimal
    comma.
    """
    if column not in raw or pd.api.types.is_numeric_dtype(table[column]):
        return
    cells = raw[column]
    other = cells[
        (cells != "") & ~np.isfinite(pd.to_numeric(cells, errors="coerce").astype("float64"))
    ]
    commas = other.str.fullmatch(r"[-+]?\d+,\d+")
    if len(other) == (cells != "").sum() and not commas.all():
        return  # a column of texts: the model says so
    for line, cell in other.items():
        hint = (
            "; for a decimal comma write `decimal: ','` in `reading`"
            if commas[line]
            else "; `missing` of `reading` names codes for gaps"
        )
        problems.add(
            place,
            f"not a number, but the models calculate with this column{hint}",
            row=int(line),
            column=column,
            value=cell,
        )


def _check_key(
    table: pd.DataFrame, raw: pd.DataFrame, spec: Mapping[str, Any], problems: Problems
) -> None:
    keys = keys_of(spec)
    named = [
        *keys.row,
        *keys.unit,
        *([keys.time] if keys.time else []),
        *([keys.state] if keys.state else []),
    ]
    for column in dict.fromkeys(name for name in named if name not in table):
        problems.add(
            spec["file"],
            f"the column {column!r}, which the sample's keys name, is not in the file",
            nearest=nearest(column, table),
        )
    if set(keys.row) <= set(table):
        _check_unique(table, raw.index, list(keys.row), spec["file"], problems)
    if keys.time and keys.time in raw:
        years = pd.to_numeric(raw[keys.time], errors="coerce").astype("float64")
        for line, cell in raw[keys.time][(raw[keys.time] != "") & ~(years % 1).eq(0)].items():
            problems.add(
                spec["file"],
                "the panel's time must be a whole number",
                row=int(line),
                column=keys.time,
                value=cell,
            )


def _check_unique(
    table: pd.DataFrame, lines: pd.Index, key: list[str], place: str, problems: Problems
) -> None:
    for column in key:
        for position in table.index[table[column].isna()]:
            problems.add(
                place, "empty, but it is part of the key", row=int(lines[position]), column=column
            )
    first = table.assign(**{FIRST: lines}).groupby(key, sort=False)[FIRST].transform("first")
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
        if "from" in variable and not pd.api.types.is_numeric_dtype(table[variable["from"]]):
            place = f"samples.{sample}.variables.{name}.from"
            problems.add(
                place,
                "the column holds texts; `recode` makes numbers of them",
                value=variable["from"],
            )
        else:
            table = derive(table, {name: variable}, {})
    return table
