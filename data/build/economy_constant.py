"""World Bank, GDP per head in constant dollars: the wide file of a download (four lines above the
header).
"""

from pathlib import Path

import base
import pandas as pd


def table() -> pd.DataFrame:
    """Return GDP per head in constant dollars of 2015."""
    t = pd.read_csv(Path(base.RAW) / "API_NY.GDP.PCAP.KD_DS2_en_csv_v2_4498715.csv", skiprows=4)
    t = t.melt("Country Code", [str(y) for y in base.YEARS], "year", "gdppc_wdi_2015usd").rename(
        columns={"Country Code": "iso3"}
    )
    return base.by_iso3(t.assign(year=t.year.astype(int)), ["gdppc_wdi_2015usd"])
