"""The data of many specifications, in which a column that several of them have is held once: a
specification then takes a kilobyte in place of forty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from ...estimators.fit_types import Design
from .curve_problems import Problem


@dataclass(frozen=True, slots=True)
class _Held:
    """A problem whose arrays are those of others too. named : names, levels and products of its
    design, its family, corners and focal columns; rows : y, states, operations.
    """

    named: tuple[Any, ...]
    columns: tuple[np.ndarray, ...]
    rows: tuple[np.ndarray, ...]
    groups: np.ndarray | None


class SharedColumns(Sequence[Problem]):
    """Problems in the order in which they came, put together anew whenever one is asked for.

    Their numbers, and the order of these in memory, are those of the problems that were added. Held
    are the parts of a design that the curve's have: no weights, no panels.
    """

    def __init__(self) -> None:
        self._held: list[_Held] = []
        self._arrays: dict[tuple[str, bytes], np.ndarray] = {}
        self._named: dict[str, tuple[Any, ...]] = {}

    def add(self, problem: Problem) -> None:
        """Hold one more problem."""
        of = problem.design
        named = (of.names, of.levels, of.products, problem.family, problem.corners, problem.focal)
        rows = (of.y, problem.states, problem.operations)
        self._held.append(
            _Held(
                self._named.setdefault(repr(named), named),
                tuple(self._array(column) for column in of.X.T),
                tuple(map(self._array, rows)),
                None if of.groups is None else self._array(of.groups),
            )
        )

    def _array(self, values: np.ndarray) -> np.ndarray:
        key = (values.dtype.str, values.tobytes())
        found = self._arrays.get(key)
        if found is None:
            # the bytes of the key are the numbers: nothing is held twice
            found = self._arrays[key] = np.frombuffer(key[1], dtype=values.dtype)
        return found

    @property
    def arrays(self) -> int:
        """How many different arrays are held."""
        return len(self._arrays)

    def part(self, places: Iterable[int]) -> SharedColumns:
        """Return the problems in some places, without a copy of their numbers."""
        found = SharedColumns()
        found._held = [self._held[place] for place in places]
        return found

    def __len__(self) -> int:
        return len(self._held)

    @overload
    def __getitem__(self, place: int) -> Problem: ...
    @overload
    def __getitem__(self, place: slice) -> SharedColumns: ...
    def __getitem__(self, place: int | slice) -> Problem | SharedColumns:
        if isinstance(place, slice):
            return self.part(range(*place.indices(len(self))))
        held = self._held[place]
        names, levels, products, family, corners, focal = held.named
        y, states, operations = held.rows
        X = np.array(held.columns).T.copy()  # row by row, as design_matrix.matrix makes it
        design = Design(y, X, names, levels, held.groups, products=products)
        return Problem(design, states, operations, family, corners, focal)

    def __iter__(self) -> Iterator[Problem]:
        return (self[place] for place in range(len(self)))
