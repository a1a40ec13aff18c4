"""What is wrong with the columns of a user's file for the models that use them, told of the
file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import Problems
from ..base.yaml_text import setting
from ..data.assembled import note_forbidden
from ..data.dates import ISO
from ..data.number_marks import marked
from ..data.recoding import nearest_value
from ..data.typed_table import Table, floats, foreign_digits, inexact, plain_number
from ..formula.column_uses import Uses

BESIDE_A_SIGN = (
    r"(?=.*[%$€£¥()\u2212\u2013\s'’])[-+(\u2212\u2013]*\s*[$€£¥]?\s*[-+\u2212\u2013]?"
    r"\d[\d.,\s'’]*[%$€£¥)]*"
)
"""A number with a sign of percent or of a currency, in brackets, with spaces, or below zero by a
dash that is no minus of a keyboard.
"""


A_DATE = r"\d{4}-\d{2}(-\d{2}([T ].*)?)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
DATES = (
    "it holds dates; `{0}` in `reading` makes a column of their years (`dates` "
    "says in which form they stand, if not as 2003-03-20)"
)
SIGNS = (
    (r"%", "a sign of percent stands behind it; take it out of the cells"),
    (r"[$€£¥]", "a sign of a currency stands beside it; take it out of the cells"),
    (r"\(", "it stands in brackets, as accounts write numbers below zero; write (12) as -12"),
    (r"[\u2212\u2013]", "a dash stands where a minus should; replace it by -"),
    (r"['’]", 'an apostrophe stands between its digits; name it as `thousands: "\'"` in `reading`'),
    (r"\s", "a space stands between its digits; name it as `thousands: ' '` in `reading`"),
)
"""What can stand beside the digits of a number, and what to do about it."""


def check(
    raw: Table, table: pd.DataFrame, spec: Mapping[str, Any], uses: Uses, problems: Problems
) -> None:
    """Note what is wrong with the columns that the models use.

    Parameters
    ----------
    raw : Table
        The cells of the file after its rules of reading.
    table : DataFrame
        The same as what they are, under row numbers from 0.
    spec : mapping
        The sample's entry in the config.
    uses : Uses
    problems : Problems
    """
    if raw.cells.empty:
        return  # every row went with a name that is no state, which is said
    place = spec["file"]
    every = dict.fromkeys([*uses.used, *uses.names, *uses.numbers])
    present = _among(raw.cells, every)
    note_forbidden(raw, present, place, problems)
    filled = [name for name in present if raw.cells[name].ne("").any()]
    for column in present:
        if column not in filled:
            problems.add(place, "the column has no cell with a value", column=column)
    for column in _among(raw.cells, uses.names):
        _check_exact(raw, column, place, problems)
    for column in _among(filled, uses.whole):
        _check_whole(raw.cells[column], column, place, problems)
    numeric = {name for name in filled if pd.api.types.is_numeric_dtype(table[name])}
    _check_values(raw.cells[filled], numeric, uses, place, problems)
    _check_named(raw, table[filled], uses, problems)


def _among(known: Container[str], names: Iterable[str]) -> list[str]:
    return [name for name in names if name in known]


def _check_values(
    cells: pd.DataFrame, numeric: set[str], uses: Uses, place: str, problems: Problems
) -> None:
    """Note codes, infinite numbers and texts in columns that have a value; `numeric` are those that
    were read as numbers.
    """
    for column in cells:
        if column in numeric.difference(uses.numbers):
            _check_codes(cells[column], column, place, problems)
    for column in cells:
        if column in {*uses.numbers, *uses.outcomes}:
            _check_infinite(cells[column], column, place, problems)
    for column in cells.drop(columns=list(numeric)):
        if column in uses.numbers:
            _check_numbers(cells[column], column, place, problems)
        elif column in uses.outcomes:
            _check_scale(cells[column], column, place, problems)


def _check_named(raw: Table, filled: pd.DataFrame, uses: Uses, problems: Problems) -> None:
    """Note values that `levels` or a condition names and that no cell has, or not as it is
    written; `filled` are the columns with a value.
    """
    for where, (column, levels) in uses.levels.items():
        _check_entries(where, raw, column, levels, "levels", problems)
    for where, column, values in uses.values:
        rule = "any_of" if ".any_of[" in where else "where"
        _check_entries(where, raw, column, tuple(map(str, values)), rule, problems)
        if column in filled:
            known = {plain_number(cell) for cell in pd.unique(raw.cells[column])}
            found = [value for value in values if plain_number(str(value)) in known]
            _check_kinds(where, filled[column], found, problems)


def _check_exact(raw: Table, column: str, place: str, problems: Problems) -> None:
    """Note names that are numbers too long for the file that holds them: two could be one."""
    cells = raw.cells[column]
    for line, cell in cells[inexact(cells, raw.kind(column))].items():
        problems.add(
            place,
            "a number of which the file no longer holds all digits, but it names a unit, a cluster "
            "or a row; save the column as text",
            row=int(str(line)),
            column=column,
            value=cell,
        )


def _check_codes(cells: pd.Series, column: str, place: str, problems: Problems) -> None:
    """Note codes that are one number in two spellings, one of them with zeros before it: 07 and 7
    may be one category or two.
    """
    padded = [cell for cell in pd.unique(cells) if re.fullmatch(r"0+\d+", cell)]
    others = set(pd.unique(cells)) - set(padded)
    for code in (cell for cell in padded if plain_number(cell) in others):
        bare = plain_number(code)
        first = int(str(cells.index[cells == code][0]))
        second = int(str(cells.index[cells == bare][0]))
        problems.add(
            place,
            f"{code} and {bare} (line {second}) are one number and may be two codes; "
            f"`{setting('recode', {column: {code: bare}})}` makes one of them, and names for both "
            "keep them apart",
            row=first,
            column=column,
            value=code,
        )


def _check_whole(cells: pd.Series, column: str, place: str, problems: Problems) -> None:
    """Note empty cells of a column of whose values each is left out in turn, and one with fewer
    than
    three: what is left would say nothing of the rest.
    """
    for line in cells.index[cells == ""]:
        text = "empty, but a hypothesis leaves out each value of this column (`leave_out`)"
        problems.add(place, text, row=int(str(line)), column=column)
    values = [cell for cell in pd.unique(cells) if cell]
    if len(values) < 3:
        text = "too few values to leave each out in turn (`leave_out` of a hypothesis)"
        problems.add(place, text, column=column, value=", ".join(values), allowed="three or more")


def _check_infinite(cells: pd.Series, column: str, place: str, problems: Problems) -> None:
    for line, cell in cells[np.isinf(floats(cells))].items():
        problems.add(
            place,
            "an infinite number, and a model uses this column; `infinite: missing` in `reading` "
            "takes such cells for missing and counts them",
            row=int(str(line)),
            column=column,
            value=cell,
        )


def _texts(cells: pd.Series) -> pd.Series:
    return cells[(cells != "") & floats(cells).isna()]


def _check_digits(cells: pd.Series, column: str, place: str, problems: Problems) -> bool:
    """Note cells of digits that are not 0 to 9; tell whether there are any."""
    wrong = cells[foreign_digits(cells)]
    for line, cell in wrong.items():
        problems.add(
            place,
            "a number in other digits than 0 to 9, and a model uses this column",
            row=int(str(line)),
            column=column,
            value=cell,
            allowed="a number in the digits 0 to 9",
        )
    return len(wrong) > 0


def _check_numbers(cells: pd.Series, column: str, place: str, problems: Problems) -> None:
    """Note the cells that make texts of a column of numbers: a remark, a missing code."""
    other = _texts(cells)
    if _check_digits(cells, column, place, problems):
        other = other[~foreign_digits(other)]
    elif len(other) == (cells != "").sum():
        _check_dressed(other, column, place, problems)
        return  # of a column of other texts the model says so
    _check_dressed(other[other.str.fullmatch(BESIDE_A_SIGN)], column, place, problems)
    other = other[~other.str.fullmatch(BESIDE_A_SIGN)]
    other = other[~marked(other)]  # of marks it was asked when the file was read
    for line, cell in other.items():
        problems.add(
            place,
            "not a number, but the models calculate with this column; `missing` of `reading` names "
            "codes for gaps",
            row=int(str(line)),
            column=column,
            value=cell,
        )


def _check_dressed(texts: pd.Series, column: str, place: str, problems: Problems) -> None:
    """Note a column whose cells all are dates, or numbers beside a sign: categories of them would
    be the wrong way out.
    """
    for form, hint in (
        (BESIDE_A_SIGN, None),
        (A_DATE, DATES.format(setting("year_of", {"NAME": column}))),
    ):
        found = texts[texts.str.fullmatch(form)]
        if 2 * len(found) > len(texts):
            problems.add(
                place,
                f"not a number, but the models calculate with this column ({len(found)} cells): "
                + (hint or _dress(str(found.iloc[0]))),
                row=int(str(found.index[0])),
                column=column,
                value=str(found.iloc[0]),
            )


def _dress(cell: str) -> str:
    """Return what stands beside the digits of a cell, and what to do about it."""
    return next(words for mark, words in SIGNS if re.search(mark, cell))


def _check_scale(cells: pd.Series, column: str, place: str, problems: Problems) -> None:
    """Note the texts among the numbers of an outcome: each would be one more level, at the end."""
    other = _texts(cells)
    if _check_digits(cells, column, place, problems):
        other = other[~foreign_digits(other)]
    elif 2 * len(other) >= (cells != "").sum():
        return
    for line, cell in other.items():
        problems.add(
            place,
            "a text among the numbers of an outcome; `missing` of `reading` names codes for gaps, "
            "and `levels` of the model the order of levels",
            row=int(str(line)),
            column=column,
            value=cell,
        )


def _check_entries(
    place: str,
    raw: Table,
    column: str,
    entries: Collection[str],
    rule: str,
    problems: Problems,
) -> None:
    """Note values that a model names and that no cell has; numbers compare as numbers."""
    if column not in raw.cells:
        return
    known = [cell for cell in pd.unique(raw.cells[column]) if cell]
    spelt = {plain_number(cell) for cell in known}
    for entry in entries:
        if plain_number(entry) not in spelt:
            problems.add(
                place,
                f"no cell of the column {column!r} has a value that `{rule}` names",
                value=entry,
                nearest=nearest_value(entry, known),
            )


def _check_kinds(
    place: str, column: pd.Series, values: Collection[Any], problems: Problems
) -> None:
    """Note texts that a condition looks for among numbers, and the reverse: none is ever found."""
    numbers = pd.api.types.is_numeric_dtype(column)
    for value in values:
        if numbers and isinstance(value, str):
            text = (
                f"the column {column.name!r} holds numbers, and a value in quotation marks is "
                "a text"
            )
            problems.add(place, text, value=value)
        elif not numbers and not isinstance(value, str):
            text = f"the column {column.name!r} holds texts; put the value in quotation marks"
            problems.add(place, text, value=str(value))


def check_time(cells: pd.Series, place: str, problems: Problems) -> None:
    """Note what stands in the panel's time and is no whole number; dates in one sentence."""
    column = str(cells.name)
    dates = cells[cells.str.fullmatch(ISO.pattern)]
    if len(dates):
        problems.add(
            place,
            "the panel's time must be a whole number, and the column holds dates; "
            f"`{setting('year_of', {column: column})}` in `reading` takes their years",
            row=int(dates.index[0]),
            column=column,
            value=str(dates.iloc[0]),
        )
        return
    whole = (floats(cells) % 1).eq(0)
    for line, cell in cells[(cells != "") & ~whole].items():
        problems.add(
            place,
            "the panel's time must be a whole number",
            row=int(str(line)),
            column=column,
            value=cell,
        )
