"""Tables in files of Stata, SPSS, R and Parquet, with the kinds of columns that these hold."""

from __future__ import annotations

import bz2
import gzip
import lzma
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import Problems, nearest
from . import file_limits
from .assembled import NO_ROWS
from .cell_texts import cell_text, column_texts
from .file_limits import Unreadable, refuse_cells, refuse_packed
from .typed_table import CATEGORY, ROW_NAMES, Kind, Table

Options = Mapping[str, Any]
FIRST_LINE = 2
"""The line of the first row, as if the names stood in the first."""
NO_NUMBER = np.iinfo(np.int64).min
"""What `integer64` of R has in the place of a missing value."""


def _repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def from_frame(frame: pd.DataFrame, place: str, problems: Problems) -> Table | None:
    """Return the cells of a data frame as texts, with what its columns are."""
    names = [str(name).strip() for name in frame.columns]
    if repeated := _repeated(names):
        problems.add(place, f"the header names a column twice: {', '.join(repeated)}", row=1)
        return None
    if frame.empty or not any(names):
        problems.add(place, NO_ROWS if any(names) else "the file is empty")
        return None
    made = {
        name: column_texts(frame.iloc[:, position]) for position, name in enumerate(names) if name
    }
    lines = range(FIRST_LINE, len(frame) + FIRST_LINE)
    cells = pd.DataFrame({name: texts for name, (texts, _) in made.items()}, index=list(lines))
    return Table(cells.astype("str"), {name: kind for name, (_, kind) in made.items()})


# -- Stata and SPSS
# ------------------------------------------------------------------------------------------------


def statistical(function: str) -> Callable[[Path, str, Options, Problems], Table | None]:
    """Return the reader of files of Stata ("read_dta") or SPSS ("read_sav")."""

    def read(path: Path, place: str, options: Options, problems: Problems) -> Table | None:
        import pyreadstat  # here, because it is slow to import and few tables need it

        told = {"encoding": options["encoding"]} if "encoding" in options else {}
        try:
            reader = getattr(pyreadstat, function)
            about = reader(str(path), metadataonly=True, **told)[1]
            refuse_cells((about.number_rows or 0) * about.number_columns)
            frame, about = reader(str(path), **told)
        except Unreadable:
            raise
        # pyreadstat has errors of its own for every way in which a file can be broken
        except Exception as error:
            raise Unreadable(f"the file cannot be read: {error}") from None
        found = from_frame(frame, place, problems)
        if found is None:
            return None
        if options.get("values", "codes") != "labels":
            return _with_labels(found, about)
        return _labelled(found, about, place, problems)

    return read


def _labels(given: Mapping[Any, Any]) -> dict[str, str]:
    return {cell_text(code): cell_text(label) for code, label in given.items()}


def _with_labels(table: Table, about: Any) -> Table:
    """Return the table whose kinds know what the file calls the codes."""
    kinds = {
        column: replace(table.kind(column), labels=tuple(_labels(given).items()))
        for column, given in about.variable_value_labels.items()
        if column in table.cells
    }
    return replace(table, kinds={**table.kinds, **kinds})


def _labelled(table: Table, about: Any, place: str, problems: Problems) -> Table:
    """Return labels in the place of codes; the order of the codes is that of the levels."""
    cells, kinds = table.cells.copy(), dict(table.kinds)
    for column, given in about.variable_value_labels.items():
        if column not in cells:
            continue
        labels = _labels(given)
        codes = _in_order(set(labels) | (set(cells[column]) - {""}))
        levels = [labels.get(code, code) for code in codes]
        twice = sorted({level for level in levels if levels.count(level) > 1})
        if twice:
            problems.add(
                place, "two codes have the same label", column=column, value=", ".join(twice)
            )
        cells[column] = cells[column].map({"": "", **dict(zip(codes, levels, strict=True))})
        ordered = about.variable_measure.get(column, "unknown") != "nominal"
        kinds[column] = Kind(CATEGORY, tuple(dict.fromkeys(levels)), ordered)
    return Table(cells.astype("str"), kinds)


def _in_order(codes: set[str]) -> list[str]:
    """Return codes from small to large; those that are texts after the numbers."""

    def place(code: str) -> tuple[bool, float, str]:
        try:
            return False, float(code), code
        except ValueError:
            return True, 0.0, code

    return sorted(codes, key=place)


# -- R
# ------------------------------------------------------------------------------------------------

PACKED_R: Mapping[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ": lzma.open,
}
"""How a file of R that is compressed begins, and what opens it."""


def _days(obj: Any, attrs: Any) -> Any:
    """Return R's days since 1970 as dates."""
    return _instants(obj, "D", 86_400)


def _seconds(obj: Any, attrs: Any) -> Any:
    """Return R's seconds since 1970 as points in time, in universal time."""
    return _instants(obj, "s", 1)


def _instants(obj: Any, unit: str, seconds: int) -> Any:
    values: np.ndarray = np.ma.filled(np.ma.asarray(obj, dtype="float64"), np.nan)
    whole = np.where(np.isfinite(values), np.floor(values * seconds), 0)
    if np.abs(whole).max(initial=0) > 2.5e11:  # the year 9999
        return NotImplemented
    found = whole.astype("int64").astype("datetime64[s]")
    found[~np.isfinite(values)] = np.datetime64("NaT")
    return pd.array(found)


def _integers(obj: Any, attrs: Any) -> Any:
    """Return the whole numbers of 64 bits that R's `integer64` keeps in the bits of floats."""
    raw = np.ma.getdata(np.ma.asarray(obj))
    if raw.dtype != np.float64:
        return NotImplemented
    whole = raw.view(np.int64)
    return pd.array(
        [None if number == NO_NUMBER else int(number) for number in whole], dtype="Int64"
    )


def _underlying(obj: Any, attrs: Any) -> Any:
    """Return the values of a class that only adds labels to them."""
    return obj


def _without_declared_gaps(obj: Any, attrs: Any) -> Any:
    """Return values of haven's `labelled_spss` without those that the file declares missing, one by
    one (`na_values`) or as a range (`na_range`).
    """
    values = pd.Series(list(np.ma.getdata(np.ma.asarray(obj))))
    gaps = values.isin(list(attrs.get("na_values", ())))
    if "na_range" in attrs:
        low, high = map(float, attrs["na_range"])
        gaps |= pd.to_numeric(values, errors="coerce").between(low, high)
    if isinstance(obj, np.ma.MaskedArray):
        gaps |= np.ma.getmaskarray(obj)
    return pd.array(values.mask(gaps, None))


def _frame(obj: Any, attrs: Any) -> Any:
    """Return a data frame of R; a matrix, or a data frame within it, is one column for each of its
    own.

    Raises
    ------
    Unreadable
        When two columns have one name: which of them a model means would be a guess.
    """
    from rdata.conversion import dataframe_constructor  # as in `_r_objects`

    names = [str(name) for name in attrs.get("names", ())]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unreadable(f"two columns of the data frame have one name: {', '.join(twice)}")
    if not isinstance(obj, Mapping):  # a list, of a data frame without columns
        return dataframe_constructor(obj, attrs)
    columns: dict[str, Any] = {}
    for name, values in obj.items():
        columns |= _columns_of(name, values)
    return dataframe_constructor(columns, attrs)


def _columns_of(name: str, values: Any) -> dict[str, Any]:
    """Return a column of a data frame of R, or those that it consists of."""
    if isinstance(values, pd.DataFrame):
        return {f"{name}.{inner}": values[inner].array for inner in values}
    if np.ndim(values) != 2:
        return {name: values}
    wide = np.ma.asarray(values)
    return {f"{name}.{place + 1}": wide[:, place] for place in range(wide.shape[1])}


def _frames(found: Any) -> dict[str, pd.DataFrame]:
    """Return the data frames among R's objects by name; the one of an .rds file has none."""
    objects = found if isinstance(found, dict) else {"": found}
    return {name: value for name, value in objects.items() if isinstance(value, pd.DataFrame)}


def read_r(path: Path, place: str, options: Options, problems: Problems) -> Table | None:
    """Read a data frame of an .rds or .rda file; where there are several, `object` must name it."""
    with open(path, "rb") as stream:
        start = stream.read(6)
    for mark, opener in PACKED_R.items():
        if start.startswith(mark):
            refuse_packed(path, opener)
    frames = _frames(_r_objects(path, options.get("encoding")))
    wanted: Any = options.get("object") if "" not in frames else ""
    wanted = next(iter(frames)) if wanted is None and len(frames) == 1 else wanted
    if wanted not in frames:
        message = (
            "name one of its data frames as `object`" if frames else "the file holds no data frame"
        )
        problems.add(
            place,
            message,
            value=wanted,
            allowed=", ".join(frames) or None,
            nearest=nearest(str(wanted), frames),
        )
        return None
    return from_frame(_with_row_names(frames[wanted]), place, problems)


def _r_objects(path: Path, encoding: str | None) -> Any:
    import rdata  # here, because it is slow to import and few tables need it
    from rdata.conversion import DEFAULT_CLASS_MAP

    classes: Any = {
        **DEFAULT_CLASS_MAP,
        "Date": _days,
        "POSIXct": _seconds,
        "integer64": _integers,
        "data.frame": _frame,
        "haven_labelled_spss": _without_declared_gaps,
        **dict.fromkeys(("labelled", "haven_labelled", "AsIs", "noquote"), _underlying),
    }
    reader = rdata.read_rds if path.suffix.lower() == ".rds" else rdata.read_rda
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of classes that add nothing to the values
            return reader(path, constructor_dict=classes, default_encoding=encoding)
    except Unreadable:
        raise
    except Exception as error:  # rdata raises whatever the bytes make it raise
        raise Unreadable(f"the file cannot be read: {error}") from None


def _with_row_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a data frame of R with its row names as a column, where they are names and no
    count.
    """
    if isinstance(frame.index, pd.RangeIndex) or ROW_NAMES in frame.columns:
        return frame
    names = [cell_text(name) for name in frame.index]
    if all(name.isdigit() for name in names):
        return frame
    frame = frame.reset_index(drop=True)
    frame.insert(0, ROW_NAMES, pd.Series(names, dtype="object"))
    return frame


# -- Parquet
# ------------------------------------------------------------------------------------------------


def read_parquet(path: Path, place: str, options: Options, problems: Problems) -> Table | None:
    """Read a Parquet file; an index that pandas has named and written is a column like others."""
    import pyarrow.parquet  # here, because it is slow to import and few tables need it

    try:
        opened = pyarrow.parquet.ParquetFile(path)
        about, names = opened.metadata, list(opened.schema_arrow.names)
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Unreadable(f"two columns of the file have one name: {', '.join(twice)}")
        refuse_cells(about.num_rows * about.num_columns)
        size = sum(
            about.row_group(number).total_byte_size for number in range(about.num_row_groups)
        )
        if size > file_limits.LARGEST:
            limit = file_limits.LARGEST // 1024**2
            raise Unreadable(f"the file is larger than {limit} MiB when unpacked")
        frame = pyarrow.parquet.read_table(path).to_pandas(
            integer_object_nulls=True, timestamp_as_object=True, strings_to_categorical=False
        )
    except Unreadable:
        raise
    except Exception as error:  # pyarrow raises its own errors, and those of pandas
        raise Unreadable(f"the file cannot be read: {error}") from None
    return from_frame(_with_index(frame), place, problems)


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a data frame with the named levels of its index as columns; one of texts without a
    name becomes that of row names.
    """
    index = frame.index
    named = [
        level
        for level, name in enumerate(index.names)
        if name is not None and str(name) not in map(str, frame.columns)
    ]
    columns = [(str(index.names[level]), index.get_level_values(level)) for level in named]
    if not columns and index.nlevels == 1 and pd.api.types.is_string_dtype(index):
        columns = [(ROW_NAMES, index)] if ROW_NAMES not in frame.columns else []
    frame = frame.reset_index(drop=True)
    for position, (name, values) in enumerate(columns):
        frame.insert(position, name, pd.Series(values).reset_index(drop=True))
    return frame
