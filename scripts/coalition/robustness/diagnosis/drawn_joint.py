"""The joint permutation test of a drawn curve: does it hold its level at the real design?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...verdicts.curve_by_option import holding
from ..curve import joint_test, permutations, permuted_blocks, restricted_fits
from ..curve.curve_problems import Problem
from .drawn_curve import DrawnCurve, problems_of
from .made_worlds import Drawn

SETS = ("all", "confounders")
"""Every specification, and those that have every declared confounder."""


def p_values(
    of: DrawnCurve,
    primary: Mapping[str, Any],
    drawn: Drawn,
    settings: Mapping[str, Any],
    number: int,
    seed: int,
) -> dict[str, list[float | None]]:
    """Return the p-values of the three statistics of the joint test, of each of `SETS`.

    Parameters
    ----------
    settings : mapping
        The block `verdict_2`: confounders, alpha.
    number : int
        Of permutations.
    """
    made = problems_of(of, drawn)
    with_all = holding(of.about["terms"], settings["confounders"])
    chosen = {"all": np.ones(len(made), dtype=bool), "confounders": with_all}
    orders = permutations.draw(of.states, number, seed)
    found = {}
    for name in SETS:
        problems = [
            problem for problem, use in zip(made, chosen[name], strict=True) if use and problem
        ]
        found[name] = _tested(problems, primary, orders, settings["alpha"])
    return found


def _tested(
    problems: Sequence[Problem], primary: Mapping[str, Any], orders: np.ndarray, alpha: float
) -> list[float | None]:
    params = restricted_fits(problems)
    good = [
        place
        for place, fitted in enumerate(params)
        if np.isfinite(fitted).all()
        and (not primary.get("contrasts") or len(problems[place].design.levels) == 3)
    ]
    blocks = permuted_blocks.of_shard(orders.shape[1] - 1)
    walked = list(
        permuted_blocks.walk(
            [problems[place] for place in good],
            [params[place] for place in good],
            primary,
            orders,
            blocks,
            lambda text: None,
        )
    )
    ordered = sorted(walked, key=lambda part: part[0].start)
    estimates, z = (np.concatenate([part[k] for part in ordered], axis=1) for k in (1, 2))
    return list(joint_test.joint_test(estimates, z, primary["sign"], alpha).p_value)
