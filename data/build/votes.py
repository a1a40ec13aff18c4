"""UN General Assembly: ideal points (Bailey, Strezhnev, Voeten, July 2025) and own shares of
agreement with the US (unvotes).
"""

import pandas as pd
from base import by_cow, by_iso3, date, read

CODES = {"yes": 1.0, "abstain": 0.5, "no": 0.0}


def ideal() -> pd.DataFrame:
    """Return ideal points, and their distances to the US and Russia."""
    t = by_cow(read("IdealpointsJuly2025.dta"), columns=["idealpointall", "idealpointfp"])
    t.columns = ["unga_ideal", "unga_ideal_fp"]

    def at(iso3, column):
        return t.index.get_level_values("year").map(t.loc[iso3, column])

    t["unga_ideal_dist_us"] = (t.unga_ideal - at("USA", "unga_ideal")).abs()
    t["unga_ideal_fp_dist_us"] = (t.unga_ideal_fp - at("USA", "unga_ideal_fp")).abs()
    t["unga_ideal_dist_rus"] = (t.unga_ideal - at("RUS", "unga_ideal")).abs()
    t.loc["USA", ["unga_ideal_dist_us", "unga_ideal_fp_dist_us"]] = float("nan")
    t.loc["RUS", "unga_ideal_dist_rus"] = float("nan")
    return t


def agreement() -> pd.DataFrame:
    """Return shares of agreement with the US: of ten votes at least, of four important ones."""
    calls = read("un_roll_calls.rda")[["rcid", "date", "importantvote"]].assign(
        year=lambda t: date(t.date).dt.year
    )
    votes = read("un_votes.rda").merge(calls, on="rcid")
    votes["value"] = votes.vote.astype(str).map(CODES)
    votes = votes.dropna(subset=["value"])
    us = votes[votes.country_code == "US"].set_index("rcid").value
    votes["same"] = 1 - (votes.value - votes.rcid.map(us)).abs()
    codes = read("codelist_without_cldr.csv").dropna(subset=["iso2c", "iso3c"])
    iso3 = {
        **dict(zip(codes.iso2c, codes.iso3c, strict=False)),
        "NA": "NAM",
        "CS": "CSK",
        "YU": "SRB",
    }
    votes["iso3"] = votes.country_code.map(iso3)
    for name, code in (("Federal Republic of Germany", "DEU"), ("Yemen Arab Republic", "YEM")):
        votes.loc[votes.country == name, "iso3"] = code
    votes = votes.dropna(subset=["same", "iso3"])

    def share(v, least):
        return (
            v.groupby(["iso3", "year"]).same.agg(["mean", "size"]).query("size >= @least")["mean"]
        )

    t = pd.concat(
        [
            share(votes, 10).rename("unga_agree_us"),
            share(votes[votes.importantvote == 1], 4).rename("unga_agree_us_important"),
        ],
        axis=1,
    ).reset_index()
    t = by_iso3(t, ["unga_agree_us", "unga_agree_us_important"])
    t.loc["USA"] = float("nan")
    return t


def table() -> pd.DataFrame:
    """Return ideal points and agreement."""
    return pd.concat([ideal(), agreement()], axis=1)
