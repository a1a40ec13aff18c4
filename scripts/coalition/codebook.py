"""The codebook: what stands in every table and what may stand in the config, printed from the schemas.

`python -m coalition.codebook > docs/codebook.md` writes it anew; a test holds the file and the schemas together.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from .config import SCHEMA
from .schema import SCHEMAS, Column, load

DICTIONARY = Path(__file__).parents[2] / "data" / "country_year_dictionary.csv"
CONFIG_BLOCKS = ("operation", "covariate", "variable", "measure", "sample", "model")


def codebook() -> str:
    """Return docs/codebook.md."""
    lines = [
        "# Codebook",
        "",
        "Made from `schemas/` and `data/country_year_dictionary.csv`; do not edit it by hand. "
        "In a table, a *required* column must be there and is never empty; any",
        "other column may be empty or absent. An empty cell means not known.",
        "",
        "## Tables",
    ]
    for path in sorted(SCHEMAS.glob("*.yaml")):
        lines += _table(path.stem)
    lines += ["", "## Variables of `country_year`", "", *_dictionary()]
    lines += ["", "## Keys of the config", ""]
    definitions = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))["$defs"]
    for block in CONFIG_BLOCKS:
        lines += [f"### {block}", "", "| key | allowed |", "|---|---|"]
        lines += [f"| `{key}` | {_allowed(spec, definitions)} |" for key, spec in definitions[block]["properties"].items()]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _table(name: str) -> list[str]:
    schema = load(name)
    lines = [
        "",
        f"### `{name}`: {schema.title.lower()}",
        "",
        f"One row is {schema.row}. Key: {', '.join(f'`{part}`' for part in schema.key)}.",
        "",
    ]
    lines += ["| column | type | required | meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{column.name}` | {_type(column)} | {'yes' if column.required else ''} | {_cell(_meaning(column))} |"
        for column in schema.columns
    ]
    if schema.other_columns:
        lines += ["", f"Every other column is a {schema.other_columns}; the dictionary describes them."]
    return lines


def _type(column: Column) -> str:
    if column.allowed:
        return ", ".join(column.allowed)
    if column.min is None and column.max is None:
        return column.type
    low = "" if column.min is None else f"{column.min:g}"
    high = "" if column.max is None else f"{column.max:g}"
    return (
        f"{column.type} {low} to {high}" if low and high else f"{column.type}, {low} or more" if low else f"{column.type}, at most {high}"
    )


def _meaning(column: Column) -> str:
    return f"{column.description} ({column.unit})" if column.unit else column.description


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _dictionary() -> Iterable[str]:
    yield "| variable | definition | unit | years | sources |"
    yield "|---|---|---|---|---|"
    with open(DICTIONARY, encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            years = f"{row['first_year']}-{row['last_year']}"
            cells = [f"`{row['variable']}`", row["definition"], row["unit"], years, row["source_id"].replace(";", ", ")]
            yield "| " + " | ".join(map(_cell, cells)) + " |"


def _allowed(spec: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "$ref" in spec:
        name = spec["$ref"].rsplit("/", 1)[-1]
        return "conditions" if name == "where" else _allowed(definitions[name], definitions)
    if "enum" in spec:
        return ", ".join("(empty)" if value is None else str(value) for value in spec["enum"])
    if "const" in spec:
        return str(spec["const"])
    if "oneOf" in spec:
        return " or ".join(_allowed(option, definitions) for option in spec["oneOf"])
    if spec.get("type") == "array":
        return f"list: {_allowed(spec['items'], definitions)}"
    if spec.get("type") == "object":
        return "keys: " + ", ".join(spec["properties"]) if "properties" in spec else "names of your own, each with a value"
    return str(spec.get("type", "conditions"))


if __name__ == "__main__":
    sys.stdout.write(codebook())
