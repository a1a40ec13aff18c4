"""A small study of two operations, as `operations_read` reads it, without files."""

from __future__ import annotations

from typing import Any

import pandas as pd
from coalition.commands.archive.about import About, Author
from coalition.commands.archive.operations_read import Read
from coalition.data.table_schema import load

SETTINGS: dict[str, Any] = {
    "name": "caveats",
    "title": "Caveats in two operations",
    "description": "Who joined, and how.",
    "keywords": ["coalitions"],
    "subject": "Social Sciences",
    "data_licence": "CC-BY-4.0",
    "licence_confirmed": False,
    "contact": {"name": "Office", "email": "data@example.org"},
    "funding": [{"agency": "Council", "award": "12"}],
    "related": [{"citation": "A chapter.", "doi": "10.1000/x1"}],
}
RULE = {
    "coders": [1, 2],
    "preferred_only": True,
    "combine": "median",
    "ties": "up",
    "years": "all",
    "basis": "all",
    "role": "all",
    "restricted_by": "all",
}


def about(**changes: Any) -> About:
    """Return what the deposit says of itself."""
    given: dict[str, Any] = {
        "settings": SETTINGS,
        "run": "tiny",
        "data_version": "1.0",
        "program_version": "0.1.0",
        "authors": (Author("Doe, Jo", True, "0000-0001-2345-6789", "A university"),),
        "program_licence": "MIT",
        "year": "2026",
        "made": "2026-11-26T00:00:00+00:00",
    }
    return About(**{**given, **changes})


def operation(label: str, leader: str, complete: bool = True) -> dict[str, Any]:
    """Return an operation's block of the config."""
    return {
        "label": label, "leader": leader, "target": "IRQ", "at_war": [], "start": "2003-03-20",
        "end": "2004-12-31", "baseline_year": 2002, "panel_years": [2003, 2004],
        "contributors_complete": complete, "files": {"contributors": f"{label}.csv"},
    }  # fmt: skip


def config() -> dict[str, Any]:
    """Return the config of the study."""
    rule = {"unit": "country_operation", "operations": ["one"], "universe": "all",
            "evidence": ["A", "B"], "disputed": "as_coded", "caveats": RULE, "reserved_from": 2,
            "personnel": "milper"}  # fmt: skip
    panel = {"unit": "country_operation_year", "operations": ["one"], "evidence": ["A", "B"],
             "flags": ["ok"], "troops": "median", "personnel": "milper"}  # fmt: skip
    return {
        "run": "tiny",
        "archive": SETTINGS,
        "states": "data/states.csv",
        "operations": {"one": operation("One", "USA"), "two": operation("Two", "USA", False)},
        "samples": {"pooled": rule, "years": panel},
        "robustness": {
            "stated": {"label": "Caveats: stated", "sample": {"caveats": {"basis": ["stated"]}}},
            "first": {"label": "Coder 1", "sample": {"caveats": {"coders": [1]}}},
            "model": {"label": "Another", "model": {"cluster": None}},
        },
        "variables": {"democracy": {"from": "v2x", "label": "Democracy"}, "gdp": {"from": "gdp"}},
        "measures": {"fear": {"components": [{"variable": "democracy", "sign": 1}]}},
        "models": {
            "h1": {
                "group": "joining", "sample": "pooled", "family": "logit",
                "outcome": "participated",
                "terms": ["fear", "gdp"],
            }
        },
    }  # fmt: skip


def read() -> Read:
    """Return the tables of the study."""
    frame = pd.DataFrame
    states = frame(
        [
            ("CAN", "Canada", 20, 20, 1990, 2018),
            ("DEU", "Germany", 255, 260, 1990, 2018),
            ("IRQ", "Iraq", 645, 645, 1990, 2018),
            ("POL", "Poland", 290, 290, 1990, 2018),
            ("SUN", "Soviet Union", 365, 365, 1990, 1991),
            ("USA", "United States", 2, 2, 1990, 2018),
        ],
        columns=["iso3", "country", "cow_code", "gw_code", "first_year", "last_year"],
    )
    contributors = frame(
        [
            ("CAN", "one", 1, "2003", "2004-06-01", 300, "S1", "A"),
            ("DEU", "one", 1, "2003-05-01", None, 50, "S1;S2", "B"),
            ("USA", "one", 1, "2003", None, 9000, "S1", "A"),
        ],
        columns=["iso3", "operation", "participated", "entry_date", "exit_date", "peak_troops",
                 "source_id", "evidence"],
    )  # fmt: skip
    statements = frame(
        [
            ("CAN", "one", 1, 1, 2003, 2003, 3, "stated", "rule", "S1", "A"),
            ("CAN", "one", 2, 1, 2003, 2004, 1, "reputation", "rule", "S2", "B"),
            ("CAN", "one", 2, 2, 2004, 2004, 0, "recalled", None, "S2", "C"),
            ("DEU", "one", 1, 1, 2003, 2003, 2, "stated", None, "S1", "B"),
        ],
        columns=["iso3", "operation", "coder", "statement", "from_year", "to_year", "level",
        "basis",
                 "restricted_by", "source_id", "evidence"],
    )  # fmt: skip
    troops = frame(
        [("CAN", "one", "2003-06-01", 1, 100, "ok", "S3", "A"),
         ("CAN", "one", "2003-09-01", 1, 300, "ok", "S3", "A")],
        columns=["iso3", "operation", "date", "count", "troops", "flag", "source_id", "evidence"],
    )  # fmt: skip
    sources = frame(
        [("S1", "T", "facts-only", "no"), ("S2", "T", "CC-BY-SA-4.0", "yes"),
        ("S3", "T", "MIT", "no")],
        columns=["source_id", "title", "terms", "share_alike"],
    )  # fmt: skip
    dictionary = frame(
        [("v2x", "Democracy", "0-1", "CC BY-SA", "CC-BY-SA-4.0", "yes", "S2"),
         ("gdp", "GDP", "USD", "none found", "unknown", "unclear", "S3"),
         ("cinc", "Capability", "share", "free", "scholarly-citation", "no", "S1")],
        columns=["variable", "definition", "unit", "licence", "terms", "share_alike", "source_id"],
    )  # fmt: skip
    facts = frame({"iso3": ["CAN", "DEU"], "year": [2002, 2002], "v2x": [0.9, 0.8],
                   "gdp": [1.5, None], "cinc": [0.1, 0.2]})  # fmt: skip
    tables = {"states": states, "sources": sources, "country_year": facts,
              "country_year_dictionary": dictionary}  # fmt: skip
    coded = {
        "contributors": {"one": contributors, "two": contributors.iloc[:1].assign(operation="two")},
        "caveats": {"one": statements},
        "troops": {"one": troops},
    }
    schemas = {name: load(name) for name in (*tables, *coded)}
    own = config()
    return Read(own, own, coded, tables, schemas, {})
