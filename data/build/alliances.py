"""ATOP 5.1 (dyad-years of peacesciencer): defence partners, their power, and how alike a state's
alliances are to those of the US.
"""

import numpy as np
import pandas as pd
from base import US, YEARS, read, states

KINDS = ["atop_defense", "atop_offense", "atop_neutral", "atop_nonagg", "atop_consul"]
NUCLEAR = {
    2: 1945,
    365: 1949,
    200: 1952,
    220: 1960,
    710: 1964,
    666: 1967,
    750: 1998,
    770: 1998,
    731: 2006,
}  # general knowledge


def table() -> pd.DataFrame:
    """Return pacts with the US, partners and their capability, S (Signorino & Ritter 1999)
    and kappa (Häge 2011).
    """
    cinc = (
        read("cow_nmc.rda")
        .assign(ccode=lambda t: t.ccode.astype(int))
        .set_index(["ccode", "year"])
        .cinc
    )
    atop = read("atop_alliance.rda")
    atop = atop[atop.year.isin(YEARS)].copy()
    atop[["ccode1", "ccode2", "year"]] = (
        atop[["ccode1", "ccode2", "year"]].astype(int).replace({260: 255, 678: 679})
    )  # North Yemen's treaties count for Yemen in 1990
    both = pd.concat([atop, atop.rename(columns={"ccode1": "ccode2", "ccode2": "ccode1"})])
    both = both.groupby(["year", "ccode1", "ccode2"], as_index=False)[KINDS].max()
    out = []
    for year, members in states().groupby("year"):
        codes = members.ccode.tolist()
        ties = both[(both.year == year) & both.ccode1.isin(codes) & both.ccode2.isin(codes)]

        def square(values):
            return (
                pd.Series(values, index=[ties.ccode1, ties.ccode2])
                .unstack()
                .reindex(index=codes, columns=codes)
                .fillna(0)
                .to_numpy(float, copy=True)
            )

        defence = square((ties.atop_defense == 1).to_numpy(float))
        value = square(
            np.select(
                [
                    (ties.atop_defense == 1) | (ties.atop_offense == 1),
                    (ties.atop_neutral == 1) | (ties.atop_nonagg == 1),
                    ties.atop_consul == 1,
                ],
                [3, 2, 1],
                0,
            )
        )
        np.fill_diagonal(defence, 0)
        power = cinc.reindex([(c, year) for c in codes]).to_numpy()
        us = codes.index(US)
        nuclear = np.array([NUCLEAR.get(c, 9999) <= year for c in codes])
        allied = defence @ np.nan_to_num(power)
        some = defence.sum(1) > 0
        t = pd.DataFrame(
            {
                "iso3": members.iso3.to_numpy(),
                "year": year,
                "us_defence_pact_atop": defence[:, us],
                "n_defence_partners_atop": defence.sum(1),
                "allied_cinc_atop": allied,
            }
        )
        t["us_share_allied_cinc_atop"] = np.where(
            some, defence[:, us] * power[us] / np.where(some, allied, 1), np.nan
        )
        t["own_share_alliance_cinc_atop"] = np.where(some, power / (power + allied), np.nan)
        t["nuclear_ally_atop"] = (defence[:, nuclear].sum(1) > 0).astype(int)
        np.fill_diagonal(value, 3)
        t["s_us_atop"] = 1 - 2 * np.abs(value - value[us]).mean(1) / 3
        np.fill_diagonal(defence, 1)
        same, p = (defence == defence[us]).mean(1), defence.mean(1)
        chance = p * p[us] + (1 - p) * (1 - p[us])
        t["kappa_us_atop"] = (same - chance) / (1 - chance)
        t.loc[
            us, ["us_defence_pact_atop", "us_share_allied_cinc_atop", "s_us_atop", "kappa_us_atop"]
        ] = np.nan
        out.append(t)
    return pd.concat(out).set_index(["iso3", "year"]).sort_index()
