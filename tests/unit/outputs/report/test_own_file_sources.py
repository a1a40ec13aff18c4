"""A run on a user's own file names no source of the project's list of states, unless it uses it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from coalition.outputs.report.bibliography import references
from report_fixture import config, results


def test_sources_of_the_states_count_where_states_are_used() -> None:
    states = pd.DataFrame({"iso3": ["DNK"], "source_id": ["LIST"]})
    found = replace(results(config()), canonical={("covariates", "states"): states})
    listed = [r.source_id for kind in references(found, set()).values() for r in kind]
    assert listed == ["LIST"]
    assert references(found, set(), states=False) == {}
