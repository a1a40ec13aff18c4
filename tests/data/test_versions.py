"""Changes on the record: today's tables with the log taken back are those of the last release."""

from __future__ import annotations

import copy
from functools import cache

import pandas as pd
import pytest
from coalition.data import released_tables
from coalition.data.released_tables import Held, LogError, fingerprints, read_log, undo
from shipped import DATA, text


@cache
def today() -> dict[str, Held]:
    return released_tables.read_tables(DATA)


def released() -> pd.DataFrame:
    table = text("release.csv")
    return table[table["version"] == table["version"].max()]


def unequal(tables: dict[str, Held], withdrawn: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the columns that are not those of the release."""
    was, found = (
        {(row.table, row.column): (row.rows, row.sha256) for row in table.itertuples()}
        for table in (released(), fingerprints(tables))
    )
    places = sorted((was.keys() | found.keys()) - withdrawn)
    return [place for place in places if was.get(place) != found.get(place)]


@pytest.mark.long
def test_the_log_taken_back_gives_the_release_cell_for_cell() -> None:
    tables = copy.deepcopy(today())
    withdrawn = undo(tables, read_log(DATA))
    assert unequal(tables, withdrawn) == []
    assert withdrawn <= {(row.table, row.column) for row in released().itertuples()}


def test_a_cell_that_changed_in_silence_is_found() -> None:
    tables = copy.deepcopy(today())
    withdrawn = undo(tables, read_log(DATA))
    row = tables["operations/isaf/troops.csv"].rows
    name = next(iter(row))
    row[name]["troops"] = "1" + row[name]["troops"]
    assert unequal(tables, withdrawn) == [("operations/isaf/troops.csv", "troops")]


def test_the_version_is_the_last_one_of_the_log_and_not_before_the_release() -> None:
    version = (DATA / "VERSION").read_text(encoding="utf-8").strip()
    log = read_log(DATA)
    assert set(log["version"]) <= {version}
    assert (version == released()["version"].iloc[0]) == log.empty


def small() -> dict[str, Held]:
    table = pd.DataFrame({"iso3": ["ALB", "BEL"], "coder": ["1", "1"], "level": ["3", ""]})
    return {"small.csv": released_tables.held(table, ["iso3", "coder"])}


def edited() -> released_tables.Editor:
    """Return small tables after one change of every kind."""
    editor = released_tables.Editor(DATA, "9.9", small(), [])
    editor.set("small.csv", "ALB|1", "level", "2", "misread")
    editor.set("small.csv", "ALB|1", "coder", "2", "another hand")
    editor.add("small.csv", {"iso3": "CAN", "coder": "1", "level": "0"}, "new")
    editor.remove("small.csv", "BEL|1", "not ISAF")
    editor.add_column("small.csv", "note", "level", {"CAN|1": "stated"}, "new")
    return editor


def log_of(editor: released_tables.Editor) -> pd.DataFrame:
    return pd.DataFrame(editor.entries, columns=list(released_tables.LOG_COLUMNS))


def test_every_kind_of_change_is_taken_back() -> None:
    editor = edited()
    assert fingerprints(editor.tables).to_dict() != fingerprints(small()).to_dict()
    undo(editor.tables, log_of(editor))
    assert fingerprints(editor.tables).to_dict() == fingerprints(small()).to_dict()


def test_a_withdrawn_column_is_named_and_not_repeated() -> None:
    editor = released_tables.Editor(DATA, "9.9", small(), [])
    editor.withdraw("small.csv", "level", "terms")
    assert "3" not in log_of(editor)[["old", "new"]].to_numpy()
    assert undo(editor.tables, log_of(editor)) == {("small.csv", "level")}


def test_an_entry_that_does_not_fit_is_named() -> None:
    editor = edited()
    log = log_of(editor)
    log.loc[0, "new"] = "1"
    with pytest.raises(LogError, match=r"entry 1 of changes\.csv"):
        undo(editor.tables, log)


def test_two_rows_of_one_key_are_refused() -> None:
    table = pd.DataFrame({"iso3": ["ALB", "ALB"], "year": ["2000", "2000"]})
    with pytest.raises(LogError, match=r"ALB\|2000"):
        released_tables.held(table, ["iso3", "year"])
