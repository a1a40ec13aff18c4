"""Every specification under every permutation, in blocks of permutations of a fixed size: memory
does not grow with their product, and a shard that takes some of the blocks makes the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from . import permutations
from .curve_problems import Problem
from .joint_test import Prepared, measure, prepared, step
from .scores import scores

BLOCK = 125
"""Permutations of a block. A product of matrices can differ in its last digit with the number of
its columns, so this is a part of the result, and nothing of a machine or a config changes it. Rows
times permutations fit the processor's cache.
"""
HELD = 2**28
"""Bytes of estimates that are held at once."""
FEWEST_PASSES = 40
"""Blocks that are held at once at most: their permuted rows are held too."""

Block = slice
"""Columns of the permutations, of which the first is the data as they are."""
DATA = slice(0, 1)


def of_shard(number: int, shard: int = 0, shards: int = 1) -> list[Block]:
    """Return the blocks of one shard (counted from 0) of so many permutations; each is in one."""
    ends = [*range(1, number + 1, BLOCK), number + 1]
    every = [slice(first, last) for first, last in pairwise(ends)]
    return every[shard::shards]


def walk(
    problems: Sequence[Problem],
    params: Sequence[np.ndarray],
    primary: Mapping[str, Any],
    orders: np.ndarray,
    blocks: Sequence[Block],
    say: Callable[[str], None],
) -> Iterator[tuple[Block, np.ndarray, np.ndarray]]:
    """Go through blocks of permutations; give of each the one-step estimates and z statistics, (S,
    its width) each.

    Parameters
    ----------
    problems, params : sequences, length S
        Specifications, and the estimates of their restricted models.
    primary : mapping
        `sign`, and `contrasts` if it has any: as in a hypothesis of the config.
    orders : ndarray of int, shape (all states, 1 + permutations)
    blocks : sequence of slice
    """
    together = _same_rows(problems)
    at_once = min(FEWEST_PASSES, max(1, HELD // (16 * BLOCK * max(1, len(problems)))))
    for first in range(0, len(blocks), at_once):
        part = blocks[first : first + at_once]
        found = [np.full((2, len(problems), block.stop - block.start), np.nan) for block in part]
        drawn = permutations.cycles(np.concatenate([orders[:, block] for block in part], axis=1))
        ends = np.cumsum([block.stop - block.start for block in part])[:-1]
        for groups in together:
            of = problems[groups[0][0]]
            moved = permutations.row_orders(of.states, of.operations, drawn)
            rows = [np.ascontiguousarray(block) for block in np.split(moved, ends, axis=1)]
            for places in groups:
                _permute(problems, params, primary, rows, places, found)
        for block, (estimates, z) in zip(part, found, strict=True):
            if block.start:
                say(f"{block.stop - 1:,} of {orders.shape[1] - 1:,} permutations")
            yield block, estimates, z


def _permute(
    problems: Sequence[Problem],
    params: Sequence[np.ndarray],
    primary: Mapping[str, Any],
    rows: Sequence[np.ndarray],
    places: Sequence[int],
    found: Sequence[np.ndarray],
) -> None:
    """Permute the specifications in some places, which have the same rows and the same measure."""
    contrasts, sign = tuple(primary.get("contrasts", ())), primary["sign"]
    same = [problems[place] for place in places]
    fitted, rest = measure(same[0])
    ready: list[Prepared] = [
        prepared(problem, scores(problem, params[place], contrasts))
        for place, problem in zip(places, same, strict=True)
    ]
    for order, into in zip(rows, found, strict=True):
        a = fitted[:, None] + rest.take(order)
        squares = a * a
        for place, of in zip(places, ready, strict=True):
            one = step(of, a, squares, sign)
            into[:, place] = one.estimate, one.z


def _same_rows(problems: Sequence[Problem]) -> list[list[list[int]]]:
    """Return the places of problems with the same rows together, which share their permuted rows;
    among them those with the same columns, which share the permuted measure.
    """
    found: dict[Hashable, dict[Hashable, list[int]]] = {}
    for place, problem in enumerate(problems):
        rows = problem.states.tobytes() + b"|" + problem.operations.tobytes()
        columns = (problem.focal, hashlib.sha256(problem.design.X.tobytes()).digest())
        found.setdefault(hashlib.sha256(rows).digest(), {}).setdefault(columns, []).append(place)
    return [list(groups.values()) for groups in found.values()]
