"""Versions of the data: what a release held, and the changes since, one entry a cell.

A release is kept as one sha256 a column, so no clone needs a second copy of the tables. The log
data/changes.csv is kept so that it can be undone: today's tables with the log taken back, entry by
entry from the last to the first, are those of the release, cell for cell. Values whose terms forbid
passing them on are withdrawn without being repeated in the log; their sha256 stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ..base.records import records as records_of
from .table_schema import load

ROW, COLUMN, TABLE = "(row)", "(column)", "(table)"
"""What stands under `column` where an entry is about more than a cell."""
LOG = "changes.csv"
RELEASE = "release.csv"
LOG_COLUMNS = (
    "version", "number", "table", "key", "column", "old", "new", "reason", "source_id",
)  # fmt: skip


class LogError(ValueError):
    """An entry of the log does not fit the table that it speaks of."""


@dataclass
class Held:
    """One table as text: its rows by key (the cells of the key columns, joined by |)."""

    columns: list[str]
    key: tuple[str, ...]
    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    def name_of(self, row: Mapping[str, str]) -> str:
        """Return the key of a row."""
        return "|".join(row.get(name, "") for name in self.key)


def held(table: pd.DataFrame, key: Iterable[str]) -> Held:
    """Return a table of text cells by key; two rows with one key are an error."""
    found = Held(list(table.columns), tuple(name for name in key if name in table.columns))
    for row in records_of(table):
        name = found.name_of(row)
        if name in found.rows:
            raise LogError(f"two rows with the key {name}")
        found.rows[name] = row
    return found


def read_tables(folder: Path) -> dict[str, Held]:
    """Read every table of a folder of data but the log and the releases, every cell as text."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.csv"))}
    return {
        name: held(pd.read_csv(path, dtype="str", keep_default_na=False), load(Path(name).stem).key)
        for name, path in paths.items()
        if name not in (LOG, RELEASE) and not name.startswith("build/")
    }


def fingerprints(tables: Mapping[str, Held]) -> pd.DataFrame:
    """Return one row a column of every table: table, column, rows, sha256.

    The sha256 is that of the column's cells as a JSON list of text in UTF-8, rows in the order of
    their keys, so neither quoting nor the order of the file counts.
    """
    found = []
    for name, table in sorted(tables.items()):
        order = sorted(table.rows)
        for column in table.columns:
            cells = json.dumps([table.rows[key].get(column, "") for key in order])
            digest = hashlib.sha256(cells.encode()).hexdigest()
            found.append((name, column, str(len(order)), digest))
    return pd.DataFrame(found, columns=["table", "column", "rows", "sha256"])


def undo(tables: dict[str, Held], log: pd.DataFrame) -> set[tuple[str, str]]:
    """Take the entries of a log back, from the last to the first, in place.

    Returns
    -------
    set of (table, column)
        Columns that were withdrawn; their cells are not in the log and so not back.
    """
    withdrawn: set[tuple[str, str]] = set()
    for entry in reversed(records_of(log)):
        _undo(tables, {name: str(value) for name, value in entry.items()}, withdrawn)
    return withdrawn


def _undo(
    tables: dict[str, Held], entry: Mapping[str, str], withdrawn: set[tuple[str, str]]
) -> None:
    name, key, new = entry["table"], entry["key"], entry["new"]
    if name not in tables:
        raise LogError(f"{_place(entry)}: there is no such table")
    table = tables[name]
    if entry["column"] == TABLE:
        del tables[name]
    elif entry["column"] == COLUMN and new:
        table.columns.remove(key)
        for row in table.rows.values():
            row.pop(key, None)
    elif entry["column"] == COLUMN:
        withdrawn.add((name, key))
    elif entry["column"] == ROW:
        _undo_row(table, entry)
    else:
        _undo_cell(table, entry)


def _undo_row(table: Held, entry: Mapping[str, str]) -> None:
    """Take back that a row was added, or went."""
    key, new = entry["key"], entry["new"]
    if new:
        if not same_cells(table.rows.get(key, {}), json.loads(new)):
            raise LogError(f"{_place(entry)}: the row that was added is not the one there")
        del table.rows[key]
    elif key in table.rows:
        raise LogError(f"{_place(entry)}: the row that went is still there")
    else:
        table.rows[key] = json.loads(entry["old"])


def _undo_cell(table: Held, entry: Mapping[str, str]) -> None:
    row, column = table.rows.get(entry["key"]), entry["column"]
    if row is None or row.get(column, "") != entry["new"]:
        raise LogError(f"{_place(entry)}: the cell does not hold {entry['new']!r}")
    row[column] = entry["old"]
    if column in table.key:
        del table.rows[entry["key"]]
        if table.name_of(row) in table.rows:
            raise LogError(f"{_place(entry)}: two rows with the key {table.name_of(row)}")
        table.rows[table.name_of(row)] = row


def same_cells(row: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Return whether two rows hold the same; an empty cell and none are the same."""
    return {k: v for k, v in row.items() if v} == {k: v for k, v in other.items() if v}


def _place(entry: Mapping[str, str]) -> str:
    return f"entry {entry['number']} of {LOG} ({entry['table']}, {entry['key']}, {entry['column']})"


@dataclass
class Editor:
    """Changes tables and writes down each change, so that the log cannot miss one.

    A change of a key cell is logged under the key that the row has after it.
    """

    folder: Path
    version: str
    tables: dict[str, Held]
    entries: list[tuple[str, ...]]
    changed: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, folder: Path) -> Editor:
        """Read the tables and the log of a folder of data; the version is that of its VERSION."""
        log = read_log(folder)
        version = (folder / "VERSION").read_text(encoding="utf-8").strip()
        return cls(folder, version, read_tables(folder), list(log.itertuples(False, None)))

    def _log(
        self, table: str, key: str, column: str, old: str, new: str, why: str, ids: str
    ) -> None:
        self.changed.add(table)
        number = str(len(self.entries) + 1)
        self.entries.append((self.version, number, table, key, column, old, new, why, ids))

    def set(self, table: str, key: str, column: str, new: str, why: str, ids: str = "") -> bool:
        """Change one cell; return whether it held something else."""
        held_table = self.tables[table]
        row = held_table.rows[key]
        old = row.get(column, "")
        if old == new:
            return False
        if column not in held_table.columns:
            raise LogError(f"{table} has no column {column}")
        row[column] = new
        if column in held_table.key:
            del held_table.rows[key]
            key = held_table.name_of(row)
            if key in held_table.rows:
                raise LogError(f"{table}: two rows with the key {key}")
            held_table.rows[key] = row
        self._log(table, key, column, old, new, why, ids)
        return True

    def add(self, table: str, row: Mapping[str, str], why: str, ids: str = "") -> None:
        """Add a row."""
        held_table = self.tables[table]
        if strange := set(row) - set(held_table.columns):
            raise LogError(f"{table} has no columns {sorted(strange)}")
        key = held_table.name_of(row)
        if key in held_table.rows:
            raise LogError(f"{table}: there is a row {key}")
        held_table.rows[key] = {name: row.get(name, "") for name in held_table.columns}
        self._log(table, key, ROW, "", _packed(held_table.rows[key]), why, ids)

    def remove(self, table: str, key: str, why: str, ids: str = "") -> None:
        """Take a row out."""
        self._log(table, key, ROW, _packed(self.tables[table].rows.pop(key)), "", why, ids)

    def add_column(
        self, table: str, name: str, after: str, cells: Mapping[str, str], why: str
    ) -> None:
        """Add a column, its cells by the key of the row."""
        held_table = self.tables[table]
        held_table.columns.insert(held_table.columns.index(after) + 1, name)
        for key, row in held_table.rows.items():
            row[name] = cells.get(key, "")
        self._log(table, name, COLUMN, "", "added", why, "")

    def withdraw(self, table: str, name: str, why: str) -> None:
        """Take a column out without repeating its cells in the log."""
        held_table = self.tables[table]
        held_table.columns.remove(name)
        for row in held_table.rows.values():
            del row[name]
        self._log(table, name, COLUMN, "withdrawn", "", why, "")

    def add_table(self, table: str, content: pd.DataFrame, why: str) -> None:
        """Add a whole table; the log says so in one entry."""
        self.tables[table] = held(content, load(Path(table).stem).key)
        self._log(table, "", TABLE, "", "added", why, "")

    def save(self) -> None:
        """Write the changed tables, in the order of their keys, and the log."""
        for name in sorted(self.changed):
            write(self.folder / name, self.tables[name])
        log = pd.DataFrame(self.entries, columns=list(LOG_COLUMNS))
        log.to_csv(self.folder / LOG, index=False, lineterminator="\n")


def _packed(row: Mapping[str, str]) -> str:
    return json.dumps({name: cell for name, cell in row.items() if cell}, ensure_ascii=False)


def write(path: Path, table: Held) -> None:
    """Write a table in the order of its key (victims: by attack first), numbers by size."""
    leading = ("event_id", "iso3") if path.stem == "terror_victims" else table.key
    schema = load(path.stem)
    kinds = {column.name: column.type for column in schema.columns}

    def place(row: Mapping[str, str]) -> tuple[object, ...]:
        return tuple(
            int(row[name] or 0) if kinds.get(name) == "integer" else row.get(name, "")
            for name in leading
        )

    rows = sorted(table.rows.values(), key=place)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = pd.DataFrame(rows, columns=table.columns)
    content.to_csv(path, index=False, lineterminator="\n")


def read_log(folder: Path) -> pd.DataFrame:
    """Read the log of a folder of data; empty where there is none yet."""
    path = folder / LOG
    if not path.is_file():
        return pd.DataFrame(columns=list(LOG_COLUMNS))
    return pd.read_csv(path, dtype="str", keep_default_na=False)
