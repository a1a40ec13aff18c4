"""Where a number comes from: its model, the rows left out and why, the line of the config."""

from __future__ import annotations

from coalition.outputs.report import number_traces
from coalition.outputs.report.report_results import Results
from coalition.outputs.stored_results import Sources

MODEL = {
    "model": "main", "label": "Main", "family": "logit", "n": 361, "n_states": 185,
    "sample": "states", "group": "who",
    "outcome_label": "Participated", "labels": {"a": "Army, size"}, "failure": None,
    "dropped": [
        {"iso3": "ISL", "operation": "alpha", "year": 2000, "reason": "missing: Army, size"},
        {"iso3": "CRI", "operation": "alpha", "year": 2000, "reason": "missing: Army, size"},
        {"iso3": "CRI", "operation": "alpha", "year": 2001, "reason": "missing: Army, size"},
        {"iso3": "FJI", "operation": "alpha", "year": 2000, "reason": "the outcome does not vary"},
    ],
}  # fmt: skip
CONFIG = {
    "models": {"main": {}, "other": {}},
    "hypotheses": {"H1": {"primary": {"model": "main"}}},
    "robustness": {"only_a": {"label": "Only A"}},
    "tables": {
        "who": {"kind": "regression", "models": ["main", "main"]},
        "tests": {"kind": "robustness"},
        "flow": {"kind": "flow"},
    },
    "figures": {"one": {"kind": "coefficients", "models": ["main"]}},
}


def traces() -> number_traces.Traces:
    return number_traces.traces(
        CONFIG,
        Results(models={"main": MODEL, "other": {**MODEL, "model": "other"}}),
        Sources(operations={"alpha": "Alpha"}),
        {"models.main": "mine.yaml:7", "robustness.only_a": "mine.yaml:9"},
        {"tables.who": ["estimates/who.json"]},
    )


def test_rows_left_out_are_named_with_their_reason() -> None:
    (model,) = traces().models  # no table prints the other
    assert model.rows == "361 rows of 185 states of the sample states"
    assert model.origin == number_traces.Origin("models.main", "mine.yaml:7")
    assert model.left_out == (
        ("Alpha, no value of army, size", "3 rows: CRI, ISL"),
        ("Alpha, the outcome does not vary", "1 row: FJI"),
    )


def test_a_table_names_its_models_by_column_or_by_hypothesis() -> None:
    items = traces().items
    assert items["table", "who"].columns == (("(1)", "main"), ("(2)", "main"))
    assert items["table", "who"].files == ("estimates/who.json",)
    assert items["table", "tests"].columns == (("H1", "main"),)
    assert items["table", "flow"].columns == ()
    assert items["figure", "one"].columns == (("", "main"),)
    assert traces().alternatives == (
        ("Only A", number_traces.Origin("robustness.only_a", "mine.yaml:9")),
    )


def test_the_numbered_head_of_a_column_leads_to_its_model() -> None:
    body = '<th scope="col">(1)</th><th scope="col">(2)</th><td>(1)</td>'
    found = number_traces.linked(body, traces().items["table", "who"])
    assert found.count('<a href="#model-main">') == 2
    assert found.endswith("<td>(1)</td>")
