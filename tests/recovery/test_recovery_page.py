"""docs/recovery.md, results.csv and the simulations belong together; what the page says of a number
follows from the number.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from measured import KEY, drawn, merged, read
from page import (
    BIASED,
    BOLD,
    CAREFUL,
    HOLDS,
    LITTLE_BOLD,
    NO_BIAS,
    PAGE,
    SMALL_BIAS,
    UNSEEN,
    page,
    verdict,
)

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).stem


def test_the_page_is_made_of_the_results() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read()), (
        "write it anew: PYTHONPATH=scripts .venv/bin/python tests/recovery/page.py"
    )


@pytest.mark.long
def test_every_simulation_is_in_the_results_and_nothing_else() -> None:
    """That a simulation measures just what the file holds is looked at where it runs, by the
    fixture `study`.
    """
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/recovery",
        "--collect-only",
        "-q",
        "-m",
        "",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
    ]
    listed = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    tests = {
        Path(file).stem + "::" + name
        for file, _, name in (line.partition("::") for line in listed)
        if name
    }
    assert {test for test in tests if not test.startswith((f"{HERE}::", "test_levels::"))} == {
        row["test"] for row in read()
    }


def test_a_row_has_a_key() -> None:
    keys = [tuple(row[name] for name in KEY) for row in read()]
    assert len(keys) == len(set(keys)) > 0


@pytest.mark.parametrize(
    ("measure", "value", "word"),
    [
        ("size", 0.05, HOLDS),
        ("size", 0.065, LITTLE_BOLD),
        ("size", 0.08, BOLD),
        ("size", 0.03, CAREFUL),
        ("coverage", 0.95, HOLDS),
        ("coverage", 0.935, LITTLE_BOLD),
        ("coverage", 0.92, BOLD),
        ("coverage", 0.97, CAREFUL),
        ("bias", 0.01, NO_BIAS),
        ("bias", 0.2, SMALL_BIAS),
        ("bias", -0.3, BIASED),
        ("power", 0.8, ""),
    ],
)
def test_a_number_is_read_as_it_is(measure: str, value: float, word: str) -> None:
    """10,000 samples: chance is 0.0072 for shares, 0.033 for a mean of estimates with standard
    deviation 1.
    """
    row = {
        "measure": measure,
        "value": str(value),
        "mc_error": "0.01",
        "spread": "1",
        "estimated": "10000",
    }
    assert verdict(row) == word


def test_few_samples_prove_nothing() -> None:
    assert (
        verdict(
            {
                "measure": "size",
                "value": "0.08",
                "mc_error": "0.03",
                "spread": "",
                "estimated": "100",
            }
        )
        == UNSEEN
    )


def test_a_test_that_ran_again_replaces_its_rows() -> None:
    old = [{"test": "b", "value": "1"}, {"test": "b", "value": "2"}, {"test": "a", "value": "3"}]
    assert merged(old, [{"test": "b", "value": "4"}]) == [
        {"test": "a", "value": "3"},
        {"test": "b", "value": "4"},
    ]


def test_what_was_drawn_tells_rows_apart_and_what_was_found_does_not() -> None:
    row = read()[0]
    assert drawn(row) == drawn({**row, "value": "another"}) != drawn({**row, "seed": "another"})


def test_links_to_the_page_have_a_place_there() -> None:
    headings = [
        line.lstrip("# ").lower()
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    ]
    places = {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}
    wanted = {
        place
        for file in PAGE.parent.glob("*.md")
        for place in re.findall(r"recovery\.md#([^)]+)\)", file.read_text(encoding="utf-8"))
    }
    assert wanted
    assert wanted <= places
