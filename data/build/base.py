"""What every source script shares: raw files, the list of states, matching codes to rows."""

import functools
import re
import warnings
from pathlib import Path

import pandas as pd
import rdata

YEARS = range(1990, 2019)
US, RUSSIA, IRAQ, IRAN, AFGHANISTAN = 2, 365, 645, 630, 700
RAW = None  # set by build.py


@functools.cache
def read(name: str) -> pd.DataFrame:
    """One raw file as a table; R dates become days since 1970 (as R stores them)."""
    path = Path(RAW) / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if path.suffix in (".rda", ".RData"):
            return next(iter(rdata.read_rda(path).values()))
        if path.suffix == ".rds":
            return rdata.read_rds(path)
        if path.suffix == ".dta":
            return pd.read_stata(path)
        try:
            return pd.read_csv(path, low_memory=False)
        except UnicodeDecodeError:
            return pd.read_csv(path, low_memory=False, encoding="latin-1")


def date(days: pd.Series) -> pd.Series:
    """Return R's dates, days since 1970, as timestamps."""
    return pd.to_datetime(days, unit="D", origin="1970-01-01")


# COW code -> ISO-3, where the code list has none or another. East Germany and the two Yemens of
# early 1990 are no rows.
OWN_ISO3 = {
    255: "DEU",
    260: "DEU",
    345: "SRB",
    347: "XKX",
    315: "CSK",
    679: "YEM",
    365: "RUS",
    316: "CZE",
    816: "VNM",
}
DROPPED = {265, 678, 680}
# Gleditsch-Ward code -> COW code, where they differ
COW_OF_GW = {260: 255, 340: 345, 678: 679, 970: 946, 971: 970, 972: 955, 973: 947}


def iso3_of_cow() -> dict[int, str]:
    """Return the code list's COW code -> ISO-3, with our own where it has none or another."""
    codes = read("codelist_without_cldr.csv").dropna(subset=["cown", "iso3c"])
    return {**dict(zip(codes.cown.astype(int), codes.iso3c, strict=False)), **OWN_ISO3}


@functools.cache
def states() -> pd.DataFrame:
    """Rows of the table: states that were members of the COW system on any day of the year; the
    list ends in 2016 and is carried on to 2018.
    """
    system = read("cw_system.rda")
    iso3 = iso3_of_cow()
    rows = []
    for s in system.itertuples():
        code = int(s.ccode)
        if code in DROPPED:
            continue
        first, last = date(s.start).year, date(s.end).year
        last = 2018 if last >= 2016 else last
        rows += [
            {"iso3": iso3[code], "year": y, "ccode": 255 if code == 260 else code}
            for y in YEARS
            if first <= y <= last
        ]
    table = (
        pd.DataFrame(rows)
        .drop_duplicates(["iso3", "year"])
        .sort_values(["iso3", "year"], ignore_index=True)
    )
    return table


def by_cow(
    table: pd.DataFrame, code: str = "ccode", columns: list[str] | None = None
) -> pd.DataFrame:
    """Columns of a table keyed by COW code and year, on the rows of the state list. Code 260 (West
    Germany) is read as 255; of two rows the first of the file counts.
    """
    t = table.rename(columns={code: "ccode"}).copy()
    t = t[t.ccode.notna() & t.year.notna()]
    t["ccode"] = t.ccode.astype(int).replace({260: 255})
    t["year"] = t.year.astype(int)
    t = t[t.year.between(min(YEARS), max(YEARS))]
    columns = columns or [c for c in t.columns if c not in ("ccode", "year")]
    t = t.drop_duplicates(["ccode", "year"])
    return (
        states()
        .merge(t[["ccode", "year", *columns]], on=["ccode", "year"], how="left")
        .set_index(["iso3", "year"])[columns]
    )


def by_iso3(table: pd.DataFrame, columns: list[str] | None) -> pd.DataFrame:
    """Return columns of a table keyed by ISO-3 and year, on the rows of the state list."""
    t = table[table.year.isin(YEARS)].drop_duplicates(["iso3", "year"])
    return (
        states()
        .merge(t[["iso3", "year", *columns]], on=["iso3", "year"], how="left")
        .set_index(["iso3", "year"])[columns]
    )


def text(value: object) -> str:
    """How a number is written: whole numbers below 1e9 in full, all others with six significant
    digits.
    """
    if pd.isna(value) or isinstance(value, str):
        return "" if pd.isna(value) else value
    short = f"{value:.6g}"
    if float(value).is_integer():
        return str(int(value if abs(value) < 1e9 else float(short)))
    return short


# Names in the sources that the patterns of the code list do not match, or match to another row of
# this table (None: no row)
OWN_NAMES = {
    "Czechoslovakia": "CSK",
    "Kosovo": "XKX",
    "Timor": "TLS",
    "Yugoslavia": "SRB",
    "St. Christopher": "KNA",
    "st. christopher": "KNA",
    "Cent. Af. Rep.": "CAF",
    "PRC": "CHN",
    "Dom. Rep.": "DOM",
    "ROK": "KOR",
    "PRK": "PRK",
    "S. Africa": "ZAF",
    "P. N. Guinea": "PNG",
    "Turk Cyprus": None,
    "East Germany": None,
    "German Democratic Republic": None,
    "GDR": None,
    "Yemen (PDR)": None,
    "South Yemen": None,
    "Republic of Vietnam": None,
}


def names_to_iso3(names: pd.Series) -> pd.Series:
    """Names -> ISO-3 by the patterns of the code list (country.name.en.regex), after the names
    fixed by hand.
    """
    codes = read("codelist_without_cldr.csv").dropna(subset=["iso3c", "country.name.en.regex"])
    patterns = [
        (re.compile(p, re.I), c)
        for p, c in zip(codes["country.name.en.regex"], codes.iso3c, strict=False)
    ]
    found = {
        n: OWN_NAMES[n] if n in OWN_NAMES else next((c for p, c in patterns if p.search(n)), None)
        for n in names.dropna().unique()
    }
    return names.map(found)
