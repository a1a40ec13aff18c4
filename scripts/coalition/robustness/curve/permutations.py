"""Permutations of states: the same for every specification, whatever states it has."""

from __future__ import annotations

import numpy as np


def draw(states: int, number: int, seed: int) -> np.ndarray:
    """Return permutations of all states, the identity first, shape (states, 1 + number)."""
    rng = np.random.default_rng(seed)
    orders = [np.arange(states), *(rng.permutation(states) for _ in range(number))]
    return np.stack(orders, axis=1)


def induced(permutations: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return the permutations that larger ones induce on some of the states.

    Parameters
    ----------
    permutations : ndarray of int, shape (states, P)
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
    """
    place = np.full(len(permutations), -1)
    place[members] = np.arange(len(members))
    P = permutations.shape[1]
    # flat places, since looking up pairs of places takes twice as long
    everyone = permutations.ravel()
    reached = permutations[members].ravel()
    found = place[reached]
    astray = np.flatnonzero(found < 0)
    at, columns = reached[astray], astray % P
    while len(astray):
        at = everyone.take(at * P + columns)
        home = place.take(at)
        found[astray] = home
        outside = home < 0
        astray, at, columns = astray[outside], at[outside], columns[outside]
    return found.reshape(len(members), P)


def row_orders(states: np.ndarray, operations: np.ndarray, permutations: np.ndarray) -> np.ndarray:
    """Return from which row each row takes its value, shape (n, P).

    Parameters
    ----------
    states, operations : ndarray of int, shape (n,)
        Of the rows; a state has one row in an operation at most.
    permutations : ndarray of int, shape (all states, P)

    Notes
    -----
    States that have rows in the same operations change places with each other, and all rows of a
    state move together: so values stay within their operation, and what ties a state's rows to each
    other stays as it is (whole-block exchange, Winkler et al. 2015).
    """
    present = np.zeros(len(permutations), dtype=int)
    np.bitwise_or.at(present, states, 1 << operations)
    orders = np.tile(np.arange(len(states))[:, None], (1, permutations.shape[1]))
    for pattern in np.unique(present[present > 0]):
        members = np.flatnonzero(present == pattern)
        moved = induced(permutations, members)
        for operation in range(int(pattern).bit_length()):
            if pattern >> operation & 1:
                rows = np.flatnonzero((operations == operation) & (present[states] == pattern))
                rows = rows[np.argsort(states[rows])]
                orders[rows] = rows[moved]
    return orders
