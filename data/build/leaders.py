"""Archigos 4.1 and LEAD: who led on 31 December, and how leaders changed."""

import pandas as pd
from base import COW_OF_GW, by_cow, read


def table() -> pd.DataFrame:
    """Return changes of leaders in the year, and the leader's own military service and combat."""
    year = read("archigossums.rda").rename(columns={"dec31obsid": "obsid"})
    year = year.merge(read("LEAD.rda")[["obsid", "milservice", "combat"]], on="obsid", how="left")
    year["ccode"] = year.gwcode.astype(int).replace(COW_OF_GW)
    t = by_cow(year, columns=["leadertransition", "irregular", "milservice", "combat"])
    t.columns = ["leader_transition", "leader_irregular", "leader_milservice", "leader_combat"]
    return t
