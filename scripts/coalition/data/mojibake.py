"""Texts that were once read in a wrong encoding, turned back: Ã¼ was ü, â€œ was a quotation
mark.
"""

from __future__ import annotations

import pandas as pd

from ..base.errors import Problems
from .typed_table import Table

UNDEFINED = {code: bytes([code]) for code in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
"""Bytes that cp1252 has no character for; programs then keep the control character."""


def turned_back(text: str, encoding: str) -> str:
    """Return a text as it was before its bytes, which were UTF-8, were read as another encoding; as
    it stands where that cannot have been.
    """
    if text.isascii():
        return text
    try:
        return b"".join(_byte(character, encoding) for character in text).decode("utf-8")
    except (UnicodeError, LookupError):
        return text


def _byte(character: str, encoding: str) -> bytes:
    return UNDEFINED.get(ord(character)) or character.encode(encoding)


def repaired(table: Table, encoding: str, path: str, problems: Problems) -> Table:
    """Return a table whose texts are turned back; a problem where none can be."""
    try:
        "a".encode(encoding)
    except (LookupError, UnicodeError):
        problems.add(path, "there is no such encoding", value=encoding, allowed="cp1252, latin-1")
        return table
    changed: dict[str, pd.Series] = {}
    for name in table.cells.columns:
        cells = table.cells[name]
        if "".join(cells).isascii():
            continue
        made = cells.map(lambda cell: turned_back(cell, encoding))
        if not made.equals(cells):
            changed[name] = made
    if not changed:
        problems.add(path, "no text is of the kind that `repair` turns back", value=encoding)
    kinds = dict(table.kinds)
    for name in changed:
        levels = tuple(turned_back(level, encoding) for level in table.kind(name).levels)
        kinds[name] = type(table.kind(name))(
            table.kind(name).name, levels, table.kind(name).ordered
        )
    return table.with_cells(table.cells.assign(**changed), **kinds)
