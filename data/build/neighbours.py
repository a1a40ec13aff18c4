"""Land neighbours (COW direct contiguity 3.2), strategic rivals (Thompson, Sakuwa, Suhas) and their
power.
"""

import pandas as pd
from base import AFGHANISTAN, IRAN, IRAQ, RUSSIA, YEARS, date, read, states


def land() -> set[tuple[int, int, int]]:
    """Pairs of states with a land or river border in a year; the list ends in 2016 and is carried
    on.
    """
    t = read("cow_contdir.rda")
    t = t[t.conttype == 1]
    rows = set()
    for p in t.itertuples():
        first, last = date(p.stdate).year, date(p.enddate).year
        last = 2018 if last >= 2016 else last
        a, b = (255 if int(c) == 260 else int(c) for c in (p.ccode1, p.ccode2))
        rows |= {(y, *pair) for y in YEARS if first <= y <= last for pair in ((a, b), (b, a))}
    return rows


def rivals() -> set[tuple[int, int, int]]:
    """Return (year, COW code, COW code) of strategic rivals, both ways."""
    t = read("tss_rivalries.rda")
    rows = set()
    for p in t.itertuples():
        a, b = (255 if int(c) == 260 else int(c) for c in (p.ccode1, p.ccode2))
        rows |= {(y, *pair) for y in YEARS if p.start <= y <= p.end for pair in ((a, b), (b, a))}
    return rows


def table() -> pd.DataFrame:
    """Return numbers of neighbours and rivals, which they are, and relative capability (CINC)."""
    power = (
        read("cow_nmc.rda")
        .assign(ccode=lambda t: t.ccode.astype(int))
        .set_index(["ccode", "year"])
        .cinc
    )
    member = set(zip(states().year, states().ccode, strict=False))
    near, hostile = (
        {r for r in rows if (r[0], r[1]) in member and (r[0], r[2]) in member}
        for rows in (land(), rivals())
    )
    out = states().copy()

    def of(rows):
        return {key: [b for _, _, b in group] for key, group in _group(rows)}

    near_of, hostile_of = of(near), of(hostile)
    rows = []
    for s in out.itertuples():
        key = (s.year, s.ccode)
        n, r = near_of.get(key, []), hostile_of.get(key, [])
        mine = power.get((s.ccode, s.year))

        def strongest(codes):
            return max((power.get((c, s.year), float("nan")) for c in codes), default=float("nan"))

        def named(codes, code):
            return float("nan") if s.ccode == code else int(code in codes)

        rows.append(
            {
                "n_land_neighbours": len(n),
                "contig_russia": named(n, RUSSIA),
                "contig_iraq": named(n, IRAQ),
                "contig_iran": named(n, IRAN),
                "contig_afghanistan": named(n, AFGHANISTAN),
                "contig_rival_land": int(bool(set(n) & set(r))),
                "rivalry_count": len(r),
                "rival_russia": named(r, RUSSIA),
                "rival_iraq": named(r, IRAQ),
                "rival_iran": named(r, IRAN),
                "cap_ratio_strongest_neighbour": mine / strongest(n),
                "cap_ratio_strongest_rival": mine / strongest(r),
                "sum_rival_cinc": sum(power.get((c, s.year), 0) for c in r),
            }
        )
    return pd.DataFrame(rows, index=out.set_index(["iso3", "year"]).index)


def _group(rows: set[tuple[int, int, int]]) -> list[tuple[tuple[int, int], list]]:
    found: dict[tuple[int, int], list] = {}
    for r in sorted(rows):
        found.setdefault(r[:2], []).append(r)
    return list(found.items())
