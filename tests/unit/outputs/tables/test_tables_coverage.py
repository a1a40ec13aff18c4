"""Tables of what the data cover and of the primary tests under each reading: counts by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from coalition.base.multiplicity import holm
from coalition.outputs.stored_results import Sources
from coalition.outputs.tables import build
from coalition.outputs.tables.table import Table

DASH = "\N{EN DASH}"
GRADES = ("A", "B", "C", "own", "list", "ungraded")


def texts(found: Table, label: str) -> list[str]:
    row = next(row for row in found.rows if row.label == label and row.kind != "group")
    return [cell.text for cell in row.cells]


def cells(**grades: int) -> dict[str, Any]:
    about = {"operation": "alpha", "table": "caveats", "column": "level"}
    return about | dict.fromkeys(GRADES, 0) | grades


def graded(*entries: dict[str, Any]) -> Table:
    spec = {"kind": "cells_used", "sample": "states", "title": "Grades"}
    sources = Sources(diagnostics=({"sample": "states", "cells": list(entries)},))
    return build("cells_used", spec, sources)


def test_the_share_of_recalled_cells_is_counted_and_named() -> None:
    clean, leaning = graded(cells(A=3, B=1)), graded(cells(A=3, C=1))
    assert texts(clean, "All cells")[3:] == ["0", "0", "0", "0.0%"]
    assert "Recalled cells: none." in clean.notes[0]
    assert texts(leaning, "All cells")[-1] == "25.0%"
    assert "Recalled cells: 1 of caveats, level (alpha)." in leaning.notes[0]


STATES = pd.DataFrame(
    {
        "iso3": ["AAA", "BBB", "CCC", "DDD"],
        "operation": "alpha",
        "participated": [1.0, 1.0, 1.0, 0.0],
        "entry_date": ["2001", "2004-05-01", None, None],
        "exit_date": ["2003", None, None, None],
    }
)
STATEMENTS = pd.DataFrame(
    {
        "iso3": ["AAA", "AAA", "BBB", "CCC", "CCC", "DDD"],
        "operation": "alpha",
        "coder": [1, 2, 1, 1, 1, 1],
        "from_year": [2001, 2002, 2004, 2004, 2001, 2001],
        "to_year": [2003, 2002, 2005, 2005, 2005, 2005],
        "level": [2, 2, 0, 3, None, 3],
        "restricted_by": ["rule", "what_was_sent", "none_found", "rule", "rule", "rule"],
        "any_caveat": [1, None, 0, None, None, 1],
        "evidence": ["A", "B", "B", "C", "B", "A"],
    }
)
COVERAGE = {
    "kind": "coverage",
    "sample": "states",
    "title": "Coverage",
    "phases": {"alpha": [[2001, 2003], [2004, 2005]]},
}


def covered(statements: pd.DataFrame = STATEMENTS, **spec: Any) -> Table:
    sources = Sources(data=(STATES, statements), operations={"alpha": "Alpha"})
    return build("coverage", COVERAGE | spec, sources)


def test_states_of_a_phase_and_their_statements_are_counted() -> None:
    found = covered()
    assert texts(found, f"2001{DASH}2003")[:5] == ["2", "1", "1", "2", "2"]
    assert texts(found, f"2004{DASH}2005") == ["2", "1", "0", "1", "2", "100.0%"]
    assert texts(found, "All phases") == ["4", "2", "1", "3", "4", "100.0%"]


def test_a_recalled_statement_covers_nothing() -> None:
    recalled = covered(STATEMENTS.assign(evidence="C"))
    assert texts(recalled, "All phases") == ["4", "0", "0", "0", "0", "0.0%"]
    assert recalled.tidy["without"].tolist() == ["AAA;CCC", "BBB;CCC"]


def test_columns_that_coders_did_not_record_say_nothing() -> None:
    bare = STATEMENTS.drop(columns=["restricted_by", "any_caveat"])
    assert texts(covered(bare), "All phases")[3:] == ["0", "0", "0.0%"]


def test_an_operation_without_statements_is_named() -> None:
    found = covered(phases={"beta": [[2001, 2002]]})
    assert not found.rows
    assert any(note == "Without statements in this run: beta." for note in found.notes)


def effect(estimate: float, p_value: float, n: int = 50) -> dict[str, Any]:
    numbers = {"std_error": 1.0, "conf_low": -1.0, "conf_high": 1.0}
    return numbers | {"estimate": estimate, "p_value": p_value, "n": n}


def readings(alternatives: list[str]) -> Table:
    verdicts = [
        {"hypothesis": name, "scale": "log odds", "version_2": {"before": before}}
        for name, before in (
            ("H1", {"estimate": 0.3, "p_holm": 0.2, "n": 40, "data_version": "1.0",
            "printed": "2026-01-01"}),
            ("H2", None),
        )
    ]  # fmt: skip
    other = {"name": "none", "label": "No caveat", **effect(-0.5, 0.01)}
    estimates = (
        {"hypothesis": "H1", "primary": effect(1.0, 0.03), "alternatives": []},
        {"hypothesis": "H2", "primary": effect(2.0, 0.04), "alternatives": [other]},
        {"hypothesis": "H2", "variables": [],
        "rows": [{"method": "plausible", "label": "Plausible", **effect(1.5, 0.02)}]},
    )  # fmt: skip
    spec = {"kind": "readings", "title": "Readings", "alternatives": alternatives}
    sources = Sources(estimates=estimates, verdicts={"hypotheses": verdicts})
    return build("readings", spec, sources)


def test_each_reading_has_a_line_and_its_own_adjusted_p_values() -> None:
    found = readings(["none"])
    assert texts(found, "Today's data and reading")[:2] == ["1.000", "0.060"]
    assert texts(found, "No caveat") == ["", "0.030", "", "\N{MINUS SIGN}0.500", "0.020", "50"]
    assert texts(found, "Plausible")[3:] == ["1.500", "0.040", "50"]
    kept = found.tidy[found.tidy["reading"] == "none"]["p_holm"].tolist()
    assert kept == pytest.approx(holm([0.03, 0.01]))


def test_an_earlier_release_stands_as_it_was_printed() -> None:
    line = texts(readings(["none"]), "Data 1.0, as printed on 2026-01-01")
    assert line[:3] == ["0.300", "0.200", "40"]


def test_a_reading_that_is_no_alternative_of_the_run_is_named() -> None:
    assert any("No alternative of this run: nonne." in note for note in readings(["nonne"]).notes)
