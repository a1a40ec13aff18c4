"""Sets that a causal graph asks to be held constant, on graphs whose answers are known."""

from __future__ import annotations

from coalition.base.causal_graph import adjustment_sets, closes, has_cycle, separated

M_GRAPH = [("u", "x"), ("u", "m"), ("v", "m"), ("v", "y"), ("x", "y")]
"""Greenland, Pearl & Robins 1999: m is a collider of two causes that nobody sees."""
PEARL = [
    ("a", "c"), ("b", "c"), ("b", "f"), ("a", "d"), ("c", "x"), ("c", "y"), ("d", "x"), ("f", "y"),
    ("x", "e"), ("e", "y"),
]  # fmt: skip
"""Pearl 2009, figure 3.4: x3 is `c`, x4 is `d`, x5 is `f`."""


def test_chains_forks_and_colliders() -> None:
    assert not separated([("a", "b"), ("b", "c")], "a", "c", [])
    assert separated([("a", "b"), ("b", "c")], "a", "c", ["b"])
    assert separated([("b", "a"), ("b", "c")], "a", "c", ["b"])
    collider = [("a", "b"), ("c", "b"), ("b", "d")]
    assert separated(collider, "a", "c", [])
    assert not separated(collider, "a", "c", ["b"])
    assert not separated(collider, "a", "c", ["d"])


def test_a_collider_is_not_to_be_held_constant() -> None:
    assert adjustment_sets(M_GRAPH, "x", "y", ["x", "y", "m"]) == [()]
    assert not closes(M_GRAPH, "x", "y", ["m"], [])
    assert closes(M_GRAPH, "x", "y", ["m", "u"], [])


def test_pearls_example() -> None:
    observed = ["a", "b", "c", "d", "e", "f"]
    assert set(adjustment_sets(PEARL, "x", "y", observed)) >= {("c", "d"), ("c", "f")}
    assert not closes(PEARL, "x", "y", ["c"], [])
    assert not closes(PEARL, "x", "y", ["d"], [])


def test_an_effect_of_the_cause_is_never_held_constant() -> None:
    assert not closes([("x", "m"), ("m", "y")], "x", "y", ["m"], [])


def test_a_cause_that_nobody_sees_leaves_no_set() -> None:
    assert adjustment_sets([("u", "x"), ("u", "y"), ("x", "y")], "x", "y", ["x", "y"]) == []


def test_selected_rows_open_a_path_through_what_selects_them() -> None:
    edges = [("x", "joined"), ("u", "joined"), ("u", "y"), ("x", "y"), ("joined", "y")]
    assert adjustment_sets(edges, "x", "y", ["x", "y", "joined"], ["joined"]) == []
    unshared = [edge for edge in edges if edge != ("u", "y")]
    assert adjustment_sets(unshared, "x", "y", ["x", "y", "joined"], ["joined"]) == [()]


def test_a_cycle_is_seen() -> None:
    assert has_cycle([("a", "b"), ("b", "c"), ("c", "a")])
    assert not has_cycle([("a", "b"), ("a", "c"), ("b", "c")])
