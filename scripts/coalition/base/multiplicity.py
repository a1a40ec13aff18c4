"""P-values of several tests, adjusted for their number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's (1979) step-down adjusted p-values, which hold the chance of any false
    rejection.

    The i-th smallest of m is multiplied by m - i + 1, and is no smaller than any before it. An
    unknown p-value stays unknown and still counts as a test.
    """
    p, order = _sorted(p_values)
    return _unsorted(np.maximum.accumulate(p * np.arange(len(p), 0, -1)), order, p_values)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return Benjamini & Hochberg's (1995) adjusted p-values, which hold the expected share of
    false rejections.

    The i-th smallest of m is divided by i / m, and is no larger than any after it. An unknown
    p-value stays unknown and still counts as a test.
    """
    p, order = _sorted(p_values)
    share = np.arange(1, len(p) + 1) / max(len(p), 1)
    return _unsorted(np.minimum.accumulate((p / share)[::-1])[::-1], order, p_values)


def _sorted(p_values: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the p-values from the smallest up, unknown ones as 1, and where each of them stood."""
    given = np.nan_to_num(np.array(p_values, dtype=float), nan=1.0)
    order = np.argsort(given, kind="stable")
    return given[order], order


def _unsorted(adjusted: np.ndarray, order: np.ndarray, p_values: Sequence[float]) -> list[float]:
    found = np.empty(len(order))
    found[order] = np.minimum(adjusted, 1.0)
    return np.where(np.isnan(np.array(p_values, dtype=float)), np.nan, found).tolist()
