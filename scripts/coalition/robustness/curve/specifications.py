"""Choices of the config -> specifications: every combination of defensible options, as patches of
the config.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...config.settings import Config, patched

PATCHES = ("operations", "variables", "measures", "sample", "model")
DATA = ("operations", "variables", "sample")
"""Parts of a patch that change the rows or columns of a sample; `measures` are made from these,
`model` selects among them.
"""


@dataclass(frozen=True)
class Option:
    """One way to make a choice. patch : keys of `PATCHES`, empty for the way of the primary
    test.
    """

    choice: str
    name: str
    label: str
    argument: str
    patch: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Specification:
    """One option for each choice, in the order of the config."""

    options: tuple[Option, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The options' names."""
        return tuple(option.name for option in self.options)

    def changing(self, parts: tuple[str, ...]) -> tuple[Option, ...]:
        """Return the options that change any of some parts of the config."""
        return tuple(
            option for option in self.options if any(part in option.patch for part in parts)
        )


def choices(config: Mapping[str, Any], hypothesis: str) -> dict[str, list[Option]]:
    """Return the options of every choice that a hypothesis has: choices with one option only are
    none.

    Parameters
    ----------
    config : mapping
        The whole config; `specification_curve` and the alternatives of `robustness` that it names
        are read.
    hypothesis : str
    """
    found = {}
    for choice, about in config["specification_curve"]["choices"].items():
        options = [
            _option(config, choice, name, option)
            for name, option in about["options"].items()
            if hypothesis in option.get("hypotheses", about.get("hypotheses", [hypothesis]))
        ]
        if len(options) > 1 and hypothesis in about.get("hypotheses", [hypothesis]):
            found[choice] = options
    return found


def _option(config: Mapping[str, Any], choice: str, name: str, option: Mapping[str, Any]) -> Option:
    source = config["robustness"][option["alternative"]] if "alternative" in option else option
    patch = {part: source[part] for part in PATCHES if part in source}
    return Option(choice, name, option.get("label", source.get("label")), option["argument"], patch)


def combinations(config: Mapping[str, Any], hypothesis: str) -> list[Specification]:
    """Return every combination of a hypothesis' options, the primary test first.

    Where `share` is below one, that share of the others is drawn with the seed of the config.
    """
    options = list(choices(config, hypothesis).values())
    number, share = math.prod(map(len, options)), config["specification_curve"]["share"]
    if share == 1:
        return [Specification(chosen) for chosen in itertools.product(*options)]
    size = max(1, round(share * (number - 1)))
    drawn = np.random.default_rng(config["seed"]).choice(number - 1, size, replace=False) + 1
    return [_numbered(options, place) for place in (0, *sorted(drawn.tolist()))]


def _numbered(options: Sequence[Sequence[Option]], place: int) -> Specification:
    """Return one of all combinations, in the order of `itertools.product`, without the others."""
    chosen = []
    for several in reversed(options):
        place, of = divmod(place, len(several))
        chosen.append(several[of])
    return Specification(tuple(reversed(chosen)))


def laid_over(
    config: Mapping[str, Any], options: tuple[Option, ...], parts: tuple[str, ...], model: str
) -> Config:
    """Return the config with some parts of the options' patches laid over it, one after the
    other.
    """
    for option in options:
        config = patched(
            config, {part: option.patch[part] for part in parts if part in option.patch}, model
        )
    return config  # type: ignore[return-value]
