"""A state's part of the page: each number under its own name, whatever else is not known."""

from __future__ import annotations

import pandas as pd
from coalition.outputs.report import state_pages
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
    "iso3": ["DEU", "BGR", "FRA"], "country": ["Germany", "Bulgaria", "France"], "operation": "alpha",
    "participated": [1.0, 1.0, 0.0], "response": ["reserved", None, "abstain"], "caveat_level": [2.0, None, None],
    "fear": [0.5, 0.1, None], "risk": [-2.0, 1.0, 0.0], "pact": [1.0, 1.0, 0.0], "votes": [0.5, 0.6, 0.7],
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
