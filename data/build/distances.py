"""Great-circle distances between capitals (of 1 July of the year) and three cities."""

import numpy as np
import pandas as pd
from base import read, states

RADIUS = 6371.0088


def table() -> pd.DataFrame:
    """Return kilometres from the capital to Kabul, Baghdad and Moscow (haversine)."""
    capitals = read("cow_capitals.rda")
    capitals = capitals.assign(ccode=capitals.ccode.astype(int).replace({260: 255}))
    place = {}
    for s in states().itertuples():
        day = (pd.Timestamp(s.year, 7, 1) - pd.Timestamp("1970-01-01")).days
        c = capitals[capitals.ccode == s.ccode]
        now = c[(c.stdate <= day) & (c.enddate >= day)]
        place[s.iso3, s.year] = (
            (now if len(now) else c.sort_values("stdate")).iloc[0][["lat", "lng"]].to_numpy(float)
        )
    out = pd.DataFrame(index=states().set_index(["iso3", "year"]).index)
    here = np.radians(np.array([place[k] for k in out.index]))
    for name, iso3 in (
        ("dist_kabul_km", "AFG"),
        ("dist_baghdad_km", "IRQ"),
        ("dist_moscow_km", "RUS"),
    ):
        there = np.radians(np.array([place[iso3, y] for _, y in out.index]))
        h = (
            np.sin((here[:, 0] - there[:, 0]) / 2) ** 2
            + np.cos(here[:, 0]) * np.cos(there[:, 0]) * np.sin((here[:, 1] - there[:, 1]) / 2) ** 2
        )
        out[name] = 2 * RADIUS * np.arcsin(np.sqrt(h))
    return out
