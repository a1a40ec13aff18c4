"""Which step of a run should begin first where several could: the one from which the longest chain
of steps leads to the end, so that no core waits for a long step that began late.

This is list scheduling by the critical path (Graham 1969; Kohler 1975). The order changes no
result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from .queue_requests import measured

OTHERS = 1.0
"""Seconds of a step of a kind that is not measured: those that never go through a queue."""


def priorities(steps: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, int]:
    """Return of every output the priority of the step that makes it: the seconds of the longest
    chain that begins with it.

    Parameters
    ----------
    steps : iterable of (str, mapping)
        The kind of each step, as in profiles/slurm/measured.yaml, and the step of the plan.
    """
    given = [(kind, _paths(step["input"]), _paths(step["output"])) for kind, step in steps]
    readers: dict[str, list[int]] = {}
    for number, (_, read, _) in enumerate(given):
        for path in read:
            readers.setdefault(path, []).append(number)

    @cache
    def seconds(number: int) -> float:
        """Return how long the longest chain takes that begins with a step."""
        kind, _, made = given[number]
        after = {reader for path in made for reader in readers.get(path, ())}
        own = measured()[kind]["cpu_seconds"] if kind in measured() else OTHERS
        return own + max(map(seconds, after), default=0.0)

    return {path: round(seconds(number)) for number, of in enumerate(given) for path in of[2]}


def _paths(named: Mapping[str, str | list[str]]) -> list[str]:
    return [path for of in named.values() for path in ([of] if isinstance(of, str) else of)]
