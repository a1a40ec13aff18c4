"""NELDA 4 and SIPRI military expenditure (Our World in Data), Database of Political Institutions
2012.
"""

import pandas as pd
from base import by_iso3, names_to_iso3, read


def nelda() -> pd.Series:
    """Return national elections of the year until 2012; 0 where a listed state held none."""
    t = read("owid_nelda.csv")
    t = t.assign(iso3=names_to_iso3(t.Entity), year=t.Year, n=t.iloc[:, 2]).dropna(subset=["iso3"])
    out = by_iso3(t.groupby(["iso3", "year"], as_index=False).n.sum(), ["n"]).n
    listed = out.index.get_level_values("iso3").isin(t.iso3) & (
        out.index.get_level_values("year") <= 2012
    )
    return out.fillna(0).where(listed)


def table() -> pd.DataFrame:
    """Return elections, veto players and orientation of the executive, and SIPRI's spending."""
    milex = read("owid_sipri_milex.csv")
    milex = milex.assign(iso3=names_to_iso3(milex.Entity), year=milex.Year).dropna(subset=["iso3"])
    milex = by_iso3(milex, ["military_expenditure_share_gdp", "military_expenditure"])
    dpi = read("DpiData.csv")
    dpi = dpi.assign(iso3=names_to_iso3(dpi.country)).dropna(subset=["iso3"])
    dpi["dpi_exec_election"] = (dpi.yrcurnt == 0).astype(float).where(dpi.yrcurnt >= 0)
    dpi = by_iso3(dpi, ["execrlc", "dpi_exec_election", "checks", "govfrac", "polariz"])
    for c in ("checks", "govfrac", "polariz"):
        dpi[c] = dpi[c].where(dpi[c] >= 0)
    dpi.columns = ["dpi_execrlc", "dpi_exec_election", "dpi_checks", "dpi_govfrac", "dpi_polariz"]
    out = pd.concat([dpi, nelda().rename("nelda_elections")], axis=1)
    out["milex_gdp_sipri"] = milex.military_expenditure_share_gdp
    out["milex_sipri_usd"] = milex.military_expenditure
    return out
