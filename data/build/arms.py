"""SIPRI arms transfers (trend-indicator values), by supplier and recipient."""

import pandas as pd
from base import iso3_of_cow, read, states

# Recipients without a COW code in the file, or with a name of a predecessor
OWN_CODES = {
    "Serbia": "SRB",
    "Micronesia": "FSM",
    "Yugoslavia": "SRB",
    "Czechoslovakia": "CSK",
    "North Yemen": "YEM",
    "Yemen Arab Republic": "YEM",
    "Soviet Union": "RUS",
}
# Rebels and organisations are starred; "Libya GNC" counts as Libya
NOT_THE_STATE = r"\*$|East Germany|South Yemen|South Vietnam"


def table() -> pd.DataFrame:
    """Return imports in trend-indicator values, and the shares of the US and Russia over five
    years.
    """
    t = read("sipri-exports-processed.csv")
    t = t[~t.recipient.str.contains(NOT_THE_STATE)]
    t = t.assign(iso3=t.recipient.map(OWN_CODES).fillna(t.recipient_cown.map(iso3_of_cow())))

    def total(v):
        return v.groupby(["iso3", "year"]).value.sum()

    every = pd.MultiIndex.from_product(
        [sorted(states().iso3.unique()), range(1986, 2019)], names=["iso3", "year"]
    )
    one = (
        pd.DataFrame(
            {
                "all": total(t),
                "us": total(t[t.supplier == "United States"]),
                "rus": total(t[t.supplier.isin(["Russia", "Soviet Union"])]),
            }
        )
        .reindex(every)
        .fillna(0)
    )
    five = one.groupby("iso3").rolling(5, min_periods=1).sum().droplevel(0)
    some = five["all"].where(five["all"] > 0)
    out = pd.DataFrame(
        {
            "arms_imports_tiv": one["all"],
            "arms_imports_us_tiv": one.us,
            "arms_us_share_5y": five.us / some,
            "arms_rus_share_5y": five.rus / some,
        }
    )
    out = out.reindex(states().set_index(["iso3", "year"]).index)
    out.loc["USA", ["arms_imports_us_tiv", "arms_us_share_5y"]] = float("nan")
    return out
