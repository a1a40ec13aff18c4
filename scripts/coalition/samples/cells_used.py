"""Which grades of evidence stand behind the cells of a sample: counted from the graded rows that it
was made of, not from the grades that its config asks for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from ..base.errors import Problems
from ..data import caveat_levels
from ..data.file_formats import read_raw
from .covariates import JOINS, KEYS

Tables = Mapping[str, pd.DataFrame]
LIST = "list"
"""A cell that no row states: a state that is not in a complete list did not take part, and one that
no event lists had no victim there.
"""
UNGRADED = "ungraded"
"""A cell of a table whose rows have no grade; its dictionary, where there is one, grades
columns.
"""
GRADES = ("A", "B", "C", "own", LIST, UNGRADED)


def cells_used(
    rows: pd.DataFrame,
    tables: Tables,
    facts: Tables,
    config: Mapping[str, Any],
    spec: Mapping[str, Any],
    columns: Collection[str],
    dictionaries: Mapping[str, Mapping[str, str]],
) -> list[dict[str, Any]]:
    """Count the cells that the values of a sample's rows rest on, by grade of evidence.

    Parameters
    ----------
    rows : DataFrame, shape (n, any)
        The finished rows of one operation, with covariate_iso3, covariate_year and as_of.
    tables, facts : mapping
        Canonical tables of the operation, and of the covariates.
    config, spec : mapping
        covariates of the config; the sample's own entry.
    columns : collection of str
        Columns of the covariates that stand in a model of the sample, alone or within a measure.
    dictionaries : mapping
        Table of covariates -> column -> grade, of those that have a dictionary.

    Returns
    -------
    list of dict
        table, column, and a count for each of `GRADES`. A cell of an outcome is a state's
        participation, a statement that its level is made of, or a type of caveat that was counted.
        Only cells that have a value in the sample count: what was left out is no cell that is used.
    """
    operation = str(rows["operation"].iloc[0])
    found = [_counted("contributors", "participated", _participation(rows, tables["contributors"]))]
    joined = rows.loc[rows["participated"] == 1, "iso3"]
    if "caveats" in tables and "caveats" in spec:
        used = caveat_levels.select(tables["caveats"], spec["caveats"], spec["evidence"], operation)
        used = used[used["iso3"].isin(joined) & used["level"].notna()]
        found.append(_counted("caveats", "level", used["evidence"]))
    if "caveat_types" in tables and "caveats" in spec:
        types = caveat_levels.types_used(
            tables["caveat_types"], spec["evidence"], spec["caveats"]["coders"]
        )
        types = types[types["iso3"].isin(joined)]
        found.append(_counted("caveat_types", "type", types["evidence"]))
    for name, about in config["covariates"].items():
        found += _of_facts(name, about, rows, facts, config, columns)
    return _by_dictionary(found, dictionaries)


def graded_columns(paths: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the grade of every column of the tables that have a dictionary.

    Parameters
    ----------
    paths : mapping
        Table of covariates -> its dictionary, a table with `variable` and, where columns are
        graded, `evidence`.
    """
    found = {}
    for name, path in paths.items():
        problems = Problems()
        table = read_raw(path, problems)
        problems.stop()
        if table is not None and {"variable", "evidence"} <= set(table.columns):
            found[name] = dict(zip(table["variable"], table["evidence"], strict=True))
    return found


def _by_dictionary(
    found: list[dict[str, Any]], dictionaries: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """Return the counts with the cells of tables without graded rows under the grade that the
    dictionary gives to their column.
    """
    for entry in found:
        grade = dictionaries.get(entry["table"], {}).get(entry["column"])
        if grade in GRADES and entry[UNGRADED]:
            entry[grade] += entry[UNGRADED]
            entry[UNGRADED] = 0
    return found


def _counted(table: str, column: str, grades: Iterable[Any]) -> dict[str, Any]:
    counts = Counter(str(grade) for grade in grades)
    return {"table": table, "column": column} | {grade: counts[grade] for grade in GRADES}


def _participation(rows: pd.DataFrame, contributors: pd.DataFrame) -> pd.Series:
    """Return the grade of each known participation: that of its cell where it has one of its
    own.
    """
    grades = _cell_grades(contributors, "participated")
    of = rows["iso3"].map(dict(zip(contributors["iso3"], grades, strict=True)))
    return of.fillna(LIST)[rows["participated"].notna().to_numpy()]


def _cell_grades(table: pd.DataFrame, column: str) -> pd.Series:
    """Return the grade of every cell of a column, its own or its row's."""
    row = table["evidence"] if "evidence" in table else pd.Series(UNGRADED, table.index)
    own = f"{column}_evidence"
    return table[own].fillna(row) if own in table else row


def _of_facts(
    name: str,
    about: Mapping[str, Any],
    rows: pd.DataFrame,
    facts: Tables,
    config: Mapping[str, Any],
    columns: Collection[str],
) -> list[dict[str, Any]]:
    """Return the counts of one table of covariates, a column each."""
    table, shape = facts[name], about["shape"]
    if shape in JOINS:
        wanted = sorted((set(columns) & set(table.columns) & set(rows.columns)) - set(KEYS))
        return [_counted(name, column, _joined(rows, table, column, shape)) for column in wanted]
    found = []
    for column in sorted(_made(about) & set(columns) & set(rows.columns)):
        known = rows[rows[column].notna()]
        if shape == "events":
            grades = _victims(known, table, facts[f"{name}_events"])
        elif shape == "polls":
            grades = _polls(known, table)
        else:
            by_state = dict(zip(table["iso3"], _cell_grades(table, "lat"), strict=True))
            grades = known["covariate_iso3"].map(by_state).fillna(UNGRADED).tolist()
        found.append(_counted(name, column, grades))
    return found


def _made(about: Mapping[str, Any]) -> set[str]:
    """Return the columns that are made of a table of events, polls or places."""
    named = {about.get(key) for key in ("variable", "lower", "upper")} - {None}
    patterns = range(1, about.get("map_patterns", 0) + 1)
    return {
        *map(str, named),
        *about.get("coordinates", []),
        *about.get("to", {}),
        *(f"map_pattern_{number}" for number in patterns),
    }


def _joined(rows: pd.DataFrame, table: pd.DataFrame, column: str, shape: str) -> pd.Series:
    """Return the grade of the cell that each row has of a column, found by the join that the values
    came by; rows whose cell is empty or not used have none.
    """
    keys = [key for key in KEYS if key in table]
    cells = JOINS[shape](rows, table[keys].assign(**{column: _cell_grades(table, column)}))[column]
    return cells[rows[column].notna().to_numpy()].fillna(UNGRADED)


def _victims(rows: pd.DataFrame, table: pd.DataFrame, events: pd.DataFrame) -> list[str]:
    """Return the grades of the entries that counts were summed from."""
    entries = table.assign(date=table["event_id"].map(events.set_index("event_id")["event_date"]))
    by_state = {
        iso3: list(zip(own["date"], own["evidence"], strict=True))
        for iso3, own in entries.groupby("iso3")
    }
    found: list[str] = []
    for iso3, as_of in zip(rows["covariate_iso3"], rows["as_of"], strict=True):
        found += [str(grade) for date, grade in by_state.get(iso3, []) if date < as_of] or [LIST]
    return found


def _polls(rows: pd.DataFrame, table: pd.DataFrame) -> list[str]:
    """Return the grades of the polls on the operation that states have, used or not: one too many
    at worst.
    """
    own = table[table["operation"] == rows["operation"].iloc[0]] if len(rows) else table.iloc[:0]
    return [str(grade) for grade in own.loc[own["iso3"].isin(rows["covariate_iso3"]), "evidence"]]
