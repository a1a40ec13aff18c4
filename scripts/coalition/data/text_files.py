"""Tables in text files: CSV, TSV and what R, pandas, Stata and spreadsheets write in their
place.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..base.errors import Problems
from .assembled import Row, assemble
from .file_limits import COMPRESSED, Unreadable, refuse_cells, refuse_other_contents, unpacked
from .typed_table import ROW_NAMES, Table

SEPARATORS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": "\t"}
MARKS = {";": "semicolons", "\t": "tabs", "|": "bars", ",": "commas"}
WHITESPACE = "whitespace"
"""The separator that is any run of spaces and tabs."""
LOOKED_AT = 30
"""Lines in which another separator is looked for."""
PARTS = re.compile(r"\w+")
"""The names in the header of a table of one column."""
FIRST_LINES = 200
"""Lines that are enough to know the names of the columns."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""The marks with which such a text begins."""
TOKEN = re.compile(r'"((?:[^"\\]|\\.|"")*)"|(\S+)')
LONGEST_CELL = 131_072
"""Characters of a cell; more is a quotation mark that is never closed, or no table."""
BROKEN = {
    "unexpected end of data": "a quotation mark is opened here and never closed",
    f"field larger than field limit ({LONGEST_CELL})": f"a cell of more than {LONGEST_CELL:,} "
    f"characters",
}  # fmt: skip
"""What the reader of CSV says, and what that means."""
HINT = "save it as CSV UTF-8, or name its `encoding` (cp1252, latin-1, utf-16, ...)"


def ending_of(path: Path) -> str:
    """Return the ending that tells the format, without that of the packer."""
    ending = path.suffix.lower()
    return Path(path.stem).suffix.lower() if ending in COMPRESSED else ending


def read_text(
    path: Path, place: str, options: Mapping[str, Any], problems: Problems
) -> Table | None:
    """Read a text file as a table of cells.

    Parameters
    ----------
    path : Path
    place : str
        The file, for messages.
    options : mapping
        encoding, separator, header, footer.
    problems : Problems
        Takes what is wrong.
    """
    text = _decoded(unpacked(path), path, place, options, problems)
    return None if text is None else parse(text, ending_of(path), place, options, problems)


def first_names(path: Path, options: Mapping[str, Any]) -> list[str]:
    """Return the names of a text file's columns from its first lines; none where these are no
    table.
    """
    problems, place = Problems(), str(path)
    limit = FIRST_LINES + int(options.get("header") or 0)
    with COMPRESSED.get(path.suffix.lower(), open)(path, "rb") as stream:
        encoding = options.get("encoding", "utf-8-sig")
        lines = io.TextIOWrapper(stream, encoding, errors="replace")
        try:
            first = [line for line, _ in zip(_lines(lines), range(limit), strict=False)]
        except UnicodeError:  # reading the whole file will say why
            return []
    # notes at the end are among them only where they are all lines
    other = ("encoding",) if len(first) < limit else ("encoding", "footer")
    told = {key: value for key, value in options.items() if key not in other}
    text = "".join(first)
    content = _decoded(text.encode("utf-8", "replace"), path, place, told, problems)
    found = None if content is None else parse(content, ending_of(path), place, told, problems)
    return [] if found is None or problems.found else list(found.cells.columns)


def _lines(stream: io.TextIOWrapper) -> Iterator[str]:
    while line := stream.readline(1024 * 1024):
        yield line


def _decoded(
    content: bytes, path: Path, place: str, options: Mapping[str, Any], problems: Problems
) -> str | None:
    encoding = str(options.get("encoding", "utf-8-sig"))
    refuse_other_contents(content[:512], path.suffix.lower())
    if "encoding" not in options and content[:2] in UTF_16:
        raise Unreadable("the file is UTF-16 text: name it as `encoding: utf-16`, or save as UTF-8")
    if encoding.lower().replace("_", "-") in ("utf-16", "utf16") and content[:2] not in UTF_16:
        raise Unreadable(f"the file is not UTF-16 text; {HINT}")
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except (LookupError, TypeError):
        raise Unreadable(f"there is no encoding {encoding!r}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        name = encoding.removesuffix("-sig").upper()
        problems.add(place, f"the file is not {name} text; {HINT}", row=line)
        return None
    except UnicodeError:
        raise Unreadable(f"the file is not {encoding.upper()} text; {HINT}") from None
    if not isinstance(text, str):
        raise Unreadable(f"there is no encoding {encoding!r}")
    _refuse_other_texts(text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refuse_other_texts(text: str) -> None:
    """Refuse what is no table of rows and columns, though it could be decoded."""
    if "\0" in text:
        raise Unreadable("the file is not a text: it holds NUL bytes")
    if text.lstrip()[:1] in ("{", "[") and text.rstrip()[-1:] in ("}", "]"):
        raise Unreadable("the file is JSON, not a table of rows and columns")


def parse(
    text: str, ending: str, place: str, options: Mapping[str, Any], problems: Problems
) -> Table | None:
    """Return the table that a text holds; None where it holds none, which is then a problem."""
    separator = str(options.get("separator") or SEPARATORS[ending])
    told = Problems()
    found = _parsed(text, separator, place, options, told)
    alone = found is not None and len(found.cells.columns) == 1
    if (alone or told.found) and (other := _other_separator(text, separator, options, alone=alone)):
        problems.add(
            place,
            f"the cells are separated by {other[1]}; {_mended(other[0], ending, options)}",
            row=1,
        )
        return None
    if alone and found is not None and (name := _one_cell(str(found.cells.columns[0]), separator)):
        problems.add(place, name, row=1, value=str(found.cells.columns[0])[:80])
        return None
    problems.extend(told)
    return None if told.found else found


def _mended(separator: str, ending: str, options: Mapping[str, Any]) -> str:
    """Say how a file is read whose cells have another separator than the one that was used."""
    name = f"name it as `separator: {separator}` of `reading`, or"
    usual = json.dumps(SEPARATORS[ending])
    if "separator" in options and separator == usual:
        return f"{name} take `separator` out"
    return f"{name} save with commas"


def _one_cell(header: str, separator: str) -> str | None:
    """Say what is wrong with a table of one column whose header is plainly several."""
    if separator in header:
        return (
            "each line is one cell, in quotation marks; save the table without marks around whole "
            "lines"
        )
    if len(PARTS.findall(header)) > 1:
        return "each line is one cell; name what separates the cells as `separator` of `reading`"
    return None


def _parsed(
    text: str, separator: str, place: str, options: Mapping[str, Any], problems: Problems
) -> Table | None:
    begun = [0]
    try:
        rows = list(_rows(text, separator, begun))
    except csv.Error as error:
        message = BROKEN.get(str(error), f"not a table of cells: {error}")
        problems.add(place, message, row=begun[0] + 1)
        return None
    named = options.get("row_names", _begins_with_names(text, rows, separator, options))
    made = assemble(rows, {**options, "row_names": named}, place, problems)
    if options.get("row_names") and made is not None and ROW_NAMES not in made[0].cells:
        text = "`row_names: true` does nothing: no row has one cell more than the header"
        problems.add(place, text, allowed="leave it out, or look at `separator`")
    return None if made is None else made[0]


def _begins_with_names(
    text: str, rows: list[Row], separator: str, options: Mapping[str, Any]
) -> bool:
    """Tell whether the first cells of rows are plainly names of rows: in quotation marks, as R
    writes them, or different from each other where white space separates.

    A row of a CSV that is one cell wider than the header may also hold a decimal comma.
    """
    start = max(int(options.get("header") or 1) - 1, 0)
    if separator in (WHITESPACE, " "):
        first = [cells[0] for _, cells in rows[start + 1 :] if cells]
        return len(set(first)) == len(first)
    lines = [line for line in text.split("\n")[start:] if line.strip()]
    return all(line.startswith('"') for line in lines)


def _rows(text: str, separator: str, begun: list[int]) -> Iterator[Row]:
    """Give each row with the line in which it begins; `begun` holds the lines that are read."""
    cells = 0
    if separator in (WHITESPACE, " "):
        for number, line in enumerate(text.split("\n"), start=1):
            begun[0] = number - 1
            row = _words(line)
            cells += len(row)
            refuse_cells(cells)
            yield number, row
        return
    csv.field_size_limit(LONGEST_CELL)  # one for the whole process, which other packages set too
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for row in reader:
        number, begun[0] = begun[0] + 1, reader.line_num
        cells += len(row)
        refuse_cells(cells)
        yield number, [cell.strip() for cell in row]


def _words(line: str) -> list[str]:
    """Return the cells of a line that spaces separate; those in quotation marks may hold spaces."""
    if line.count('"') % 2 and '\\"' not in line:
        raise csv.Error("unexpected end of data")
    return [
        (quoted.replace('\\"', '"').replace('""', '"') if quoted or not word else word).strip()
        for quoted, word in TOKEN.findall(line)
    ]


def _other_separator(
    text: str, separator: str, options: Mapping[str, Any], *, alone: bool
) -> tuple[str, str] | None:
    """Return the separator with which the first lines have all the same number of cells, how it is
    written in a config and called, where the one that is used does not do so well; cells may hold
    it too where the one that is used leaves one column alone.
    """
    start = max(int(options.get("header") or 1) - 1, 0)
    first = text.split("\n", start + LOOKED_AT)[start:][:LOOKED_AT]
    lines = list(filter(str.strip, first))
    found = _with(lines, _fits, separator)
    if not found and separator not in (WHITESPACE, " ") and _fits(lines, WHITESPACE):
        return WHITESPACE, "white space"
    if alone and not found:
        found = _with(lines, _exceeds, separator)
    return (found[0].replace("\t", "\\t").join('""'), MARKS[found[0]]) if found else None


def _with(lines: list[str], fits: Callable[[list[str], str], bool], used: str) -> list[str]:
    """Return the marks, but the one that is used, with which lines fit."""
    return [mark for mark in MARKS if mark != used and fits(lines, mark)]


def _fits(lines: list[str], separator: str) -> bool:
    """Tell whether lines have two cells or more, each as many; a header may lack that of row
    names.
    """
    try:
        widths = [len(cells) for _, cells in _rows("\n".join(lines), separator, [0])]
    except csv.Error:
        return False
    if len(widths) < 2 or min(widths) < 2:
        return len(widths) == 1 and widths[0] > 1 and separator != WHITESPACE
    below = Counter(widths[1:])
    return len(below) == 1 and next(iter(below)) - widths[0] in (0, 1)


def _exceeds(lines: list[str], separator: str) -> bool:
    """Tell whether no line has fewer cells than a header of three or more: so it is where cells
    hold the separator too (several sources in one cell, say).
    """
    try:
        widths = [len(cells) for _, cells in _rows("\n".join(lines), separator, [0])]
    except csv.Error:
        return False
    return widths[0] > 2 and min(widths) == widths[0]
