"""The table and the figure of a curve print what its file holds."""

from __future__ import annotations

import numpy as np
import pytest
from coalition.outputs import figures, tables
from coalition.outputs.figures import figure_writers
from coalition.outputs.figures.curve_figure import shares
from coalition.outputs.stored_results import Sources
from curve_fixture import content


def test_the_table_prints_the_stored_numbers() -> None:
    found = tables.build(
        "curves",
        {"kind": "specification_curve", "title": "T"},
        Sources(estimates=(content(), content("H2"))),
    )
    printed = [row for row in found.rows if row.label == "All specifications"]
    assert len(printed) == 2
    summary = content()["summary"]
    assert [cell.value for cell in printed[0].cells] == [
        11,
        summary["median"],
        (-0.5, 1.25),
        0.75,
        0.5,
    ]
    assert [
        cell.text for row in found.rows if row.label == "p, by permutation" for cell in row.cells
    ][:5] == [
        "",
        "0.004",
        "",
        "0.030",
        "0.020",
    ]
    assert len(found.tidy) == 2 * (1 + 4)
    assert any(
        "16 combinations" in note and "1 separation, 1 too few rows" in note for note in found.notes
    )


def test_the_figure_holds_every_fitted_specification_in_order() -> None:
    stored = content(size=3000)
    found = figures.draw(
        "curve_h1",
        {"kind": "specification_curve", "title": "T", "hypothesis": "H1"},
        Sources(estimates=(stored,)),
    )
    assert found.tidy["estimate"].is_monotonic_increasing
    by_specification = found.tidy.set_index("specification")["estimate"]
    assert {number: by_specification[number] for number in (1, 7, 2999)} == {
        n: stored["specifications"]["estimate"][n - 1] for n in (1, 7, 2999)
    }
    assert 3000 not in by_specification
    for ending, largest in (("svg", 1_000_000), ("pdf", 1_000_000)):
        picture = figure_writers.picture(found, ending)
        assert len(picture) < largest
        assert picture == figure_writers.picture(found, ending)


def test_a_curve_without_estimates_says_so() -> None:
    stored = content(size=2)
    stored["specifications"]["estimate"] = [None, None]
    found = figures.draw(
        "curve_h1",
        {"kind": "specification_curve", "title": "T", "hypothesis": "H1"},
        Sources(estimates=(stored,)),
    )
    assert found.caption.startswith("Nothing to draw")


def test_shades_are_shares_of_neighbours() -> None:
    found = shares(np.array([0, 0, 1, 2, 2, 2]), options=3, groups=3)
    assert found == pytest.approx(np.array([[1, 0, 0], [0, 0.5, 0], [0, 0.5, 1]]))
