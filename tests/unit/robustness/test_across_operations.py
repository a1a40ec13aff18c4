"""One question in several operations: what is estimated, what is not, and how it is pooled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.estimators import fit
from coalition.estimators.fit_types import Design
from coalition.inference import meta_analysis
from coalition.outputs.figures.forest import forest
from coalition.outputs.stored_results import Sources
from coalition.outputs.tables.across_table import across_operations as table_of
from coalition.robustness.across_operations import compare

OPERATIONS = {name: {"label": name.upper()} for name in ("one", "two", "three", "few")}
QUESTION = {
    "hypothesis": "H1", "label": "Joining", "family": "firth_logit", "outcome": "participated",
    "term": "fear", "sign": 1,
    "terms": ["fear", "size"],
}  # fmt: skip
LEVELS = QUESTION | {
    "family": "bias_reduced_ordered_logit", "outcome": "caveat_level",
    "where": {"participated": [1]},
}  # fmt: skip
SETTINGS = {
    "least_rows": 20, "weak_share": 0.1, "questions": {"joining": QUESTION, "caveats": LEVELS},
}  # fmt: skip


def _sample() -> pd.DataFrame:
    parts = []
    for seed, (name, n) in enumerate({"one": 90, "two": 80, "three": 70, "few": 12}.items()):
        generator = np.random.default_rng(seed)
        fear, size = generator.standard_normal((2, n))
        joined = (0.8 * fear + generator.logistic(size=n) > 0).astype(float)
        level = np.digitize(0.5 * fear + generator.logistic(size=n), [-1, 0.5, 1.5]).astype(float)
        states = [f"S{number:02d}" for number in range(n)]
        parts.append(
            pd.DataFrame(
                {
                    "iso3": states,
                    "operation": name,
                    "year": 2000,
                    "fear": fear,
                    "size": size,
                    "participated": joined,
                    "caveat_level": np.where(joined == 1, level, np.nan),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


SAMPLE = _sample()
TABLES = {
    "one": {"contributors": pd.DataFrame({"evidence": ["A", "A", "C"]})},
    "two": {"contributors": pd.DataFrame({"evidence": ["A"] * 20 + ["C"]})},
    "three": {"caveats": pd.DataFrame({"evidence": ["A", "B"], "coder": [1, 1]})},
}


RECALLED = {"contributors": True, "caveats": False}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return compare(SETTINGS, OPERATIONS, SAMPLE, TABLES, {})


def test_each_operation_is_the_model_fitted_to_it_alone(found: dict[str, Any]) -> None:
    for row in found["questions"][0]["rows"][:3]:
        rows = SAMPLE[SAMPLE["operation"] == row["operation"]]
        X = np.column_stack([np.ones(len(rows)), rows[["fear", "size"]]])
        alone = fit(
            "firth_logit",
            Design(rows["participated"].to_numpy(), X, ("const", "fear", "size"), ("0", "1"), None),
        )
        assert row["estimate"] == pytest.approx(alone.params[1], abs=1e-9)
        assert row["p_value"] == pytest.approx(alone.p_value[1], abs=1e-9)
        assert (row["n"], row["states_with"]) == (len(rows), rows["participated"].sum())


def test_an_operation_with_few_rows_says_how_many(found: dict[str, Any]) -> None:
    row = found["questions"][0]["rows"][3]
    assert (row["estimate"], row["message"]) == (None, "not estimated, n = 12")


def test_pooled_is_the_meta_analysis_of_the_rows(found: dict[str, Any]) -> None:
    question = found["questions"][0]
    used = question["rows"][:3]
    errors = np.array([row["std_error"] for row in used])
    V = np.diag(errors**2)
    for entry in question["correlations"]:
        a, b = (list(OPERATIONS).index(entry[part]) for part in ("first", "second"))
        V[a, b] = V[b, a] = entry["correlation"] * errors[a] * errors[b]
    again = meta_analysis.pool(np.array([row["estimate"] for row in used]), V)
    assert question["pooled"]["estimate"] == pytest.approx(again.estimate)
    assert question["pooled"]["conf_low"] == pytest.approx(again.conf_low)
    assert len(question["without"]) == 3


def test_weak_codes_are_told_from_the_data(found: dict[str, Any]) -> None:
    joining, caveats = (question["rows"] for question in found["questions"])
    assert [row["weak"] for row in joining] == [True, False, None, None]
    assert caveats[2]["weak"] is True  # one coder
    assert caveats[2]["share_recalled"] == 0.0


def test_the_table_and_the_figure_show_every_number(found: dict[str, Any]) -> None:
    sources = Sources(estimates=({**found, "recalled_used": RECALLED},))
    spec = {"kind": "across_operations", "title": "Seven"}
    table = table_of("across", spec, sources)
    labels = [row.label for row in table.rows]
    assert "ONE \N{DAGGER}" in labels
    assert "FEW: not estimated, n = 12" in labels
    assert any(
        "took part are used here, those of caveats left out here" in note for note in table.notes
    )
    stored = table.tidy.query("question == 'joining' and kind == 'pooled'")["estimate"].iloc[0]
    assert stored == found["questions"][0]["pooled"]["estimate"]
    figure = forest("across", spec, sources)
    assert len(figure.tidy) == 2 * (len(OPERATIONS) + 2)
    assert "Joining: " in figure.alt
