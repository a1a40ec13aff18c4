"""What was made before is not made again: samples and fits that many alternatives and
specifications share.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
import pandas as pd


class Cache:
    """Keeps what was made, by what it was made from; what it gives back belongs to all and is not
    to be changed.

    Parameters
    ----------
    most : int, optional
        How many things are kept; what was made first goes first.
    """

    def __init__(self, most: int | None = None) -> None:
        self._kept: dict[Hashable, Any] = {}
        self._most = most

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what was made from `key` before; if nothing was, make it."""
        if key not in self._kept:
            made = make()
            if len(self._kept) == self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = made
        return self._kept[key]


def shared(values: np.ndarray) -> np.ndarray:
    """Return an array that many will be given, so that none of them can change it."""
    values.setflags(write=False)
    return values


def fingerprint(table: pd.DataFrame) -> tuple[object, ...]:
    """Return something that tables share if their rows, index and columns are the same."""
    return (*table.columns, pd.util.hash_pandas_object(table).to_numpy().tobytes())
