"""Specifications that share columns come back as they were, and hold each column once."""

from __future__ import annotations

from itertools import product

import numpy as np
from coalition.estimators.fit_types import Design
from coalition.robustness.curve.curve_problems import Problem
from coalition.robustness.curve.shared_columns import SharedColumns
from coalition.robustness.curve.specifications import combinations


def problem(columns: list[np.ndarray], groups: np.ndarray | None) -> Problem:
    X = np.column_stack([np.ones(4), *columns])
    names = ("const", *(f"x{number}" for number in range(len(columns))))
    design = Design(np.array([0.0, 1, 1, 0]), X, names, ("no", "yes"), groups)
    return Problem(design, np.arange(4), np.zeros(4, dtype=int), "logit", None, (1,))


def test_every_problem_comes_back_as_it_was() -> None:
    rng = np.random.default_rng(1)
    a, b, signed = rng.normal(size=4), rng.normal(size=4), np.array([0.0, -0.0, np.pi, 1])
    given = [
        problem([a], None),
        problem([a, b], np.array([0, 0, 1, 1])),
        problem([b, signed], None),
    ]
    held = SharedColumns()
    for each in given:
        held.add(each)
    assert len(held) == 3
    for found in (held, held.part([0, 1, 2]), held[0:3]):
        for was, now in zip(given, found, strict=True):
            assert now.key == was.key
            assert now.design.X.tobytes() == was.design.X.tobytes()
            assert now.design.X.flags.c_contiguous == was.design.X.flags.c_contiguous
            assert (now.design.groups is None) == (was.design.groups is None)
            assert (now.family, now.focal) == (was.family, was.focal)
    assert [each.key for each in held.part([2, 0])] == [given[2].key, given[0].key]
    assert held.arrays == 8, "constant, a, b, signed, y, states, operations, clusters"


def test_combinations_are_those_of_the_product_in_its_order() -> None:
    names = {"one": "abc", "two": "de", "three": "fghi"}
    choices = {
        choice: {
            "label": choice,
            "options": {name: {"label": name, "argument": "."} for name in options},
        }
        for choice, options in names.items()
    }
    every = [tuple(names) for names in product(*names.values())]
    for share in (1, 0.5):
        curve = {"choices": choices, "share": share}
        config = {"specification_curve": curve, "robustness": {}, "seed": 3}
        found = [specification.names for specification in combinations(config, "H1")]
        assert found[0] == every[0]
        assert found == [names for names in every if names in set(found)]
        assert len(found) == (24 if share == 1 else 13)
