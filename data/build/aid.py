"""US military assistance (Greenbook, constant dollars)."""

import pandas as pd
from base import by_cow, read


def table() -> pd.DataFrame:
    """Return US military obligations in constant dollars, all and by three accounts; 0 where no
    record.
    """
    t = read("greenbook.aid.rda")
    t = t[t.category == "Military"].assign(value=pd.to_numeric(t.constant))
    t.loc[t.country.isin(["Serbia", "Serbia and Montenegro, Former"]), "ccode"] = 345
    t.loc[t.country == "Kosovo", "ccode"] = 347
    groups = {
        "us_mil_aid_oblig_const": t,
        "us_fmf_const": t[t.account == "Foreign Military Financing Program"],
        "us_fmf_loan_const": t[
            t.account == "Foreign Military Financing, Direct Loan Program Account"
        ],
        "us_imet_const": t[t.account == "International Military Education and Training"],
    }
    out = pd.concat(
        [
            by_cow(g.groupby(["ccode", "year"], as_index=False).value.sum()).value.rename(name)
            for name, g in groups.items()
        ],
        axis=1,
    ).fillna(0)
    out.loc["USA"] = float("nan")
    return out
