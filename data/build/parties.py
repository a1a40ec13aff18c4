"""V-Party 2: the parties in government after the latest election, carried forward at most six
years.
"""

import numpy as np
import pandas as pd
from base import read, states

AHEAD = 6
SENIOR, JUNIOR = 0, 1  # v2pagovsup: the party of the head of government, a junior partner


def mean(p: pd.DataFrame) -> float:
    """Return the left-right position of parties, weighted by seats; nan where there is none."""
    p = p.dropna(subset=["v2pariglef", "v2paseatshare"])
    return (
        np.average(p.v2pariglef, weights=p.v2paseatshare) if p.v2paseatshare.sum() > 0 else np.nan
    )


def table() -> pd.DataFrame:
    """Return the government parties' positions and number, and whether a parliament was elected."""
    t = read("vparty.RData")[
        ["COWcode", "year", "v2pagovsup", "v2pariglef", "v2paseatshare"]
    ].dropna(subset=["COWcode"])
    t["ccode"] = t.COWcode.astype(int).replace({260: 255, 678: 679})
    rows = []
    for (ccode, year), p in t[t.year >= 1980].groupby(["ccode", "year"]):
        inside = p[p.v2pagovsup.isin([SENIOR, JUNIOR])]
        rows.append(
            {
                "ccode": ccode,
                "election": int(year),
                "vparty_gov_lr": mean(inside),
                "vparty_senior_lr": mean(inside[inside.v2pagovsup == SENIOR]),
                "vparty_gov_parties": len(inside),
            }
        )
    rows = pd.DataFrame(rows)
    every = states().sort_values("year")
    out = pd.merge_asof(
        every,
        rows.assign(year=rows.election).sort_values("year"),
        on="year",
        by="ccode",
        tolerance=AHEAD,
    )
    out["vparty_leg_election"] = (
        (out.year == out.election).astype(float).where(out.election.notna())
    )
    return out.set_index(["iso3", "year"]).sort_index()[
        ["vparty_gov_lr", "vparty_senior_lr", "vparty_gov_parties", "vparty_leg_election"]
    ]
