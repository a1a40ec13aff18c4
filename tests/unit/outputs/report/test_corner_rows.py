"""The corners of a card: rows seen in each, corners all but empty, the product term."""

from __future__ import annotations

from typing import Any

from coalition.outputs.report import corner_rows
from coalition.outputs.stored_results import Sources

SOURCES = Sources(labels={"a": "Fear A", "b": "Fear B"})


def seen(term: str, level: str, number: float | None) -> dict[str, Any]:
    return {"kind": "observed", "term": term, "level": level, "estimate": number}


ROWS = [
    seen("a=low, b=low", "abstain", 30.0), seen("a=low, b=low", "reserved", 4.0),
    seen("a=high, b=high", "abstain", 5.0), seen("a=high, b=high", "reserved", 1.0),
    {"kind": "coefficient", "term": "b:a", "level": "reserved", "estimate": 0.24, "conf_low": -0.1,
    "conf_high": 0.6, "p_value": 0.197},
    {"kind": "coefficient", "term": "a:c", "level": "reserved", "estimate": 9.0, "conf_low": 8.0,
    "conf_high": 10.0, "p_value": 0.001},
]  # fmt: skip


def test_rows_in_each_corner_and_those_all_but_empty() -> None:
    found = corner_rows.observed({"rows": ROWS}, SOURCES)
    assert found is not None
    assert found.headings == ("Corner", "Abstain", "Join with reservations", "All")
    assert found.lines == (
        ("Fear A low, fear B low", "30", "4", "34"),
        ("Fear A high, fear B high", "5", "1", "6"),
    )
    assert found.thin == "Fear A high, fear B high (6)"


def test_a_model_that_counts_no_rows_in_corners_has_none() -> None:
    assert corner_rows.observed({"rows": ROWS[-2:]}, SOURCES) is None


def test_the_product_is_that_of_the_two_terms_of_the_corners() -> None:
    spec = {"corners": {"first": "a", "second": "b"}}
    assert list(corner_rows.product({"rows": ROWS}, spec, SOURCES)) == [
        (
            "Product of the two, join with reservations (log odds)",
            "+0.240",
            "−0.100 to 0.600",
            "0.197",
        )
    ]
    assert list(corner_rows.product({"rows": ROWS}, {}, SOURCES)) == []
