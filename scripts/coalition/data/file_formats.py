"""Files of every format that political scientists use -> typed tables; what the cells mean is said
elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from os.path import isfile  # unlike Path's, it answers for a name that no file can have
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import Problems, looking_at, nearest, nearest_file
from . import file_limits
from .assembled import NO_ROWS, note_forbidden
from .file_limits import BROKEN_FILE, CHUNK, LARGEST, Unreadable, refuse_other_contents
from .statistical_files import read_parquet, read_r, statistical
from .text_files import SEPARATORS, ending_of, first_names, read_text
from .typed_table import Table
from .workbooks import read_workbook

__all__ = ["CHUNK", "LARGEST", "NO_ROWS", "header", "located", "read_cells", "read_raw"]
PACKAGED = "package:"
"""A path that begins so is that of a file inside an installed Python package:
package:statsmodels/datasets/fair/fair.csv.
"""
Options = Mapping[str, Any]
READERS: Mapping[str, Callable[[Path, str, Options, Problems], Table | None]] = {
    **dict.fromkeys(SEPARATORS, read_text),
    ".xlsx": read_workbook,
    ".dta": statistical("read_dta"),
    ".sav": statistical("read_sav"),
    ".rds": read_r,
    ".rda": read_r,
    ".rdata": read_r,
    ".parquet": read_parquet,
}
ONLY_IN = {
    "separator": tuple(SEPARATORS),
    "row_names": tuple(SEPARATORS),
    "sheet": (".xlsx",),
    "object": (".rda", ".rdata"),
    "values": (".dta", ".sav"),
}
"""Rules of reading, and the endings in which they do something."""
TELLING = ("encoding", "separator", "header", "footer", "row_names", "sheet", "object", "values")
"""Options that decide what the columns are."""


def located(path: str | Path) -> Path:
    """Return where a file stands; one of a package is found in it, and cannot lead out of it."""
    text = str(path)
    if not text.startswith(PACKAGED):
        return Path(path)
    package, _, inside = text.removeprefix(PACKAGED).partition("/")
    found = find_spec(package) if package.isidentifier() else None
    if found is None or found.origin is None or "\0" in inside:
        return Path(text)
    folder = Path(found.origin).parent
    place = folder / inside
    return place if folder.resolve() in place.resolve().parents else Path(text)


def read_cells(
    path: str | Path, problems: Problems, options: Options | None = None
) -> Table | None:
    """Read a file as it is: the text of every cell, and the kind of every column.

    Parameters
    ----------
    path : path
        CSV, TSV (also .gz, .bz2, .xz), Excel .xlsx, Stata .dta, SPSS .sav, R .rds and .rda,
        Parquet; told by the ending.
    problems : Problems
        Takes what is wrong with the file as a file.
    options : mapping, optional
        encoding, separator, header and footer of a text file; sheet of a workbook; object of an
        .rda; values ("codes" or "labels") of labelled columns.

    Returns
    -------
    Table or None
        With the line of the file (the row of the sheet) as index. None where the file could not be
        read.
    """
    place, path = str(path), located(path)
    if not isfile(path):
        problems.add(place, "the file does not exist", nearest=nearest_file(place))
        return None
    reader = READERS.get(ending_of(path))
    if reader is None:
        problems.add(
            place,
            "unknown kind of file",
            value=path.suffix,
            allowed=", ".join(READERS),
            nearest=nearest(ending_of(path), READERS),
        )
        return None
    if path.stat().st_size > file_limits.LARGEST:
        problems.add(place, f"the file is larger than {file_limits.LARGEST // 1024**2} MiB")
        return None
    _note_idle(ending_of(path), options or {}, place, problems)
    try:
        with looking_at(place):
            with open(path, "rb") as stream:
                refuse_other_contents(stream.read(512), path.suffix.lower())
            return reader(path, place, options or {}, problems)
    except Unreadable as error:
        problems.add(place, str(error))
    except (*BROKEN_FILE, MemoryError) as error:
        problems.add(place, f"the file cannot be read: {error}")
    return None


def _note_idle(ending: str, options: Options, place: str, problems: Problems) -> None:
    """Note rules that do nothing in files of this ending."""
    for rule, endings in ONLY_IN.items():
        if rule in options and ending not in endings:
            problems.add(
                place,
                f"`{rule}` of `reading` does nothing in a file of this kind; take it out",
                value=ending,
                allowed=", ".join(endings),
            )


def read_raw(
    path: str | Path, problems: Problems, options: Options | None = None
) -> pd.DataFrame | None:
    """Read a file as `read_cells` does; return the texts of its cells, each of which prints."""
    table = read_cells(path, problems, options)
    if table is None:
        return None
    note_forbidden(table, list(table.cells.columns), str(path), problems)
    return table.cells


def header(path: str, options: Options) -> list[str]:
    """Return the names of a file's columns, without its rows where the format allows; none where
    the file cannot be read.
    """
    place = located(path)
    if not isfile(place):
        return []
    stamp = place.stat()
    telling = ((key, str(value)) for key, value in options.items() if key in TELLING)
    return list(_header(path, stamp.st_mtime_ns, stamp.st_size, tuple(sorted(telling))))


@cache
def _header(
    path: str, time: int, size: int, options: tuple[tuple[str, str], ...]
) -> tuple[str, ...]:
    """Read a header; time and size tell whether the file is still the same."""
    place, told = located(path), dict[str, Any](options)
    if "row_names" in told:
        told["row_names"] = told["row_names"] == "True"
    told |= {key: int(told[key]) for key in ("header", "footer") if key in told}
    if ending_of(place) in SEPARATORS and size <= file_limits.LARGEST:
        try:
            names = tuple(first_names(place, told))
        except (*BROKEN_FILE, LookupError, Unreadable):  # reading the rows says what is wrong
            return ()
        if names:
            return names
    table = read_cells(path, Problems(), told)
    return () if table is None else tuple(table.cells.columns)
