"""Permutations of states: the same for every specification, whatever states it has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def draw(states: int, number: int, seed: int) -> np.ndarray:
    """Return permutations of all states, the identity first, shape (states, 1 + number)."""
    rng = np.random.default_rng(seed)
    orders = [np.arange(states), *(rng.permutation(states) for _ in range(number))]
    return np.stack(orders, axis=1)


@dataclass(frozen=True)
class Cycles:
    """Permutations of N states as their cycles, one after the other.

    order : (P, N) the states, each followed by the one that it goes to, the last of a cycle by the
        first of the next; cycle : (P, N) the number of the cycle that stands there, counted through
        all permutations.
    """

    order: np.ndarray
    cycle: np.ndarray


def cycles(permutations: np.ndarray) -> Cycles:
    """Return the cycles of permutations (states, P)."""
    N, P = permutations.shape
    everyone = np.arange(P)
    order, cycle = np.empty((P, N), dtype=int), np.zeros((P, N), dtype=int)
    seen = np.zeros((P, N), dtype=bool)
    at, number = np.zeros(P, dtype=int), np.zeros(P, dtype=int)
    for place in range(N):
        order[:, place], cycle[:, place] = at, number
        seen[everyone, at] = True
        at = permutations[at, everyone]
        closed = np.flatnonzero(seen[everyone, at])
        number[closed] += 1
        at[closed] = seen[closed].argmin(axis=1)
    return Cycles(order, cycle + N * everyone[:, None])


def induced(of: Cycles, members: np.ndarray) -> np.ndarray:
    """Return the permutations that larger ones induce on some of the states.

    Parameters
    ----------
    of : Cycles
        Of P permutations.
    members : ndarray of int, shape (m,)
        The states, sorted.

    Returns
    -------
    ndarray of int, shape (m, P)
        Places in `members`. Each member goes where the first member goes that is met on its way
        along the cycle: so two sets of states that are nearly the same are permuted nearly in the
        same way, and a uniform permutation induces a uniform one (the consistency of the Chinese
        restaurant process, Pitman 2006, section 3.1). Drawing a new permutation for each set would
        make the specifications look independent of each other and the joint test too sure.

    Notes
    -----
    What is left of a cycle without the states that are no members is the induced one.
    """
    P, N = of.order.shape
    m = len(members)
    place = np.full(N, -1)
    place[members] = np.arange(m)
    there = np.flatnonzero((place >= 0).take(of.order.ravel()))
    left = place.take(of.order.ravel().take(there))
    cycle = of.cycle.ravel().take(there)
    last = np.append(np.flatnonzero(cycle[1:] != cycle[:-1]), len(cycle) - 1)
    first = np.append(0, last[:-1] + 1)
    following = np.append(left[1:], 0)
    following[last] = left[first]
    found = np.empty(P * m, dtype=int)
    found[left + np.repeat(np.arange(0, P * m, m), m)] = following
    return np.ascontiguousarray(found.reshape(P, m).T)


def row_orders(states: np.ndarray, operations: np.ndarray, of: Cycles) -> np.ndarray:
    """Return from which row each row takes its value, shape (n, P).

    Parameters
    ----------
    states, operations : ndarray of int, shape (n,)
        Of the rows; a state has one row in an operation at most.
    of : Cycles
        Of P permutations of all states.

    Notes
    -----
    States that have rows in the same operations change places with each other, and all rows of a
    state move together: so values stay within their operation, and what ties a state's rows to each
    other stays as it is (whole-block exchange, Winkler et al. 2015).
    """
    present = np.zeros(of.order.shape[1], dtype=int)
    np.bitwise_or.at(present, states, 1 << operations)
    orders = np.tile(np.arange(len(states))[:, None], (1, len(of.order)))
    for pattern in np.unique(present[present > 0]):
        members = np.flatnonzero(present == pattern)
        moved = induced(of, members)
        for operation in range(int(pattern).bit_length()):
            if pattern >> operation & 1:
                rows = np.flatnonzero((operations == operation) & (present[states] == pattern))
                rows = rows[np.argsort(states[rows])]
                orders[rows] = rows[moved]
    return orders
