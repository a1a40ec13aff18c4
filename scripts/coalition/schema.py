"""Schemas of tables: read from schemas/tables/*.yaml; they validate a file cell by cell and print the codebook."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from .errors import Problems, nearest
from .identify import Names, names_of

SCHEMAS = Path(__file__).parents[2] / "schemas" / "tables"


@dataclass(frozen=True)
class Column:
    """One column: what may stand in it, and what it means."""

    name: str
    type: str = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    unit: str = ""
    description: str = ""


@dataclass(frozen=True)
class Schema:
    """One table: what a row is, what names it, and its columns."""

    table: str
    title: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    order: tuple[tuple[str, str], ...] = ()
    other_columns: str | None = None
    counter: str | None = None

    def column(self, name: str) -> Column | None:
        """Return the column of that name; a column of the declared other type; or None where it is unknown."""
        known = {column.name: column for column in self.columns}
        return known.get(name) or (Column(name, self.other_columns) if self.other_columns else None)


def number_rows(raw: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Fill in the counter of a table whose other key columns may repeat, where the file has none."""
    if schema.counter is None or schema.counter in raw.columns:
        return raw
    others = [name for name in schema.key if name != schema.counter and name in raw.columns]
    return raw.assign(**{schema.counter: (raw.groupby(others).cumcount() + 1).astype(str)}) if others else raw


@dataclass(frozen=True)
class Known:
    """What names may refer to: the codes of states and the ids of sources (None: not checked), and the table of states."""

    states: Collection[str] | None = None
    sources: Collection[str] | None = None
    table: pd.DataFrame | None = None

    @property
    def names(self) -> Names | None:
        """What a state can be called; None where the states are not known."""
        return names_of(self.table) if self.table is not None else None


@cache
def load(table: str) -> Schema:
    """Read the schema of one table."""
    content = yaml.safe_load((SCHEMAS / f"{table}.yaml").read_text(encoding="utf-8"))
    columns = tuple(
        Column(name, **{**entry, "allowed": tuple(str(value) for value in entry.get("allowed", ()))})
        for name, entry in content["columns"].items()
    )
    return Schema(
        table=content["table"],
        title=content["title"],
        row=content["row"],
        key=tuple(content["key"]),
        columns=columns,
        order=tuple(tuple(pair) for pair in content.get("order", ())),
        other_columns=content.get("other_columns"),
        counter=content.get("counter"),
    )


# -- validation ---------------------------------------------------------------------------------------------------


def validate(raw: pd.DataFrame, schema: Schema, place: str, known: Known, problems: Problems) -> pd.DataFrame:
    """Check every cell of a table and give the columns their types.

    Parameters
    ----------
    raw : DataFrame of str, shape (n, any)
        As `reading.read` returns it: columns under their canonical names, the line of the file as index.
    schema : Schema
    place : str
        The file's name, for messages.
    known : Known
    problems : Problems
        Takes everything that is wrong; cells that are wrong come back empty.

    Returns
    -------
    DataFrame, shape (n, columns of the schema that the file has)
    """
    for name in raw.columns:
        if schema.column(name) is None:
            known_columns = [column.name for column in schema.columns]
            shown = ", ".join(known_columns) if len(known_columns) <= 20 else None
            problems.add(place, f"unknown column {name!r}", row=1, nearest=nearest(name, known_columns), allowed=shown)
    for column in schema.columns:
        if column.required and column.name not in raw.columns:
            problems.add(place, f"the column {column.name!r} is missing", row=1, nearest=nearest(column.name, raw.columns))
    typed = {}
    for name in raw.columns:
        column = schema.column(name)
        if column is not None:
            typed[name] = _column(raw[name], column, place, known, problems)
    table = pd.DataFrame(typed, index=raw.index)
    _check_key(table, raw, schema, place, problems)
    _check_order(table, schema, place, problems)
    return table


def _column(text: pd.Series, column: Column, place: str, known: Known, problems: Problems) -> pd.Series:
    empty = text == ""
    if column.required:
        _report(text[empty], column, place, "empty, but every row needs a value", problems)
    parse = PARSERS[column.type]
    values, wrong = parse(text.where(~empty), known)
    message, allowed = EXPECTED[column.type]
    options = known.states if column.type == "state" else known.sources if column.type == "sources" else None
    _report(text[wrong & ~empty], column, place, message, problems, allowed=allowed, options=options)
    good = values.where(~wrong)
    if column.allowed:
        outside = ~text.isin(column.allowed) & ~empty & ~wrong
        if column.type == "integer":
            outside &= ~good.isin([int(value) for value in column.allowed])
        _report(text[outside], column, place, "not one of the values of this column", problems, ", ".join(column.allowed), column.allowed)
        good = good.where(~outside)
    if column.min is not None or column.max is not None:
        low, high = column.min, column.max
        outside = pd.Series(False, index=text.index)
        outside |= (good < low).fillna(False) if low is not None else False
        outside |= (good > high).fillna(False) if high is not None else False
        span = (
            f"{low:g} to {high:g}"
            if low is not None and high is not None
            else f"{low:g} or more"
            if low is not None
            else f"at most {high:g}"
        )
        _report(text[outside], column, place, "outside its range", problems, allowed=span)
    return good


def _report(
    cells: pd.Series,
    column: Column,
    place: str,
    message: str,
    problems: Problems,
    allowed: str | None = None,
    options: Collection[str] | None = None,
) -> None:
    for line, value in cells.items():
        word = next((part for part in _parts(value) if options and part not in options), value)
        close = nearest(word, options) if options else None
        problems.add(place, message, row=int(line), column=column.name, value=value or None, allowed=allowed, nearest=close)


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(";")]


def _text(text: pd.Series, known: Known) -> tuple[pd.Series, pd.Series]:
    return text, pd.Series(False, index=text.index)


def _number(text: pd.Series, known: Known) -> tuple[pd.Series, pd.Series]:
    values = pd.to_numeric(text, errors="coerce").astype("float64")
    return values, text.notna() & (values.isna() | values.abs().eq(float("inf")))


def _integer(text: pd.Series, known: Known) -> tuple[pd.Series, pd.Series]:
    values, wrong = _number(text, known)
    wrong |= values.notna() & (values != values.round())
    return values.where(~wrong).astype("Int64"), wrong


def _is_date(value: str, parts: tuple[int, ...]) -> bool:
    pieces = value.split("-")
    if len(pieces) not in parts or [len(piece) for piece in pieces] != [4, 2, 2][: len(pieces)] or not all(map(str.isdigit, pieces)):
        return False
    try:
        date(*(int(piece) for piece in [*pieces, "01", "01"][:3]))
    except ValueError:
        return False
    return True


def _dates(*parts: int) -> Callable[[pd.Series, Known], tuple[pd.Series, pd.Series]]:
    def parse(text: pd.Series, known: Known) -> tuple[pd.Series, pd.Series]:
        return text, text.notna() & ~text.map(lambda value: _is_date(str(value), parts))

    return parse


def _state(text: pd.Series, known: Known) -> tuple[pd.Series, pd.Series]:
    wrong = ~text.isin(list(known.states)) & text.notna() if known.states is not None else pd.Series(False, index=text.index)
    return text, wrong


def _sources(text: pd.Series, known: Known) -> tuple[pd.Series, pd.Series]:
    if known.sources is None:
        return text, pd.Series(False, index=text.index)
    resolves = {value: all(part in known.sources for part in _parts(value)) for value in text.dropna().unique()}
    return text, text.notna() & ~text.map(resolves).fillna(False).astype(bool)


PARSERS: Mapping[str, Callable[[pd.Series, Known], tuple[pd.Series, pd.Series]]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "date": _dates(3),
    "partial_date": _dates(1, 2, 3),
    "state": _state,
    "sources": _sources,
}
EXPECTED: Mapping[str, tuple[str, str | None]] = {
    "text": ("not a text", None),
    "number": ("not a number", "a number, or an empty cell where it is not known"),
    "integer": ("not a whole number", "a whole number, or an empty cell where it is not known"),
    "date": ("not a date", "YYYY-MM-DD"),
    "partial_date": ("not a date", "YYYY, YYYY-MM or YYYY-MM-DD"),
    "state": ("not a code of data/states.csv", "ISO 3166-1 alpha-3 codes"),
    "sources": ("a source that is not in the bibliography", "ids of the sources file, separated by semicolons"),
}


def _check_key(table: pd.DataFrame, raw: pd.DataFrame, schema: Schema, place: str, problems: Problems) -> None:
    key = list(schema.key)
    for name in (name for name in key if name in table.columns):
        column = schema.column(name)
        if column is not None and not column.required:
            _report(raw[name][raw[name] == ""], column, place, "empty, but it is part of the key", problems)
    if not set(key) <= set(table.columns):
        return
    for line, row in table[table.duplicated(key) & table[key].notna().all(axis=1)].iterrows():
        same = table.index[(table[key] == row[key]).all(axis=1)][0]
        value = ", ".join(str(part) for part in row[key])
        problems.add(place, f"the same {' + '.join(key)} as another row", row=int(line), value=f"{value}; first in line {same}")


def _check_order(table: pd.DataFrame, schema: Schema, place: str, problems: Problems) -> None:
    for first, second in schema.order:
        if not {first, second} <= set(table.columns):
            continue
        both = table[[first, second]].dropna()
        for line, row in both.iterrows():
            before, after = str(row[first]), str(row[second])
            length = min(len(before), len(after))  # partial dates are compared as far as both go
            if before[:length] > after[:length]:
                problems.add(place, f"{first} is after {second}", row=int(line), value=f"{before} to {after}")
