"""docs/codebook.md is what the schemas and the data say now; the dictionary is that of
country_year; the citation is valid.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from coalition.commands.codebook import CODEBOOK, codebook
from shipped import DATA, ROOT, TABLES, text, typed

COMMAND = "PYTHONPATH=scripts .venv/bin/python -m coalition.commands.codebook"


def test_the_codebook_is_up_to_date() -> None:
    found = CODEBOOK.read_text(encoding="utf-8").splitlines()
    changes = list(
        difflib.unified_diff(
            found, codebook().splitlines(), "docs/codebook.md", "schemas and data", lineterm="", n=0
        )
    )
    assert not changes, "\n".join([*changes[:40], f"\nto correct it: {COMMAND}"])


# -- the dictionary of country_year
# -------------------------------------------------------------------------------


def dictionary() -> pd.DataFrame:
    return typed("country_year_dictionary.csv").set_index("variable")


def test_the_dictionary_holds_every_column_and_no_other() -> None:
    assert set(dictionary().index) == set(text("country_year.csv").columns) - {"iso3", "year"}


@pytest.mark.parametrize(
    "part", ["definition", "unit", "licence", "source_id", "first_year", "last_year"]
)
def test_every_variable_is_described(part: str) -> None:
    assert dictionary()[part].notna().all()
    assert (dictionary()[part].astype(str).str.strip() != "").all()


def test_no_value_lies_outside_the_years_of_its_source() -> None:
    years, table = typed("country_year.csv"), dictionary()
    for name, row in table.iterrows():
        known = years.loc[years[name].notna(), "year"]
        assert (known.min(), known.max()) == (row["first_year"], row["last_year"]), name


COUNTS_OF_EVENTS = (
    "mid_onset", "mid_ongoing", "mid_neigh_onset", "mid_neigh_ongoing", "mid_onset_prev5y",
    "mid_neigh_onset_prev5y", "us_joint_exercises",
    "us_mil_aid_disb_usd", "sols_change", "leader_transition", "nelda_elections",
    "us_mil_construction",
)  # fmt: skip
"""Counts in which a state that the source does not list has a zero; so a year that the source does
not cover would be all zeros.
"""


@pytest.mark.parametrize("name", COUNTS_OF_EVENTS)
def test_zeros_stand_only_in_years_that_the_source_covers(name: str) -> None:
    years = typed("country_year.csv")
    positive = years[years[name] > 0].groupby("year").size()
    with_zeros = set(years.loc[years[name] == 0, "year"])
    assert with_zeros <= set(positive.index)  # every year with a zero has states with more
    assert positive.min() >= 5  # and not just one left over


@pytest.mark.parametrize(
    "name",
    [
        "us_troops_hosted",
        "us_mil_aid_oblig_const",
        "ucdp_sb_deaths",
        "rivalry_count",
        "nato_member",
    ],
)
def test_zeros_of_the_years_from_1990_are_backed_by_states_with_more(name: str) -> None:
    years = typed("country_year.csv")
    share = (
        years[years[name].notna()]
        .assign(more=lambda table: table[name] > 0)
        .groupby("year")["more"]
        .mean()
    )
    # A file that ends early would drop to nothing; from one year to the next no source changes by
    # more than a quarter of the states.
    assert share.min() > 0.05
    assert share.diff().abs().max() < 0.25


def test_shares_and_dummies_keep_their_range() -> None:
    years, table = typed("country_year.csv"), dictionary()
    for name in table.index[table["unit"] == "0/1"]:
        assert set(years[name].dropna().unique()) <= {0, 1}, name
    for name in table.index[table["unit"].isin(["0-1", "share 0-1", "share"])]:
        assert years[name].dropna().between(0, 1 + 1e-9).all(), name


# -- citation and terms
# -------------------------------------------------------------------------------------------


def test_the_citation_is_valid_and_names_no_invented_person() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert set(citation) <= {
        "cff-version", "message", "type", "title", "abstract", "authors", "keywords", "license",
        "version", "references",
    }  # fmt: skip
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["authors"] == [{"name": "The authors of coalition-caveats"}]
    assert citation["type"] in {"software", "dataset"}
    assert all(
        {"type", "title", "authors"} <= set(reference) for reference in citation["references"]
    )
    assert any(
        author.get("family-names") == "Fermann"
        for reference in citation["references"]
        for author in reference["authors"]
    )


def test_the_licence_is_the_mit_licence_of_the_authors() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("MIT License")
    assert "the authors of coalition-caveats" in licence


def test_the_page_on_the_data_names_every_file() -> None:
    page = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`([a-z0-9_/]+\.csv)`", page))
    assert {Path(name).name for name in TABLES} <= {Path(name).name for name in names}


LABELS = frozenset(
    [
        "CC0-1.0",
        "CC-BY-4.0",
        "CC-BY-SA-4.0",
        "OGL-UK-3.0",
        "OPL-UK-3.0",
        "MIT",
        "public-domain-US-gov",
        "scholarly-citation",
        "SIPRI-terms",
        "facts-only",
        "own-coding",
        "unknown",
        "none",
    ]
)


@pytest.mark.parametrize("name", ["sources.csv", "country_year_dictionary.csv", "datasets.csv"])
def test_terms_are_of_the_closed_list_and_share_alike_follows_them(name: str) -> None:
    table = text(name)
    assert set(table["terms"]) <= LABELS
    alike = table["share_alike"] == "yes"
    assert alike.equals(table["terms"] == "CC-BY-SA-4.0")
    assert (table.loc[table["terms"] == "unknown", "share_alike"] == "unclear").all()


def test_a_column_under_share_alike_has_a_source_that_says_so() -> None:
    # the report prints the terms of every source of the columns that a run uses
    alike = text("sources.csv").set_index("source_id")["share_alike"]
    for row in text("country_year_dictionary.csv").query("share_alike == 'yes'").itertuples():
        assert "yes" in set(alike[row.source_id.split(";")]), row.variable


def test_the_page_on_the_data_explains_every_label_in_use() -> None:
    page = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    used = {
        label
        for name in ("sources.csv", "country_year_dictionary.csv", "datasets.csv")
        for label in text(name)["terms"]
    }
    assert {label for label in used if f"`{label}`" not in page} == set()


def test_no_copy_of_a_data_set_whose_terms_forbid_it() -> None:
    # SIPRI: less than a tenth of a data set; computed shares are no part of it
    table = text("country_year_dictionary.csv")
    assert set(table.loc[table["terms"] == "SIPRI-terms", "variable"]) == {
        "arms_rus_share_5y", "arms_us_share_5y",
    }  # fmt: skip


def test_references_are_those_of_the_data_sets_and_hold_no_recalled_doi() -> None:
    works = (DATA / "references.bib").read_text(encoding="utf-8")
    named = set(re.findall(r"dataset_id = \{([^}]*)\}", works))
    cited = {part for ids in named for part in re.split(r"[,; ]+", ids)}
    # no work of their own: lists of NATO, figures by way of another work, this project
    without = {"nato_placemats", "us_construction", "icasualties", "alliance_status"}
    assert set(text("datasets.csv")["dataset_id"]) - cited == without
    assert "recalled" not in works
