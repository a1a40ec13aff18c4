"""What a file may be at most, how it is unpacked, and what is told where it is none that can be
read.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

LARGEST = 100 * 1024 * 1024
"""Bytes, also after decompression; a larger file is refused rather than read into memory."""
MOST_CELLS = 20_000_000
"""Cells of a table. One takes about 165 bytes while a file is read (measured), so that three
gigabytes are enough for any table.
"""
CHUNK = 1024 * 1024
COMPRESSED: Mapping[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}
BROKEN_FILE = (OSError, EOFError, lzma.LZMAError, zlib.error)
"""What a file raises that is not what its name says."""
POINTERS = {
    b"version https://git-lfs": "a pointer of Git LFS, not the table itself; `git lfs pull` "
    "gets it",
    b"/annex/objects/": "a pointer of git-annex, not the table itself; `git annex get` gets it",
    b"../.git/annex/": "a pointer of git-annex, not the table itself; `git annex get` gets it",
}
"""How a file begins that stands in the place of a large one."""
PAGES = (b"<!doctype", b"<html", b"<head", b"<?xml", b"<!--", b"<body")
"""How a page of the web begins, in small letters."""
CONTENTS: Mapping[bytes, tuple[str, tuple[str, ...]]] = {
    b"PK\x03\x04": ("an Excel workbook or another zip", (".xlsx",)),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook (.xls) or one with a password", ()),
    b"%PDF": ("a PDF", ()),
    b"\x1f\x8b": ("packed by gzip", (".gz", ".rds", ".rda", ".rdata")),
    b"BZh": ("packed by bzip2", (".bz2", ".rds", ".rda", ".rdata")),
    b"\xfd7zXZ": ("packed by xz", (".xz", ".rds", ".rda", ".rdata")),
    b"PAR1": ("Parquet", (".parquet",)),
    b"RDX": ("a file of R (.rda)", (".rda", ".rdata")),
    b"<stata_dta>": ("a file of Stata", (".dta",)),
    b"$FL2": ("a file of SPSS", (".sav",)),
    b"$FL3": ("a file of SPSS (.zsav)", (".sav",)),
    b"SQLite format": ("a database", ()),
}
"""How a kind of file begins, what it is, and the endings that it may have."""


class Unreadable(Exception):
    """A file that is not what its name says, or holds what cannot be a table; the sentence for the
    user.
    """


def refuse_cells(cells: int) -> None:
    """Refuse a table of more cells than can be held.

    Raises
    ------
    Unreadable
        When there are more than MOST_CELLS.
    """
    if cells > MOST_CELLS:
        raise Unreadable(
            f"the table has more than {MOST_CELLS:,} cells; keep the columns that the analysis "
            "needs"
        )


def refuse_packed(path: Path, opener: Callable[..., Any]) -> None:
    """Refuse a compressed file that unpacks to more than can be read, before more than a little of
    it is in memory.
    """
    size = 0
    with opener(path) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > LARGEST:
                raise Unreadable(f"the file is larger than {LARGEST // 1024**2} MiB when unpacked")


def unpacked(path: Path) -> bytes:
    """Return the bytes of a file, unpacked where its name says that it is packed."""
    opener = COMPRESSED.get(path.suffix.lower())
    if opener is None:
        return path.read_bytes()
    refuse_packed(path, opener)
    with opener(path) as stream:
        return stream.read()


def refuse_other_contents(start: bytes, ending: str) -> None:
    """Refuse a file that is plainly not what it is called.

    Parameters
    ----------
    start : bytes
        Its first bytes, a few hundred.
    ending : str
        The last ending of its name, in small letters.

    Raises
    ------
    Unreadable
        With what the file is.
    """
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, words in POINTERS.items():
        if bare.startswith(mark):
            raise Unreadable(f"the file is {words}")
    if bare.lower().startswith(PAGES):
        raise Unreadable(
            "the file is a web page, not a table (a page that asks for a login, perhaps); "
            "download the table again"
        )
    for mark, (words, endings) in CONTENTS.items():
        if start.startswith(mark) and ending not in endings:
            raise Unreadable(f"the file is {words}, not what its ending {ending} says")
