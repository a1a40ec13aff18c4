"""What a reader must know of the columns of a user's file that is no fault: numbers and labels that
may
stand for gaps, rows without a unit or a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from ..base.keys import Keys
from ..base.yaml_text import setting
from ..data.typed_table import Table, plain_number
from ..formula.column_uses import Uses

GAP_CODES = frozenset(
    number * sign for sign in (-1, 1) for d in (6, 7, 8, 9) for number in (d, 11 * d, 111 * d,
    1111 * d)
) | {-98, -97, -96, 98, 97, 96, -998, -997, 998, 997}  # fmt: skip
"""Numbers with which files say that a value is not known: -9 (Correlates of War), -66, -77 and -88
(Polity), 98 and 99 (surveys), -999 and the like.
"""


Labels = Mapping[str, Mapping[str, str]]
"""Column -> value -> what the file calls it."""
GAP_LABELS = re.compile(
    r"(do ?n[o']?t|does not|doesn't|did not|didn't) (know|answer|say)\b.*|can('t|not) (say|choose)|"
    r"dk|na|n/a|dk ?/ ?(na|nr|rf)|"
    r"refus(ed|al|es)\b.*|no (answer|response|opinion|reply|data|information)\b.*|"
    r"not (asked|answered|applicable|available|ascertained|stated|known)\b.*|"
    r"inap(plicable|p)?|missing|unknown|undetermined|declined to (answer|say)|prefer not to .*|"
    r"skipped|weiß nicht|weiss nicht|keine (angabe|antwort)|verweigert|trifft nicht zu|"
    r"ne sait pas|sans réponse|refus|no sabe|no contesta|ns ?/ ?nc"
)
"""How surveys call it that a question has no answer, without capitals."""


def notes(table: pd.DataFrame, raw: Table, uses: Uses, keys: Keys) -> list[str]:
    """Return a sentence for each thing that a reader must know.

    Parameters
    ----------
    table : DataFrame, shape (rows, columns)
        The columns as what they are.
    raw : Table
        The same as the file has them, with what it calls their codes.
    uses : Uses
    keys : Keys
        Of the sample.
    """
    panel = [*keys.unit, *([keys.time] if keys.time else [])]
    called = _gap_labels(raw, uses)
    return [
        *_without_key(table, panel),
        *_gap_codes(table, uses, called),
        *(note for column, values in called.items() for note in _said(raw, column, values)),
    ]


def _without_key(table: pd.DataFrame, panel: list[str]) -> Iterator[str]:
    """Count rows that no unit or time can be told of: no lag is theirs."""
    for column in (name for name in dict.fromkeys(panel) if name in table):
        count = int(table[column].isna().sum())
        if count:
            yield f"{count:,} {'row has' if count == 1 else 'rows have'} no {column}"


def _gap_codes(table: pd.DataFrame, uses: Uses, called: Labels) -> Iterator[str]:
    """Name numbers that a model takes for values and that lie apart from all others, as codes for
    gaps do; of those that the file itself `called` a gap more is known.
    """
    for column in dict.fromkeys((*uses.numbers, *uses.outcomes)):
        if column not in table or not pd.api.types.is_numeric_dtype(table[column]):
            continue
        values = table[column].dropna().astype(float)
        coded = values.isin(GAP_CODES)
        rest = values[~coded]
        if not coded.any() or rest.nunique() < 2:
            continue
        low, high = float(rest.min()), float(rest.max())
        for code, count in values[coded].value_counts().sort_index().items():
            named = plain_number(str(code)) in called.get(column, ())
            if not named and _apart(float(str(code)), low, high):
                gap = setting("missing", [int(str(code).removesuffix(".0"))])
                yield (
                    f"column {column}: {count:,} {'cell is' if count == 1 else 'cells are'} "
                    f"{code:g}, apart from the others ({low:g} to {high:g}), and used as a number; "
                    f"if it says that the value is not known, `{gap}` in `reading`"
                )


def _gap_labels(raw: Table, uses: Uses) -> Labels:
    """Return the values that the file calls refused, not known and the like, of the columns that
    models use and that name nothing.
    """
    found: dict[str, dict[str, str]] = {}
    for column in (name for name in uses.used if name in raw.cells and name not in uses.names):
        labels = dict(raw.kind(column).labels)
        for value in pd.unique(raw.cells[column]):
            called = labels.get(value, value)
            if GAP_LABELS.fullmatch(called.strip().casefold().replace("’", "'")):
                found.setdefault(column, {})[value] = called
    return found


def _said(raw: Table, column: str, values: Mapping[str, str]) -> Iterator[str]:
    for value, called in values.items():
        count = int(raw.cells[column].eq(value).sum())
        words = f'"{value}"' if called == value else f'{value}, which the file calls "{called}"'
        yield (
            f"column {column}: {count:,} {'cell is' if count == 1 else 'cells are'} {words}, and "
            "used as a value; if it says that the value is not known, "
            f"`{setting('recode', {column: {value: None}})}` in `reading`"
        )


def _apart(code: float, low: float, high: float) -> bool:
    """Tell whether a number lies farther from all others than these from each other, or is the only
    kind below zero.
    """
    return (code < 0 <= low) or code > high + (high - low) or code < low - (high - low)
