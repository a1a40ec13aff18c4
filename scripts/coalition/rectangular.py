"""A sample that is a file of the user's: any rectangular table, with a key if the config names one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from .config import labels
from .design import columns_of
from .errors import Problems, nearest
from .keys import keys_of
from .samples import Sample, descriptives
from .schema import read_raw
from .variables import derive

ROW = "row"
MISSING = ("", ".", "NA", "N/A", "NaN", "nan")
"""Cells that say that a value is not known; the config can name more."""


def read(name: str, spec: Mapping[str, Any], problems: Problems) -> pd.DataFrame:
    """Read the file of a sample: rename, take out missing codes, recode, make the sample's own variables.

    Parameters
    ----------
    name : str
        The sample.
    spec : mapping
        Its entry in `samples`: file, and as needed columns, missing, recode, keys, panel, variables.
    problems : Problems
        Takes all that is wrong with the file.

    Returns
    -------
    DataFrame, shape (rows, columns)
        Columns in which every known cell is a number are numbers; the others texts.
    """
    raw = read_raw(spec["file"], problems)
    if raw is None:
        return pd.DataFrame()
    raw = raw.rename(columns={theirs: ours for ours, theirs in spec.get("columns", {}).items()})
    lines = raw.index
    table = raw.reset_index(drop=True)
    table = pd.DataFrame({column: _typed(_known(table[column], spec.get("missing", []))) for column in table})
    for column, codes in spec.get("recode", {}).items():
        if column in table:
            table[column] = _recoded(table[column], codes)
    if ROW not in table:
        table.insert(0, ROW, lines)
    _check_key(table, lines, spec, problems)
    return table if problems.found else _with_variables(table, spec, name, problems)


def build(config: Mapping[str, Any], name: str, problems: Problems, wanted_only: bool = True) -> Sample:
    """Build a sample from its file, with descriptive statistics of what the models use.

    Parameters
    ----------
    config : mapping
        The whole config.
    name : str
    problems : Problems
        Takes all that is wrong with the file.
    wanted_only : bool
        Whether columns that no model names are left out.
    """
    spec = config["samples"][name]
    table = read(name, spec, problems)
    used = list(dict.fromkeys(column for model in config["models"].values() if model["sample"] == name for column in columns_of(model)))
    keys = [column for column in (*keys_of(spec).row, *keys_of(spec).unit, keys_of(spec).time) if column is not None]
    columns = list(dict.fromkeys([*keys, *used])) if wanted_only else list(table.columns)
    numeric = [column for column in used if column in table and pd.api.types.is_numeric_dtype(table[column])]
    found: dict[str, Any] = {"sample": name, "unit": "row"}
    found |= {part: [] for part in ("flow", "states_out", "components", "correlations", "alpha", "joins")}
    found["descriptives"] = descriptives(table, numeric, None, labels(config))
    return Sample(table[[column for column in columns if column in table]], found)


def _known(text: pd.Series, missing: list[Any]) -> pd.Series:
    """Return the cells with missing codes taken out: a code that is a number covers every way to write it (-9, -9.0)."""
    codes = {*MISSING, *(str(code) for code in missing)}
    numbers = [float(code) for code in missing if _is_number(str(code))]
    known = text.where(~text.isin(codes))
    return known.where(~pd.to_numeric(known, errors="coerce").isin(numbers)) if numbers else known


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _typed(text: pd.Series) -> pd.Series:
    values = pd.to_numeric(text, errors="coerce")
    numeric = text.notna().any() and bool(values[text.notna()].notna().all())
    return values.astype("float64") if numeric else text.astype("object").where(text.notna())


def _recoded(values: pd.Series, codes: Mapping[str, Any]) -> pd.Series:
    """Return a column with values replaced; null takes a value out. A column that is all numbers then is one of numbers."""
    text = values.map(lambda value: str(int(value)) if isinstance(value, float) and value == int(value) else str(value), na_action="ignore")
    new = {str(old): value for old, value in codes.items()}
    recoded = text.map(lambda value: new.get(value, value), na_action="ignore")
    return _typed(recoded.map(str, na_action="ignore").where(recoded.notna()).astype("object"))


def _check_key(table: pd.DataFrame, lines: pd.Index, spec: Mapping[str, Any], problems: Problems) -> None:
    keys = keys_of(spec)
    named = [*keys.row, *keys.unit, *([keys.time] if keys.time else []), *([keys.state] if keys.state else [])]
    for column in dict.fromkeys(name for name in named if name not in table):
        problems.add(
            spec["file"], f"the column {column!r}, which the sample's keys name, is not in the file", nearest=nearest(column, table)
        )
    if set(keys.row) <= set(table):
        _check_unique(table, lines, list(keys.row), spec["file"], problems)
    if keys.time and {*keys.unit, keys.time} <= set(table) and not pd.api.types.is_numeric_dtype(table[keys.time]):
        problems.add(spec["file"], "the panel's time must be a whole number", column=keys.time)


def _check_unique(table: pd.DataFrame, lines: pd.Index, key: list[str], place: str, problems: Problems) -> None:
    for position in table.index[table[key].isna().any(axis=1)]:
        problems.add(place, "empty, but it is part of the key", row=int(lines[position]), column=", ".join(key))
    repeated = table.index[table.duplicated(key) & table[key].notna().all(axis=1)]
    for position in repeated:
        value = ", ".join(str(part) for part in table.loc[position, key])
        problems.add(place, f"the same {' + '.join(key)} as another row", row=int(lines[position]), value=value)


def _with_variables(table: pd.DataFrame, spec: Mapping[str, Any], sample: str, problems: Problems) -> pd.DataFrame:
    """Add the sample's own variables, each made of columns or of variables above it."""
    for name, variable in spec.get("variables", {}).items():
        if "from" in variable and not pd.api.types.is_numeric_dtype(table[variable["from"]]):
            place = f"samples.{sample}.variables.{name}.from"
            problems.add(place, "the column holds texts; `recode` makes numbers of them", value=variable["from"])
        else:
            table = derive(table, {name: variable}, {})
    return table
