"""Metadata of the deposit for Dataverse and Zenodo, and the page that says how to upload."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from .about import LICENCES, About, Author
from .wrapped import bullet, page, paragraph

HOW = "HOW_TO_UPLOAD.md"
OUTER = "upload-to-dataverse.zip"
"""A zip around both packages: Dataverse unpacks one layer, and the packages stay whole."""
ZENODO_LICENCES = {
    "CC0-1.0": "cc-zero", "CC-BY-4.0": "cc-by-4.0", "CC-BY-SA-4.0": "cc-by-sa-4.0",
    "CC-BY-NC-4.0": "cc-by-nc-4.0", "ODC-By-1.0": "odc-by-1.0",
}  # fmt: skip


def files(about: About) -> dict[str, bytes]:
    """Return the files of the folder `deposit`: name -> content."""
    found = {"dataverse.json": dataverse(about), "zenodo.json": zenodo(about)}
    made = {
        name: (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
        for name, content in found.items()
    }
    return made | {HOW: how(about).encode()}


# -- Dataverse


def _one(name: str, value: str) -> dict[str, Any]:
    return {"typeName": name, "multiple": False, "typeClass": "primitive", "value": value}


def _several(name: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"typeName": name, "multiple": True, "typeClass": "compound", "value": entries}


def _compound(**values: str) -> dict[str, Any]:
    return {name: _one(name, value) for name, value in values.items() if value}


def dataverse(about: About) -> dict[str, Any]:
    """Return the dataset as Dataverse's native API takes it (`POST .../datasets`)."""
    settings, contact = about.settings, about.settings.get("contact") or {}
    title, address = LICENCES[about.licence]
    fields = [
        _one("title", settings["title"]),
        _several("author", [_dataverse_author(author) for author in about.authors]),
        _several("dsDescription", [_compound(dsDescriptionValue=settings["description"])]),
        {
            "typeName": "subject",
            "multiple": True,
            "typeClass": "controlledVocabulary",
            "value": [settings.get("subject", "Social Sciences")],
        },
        _several(
            "keyword", [_compound(keywordValue=word) for word in settings.get("keywords", [])]
        ),
        _several("publication", [_publication(entry) for entry in settings.get("related", [])]),
        _several("grantNumber", [_grant(entry) for entry in settings.get("funding", [])]),
    ]
    if contact:
        entry = _compound(datasetContactName=contact["name"], datasetContactEmail=contact["email"])
        fields.insert(2, _several("datasetContact", [entry]))
    return {
        "datasetVersion": {
            "license": {"name": f"{about.licence.replace('-', ' ', 1)}", "uri": address},
            "termsOfAccess": "",
            "versionNote": f"Data {about.data_version}, program {about.program_version}. {title} "
            "covers the own coding; tables in third_party/ keep the terms of their sources.",
            "metadataBlocks": {
                "citation": {
                    "displayName": "Citation Metadata",
                    "fields": [field for field in fields if field["value"]],
                }
            },
        }
    }


def _controlled(name: str, value: str) -> dict[str, Any]:
    """Return a field whose value is of a list that Dataverse knows."""
    fixed = {"multiple": False, "typeClass": "controlledVocabulary"}
    return {name: {"typeName": name, **fixed, "value": value}}


def _dataverse_author(author: Author) -> dict[str, Any]:
    found = _compound(authorName=author.name, authorAffiliation=author.affiliation)
    if author.orcid:
        found |= _compound(authorIdentifier=author.orcid)
        found |= _controlled("authorIdentifierScheme", "ORCID")
    return found


def _publication(entry: Mapping[str, str]) -> dict[str, Any]:
    found = _compound(publicationCitation=entry["citation"])
    if doi := entry.get("doi"):
        found |= _compound(publicationIDNumber=doi, publicationURL=f"https://doi.org/{doi}")
        found |= _controlled("publicationIDType", "doi")
    return found


def _grant(entry: Mapping[str, str]) -> dict[str, Any]:
    return _compound(grantNumberAgency=entry["agency"], grantNumberValue=entry.get("award", ""))


# -- Zenodo


def zenodo(about: About) -> dict[str, Any]:
    """Return the metadata as Zenodo's API takes them (`PUT .../deposit/depositions/ID`)."""
    settings = about.settings
    grants = [
        " ".join(part for part in (entry["agency"], entry.get("award", "")) if part)
        for entry in settings.get("funding", [])
    ]
    notes = (
        f"The licence covers the project's own coding; the code is under {about.program_licence}, "
        "tables in third_party/ keep the terms of their sources."
    )
    notes += f" Funding: {'; '.join(grants)}." if grants else ""
    return {
        "metadata": {
            "title": settings["title"],
            "upload_type": "dataset",
            "description": f"<p>{escape(settings['description'])}</p>",
            "creators": [_zenodo_author(author) for author in about.authors],
            "keywords": list(settings.get("keywords", [])),
            "access_right": "open",
            "license": ZENODO_LICENCES[about.licence],
            "version": about.data_version,
            "notes": notes,
            "related_identifiers": [
                {"identifier": entry["doi"], "relation": "isSupplementTo", "scheme": "doi"}
                for entry in settings.get("related", [])
                if entry.get("doi")
            ],
            "references": [entry["citation"] for entry in settings.get("related", [])],
        }
    }


def _zenodo_author(author: Author) -> dict[str, str]:
    found = {"name": author.name, "affiliation": author.affiliation, "orcid": author.orcid}
    return {key: value for key, value in found.items() if value}


# -- the page


def how(about: About) -> str:
    """Return HOW_TO_UPLOAD.md."""
    data, replication = f"{about.data_name}.zip", f"{about.replication_name}.zip"
    lines = ["# How to upload", ""]
    lines += paragraph(
        "Nothing here was sent anywhere, and no token is stored. The two packages are whole and "
        "checked; deposit them as they are, and put the DOI that you get into CITATION.cff."
    )
    if notes := about.to_confirm():
        lines += ["## Before", ""] + [line for note in notes for line in bullet(note)] + [""]
    lines += ["## Dataverse (APSR, JoP and others, Harvard Dataverse)", ""]
    for text in (
        f"Upload `{OUTER}`, which holds `{data}` and `{replication}`. Dataverse unpacks one layer "
        "of a zip and no second one: so the two packages stay whole, and no CSV file within is "
        "turned into a .tab file (what Dataverse calls tabular ingest), which would change its "
        "bytes, lose its name and break SHA256SUMS.",
        "If the two appear as loose files and folders instead of two zips, a layer too many was "
        "unpacked: delete them and upload the outer zip again.",
        "If a journal wants loose files: upload `README.md`, the codebook and the CSV files by the "
        'API with `"tabIngest": "false"` in the jsonData of each file. In the web form there is '
        "no such choice, and to undo the ingest afterwards is for the repository's staff: keep to "
        "the zips there.",
        "Metadata: `dataverse.json` is the body of the request that makes the dataset (native "
        "API, datasets of a collection); in the web form, copy its fields. The terms are a custom "
        "matter: own coding, code and tables of others differ, and README and TERMS.csv say how.",
    ):
        lines += bullet(text)
    lines += ["", "## Zenodo", ""]
    for text in (
        f"New upload, type dataset; add `{data}` and `{replication}`. Zenodo unpacks nothing.",
        "Metadata: `zenodo.json` is the body of the request of its deposit API; in the web form, "
        "copy its fields. Reserve the DOI first, so that it can stand in the article.",
        "A later version: use New version there, and raise data/VERSION or the version in "
        "CITATION.cff here; `./run archive` refuses a version of the data that was used before "
        "with other data.",
    ):
        lines += bullet(text)
    lines += ["", "## After", ""]
    for text in (
        (
            "Download what you uploaded and compare: `sha256sum -c SHA256SUMS` in each unpacked "
            "folder."
        ),
        "Put the DOI into CITATION.cff and the article's data availability statement.",
    ):
        lines += bullet(text)
    return page(lines)
