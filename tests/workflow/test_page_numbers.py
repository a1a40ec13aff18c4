"""The numbers of the main run's page, found by their place in the HTML, against what is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from page_numbers import Page, Printed

ROOT = Path(__file__).parents[2]
RUN = ROOT / "results" / "main"
LEAST = 60

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not (RUN / "report.html").is_file(), reason="the main run was not made here; ./run makes it"
    ),
]


@cache
def page() -> Page:
    return Page((RUN / "report.html").read_text(encoding="utf-8"), RUN)


def regressions(of: Page) -> Iterator[Printed]:
    """Give the tables of coefficients of one number a term."""
    tables = yaml.safe_load((ROOT / "configs/main/tables.yaml").read_text("utf-8"))["tables"]
    for name in ("h1", "h2", "h2b"):
        yield from of.regression(name, tables[name]["models"])


PLACES: dict[str, tuple[Callable[[Page], Iterator[Printed]], int]] = {
    "first screen": (Page.first_screen, 13),
    "cards": (Page.cards, 36),
    "what turns a decision": (Page.turns, 60),
    "table of alternatives": (Page.robustness, 400),
    "table of power": (Page.power, 60),
    "tables of coefficients": (regressions, 60),
    "evidence drawer": (Page.drawer, 60),
    "pages of states": (Page.states, 200),
    "filter of the curve": (Page.explorers, 60),
}
"""What is read, and how many numbers it must at least give: a place that is not found is a
fault.
"""


@pytest.mark.parametrize("place", PLACES)
def test_what_is_printed_is_what_is_stored(place: str) -> None:
    read, least = PLACES[place]
    found = list(read(page()))
    assert len(found) >= least
    assert [one for one in found if not one.right] == []


def test_the_places_hold_enough_numbers() -> None:
    assert sum(least for _, least in PLACES.values()) >= LEAST


@pytest.mark.parametrize("place", ["first screen", "cards", "table of alternatives"])
def test_a_number_that_is_changed_on_the_page_is_found(place: str) -> None:
    read, _ = PLACES[place]
    stored = next(one for one in read(page()) if re.fullmatch(r"0\.\d{3}", one.text))
    other = "0.999" if stored.text != "0.999" else "0.001"
    changed = Page(page().text.replace(stored.text, other), RUN)
    assert any(not one.right for one in read(changed))
