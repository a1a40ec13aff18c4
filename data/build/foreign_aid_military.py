"""ForeignAssistance.gov, records with a military objective, disbursements 2002-2015. 0 where no
record.
"""

import pandas as pd
from base import by_iso3, read

FIRST, LAST = 2002, 2015


def table() -> pd.DataFrame:
    """Return military aid disbursed, current dollars, 2002 to 2015."""
    t = read("foreignassistance.csv")
    t = t.assign(
        iso3=t["Country.Code"].replace({"SCG": "SRB", "YUF": "SRB", "SDF": "SDN", "CS-KM": "XKX"}),
        year=t["Fiscal.Year"],
        value=t["Current.Dollar.Amount"],
    )
    out = by_iso3(t.groupby(["iso3", "year"], as_index=False).value.sum(), ["value"]).fillna(0)
    year = out.index.get_level_values("year").to_numpy()[:, None]
    out = out.where((year >= FIRST) & (year <= LAST))
    out.loc["USA"] = float("nan")
    return out.rename(columns={"value": "us_mil_aid_disb_usd"})
