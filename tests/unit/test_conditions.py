"""The closed language of conditions."""

from __future__ import annotations

import pandas as pd
import pytest
from coalition.conditions import holds

TABLE = pd.DataFrame({"operation": ["isaf", "iraq", "isaf"], "score": [0.2, None, 0.9]})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, [True, True, True]),
        ({"operation": ["isaf"]}, [True, False, True]),
        ({"score": {"min": 0.5}}, [False, False, True]),
        ({"score": {"min": 0.2, "max": 0.9}}, [True, False, True]),
        ({"operation": ["isaf"], "score": {"max": 0.5}}, [True, False, False]),
    ],
)
def test_holds(condition: dict, expected: list[bool]) -> None:
    assert holds(TABLE, condition).tolist() == expected


def test_unknown_variable_is_an_error() -> None:
    with pytest.raises(KeyError, match="troops"):
        holds(TABLE, {"troops": [1]})
