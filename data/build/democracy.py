"""Polity5, V-Dem, extended UDS, Bjornskov and Rode, by way of {isard} and {democracyData}."""

import pandas as pd
from base import by_cow, read


def table() -> pd.DataFrame:
    """Return Polity, its executive constraints, V-Dem's two indices, UDS and regimes by DD."""
    isard = by_cow(read("cw_democracy.rda"), columns=["polity2", "v2x_polyarchy", "euds"])
    # Ethiopia 1993, Serbia 2006 and Sudan 2011 have two rows, of the state before and after a
    # secession; the lower Polity code counts
    polity = by_cow(
        read("polity5.rda").sort_values("polity_annual_ccode"), "cown", ["polity2", "xconst"]
    )
    t = pd.DataFrame(
        {
            "polity2": polity.polity2.fillna(isard.polity2),
            "v2x_polyarchy": isard.v2x_polyarchy,
            "xuds": isard.euds,
        }
    )
    t["v2x_libdem"] = by_cow(read("vdem_simple.rda"), "cown", ["v2x_libdem"]).v2x_libdem
    t["xconst"] = polity.xconst.where(polity.xconst > 0)
    t["br_dd_regime"] = by_cow(read("pacl_update.rda"), "cown", ["DD_regime"]).DD_regime
    return t
