"""Files of every format that political scientists use -> cells as text; what the cells mean is said
elsewhere.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from os.path import isfile  # unlike Path's, it answers for a name that no file can have
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from ..base.errors import Problems, nearest, nearest_file
from ..base.unprintable import FORBIDDEN, MESSAGE

LARGEST = 100 * 1024 * 1024
"""Bytes, also after decompression; a larger file is refused rather than read into memory."""
MOST_CELLS = 20_000_000
"""Cells of a table. One takes about 165 bytes while a file is read (measured), so that three
gigabytes are enough for any table.
"""
CHUNK = 1024 * 1024
PACKAGED = "package:"
"""A path that begins so is that of a file inside an installed Python package:
package:statsmodels/datasets/fair/fair.csv.
"""
NO_ROWS = "the table has a header but no rows"
COMPRESSED: Mapping[str, Callable[[Path], IO[bytes]]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}  # type: ignore[dict-item]
BROKEN_FILE = (OSError, EOFError, lzma.LZMAError, zlib.error)
"""What a file raises that is not what its name says."""
SEPARATORS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": "\t"}
MARKS = {";": "semicolons", "\t": "tabs", "|": "bars", ",": "commas"}
Options = Mapping[str, Any]


class Unreadable(Exception):
    """A file that is not what its name says, or holds what can not be a table; the sentence for the
    user.
    """


def located(path: str | Path) -> Path:
    """Return where a file stands; one of a package is found in it, and can not lead out of it."""
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


def read_raw(
    path: str | Path, problems: Problems, options: Options | None = None
) -> pd.DataFrame | None:
    """Read a file as text, with the line of the file (the row of the sheet) as index.

    Parameters
    ----------
    path : path
        CSV, TSV (also .gz, .bz2, .xz), Excel .xlsx, Stata .dta, SPSS .sav, R .rds and .rda,
        Parquet; told by the ending.
    problems : Problems
        Takes what is wrong with the file as a file.
    options : mapping, optional
        encoding, separator and decimal of a text file; sheet of a workbook; object of an .rda;
        values ("codes" or "labels") of labelled columns.

    Returns
    -------
    DataFrame of str or None
        An empty cell is an empty text. None where the file could not be read at all.
    """
    place, path = str(path), located(path)
    if not isfile(path):
        problems.add(place, "the file does not exist", nearest=nearest_file(place))
        return None
    ending = path.suffix.lower()
    ending = Path(path.stem).suffix.lower() if ending in COMPRESSED else ending
    reader = READERS.get(ending)
    if reader is None:
        problems.add(
            place,
            "unknown kind of file",
            value=path.suffix,
            allowed=", ".join(READERS),
            nearest=nearest(ending, READERS),
        )
        return None
    if path.stat().st_size > LARGEST:
        problems.add(place, f"the file is larger than {LARGEST // 1024**2} MiB")
        return None
    try:
        return reader(path, place, options or {}, problems)
    except Unreadable as error:
        problems.add(place, str(error))
    except (*BROKEN_FILE, MemoryError) as error:
        problems.add(place, f"the file can not be read: {error}")
    return None


def header(path: str, options: Options) -> list[str]:
    """Return the names of a file's columns, without its rows where the format allows; none where
    the file can not be read.
    """
    place = located(path)
    if not isfile(place):
        return []
    stamp = place.stat()
    return list(
        _header(
            path,
            stamp.st_mtime_ns,
            stamp.st_size,
            tuple(sorted((key, str(value)) for key, value in options.items() if key in TELLING)),
        )
    )


TELLING = ("encoding", "separator", "sheet", "object", "values")
"""Options that decide what the columns are."""


@cache
def _header(
    path: str, time: int, size: int, options: tuple[tuple[str, str], ...]
) -> tuple[str, ...]:
    """Read a header; time and size tell whether the file is still the same."""
    place, told = located(path), dict(options)
    ending = (
        Path(place.stem).suffix.lower()
        if place.suffix.lower() in COMPRESSED
        else place.suffix.lower()
    )
    if ending in SEPARATORS:
        try:
            with COMPRESSED.get(place.suffix.lower(), open)(place, "rb") as stream:  # type: ignore[operator]
                text = io.TextIOWrapper(stream, told.get("encoding", "utf-8-sig"), errors="replace")
                names = next(
                    csv.reader(
                        [text.readline(1024 * 1024)],
                        delimiter=told.get("separator", SEPARATORS[ending]),
                    ),
                    [],
                )
        except (*BROKEN_FILE, LookupError, csv.Error):  # whoever reads the rows says what is wrong
            return ()
        return tuple(name.strip() for name in names if name.strip())
    table = read_raw(path, Problems(), told)
    return () if table is None else tuple(table.columns)


# -- text
# ---------------------------------------------------------------------------------------------------------


def _bytes(path: Path) -> bytes:
    opener = COMPRESSED.get(path.suffix.lower())
    if opener is None:
        return path.read_bytes()
    _refuse_packed(path, opener)
    with opener(path) as stream:
        return stream.read()


def _refuse_packed(path: Path, opener: Callable[[Path], IO[bytes]]) -> None:
    """Refuse a compressed file that unpacks to more than can be read, before more than a little of
    it is in memory.
    """
    size = 0
    with opener(path) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > LARGEST:
                raise Unreadable(f"the file is larger than {LARGEST // 1024**2} MiB when unpacked")


def _refuse_cells(cells: int) -> None:
    if cells > MOST_CELLS:
        raise Unreadable(
            f"the table has more than {MOST_CELLS:,} cells; keep the columns that the analysis needs"
        )


def _text_file(path: Path, place: str, options: Options, problems: Problems) -> pd.DataFrame | None:
    encoding = options.get("encoding", "utf-8-sig")
    try:
        text = _bytes(path).decode(encoding)
    except LookupError:
        raise Unreadable(f"there is no encoding {encoding!r}") from None
    except UnicodeDecodeError as error:
        hint = "save it as CSV UTF-8, or name its `encoding` (cp1252, latin-1, utf-16, ...)"
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.add(
            place, f"the file is not {encoding.removesuffix('-sig').upper()} text; {hint}", row=line
        )
        return None
    if text.lstrip()[:9].casefold().startswith(("<!doctype", "<html", "<?xml")):
        raise Unreadable("the file is a web page, not a table")
    if "\0" in text:
        raise Unreadable("the file is not a text: it holds NUL bytes")
    ending = (
        Path(path.stem).suffix.lower() if path.suffix.lower() in COMPRESSED else path.suffix.lower()
    )
    return _parse(text, options.get("separator", SEPARATORS[ending]), place, problems)


def _parse(text: str, separator: str, place: str, problems: Problems) -> pd.DataFrame | None:
    reader = csv.reader(
        io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"), newline=""),
        delimiter=separator,
        strict=True,
    )
    header, rows, lines, before, ragged, cells = None, [], [], 0, False, 0
    try:
        for row in reader:
            line, before, cells = before + 1, reader.line_num, cells + len(row)
            _refuse_cells(cells)
            if header is None:
                header = [name.strip() for name in row]
            elif row:
                if len(row) != len(header):
                    problems.add(
                        place, f"the row has {_cells(len(row))}, the header {len(header)}", row=line
                    )
                    ragged = True
                    continue
                rows.append([cell.strip() for cell in row])
                lines.append(line)
    except csv.Error as error:
        problems.add(
            place, BROKEN.get(str(error), f"not a table of cells: {error}"), row=before + 1
        )
        return None
    if ragged and not rows:
        problems.add(
            place, "the first line must be the names of the columns, with nothing above it", row=1
        )
        return None
    return _checked(header or [], rows, lines, place, problems)


BROKEN = {
    "unexpected end of data": "a quotation mark is opened here and never closed",
    f"field larger than field limit ({csv.field_size_limit()})": f"a cell of more than {csv.field_size_limit():,} characters",
}
"""What the reader of CSV says, and what that means."""


def _cells(number: int) -> str:
    return f"{number} cell{'s' if number != 1 else ''}"


def _checked(
    header: list[str], rows: list[list[str]], lines: list[int], place: str, problems: Problems
) -> pd.DataFrame | None:
    if not any(header):
        problems.add(place, "the file is empty")
        return None
    if len(header) == 1 and (mark := next((mark for mark in MARKS if mark in header[0]), None)):
        problems.add(
            place,
            f"the cells are separated by {MARKS[mark]}; name it as the `separator` of `reading`, or save with commas",
            row=1,
        )
        return None
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        problems.add(place, f"the header names a column twice: {', '.join(repeated)}", row=1)
        return None
    # spreadsheets leave empty columns without a name behind
    named = [position for position, name in enumerate(header) if name]
    for position in sorted(set(range(len(header))) - set(named)):
        line = next((line for line, row in zip(lines, rows, strict=True) if row[position]), None)
        if line is not None:
            problems.add(place, f"the column {position + 1} has cells but no name", row=line)
            return None
    header, rows = (
        [header[position] for position in named],
        [[row[position] for position in named] for row in rows],
    )
    if not rows:
        problems.add(place, NO_ROWS)
        return None
    _note_forbidden(header, rows, lines, place, problems)
    return pd.DataFrame(rows, columns=header, index=lines, dtype="str")


def _note_forbidden(
    header: list[str], rows: list[list[str]], lines: list[int], place: str, problems: Problems
) -> None:
    """Note characters that have no place in a table; among them are those that a wrong `encoding`
    makes.
    """
    for name, cells in zip(header, zip(*rows, strict=True), strict=True):
        if FORBIDDEN.search(name):
            problems.add(place, MESSAGE, row=1, value=name)
        if FORBIDDEN.search("".join(cells)):
            for line, cell in zip(lines, cells, strict=True):
                if FORBIDDEN.search(cell):
                    problems.add(place, MESSAGE, row=line, column=name, value=cell)


# -- workbooks and statistical packages
# ---------------------------------------------------------------------------


def _cell(value: Any) -> str:
    """Return a cell as text: whole numbers without a point, dates as ISO 8601, what is missing as
    an empty text.
    """
    if (
        value is None
        or value is pd.NaT
        or (isinstance(value, float | np.floating) and np.isnan(value))
    ):
        return ""
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
    if hasattr(value, "isoformat"):
        text = value.isoformat()
        return text.removesuffix("T00:00:00")
    return "" if value is pd.NA else str(value).strip()


def _from_frame(frame: pd.DataFrame, place: str, problems: Problems) -> pd.DataFrame | None:
    header = [str(name).strip() for name in frame.columns]
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    return _checked(header, rows, list(range(2, len(rows) + 2)), place, problems)


def _refuse_bomb(path: Path) -> None:
    """Refuse a zip that unpacks to more than can be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise Unreadable("the file is not an Excel workbook (.xlsx)") from None
    if size > LARGEST:
        raise Unreadable(f"the file is larger than {LARGEST // 1024**2} MiB when unpacked")


def _not_calculated(
    path: Path, sheet: str, values: list[tuple[Any, ...]], place: str, problems: Problems
) -> bool:
    """Note formulas of which the workbook holds no value: a program wrote them, and no spreadsheet
    has calculated them yet.
    """
    from openpyxl import load_workbook

    if all(value is not None for row in values for value in row):
        return False
    formulas = load_workbook(path, read_only=True)
    found = [
        line
        for line, (row, written) in enumerate(
            zip(values, _rows_of(formulas[sheet]), strict=False), start=1
        )
        if any(
            value is None and isinstance(text, str) and text.startswith("=")
            for value, text in zip(row, written, strict=False)
        )
    ]
    formulas.close()
    for line in found:
        problems.add(
            place,
            "a formula whose value is not stored; open the workbook in a spreadsheet program and save it",
            row=line,
        )
    return bool(found)


def _rows_of(sheet: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a sheet as wide as the cells that are there: what the file says of its
    size may be anything.
    """
    sheet.reset_dimensions()
    rows, cells = [], 0
    for row in sheet.iter_rows(values_only=True):
        cells += len(row) + 1
        _refuse_cells(cells)
        rows.append(row)
    width = max(map(len, rows), default=0)
    _refuse_cells(width * len(rows))
    return [(*row, *(None,) * (width - len(row))) for row in rows]


def _excel(path: Path, place: str, options: Options, problems: Problems) -> pd.DataFrame | None:
    from openpyxl import load_workbook  # here, because it is slow to import and few tables need it

    _refuse_bomb(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever the XML inside makes it raise
        raise Unreadable(f"the workbook can not be read: {error}") from None
    name = options.get("sheet", book.sheetnames[0])
    if name not in book.sheetnames:
        problems.add(
            place,
            "there is no such sheet",
            value=str(name),
            allowed=", ".join(book.sheetnames),
            nearest=nearest(name, book.sheetnames),
        )
        return None
    values = _rows_of(book[name])
    book.close()
    if _not_calculated(path, name, values, place, problems):
        return None
    cells = [[_cell(value) for value in row] for row in values]
    width = max(
        (position for row in cells[:1] for position, cell in enumerate(row, start=1) if cell),
        default=0,
    )
    wide = next((line for line, row in enumerate(cells, start=1) if any(row[width:])), None)
    if wide is not None and width:
        problems.add(place, f"the row has cells beyond the {width} columns of the header", row=wide)
        return None
    kept = [(line, row[:width]) for line, row in enumerate(cells[1:], start=2) if any(row)]
    return _checked(
        cells[0][:width] if cells else [],
        [row for _, row in kept],
        [line for line, _ in kept],
        place,
        problems,
    )


def _statistical(function: str) -> Callable[[Path, str, Options, Problems], pd.DataFrame | None]:
    def read(path: Path, place: str, options: Options, problems: Problems) -> pd.DataFrame | None:
        import pyreadstat  # here, because it is slow to import and few tables need it

        labelled = options.get("values", "codes") == "labels"
        try:
            about = getattr(pyreadstat, function)(str(path), metadataonly=True)[1]
            _refuse_cells((about.number_rows or 0) * about.number_columns)
            frame, _ = getattr(pyreadstat, function)(
                str(path), apply_value_formats=labelled, formats_as_category=False
            )
        except Unreadable:
            raise
        # pyreadstat has errors of its own for every way in which a file can be broken
        except Exception as error:
            raise Unreadable(f"the file can not be read: {error}") from None
        return _from_frame(frame, place, problems)

    return read


PACKED_R: Mapping[bytes, Callable[[Path], IO[bytes]]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ": lzma.open,
}  # type: ignore[dict-item]
"""How a file of R that is compressed begins, and what opens it."""


def _r(path: Path, place: str, options: Options, problems: Problems) -> pd.DataFrame | None:
    import rdata  # here, because it is slow to import and few tables need it

    with open(path, "rb") as stream:
        start = stream.read(6)
    for mark, opener in PACKED_R.items():
        if start.startswith(mark):
            _refuse_packed(path, opener)
    try:
        found = rdata.read_rds(path) if path.suffix.lower() == ".rds" else rdata.read_rda(path)
    except Exception as error:  # rdata raises whatever the bytes make it raise
        raise Unreadable(f"the file can not be read: {error}") from None
    if isinstance(found, pd.DataFrame):
        return _from_frame(found, place, problems)
    frames = (
        {name: value for name, value in found.items() if isinstance(value, pd.DataFrame)}
        if isinstance(found, dict)
        else {}
    )
    wanted = options.get("object", next(iter(frames)) if len(frames) == 1 else None)
    if wanted not in frames:
        message = (
            "the file holds no data frame"
            if not frames
            else "name one of its data frames as `object`"
        )
        problems.add(
            place,
            message,
            value=wanted,
            allowed=", ".join(frames) or None,
            nearest=nearest(str(wanted), frames),
        )
        return None
    return _from_frame(frames[wanted], place, problems)


def _parquet(path: Path, place: str, options: Options, problems: Problems) -> pd.DataFrame | None:
    import pyarrow.parquet  # here, because it is slow to import and few tables need it

    try:
        about = pyarrow.parquet.ParquetFile(path).metadata
        _refuse_cells(about.num_rows * about.num_columns)
        if (
            sum(about.row_group(number).total_byte_size for number in range(about.num_row_groups))
            > LARGEST
        ):
            raise Unreadable(f"the file is larger than {LARGEST // 1024**2} MiB when unpacked")
        frame = pyarrow.parquet.read_table(path).to_pandas()
    except (pyarrow.ArrowException, ValueError) as error:
        raise Unreadable(f"the file can not be read: {error}") from None
    return _from_frame(frame, place, problems)


READERS: Mapping[str, Callable[[Path, str, Options, Problems], pd.DataFrame | None]] = {
    **dict.fromkeys(SEPARATORS, _text_file),
    ".xlsx": _excel,
    ".dta": _statistical("read_dta"),
    ".sav": _statistical("read_sav"),
    ".rds": _r,
    ".rda": _r,
    ".rdata": _r,
    ".parquet": _parquet,
}
