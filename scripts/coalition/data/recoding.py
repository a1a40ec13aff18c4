"""Declared rules of reading: missing codes, recoding, decimal commas, dates, wide tables, and what
names a state.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from ..base.errors import Problems, nearest
from .country_names import Names, identify
from .file_formats import header, read_raw

MISSING = ("", ".", "NA", "N/A", "NaN", "nan", "#N/A")
"""Cells that say that a value is not known; the config can name more."""
Rules = Mapping[str, Any]


def read(
    path: str, rules: Rules, columns: Mapping[str, str], names: Names | None, problems: Problems
) -> pd.DataFrame | None:
    """Read a file as text by the rules that the config declares for it.

    Parameters
    ----------
    path : str
    rules : mapping
        encoding, separator, decimal, sheet, object, values (see `readers`); missing, recode, dates,
        wide, state.
    columns : mapping
        Our name of a column -> the file's.
    names : Names, optional
        What a state can be called; needed where `state` is declared.
    problems : Problems
        Takes all that is wrong.

    Returns
    -------
    DataFrame of str or None
        Columns under our names, missing cells empty, the line of the file as index.
    """
    raw = read_raw(path, problems, rules)
    if raw is None:
        return None
    raw = _renamed(raw, columns, path, problems)
    if raw is None:
        return None
    raw = raw.mask(
        raw.isin({*MISSING, *(str(code) for code in rules.get("missing", []))})
        | _numeric_codes(raw, rules),
        "",
    )
    if rules.get("decimal") == ",":
        raw = raw.apply(
            lambda cells: cells.str.replace(r"^([-+]?\d+),(\d+)$", r"\1.\2", regex=True)
        )
    raw = _long(raw, rules.get("wide"), path, problems)
    for column, codes in rules.get("recode", {}).items():
        raw = _recoded(raw, column, codes, path, problems)
    for column, form in rules.get("dates", {}).items():
        raw = _dated(raw, column, form, path, problems)
    if "state" in rules and names is not None:
        raw = identify(raw, rules["state"], names, path, problems)
    return raw


def offered_columns(path: str, rules: Rules, columns: Mapping[str, str]) -> list[str]:
    """Return the columns that a file offers after its rules of reading, without reading its rows
    where the format allows.
    """
    renamed = {theirs: ours for ours, theirs in columns.items()}
    names = [renamed.get(name, name) for name in header(path, rules)]
    wide, state = rules.get("wide"), rules.get("state")
    if wide:
        names = [
            name for name in names if not name.startswith(wide["prefix"]) or name == wide["prefix"]
        ] + [wide["into"], wide["value"]]
    if state:
        names = [name for name in names if name != state["column"]] + ["iso3"]
    return names


def _renamed(
    raw: pd.DataFrame, columns: Mapping[str, str], path: str, problems: Problems
) -> pd.DataFrame | None:
    for ours, theirs in columns.items():
        if theirs not in raw.columns:
            message = f"the column {theirs!r}, which `columns` maps to {ours!r}, is not in the file"
            problems.add(path, message, row=1, nearest=nearest(theirs, raw.columns))
        elif ours in raw.columns and ours != theirs:
            problems.add(
                path,
                f"the file has a column {ours!r} and `columns` maps {theirs!r} to that name too",
                row=1,
            )
            return None
    return raw.rename(columns={theirs: ours for ours, theirs in columns.items()})


def _numeric_codes(raw: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Tell which cells are a missing code that is a number, in whatever way it is written (-9,
    -9.0).
    """
    codes = pd.to_numeric(
        pd.Series([str(code) for code in rules.get("missing", [])], dtype="str"), errors="coerce"
    ).dropna()
    if codes.empty:
        return pd.DataFrame(False, index=raw.index, columns=raw.columns)
    return raw.apply(lambda cells: pd.to_numeric(cells, errors="coerce").isin(codes.tolist()))


def _long(
    raw: pd.DataFrame, wide: Mapping[str, str] | None, path: str, problems: Problems
) -> pd.DataFrame:
    """Turn columns such as troops_2003, troops_2004 into rows: the rest of the name becomes a
    column, the cells another.
    """
    if wide is None:
        return raw
    taken = [
        name for name in raw.columns if name.startswith(wide["prefix"]) and name != wide["prefix"]
    ]
    if not taken:
        problems.add(
            path, "no column begins with the `prefix` of `wide`", row=1, value=wide["prefix"]
        )
        return raw
    kept = [name for name in raw.columns if name not in taken]
    parts = [
        raw[kept].assign(
            **{wide["into"]: name.removeprefix(wide["prefix"]), wide["value"]: raw[name]}
        )
        for name in taken
    ]
    long = pd.concat(parts).sort_index(kind="stable")
    return long[long[wide["value"]] != ""]


def _recoded(
    raw: pd.DataFrame, column: str, codes: Mapping[str, Any], path: str, problems: Problems
) -> pd.DataFrame:
    if column not in raw:
        problems.add(
            path,
            f"the column {column!r}, which `recode` names, is not in the file",
            row=1,
            nearest=nearest(column, raw.columns),
        )
        return raw
    new = {str(old): "" if value is None else str(value) for old, value in codes.items()}
    return raw.assign(**{column: raw[column].map(lambda cell: new.get(cell, cell))})


def _dated(
    raw: pd.DataFrame, column: str, form: str, path: str, problems: Problems
) -> pd.DataFrame:
    if column not in raw:
        problems.add(
            path,
            f"the column {column!r}, which `dates` names, is not in the file",
            row=1,
            nearest=nearest(column, raw.columns),
        )
        return raw
    found = {}
    for line, cell in raw[column].items():
        try:
            found[cell] = (
                datetime.strptime(cell, form).date().isoformat()
                if cell and cell not in found
                else found.get(cell, "")
            )
        except ValueError:
            problems.add(
                path,
                "not a date in the form that `dates` declares",
                row=int(line),
                column=column,
                value=cell,
                allowed=form,
            )
            found[cell] = ""
    return raw.assign(**{column: raw[column].map(found)})
