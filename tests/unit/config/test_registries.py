"""A family, a kind of table and an outcome are added by one file and one row: the check, the
schema, the report and the steps then know them.
"""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from coalition import estimators
from coalition.base.errors import Problems
from coalition.config import checks, json_schema, output_kinds
from coalition.config import settings as configuration
from coalition.config.output_kinds import FIGURES, READS, TABLES, Kind, made_from
from coalition.estimators import linear
from coalition.estimators.fit_types import Design
from coalition.formula.families import FAMILIES, Family
from coalition.formula.outcomes import OUTCOMES, Outcome, modelled
from coalition.outputs import tables
from coalition.outputs.report.sections import place_of
from coalition.outputs.stored_results import read
from coalition.samples import country_operations

ROOT = Path(__file__).parents[3]


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(ROOT)
    return copy.deepcopy(configuration.main())


def module(monkeypatch: pytest.MonkeyPatch, name: str, **functions: Any) -> None:
    """Stand for the one file that is added."""
    monkeypatch.setitem(sys.modules, f"coalition.{name}", SimpleNamespace(**functions))


def test_a_family_is_one_file_and_one_row(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    config["models"]["h1_logit_isaf"]["family"] = "doubled"
    with pytest.raises(Problems, match="not one of the possible values"):
        checks.check(config)
    module(monkeypatch, "estimators.doubled", fit=linear.fit)
    monkeypatch.setitem(
        FAMILIES, "doubled", Family("doubled", "doubled", "continuous", "doubled:fit")
    )
    problems = Problems()
    json_schema.check(config, problems)
    assert not problems.found
    assert "doubled" in json_schema.schema()["$defs"]["family"]["enum"]
    X = np.column_stack([np.ones(30), np.arange(30.0)])
    y = 2 * X[:, 1] + np.random.default_rng(1).normal(size=30)
    found = estimators.fit(
        "doubled", Design(y=y, X=X, names=("const", "x"), levels=(), groups=None)
    )
    assert found.params[1] == pytest.approx(2, abs=0.1)


def test_a_kind_of_table_is_one_file_and_one_row(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = {"kind": "counts", "title": "Counts", "sample": "country_operation"}
    config["tables"]["counts"] = spec
    with pytest.raises(Problems, match="counts"):
        checks.check(config)
    made = object()
    module(monkeypatch, "outputs.tables.counts", counts=lambda name, spec, sources: made)
    row = Kind("counts", "counts:counts", ("sample",), "data", ("sample",), reading="Read it.")
    monkeypatch.setitem(TABLES, "counts", row)
    checks.check(config)
    assert made_from(row, spec, config)["data"] == ["data/country_operation.csv"]
    assert place_of("counts", spec, config) == "data"
    assert tables.build("counts", spec, read({}, {})) is made
    del spec["sample"]
    with pytest.raises(Problems, match="needs the key 'sample'"):
        checks.check(config)


def test_an_outcome_is_one_file_and_one_row(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    config["models"]["h1_logit_isaf"]["outcome"] = "many_types"
    with pytest.raises(Problems, match="many_types"):
        checks.check(config)
    row = Outcome(
        "many_types", "Many types", "1 yes, 0 no", file="caveat_types", builder="many:many_types"
    )
    monkeypatch.setitem(OUTCOMES, "many_types", row)
    module(
        monkeypatch,
        "samples.many",
        many_types=lambda rows: (rows["n_caveat_types"] > 2).astype(float),
    )
    checks.check(config)
    assert "many_types" in modelled("country_operation")
    assert configuration.labels(config)["many_types"] == "Many types"
    assert "many_types" in country_operations.columns(config, "country_operation")
    rows = pd.DataFrame(
        {"n_caveat_types": [1, 3], "participated": 1, "peak_troops": 9.0, "personnel": 3.0}
    )
    assert country_operations.with_built(rows, "country_operation")["many_types"].tolist() == [0, 1]


@pytest.mark.parametrize("kinds", [TABLES, FIGURES])
def test_every_row_names_a_builder_and_what_can_be_read(kinds: dict[str, Kind]) -> None:
    room = "tables" if kinds is TABLES else "figures"
    for name, kind in kinds.items():
        file, _, function = kind.builder.partition(":")
        text = (ROOT / f"scripts/coalition/outputs/{room}/{file}.py").read_text(encoding="utf-8")
        assert f"\ndef {function}(" in text, name
        assert set(kind.reads) <= set(READS), name
    assert all(kind.reading for kind in TABLES.values())
    assert output_kinds.KINDS["tables"] is TABLES


@pytest.mark.parametrize("name", FAMILIES)
def test_every_row_of_a_family_names_what_is_there(name: str) -> None:
    family = FAMILIES[name]
    for place in (family.adapter, family.predictor, family.assumed):
        assert place is None or estimators.named(place) is not None
