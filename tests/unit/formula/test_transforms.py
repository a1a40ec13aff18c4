"""The closed list of transforms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from coalition.formula.transforms import transform

VALUES = pd.Series([0.0, 1.0, -1.0, np.nan, 9.0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("none", [0, 1, -1, np.nan, 9]),
        ("log", [np.nan, 0, np.nan, np.nan, np.log(9)]),
        ("log1p", [0, np.log(2), np.nan, np.nan, np.log(10)]),
        ("asinh", [0, np.arcsinh(1), -np.arcsinh(1), np.nan, np.arcsinh(9)]),
        ("square", [0, 1, 1, np.nan, 81]),
        ("cube", [0, 1, -1, np.nan, 729]),
        ("rank", [0.5, 0.75, 0.25, np.nan, 1]),
    ],
)
def test_transform(name: str, expected: list[float]) -> None:
    with np.errstate(all="raise"):
        np.testing.assert_allclose(transform(VALUES, name), expected)


def test_unknown_transform() -> None:
    with pytest.raises(KeyError):
        transform(VALUES, "exp")
