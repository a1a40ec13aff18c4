"""P-values of several tests, adjusted for their number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from statsmodels.stats.multitest import multipletests


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's (1979) step-down adjusted p-values, which hold the chance of any false rejection.

    An unknown p-value stays unknown and still counts as a test.
    """
    return _adjusted(p_values, "holm")


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return Benjamini & Hochberg's (1995) adjusted p-values, which hold the expected share of false rejections.

    An unknown p-value stays unknown and still counts as a test.
    """
    return _adjusted(p_values, "fdr_bh")


def _adjusted(p_values: Sequence[float], method: str) -> list[float]:
    given = np.array(p_values, dtype=float)
    if not len(given):
        return []
    adjusted = multipletests(np.where(np.isnan(given), 1.0, given), method=method)[1]
    return np.where(np.isnan(given), np.nan, adjusted).tolist()
