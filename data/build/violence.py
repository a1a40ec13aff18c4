"""UCDP: deaths on the territory (country-year 25.1) and conflicts in which the government is a
primary party (UCDP/PRIO 25.1).
"""

import pandas as pd
from base import COW_OF_GW, by_cow, read

DEATHS = {
    "sb_total_deaths_best_cy": "ucdp_sb_deaths",
    "sb_intrastate_deaths_best_cy": "ucdp_intrastate_deaths",
    "sb_interstate_deaths_best_cy": "ucdp_interstate_deaths",
    "ns_total_deaths_best_cy": "ucdp_nonstate_deaths",
    "os_total_deaths_best_cy": "ucdp_onesided_deaths",
}


def table() -> pd.DataFrame:
    """Return deaths by kind of violence, and conflicts in which the government is a party."""
    t = read("organizedviolencecy_v25_1.csv").rename(
        columns={"country_id_cy": "ccode", "year_cy": "year", **DEATHS}
    )
    t["ccode"] = t.ccode.replace(COW_OF_GW)
    out = by_cow(t, columns=list(DEATHS.values())).fillna(0)
    war = read("ucdp_acd.rda")
    inside = war[war.type_of_conflict.isin(["intrastate", "II"])].assign(
        ccode=lambda v: v.gwno_a.astype(int).replace(COW_OF_GW)
    )
    by = inside.groupby(["ccode", "year"])
    inside = pd.DataFrame(
        {
            "ucdp_intrastate_conflicts": by.conflict_id.nunique(),
            "ucdp_intrastate_maxint": by.intensity_level.max(),
        }
    ).reset_index()
    between = war[war.type_of_conflict == "interstate"]
    sides = pd.concat(
        [
            between[["gwno_a", "year"]].rename(columns={"gwno_a": "ccode"}),
            between[["gwno_b", "year"]].rename(columns={"gwno_b": "ccode"}),
        ]
    ).dropna()
    sides = sides.assign(
        ccode=sides.ccode.astype(int).replace(COW_OF_GW), ucdp_interstate_primary=1
    ).drop_duplicates()
    return pd.concat([out, by_cow(inside).fillna(0), by_cow(sides).fillna(0)], axis=1)
