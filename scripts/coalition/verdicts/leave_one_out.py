"""What a primary test owes to single states and blocs: whose absence turns it, before and after
adjustment, and by how much.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..base.multiplicity import holm
from ..base.number_formats import known

Effect = Mapping[str, Any]


def flips(effect: Effect, left_out: Sequence[Effect], alpha: float) -> list[str]:
    """Return the states without which the primary estimate changes its sign or its significance at
    `alpha`.
    """

    def reading(of: Effect) -> tuple[bool, bool] | None:
        return (
            (of["estimate"] > 0, of["p_value"] < alpha)
            if known(of["estimate"]) and known(of["p_value"])
            else None
        )

    whole = reading(effect)
    return [other["left_out"] for other in left_out if reading(other) != whole]


def flips_holm(
    name: str,
    p_values: Mapping[str, float | None],
    effect: Effect,
    left_out: Sequence[Effect],
    alpha: float,
) -> list[str]:
    """Return the states without which the sign or the significance after Holm's adjustment changes.

    Parameters
    ----------
    name : str
        The hypothesis.
    p_values : mapping
        Hypothesis -> p-value of its primary test with every state. Those of the other hypotheses
        are held; this one's is replaced by the one without the state.
    effect : mapping
        The primary EFFECT of the hypothesis.
    left_out : sequence of mapping
        Its EFFECT without each state.
    """

    def adjusted(of: Effect) -> dict[str, Any]:
        tested = {**p_values, name: of["p_value"]}
        return {
            **of,
            "p_value": holm([p if known(p) else math.nan for p in tested.values()])[
                list(tested).index(name)
            ],
        }

    return flips(adjusted(effect), [adjusted(other) for other in left_out], alpha)


def by_size(states: Sequence[str], effect: Effect, left_out: Sequence[Effect]) -> list[str]:
    """Return states by how far the estimate moves without them, the farthest first; before them
    those without whom there is none.
    """
    moved = {
        other["left_out"]: _distance(other["estimate"], effect["estimate"]) for other in left_out
    }
    return sorted(states, key=lambda state: (-moved[state], state))


def _distance(estimate: float | None, whole: float | None) -> float:
    return abs(estimate - whole) if known(estimate) and known(whole) else math.inf


def turned_signs(effect: Effect, left_out: Sequence[Effect]) -> list[str]:
    """Return the states without which the estimate has the other sign."""
    pairs = [(other["left_out"], other["estimate"], effect["estimate"]) for other in left_out]
    return [
        state
        for state, without, whole in pairs
        if known(without) and known(whole) and (without > 0) != (whole > 0)
    ]


def reach(left_out: Sequence[Effect]) -> tuple[float, float]:
    """Return the smallest and the largest estimate without one state; nan where there is none."""
    estimates = [other["estimate"] for other in left_out if known(other["estimate"])]
    return (min(estimates), max(estimates)) if estimates else (math.nan, math.nan)
