"""A state's part of the page: each number under its own name, whatever else is not known."""

from __future__ import annotations

import pandas as pd
from coalition.outputs.report import state_pages
from coalition.outputs.report.bibliography import references
from coalition.outputs.report.report_results import Results
from coalition.outputs.stored_results import Sources

CONFIG = {
    "operations": {"alpha": {}},
    "measures": {
        "fear": {"label": "Fear", "components": [{"variable": "pact", "sign": 1}]},
        "risk": {"label": "Risk", "components": [{"variable": "votes", "sign": 1}]},
    },
    "models": {"main": {"terms": ["fear", "risk"]}},
    "hypotheses": {"H1": {"primary": {"model": "main"}}},
}
SAMPLE = pd.DataFrame({
    "iso3": ["DEU", "BGR", "FRA"], "country": ["Germany", "Bulgaria", "France"],
    "operation": "alpha",
    "participated": [1.0, 1.0, 0.0], "response": ["reserved", None, "abstain"],
    "caveat_level": [2.0, None, None],
    "fear": [0.5, 0.1, None], "risk": [-2.0, 1.0, 0.0], "pact": [1.0, 1.0, 0.0],
    "votes": [0.5, 0.6, 0.7],
})  # fmt: skip


def said() -> dict[str, str]:
    sources = Sources(labels={"fear": "Fear", "risk": "Risk"}, operations={"alpha": "Alpha"})
    pages = state_pages.state_pages(CONFIG, Results(samples={"states": SAMPLE}), sources)
    return {page.iso3: page.operations[0][1] for page in pages}


def test_each_measure_stands_under_its_own_name_where_no_caveat_is_known() -> None:
    assert said() == {
        "DEU": "response reserved; caveats 2 medium; fear 0.50 (1 of 2); risk −2.00 (3 of 3)",
        "BGR": "joined, with or without caveats is not known; caveats not known; "
        "fear 0.10 (2 of 2); risk 1.00 (1 of 3)",
        "FRA": "response abstain; fear not known; risk 0.00 (2 of 3)",
    }


def test_fitted_probabilities_are_those_that_the_run_stored() -> None:
    """Of a binary outcome with its interval; a model of two hypotheses is told once."""
    row = {"iso3": "DEU", "operation": "alpha"}
    joined = {
        "levels": ["1"],
        "rows": [row | {"estimate": [0.61], "conf_low": [0.4], "conf_high": [0.8]}],
    }
    answers = {
        "levels": ["abstain", "reserved"],
        "rows": [row | {part: [0.25, 0.75] for part in ("estimate", "conf_low", "conf_high")}],
    }
    models = {
        "main": {"outcome_label": "Participated", "fitted": joined},
        "three": {"outcome_label": "Response", "fitted": answers},
        "none": {"outcome_label": "Response", "fitted": None},
    }
    tests = {"H1": "main", "H2b": "main", "H3": "three", "H4": "none"}
    config = CONFIG | {
        "models": {name: {"terms": ["fear", "risk"]} for name in models},
        "hypotheses": {name: {"primary": {"model": model}} for name, model in tests.items()},
    }
    sources = Sources(labels={"fear": "Fear"}, operations={"alpha": "Alpha"})
    results = Results(samples={"states": SAMPLE}, models=models)
    pages = {page.iso3: page for page in state_pages.state_pages(config, results, sources)}
    assert pages["DEU"].fitted == (
        (
            "Alpha",
            (
                "H1, H2b: participated 0.61 [0.40, 0.80]; H3: abstain 0.25, join with "
                "reservations 0.75"
            ),
        ),
    )
    assert pages["FRA"].fitted == ()


def test_the_sources_of_components_are_those_of_the_columns_that_they_are_read_from() -> None:
    dictionary = pd.DataFrame({"variable": ["pact_raw", "other"], "source_id": ["A;B", "C"]})
    results = Results(dictionaries={"facts": dictionary}, bibliography=pd.DataFrame())
    config = CONFIG | {"variables": {"pact": {"from": "pact_own"}, "votes": {"from": "votes"}}}
    config["operations"] = {"alpha": {"aliases": {"pact_own": "pact_raw"}}}
    named = references(results, {"pact_raw", "other"})
    found = state_pages.component_sources(config, results, named, Sources(labels={"pact": "Pact"}))
    assert [(label, [entry.source_id for entry in entries]) for label, entries in found] == [
        ("Pact", ["A", "B"]),
        ("Votes", []),
    ]
