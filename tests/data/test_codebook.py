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
from shipped import ROOT, TABLES, text, typed

COMMAND = "PYTHONPATH=scripts .venv/bin/python -m coalition.commands.codebook"


def test_the_codebook_is_up_to_date() -> None:
    found = CODEBOOK.read_text(encoding="utf-8").splitlines()
    changes = list(
        difflib.unified_diff(
            found, codebook().splitlines(), "docs/codebook.md", "schemas and data", lineterm="", n=0
        )
    )
    assert not changes, "\n".join([*changes[:40], f"\nto mend it: {COMMAND}"])


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
    "mid_onset", "mid_ongoing", "mid_neigh_onset", "mid_neigh_ongoing", "mid_onset_prev5y", "mid_neigh_onset_prev5y", "us_joint_exercises",
    "us_mil_aid_disb_usd", "sols_change", "leader_transition", "nelda_elections", "us_mil_construction",
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
        "arms_imports_tiv",
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
        "cff-version", "message", "type", "title", "abstract", "authors", "keywords", "license", "version", "references",
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


def test_share_alike_and_attribution_are_carried_over() -> None:
    page = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    licences = set(text("country_year_dictionary.csv")["licence"])
    for family in ("CC BY-SA 4.0", "CC BY 4.0", "COW", "SIPRI", "ATOP", "ParlGov"):
        assert any(family in licence for licence in licences), family
        assert family in page, family
