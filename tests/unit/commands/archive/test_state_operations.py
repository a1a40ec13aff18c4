"""One row a state and operation, by the rules of the study."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from archive_fixture import read
from coalition.commands.archive import state_operations


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    made, columns = state_operations.state_operation(read())
    assert list(made.columns) == [column.name for column in columns]
    return made.set_index(["operation", "iso3"])


def test_every_state_of_the_time_has_a_row_and_its_role(table: pd.DataFrame) -> None:
    assert sorted(table.loc["one"].index) == ["CAN", "DEU", "IRQ", "POL", "USA"]
    roles = table.loc["one", "role"].to_dict()
    assert roles == {
        "CAN": "other",
        "DEU": "other",
        "IRQ": "target",
        "POL": "other",
        "USA": "leader",
    }
    assert table.loc[("one", "DEU"), "cow_code"] == 255
    assert table.loc[("one", "DEU"), "gw_code"] == 260


def test_zero_is_filled_in_only_where_the_list_is_complete(table: pd.DataFrame) -> None:
    assert table.loc[("one", "POL"), "participated"] == 0
    assert pd.isna(table.loc[("two", "POL"), "participated"])
    assert table.loc[("two", "CAN"), "participated"] == 1
    assert table.loc[("one", "POL"), "listed"] == 0


def test_levels_by_rule_by_alternative_and_by_coder(table: pd.DataFrame) -> None:
    canada = table.loc[("one", "CAN")]
    # the median of 3 and 1 (C is not used) is 2; range and numbers are of the same statements
    assert canada["caveat_level"] == 2
    assert canada["response"] == "reserved"
    assert (canada["level_low"], canada["level_high"]) == (1, 3)
    assert (canada["n_statements"], canada["n_coders"], canada["n_statements_all"]) == (2, 2, 3)
    assert canada["level_stated"] == 3
    assert (canada["level_coder_1"], canada["level_coder_2"]) == (3, 1)
    assert canada["best_evidence"] == "A"
    assert canada["restricted_by_rule"] == 1
    assert pd.isna(table.loc[("one", "DEU"), "restricted_by_rule"])
    # an alternative that reads one coder is that coder's column; one of models is none
    assert not {"level_first", "level_model"} & set(table.columns)


def test_an_operation_without_statements_has_no_levels(table: pd.DataFrame) -> None:
    assert table.loc["two", "caveat_level"].isna().all()
    assert table.loc["two", "n_statements_all"].isna().all()


def test_the_latent_level_is_the_one_that_the_run_measured() -> None:
    without, _ = state_operations.state_operation(read())
    assert without["latent"].isna().all()
    values = [0.2560286275760151, 0.48882874878959987, -0.6981561763651015, 1.2401802419009194]
    names = ["latent", "latent_sd", "latent_low", "latent_high"]
    measured = pd.DataFrame([["DEU", "one", *values]], columns=["iso3", "operation", *names])
    made, _ = state_operations.state_operation(dataclasses.replace(read(), measured=measured))
    found = made.set_index(["operation", "iso3"])[names]
    assert found.loc[("one", "DEU")].tolist() == values
    assert found.drop(index=("one", "DEU")).isna().all(axis=None)


def test_years_hold_troops_and_the_statements_that_speak_of_them() -> None:
    made, _ = state_operations.state_operation_year(read())
    canada = made[(made["iso3"] == "CAN") & (made["operation"] == "one")].set_index("year")
    assert list(canada.index) == [2003, 2004]
    assert canada["troops"].tolist()[0] == 200
    assert pd.isna(canada.loc[2004, "troops"])  # deployed, not counted
    assert canada["caveat_level"].tolist() == [2, 1]
    assert canada["n_statements"].tolist() == [2, 1]
    poland = made[(made["iso3"] == "POL") & (made["operation"] == "one")]
    assert poland["troops"].tolist() == [0, 0]


def test_a_stacked_table_has_name_and_codes_of_the_state() -> None:
    made, columns = state_operations.stacked(read(), "contributors")
    assert list(made.columns[:5]) == ["iso3", "country", "cow_code", "gw_code", "operation"]
    assert len(made) == 4
    assert [column.name for column in columns] == list(made.columns)


def test_no_two_alternatives_share_a_column() -> None:
    long = "statements_of_the_first_two_years"
    given = [f"{long}_a", f"{long}_b", "low", "coder_1", "LOW"]
    found = state_operations.level_names(given, ["level_low", "level_coder_1"])
    assert list(found) == given
    assert list(found.values()) == [
        "level_statements_of_the_first_tw",
        "level_statements_of_the_first__2",
        "level_low_2",
        "level_coder_1_2",
        "level_LOW_3",
    ]
    assert found == state_operations.level_names(given, ["level_low", "level_coder_1"])
    assert all(len(name) <= state_operations.LONGEST_NAME for name in found.values())
