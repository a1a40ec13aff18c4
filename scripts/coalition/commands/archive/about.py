"""What a deposit says of itself: title, versions, authors, licence, how to cite it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...workflow import provenance
from .wrapped import bullets

LICENCES: Mapping[str, tuple[str, str]] = {
    "CC0-1.0": (
        "Creative Commons Zero 1.0 Universal",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    "CC-BY-4.0": (
        "Creative Commons Attribution 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    "CC-BY-SA-4.0": (
        "Creative Commons Attribution-ShareAlike 4.0 International",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    "CC-BY-NC-4.0": (
        "Creative Commons Attribution-NonCommercial 4.0 International",
        "https://creativecommons.org/licenses/by-nc/4.0/",
    ),
    "ODC-By-1.0": (
        "Open Data Commons Attribution License 1.0",
        "https://opendatacommons.org/licenses/by/1-0/",
    ),
    "MIT": ("MIT License", "https://opensource.org/license/mit"),
}
"""Licences that the config offers, by their names in the SPDX list: title, address."""
VERSION = "VERSION"
"""File beside the list of states that holds the version of the data."""


@dataclass(frozen=True)
class Author:
    """A person, or a group under one name.

    name : as a bibliography has it ("Family, Given"); the others are "" where CITATION.cff does not
    say them.
    """

    name: str
    person: bool
    orcid: str = ""
    affiliation: str = ""


@dataclass(frozen=True)
class About:
    """What stands on every page of a deposit.

    settings : the block `archive` of the config; year : in which the run was made.
    """

    settings: Mapping[str, Any]
    run: str
    data_version: str
    program_version: str
    authors: tuple[Author, ...]
    program_licence: str
    year: str
    made: str

    @property
    def data_name(self) -> str:
        """Name of the data package and of the folder in it."""
        return f"{self.settings['name']}-data-{self.data_version}"

    @property
    def replication_name(self) -> str:
        """Name of the replication package and of the folder in it."""
        return f"{self.settings['name']}-replication-{self.program_version}"

    @property
    def licence(self) -> str:
        """Licence of the project's own coding, by its name in the SPDX list."""
        return str(self.settings["data_licence"])

    @property
    def licence_sentence(self) -> str:
        """Return the licence in words, and whether the owner has decided on it."""
        title, address = LICENCES[self.licence]
        decided = (
            "" if self.settings.get("licence_confirmed") else "; proposed, the owner's to confirm"
        )
        return f"{title} ({self.licence}, {address}{decided})"

    @property
    def byline(self) -> str:
        """Return the authors as a bibliography has them."""
        return " and ".join(author.name for author in self.authors)

    def cited(self, what: str, version: str) -> str:
        """Return how to cite the data or the replication package."""
        return f'{self.byline}. {self.year}. "{self.settings["title"]}: {what}." Version {version}.'

    def confirmation(self) -> list[str]:
        """Return the section of a page that says so; nothing where all is decided."""
        notes = self.to_confirm()
        title = "## The owner's to confirm before this is published"
        return [title, "", *bullets(notes)] if notes else []

    def to_confirm(self) -> list[str]:
        """Return what the owner has still to decide or to state, one sentence each."""
        found = []
        if not self.settings.get("licence_confirmed"):
            found.append(
                f"The licence of the own coding, {self.licence}, is proposed: set "
                "archive.licence_confirmed to true in the config, or choose another data_licence."
            )
        if not any(author.person for author in self.authors):
            found.append(
                "No person is named as an author: add family-names, given-names and orcid to "
                "CITATION.cff."
            )
        elif not all(author.orcid for author in self.authors if author.person):
            found.append("Not every author has an ORCID in CITATION.cff.")
        if not self.settings.get("contact"):
            found.append("No contact is named (archive.contact); Dataverse asks for one.")
        if not self.settings.get("funding"):
            found.append("No funding is stated (archive.funding); leave it so if there was none.")
        return found


def about(manifest: Mapping[str, Any]) -> About:
    """Return what a deposit of a run says of itself; "" and nothing for what is not stated."""
    config, citation = manifest["config"], provenance.citation()
    return About(
        settings=config.get("archive") or {},
        run=manifest["run"],
        data_version=data_version(config),
        program_version=str(manifest.get("version") or ""),
        authors=tuple(map(_author, citation.get("authors") or [])),
        program_licence=str(citation.get("license") or ""),
        year=str(manifest["made"])[:4],
        made=str(manifest["made"]),
    )


def data_version(config: Mapping[str, Any]) -> str:
    """Return the version of the data, from the file beside the list of states; "" without one."""
    path = Path(config["states"]).parent / VERSION
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def _author(entry: Mapping[str, Any]) -> Author:
    def said(key: str) -> str:
        return str(entry.get(key) or "")

    family = f"{said('name-particle')} {said('family-names')}".strip()
    person = ", ".join(part for part in (family, said("given-names")) if part)
    orcid = said("orcid").rpartition("/")[2]
    return Author(person or said("name"), bool(person), orcid, said("affiliation"))
