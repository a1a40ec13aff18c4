"""What a state is called -> its ISO 3166-1 alpha-3 code, by codes, by names in any language, and by
declared overrides.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd

from ..base.errors import Problems, nearest
from ..base.yaml_text import setting, written
from .country_aliases import ALIASES, HISTORIC, HISTORIC_CODES, OTHER_CODES
from .mojibake import turned_back

LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "nl", "da", "sv", "nb", "pl", "ru", "tr", "ar")
"""Languages whose names of states are known, from the Unicode consortium's locale data."""
NO_MORE = ("ANT", "BUR", "DDR", "FXX", "NTZ", "SCG", "SUN", "TMP", "YMD", "YUG", "ZAR")
"""Three-letter codes that ISO 3166-3 has withdrawn, some for another code of the same state."""
ALSO_ISO2 = {"uk": "GBR", "el": "GRC", "xk": "XKX"}
"""Two-letter codes that are no state's in ISO 3166-1 and that the European Union uses."""
SHORT = {
    "rep": "republic", "dem": "democratic", "fed": "federal", "is": "islands", "isl": "islands",
    "st": "saint", "ste": "saint", "u": "united", "sts": "states", "ppl": "people",
    "peoples": "people",
}  # fmt: skip
FILLING = ("of", "the", "and", "s", "y", "et", "und")
"""Words that a name can do without when its other words are all there."""
FORM = re.compile(
    r"^(the )?((federal|islamic|federative) )?(republic|kingdom|state|principality|commonwealth|"
    r"grand duchy|sultanate|independent state) of (the )?"
)
"""The form of a state before its name; not "democratic" or "people's", which told two states of one
name apart.
"""
UMLAUT = re.compile(r"([aou])e")
"""How German writes ä, ö and ü without them: Oesterreich."""
CLOSE = 0.8
"""How alike a name must be (Ratcliff and Obershelp's ratio) to be suggested."""


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
    plain = plain.replace("ß", "ss").replace("ø", "o").replace("&", " and ")
    plain = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", plain)  # U.K. is UK
    plain = re.sub(r"[^\w()]+", " ", plain).strip()
    return re.sub(r"\bst\b", "saint", re.sub(r"^the ", "", plain))


def _words(name: str) -> str:
    """Return the words of a name that carry it, short forms written out, in the order of the
    alphabet: "Korea, Rep." and "Republic of Korea" are one.
    """
    words = re.sub(r"[()]", " ", fold(name)).split()
    return " ".join(sorted(SHORT.get(word, word) for word in words if word not in FILLING))


SPELT = {fold(name) for name in HISTORIC}
OLD = {_words(name): codes for name, codes in HISTORIC.items()}
"""Names of more than one state, or of one that is no more, by their words."""


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
    return names, {code.casefold(): three for code, three in alpha3.items()} | ALSO_ISO2


def _only(names: Mapping[str, str], codes: Collection[str]) -> dict[str, str]:
    return {name: code for name, code in names.items() if code in codes}


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
    own = {fold(name): code for name, code in zip(states["country"], states["iso3"], strict=True)}
    valid = set(states["iso3"])
    for code, names in ALIASES.items():
        own |= {fold(name): code for name in names if code in valid}
    codes = {name: _numbers(states, f"{name}_code") for name in ("cow", "gw")}
    return Names(
        known={
            "iso3": {code.casefold(): code for code in valid},
            "iso2": _only(two, valid),
            "name": _only(local, valid) | own,
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
    """Return the state that a cell names in a system; None where it names none, or several."""
    if fold(cell) in names.overrides:
        return names.overrides[fold(cell)]
    if system == "name":
        return None if _historic(cell, names) else _by_name(cell, names)
    number = _number(cell) if system in ("cow", "gw") else cell
    return names.known[system].get(number.casefold())


def _number(cell: str) -> str:
    """Return a code as a whole number is written."""
    return cell.removesuffix(".0").lstrip("0")


def _historic(cell: str, names: Names) -> bool:
    """Tell whether a name is one of several states, or of one that is no more."""
    folded = fold(cell)
    return folded in SPELT or (folded not in names.known["name"] and _words(cell) in OLD)


def _by_name(cell: str, names: Names) -> str | None:
    """Return the state of a name, word for word or by the words that it has in any order."""
    known = names.known["name"]
    found = known.get(fold(cell)) or _by_words(names).get(_words(cell))
    bare = FORM.sub("", fold(cell))
    found = found or (known.get(bare) if bare not in SPELT else None)
    return found or known.get(UMLAUT.sub(r"\1", fold(cell)))


def _by_words(names: Names) -> Mapping[str, str]:
    """Return the states by the words of their names; those of two states by none."""
    key = id(names.known)
    if key not in WORDS:
        found: dict[str, set[str]] = {}
        for name, code in names.known["name"].items():
            found.setdefault(_words(name), set()).add(code)
        WORDS.clear()
        WORDS[key] = (names, {w: next(iter(c)) for w, c in found.items() if len(c) == 1})
    return WORDS[key][1]


WORDS: dict[int, tuple[Names, Mapping[str, str]]] = {}
"""The last states whose names were taken apart, kept so that their id stays theirs."""


def _explain(
    cell: str, system: str, names: Names, path: str, line: int, column: str, problems: Problems
) -> None:
    """Say why a cell is no state, with what it may mean."""
    if cell == "":
        message = "no state is named; `overrides: {'': null}` leaves such rows out"
        problems.add(path, message, row=line, column=column)
        return
    if system == "name" and _historic(cell, names):
        message = "a name of several states, or of one that is no more; say which in `overrides`"
        allowed = ", ".join(_there(OLD[_words(cell)], names))
        problems.add(path, message, row=line, column=column, value=cell, allowed=allowed)
        return
    if _number(cell) in (old := HISTORIC_CODES.get(system, {})):
        name, years, every = old[_number(cell)]
        means = _there(every, names)
        message = (
            f"the code of a state that is no more: {name}, "
            f"{years}{_other_system(cell, system, names)}; "
            f"say in `overrides` which state its rows are ({setting(cell, means[0])}), or "
            f"leave them "
            f"out ({setting(cell, None)})"
        )
        allowed = ", ".join(means)
        problems.add(path, message, row=line, column=column, value=cell, allowed=allowed)
        return
    kinds = {
        "iso3": "ISO 3166-1 alpha-3 codes",
        "iso2": "ISO 3166-1 alpha-2 codes",
        "cow": "codes of the Correlates of War",
        "gw": "codes of Gleditsch and Ward",
    }
    problems.add(
        path,
        "not a state that is known" + _other_system(cell, system, names),
        row=line,
        column=column,
        value=cell,
        allowed=kinds.get(system, "names of states") + "; `overrides` can declare more, or leave "
        f"rows out: {written({cell: None})}",
        nearest=suggestion(cell, names) if system == "name" else _other_code(cell, names),
    )


def _there(states: tuple[str, ...], names: Names) -> tuple[str, ...]:
    """Return those of some states that are in the table of states; all where none is."""
    return tuple(code for code in states if code.casefold() in names.known["iso3"]) or states


def _other_system(cell: str, system: str, names: Names) -> str:
    """Return in words what a cell is in another system, where it is a state there."""
    numbers = ("cow", "gw") if system in ("cow", "gw") else ()
    for other in ("iso3", "iso2", "name", *numbers):
        if other != system and (code := _code(cell, other, names)) is not None:
            return f" by `as: {system}`; by `as: {other}` it is {code}"
    repaired = turned_back(cell, "cp1252")
    if system == "name" and repaired != cell and _by_name(repaired, names):
        return "; a text in a wrong encoding, which `repair: cp1252` in `reading` turns back"
    return ""


def meant(word: str, names: Names) -> str | None:
    """Return the state that a word means in any system of letters; None where it means none."""
    for system in ("iso3", "name", "iso2"):
        if (code := _code(word, system, names)) is not None:
            return code
    return _other_code(word, names)


def _other_code(word: str, names: Names) -> str | None:
    """Return the state of a code of sport or of the Correlates of War that is nobody's in ISO
    3166-1.
    """
    return names.known["iso3"].get(OTHER_CODES.get(word.strip().upper(), "").casefold())


def suggestion(cell: str, names: Names) -> str | None:
    """Return the name that is most like one that is not known, with its state; None where none is
    close, or two states are about as close.
    """
    known = names.known["name"]
    close = difflib.get_close_matches(fold(cell), list(known), n=5, cutoff=CLOSE)
    if not close:
        return None

    def like(name: str) -> float:
        return difflib.SequenceMatcher(None, fold(cell), name).ratio()

    best = max(close, key=like)
    rivals = [name for name in close if known[name] != known[best]]
    if any(like(best) - like(name) < 0.05 for name in rivals):
        return None
    return f"{best} ({known[best]})"
