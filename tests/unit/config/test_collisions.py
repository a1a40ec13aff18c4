"""Names that mean two things, and terms that YAML tears apart, are told of where they stand."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from coalition.base.errors import Problems
from coalition.commands import check
from coalition.config import checks
from coalition.config import settings as configuration
from coalition.config.checks.reserved_names import check_reserved

ROOT = Path(__file__).parents[3]


def refused(changes: dict[str, Any], everything: bool = False) -> str:
    """Return what is said of the main config with changes laid over it."""
    with contextlib.chdir(ROOT):
        config = configuration.combine(configuration.main(), changes)
        with pytest.raises(Problems) as caught:
            (check.everything if everything else checks.check)(config)
    return str(caught.value)


def covariate(tmp_path: Path, name: str, column: str, value: str) -> dict[str, Any]:
    """Return the entry of a table of two states with one column."""
    path = tmp_path / f"{name}.csv"
    path.write_text(f"iso3,{column}\nDEU,{value}\nFRA,{value}\n", encoding="utf-8")
    return {name: {"file": str(path), "shape": "state"}}


def test_a_column_of_two_tables_is_named_with_both(tmp_path: Path) -> None:
    tables = covariate(tmp_path, "one", "trust", "1") | covariate(tmp_path, "two", "trust", "2")
    said = refused({"covariates": tables})
    assert "covariates.two" in said
    assert "the column 'trust' is in the table 'one' too" in said


@pytest.mark.parametrize(("folder", "count"), [("Main", 1), ("main", 0), ("other", 0)])
def test_a_run_that_differs_from_another_in_capitals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, count: int
) -> None:
    with contextlib.chdir(ROOT):
        config = configuration.main()
    (tmp_path / "results" / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    problems = Problems()
    check_reserved(config, [], problems)
    assert [problem.place for problem in problems.found] == ["run"] * count


def test_an_empty_column_is_told_of_its_file(tmp_path: Path) -> None:
    model = {"group": "g", "label": "M", "sample": "country_operation", "family": "logit",
             "outcome": "participated", "terms": ["trust"]}  # fmt: skip
    changes = {
        "run": "empty",
        "replace": ["models", "hypotheses", "tables", "figures", "robustness"],
        "covariates": covariate(tmp_path, "one", "trust", ""),
        "models": {"m": model},
        "tables": {"t": {"kind": "regression", "title": "T", "models": ["m"]}},
    }
    said = refused(changes, everything=True)
    assert "1 problem" in said
    assert "one.csv" in said
    assert "column trust: the column has no cell with a value" in said


@pytest.mark.parametrize("name", ["abandonment", "gdp"])
def test_a_list_of_controls_called_like_a_variable_or_measure(name: str) -> None:
    said = refused({"controls": {name: ["democracy", "gdp_per_head"]}})
    assert "1 problem" in said
    assert f"controls.{name}" in said
    assert "give the list another name" in said


def test_a_term_that_yaml_has_split_at_its_comma() -> None:
    with contextlib.chdir(ROOT):
        model = next(iter(configuration.main()["models"]))
    said = refused({"models": {model: {"terms": ["lag(gdp", "2)"]}}})
    assert 'in quotation marks, "lag(gdp, 2)"' in said
