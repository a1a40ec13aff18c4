"""Models with selection, from estimation to the printed table: both equations, what is behind them,
and assumed correlations.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.estimators.estimate import estimate
from coalition.outputs.stored_results import Sources
from coalition.outputs.tables import build

LABELS = {
    "level": "Caveat level",
    "joined": "Participated",
    "fear": "Fear",
    "risk": "Risk",
    "war": "War at home",
    "const": "Constant",
}
MODEL = {
    "group": "selection",
    "label": "Ordered",
    "sample": "states",
    "where": {},
    "family": "selection_ordered_probit",
    "outcome": "level",
    "terms": ["fear", "risk"],
    "selection": {"outcome": "joined", "terms": ["fear", "risk", "war"]},
    "fixed_effects": [],
    "cluster": "iso3",
}
SIMPLE = {key: value for key, value in MODEL.items() if key != "selection"}


def sample() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    fear, risk, war, u, noise = rng.normal(size=(5, 260))
    joined = (0.1 + 0.5 * fear - 0.4 * risk + 0.8 * war + u > 0).astype(float)
    level = np.digitize(0.4 * fear + 0.7 * risk + 0.3 * u + 0.95 * noise, [-0.6, 0.4, 1.3])
    frame = pd.DataFrame(
        {
            "fear": fear,
            "risk": risk,
            "war": war,
            "joined": joined,
            "level": np.where(joined == 1, level, np.nan),
        }
    )
    return frame.assign(
        iso3=[f"S{number:03d}" for number in range(260)], operation="isaf", year=2000
    )


@pytest.fixture(scope="module")
def sources() -> Sources:
    rows = sample()
    specs: dict[str, dict[str, Any]] = {
        "selected": MODEL,
        "plain": SIMPLE
        | {"label": "Participants", "family": "ordered_logit", "where": {"joined": [1]}},
        "failed": MODEL | {"label": "Failed", "terms": ["fear", "copy"]},
    }
    rows["copy"] = rows["fear"] * 2
    entries = [estimate(name, spec, rows, LABELS) for name, spec in specs.items()]
    assert [entry["status"] for entry in entries] == ["ok", "ok", "failed"]
    return Sources(labels=LABELS, estimates=({"group": "selection", "models": entries},))


def rows_of(sources: Sources, kind: str, **spec: Any) -> list[tuple[str, list[str]]]:
    table = build("it", {"kind": kind, "title": "It", **spec}, sources)
    return [(row.label, [cell.text for cell in row.cells]) for row in table.rows]


def test_both_equations_stand_in_the_table_and_equal_what_is_stored(sources: Sources) -> None:
    table = build(
        "it",
        {"kind": "regression", "title": "It", "models": ["selected", "plain", "failed"]},
        sources,
    )
    labels = [row.label for row in table.rows]
    heading = labels.index("Selection equation: Participated")
    assert labels.index("Risk") < heading < labels.index("War at home")
    stored = {
        (row["level"], row["term"]): row
        for row in sources.models(["selected"])[0]["rows"]
        if row["kind"].endswith("coefficient")
    }
    for place, level in (
        (labels.index("Risk"), None),
        (labels.index("Risk", heading), "selection"),
        (labels.index("War at home"), "selection"),
    ):
        term = "war" if labels[place] == "War at home" else "risk"
        assert table.rows[place].cells[0].value == stored[level, term]["estimate"]
        assert table.rows[place + 1].cells[0].value == stored[level, term]["std_error"]
    # a model of participants has no such equation
    assert table.rows[labels.index("War at home")].cells[1].text == ""
    rho = table.rows[labels.index("Correlation of the errors (rho)")].cells
    assert rho[0].value == next(
        row["estimate"] for row in sources.models(["selected"])[0]["rows"] if row["term"] == "rho"
    )
    counts = dict(zip(labels, table.rows, strict=True))
    assert [cell.text for cell in counts["N selected"].cells] == [
        str(int(sample()["joined"].sum())),
        "",
        str(int(sample()["joined"].sum())),
    ]
    assert any("probits" in note for note in table.notes)
    assert any("not estimated" in note for note in table.notes)


def test_assumed_correlations_equal_what_is_stored(sources: Sources) -> None:
    found = rows_of(sources, "assumed_correlations", models=["selected", "failed"], terms=["risk"])
    stored = [
        row
        for row in sources.models(["selected"])[0]["rows"]
        if row["kind"] == "assumed_correlation"
    ]
    assert [label for label, _ in found][1:8] == ["−0.9", "−0.6", "−0.3", "0", "0.3", "0.6", "0.9"]
    estimates = [row["estimate"] for row in stored if row["term"] == "risk"]
    heights = [row["estimate"] for row in stored if row["term"] == "log_likelihood"]
    for (_, cells), estimate_, height in zip(found[1:8], estimates, heights, strict=True):
        assert cells[0].rstrip("*") == f"{estimate_:.3f}".replace("-", "−")
        assert cells[-1] == f"{height:.1f}".replace("-", "−")
    assert found[-1][0] == "none could be reached"


def test_marginal_effects_of_all_rows_and_given_selection(sources: Sources) -> None:
    found = rows_of(sources, "marginal_effects", models=["selected", "plain"], terms=["risk"])
    headings = [label for label, _ in found if label.startswith("(")]
    assert headings == [
        "(1) Ordered: Caveat level, all rows",
        "(1) Ordered: Caveat level, given selection",
        "(2) Participants: Caveat level",
    ]
