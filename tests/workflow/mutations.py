"""Mutations of configs and of files, the same for every run of one seed."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

VALUES: tuple[Any, ...] = (
    None, "", "x", "abandonment", 0, -1, 1e9, 2.5, True, [], {}, [None], [[]], {"a": 1}, {"a": {}},
    ["x"], [1, 2], "data/states.csv", "2003-02-01", "a:b", "log(", "é\u0301", [{}], {"min": "a"},
)  # fmt: skip
"""What a key may hold by mistake."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of every entry of a config."""
    if not isinstance(value, dict | list):
        return
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        yield from places(item, (*path, key))


def mutated(config: dict[str, Any], seed: int) -> tuple[dict[str, Any], str]:
    """Return a config with one entry changed, taken out, renamed or doubled; and what was done."""
    chance, new = random.Random(seed), copy.deepcopy(config)
    path = chance.choice(list(places(new)))
    holder: Any = new
    for key in path[:-1]:
        holder = holder[key]
    key, how = path[-1], chance.choice(("set", "set", "set", "take out", "rename"))
    if how == "set":
        holder[key] = copy.deepcopy(chance.choice(VALUES))
    elif how == "take out" or isinstance(holder, list):
        del holder[key]
    else:
        holder[f"{key}x"] = holder.pop(key)
    return new, f"{'.'.join(map(str, path))}: {how}"


def spoilt(content: bytes, seed: int) -> bytes:
    """Return the bytes of a file with some cut, doubled, overwritten, or put in."""
    chance = random.Random(seed)
    for _ in range(chance.choice((1, 1, 3))):
        start = chance.randrange(max(len(content), 1))
        length = chance.choice((1, 2, 8, 64))
        part = content[start : start + length]
        content = (
            content[:start]
            + chance.choice(
                (
                    b"",
                    part + part,
                    bytes(chance.randrange(256) for _ in part),
                    b"\n" + part,
                    b'"' + part,
                    b"," + part,
                    b"inf" + part,
                    b"9" * 30 + part,
                    b"\x00" + part,
                )
            )
            + content[start + length :]
        )
    return content[: chance.choice((len(content), len(content), len(content) // 2))]
