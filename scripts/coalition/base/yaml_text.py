"""A value as it is to be written in a config, so that YAML reads what was meant."""

from __future__ import annotations

import json
from collections.abc import Iterable

import yaml


def written(value: object) -> str:
    """Return a text or a number as it stands in a block or list of YAML: in quotation marks where
    YAML would take it for something else (yes, no, on, off, null, a date, 010, a text with commas).
    """
    text = str(value)
    try:
        read = yaml.safe_load(f"[{text}]")
    except (yaml.YAMLError, ValueError):
        read = None
    plain = isinstance(read, list) and len(read) == 1 and type(read[0]) in (str, int, float)
    return text if plain and str(read[0]) == text else json.dumps(text, ensure_ascii=False)


def listed(values: Iterable[object]) -> str:
    """Return a list as it stands in a config: [low, "no"]."""
    return f"[{', '.join(map(written, values))}]"
