"""Where the entries of a config stand: the file and the line of each, as files are laid over each
other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from . import settings
from .expansion import STAR, Config
from .yaml_safe import LOADER

GIVEN = "--config"
"""What is named where a setting stands in no file: the argument that gave it."""


def layers(name: str, content: Mapping[str, Any]) -> list[tuple[str, Config]]:
    """Return a file and, before it, those that it extends, each without its `extends`."""
    extended = content.get("extends", [])
    found = []
    for path in map(str, extended if isinstance(extended, list) else [extended]):
        found += layers(path, settings.read(path))
    return [*found, (name, {key: value for key, value in content.items() if key != "extends"})]


def origins(
    config: Mapping[str, Any],
    changes: Mapping[str, Any],
    files: Sequence[str],
    blocks: Sequence[str],
) -> dict[str, str]:
    """Return where each entry of some blocks is set: "models.h1_logit" -> "config.yaml:120"; every
    place of an entry that one file declares and another changes, with commas.

    Parameters
    ----------
    config : mapping
        The whole config, its short forms written out.
    changes : mapping
        What is laid over config.yaml.
    files : sequence of str
        The files that `changes` is of.
    """
    whole: Config = {}
    places: dict[str, list[str]] = {}
    for name, content in _every_layer(changes, files):
        lines = _lines(name, blocks)
        before, whole = whole, settings.lay(whole, content)
        for block in blocks:
            for entry, kept in _set_here(content, before, whole, block):
                path = f"{block}.{entry}"
                place = f"{name}:{lines[path]}" if path in lines else name
                places[path] = [*(places.get(path, []) if kept else []), place]
    named = {
        f"{block}.{entry}": _set_at(block, entry, places)
        for block in blocks
        for entry in _block(config, block)
    }
    return {path: ", ".join(found) for path, found in named.items() if found}


def _set_here(
    content: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any], block: str
) -> Iterator[tuple[str, bool]]:
    """Give the entries of a block that a layer sets or changes, and whether something of what stood
    below is kept.
    """
    own, old = _block(content, block), _block(before, block)
    for entry, value in _block(after, block).items():
        if entry in own and value != old.get(entry):
            yield entry, value != own[entry]


def _every_layer(changes: Mapping[str, Any], files: Sequence[str]) -> list[tuple[str, Config]]:
    """Return config.yaml, the files given and, last, what is given besides, each after what it
    extends.
    """
    found = layers(settings.MAIN, settings.read(settings.MAIN))
    for path in files:
        found += layers(path, settings.read(path))
    rest = {key: value for key, value in changes.items() if key not in settings.DIRECTIVES}
    return [*found, (GIVEN, rest)]


def _block(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = config.get(name)
    return found if isinstance(found, Mapping) else {}


def _lines(name: str, blocks: Sequence[str]) -> dict[str, int]:
    """Return the lines of the entries of a file's blocks; nothing where it is no file."""
    if name == GIVEN or not Path(name).is_file():
        return {}
    root = yaml.compose(Path(name).read_text(encoding="utf-8-sig"), Loader=LOADER)
    if not isinstance(root, yaml.MappingNode):
        return {}
    return {
        f"{block.value}.{entry.value}": entry.start_mark.line + 1
        for block, inside in root.value
        if block.value in blocks and isinstance(inside, yaml.MappingNode)
        for entry, _ in inside.value
    }


def _set_at(block: str, entry: str, places: Mapping[str, list[str]]) -> list[str]:
    """Return the places of an entry; of a model that only an entry with a star stands for, that
    one's.
    """
    own = places.get(f"{block}.{entry}", [])
    stars = [
        path
        for path in places
        if path.startswith(f"{block}.")
        and path.endswith(STAR)
        and f"{block}.{entry}".startswith(path.removesuffix(STAR))
    ]
    return own or (places[max(stars, key=len)] if stars else [])
