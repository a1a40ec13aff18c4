"""The closed list of transforms, used by variables, components and terms alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd


def _positive_log(values: pd.Series) -> pd.Series:
    # The log of zero or less is undefined: such a cell is missing, and the flow says so.
    return pd.Series(np.log(values.where(values > 0)), index=values.index)


TRANSFORMS: Mapping[str, Callable[[pd.Series], pd.Series]] = {
    "none": lambda values: values,
    "log": _positive_log,
    "log1p": lambda values: np.log1p(values.where(values >= 0)),
    "asinh": lambda values: np.arcsinh(values),
    "square": lambda values: values**2,
    "cube": lambda values: values**3,
    "rank": lambda values: values.rank(pct=True),
}


def transform(values: pd.Series, name: str) -> pd.Series:
    """Return the transformed values as floats; what is undefined (the log of zero) is missing.

    Parameters
    ----------
    values : Series, shape (n,)
    name : str
        A key of `TRANSFORMS`.
    """
    return TRANSFORMS[name](values.astype("float64")).astype("float64")
