"""What a reader must know of the columns of a user's file that is no fault: numbers that may be codes
for gaps, rows without a unit or a time.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ..base.keys import Keys
from ..formula.column_uses import Uses

GAP_CODES = frozenset(
    number * sign for sign in (-1, 1) for d in (6, 7, 8, 9) for number in (d, 11 * d, 111 * d, 1111 * d)
) | {-98, -97, -96, 98, 97, 96, -998, -997, 998, 997}  # fmt: skip
"""Numbers with which files say that a value is not known: -9 (Correlates of War), -66, -77 and -88
(Polity), 98 and 99 (surveys), -999 and the like.
"""


def notes(table: pd.DataFrame, uses: Uses, keys: Keys) -> list[str]:
    """Return a sentence for each thing that a reader must know.

    Parameters
    ----------
    table : DataFrame, shape (rows, columns)
        The columns as what they are.
    uses : Uses
    keys : Keys
        Of the sample.
    """
    panel = [*keys.unit, *([keys.time] if keys.time else [])]
    return [*_without_key(table, panel), *_gap_codes(table, uses)]


def _without_key(table: pd.DataFrame, panel: list[str]) -> Iterator[str]:
    """Count rows that no unit or time can be told of: no lag is theirs."""
    for column in (name for name in dict.fromkeys(panel) if name in table):
        count = int(table[column].isna().sum())
        if count:
            yield f"{count:,} {'row has' if count == 1 else 'rows have'} no {column}"


def _gap_codes(table: pd.DataFrame, uses: Uses) -> Iterator[str]:
    """Name numbers that a model takes for values and that lie apart from all others, as codes for
    gaps do.
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
            if _apart(float(str(code)), low, high):
                yield (
                    f"column {column}: {count:,} {'cell is' if count == 1 else 'cells are'} "
                    f"{code:g}, apart from the others ({low:g} to {high:g}), and used as a number; "
                    f"if it says that the value is not known, `missing: [{code:g}]` in `reading`"
                )


def _apart(code: float, low: float, high: float) -> bool:
    """Tell whether a number lies farther from all others than these from each other, or is the only
    kind below zero.
    """
    return (code < 0 <= low) or code > high + (high - low) or code < low - (high - low)
