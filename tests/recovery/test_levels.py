"""configs/levels.csv is what the sizes in results.csv lead to, by the rule that stands in
levels.py.
"""

from __future__ import annotations

from levels import HOLDS, LEVELS, dates_on_file, levels, written
from measured import Row, read


def test_the_file_is_that_of_the_results() -> None:
    assert LEVELS.read_bytes() == written(levels(read(), dates_on_file())), (
        "write it anew: PYTHONPATH=scripts .venv/bin/python tests/recovery/levels.py DATE"
    )


def size(method: str, value: float, term: str = "x") -> Row:
    test = "test_spatial_field::test_size_under_the_fitted_field[H]"
    return {"test": test, "measure": "size", "quantity": f"H: {term}", "method": method,
            "value": str(value), "mc_error": "0.01", "estimated": "1000"}  # fmt: skip


def chosen(rows: list[Row]) -> tuple[str, str]:
    found = next(row for row in levels(rows, {"H": "2026-11-26"}) if row["decides"] == "1")
    return found["method"], found["holds"]


def test_the_first_that_holds_decides() -> None:
    rows = [size("scpc", 0.06), size("cluster", HOLDS + 0.001), size("cr2", HOLDS)]
    assert chosen(rows) == ("cr2", "1")


def test_if_none_holds_it_is_the_least_oversized() -> None:
    assert chosen([size("cluster", 0.2), size("scpc", 0.09), size("cr2", 0.1)]) == ("scpc", "0")


def test_every_quantity_must_hold() -> None:
    rows = [size("cluster", 0.05), size("cluster", 0.12, "z"), size("scpc", 0.07)]
    assert chosen(rows) == ("scpc", "1")
