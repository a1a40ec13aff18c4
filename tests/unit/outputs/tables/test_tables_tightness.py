"""Latent tightness as printed and drawn: order, levels that differ, and the widest intervals."""

from __future__ import annotations

from typing import Any

import pytest
from coalition.outputs.figures import draw, figure_style
from coalition.outputs.stored_results import Sources
from coalition.outputs.tables import build
from coalition.outputs.tables.measurement_tables import widest


def unit(iso3: str, latent: float, width: float, **changes: Any) -> dict[str, Any]:
    found = {
        "iso3": iso3, "operation": "alpha", "country": f"State {iso3}", "statements": 3,
        "coders": 2,
        "latent": latent, "latent_sd": width / 4, "latent_low": latent - width / 2,
        "latent_high": latent + width / 2, "caveat_level": 2, "level": 2, "level_low": 1,
        "level_high": 3, "in_sample": True,
    }  # fmt: skip
    return found | changes


UNITS = [
    *(unit(f"S{number:02}", number / 10, 1 + number / 10) for number in range(12)),
    unit("OUT", 3.0, 9.0, in_sample=False),
    unit("TOP", 2.0, 0.5, level=3, coders=1),
]
CONTENT = {
    "operations": ["alpha"], "units": UNITS, "held_out": [], "rare": [], "message": None,
    "effects": [{"kind": "threshold", "name": "0|1", "estimate": -2.0},
    {"kind": "threshold", "name": "1|2", "estimate": 1.0}],
    "fit": {"loading": 2.0},
}  # fmt: skip


def sources(**changes: Any) -> Sources:
    return Sources(estimates=(CONTENT | changes,), operations={"alpha": "Alpha"})


def test_the_ten_widest_intervals_of_the_sample_are_named_the_widest_first() -> None:
    said = widest(CONTENT, sources())
    assert said.count("State ") == 10
    assert said.index("State S11 (2.1)") < said.index("State S10 (2.0)")
    assert "State S01" not in said
    assert "State OUT" not in said


def test_the_figure_holds_every_state_of_the_sample_the_tightest_first() -> None:
    spec = {"kind": "latent_tightness", "title": "Tightness"}
    with figure_style.applied():
        found = draw("tightness", spec, sources())
    assert found.tidy["iso3"].tolist() == [
        "TOP",
        *(f"S{number:02}" for number in range(11, -1, -1)),
    ]
    assert "is another level (1 of 13)" in found.caption
    assert "from State TOP at 2.0 (1.8 to 2.2) to State S00" in found.alt


@pytest.mark.parametrize("message", ["no coder", None])
def test_a_figure_without_states_says_why(message: str | None) -> None:
    spec = {"kind": "latent_tightness", "title": "Tightness"}
    with figure_style.applied():
        found = draw("tightness", spec, sources(units=[], message=message))
    assert (message or "no state of the sample has a statement") in found.caption


def test_the_table_marks_levels_on_which_the_model_and_the_median_differ() -> None:
    spec = {"kind": "latent_tightness", "title": "Tightness"}
    found = build("tightness", spec, sources())
    row = {row.label: [cell.text for cell in row.cells] for row in found.rows}
    assert "\N{DAGGER}" in "".join(row["State TOP"])
    assert "\N{DAGGER}" not in "".join(row["State S05"])
    assert "State OUT" not in row
