"""Schemas of tables as Frictionless Table Schema."""

from __future__ import annotations

import pytest
from coalition.data import frictionless_schema as made
from coalition.data.table_schema import SCHEMAS, Column, load, read_schema

DERIVED = sorted((SCHEMAS.parent / "archive").glob("*.yaml"))
EVERY = [*(load(path.stem) for path in sorted(SCHEMAS.glob("*.yaml"))), *map(read_schema, DERIVED)]


def test_a_field_says_type_constraints_and_what_its_numbers_stand_for() -> None:
    level = load("caveats").column("level")
    assert level is not None
    found = made.field(level)
    assert found["type"] == "integer"
    assert found["constraints"] == {"enum": [0, 1, 2, 3]}
    assert found["categories"][2] == {"value": 2, "label": "medium"}
    troops = load("troops").column("troops")
    assert troops is not None
    assert made.field(troops)["constraints"] == {"minimum": 0}
    assert made.field(troops)["unit"] == "persons"


def test_a_key_refers_to_the_table_that_it_names() -> None:
    schema = load("caveats")
    columns = [column for column in schema.columns if column.name != "coder"]
    found = made.table_schema(columns, schema, {"iso3": "states.iso3", "absent": "x.y"})
    assert found["primaryKey"] == ["iso3", "operation", "statement"]
    assert found["foreignKeys"] == [
        {"fields": ["iso3"], "reference": {"resource": "states", "fields": ["iso3"]}}
    ]


@pytest.mark.parametrize("schema", EVERY, ids=lambda schema: schema.table)
def test_no_label_is_longer_than_stata_shows_or_cut_within_a_sentence(schema) -> None:  # noqa: ANN001
    for column in schema.columns:
        label = made.label(column)
        assert 0 < len(label) <= made.LONGEST_LABEL
        cut = label.endswith(" ...") and label != column.description
        assert not cut, f"{schema.table}.{column.name} needs a label of its own"
        assert len(column.name) <= 32


def test_a_label_that_no_mark_shortens_is_cut_at_a_word() -> None:
    column = Column("x", description="word " * 30)
    assert made.label(column) == ("word " * 15).strip() + " ..."
