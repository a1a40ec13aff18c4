"""Declared rules of reading: missing codes, recoding, decimal commas, dates, wide tables, and what
names a state. A rule that matches nothing is a problem.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import Problems, nearest
from . import wide_tables
from .assembled import note_forbidden
from .country_names import Names, identify
from .dates import dated, years_taken
from .file_formats import header, read_cells
from .mojibake import repaired
from .number_marks import question, with_marks
from .typed_table import CATEGORY, EXACT, ROW_NAMES, TEXT, Kind, Table, floats, plain_number

MISSING = ("", ".", "..", "NA", "N/A", "n/a", "NaN", "nan", "#N/A", "<NA>")
"""Cells that say that a value is not known; the config can name more."""
INFINITE = ("missing", "refuse")
Rules = Mapping[str, Any]


def _by_column(table: Table, rules: Rules, path: str, problems: Problems) -> Table:
    """Return the table after the rules that are given column by column."""
    for rule, change in (("recode", _recoded), ("dates", dated), ("year_of", years_taken)):
        for column, how in rules.get(rule, {}).items():
            table = change(table, column, how, path, problems)
    return table


def read_typed(
    path: str,
    rules: Rules,
    columns: Mapping[str, str],
    names: Names | None,
    problems: Problems,
    numbers: Collection[str] = (),
) -> Table | None:
    """Read a file by the rules that the config declares for it.

    Parameters
    ----------
    path : str
    rules : mapping
        encoding, separator, header, footer, sheet, object, values (see `file_formats`); repair,
        decimal, thousands, missing, infinite, recode, dates, year_of, wide, state.
    columns : mapping
        Our name of a column -> the file's.
    names : Names, optional
        What a state can be called; needed where `state` is declared.
    problems : Problems
        Takes all that is wrong.
    numbers : collection of str
        Columns that are calculated with: of these a dot or comma that could be either a mark of
        decimals or of thousands is a problem.

    Returns
    -------
    Table or None
        Columns under our names, missing cells empty, the line of the file as index.
    """
    found = read_cells(path, problems, rules)
    table = found and _renamed(found, columns, path, problems)
    if table is None:
        return None
    if "repair" in rules:
        table = repaired(table, rules["repair"], path, problems)
    table = _without_missing(table, rules, path, problems)
    question(table, _before_wide(numbers, rules, table), rules, path, problems)
    table = with_marks(table, rules, path, problems)
    if rules.get("infinite") == "missing":
        table = _without_infinite(table, path, problems)
    if "wide" in rules:
        table = wide_tables.long(table, rules["wide"], path, problems)
    table = _by_column(table, rules, path, problems)
    if "state" in rules and names is not None:
        cells = identify(table.cells, rules["state"], names, path, problems)
        table = table.with_cells(cells, **({"iso3": Kind(TEXT)} if "iso3" in cells else {}))
    return table


def read(
    path: str,
    rules: Rules,
    columns: Mapping[str, str],
    names: Names | None,
    problems: Problems,
    numbers: Collection[str] = (),
) -> pd.DataFrame | None:
    """Read a file as `read_typed` does, as texts; each of them prints.

    A column of row names that nobody asked for is left out.
    """
    table = read_typed(path, rules, columns, names, problems, numbers)
    if table is None:
        return None
    cells = table.cells
    note_forbidden(table, list(cells.columns), path, problems)
    return cells.drop(columns=[name for name in (ROW_NAMES,) if name in cells.columns])


def offered_columns(path: str, rules: Rules, columns: Mapping[str, str]) -> list[str]:
    """Return the columns that a file offers after its rules of reading, without reading its rows
    where the format allows.
    """
    renamed = {theirs: ours for ours, theirs in columns.items()}
    names = [renamed.get(name, name) for name in header(path, rules)]
    names = wide_tables.columns_after(names, rules["wide"]) if "wide" in rules else names
    names += [name for name in rules.get("year_of", {}) if name not in names]
    state = rules.get("state")
    if state:
        names = [name for name in names if name not in (state["column"], "iso3")] + ["iso3"]
    return names


def _renamed(
    table: Table, columns: Mapping[str, str], path: str, problems: Problems
) -> Table | None:
    cells = table.cells
    for ours, theirs in columns.items():
        if theirs not in cells.columns:
            message = f"the column {theirs!r}, which `columns` maps to {ours!r}, is not in the file"
            problems.add(path, message, row=1, nearest=nearest(theirs, cells.columns))
        elif ours in cells.columns and ours != theirs:
            problems.add(
                path,
                f"the file has a column {ours!r} and `columns` maps {theirs!r} to that name too",
                row=1,
            )
            return None
    given = list(columns.values())
    twice = sorted({theirs for theirs in given if given.count(theirs) > 1})
    if twice:
        problems.add(path, "`columns` gives one column two names", row=1, value=", ".join(twice))
        return None
    return table.renamed({theirs: ours for ours, theirs in columns.items()})


def _before_wide(numbers: Collection[str], rules: Rules, table: Table) -> list[str]:
    """Return the columns of the file that become those that are calculated with."""
    wanted = [name for name in numbers if name in table.cells]
    if "wide" in rules:
        parts = wide_tables.taken(list(table.cells.columns), rules["wide"])
        wanted += [name for block, names in parts if block["value"] in numbers for name in names]
    return [name for name in wanted if name not in rules.get("dates", {})]


# -- missing and infinite cells
# ------------------------------------------------------------------------------------------------


def _without_missing(table: Table, rules: Rules, path: str, problems: Problems) -> Table:
    """Return the table with an empty text in each cell that says that its value is not known.

    NA is the code of Namibia in a column that is said to hold ISO 3166-1 alpha-2 codes.
    """
    codes = list(map(str, rules.get("missing", [])))
    state = rules.get("state") or {}
    exempt = state.get("column") if state.get("as") == "iso2" else None
    numeric = any(map(_is_number, codes))
    cells, seen = table.cells, set[str]()
    emptied = {}
    for name in cells.columns:
        column = cells[name]
        gone = column.isin([*([] if name == exempt else MISSING)])
        values = floats(column) if numeric else None
        for code in codes:
            alike = _alike(column, values, code)
            if alike.any():
                seen.add(code)
                gone |= alike
        emptied[name] = column.mask(gone, "")
    for code in codes:
        if code not in seen:
            _say_unused("missing", code, pd.unique(cells.to_numpy().ravel()), path, problems)
    return table.with_cells(pd.DataFrame(emptied, index=cells.index), **dict(table.kinds))


def _alike(cells: pd.Series, values: pd.Series | None, code: str) -> pd.Series:
    """Tell which cells are a code; numbers compare as numbers (-9, -9.0)."""
    alike = cells == code
    if values is not None and _is_number(code) and abs(float(code)) < EXACT:
        alike |= values == float(code)
    return alike


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _without_infinite(table: Table, path: str, problems: Problems) -> Table:
    """Return the table with an empty text in the place of infinite numbers, and a note that counts
    them.
    """
    changed: dict[str, pd.Series] = {}
    for name in table.cells.columns:
        cells = table.cells[name]
        infinite = np.isinf(floats(cells))
        if infinite.any():
            changed[name] = cells.mask(infinite, "")
            count = int(infinite.sum())
            words = "1 infinite cell is" if count == 1 else f"{count} infinite cells are"
            table = table.noted(f"column {name}: {words} taken for missing")
    if not changed:
        problems.add(path, "no cell is infinite, but `infinite` says what becomes of them")
    return table.with_cells(table.cells.assign(**changed), **dict(table.kinds))


# -- recoding
# ------------------------------------------------------------------------------------------------


def _recoded(
    table: Table, column: str, codes: Mapping[str, Any], path: str, problems: Problems
) -> Table:
    if column not in table.cells:
        problems.add(
            path,
            f"the column {column!r}, which `recode` names, is not in the file",
            row=1,
            nearest=nearest(column, table.cells.columns),
        )
        return table
    cells = table.cells[column]
    new = _new_values(cells, table.kind(column), codes, column, path, problems)
    made = cells.map(lambda cell: new.get(cell, cell))
    kind = table.kind(column)
    if kind.name == CATEGORY:
        levels = [new.get(level, level) for level in kind.levels]
        kind = replace(kind, levels=tuple(dict.fromkeys(level for level in levels if level)))
    else:
        kind = Kind()
    return table.with_cells(table.cells.assign(**{column: made}), **{column: kind})


def _as_texts(codes: Mapping[str, Any]) -> dict[str, str]:
    return {str(old): "" if value is None else str(value) for old, value in codes.items()}


def _say_contradictions(
    exact: Mapping[str, str],
    by_number: Mapping[str, str],
    spelt: set[str],
    column: str,
    path: str,
    problems: Problems,
) -> None:
    """Say where `recode` gives one number two values, though not both spellings stand in the
    column (07 and 7, each as it stands).
    """
    for old, value in exact.items():
        other = by_number[plain_number(old)]
        if exact[other] != value and not {other, old} <= spelt:
            said = f"`recode` gives one number two values: {other} and {old}"
            problems.add(path, said, column=column, value=old)


def _new_values(
    cells: pd.Series,
    kind: Kind,
    codes: Mapping[str, Any],
    column: str,
    path: str,
    problems: Problems,
) -> dict[str, str]:
    """Return what each different cell becomes: an exact spelling comes first, then the same number
    in another.
    """
    exact = _as_texts(codes)
    by_number: dict[str, str] = {}
    for old in exact:
        by_number.setdefault(plain_number(old), old)
    _say_contradictions(exact, by_number, set(cells), column, path, problems)
    present = list(dict.fromkeys([*pd.unique(cells), *kind.levels]))
    meant = {cell: cell if cell in exact else by_number.get(plain_number(cell)) for cell in present}
    entries = {cell: entry for cell, entry in meant.items() if entry is not None}
    used = set(map(plain_number, entries.values()))
    for old in [old for old in exact if plain_number(old) not in used]:
        _say_unused("recode", old, present, path, problems, column)
    return {cell: exact[entry] for cell, entry in entries.items()}


def _say_unused(
    rule: str,
    entry: str,
    present: Collection[str],
    path: str,
    problems: Problems,
    column: str | None = None,
) -> None:
    known = [str(cell) for cell in present if cell != ""]
    shown = ", ".join(sorted(known)[:12]) if column and len(known) <= 12 else None
    problems.add(
        path,
        f"no cell has a value that `{rule}` names",
        column=column,
        value=entry,
        allowed=f"what stands there: {shown}" if shown else None,
        nearest=nearest_value(entry, known),
    )


def nearest_value(entry: str, known: Collection[str]) -> str | None:
    """Return the value of a column that is most like one that no cell has: a text alike, or the
    number that comes closest.
    """
    close = nearest(entry, known)
    if close is not None and close != entry:
        return close
    if not _is_number(entry):
        return None
    numbers = [cell for cell in known if _is_number(cell)]
    return min(numbers, key=lambda cell: abs(float(cell) - float(entry)), default=None)
