"""Schemas of tables as others read them: Frictionless Table Schema (Data Package, version 2), made
from the project's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .table_schema import Column, Schema

LONGEST_LABEL = 80
"""Characters of a variable label in Stata."""
PARTIAL_DATE = r"\d{4}(-\d{2}(-\d{2})?)?"
TYPES: Mapping[str, str] = {
    "text": "string",
    "number": "number",
    "integer": "integer",
    "date": "date",
    "partial_date": "string",
    "state": "string",
    "sources": "string",
}
"""The project's types of columns -> those of Frictionless."""
YES_NO = ("0", "1")


def table_schema(
    columns: Iterable[Column], schema: Schema, foreign: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the Table Schema of some columns of a table.

    Parameters
    ----------
    columns : iterable of Column
        As they stand in the file.
    schema : Schema
        The table, for its key.
    foreign : mapping, optional
        Column -> "resource.field" to which it refers.

    Returns
    -------
    dict
        fields, missingValues, primaryKey and, where something refers to another table, foreignKeys.
    """
    columns = list(columns)
    names = [column.name for column in columns]
    found: dict[str, Any] = {
        "fields": [field(column) for column in columns],
        "missingValues": [""],
    }
    # a key's column that a file lacks is the same in every row of it
    found["primaryKey"] = [name for name in schema.key if name in names]
    keys = [
        {"fields": [name], "reference": {"resource": resource, "fields": [to]}}
        for name, target in sorted((foreign or {}).items())
        if name in names
        for resource, _, to in [target.partition(".")]
    ]
    return found | ({"foreignKeys": keys} if keys else {})


def field(column: Column) -> dict[str, Any]:
    """Return the Table Schema of one column, its unit beside the standard's own properties."""
    found: dict[str, Any] = {
        "name": column.name,
        "type": TYPES[column.type],
        "title": label(column),
        "description": column.description or column.name,
    }
    if column.unit:
        found["unit"] = column.unit
    if limits := constraints(column):
        found["constraints"] = limits
    if scale := value_labels(column):
        found["categories"] = [{"value": value, "label": text} for value, text in scale.items()]
    return found


def constraints(column: Column) -> dict[str, Any]:
    """Return what may stand in a column, in the words of Table Schema."""
    found: dict[str, Any] = {"required": True} if column.required else {}
    if column.allowed:
        whole = column.type == "integer"
        found["enum"] = [int(value) if whole else value for value in column.allowed]
    for name, bound in (("minimum", column.min), ("maximum", column.max)):
        if bound is not None:
            found[name] = int(bound) if column.type == "integer" else bound
    if column.type == "partial_date":
        found["pattern"] = PARTIAL_DATE
    return found


def value_labels(column: Column) -> dict[int, str]:
    """Return what the numbers of a column stand for; none where they are quantities."""
    if column.labels:
        return dict(column.labels)
    return {0: "no", 1: "yes"} if column.allowed == YES_NO and column.type == "integer" else {}


def label(column: Column) -> str:
    """Return the label of a column, of at most 80 characters: its own, or its description up to
    where that is cut least badly.
    """
    text = column.label or column.description or column.name
    if len(text) <= LONGEST_LABEL:
        return text
    for mark in (". ", "; ", ": ", " (", ", "):
        head = text.partition(mark)[0]
        if len(head) <= LONGEST_LABEL:
            return head
    return text[: LONGEST_LABEL - 3].rsplit(" ", 1)[0] + " ..."
