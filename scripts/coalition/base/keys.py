"""What names a row of a sample, and what is a unit and a time in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Keys:
    """The key of a sample's rows; the panel's unit and time, and the column of the state, where it
    has them.
    """

    row: tuple[str, ...]
    unit: tuple[str, ...] = ()
    time: str | None = None
    state: str | None = None

    @property
    def counted(self) -> str | None:
        """The column whose different values a table counts: states, or units of the panel."""
        return self.state or (self.unit[0] if self.unit else None)


STATES = Keys(("iso3", "operation", "year"), ("iso3", "operation"), "year", "iso3")
"""The key of every sample that the project builds itself."""


def keys_of(sample: Mapping[str, Any]) -> Keys:
    """Return the keys of a sample of the config."""
    if "file" not in sample:
        return STATES
    panel = sample.get("panel", {})
    unit = panel.get("unit", [])
    unit = (unit,) if isinstance(unit, str) else tuple(unit)
    return Keys(tuple(sample.get("keys") or ("row",)), unit, panel.get("time"), sample.get("state"))


LATITUDE, LONGITUDE, REGION = "latitude", "longitude", "region"
"""Variables that say where a state lies: degrees of its capital, and a word."""
