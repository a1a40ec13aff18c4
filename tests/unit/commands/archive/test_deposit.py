"""Metadata for Dataverse and Zenodo, from one block of the config."""

from __future__ import annotations

from typing import Any

from archive_fixture import SETTINGS, about
from coalition.commands.archive import deposit
from coalition.commands.archive.about import LICENCES, Author
from coalition.config.json_schema import schema


def fields(**changes: Any) -> dict[str, Any]:
    version = deposit.dataverse(about(**changes))["datasetVersion"]
    listed = version["metadataBlocks"]["citation"]["fields"]
    return {field["typeName"]: field["value"] for field in listed}


def test_dataverse_gets_what_it_asks_for() -> None:
    found = fields()
    assert {"title", "author", "datasetContact", "dsDescription", "subject"} <= set(found)
    (author,) = found["author"]
    assert author["authorName"]["value"] == "Doe, Jo"
    assert author["authorIdentifier"]["value"] == "0000-0001-2345-6789"
    assert author["authorIdentifierScheme"]["value"] == "ORCID"
    assert found["grantNumber"][0]["grantNumberValue"]["value"] == "12"
    assert found["publication"][0]["publicationIDNumber"]["value"] == "10.1000/x1"


def test_nothing_is_invented_where_nothing_is_stated() -> None:
    bare = {**SETTINGS, "contact": None, "funding": [], "related": []}
    found = fields(settings=bare, authors=(Author("The authors", False),))
    assert not {"datasetContact", "grantNumber", "publication"} & set(found)
    assert set(found["author"][0]) == {"authorName"}
    creators = deposit.zenodo(about(authors=(Author("The authors", False),)))["metadata"][
        "creators"
    ]
    assert creators == [{"name": "The authors"}]


def test_every_licence_of_the_config_is_known_everywhere() -> None:
    offered = schema()["properties"]["archive"]["properties"]["data_licence"]["enum"]
    names = {name for name in offered if name}
    assert names == set(LICENCES) - {"MIT"} == set(deposit.ZENODO_LICENCES)


def test_the_page_says_how_to_keep_csv_and_zip_whole() -> None:
    text = deposit.how(about())
    for words in (deposit.OUTER, "tabIngest", ".tab", "SHA256SUMS", "caveats-data-1.0.zip"):
        assert words in text
    assert max(map(len, text.splitlines())) <= 100
