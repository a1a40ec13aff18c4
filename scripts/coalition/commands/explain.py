"""`./run check --explain KEY`: what a key of the config is, may be, is now, and where that was
set.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from ..base.errors import Problems, nearest
from ..config import reference, settings
from ..config.expansion import expand
from ..config.origins import layers

MISSING = object()


def explain(path: str, changes: Mapping[str, Any], files: Sequence[str] = ()) -> str:
    """Return what `--explain` prints of a key.

    Parameters
    ----------
    path : str
        The key, its blocks divided by full stops: models.h1_logit_pooled.cluster.
    changes : mapping
        What is laid over config.yaml.
    files : sequence of str
        The files that `changes` is of, for the line that says where the value was set.

    Raises
    ------
    Problems
        When there is no such key.
    """
    steps = path.split(".")
    config = settings.plain(settings.main(changes))
    value, key = _at(config, steps), reference.find(steps)
    if key is None or (value is MISSING and _missing_name(config, steps)):
        problems = Problems()
        offered = _offered(config, steps)
        problems.add("--explain", "no such key", value=path, nearest=nearest(path, offered))
        problems.stop()
        raise AssertionError
    said = {
        "allowed": key.allowed,
        "default": key.default or "none",
        "example": key.example,
        "now": "not set" if value is MISSING else reference.shown(value),
        "set in": "" if value is MISSING else _set_in(steps, changes, files),
    }
    lines = [path, *([f"  {key.description}"] if key.description else [])]
    lines += [f"  {f'{word}:':<9} {text}" for word, text in said.items() if text]
    return "\n".join(lines)


def _at(config: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        if not isinstance(config, Mapping) or step not in config:
            return MISSING
        config = config[step]
    return config


def _missing_name(config: Mapping[str, Any], steps: Sequence[str]) -> bool:
    """Tell whether a path leads through an entry of the user's own naming that is not there."""
    return steps[0] in settings.BLOCKS and len(steps) > 1 and _at(config, steps[:2]) is MISSING


def _offered(config: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    """Return the paths that may have been meant."""
    known = [key.path for key in reference.every_key()]
    if len(steps) == 1:
        return [path for path in known if "." not in path]
    entries = config.get(steps[0])
    if isinstance(entries, Mapping) and entries and _missing_name(config, steps):
        return [".".join([steps[0], name, *steps[2:]]) for name in entries]
    return [path.replace(reference.ANY, steps[1], 1) for path in known]


def _set_in(steps: Sequence[str], changes: Mapping[str, Any], files: Sequence[str]) -> str:
    """Return the last file, or argument, at which the value changed as they are laid in order."""
    config: dict[str, Any] = {}
    before, place = MISSING, ""
    for name, content in layers(settings.MAIN, settings.read(settings.MAIN)) + layers(
        " ".join(files) or "--config", changes
    ):
        config = settings.lay(config, content)
        value = _at(settings.plain(expand(config)), steps)
        if value is not MISSING and value != before:
            place = name
        before = copy.deepcopy(value)
    return place
