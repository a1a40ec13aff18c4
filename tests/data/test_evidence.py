"""Every coded row says where it is from and how it was read; what was not read again is left out,
not zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from coalition.commands.codebook import codebook
from coalition.config.settings import patched
from coalition.data.caveat_levels import select
from coalition.data.table_schema import load
from coalition.samples import country_operations
from coalition.samples.covariates import graded
from shipped import OPERATIONS, TABLES, config, sample, tables, text, typed

CODED = [name for name in TABLES if "evidence" in text(name)]
KINDS = {"official", "scholarly", "data", "poll", "news", "encyclopedia", "web", "recalled"}


def used_ids() -> set[str]:
    return {
        part
        for name in TABLES
        for ids in text(name).get("source_id", pd.Series(dtype="str"))
        for part in ids.split(";")
        if name not in {"sources.csv", "changes.csv"}
    }


# -- bibliography
# ------------------------------------------------------------------------------------------------


def test_every_source_is_used_and_every_used_source_is_there() -> None:
    assert used_ids() == set(text("sources.csv")["source_id"])


def test_ids_have_one_style_and_one_page_has_one_id() -> None:
    table = text("sources.csv")
    assert table["source_id"].str.fullmatch(r"[A-Z0-9][A-Z0-9_]*[A-Z0-9]").all()
    assert table["source_id"].is_unique
    # several files of one data set cite the data set: what was read is in copy_read
    table = table[table["kind"] != "data"]
    pages = (
        table.loc[table["url"].str.contains("/", regex=False), "url"]
        .str.replace(r"^https?://(www\.)?", "", regex=True)
        .str.rstrip("/")
    )
    assert pages[pages.duplicated()].tolist() == []


def test_every_source_says_its_terms_what_was_read_and_its_kind() -> None:
    table = text("sources.csv")
    assert not (table[["title", "licence", "what_was_read", "kind"]] == "").any(axis=None)
    assert set(table["kind"]) == KINDS


def test_the_list_of_sources_is_sorted() -> None:
    ids = text("sources.csv")["source_id"].tolist()
    assert ids == sorted(ids)


def test_grade_a_rests_on_a_primary_or_scholarly_source() -> None:
    kind = text("sources.csv").set_index("source_id")["kind"]
    first_hand = {"official", "scholarly", "data", "poll"}
    declared = {
        # the Swiss government's reasons for leaving, as printed
        ("operations/isaf/caveats.csv", "CURRENTCONCERNS;SWISSINFO"),
        # a former minister's sworn evidence
        ("operations/isaf/caveats.csv", "NZH2019"), ("operations/isaf/caveat_types.csv", "NZH2019"),
    }  # fmt: skip
    found = set()
    for name in CODED:
        if name.endswith("/reasons.csv"):
            continue  # there A is the actor's own words, also as a report quotes them
        table = text(name)
        for ids in table.loc[table["evidence"] == "A", "source_id"].unique():
            if not first_hand & set(kind[ids.split(";")]):
                found.add((name, ids))
    assert found == declared


# -- grades
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CODED)
def test_every_row_is_graded_and_sourced(name: str) -> None:
    table = text(name)
    assert set(table["evidence"]) <= {"A", "B", "C"}
    assert (table["source_id"] != "").all()


@pytest.mark.parametrize("name", CODED)
def test_what_is_only_recalled_is_graded_so(name: str) -> None:
    table = text(name)
    assert set(table.loc[table["source_id"] == "RECALLED", "evidence"]) <= {"C"}


def graded_cells() -> Iterator[tuple[str, str]]:
    for name in CODED:
        for column in load(Path(name).stem).columns:
            if column.name.endswith("_evidence") and column.name in text(name):
                yield name, column.name.removesuffix("_evidence")


@pytest.mark.parametrize(("name", "column"), list(graded_cells()))
def test_a_known_cell_with_grades_of_its_own_has_one(name: str, column: str) -> None:
    table = text(name)
    taking_part = (
        table["participated"] == "1" if "participated" in table else table["evidence"] != ""
    )
    known = (table[column] != "") & taking_part
    assert (table.loc[known, f"{column}_evidence"] != "").all()


def test_the_share_of_recalled_rows_is_printed_and_in_the_codebook(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shares = {name: (text(name)["evidence"] == "C").mean() for name in CODED}
    with capsys.disabled():
        print("\nshare of rows graded C (recalled, not read again):")
        for name, share in shares.items():
            print(f"  {name:40} {share:6.1%}")
    lines = codebook().splitlines()
    for name, share in shares.items():
        (line,) = (line for line in lines if line.startswith(f"| `data/{name}` |  |"))
        assert line.endswith(f"| {share:.1%} |"), name
    assert shares["operations/isaf/contributors.csv"] == 0


# -- a C cell is missing, not zero
# --------------------------------------------------------------------------------


def test_cells_of_another_grade_are_missing_on_the_real_tables() -> None:
    for name, column in graded_cells():
        table = typed(name)
        used = graded(table, ("A", "B"))
        recalled = table.index[
            (table[f"{column}_evidence"] == "C") & table["evidence"].isin(["A", "B"])
        ]
        assert used.loc[recalled, column].isna().all(), (name, column)
        read = table.index[
            table[f"{column}_evidence"].isin(["A", "B"]) & table["evidence"].isin(["A", "B"])
        ]
        assert used.loc[read, column].equals(table.loc[read, column]), (name, column)


@pytest.mark.long
def test_recalled_dates_reach_no_sample_of_read_evidence() -> None:
    recalled = typed("operations/iraq/contributors.csv").query("entry_date_evidence == 'C'")["iso3"]
    assert len(recalled) > 0
    for grades, known in ((["A", "B"], False), (["A", "B", "C"], True)):
        rows = (
            sample("country_operation", evidence=grades)
            .table.query("operation == 'iraq'")
            .set_index("iso3")
        )
        assert (rows.loc[recalled, "entry_date"].notna() == known).all()
        assert (rows.loc[recalled, "participated"] == 1).all()


def test_a_recalled_month_does_not_lose_the_years_that_were_read() -> None:
    recalled = set(
        typed("operations/iraq/contributors.csv").query("entry_date_evidence == 'C'")["iso3"]
    )
    rows = {
        grades: sample("country_operation_year", evidence=list(grades)).table.set_index(
            ["iso3", "operation", "year"]
        )
        for grades in ("AB", "ABC")
    }
    mine = rows["AB"].index.get_level_values("iso3").isin(recalled) & (
        rows["AB"].index.get_level_values("operation") == "iraq"
    )
    assert rows["AB"].loc[mine, "deployed"].equals(rows["ABC"].loc[mine, "deployed"])


def test_recalled_victims_are_missing_not_none() -> None:
    victims = typed("terror_victims.csv")
    sept11 = victims.query("event_id == 'sept11'")
    recalled = set(sept11.loc[sept11["evidence"] == "C", "iso3"])
    rows = sample("country_operation").table.query("operation == 'isaf'").set_index("iso3")
    assert len(recalled) > 0
    assert rows.loc[sorted(recalled & set(rows.index)), "victims"].isna().all()
    assert rows.loc["NPL", "victims"] == 0  # on no list


def test_recalled_war_powers_are_missing() -> None:
    powers = (
        typed("war_powers.csv").query("from_year <= 2000 and to_year >= 2000").set_index("iso3")
    )
    recalled = powers.index[
        (powers["prior_approval_required_evidence"] == "C")
        & powers["prior_approval_required"].notna()
    ]
    rows = sample("country_operation").table.query("operation == 'isaf'").set_index("iso3")
    with_recalled = (
        sample("country_operation", evidence=["A", "B", "C"])
        .table.query("operation == 'isaf'")
        .set_index("iso3")
    )
    assert len(recalled) > 0
    assert rows.loc[recalled, "prior_approval"].isna().all()
    assert with_recalled.loc[recalled, "prior_approval"].notna().all()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_recalled_caveats_are_left_out(operation: str) -> None:
    rule = config()["samples"]["country_operation"]["caveats"]
    everything = tables()[operation]["caveats"]
    used = select(everything, rule, ("A", "B"), operation)
    assert set(used["evidence"]) == {"A", "B"}
    assert (everything["evidence"] == "C").any()


def test_a_non_participant_that_is_only_recalled_is_unknown() -> None:
    rows = sample("country_operation").table.query("operation == 'iraq'").set_index("iso3")
    assert pd.isna(rows.loc["FJI", "participated"])
    assert rows.loc["NPL", "participated"] == 0


# -- who is left out, and why
# -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "late"), [("isaf", {"TLS", "MNE", "XKX", "SSD"}), ("iraq", {"MNE", "XKX"})]
)
def test_late_states_are_named_with_the_reason(operation: str, late: set[str]) -> None:
    # South Sudan (2011) is younger than the Iraq operation; Timor (2002) was there in the Iraq
    # baseline year.
    built = sample("country_operation")
    out = {
        row["iso3"]: row["reason"]
        for row in built.diagnostics["states_out"]
        if row["operation"] == operation
    }
    assert {
        iso3 for iso3, reason in out.items() if "younger than the baseline year" in reason
    } == late
    assert not late & set(built.table.query("operation == @operation")["iso3"])
    if operation == "isaf":
        assert out["MNE"].startswith("contributor, but younger")


def test_everyone_of_the_system_is_in_the_sample_or_named() -> None:
    built = sample("country_operation")
    states = typed("states.csv")
    for operation in OPERATIONS:
        about = config()["operations"][operation]
        lives = (states["first_year"] <= int(about["end"][:4])) & (
            states["last_year"] >= about["baseline_year"]
        )
        inside = set(built.table.query("operation == @operation")["iso3"])
        named = {
            row["iso3"] for row in built.diagnostics["states_out"] if row["operation"] == operation
        }
        assert inside | named == set(states.loc[lives, "iso3"])
        assert not inside & named


def test_a_contributor_without_a_caveat_level_is_named() -> None:
    built = sample("country_operation")
    named = {
        (row["operation"], iso3)
        for row in built.diagnostics["flow"]
        if row["step"].endswith("caveat level known")
        for iso3 in row["left_out"]
    }
    unknown = built.table.query("participated == 1 and caveat_level.isna()")
    assert named == set(zip(unknown["operation"], unknown["iso3"], strict=True))


def cells_used(grades: list[str]) -> list[dict[str, Any]]:
    """Return the cells that the sample of the headline uses with these grades."""
    changed = patched(config(), {"sample": {"evidence": grades}}, "h1_logit_pooled")
    built = country_operations.build(changed, "country_operation", tables())
    return list(built.diagnostics["cells"])


@pytest.mark.long
def test_no_recalled_cell_is_in_the_headline_and_the_count_would_see_one() -> None:
    counted = cells_used(config()["samples"]["country_operation"]["evidence"])
    assert {entry["table"] for entry in counted} >= {"contributors", "caveats", "country_year"}
    assert sum(entry["C"] for entry in counted) == 0
    assert sum(entry["C"] for entry in cells_used(["A", "B", "C"])) > 50
