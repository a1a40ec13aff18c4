"""Files in and out: UTF-8, LF, full precision, written whole or not at all, the same bytes every
time.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # reading and writing tables is not all that this module is imported for
    import pandas as pd


def sha256(path: str | Path) -> str:
    """Return the sha256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digest(value: object) -> str:
    """Return the sha256 of a plain value (dicts, lists, text, numbers), whatever the order of its
    keys.
    """
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file whole: to a neighbour first, which then takes its name."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, neighbour = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(neighbour, 0o644)
        os.replace(neighbour, path)
    except BaseException:
        Path(neighbour).unlink(missing_ok=True)
        raise


def write_text(path: str | Path, text: str) -> None:
    """Write text as UTF-8 with LF line ends."""
    write_bytes(path, text.encode())


def write_table(path: str | Path, table: pd.DataFrame, key: list[str]) -> None:
    """Write a DataFrame as CSV, as `table_text` returns it."""
    write_text(path, table_text(path, table, key))


def table_text(name: str | Path, table: pd.DataFrame, key: list[str]) -> str:
    """Return a DataFrame as CSV, sorted by its key.

    Parameters
    ----------
    name : str or path
        Of the table, for an error.
    table : DataFrame
        Any columns; numbers are written so that they read back exactly.
    key : list of str
        Columns that together name a row.

    Raises
    ------
    ValueError
        When the key is missing, empty somewhere or not unique.
    """
    if table[key].isna().any(axis=None):
        raise ValueError(f"{name}: empty cells in the key {key}")
    if table.duplicated(key).any():
        raise ValueError(
            f"{name}: the key {key} is not unique: "
            f"{table.loc[table.duplicated(key), key].iloc[0].to_dict()}"
        )
    return csv_text(table.sort_values(key))


FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""A text that begins so is a formula to a spreadsheet, also after one of our apostrophes; the last
four are the wide forms of = + - @.
"""
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def inert(value: Any) -> Any:
    """Return a cell that a spreadsheet shows and never runs: a text that it would take for a
    formula, with an apostrophe before it.

    Numbers stay what they are, also where a column holds them as texts: they run nothing. `written`
    takes the apostrophe away again, so that what one step writes another reads unchanged. Every CSV
    file of a run is written so, because a label or a remark of a stranger can come to stand in any
    of them, and people open them in spreadsheets (OWASP, "CSV injection").
    """
    dangerous = (
        isinstance(value, str)
        and FORMULA.match(value) is not None
        and NUMBER.fullmatch(value) is None
    )
    return f"'{value}" if dangerous else value


def written(value: Any) -> Any:
    """Return what `inert` was given."""
    return (
        value[1:]
        if isinstance(value, str) and value.startswith("'") and FORMULA.match(value)
        else value
    )


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV, its texts inert and its numbers in full precision."""
    import pandas as pd

    columns = {
        inert(name): cells
        if pd.api.types.is_numeric_dtype(cells)
        else pd.Series([inert(cell) for cell in cells], cells.index, dtype=object)
        for name, cells in table.items()
    }
    return pd.DataFrame(columns, index=table.index).to_csv(index=False, lineterminator="\n")


def read_table(path: str | Path, text: tuple[str, ...] = ()) -> pd.DataFrame:
    """Read a CSV that the project wrote; "NA" is a text, only an empty cell is missing.

    Parameters
    ----------
    text : tuple of str
        Columns that stay text even where they look like numbers (partial dates such as "2003").
    """
    import pandas as pd

    table = pd.read_csv(
        path, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(text, "str")
    )
    texts = [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    return table.assign(
        **{name: table[name].map(written, na_action="ignore") for name in texts}
    ).rename(columns=written)


def plain(value: Any) -> Any:
    """Return the value with numpy and pandas types made plain, and numbers that mean nothing made
    None.
    """
    import numpy as np
    import pandas as pd

    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | np.ndarray | pd.Series | pd.Index):
        return list(map(plain, value))
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return None if any(value is missing for missing in (None, pd.NA, pd.NaT)) else str(value)


def write_json(path: str | Path, value: Any) -> None:
    """Write plain data as JSON; infinite and undefined numbers become null."""
    write_text(path, json.dumps(plain(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: str | Path) -> Any:
    """Read a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def read_own_yaml(path: str | Path) -> dict[str, Any]:
    """Read a YAML file of the project's own, by the reader in C where there is one: that in Python
    takes ten times as long.
    """
    # here, because most that import this module read no YAML
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=loader)
    return found
