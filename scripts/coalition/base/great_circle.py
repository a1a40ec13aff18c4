"""Great-circle distances between places on the earth."""

from __future__ import annotations

import numpy as np

EARTH_RADIUS = 6371.0088
"""Mean radius in km (IUGG: Moritz 2000, "Geodetic Reference System 1980", Journal of Geodesy
74)."""


def great_circle(
    lat: np.ndarray, lon: np.ndarray, other_lat: np.ndarray, other_lon: np.ndarray
) -> np.ndarray:
    """Return the great-circle distance in km from places to others.

    Parameters
    ----------
    lat, lon, other_lat, other_lon : ndarray
        Degrees, of shapes that broadcast.

    Notes
    -----
    The haversine formula on a sphere (Sinnott 1984, "Virtues of the Haversine", Sky and Telescope
    68).
    """
    lat, lon, other_lat, other_lon = map(np.radians, (lat, lon, other_lat, other_lon))
    across = np.cos(lat) * np.cos(other_lat) * np.sin((lon - other_lon) / 2) ** 2
    haversine = np.sin((lat - other_lat) / 2) ** 2 + across
    return 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(haversine, 0, 1)))


def distances(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Return the distances in km between all places, shape (n, n), from degrees of shape (n,)."""
    return great_circle(lat[:, None], lon[:, None], lat[None, :], lon[None, :])
