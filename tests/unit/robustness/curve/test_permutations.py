"""Permutations of states that are the same for all specifications."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
from coalition.robustness import curve
from coalition.robustness.curve import permuted_blocks
from coalition.robustness.curve.permutations import cycles, draw, induced, row_orders


def test_the_identity_comes_first_and_the_seed_decides_the_rest() -> None:
    orders = draw(10, 5, seed=1)
    assert orders.shape == (10, 6)
    np.testing.assert_array_equal(orders[:, 0], np.arange(10))
    np.testing.assert_array_equal(np.sort(orders, axis=0), np.tile(np.arange(10)[:, None], (1, 6)))
    np.testing.assert_array_equal(orders, draw(10, 5, seed=1))
    assert (orders != draw(10, 5, seed=2)).any()


def test_an_induced_permutation_skips_those_that_are_not_members() -> None:
    cycle = np.array([[1], [2], [3], [0], [4]])  # 0 -> 1 -> 2 -> 3 -> 0, 4 stays
    # 0 -> 2 -> 3 -> 0
    np.testing.assert_array_equal(induced(cycles(cycle), np.array([0, 2, 3])), [[1], [2], [0]])
    np.testing.assert_array_equal(induced(cycles(cycle), np.arange(5)), cycle)


def test_induced_permutations_are_uniform() -> None:
    orders = draw(6, 24000, seed=3)[:, 1:]
    counts = Counter(map(tuple, induced(cycles(orders), np.array([0, 2, 5])).T))
    expected = 24000 / 6
    assert len(counts) == 6
    chi_square = sum((count - expected) ** 2 / expected for count in counts.values())
    assert chi_square < 20.5  # the 0.999 quantile with 5 degrees of freedom


def test_sets_that_share_most_states_are_permuted_alike() -> None:
    orders = draw(150, 50, seed=4)[:, 1:]
    every, most = np.arange(150), np.arange(1, 150)
    alike = induced(cycles(orders), most) + 1 == induced(cycles(orders), every)[1:]
    assert alike.mean() > 0.98  # all but the one that was mapped to the state that is missing


def test_rows_of_a_state_move_together_and_stay_in_their_operation() -> None:
    states = np.array([0, 0, 1, 1, 2, 3, 3, 4, 5])
    operations = np.array([0, 1, 0, 1, 0, 0, 1, 1, 0])
    orders = row_orders(states, operations, cycles(draw(6, 200, seed=5)))
    np.testing.assert_array_equal(np.sort(orders, axis=0), np.tile(np.arange(9)[:, None], (1, 201)))
    np.testing.assert_array_equal(operations[orders], np.tile(operations[:, None], (1, 201)))
    source = states[orders]
    for first, second in ((0, 1), (2, 3), (5, 6)):
        np.testing.assert_array_equal(source[first], source[second])
    assert set(source[4]) == {2, 5}  # the only two states that are in the first operation alone
    assert set(source[7]) == {4}


def test_every_permutation_is_in_one_block_of_one_shard_and_blocks_do_not_depend_on_shards() -> (
    None
):
    for number in (19, 125, 126, 1000):
        whole = permuted_blocks.of_shard(number)
        places = [place for block in whole for place in range(block.start, block.stop)]
        assert places == list(range(1, number + 1))
        for shards in (2, 5):
            parts = [permuted_blocks.of_shard(number, one, shards) for one in range(shards)]
            starts = [block.start for part in parts for block in part]
            assert sorted(starts) == [block.start for block in whole]


def test_statistics_of_a_shard_survive_their_file() -> None:
    found = {1: np.array([[0.1, np.inf], [1 / 3, -np.inf], [np.nan, 0.0]])}
    read = curve.stored(json.loads(json.dumps(curve.to_store(found))))
    np.testing.assert_array_equal(read[1], found[1])
