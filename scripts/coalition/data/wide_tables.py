"""Tables with a column a year: columns such as troops_2003, or 2003 alone, become rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import Any

import pandas as pd

from ..base.errors import Problems, nearest
from .typed_table import Table, common

Block = Mapping[str, str]
YEAR = re.compile(r"(?:X|Y|YR)?((?:1[5-9]|20|21)\d\d)(?:\.0)?(?: ?\[YR\d{4}\])?", re.IGNORECASE)
"""A year as the name of a column: 2003, X2003 (R), YR2003 and 2003 [YR2003] (World Bank)."""
SHORT_YEAR = re.compile(r"(?:X|Y|YR)?['’]?\d\d(?:\.0)?", re.IGNORECASE)
"""What may be a year without its century as the name of a column: 95, X95, '95."""
COLUMNS = "columns"


def blocks_of(wide: Any) -> list[Block]:
    """Return the blocks of a rule `wide`, which is one or several, with what is not said filled
    in.
    """
    given = [wide] if isinstance(wide, Mapping) else list(wide)
    return [{"into": "year", "value": "value", **block} for block in given]


def _longest(name: str, prefixes: Sequence[str]) -> str:
    """Return the longest prefix that a name begins with, and goes on after."""
    begins = [prefix for prefix in prefixes if name.startswith(prefix) and name != prefix]
    return max(begins, key=len, default="")


def taken(names: Sequence[str], wide: Any) -> list[tuple[Block, list[str]]]:
    """Return each block with the columns that it makes rows of; a column belongs to the longest
    prefix that it begins with.
    """
    blocks = blocks_of(wide)
    prefixes = [block["prefix"] for block in blocks if block.get("prefix")]
    found = []
    for block in blocks:
        prefix = block.get("prefix")
        if prefix is None:
            mine = [name for name in names if YEAR.fullmatch(name)]
        else:
            mine = [name for name in names if prefix and _longest(name, prefixes) == prefix]
        found.append((block, mine))
    return found


def columns_after(names: Sequence[str], wide: Any) -> list[str]:
    """Return the columns of a table after its columns of years have become rows."""
    parts = taken(names, wide)
    gone = {name for _, mine in parts for name in mine}
    made = dict.fromkeys([*(block["into"] for block, _ in parts), *(b["value"] for b, _ in parts)])
    return [name for name in names if name not in gone and name not in made] + list(made)


def _time(name: str, block: Block) -> str:
    """Return what stands in the new column for a column's name: its year, or what follows the
    prefix; a prefix of digits alone is the beginning of the year itself.
    """
    prefix = block.get("prefix")
    if prefix is None or prefix.isdigit():
        match = YEAR.fullmatch(name)
        return match[1] if match else ""
    return name.removeprefix(prefix)


def long(table: Table, wide: Any, path: str, problems: Problems) -> Table:
    """Turn columns of years into rows: the year becomes one column, the cells another for each
    block.

    Parameters
    ----------
    table : Table
    wide : mapping or list of mappings
        `years: columns` (the names are years), or prefix; into (the new column of years), value
        (the new column of the cells).
    path : str
    problems : Problems
        Takes blocks that take no column, and those that contradict each other.

    Returns
    -------
    Table
        A row for each line and year of which some block has a cell; the line as index.
    """
    parts = taken(list(table.cells.columns), wide)
    gone = set(chain.from_iterable(mine for _, mine in parts))
    kept = [name for name in table.cells.columns if name not in gone]
    if _wrong(parts, kept, table, path, problems):
        return table
    into = parts[0][0]["into"]
    kinds = {block["value"]: common([table.kind(name) for name in mine]) for block, mine in parts}
    made, *others = [_stacked(table, block, mine) for block, mine in parts]
    for other in others:
        made = made.merge(other, on=["line", into], how="outer", sort=False)
    order = dict(zip(table.cells.index, count(), strict=False))
    made = made.fillna("").assign(place=made["line"].map(order))
    made = made.sort_values(["place", into], kind="stable").set_index("line")
    cells = table.cells[kept].loc[made.index].assign(**made.drop(columns="place"))
    cells.index.name = None
    return table.with_cells(cells.astype("str"), **kinds)


def _stacked(table: Table, block: Block, mine: list[str]) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "line": table.cells.index,
                block["into"]: _time(name, block),
                block["value"]: table.cells[name].to_numpy(),
            }
        )
        for name in mine
    ]
    stacked = pd.concat(parts, ignore_index=True)
    return stacked[stacked[block["value"]] != ""]


def _tells_times(block: Block, names: Sequence[str]) -> bool:
    """Tell whether each column of a block is of a time of its own."""
    times = [_time(name, block) for name in names]
    return "" not in times and len(set(times)) == len(times)


def _wrong(
    parts: list[tuple[Block, list[str]]],
    kept: list[str],
    table: Table,
    path: str,
    problems: Problems,
) -> bool:
    before = len(problems.found)
    for block, mine in parts:
        if not mine:
            _say_none(block, list(table.cells.columns), path, problems)
        if not _tells_times(block, mine):
            problems.add(
                path,
                "the `prefix` of `wide` cuts a number or leaves two columns alike; years as names "
                "of columns are `wide: {years: columns, into: year, value: ...}`",
                row=1,
                value=str(block.get("prefix", COLUMNS)),
            )
    _check_short(parts, kept, path, problems)
    if len({block["into"] for block, _ in parts}) > 1:
        problems.add(path, "the blocks of `wide` have different columns `into`", row=1)
    made = [*(block["value"] for block, _ in parts), parts[0][0]["into"]]
    named = Counter([*kept, *made])
    for name in [name for name in dict.fromkeys(made) if named[name] > 1]:
        problems.add(path, "`wide` makes two columns of one name", row=1, value=name)
    return len(problems.found) > before


def _check_short(
    parts: list[tuple[Block, list[str]]], kept: list[str], path: str, problems: Problems
) -> None:
    """Note years of two digits: they would be years of the first century, or no years at all."""
    for block, mine in parts:
        if "prefix" not in block:
            short = [name for name in kept if SHORT_YEAR.fullmatch(name)]
        else:
            year = block["into"] == "year"
            short = [name for name in mine if year and SHORT_YEAR.fullmatch(_time(name, block))]
        if short:
            problems.add(
                path,
                "years of two digits as names of columns: their century is not known; write all "
                "four in the file, or call columns that are no years otherwise",
                row=1,
                value=", ".join(short),
            )


def _say_none(block: Block, names: list[str], path: str, problems: Problems) -> None:
    if "prefix" not in block:
        if not any(SHORT_YEAR.fullmatch(name) for name in names):  # which is said of them
            problems.add(path, "no column has a year as its name, as `years: columns` says", row=1)
        return
    years = any(YEAR.fullmatch(name) for name in names)
    hint = "; years as names of columns are `wide: {years: columns}`" if years else ""
    close = nearest(block["prefix"], [name.rstrip("0123456789") for name in names])
    problems.add(
        path,
        f"no column begins with the `prefix` of `wide`{hint}",
        row=1,
        value=block["prefix"],
        nearest=close or None,
    )
