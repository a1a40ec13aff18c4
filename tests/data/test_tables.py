"""The shipped tables obey their schemas and agree with each other."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest
from coalition.data.table_schema import SCHEMAS, load
from coalition.samples import country_operations
from shipped import DATA, OPERATIONS, TABLES, config, problems, tables, text, typed

USABLE = ("ok", "approx_date")
"""Flags of the counts that everything below uses, as the config does."""


@pytest.mark.parametrize("name", TABLES)
def test_schema(name: str) -> None:
    found = problems(name)
    assert not found.found, str(found)


def test_every_table_has_a_schema_and_every_schema_a_table() -> None:
    assert {Path(name).stem for name in TABLES} == {path.stem for path in SCHEMAS.glob("*.yaml")}


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_grade_of_a_cell_names_its_column(path: Path) -> None:
    names = [column.name for column in load(path.stem).columns]
    assert [
        name
        for name in names
        if name.endswith("_evidence") and name.removesuffix("_evidence") not in names
    ] == []


@pytest.mark.parametrize("name", TABLES)
def test_files_are_plain(name: str) -> None:
    content = (DATA / name).read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    table = text(name)
    assert not table.map(
        lambda value: value != value.strip() or value in {"NA", "nan", "None", "-"}
    ).any(axis=None)


@pytest.mark.parametrize("name", TABLES)
def test_rows_stand_in_the_order_of_their_key(name: str) -> None:
    table = typed(name)
    key = [column for column in load(Path(name).stem).key if column in table]
    leading = {"terror_victims.csv": ["event_id", "iso3"]}.get(name, key)
    assert (
        table[leading]
        .reset_index(drop=True)
        .equals(table[leading].sort_values(leading, kind="stable").reset_index(drop=True))
    )


# -- contributors
# ------------------------------------------------------------------------------------------------


def contributors(operation: str) -> pd.DataFrame:
    return typed(f"operations/{operation}/contributors.csv").set_index("iso3")


def counts(operation: str) -> pd.DataFrame:
    table = typed(f"operations/{operation}/troops.csv")
    return table[table["flag"].isin(USABLE) & table["troops"].notna()].astype({"troops": "int64"})


@pytest.mark.parametrize(("operation", "number"), [("isaf", 51), ("iraq", 39)])
def test_number_of_contributors(operation: str, number: int) -> None:
    # ISAF: the states of the 67 lists; Iraq: the 38 partners that GAO-07-827T counts, and the US.
    assert (contributors(operation)["participated"] == 1).sum() == number


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_a_state_did_that_did_not_take_part_is_empty(operation: str) -> None:
    table = contributors(operation)
    # Fiji's guard of the UN mission lost one
    positions = ["political_support_2003", "invasion_2003", "gulf_presence_2003", "fatalities"]
    out = table[table["participated"] == 0]
    assert (
        out.drop(
            columns=["participated", "operation", "note", "source_id", "evidence", *positions],
            errors="ignore",
        )
        .notna()
        .sum()
        .sum()
        == 0
    )
    assert (out.filter(items=["invasion_2003", "gulf_presence_2003"]) == 0).all(axis=None)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_stays_lie_inside_the_operation(operation: str) -> None:
    about = config()["operations"][operation]
    table = contributors(operation).query("participated == 1")
    assert table["entry_date"].notna().all()
    for iso3, row in table.iterrows():
        entry, leave = row["entry_date"], row["exit_date"]
        assert about["start"][: len(entry)] <= entry <= about["end"], iso3
        assert entry[: min(len(entry), len(leave))] <= leave[: min(len(entry), len(leave))], iso3
        # the US stayed in Iraq to December 2011, when the coalition had ended
        if iso3 != about["leader"]:
            assert leave <= about["end"][: len(leave)] or leave == about["end"], iso3


@pytest.mark.parametrize("operation", OPERATIONS)
def test_counts_lie_inside_the_stay_and_the_operation(operation: str) -> None:
    # Days on which a usable count lies outside the stay, each a declared difference between two
    # sources.
    declared = {
        "isaf": set(),
        "iraq": {
            # a list of mid-January, its day inferred; they left home on the 18th
            ("ARM", "2005-01-15"),
            ("ESP", "2003-05-15"),  # the humanitarian force before the brigade
            ("MKD", "2008-11-29"),  # a newspaper three days after the end
            ("PRT", "2003-11-14"),  # "deploying that week"
            ("PRT", "2005-07-06"),  # four staff officers who stayed
        },
    }[operation]
    table, about = contributors(operation), config()["operations"][operation]
    outside = set()
    for row in counts(operation).query("troops > 0").itertuples():
        entry, leave = table.loc[row.iso3, ["entry_date", "exit_date"]]
        if row.date[: len(entry)] < entry or row.date[: len(leave)] > leave:
            outside.add((row.iso3, row.date))
        assert about["start"] <= row.date <= about["end"]
    assert outside == declared


@pytest.mark.parametrize("operation", OPERATIONS)
def test_only_contributors_are_counted(operation: str) -> None:
    joined = contributors(operation).query("participated == 1").index
    assert set(counts(operation)["iso3"]) <= set(joined)
    everyone = typed(f"operations/{operation}/troops.csv")
    strangers = everyone[~everyone["iso3"].isin(joined)]
    # Slovenia's four instructors of the NATO training mission
    assert set(strangers["flag"]) <= {"other_mission"}
    for name in ("caveats", "caveat_types"):
        assert set(typed(f"operations/{operation}/{name}.csv")["iso3"]) <= set(joined)


OTHER_PEAKS: Mapping[tuple[str, str], str] = {
    ("iraq", "LTU"): "130 at a time by its ministry, more than any list shows",
    (
        "iraq",
        "SGP",
    ): "192 on ships and aircraft in the Gulf, which the counts flag as outside the theatre",
}
"""Peaks that are not the highest usable count."""


@pytest.mark.parametrize("operation", OPERATIONS)
def test_peaks_are_the_highest_usable_counts(operation: str) -> None:
    table = contributors(operation).query("participated == 1")
    usable = counts(operation)
    peaks = {"peak_troops": usable if operation == "isaf" else usable[usable["date"] >= "2003-06"]}
    peaks |= {"peak_troops_with_invasion": usable} if operation == "iraq" else {}
    for name, used in peaks.items():
        highest = used.groupby("iso3")["troops"].max()
        differ = {iso3 for iso3, peak in table[name].items() if highest.get(iso3, 0) != peak}
        assert differ == {iso3 for known, iso3 in OTHER_PEAKS if known == operation}
    used = peaks["peak_troops"]
    for iso3, row in table.iterrows():
        if (operation, iso3) not in OTHER_PEAKS:
            assert row["peak_date"] in set(
                used[(used["iso3"] == iso3) & (used["troops"] == row["peak_troops"])]["date"]
            ), iso3


# -- totals
# ------------------------------------------------------------------------------------------------

ROUND = (1000, 500, 100, 50, 10)
OTHER_TOTALS: Mapping[str, str] = {
    "2007-09-10": "78 troops of the printed total are in no printed row",
    "2011-02-03": "the printed total is 1 below the sum of the printed rows",
    "2014-04-01": "the printed total is 913 below the sum of the printed rows",
    "2014-06-01": "the printed total is 872 below the sum of the printed rows",
    "2014-08-04": "the printed total is 821 below the sum of the printed rows",
}
"""Dates on which NATO's printed total is not the sum of its printed rows, as the note in
printed_totals.csv says.
"""


def test_isaf_rows_add_up_to_the_printed_totals() -> None:
    # NATO rounds a total to tens, fifties, hundreds or thousands, mostly to the nearest and at
    # times down: so less than one unit apart.
    printed = typed("operations/isaf/printed_totals.csv").set_index("date")
    rows = counts("isaf").query("series == 'nato_placemat'").groupby("date")["troops"].sum()
    assert set(printed.index) == set(rows.index)
    apart = {}
    for date, row in printed.iterrows():
        total = row["printed_total"]
        unit = next((unit for unit in ROUND if total % unit == 0), 1)
        if abs(total - rows[date]) >= unit:
            apart[date] = row["note"]
        elif total != rows[date]:
            assert row["note"].startswith("printed total rounded"), date
    assert apart == OTHER_TOTALS


def test_iraq_counts_add_up_to_the_printed_totals() -> None:
    # Press lists of one month differ by 10 to 20 percent (rounding, stale figures): so must sums of
    # the nearest counts of the states there.
    printed = typed("operations/iraq/printed_totals.csv")
    table, usable = contributors("iraq").drop(index="USA"), counts("iraq")
    table = table[table["participated"] == 1]
    compared = 0
    for row in printed.itertuples():
        # before: forces around Iraq; after: the last few
        if not "2003-12" <= row.date <= "2008-12":
            continue
        there = [
            iso3
            for iso3, stay in table.iterrows()
            if stay["entry_date"] <= row.date and row.date <= stay["exit_date"] + "-99"
        ]
        near = usable[usable["iso3"].isin(there)]
        near = near.assign(
            days=(pd.to_datetime(near["date"]) - pd.Timestamp(row.date)).abs()
        ).sort_values(["iso3", "days", "count"])
        total = near.drop_duplicates("iso3")["troops"].sum()
        assert total == pytest.approx(row.non_us_troops, rel=0.20), row.date
        compared += 1
    assert compared == 8


# -- caveats
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", ["caveats", "caveat_types"])
def test_statements_of_both_coders_lie_inside_the_operation(operation: str, name: str) -> None:
    table, about = typed(f"operations/{operation}/{name}.csv"), config()["operations"][operation]
    assert set(table["coder"]) == ({1, 2, 3, 4} if operation == "isaf" else {1, 2})
    assert (table["from_year"] <= table["to_year"]).all()
    assert table["from_year"].min() >= int(about["start"][:4])
    assert table["to_year"].max() <= int(about["end"][:4])
    numbers = table.groupby(["iso3", "coder"])["statement"].apply(list)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers)


SILENT = ["ARE", "DNK", "FIN", "JOR"]
"""States with a statement of ISAF that has neither a level nor says whether there are caveats."""


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_level_and_the_presence_of_caveats_do_not_contradict_each_other(operation: str) -> None:
    table = typed(f"operations/{operation}/caveats.csv")
    assert table.query("level == 0 and any_caveat == 1").empty
    assert table.query("level >= 2 and any_caveat == 0").empty
    silent = table[table["level"].isna() & table["any_caveat"].isna()]
    # kept: they say something else
    assert sorted(silent["iso3"]) == ([] if operation == "iraq" else SILENT)


# -- states
# ------------------------------------------------------------------------------------------------


def test_country_year_has_every_state_in_every_year_of_its_life() -> None:
    states, years = typed("states.csv"), typed("country_year.csv")
    lives = {
        (row.iso3, year)
        for row in states.itertuples()
        for year in range(row.first_year, row.last_year + 1)
    }
    assert set(zip(years["iso3"], years["year"], strict=True)) == lives


@pytest.mark.parametrize(
    ("iso3", "first", "last"),
    [("TLS", 2002, 2018), ("MNE", 2006, 2018), ("XKX", 2008, 2018), ("SSD", 2011, 2018),
    ("SRB", 1990, 2018), ("DEU", 1990, 2018),
     ("CSK", 1990, 1992), ("CZE", 1993, 2018), ("YEM", 1990, 2018), ("RUS", 1990, 2018)],
)  # fmt: skip
def test_lives_of_states_that_came_and_went(iso3: str, first: int, last: int) -> None:
    row = typed("states.csv").set_index("iso3").loc[iso3]
    assert (row["first_year"], row["last_year"]) == (first, last)


def test_one_code_for_one_state() -> None:
    codes = set(typed("states.csv")["iso3"])
    assert not codes & {"YUG", "SCG", "DDR", "GDR", "KOS", "UNK", "ROM", "ZAR", "TMP", "PSE"}
    assert typed("states.csv")["cow_code"].is_unique


def test_nobody_but_members_of_the_system_has_facts() -> None:
    lives = typed("states.csv").set_index("iso3")
    for name in ("muslim_share.csv", "trade_with_theatres.csv", "fatalities.csv"):
        table = typed(name)
        first = table["iso3"].map(lives["first_year"])
        assert (table["year"] >= first).all(), name


# -- tables that no block of the shipped config names
# ------------------------------------------------------------


@pytest.mark.long_after(1)
@pytest.mark.parametrize(
    ("name", "shape", "variable"),
    [
        ("trade_with_theatres", "state_year", "trade_share_iraq"),
        ("capital_distances", "state", "km_kabul"),
        ("fatalities", "state_year", "fatalities_iraq"),
    ],
)
def test_a_table_that_is_not_used_yet_needs_only_to_be_named(
    name: str, shape: str, variable: str
) -> None:
    changed = copy.deepcopy(config())
    changed["covariates"]["again"] = {"file": f"data/{name}.csv", "shape": shape, "columns": {}}
    changed["variables"]["mine"] = {"from": variable, "transform": "none", "label": "Mine"}
    read = {**tables(), "covariates": {**tables()["covariates"], "again": typed(f"{name}.csv")}}
    built = country_operations.build(changed, "country_operation_year", read, describe=False).table
    assert built["mine"].notna().any()
    source = typed(f"{name}.csv").set_index("iso3")[variable]
    assert set(built["mine"].dropna()) <= set(source.dropna())


def test_the_two_tables_of_distances_agree() -> None:
    # One decimal against six figures. The table of distances has the capitals of today (Myanmar
    # moved its own in 2006).
    capitals = typed("capital_distances.csv").set_index("iso3")
    years = typed("country_year.csv").query("year == 2014").set_index("iso3")
    for ours, theirs in {
        "dist_kabul_km": "km_kabul",
        "dist_baghdad_km": "km_baghdad",
        "dist_moscow_km": "km_moscow",
    }.items():
        apart = (years[ours] - capitals[theirs]).abs().dropna()
        assert len(apart) == 195
        assert apart.max() <= 0.1, (ours, apart.idxmax())


@pytest.mark.parametrize(
    ("status", "column"), [("nato", "nato_member"), ("eu", "eu_member"), ("mnna", "mnna")]
)
def test_country_year_follows_the_dated_spells(status: str, column: str) -> None:
    spells = typed("alliance_status.csv").query("status == @status")
    for year in range(1995, 2015):
        last_day = f"{year}-12-31"
        inside = set(
            spells[(spells["start_date"] <= last_day) & ~(spells["end_date"] <= last_day)]["iso3"]
        )
        years = typed("country_year.csv").query("year == @year")
        assert set(years[years[column] == 1]["iso3"]) == inside & set(years["iso3"]), year


# -- victims
# ------------------------------------------------------------------------------------------------


def test_the_count_of_victims_lies_between_its_bounds() -> None:
    table = typed("terror_victims.csv")
    read = table.dropna(subset=["killed_lower"])
    assert len(read) > 100
    assert (read["killed_lower"] <= read["nationals_killed"]).all()
    assert (read["nationals_killed"] <= read["killed_upper"]).all()
    assert table["killed_lower"].isna().equals(table["killed_upper"].isna())


def test_every_attack_of_the_list_is_an_event_and_has_victims() -> None:
    assert set(text("terror_victims.csv")["event_id"]) == set(text("terror_events.csv")["event_id"])


def test_visits_by_year_are_the_sums_of_the_list() -> None:
    visits, years = typed("leader_visits.csv"), typed("leader_visits_year.csv")
    counted = visits.groupby(["iso3", "year"]).size().rename("n")
    both = years.set_index(["iso3", "year"]).join(counted)
    assert both["visits_us_all"].astype(int).equals(both["n"].fillna(0).astype(int))
