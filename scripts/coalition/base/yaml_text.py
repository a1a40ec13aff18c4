"""A value as it is to be written in a config, so that YAML reads what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

BARE = re.compile(r"\w[\w .()/-]*")
"""A text that may need no quotation marks, in a list, in a block and as a key; YAML has the last
word.
"""


def written(value: Any) -> str:
    """Return a value as it can be pasted into a block or list of YAML.

    A text stands in quotation marks where YAML would take it for something else (yes, no, on, off,
    null, a date, 010, 7, a text with a comma or a colon); numbers, none, lists and blocks are
    written as such.
    """
    if isinstance(value, Mapping):
        return f"{{{', '.join(setting(key, item) for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return listed(value)
    if not isinstance(value, str):
        return yaml.safe_dump(value).partition("\n")[0]
    try:
        plain = BARE.fullmatch(value) is not None and yaml.safe_load(value) == value
    except (yaml.YAMLError, ValueError):
        plain = False
    return value if plain else quoted(value)


def quoted(text: str) -> str:
    """Return a text in quotation marks; what cannot be seen in it is spelt out."""
    made: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=float("inf"))
    return made.rstrip("\n")


def listed(values: Iterable[Any]) -> str:
    """Return a list as it stands in a config: [low, "no"]."""
    return f"[{', '.join(map(written, values))}]"


def setting(key: Any, value: Any) -> str:
    """Return an entry of a block: missing: [-99], or recode: {vote: {"no": 0}}."""
    return f"{written(key)}: {written(value)}"
