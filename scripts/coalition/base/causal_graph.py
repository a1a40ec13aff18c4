"""Causal graphs: which variables a declared graph asks to be held constant (Pearl 2009)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations

Edge = Sequence[str]
"""Cause and effect."""


def nodes(edges: Iterable[Edge]) -> list[str]:
    """Return the nodes of a graph, each once, in the order in which edges name them."""
    return list(dict.fromkeys(node for edge in edges for node in edge))


def descendants(edges: Collection[Edge], of: Iterable[str]) -> set[str]:
    """Return what some nodes cause, directly or not, and the nodes themselves."""
    found, pending = set(of), list(of)
    while pending:
        node = pending.pop()
        new = {effect for cause, effect in edges if cause == node} - found
        found |= new
        pending += new
    return found


def ancestors(edges: Collection[Edge], of: Iterable[str]) -> set[str]:
    """Return what causes some nodes, directly or not, and the nodes themselves."""
    return descendants([(effect, cause) for cause, effect in edges], list(of))


def has_cycle(edges: Collection[Edge]) -> bool:
    """Return whether some node causes itself."""
    return any(cause in descendants(edges, [effect]) for cause, effect in edges)


def separated(edges: Collection[Edge], first: str, second: str, given: Collection[str]) -> bool:
    """Return whether every path between two nodes is blocked by what is held constant.

    Notes
    -----
    d-separation, by the moral graph of the ancestors (Lauritzen et al. 1990): causes of one effect
    are joined, arrows lose their heads, what is given is taken out, and what is left must not
    connect the two.
    """
    kept = ancestors(edges, [first, second, *given])
    inner = [(cause, effect) for cause, effect in edges if {cause, effect} <= kept]
    parents: dict[str, list[str]] = {}
    for cause, effect in inner:
        parents.setdefault(effect, []).append(cause)
    joined = [pair for causes in parents.values() for pair in combinations(causes, 2)]
    links = [pair for pair in [*inner, *joined] if not set(pair) & set(given)]
    return second not in descendants([*links, *((b, a) for a, b in links)], [first])


def closes(
    edges: Collection[Edge], cause: str, effect: str, held: Collection[str], among: Sequence[str]
) -> bool:
    """Return whether holding some variables constant leaves the effect of a cause alone.

    Parameters
    ----------
    among : sequence of str
        What the rows are selected by (those that joined). Without it this is the back-door
        criterion; with it the effect is the direct one, and the criterion the single-door one
        (Pearl 2009, theorems 3.3.2 and 5.3.1).
    """
    if among:
        rest = [edge for edge in edges if tuple(edge) != (cause, effect)]
        given = {*held, *among}
        return not given & (descendants(edges, [effect])) and separated(rest, cause, effect, given)
    rest = [edge for edge in edges if edge[0] != cause]
    later = descendants(edges, [cause])
    return not set(held) & later and separated(rest, cause, effect, held)


def adjustment_sets(
    edges: Collection[Edge],
    cause: str,
    effect: str,
    observed: Sequence[str],
    among: Sequence[str] = (),
) -> list[tuple[str, ...]]:
    """Return the smallest sets of observed variables that leave the effect alone; none where no set
    does, because what would have to be held constant is not observed.
    """
    candidates = [name for name in observed if name not in (cause, effect, *among)]
    for size in range(len(candidates) + 1):
        found = [
            held
            for held in combinations(candidates, size)
            if closes(edges, cause, effect, held, among)
        ]
        if found:
            return found
    return []
