"""What each stage depends on: the config, narrowed to what the stage reads.

A slice has the shape of the config, so whatever takes a config takes a slice. The rule holds it in
its params, the step works with it, and `./run check` does as well: what a slice lacks is lacking in
all three. It is made of whole blocks and whole entries, or derived by watching what a function
reads (`read_by`); no key of an entry is ever named here, since a key that is named by hand is a key
that can be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..config.settings import labels
from ..data import ingest as reading
from ..formula.column_uses import uses_of
from ..formula.columns import columns_of, numbers_of
from .fingerprints import named, part

Config = Mapping[str, Any]
BUILDS = ("states", "operations", "covariates", "variables", "measures", "universes")
"""Blocks of which samples of states and operations are built."""


class Watched(Mapping[str, Any]):
    """A block of a config that notes what is read of it.

    What is looked into is narrowed to the keys that were looked up; what is only taken, or gone
    through, was read whole.
    """

    def __init__(self, block: Mapping[str, Any]) -> None:
        self._block = block
        self._read: dict[str, Any] = {}
        self._whole = False

    def __getitem__(self, key: str) -> Any:
        if key not in self._read:
            value = self._block[key]
            self._read[key] = Watched(value) if isinstance(value, Mapping) else value
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        self._whole = True
        return iter(self._block)

    def __len__(self) -> int:
        self._whole = True
        return len(self._block)

    def __contains__(self, key: object) -> bool:
        if key in self._block:
            self[str(key)]
        return key in self._block

    def __or__(self, other: Mapping[str, Any]) -> dict[str, Any]:
        return {**self, **other}

    def __ror__(self, other: Mapping[str, Any]) -> dict[str, Any]:
        return {**other, **self}

    def read(self) -> dict[str, Any]:
        """Return what was read, in the order of the block."""
        taken = self._whole or not self._read
        return {
            key: read.read() if isinstance(read := self._read.get(key, value), Watched) else read
            for key, value in self._block.items()
            if taken or key in self._read
        }


def read_by(config: Config, *readers: Callable[[Config], object]) -> dict[str, Any]:
    """Return the part of a config that some functions read."""
    watched = Watched(config)
    for reader in readers:
        reader(watched)
    return {key: named(block) for key, block in sorted(watched.read().items())}


def groups(config: Config) -> list[str]:
    """Return what is ingested in one job each: the facts, and every operation."""
    return list(dict.fromkeys(source.group for source in reading.sources(config)))


def ingest(config: Config, group: str) -> dict[str, Any]:
    """Return what the canonical tables of one operation, or of the facts, are read by."""
    facts = group == reading.COVARIATES
    own = {
        **config,
        "operations": {} if facts else {group: config["operations"][group]},
        "covariates": config["covariates"] if facts else {},
    }
    return read_by(own, reading.sources) | part(config, "states", "sources")


def sample(config: Config, name: str) -> dict[str, Any]:
    """Return what one sample is built from; of its models only what decides its columns."""
    spec = config["samples"][name]
    own = {
        **config,
        "samples": {name: spec},
        "models": {
            key: model for key, model in config["models"].items() if model["sample"] == name
        },
    }
    slice = read_by(own, _columns, labels) | {"samples": {name: named(config["samples"])[name]}}
    blocks = ("states", "sources") if "file" in spec else BUILDS
    return slice | part(config, *blocks)


def _columns(config: Config) -> None:
    """Read of the models what decides which columns their samples have."""
    for model in config["models"].values():
        columns_of(model), numbers_of(model), model["sample"]
    for name, spec in config["samples"].items():
        if "file" in spec:
            uses_of(config, name)
