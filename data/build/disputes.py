"""Militarised interstate disputes 5.0 (directed dyad-years), all, with neighbours by land or sea,
and with Russia.
"""

import pandas as pd
from base import RUSSIA, date, read, states

LAST = 2014


def contiguous() -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Return (COW code, COW code) -> spans of years in which the two were neighbours."""
    t = read("cow_contdir.rda").query("conttype > 0")
    spans = {}
    for p in t.itertuples():  # types 1-5: land, or up to 400 miles of sea
        spans.setdefault((int(p.ccode1), int(p.ccode2)), []).append(
            (date(p.stdate).year, date(p.enddate).year)
        )
        spans.setdefault((int(p.ccode2), int(p.ccode1)), []).append(
            (date(p.stdate).year, date(p.enddate).year)
        )
    return spans


def table() -> pd.DataFrame:
    """Return disputes that began or went on in the year, and onsets of the five years before."""
    t = read("cow_mid_dirdisps.rda")
    t = t[t.year >= 1985]
    spans = contiguous()
    near = [
        any(a <= y <= b for a, b in spans.get((int(i), int(j)), []))
        for i, j, y in zip(t.ccode1, t.ccode2, t.year, strict=False)
    ]
    t = t.assign(
        ccode=t.ccode1.astype(int).replace({260: 255}),
        near=near,
        force=t[["hostlev1", "hostlev2"]].max(axis=1) >= 4,
        rus=t.ccode2 == RUSSIA,
    )
    began = t[t.disponset == 1]

    def count(v):
        return v.groupby(["ccode", "year"]).dispnum.nunique()

    every = pd.MultiIndex.from_product(
        [sorted(states().ccode.unique()), range(1985, LAST + 1)], names=["ccode", "year"]
    )
    counts = (
        pd.DataFrame(
            {
                "onset": count(began),
                "ongoing": count(t),
                "n_onset": count(began[began.near]),
                "n_ongoing": count(t[t.near]),
                "n_force": count(began[began.near & began.force]),
                "r_ongoing": count(t[t.rus]),
                "r_onset": count(began[began.rus]),
            }
        )
        .reindex(every)
        .fillna(0)
    )
    before = (
        counts.groupby("ccode")
        .rolling(5, min_periods=1)
        .sum()
        .droplevel(0)
        .groupby("ccode")
        .shift(1)
        .fillna(0)
    )
    out = pd.DataFrame(
        {
            "mid_onset": counts.onset,
            "mid_ongoing": counts.ongoing,
            "mid_onset_prev5y": before.onset,
            "mid_neigh_onset": counts.n_onset,
            "mid_neigh_ongoing": counts.n_ongoing,
            "mid_neigh_onset_prev5y": before.n_onset,
            "mid_neigh_force_onset_prev5y": before.n_force,
            "mid_rus_ongoing": counts.r_ongoing,
            "mid_rus_onset_prev5y": before.r_onset,
        }
    )
    out = (
        states()
        .merge(out.reset_index(), on=["ccode", "year"], how="left")
        .set_index(["iso3", "year"])[out.columns]
    )
    out.loc["RUS", ["mid_rus_ongoing", "mid_rus_onset_prev5y"]] = float("nan")
    return out
