"""What a state is called -> its ISO 3166-1 alpha-3 code, by codes, by names in any language, and by
declared overrides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd

from ..base.errors import Problems, nearest

LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "nl", "da", "sv", "nb", "pl", "ru", "tr", "ar")
"""Languages whose names of states are known, from the Unicode consortium's locale data."""
NO_MORE = ("ANT", "BUR", "DDR", "FXX", "NTZ", "SCG", "SUN", "TMP", "YMD", "YUG", "ZAR")
"""Three-letter codes that ISO 3166-3 has withdrawn, some for another code of the same state."""
ALSO_ISO2 = {"uk": "GBR", "el": "GRC", "xk": "XKX"}
"""Two-letter codes that are no state's in ISO 3166-1 and that the European Union uses."""
HISTORIC = {
    "czechoslovakia": ("CZE", "SVK"),
    "yugoslavia": ("SRB", "BIH", "HRV", "MKD", "MNE", "SVN"),
    "serbia and montenegro": ("SRB", "MNE"),
    "soviet union": ("RUS", "UKR", "BLR"),
    "ussr": ("RUS", "UKR", "BLR"),
    "east germany": ("DEU",),
    "german democratic republic": ("DEU",),
    "west germany": ("DEU",),
    "korea": ("KOR", "PRK"),
    "congo": ("COD", "COG"),
    "china (taiwan)": ("TWN", "CHN"),
    "sudan (former)": ("SDN", "SSD"),
    "yemen arab republic": ("YEM",),
    "south vietnam": ("VNM",),
    "guinea (equatorial)": ("GNQ",),
}
"""Names that no state of today has, or that two share, with the states that they may mean."""


@dataclass(frozen=True)
class Names:
    """What each system calls a state: system -> name or code, folded -> iso3."""

    known: Mapping[str, Mapping[str, str]]
    overrides: Mapping[str, str] = field(default_factory=dict)


def fold(name: str) -> str:
    """Return a name without accents, case, punctuation and a leading article, so that spellings
    meet.
    """
    plain = "".join(
        part for part in unicodedata.normalize("NFKD", name) if not unicodedata.combining(part)
    ).casefold()
    plain = re.sub(r"[^\w()]+", " ", plain.replace("&", " and ")).strip()
    return re.sub(r"\bst\b", "saint", re.sub(r"^the ", "", plain))


@cache
def _from_locales() -> tuple[dict[str, str], dict[str, str]]:
    """Return names in every language and two-letter codes, each to iso3."""
    from babel import Locale  # here, because it is slow to import and few tables need it
    from babel.core import get_global

    alpha3 = {
        two[0]: three
        for three, two in get_global("territory_aliases").items()
        if len(three) == 3 and three.isalpha() and len(two) == 1 and three not in NO_MORE
    }
    names: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in alpha3:
                names.setdefault(fold(name), alpha3[code])
    return names, ALSO_ISO2 | {code.casefold(): three for code, three in alpha3.items()}


def names_of(states: pd.DataFrame, overrides: Mapping[str, str] | None = None) -> Names:
    """Return what states can be called.

    Parameters
    ----------
    states : DataFrame
        The table of states: iso3, country, cow_code, gw_code.
    overrides : mapping, optional
        Names of the user's own -> iso3; they come before all else.
    """
    local, two = _from_locales()
    own = {fold(row.country): row.iso3 for row in states.itertuples()}
    valid = set(states["iso3"])
    codes = {name: _numbers(states, f"{name}_code") for name in ("cow", "gw")}
    return Names(
        known={
            "iso3": {code.casefold(): code for code in valid},
            "iso2": {code: three for code, three in two.items() if three in valid},
            "name": {name: three for name, three in local.items() if three in valid} | own,
            **codes,
        },
        overrides={fold(name): code for name, code in (overrides or {}).items()},
    )


def _numbers(states: pd.DataFrame, column: str) -> dict[str, str]:
    if column not in states:
        return {}
    known = states.dropna(subset=[column])
    return {str(int(code)): iso3 for code, iso3 in zip(known[column], known["iso3"], strict=True)}


def identify(
    raw: pd.DataFrame, rule: Mapping[str, Any], names: Names, path: str, problems: Problems
) -> pd.DataFrame:
    """Fill in the column iso3 from whatever names the states.

    Parameters
    ----------
    raw : DataFrame of str
    rule : mapping
        column (what names the state), as (iso3, iso2, cow, gw or name) and overrides (name -> iso3,
        or null to leave its rows out).
    names : Names
    path : str
        For messages.
    problems : Problems
        Takes each name that is not known, is historic, or may mean several states, with the
        candidates.

    Returns
    -------
    DataFrame of str
        With iso3 in place of the column; rows of names that are overridden by null are gone.
    """
    column, system = rule["column"], rule.get("as", "name")
    if column not in raw:
        problems.add(
            path,
            f"the column {column!r}, which `state` names, is not in the file",
            row=1,
            nearest=nearest(column, raw.columns),
        )
        return raw
    overrides = {fold(str(name)): code for name, code in rule.get("overrides", {}).items()}
    found: dict[str, str | None] = {}
    for line, cell in raw[column].items():
        if cell in found:
            continue
        folded = fold(cell)
        if folded in overrides:
            found[cell] = overrides[folded]
        else:
            found[cell] = _code(cell, system, names)
            if found[cell] is None:
                # its rows go; nothing will be computed without them
                _explain(cell, system, names, path, int(line), column, problems)
    left_out = raw[column].map(found).isna()
    kept = raw[~left_out]
    return kept.assign(iso3=kept[column].map(found)).drop(
        columns=[column] if column != "iso3" else []
    )


def _code(cell: str, system: str, names: Names) -> str | None:
    if fold(cell) in names.overrides:
        return names.overrides[fold(cell)]
    if system == "name":
        return None if fold(cell) in HISTORIC else names.known["name"].get(fold(cell))
    return names.known[system].get(
        cell.casefold().removesuffix(".0").lstrip("0")
        if system in ("cow", "gw")
        else cell.casefold()
    )


def _explain(
    cell: str, system: str, names: Names, path: str, line: int, column: str, problems: Problems
) -> None:
    folded = fold(cell)
    if system == "name" and folded in HISTORIC:
        message = "a name of several states, or of one that is no more; say which in `overrides`"
        problems.add(
            path, message, row=line, column=column, value=cell, allowed=", ".join(HISTORIC[folded])
        )
        return
    kinds = {
        "iso3": "ISO 3166-1 alpha-3 codes",
        "iso2": "ISO 3166-1 alpha-2 codes",
        "cow": "codes of the Correlates of War",
        "gw": "codes of Gleditsch and Ward",
    }
    allowed = kinds.get(system, "names of states; more can be declared in `overrides`")
    close = nearest(folded, names.known[system])
    candidate = f"{close} ({names.known[system][close]})" if close else None
    problems.add(
        path,
        "not a state that is known",
        row=line,
        column=column,
        value=cell,
        allowed=allowed,
        nearest=candidate,
    )
