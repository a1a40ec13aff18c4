"""Outcomes that follow from other columns of a sample: troops relative to military personnel."""

from __future__ import annotations

import numpy as np
import pandas as pd


def _per_1000(troops: pd.Series, personnel: pd.Series) -> pd.Series:
    """Return troops per 1,000 military personnel; `personnel` is in thousands, and zero personnel
    gives no ratio.
    """
    return troops / personnel.where(personnel > 0)


def _log(values: pd.Series) -> pd.Series:
    """Return logarithms; zero has none."""
    return pd.Series(np.log(values.where(values > 0)), index=values.index)


def peak_troops_per_1000(rows: pd.DataFrame) -> pd.Series:
    """Return the peak troops of participants per 1,000 military personnel."""
    return _per_1000(rows["peak_troops"].where(rows["participated"] == 1), rows["personnel"])


def log_peak_troops_per_1000(rows: pd.DataFrame) -> pd.Series:
    """Return the logarithm of the peak troops per 1,000 military personnel."""
    return _log(rows["peak_troops_per_1000"])


def troops_per_1000(rows: pd.DataFrame) -> pd.Series:
    """Return the troops of a year per 1,000 military personnel."""
    return _per_1000(rows["troops"], rows["personnel"])


def log_troops_per_1000(rows: pd.DataFrame) -> pd.Series:
    """Return the logarithm of the troops of a year per 1,000 military personnel."""
    return _log(rows["troops_per_1000"])
