"""The five operations beside ISAF and Iraq: their tables, their universes, and the distance to
where they were fought.
"""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
import yaml
from coalition.base.errors import Problems
from coalition.base.great_circle import great_circle
from coalition.config import settings as configuration
from coalition.data import ingest
from coalition.samples import country_operations
from shipped import ROOT, text, typed

OTHERS = ("enduring_freedom", "gulf1991", "inherent_resolve", "kosovo1999", "libya2011")


@cache
def run(name: str) -> configuration.Config:
    """Return the config of a run, laid over config.yaml as the run does it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return configuration.main(configuration.read(f"configs/{name}.yaml"))


@cache
def built(name: str) -> country_operations.Sample:
    """Return the cross-section of a run."""
    problems = Problems()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        tables = ingest.everything(run(name), problems)
    assert not problems.found, str(problems)
    return country_operations.build(run(name), "country_operation", tables, describe=False)


def contributors(operation: str) -> pd.DataFrame:
    return typed(f"operations/{operation}/contributors.csv").set_index("iso3")


# -- tables
# ------------------------------------------------------------------------------------------------


def test_thirteen_allies_flew_over_kosovo_and_six_did_not() -> None:
    # "13 of 19 allies gave aircraft" (CRS IB10027).
    allies = contributors("kosovo1999").loc[
        [
            "USA",
            "GBR",
            "FRA",
            "DEU",
            "ITA",
            "NLD",
            "BEL",
            "CAN",
            "ESP",
            "DNK",
            "NOR",
            "PRT",
            "TUR",
            "GRC",
            "HUN",
            "CZE",
            "POL",
            "ISL",
            "LUX",
        ]
    ]
    assert allies["participated"].sum() == 13
    assert contributors("kosovo1999")["participated"].sum() == 13


@pytest.mark.parametrize("operation", OTHERS)
def test_every_member_of_nato_of_the_time_is_coded(operation: str) -> None:
    about = run(operation)["operations"][operation]
    status = typed("alliance_status.csv").query("status == 'nato'")
    members = set(
        status[(status["start_date"] <= about["start"]) & ~(status["end_date"] <= about["start"])][
            "iso3"
        ]
    )
    assert len(members) >= 16
    assert members <= set(contributors(operation).index)


@pytest.mark.parametrize("operation", OTHERS)
def test_disputed_cases_are_marked_and_only_those_differ(operation: str) -> None:
    table = contributors(operation)
    differ = table["participated"] != table["participated_broad"]
    assert (table.loc[differ, "disputed"] == 1).all()
    assert (table["participated_broad"] >= table["participated"]).all()


@pytest.mark.parametrize("operation", OTHERS)
@pytest.mark.parametrize("name", ["caveats", "caveat_types"])
def test_statements_are_about_contributors_and_lie_inside_the_operation(
    operation: str, name: str
) -> None:
    table, about = (
        typed(f"operations/{operation}/{name}.csv"),
        run(operation)["operations"][operation],
    )
    # Germany and Turkey in 1991 are disputed
    joined = contributors(operation).query("participated_broad == 1").index
    assert set(table["iso3"]) <= set(joined)
    assert set(table["coder"]) == ({1, 2} if name == "caveats" else {1})
    assert (table["from_year"] <= table["to_year"]).all()
    assert table["from_year"].min() >= int(about["start"][:4])
    assert table["to_year"].max() <= int(about["end"][:4])


@pytest.mark.parametrize("operation", OTHERS)
def test_an_amount_has_a_unit_and_a_grade(operation: str) -> None:
    table = text(f"operations/{operation}/contributors.csv")
    known = table["amount"] != ""
    assert ((table["amount_unit"] != "") == known).all()
    assert ((table["amount_evidence"] != "") == known).all()


def test_polls_have_the_names_of_the_operations() -> None:
    assert set(text("public_opinion.csv")["operation"]) <= {"isaf", "iraq", *OTHERS}


# -- universes
# ------------------------------------------------------------------------------------------------


@pytest.mark.long_after(1)
@pytest.mark.parametrize("operation", OTHERS)
def test_everyone_of_the_system_is_in_the_sample_or_named(operation: str) -> None:
    about, states = run(operation)["operations"][operation], typed("states.csv")
    sample = built(operation)
    lives = (states["first_year"] <= int(about["end"][:4])) & (
        states["last_year"] >= about["baseline_year"]
    )
    named = {row["iso3"] for row in sample.diagnostics["states_out"]}
    assert set(sample.table["iso3"]) | named == set(states.loc[lives, "iso3"])
    assert not set(sample.table["iso3"]) & named


@pytest.mark.long_after(1)
@pytest.mark.parametrize("operation", OTHERS)
def test_no_contributor_is_lost_but_those_that_led_or_were_fought_over(operation: str) -> None:
    about = run(operation)["operations"][operation]
    named = (about["leader"], about["target"])
    out = {state for states in named for state in ([states] if isinstance(states, str) else states)}
    joined = set(contributors(operation).query("participated == 1").index)
    grades = run(operation)["samples"]["country_operation"].get("contributors_evidence", ["A", "B"])
    recalled = (
        set(contributors(operation).query("evidence == 'C'").index) if "C" not in grades else set()
    )
    table = built(operation).table
    assert set(table.loc[table["participated"] == 1, "iso3"]) == joined - out - recalled


def test_the_states_of_1990_are_those_that_existed() -> None:
    table = built("gulf1991").table.set_index("iso3")
    assert {"CSK", "SRB", "RUS", "YEM", "DEU"} <= set(table.index)
    assert not {"CZE", "SVK", "HRV", "SVN", "UKR", "EST"} & set(table.index)
    assert table.loc["CSK", "participated"] == 1
    assert (
        table.loc[
            "CSK", ["abandonment", "entrapment", "gdp_per_head", "military_personnel", "democracy"]
        ]
        .notna()
        .all()
    )


def test_yugoslavia_is_the_target_of_1999_and_the_states_that_left_it_are_in() -> None:
    table = built("kosovo1999").table
    assert "SRB" not in set(table["iso3"])
    assert {"HRV", "SVN", "MKD", "BIH"} <= set(table["iso3"])


@pytest.mark.long
@pytest.mark.parametrize("operation", OTHERS)
def test_the_pooled_run_has_the_rows_of_the_single_one(operation: str) -> None:
    # Same universe and same outcome; the measures can differ, because the pooled run takes
    # components that mean the same everywhere.
    columns = ["iso3", "participated", "caveat_level", "km_to_target", "gdp_per_head"]
    pooled = (
        built("all_operations")
        .table.query("operation == @operation")[columns]
        .reset_index(drop=True)
    )
    pd.testing.assert_frame_equal(pooled, built(operation).table[columns].reset_index(drop=True))


# -- distance
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("iso3", "column"),
    [("AFG", "km_kabul"), ("IRQ", "km_baghdad"), ("RUS", "km_moscow"), ("USA", "km_washington")],
)
def test_distances_are_those_of_the_table(iso3: str, column: str) -> None:
    # The table has one decimal, so half of the last digit; and five of the coordinates, which is up
    # to a metre.
    capitals = typed("capital_distances.csv").set_index("iso3")
    apart = (
        great_circle(capitals["lat"], capitals["lon"], *capitals.loc[iso3, ["lat", "lon"]])
        - capitals[column]
    ).abs()
    assert len(apart) == 195
    assert apart.max() <= 0.051, apart.idxmax()


def test_the_distance_is_to_the_nearest_target_and_an_alias_takes_its_place() -> None:
    capitals = typed("capital_distances.csv").set_index("iso3")
    years = typed("country_year.csv").set_index(["iso3", "year"])
    resolve, gulf = (
        built(name).table.set_index("iso3")["km_to_target"]
        for name in ("inherent_resolve", "gulf1991")
    )
    to_damascus = great_circle(
        capitals["lat"], capitals["lon"], *capitals.loc["SYR", ["lat", "lon"]]
    )
    assert resolve["LBN"] == to_damascus["LBN"] < capitals.loc["LBN", "km_baghdad"]
    assert resolve["IRN"] == pytest.approx(capitals.loc["IRN", "km_baghdad"], abs=0.051)
    assert gulf["CSK"] == years.loc[("CSK", 1990), "dist_baghdad_km"]


# -- disputed cases
# -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("disputed", "turkey", "sweden"),
    [("as_coded", 0, 1), ("count", 1, 1), ("leave_out", None, None)],
)
def test_disputed_cases_are_coded_as_the_config_says(
    disputed: str, turkey: float | None, sweden: float | None
) -> None:
    spec = run("gulf1991")["samples"]["country_operation"] | {"disputed": disputed}
    rows = pd.DataFrame({"iso3": ["GHA", "SWE", "TUR"]})
    table = contributors("gulf1991").reset_index()
    found = country_operations.with_participation(
        rows, table, run("gulf1991")["operations"]["gulf1991"], spec
    ).set_index("iso3")["participated"]
    expected = {"GHA": 0, "SWE": sweden, "TUR": turkey}
    assert {iso3: None if pd.isna(value) else value for iso3, value in found.items()} == expected


# -- configs
# ------------------------------------------------------------------------------------------------


def test_every_config_of_a_run_has_a_name_of_its_own() -> None:
    runs = {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))["run"]
        for path in sorted((ROOT / "configs").glob("*.yaml"))
    }
    assert {stem: stem for stem in runs} == runs
    assert run("all_operations")["run"] not in {"main", *OTHERS}
    assert set(OTHERS) <= set(runs)


@pytest.mark.parametrize("operation", OTHERS)
def test_the_operations_of_the_pooled_run_are_those_of_the_single_ones(operation: str) -> None:
    assert run("all_operations")["operations"][operation] == run(operation)["operations"][operation]
    assert list(run(operation)["operations"]) == [operation]
