"""COW trade 4.0 (dyads)."""

import pandas as pd
from base import RUSSIA, US, by_cow, read


def table() -> pd.DataFrame:
    """Return total trade (million dollars) and the shares of the US and Russia."""
    t = read("cow_trade_ddy.rds")
    t = t[t.year >= 1990].assign(
        ccode1=lambda t: t.ccode1.replace({260: 255})
    )  # both Germanys of 1990 add up
    known = t.assign(flow=t[["flow1", "flow2"]].sum(axis=1, min_count=1)).dropna(subset=["flow"])

    def total(v):
        return by_cow(v.groupby(["ccode1", "year"], as_index=False).flow.sum(), "ccode1").flow

    out = pd.DataFrame({"trade_total_musd": total(known)})
    out["trade_share_us"] = total(known[known.ccode2 == US]) / out.trade_total_musd
    out["trade_share_rus"] = total(known[known.ccode2 == RUSSIA]) / out.trade_total_musd
    return out
