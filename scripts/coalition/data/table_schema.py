"""Schemas of tables: read from schemas/tables/*.yaml; they validate a file cell by cell and print
the codebook.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import Problems, nearest
from ..base.files import read_own_yaml
from .country_names import Names, meant, names_of

CODE = 3
"""Letters of the code of a state; what is longer is meant as a name."""
SCHEMAS = Path(__file__).parents[3] / "schemas" / "tables"


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
    label: str = ""
    """A few words for programs that show at most 80 characters; "" where the description is so
    short.
    """
    labels: tuple[tuple[int, str], ...] = ()
    """What the numbers of a scale stand for."""


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
        """Return the column of that name; a column of the declared other type; or None where it is
        unknown.
        """
        known = {column.name: column for column in self.columns}
        return known.get(name) or (Column(name, self.other_columns) if self.other_columns else None)


def number_rows(raw: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Fill in the counter of a table whose other key columns may repeat, where the file has
    none.
    """
    if schema.counter is None or schema.counter in raw.columns:
        return raw
    others = [name for name in schema.key if name != schema.counter and name in raw.columns]
    return (
        raw.assign(**{schema.counter: (raw.groupby(others).cumcount() + 1).astype(str)})
        if others
        else raw
    )


@dataclass(frozen=True)
class Known:
    """What names may refer to: the states, code -> name, and the ids of sources (None: not
    checked); and where both are listed.
    """

    states: Mapping[str, str] | None = None
    sources: Collection[str] | None = None
    states_file: str = "the states file"
    sources_file: str = "the sources file"
    table: pd.DataFrame | None = None

    @cached_property
    def names(self) -> Names | None:
        """What a state can be called; None where the states are not known."""
        return names_of(self.table) if self.table is not None else None

    def nearest_state(self, word: str) -> str | None:
        """Return the code of the state that a word names or nearly names, or the code that is most
        like it.
        """
        if self.names is not None and (code := meant(word, self.names)):
            return code
        if len(word) <= CODE:
            first = word[:1].upper()
            return nearest(word, [code for code in self.states or () if code.startswith(first)])
        named = {name.casefold(): code for code, name in (self.states or {}).items()}
        close = nearest(word.casefold(), named)
        return named[close] if close else None


@cache
def load(table: str) -> Schema:
    """Read the schema of one table."""
    return read_schema(SCHEMAS / f"{table}.yaml")


def read_schema(path: Path) -> Schema:
    """Read a schema from its file."""
    content = read_own_yaml(path)
    columns = tuple(column_of(name, entry) for name, entry in content["columns"].items())
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


def column_of(name: str, entry: Mapping[str, Any]) -> Column:
    """Return a column as an entry of a schema declares it."""
    allowed = tuple(str(value) for value in entry.get("allowed", ()))
    labels = tuple((int(value), text) for value, text in entry.get("labels", {}).items())
    return Column(name, **{**entry, "allowed": allowed, "labels": labels})


# -- validation
# ------------------------------------------------------------------------------------------------


def validate(
    raw: pd.DataFrame, schema: Schema, place: str, known: Known, problems: Problems
) -> pd.DataFrame:
    """Check every cell of a table and give the columns their types.

    Parameters
    ----------
    raw : DataFrame of str, shape (n, any)
        As `reading.read` returns it: columns under their canonical names, the line of the file as
        index.
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
            problems.add(
                place,
                f"unknown column {name!r}",
                row=1,
                nearest=nearest(name, known_columns),
                allowed=shown,
            )
    for column in schema.columns:
        if column.required and column.name not in raw.columns:
            problems.add(
                place,
                f"the column {column.name!r} is missing",
                row=1,
                nearest=nearest(column.name, raw.columns),
            )
    typed = {}
    for name in raw.columns:
        declared = schema.column(name)
        if declared is not None:
            typed[name] = _column(raw[name], declared, place, known, problems)
    table = pd.DataFrame(typed, index=raw.index)
    _check_key(table, raw, schema, place, problems)
    _check_order(table, schema, place, problems)
    return table


def _column(
    text: pd.Series, column: Column, place: str, known: Known, problems: Problems
) -> pd.Series:
    empty = text == ""
    if column.required:
        _report(text[empty], column, place, "empty, but every row needs a value", problems)
    values, wrong = PARSERS[column.type](text.where(~empty), known)
    _report_wrong(text[wrong & ~empty], column, place, known, problems)
    good = values.where(~wrong)
    if column.allowed:
        outside = ~text.isin(column.allowed) & ~empty & ~wrong
        if column.type == "integer":
            outside &= ~good.isin([int(value) for value in column.allowed])
        _report(
            text[outside],
            column,
            place,
            "not one of the values of this column",
            problems,
            options=column.allowed,
        )
        good = good.where(~outside)
    if column.min is not None or column.max is not None:
        outside = pd.Series(False, index=text.index)
        outside |= (good < column.min).fillna(False) if column.min is not None else False
        outside |= (good > column.max).fillna(False) if column.max is not None else False
        _report(text[outside], column, place, "outside its range", problems)
    return good


def _report_wrong(
    cells: pd.Series, column: Column, place: str, known: Known, problems: Problems
) -> None:
    """Note the cells that are not of their column's type."""
    message = EXPECTED[column.type][0]
    for line, value in cells.items():
        details = {"row": int(str(line)), "column": column.name, "allowed": _allowed(column, known)}
        if column.type == "state":
            problems.add(place, message, value=value, nearest=known.nearest_state(value), **details)
        elif column.type == "sources":
            for word in (part for part in _parts(value) if part not in (known.sources or ())):
                problems.add(
                    place,
                    message,
                    value=word,
                    nearest=nearest(word, known.sources or ()),
                    **details,
                )
        else:
            problems.add(
                place, message, value=value, nearest=nearest(value, column.allowed), **details
            )


def _report(
    cells: pd.Series,
    column: Column,
    place: str,
    message: str,
    problems: Problems,
    options: Collection[str] = (),
) -> None:
    for line, value in cells.items():
        allowed = _allowed(column, Known()) if value else None
        problems.add(
            place,
            message,
            row=int(str(line)),
            column=column.name,
            value=value or None,
            allowed=allowed,
            nearest=nearest(value, options),
        )


def _allowed(column: Column, known: Known) -> str | None:
    """Return in words what may stand in a column."""
    if column.type in ("state", "sources"):
        return EXPECTED[column.type][1].format(states=known.states_file, sources=known.sources_file)
    if column.allowed:
        words = ", ".join(column.allowed)
    elif column.min is not None and column.max is not None:
        words = f"{column.min:g} to {column.max:g}"
    elif column.min is not None:
        words = f"{column.min:g} or more"
    elif column.max is not None:
        words = f"at most {column.max:g}"
    else:
        words = EXPECTED[column.type][1]
    return words if column.required else f"{words}, or an empty cell where it is not known"


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
    if (
        len(pieces) not in parts
        or [len(piece) for piece in pieces] != [4, 2, 2][: len(pieces)]
        or not all(piece.isascii() and piece.isdigit() for piece in pieces)
    ):
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
    wrong = (
        ~text.isin(list(known.states)) & text.notna()
        if known.states is not None
        else pd.Series(False, index=text.index)
    )
    return text, wrong


def _sources(text: pd.Series, known: Known) -> tuple[pd.Series, pd.Series]:
    if known.sources is None:
        return text, pd.Series(False, index=text.index)
    resolves = [
        value
        for value in text.dropna().unique()
        if all(part in known.sources for part in _parts(value))
    ]
    return text, text.notna() & ~text.isin(resolves)


PARSERS: Mapping[str, Callable[[pd.Series, Known], tuple[pd.Series, pd.Series]]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "date": _dates(3),
    "partial_date": _dates(1, 2, 3),
    "state": _state,
    "sources": _sources,
}
EXPECTED: Mapping[str, tuple[str, str]] = {
    "text": ("not a text", "a text"),
    "number": ("not a number", "a number"),
    "integer": ("not a whole number", "a whole number"),
    "date": ("not a date", "YYYY-MM-DD"),
    "partial_date": ("not a date", "YYYY, YYYY-MM or YYYY-MM-DD"),
    "state": ("not the code of a state", "the codes in {states}"),
    "sources": (
        "a source that is not in the bibliography",
        "the ids in {sources}, several separated by semicolons",
    ),
}
"""For each type of column: what is wrong with a cell that is not of it, and what may stand there.
"""


def _check_key(
    table: pd.DataFrame, raw: pd.DataFrame, schema: Schema, place: str, problems: Problems
) -> None:
    key = list(schema.key)
    for name in (name for name in key if name in table.columns):
        column = schema.column(name)
        if column is not None and not column.required:
            _report(
                raw[name][raw[name] == ""],
                column,
                place,
                "empty, but it is part of the key",
                problems,
            )
    if not set(key) <= set(table.columns):
        return
    for line, row in table[table.duplicated(key) & table[key].notna().all(axis=1)].iterrows():
        same = table.index[(table[key] == row[key]).all(axis=1)][0]
        value = ", ".join(str(part) for part in row[key])
        problems.add(
            place, f"the same {' + '.join(key)} as line {same}", row=int(str(line)), value=value
        )


def _check_order(table: pd.DataFrame, schema: Schema, place: str, problems: Problems) -> None:
    for first, second in schema.order:
        if not {first, second} <= set(table.columns):
            continue
        both = table[[first, second]].dropna()
        for line, row in both.iterrows():
            before, after = str(row[first]), str(row[second])
            length = min(len(before), len(after))  # partial dates are compared as far as both go
            if before[:length] > after[:length]:
                problems.add(
                    place,
                    f"{first} is after {second}",
                    row=int(str(line)),
                    value=f"{before} to {after}",
                )
