"""The shipped tables as the tests read them: as text, as typed tables, and with the coded facts
that they were made from.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from coalition.base.errors import Problems
from coalition.config import settings
from coalition.data import ingest
from coalition.data.file_formats import read_raw
from coalition.data.table_schema import Known, load, validate
from coalition.samples import country_operations

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
FACTS = ROOT.parent / "shared" / "facts"
"""The coded facts; the run never reads them, and a test that does is skipped where they are not
there.
"""

TABLES = sorted(
    path.relative_to(DATA).as_posix()
    for path in DATA.rglob("*.csv")
    if path.parent.name != "build"  # lists of what the table of states and years is built from
)
OPERATIONS = ("isaf", "iraq")

needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the coded facts are not here")


@cache
def _text(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def text(name: str) -> pd.DataFrame:
    """Return a shipped table as it stands in the file: every cell text, empty where not known."""
    return _text(DATA / name).copy()


def facts(name: str) -> pd.DataFrame:
    """Return a table of the coded facts, every cell text."""
    return _text(FACTS / name).copy()


@cache
def known() -> Known:
    """Return the codes of states and the ids of sources."""
    return Known(
        states=frozenset(text("states.csv")["iso3"]),
        sources=frozenset(text("sources.csv")["source_id"]),
    )


@cache
def _typed(name: str) -> tuple[pd.DataFrame, Problems]:
    problems = Problems()
    raw = read_raw(DATA / name, problems)
    assert raw is not None
    return validate(raw, load(Path(name).stem), name, known(), problems), problems


def typed(name: str) -> pd.DataFrame:
    """Return a shipped table with the types of its schema."""
    return _typed(name)[0].copy()


def problems(name: str) -> Problems:
    """Return what the schema finds wrong with a shipped table."""
    return _typed(name)[1]


@cache
def config() -> dict[str, Any]:
    """Return the config as shipped."""
    with contextlib.chdir(ROOT):
        return settings.main()


@cache
def tables() -> ingest.Tables:
    """Return every table that the config names, as the run reads it."""
    found = Problems()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        read = ingest.everything(config(), found)
    assert not found.found, str(found)
    return read


def sample(name: str, **changes: Any) -> country_operations.Sample:
    """Build a sample from the shipped data, with changes to its block of the config."""
    changed = {
        **config(),
        "samples": {**config()["samples"], name: {**config()["samples"][name], **changes}},
    }
    return country_operations.build(changed, name, tables(), describe=False)


def cell(value: str) -> str:
    """Return a cell in one spelling: 5, 5.0 and 5.00 are the same number."""
    try:
        return format(float(value), ".15g")
    except ValueError:
        return value


def differences(expected: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    """Return the rows that are only in one of two tables, as text; equal tables, whatever their
    order, give none.
    """
    assert list(expected.columns) == list(found.columns)
    rows = [
        Counter(tuple(map(cell, row)) for row in table.itertuples(index=False))
        for table in (expected, found)
    ]
    only = [
        (place, row)
        for place, left, right in (("facts", 0, 1), ("data", 1, 0))
        for row in (rows[left] - rows[right]).elements()
    ]
    return [f"only in the {place}: {row}" for place, row in only]


def renamed(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the columns named by the values of `names`, under its keys, in its order."""
    return pd.DataFrame({ours: table[theirs] for ours, theirs in names.items()})
