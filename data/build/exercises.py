"""Multinational military exercises (MME 7) that start in the year and name both the state and the
US.
"""

import pandas as pd
from base import by_iso3, names_to_iso3, read

LAST = 2010


def table() -> pd.DataFrame:
    """Return the number of exercises with the US that began in the year, until 2010."""
    t = read("mme_v7.csv").rename(columns={"s.year": "year"})
    who = t.filter(regex="^State").melt(ignore_index=False).value.dropna().str.strip()
    who = names_to_iso3(who).dropna().rename("iso3").to_frame().join(t.year)
    with_us = who[who.index.isin(who[who.iso3 == "USA"].index)]
    n = (
        with_us.reset_index()
        .groupby(["iso3", "year"])["index"]
        .nunique()
        .rename("us_joint_exercises")
        .reset_index()
    )
    out = by_iso3(n, ["us_joint_exercises"]).fillna(0)
    out = out.where(out.index.get_level_values("year").to_numpy()[:, None] <= LAST)
    out.loc["USA"] = float("nan")
    return out
