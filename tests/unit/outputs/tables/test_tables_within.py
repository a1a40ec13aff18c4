"""Correlated random effects, from estimation to the printed table: the means of the units stand in
a block of their own.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from coalition.estimators.estimate import estimate
from coalition.outputs.stored_results import Sources
from coalition.outputs.tables import build
from coalition.outputs.tables.table import Table

LABELS = {"there": "Deployed", "fear": "Fear", "year": "Year", "const": "Constant"}
MODEL = {
    "group": "within",
    "label": "Unit means",
    "sample": "years",
    "where": {},
    "family": "cre_logit_pooled",
    "outcome": "there",
    "terms": ["fear", "centre(year)", "square(centre(year))"],
    "fixed_effects": ["operation"],
    "cluster": "iso3",
}


def sample() -> pd.DataFrame:
    """Return 60 states in two operations over five years; some begin late, so that their means of
    the year differ.
    """
    rng = np.random.default_rng(11)
    rows = pd.MultiIndex.from_product(
        [[f"S{number:02d}" for number in range(60)], ["alpha", "beta"], range(2001, 2006)],
        names=["iso3", "operation", "year"],
    ).to_frame(index=False)
    own = rng.normal(size=(60, 2)).repeat(5)
    rows["fear"] = own + rng.normal(size=len(rows))
    rows["there"] = (0.8 * rows["fear"] - 0.7 * own + rng.logistic(size=len(rows)) > 0).astype(
        float
    )
    return rows[(rows["year"] > 2003) | (rows["iso3"] > "S10")].reset_index(drop=True)


@pytest.fixture(scope="module")
def sources() -> Sources:
    specs = {"means": MODEL, "plain": MODEL | {"label": "Logit", "family": "logit"}}
    entries = [estimate(name, spec, sample(), LABELS) for name, spec in specs.items()]
    assert [entry["status"] for entry in entries] == ["ok", "ok"]
    return Sources(labels=LABELS, estimates=({"group": "within", "models": entries},))


@pytest.fixture(scope="module")
def table(sources: Sources) -> Table:
    return build("it", {"kind": "regression", "title": "It", "models": ["means", "plain"]}, sources)


def test_means_equal_what_is_stored_below_the_terms_that_they_are_of(
    table: Table, sources: Sources
) -> None:
    labels = [row.label for row in table.rows]
    heading = labels.index("Means of the units")
    assert labels.index("Constant") < heading
    stored = {
        row["term"]: row
        for row in sources.models(["means"])[0]["rows"]
        if row["kind"] == "coefficient"
    }
    for term, label in (("fear", "Fear"), ("centre(year)", "Year, centred")):
        place = labels.index(label, heading)
        assert table.rows[place].cells[0].value == stored[f"mean({term})"]["estimate"]
        assert table.rows[place + 1].cells[0].value == stored[f"mean({term})"]["std_error"]
        assert table.rows[labels.index(label)].cells[0].value == stored[term]["estimate"]
        assert table.rows[place].cells[1].text == ""  # a plain logit has no means


def test_means_are_named_in_the_file_and_explained_in_the_foot(
    table: Table, sources: Sources
) -> None:
    named = table.tidy.loc[table.tidy["term"] == "mean(fear)", "term_label"]
    assert list(named) == ["Fear, mean of the unit"]
    assert any(note.startswith("Means of the units: ") for note in table.notes)
    alone = build("it", {"kind": "regression", "title": "It", "models": ["plain"]}, sources)
    assert not any(
        re.search("means? of the unit", text, re.IGNORECASE)
        for text in [*alone.notes, *(row.label for row in alone.rows)]
    )


def test_a_power_of_a_centred_year_has_no_marginal_effect_of_its_own(sources: Sources) -> None:
    effects = {
        row["term"]
        for row in sources.models(["means"])[0]["rows"]
        if row["kind"] == "marginal_effect"
    }
    assert effects == {"fear", "centre(year)"}
