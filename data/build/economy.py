"""World Bank (mirrors) and the latent estimates of Fariss et al. by way of {isard}."""

import pandas as pd
from base import by_cow, by_iso3, read


def wdi(name: str, column: str) -> pd.DataFrame:
    """Return one series of the World Bank under a name of ours."""
    t = read(name).rename(columns={"Country Code": "iso3", "Year": "year", "Value": column})
    return by_iso3(t, [column])


def table() -> pd.DataFrame:
    """Return GDP (US dollars), population and GDP per head, observed and latent."""
    sim = by_cow(read("cw_gdppop.rda"), columns=["pwtrgdp", "mrgdppc", "pwtpop"])
    sim.columns = ["gdp_pwt_sim", "gdppc_maddison_sim", "pop_pwt_sim"]
    t = pd.concat([sim, wdi("gdp.csv", "gdp_wdi_usd"), wdi("population.csv", "pop_wdi")], axis=1)
    t["gdppc_wdi_usd"] = t.gdp_wdi_usd / t.pop_wdi
    return t
