"""The data of two runs, row by row and cell by cell, by key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

import pandas as pd

from ...base.errors import Problems
from ...base.files import sha256, written
from ...base.keys import keys_of
from ...data import ingest
from .runs import Run

READ, BUILT = "canonical", "sample"
"""Kinds of tables: what went in, as it was read, and what the run built of it."""
ROW_COLUMNS = ["table", "row", "change", "column", "a", "b"]
PARTING = " | "
"""Stands between the parts of a row's key, as it is shown."""
Key = tuple[str, ...]
_NOTES: Mapping[Key, str] = {
    (): "no key names the rows in both runs, so whole rows were matched",
    ("row",): "the sample declares no keys, so rows were matched by their line in the file",
}
_ZEROS = re.compile(r"^([+-]?\d+)\.0+$")


@dataclass(frozen=True)
class TableDifference:
    """What differs between two versions of one table.

    name : path below the run's folder; kind : READ or BUILT; key : the columns that name a row,
        empty where rows were matched whole; rows_a, rows_b : numbers of rows, None where the run
        has no such table; columns_a, columns_b : columns that only one has; rows : ROW_COLUMNS, one
        line for a row that only one has and for a cell that differs; note : how rows were matched,
        where it is not by a declared key.
    """

    name: str
    kind: str
    key: Key = ()
    rows_a: int | None = None
    rows_b: int | None = None
    columns_a: tuple[str, ...] = ()
    columns_b: tuple[str, ...] = ()
    rows: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ROW_COLUMNS))
    note: str = ""

    @property
    def differs(self) -> bool:
        """Whether anything is not the same."""
        return bool(
            len(self.rows)
            or self.columns_a
            or self.columns_b
            or (self.rows_a is None) != (self.rows_b is None)
        )

    def counted(self, change: str) -> int:
        """Return how many lines of `rows` are of one change."""
        return int((self.rows["change"] == change).sum())


def tables(a: Run, b: Run) -> list[TableDifference]:
    """Compare every canonical table and every sample that either run has; those that went in come
    first.

    Raises
    ------
    Problems
        When a table cannot be read.
    """
    problems = Problems()
    keys = {**keys_by_table(b), **keys_by_table(a)}
    found = [
        _one(a, b, name, kind, candidates, problems) for name, (kind, candidates) in keys.items()
    ]
    problems.stop()
    return sorted(
        (table for table in found if table is not None), key=lambda table: (table.kind, table.name)
    )


def keys_by_table(run: Run) -> dict[str, tuple[str, list[Key]]]:
    """Return every table that a run's config declares: path below its folder -> kind, and the keys
    to try in turn.

    Where a sample has one row a unit, the unit names it: another baseline year is then a cell that
    differs, not another row.
    """
    declared = {
        ingest.canonical_path("", source).as_posix(): (READ, [source.schema.key])
        for source in ingest.sources(run.config)
        if source.path is not None
    }
    keys = {f"data/{name}.csv": keys_of(spec) for name, spec in run.config["samples"].items()}
    return declared | {
        path: (BUILT, [key for key in (of.unit, of.row) if key]) for path, of in keys.items()
    }


def compare(
    name: str, kind: str, keys: Sequence[Key], a: pd.DataFrame | None, b: pd.DataFrame | None
) -> TableDifference:
    """Compare two versions of a table.

    Parameters
    ----------
    name, kind : str
        As in TableDifference.
    keys : sequence of tuples of str
        Columns that may name a row; the first that does in both versions is used, and whole rows
        are matched where none does.
    a, b : DataFrame of text, or None
        Cells as they stand in the files, missing where empty; None where a run has no such table.
    """
    if a is None or b is None:
        rows_a, rows_b = (None if table is None else len(table) for table in (a, b))
        return TableDifference(name, kind, keys[-1], rows_a, rows_b)
    a, b = a.map(_number_text), b.map(_number_text)
    only_a = a.columns.difference(b.columns, sort=False)
    only_b = b.columns.difference(a.columns, sort=False)
    both = list(a.columns.drop(only_a))
    key = next((key for key in keys if all(_names_rows(key, table) for table in (a, b))), ())
    rows = _by_key(a, b, list(key), both) if key else _whole(a, b, both)
    return TableDifference(
        name,
        kind,
        key,
        len(a),
        len(b),
        tuple(only_a),
        tuple(only_b),
        rows.assign(table=name)[ROW_COLUMNS].reset_index(drop=True),
        _NOTES.get(key, ""),
    )


def _names_rows(key: Key, table: pd.DataFrame) -> bool:
    return (
        set(key) <= set(table.columns)
        and not table[list(key)].isna().any(axis=None)
        and not table.duplicated(list(key)).any()
    )


def _one(
    a: Run, b: Run, name: str, kind: str, keys: Sequence[Key], problems: Problems
) -> TableDifference | None:
    paths = (a.folder / name, b.folder / name)
    if not any(path.is_file() for path in paths):
        return None
    first, second = (_read(path, problems) for path in paths)
    if first is not None and second is not None and sha256(paths[0]) == sha256(paths[1]):
        return TableDifference(name, kind, keys[-1], len(first), len(second))
    return compare(name, kind, keys, first, second)


def _read(path: Path, problems: Problems) -> pd.DataFrame | None:
    if not path.is_file():
        return None
    try:
        return (
            pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
            .astype(object)
            .map(written)
            .rename(columns=written)
        )
    except (OSError, ValueError) as error:
        problems.add(str(path), f"the table cannot be read: {error}")
        return None


def _number_text(value: object) -> object:
    """Return a whole number without the ".0" that it has in a column with empty cells."""
    return _ZEROS.sub(r"\1", value) if isinstance(value, str) else None


def _by_key(a: pd.DataFrame, b: pd.DataFrame, key: list[str], both: list[str]) -> pd.DataFrame:
    marked = a[key].merge(b[key], on=key, how="outer", indicator=True, validate="one_to_one")
    lines = [
        pd.DataFrame({"row": _shown(marked.loc[marked["_merge"] == side, key])}).assign(
            change=change
        )
        for side, change in (("left_only", "row only in A"), ("right_only", "row only in B"))
    ]
    shared = marked[marked["_merge"] == "both"]
    first = shared[key].merge(a, on=key, how="left", validate="one_to_one")
    second = shared[key].merge(b, on=key, how="left", validate="one_to_one")
    for column in (column for column in both if column not in key):
        unlike = _unlike(first[column], second[column]).to_numpy()
        cells = {
            "row": _shown(shared.loc[unlike, key]).to_numpy(),
            "a": first[column].to_numpy()[unlike],
            "b": second[column].to_numpy()[unlike],
        }
        lines.append(pd.DataFrame(cells).assign(change="cell", column=column))
    return _gathered(lines)


def _whole(a: pd.DataFrame, b: pd.DataFrame, both: list[str]) -> pd.DataFrame:
    """Match whole rows; of equal rows each has its match in the other table, as far as they go."""
    counted = [pd.DataFrame({"row": _shown(table[both])}) for table in (a, b)]
    first, second = (table.assign(nth=table.groupby("row").cumcount()) for table in counted)
    marked = first.merge(
        second, on=["row", "nth"], how="outer", indicator=True, validate="one_to_one"
    )
    change = (
        marked["_merge"]
        .map({"left_only": "row only in A", "right_only": "row only in B"})
        .astype(object)
    )
    return _gathered([marked.assign(change=change).loc[change.notna(), ["row", "change"]]])


def _shown(cells: pd.DataFrame) -> pd.Series:
    """Return each row of cells as one text."""
    texts = [cells[column].where(cells[column].notna(), "") for column in cells]
    return (
        reduce(lambda left, right: left + PARTING + right, texts)
        if texts
        else pd.Series("", index=cells.index, dtype=object)
    )


def _unlike(first: pd.Series, second: pd.Series) -> pd.Series:
    """Return where two columns of text differ; numbers that are written in another way are the
    same.
    """
    unlike = ~(first.eq(second) | (first.isna() & second.isna()))
    numbers = [pd.to_numeric(side.where(unlike), errors="coerce") for side in (first, second)]
    return unlike & ~numbers[0].eq(numbers[1])


def _gathered(lines: list[pd.DataFrame]) -> pd.DataFrame:
    """Return lines as one table: rows that only one run has first, then cells by row."""
    empty = pd.DataFrame(
        columns=[column for column in ROW_COLUMNS if column != "table"], dtype=object
    )
    rows = pd.concat(
        [empty, *(part.astype(object) for part in lines if len(part))], ignore_index=True
    )
    order = rows["change"].map({"row only in A": 0, "row only in B": 1, "cell": 2})
    rows = (
        rows.assign(order=order)
        .sort_values(["order", "row", "column"], kind="stable")
        .drop(columns="order")
    )
    return rows.where(rows.notna(), None)


def by_column(table: TableDifference) -> Mapping[str, int]:
    """Return in how many rows each column differs, the most first."""
    counts = table.rows.loc[table.rows["change"] == "cell", "column"].value_counts()
    named = [(str(column), number) for column, number in counts.items()]
    return dict(sorted(named, key=lambda item: (-item[1], item[0])))
