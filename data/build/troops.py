"""US forces abroad ({troopdata}): personnel, bases, construction."""

import pandas as pd
from base import by_cow, read, states


def table(economy: pd.DataFrame) -> pd.DataFrame:
    """Return US personnel, also per 1,000 inhabitants, base sites, and construction (dollars).

    economy : the table of `economy`.
    """
    troops = read("troopdata.csv")
    troops = (
        troops.assign(ccode=troops.ccode.replace({678: 679}))
        .groupby(["ccode", "year"], as_index=False)
        .troops.sum()
    )
    out = by_cow(troops).rename(columns={"troops": "us_troops_hosted"})
    rebuilt = read("troopdata_rebuild_long.rda")
    out.loc[("DEU", 1990), "us_troops_hosted"] = rebuilt[
        (rebuilt.ccode == 260) & (rebuilt.year == 1990)
    ].troops_ad.iloc[0]
    out["us_troops_per1000pop"] = out.us_troops_hosted / economy.pop_wdi * 1000
    codes = states().set_index(["iso3", "year"]).ccode
    out["us_base_sites"] = codes.map(read("basedata.csv").groupby("ccode").size()).fillna(0)
    spent = (
        read("builddata.rda").groupby(["ccode", "year"], as_index=False).spend_construction.sum()
    )
    out["us_mil_construction"] = (
        by_cow(spent)
        .spend_construction.fillna(0)
        .where(codes.index.get_level_values("year") >= 2008)
    )
    out.loc["USA"] = float("nan")
    return out
