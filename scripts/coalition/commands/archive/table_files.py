"""One table as CSV, Stata and R files, and whether the three say the same."""

from __future__ import annotations

import gzip
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.errors import InvalidColumnName

from ...base.files import inert
from ...data.frictionless_schema import label, value_labels
from ...data.table_schema import Column

NUMBERS = ("integer", "number")
NO_TIME = datetime(1980, 1, 1)
STATA: Literal[118] = 118
"""Stata 14 and later: texts in UTF-8."""
LONGEST_TEXT = 2045
"""Bytes of a text in Stata beyond which it is a long one (strL)."""
LARGEST = 2_147_483_620
"""Largest whole number of Stata's type long; the numbers after it are its missing values."""
R_MISSING = -2_147_483_648
"""R's missing whole number."""
ENDINGS = ("csv", "dta", "rds")


def canonical(table: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """Return a table with the types that all three files are written from.

    Whole numbers are Int64, numbers float64, all else texts or None. Texts that a spreadsheet would
    run get an apostrophe (`base.files.inert`), in all three alike.
    """
    found: dict[str, Any] = {}
    for column in columns:
        values = table[column.name]
        if column.type == "integer":
            found[column.name] = values.astype("Float64").astype("Int64")
        elif column.type == "number":
            found[column.name] = values.astype("float64")
        else:
            cells = [
                None if pd.isna(value) or value == "" else inert(str(value)) for value in values
            ]
            found[column.name] = pd.Series(cells, values.index, dtype=object)
    return pd.DataFrame(found).reset_index(drop=True)


def written(table: pd.DataFrame, columns: Sequence[Column], title: str) -> dict[str, bytes]:
    """Return the files of a table, by ending.

    Parameters
    ----------
    table : DataFrame
        As `canonical` returns it.
    columns : sequence of Column
        Labels and what numbers stand for are written into the Stata file.
    title : str
        Label of the Stata file.
    """
    return {
        "csv": table.to_csv(index=False, lineterminator="\n").encode(),
        "dta": stata(table, columns, title),
        "rds": r(table),
    }


def stata(table: pd.DataFrame, columns: Sequence[Column], title: str) -> bytes:
    """Return a table as a file of Stata, with labels of variables and values."""
    made: dict[Any, Any] = {name: _for_stata(values) for name, values in table.items()}
    long_texts = [name for name, values in made.items() if _is_long(values)]
    scales: dict[Any, Any] = {column.name: value_labels(column) for column in columns}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # a name that Stata does not allow is changed; its label stays
        warnings.simplefilter("ignore", InvalidColumnName)
        path = Path(folder) / "table.dta"
        pd.DataFrame(made).to_stata(
            path,
            write_index=False,
            version=STATA,
            data_label=title[:80],
            variable_labels={column.name: label(column) for column in columns},
            value_labels={name: scale for name, scale in scales.items() if scale},
            convert_strl=long_texts,
            time_stamp=NO_TIME,
        )
        return path.read_bytes()


def _for_stata(values: pd.Series) -> pd.Series:
    if values.dtype == "Int64":
        small = values.notna().all() and (values.abs() <= LARGEST).all()
        return values.astype("int32" if small else "float64")
    return values.fillna("") if values.dtype == object else values


def _is_long(values: pd.Series) -> bool:
    """Tell whether a text of a column is longer than Stata's usual texts."""
    texts: Any = values if values.dtype == object else []
    return any(len(text.encode()) > LONGEST_TEXT for text in texts)


def r(table: pd.DataFrame) -> bytes:
    """Return a table as a data frame of R (RDS, version 3)."""
    # here, because reading a config needs nothing of it
    import rdata
    from rdata.missing import R_FLOAT_NA

    made: dict[Any, Any] = {}
    for name, values in table.items():
        if values.dtype == "Int64" and (values.abs().fillna(0) <= LARGEST).all():
            made[name] = values.astype("Int32").array
        elif values.dtype == object:
            made[name] = pd.array(values.to_numpy(), dtype=pd.StringDtype("python"))
        else:
            numbers = values.astype("float64").to_numpy(copy=True)
            numbers[np.isnan(numbers)] = R_FLOAT_NA  # NaN would be another thing to R
            made[name] = numbers
    frame = pd.DataFrame(made, index=pd.RangeIndex(1, len(table) + 1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.rds"
        rdata.write_rds(path, frame, compression=None)
        return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)


# -- read again


def differences(folder: Path, stem: str, fields: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return in words where the Stata and the R file of a table differ from its CSV file, cell by
    cell; nothing where they agree.

    Parameters
    ----------
    folder : Path
    stem : str
        The files' name without ending.
    fields : sequence of mapping
        Those of the table's schema in datapackage.json.
    """
    # here, because reading a config needs nothing of it
    import rdata

    first = pd.read_csv(folder / f"{stem}.csv", dtype="str", keep_default_na=False)
    others = {
        "dta": pd.read_stata(folder / f"{stem}.dta", convert_categoricals=False),
        "rds": rdata.read_rds(folder / f"{stem}.rds"),
    }
    found = []
    for ending, table in others.items():
        if table.shape != first.shape:
            found.append(f"{stem}.{ending}: other columns or rows than in {stem}.csv")
            continue
        for place, field in enumerate(fields):
            name = field["name"]
            # by place: Stata allows fewer names
            same = _same(first[name], table.iloc[:, place], field["type"] in NUMBERS)
            if not same.all():
                line = int(np.flatnonzero(~same)[0]) + 2
                cell = f"line {line}, column {name}"
                found.append(f"{stem}.{ending}: {cell} is not what stands in {stem}.csv")
    return found


def _same(texts: pd.Series, values: pd.Series, number: bool) -> np.ndarray:
    """Tell cell by cell whether a column holds what the texts of the CSV file say, (n,) bool."""
    if number:
        said = pd.to_numeric(texts.where(texts != ""), errors="coerce").to_numpy("float64")
        held = pd.to_numeric(values, errors="coerce").astype("float64").to_numpy()
        if values.dtype.kind == "i":
            held = np.where(held == R_MISSING, np.nan, held)
        return (said == held) | (np.isnan(said) & np.isnan(held))
    cells = ["" if pd.isna(value) else str(value) for value in values]
    return texts.to_numpy() == np.array(cells, dtype=object)
