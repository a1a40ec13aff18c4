"""ParlGov (development version of November 2023): cabinets and elections of 37 democracies."""

import numpy as np
import pandas as pd
from base import YEARS, by_iso3, read

PARLIAMENT = 13  # type_id of an election of the lower house


def cabinets() -> pd.DataFrame:
    """One row a cabinet, with its parties' figures and the day it ends, the first of the next."""
    t = read("parlgov_view_cabinet.csv")
    rows = []
    for (iso3, cabinet), p in t.groupby(["country_name_short", "cabinet_id"]):
        inside = p[p.cabinet_party == 1]
        placed = inside.dropna(subset=["left_right"])
        weight = placed.seats
        rows.append(
            {
                "iso3": iso3,
                "cabinet": cabinet,
                "start": pd.Timestamp(p.start_date.iloc[0]),
                "lr": np.average(placed.left_right, weights=weight)
                if weight.sum() > 0
                else placed.left_right.mean(),
                "pm_lr": inside[inside.prime_minister == 1].left_right.mean(),
                "parties": len(inside),
                "share": inside.seats.sum() / p.election_seats_total.iloc[0],
                "range": placed.left_right.max() - placed.left_right.min(),
            }
        )
    c = pd.DataFrame(rows).sort_values(["iso3", "start", "cabinet"], ignore_index=True)
    c["end"] = c.groupby("iso3").start.shift(-1).fillna(pd.Timestamp("2100-01-01"))
    return c


def mean_by_days(values: pd.Series, days: pd.Series) -> float:
    """Return the mean of the known values, weighted by days in office; nan where none is known."""
    known = values.notna()
    return np.average(values[known], weights=days[known]) if days[known].sum() > 0 else np.nan


def table() -> pd.DataFrame:
    """Return left-right positions, size and changes of the cabinets of each year, and its
    elections.
    """
    c = cabinets()
    rows = []
    for year in YEARS:
        first, after = pd.Timestamp(year, 1, 1), pd.Timestamp(year + 1, 1, 1)
        days = (c.end.clip(upper=after) - c.start.clip(lower=first)).dt.days
        for iso3, here in c[days > 0].assign(days=days).groupby("iso3"):
            longest = here[here.days == here.days.max()].iloc[
                -1
            ]  # of two that lasted as long, the later
            rows.append(
                {
                    "iso3": iso3,
                    "year": year,
                    "pg_cabinet_lr": mean_by_days(here.lr, here.days),
                    "pg_pm_lr": mean_by_days(here.pm_lr, here.days),
                    "pg_cabinet_parties": longest.parties,
                    "pg_coalition": int(longest.parties > 1),
                    "pg_cabinet_seatshare": longest.share,
                    "pg_minority": int(longest.share < 0.5),
                    "pg_lr_range": longest["range"],
                    "pg_new_cabinets": (here.start >= first).sum(),
                }
            )
    t = pd.DataFrame(rows)
    out = by_iso3(t, list(t.columns[2:]))
    e = read("parlgov_election.csv")
    country = read("parlgov_country.csv")
    iso3 = dict(zip(country.id, country.name_short, strict=False))
    e = e[e.type_id == PARLIAMENT].assign(
        iso3=e.country_id.map(iso3), year=e.date.str[:4].astype(int)
    )
    held = set(zip(e.iso3, e.year, strict=False))
    start = e.groupby("iso3").year.min()
    out["pg_leg_election"] = [int(k in held) if k[0] in start.index else np.nan for k in out.index]
    return out
