"""The sources that this run's rows name, with their entries in the bibliography."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import pandas as pd

from ...base.records import records
from .report_results import Results

KINDS = {
    "scholarly": "Scholarly works",
    "data": "Data sets",
    "official": "Official documents",
    "news": "News",
    "encyclopedia": "Encyclopedias",
    "other": "Other",
    "recalled": "Recalled, not read again",
}
PARTS = (
    "authors", "year", "title", "publisher", "url", "licence", "share_alike", "what_was_read",
    "kind",
)  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """One source: the id that the rows name it by, what is printed, an address that a browser may
    open (or none), how often it is named.
    """

    source_id: str
    authors: str
    year: str
    title: str
    publisher: str
    url: str
    licence: str
    share_alike: str
    what_was_read: str
    kind: str
    link: str
    rows: int


def references(results: Results, used: set[str], states: bool = True) -> dict[str, list[Reference]]:
    """Return the sources by kind, each sorted by authors, year and title.

    Parameters
    ----------
    used : set of str
        Names that the config mentions: of a table with a dictionary, only the sources of such
        columns count.
    states : bool
        Whether the run uses the list of states; else its sources stand behind nothing.
    """
    named = _named(results.canonical, results.dictionaries, used, states)
    entries = {entry["source_id"]: entry for entry in records(results.bibliography)}
    found = [_reference(source, entries.get(source, {}), rows) for source, rows in named.items()]
    kinds = [*KINDS, *sorted({reference.kind for reference in found} - set(KINDS))]
    return {
        KINDS.get(kind, kind): sorted(
            (reference for reference in found if reference.kind == kind), key=_order
        )
        for kind in kinds
        if any(reference.kind == kind for reference in found)
    }


def _named(
    canonical: Mapping[tuple[str, str], pd.DataFrame],
    dictionaries: Mapping[str, pd.DataFrame],
    used: set[str],
    states: bool,
) -> Counter[str]:
    """Return how many rows name each source; a column of a table with a dictionary counts as
    one.
    """
    counts: Counter[str] = Counter()
    columns = [table.loc[table["variable"].isin(used)] for table in dictionaries.values()]
    own = [table for (_, name), table in canonical.items() if states or name != "states"]
    for table in [*own, *columns]:
        if "source_id" in table:
            counts.update(
                part
                for cell in table["source_id"]
                for part in dict.fromkeys(cell.split(";"))
                if part
            )
    return counts


def _reference(source: str, entry: Mapping[str, str], rows: int) -> Reference:
    texts = {part: entry.get(part, "") for part in PARTS} | {"kind": entry.get("kind") or "other"}
    return Reference(source_id=source, **texts, link=link(texts["url"]), rows=rows)


def link(address: str) -> str:
    """Return an address that may stand behind a link: http or https with a host; empty for anything
    else, whatever it looks like.
    """
    address = address.strip()
    if re.fullmatch(r"(github\.com|doi\.org)/[^\s@]+", address):
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (
        address
        if parts.scheme in ("http", "https") and parts.netloc and not re.search(r"\s", address)
        else ""
    )


def domain(address: str) -> str:
    """Return the part of an address that says whose page it is; the link itself holds the rest."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address.strip()).partition("/")[0] or address


def _order(reference: Reference) -> tuple[str, str, str, str]:
    return (
        (reference.authors or reference.title).casefold(),
        reference.year,
        reference.title.casefold(),
        reference.source_id,
    )
