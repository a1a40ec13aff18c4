"""NATO, MAP, PfP, EU and major non-NATO allies on 31 December, from the dated spells of
alliance_status.csv (a file of the project), and what follows from them.
"""

import pandas as pd
from base import US, by_cow, read, states

COLUMNS = {
    "nato": "nato_member",
    "map": "nato_map",
    "pfp": "nato_pfp",
    "aspirant": "nato_aspirant",
    "eu": "eu_member",
    "mnna": "mnna",
}


def table(capability: pd.DataFrame, atop: pd.DataFrame) -> pd.DataFrame:
    """Return memberships on 31 December, any pact with the US, and own shares of NATO's capability.

    capability : the table of `capability`; atop : that of `alliances`.
    """
    spells = read("alliance_status.csv")
    out = states().set_index(["iso3", "year"])[[]]
    at = pd.Series(
        [pd.Timestamp(y, 12, 31) for y in out.index.get_level_values("year")], index=out.index
    )
    iso3 = out.index.get_level_values("iso3")
    for status, column in COLUMNS.items():
        out[column] = 0
        for s in spells[spells.status == status].itertuples():
            end = (
                pd.Timestamp(s.end_date)
                if isinstance(s.end_date, str)
                else pd.Timestamp("2100-01-01")
            )
            out.loc[(iso3 == s.iso3) & (at >= pd.Timestamp(s.start_date)) & (at < end), column] = 1
    out.loc[(out.nato_map == 1) & (out.nato_member == 0), "nato_aspirant"] = 1
    accession = (
        spells[spells.status == "nato"]
        .assign(y=lambda t: t.start_date.str[:4].astype(int))
        .groupby("iso3")
        .y.min()
    )
    out["nato_accession_year"] = iso3.map(accession)
    out["nato_status"] = "none"
    for column, name in (("nato_pfp", "pfp"), ("nato_map", "map"), ("nato_member", "member")):
        out.loc[out[column] == 1, "nato_status"] = name
    out["nato_years_member"] = (out.index.get_level_values("year") - out.nato_accession_year).where(
        out.nato_member == 1
    )
    cow = read("cow_alliance.rda")
    cow = (
        cow[(cow.ccode1 == US) & (cow.cow_defense == 1)]
        .groupby(["ccode2", "year"], as_index=False)
        .cow_defense.max()
    )
    out["us_defence_pact_any"] = pd.concat(
        [atop.us_defence_pact_atop, by_cow(cow, "ccode2").cow_defense, out.nato_member], axis=1
    ).max(axis=1)
    out.loc["USA", "us_defence_pact_any"] = float("nan")
    member = out.nato_member == 1
    for column, name in (("cinc", "own_share_nato_cinc"), ("milex", "own_share_nato_milex")):
        mine = capability[column].where(member)
        out[name] = mine / mine.groupby("year").transform("sum")
    return out
