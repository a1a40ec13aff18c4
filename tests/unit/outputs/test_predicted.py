"""Tables and figures of predictions show the stored numbers, and say why where there are none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition.base.keys import Keys
from coalition.estimators.estimate import estimate
from coalition.outputs import figures, tables
from coalition.outputs.stored_results import Sources

ASKED = {
    "along": {"over": "x", "from": -1, "to": 9, "points": 5},
    "groups": {"groups": "kind"},
}
LABELS = {"x": "Threat", "kind": "Kind", "y": "Joined", "level": "Level"}


def entry(name: str, family: str = "logit", outcome: str = "y", **more: Any) -> dict[str, Any]:
    rng = np.random.default_rng(4)
    n = 300
    x, kind = rng.normal(size=n), rng.integers(0, 2, n)
    latent = x + kind + rng.logistic(size=n)
    rows = pd.DataFrame({"row": range(n), "x": x, "kind": kind, "y": (latent > 0) * 1})
    rows["level"] = np.digitize(latent, [-1, 1])
    model = {
        "group": "g", "label": name.capitalize(), "sample": "s", "family": family,
        "outcome": outcome, "terms": ["x", "kind"], "predictions": ASKED,
    } | more  # fmt: skip
    return estimate(name, model, rows, LABELS, keys=Keys(("row",)))


MODELS = [
    entry("one"),
    entry("three", "ordered_logit", "level"),
    entry("broken", terms=["x"], where="x > 9"),
    entry("without", predictions={}),
]
SOURCES = Sources(labels=LABELS, estimates=({"models": MODELS},))


def figure(model: str, prediction: str = "along") -> Any:
    spec = {"kind": "predictions", "title": "T", "model": model, "prediction": prediction}
    return figures.draw("f", spec, SOURCES)


@pytest.mark.parametrize("prediction", ["along", "groups"])
@pytest.mark.parametrize("model", MODELS[:2], ids=lambda model: model["model"])
def test_every_drawn_number_is_the_stored_one(model: dict[str, Any], prediction: str) -> None:
    drawn = figure(model["model"], prediction)
    points = model["predictions"][prediction]["points"]
    assert drawn.tidy["estimate"].tolist() == [point["estimate"] for point in points]
    artists = {a.get_gid(): a for a in drawn.canvas.findobj() if a.get_gid()}
    for point in points:
        artist = artists[f"{model['model']}/{prediction}/{point['level']}/{point['at']}"]
        values = artist.get_ydata() if prediction == "along" else artist.get_xdata()
        assert list(values) == [point["estimate"]]


def test_a_range_beyond_the_rows_is_said() -> None:
    assert "The range reaches beyond the rows, in which Threat runs from" in figure("one").caption


@pytest.mark.parametrize(
    ("model", "why"), [("broken", "not estimated"), ("without", "has no such prediction")]
)
def test_what_has_no_numbers_says_why(model: str, why: str) -> None:
    drawn = figure(model)
    assert why in drawn.caption
    assert len(drawn.tidy) == 0


def test_the_table_prints_models_side_by_side() -> None:
    names = [model["model"] for model in MODELS]
    spec = {"kind": "predictions", "title": "T", "models": names, "prediction": "along"}
    table = tables.build("t", spec, SOURCES)
    assert table.stub == "Threat"
    labels = [row.label for row in table.rows]
    assert labels[:5] == ["−1", "1.5", "4", "6.5", "9"]
    assert "Level 0" in labels
    points = MODELS[0]["predictions"]["along"]["points"]
    assert [row.cells[0].value for row in table.rows[:5]] == [p["estimate"] for p in points]
    assert all(len(row.cells) == 8 for row in table.rows if row.kind == "body")
    assert any("(3) not estimated" in note for note in table.notes)
    assert "predicted probability that Joined is 1" in table.notes[0]
