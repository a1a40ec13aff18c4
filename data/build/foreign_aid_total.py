"""ForeignAssistance.gov, country summary: all obligations in constant dollars. 0 without record."""

import pandas as pd
from base import by_iso3, read


def table() -> pd.DataFrame:
    """Return all US obligations in constant dollars."""
    t = read("us_foreign_aid_country.csv")
    t = t[
        (t.transaction_type_name == "Obligations")
        & t.fiscal_year.astype(str).str.fullmatch(r"\d{4}")
    ]  # leaves out the quarter of 1976
    codes = t.country_code.fillna(t.country_name).replace(
        {
            "SCG": "SRB",
            "YUF": "SRB",
            "SDF": "SDN",
            "CS-KM": "XKX",
            "Czechoslovakia (former)": "CSK",
            "Soviet Union (former)": "RUS",
            "Luxembourg": "LUX",
        }
    )
    t = t.assign(iso3=codes, year=t.fiscal_year.astype(int))
    out = by_iso3(
        t.groupby(["iso3", "year"], as_index=False).constant_amount.sum(), ["constant_amount"]
    ).fillna(0)
    out.loc["USA"] = float("nan")
    return out.rename(columns={"constant_amount": "us_aid_total_oblig_const"})
