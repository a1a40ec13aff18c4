"""What names a row of a sample, and what is a unit and a time in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LATITUDE, LONGITUDE, REGION = "latitude", "longitude", "region"
"""Variables that say where a state lies: degrees of its capital, and a word."""


@dataclass(frozen=True)
class Place:
    """The columns that say where a row lies: who is there, degrees of latitude and longitude, and a
    region.
    """

    unit: str
    latitude: str | None = None
    longitude: str | None = None
    region: str | None = None

    @property
    def named(self) -> dict[str, str]:
        """Those that there are: the project's name of each -> the column."""
        every = {
            "iso3": self.unit,
            LATITUDE: self.latitude,
            LONGITUDE: self.longitude,
            REGION: self.region,
        }
        return {name: column for name, column in every.items() if column is not None}


@dataclass(frozen=True)
class Keys:
    """The key of a sample's rows; the panel's unit and time, the column of the state, and where a
    row lies, where it has them.
    """

    row: tuple[str, ...]
    unit: tuple[str, ...] = ()
    time: str | None = None
    state: str | None = None
    place: Place | None = None

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
    unit = tuple(listed(panel.get("unit", [])))
    place = Place(**sample["places"]) if "places" in sample else None
    row = tuple(sample.get("keys") or ("row",))
    return Keys(row, unit, panel.get("time"), sample.get("state"), place)


def lying_of(keys: Keys) -> dict[str, str]:
    """Return the columns that say where a row lies, by the project's name of each; empty where the
    sample has none.
    """
    return keys.place.named if keys.place else {}


def listed(given: str | Iterable[str]) -> list[str]:
    """Return names of which a config may give one alone, without brackets, or a list."""
    return [given] if isinstance(given, str) else list(given)
