"""The codebook: what stands in every table and what may stand in the config, printed from the
schemas; and the same for programs, as a Data Package.

`PYTHONPATH=scripts .venv/bin/python -m coalition.commands.codebook` writes it anew; a test holds
the file, the schemas and the data together.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..base.files import write_bytes
from ..base.markdown_lines import wrapped
from ..config import reference
from ..data import data_package
from ..data.table_schema import SCHEMAS, Column, load
from .result_types_page import page_with

DATA = Path(__file__).parents[3] / "data"
ARCHITECTURE = Path(__file__).parents[3] / "docs" / "architecture.md"
CODEBOOK = Path(__file__).parents[3] / "docs" / "codebook.md"
DICTIONARY = DATA / "country_year_dictionary.csv"
REFERENCE = "config_reference.md"


def codebook() -> str:
    """Return docs/codebook.md."""
    lines = [
        "# Codebook",
        "",
        "Made from `schemas/` and `data/`; do not edit it by hand, write it anew:",
        "",
        "    PYTHONPATH=scripts .venv/bin/python -m coalition.commands.codebook",
        "",
        (
            "In a table, a *required* column must be there and is never empty; any other column "
            "may be empty or absent. An empty cell means"
        ),
        "not known.",
        "",
        "## Tables",
    ]
    for path in sorted(SCHEMAS.glob("*.yaml")):
        lines += _table(path.stem)
    lines += ["", "## Variables of `country_year`", "", *_dictionary()]
    lines += ["", "## Evidence of the shipped rows", "", *_grades()]
    lines += ["", "The keys of the config: `docs/config_reference.md`."]
    return wrapped(lines).rstrip() + "\n"


def _table(name: str) -> list[str]:
    schema = load(name)
    title = schema.title
    if title[1].islower():
        title = title[0].lower() + title[1:]
    lines = [
        "",
        f"### `{name}`: {title}",
        "",
        f"One row is {schema.row}. Key: {', '.join(f'`{part}`' for part in schema.key)}.",
        "",
    ]
    lines += ["| column | type | required | meaning |", "|---|---|---|---|"]
    lines += [
        (
            f"| `{column.name}` | {_type(column)} | {'yes' if column.required else ''} | "
            f"{_cell(_meaning(column))} |"
        )
        for column in schema.columns
    ]
    if schema.other_columns:
        lines += [
            "",
            f"Every other column is a {schema.other_columns}; the dictionary describes them.",
        ]
    return lines


def _type(column: Column) -> str:
    if column.allowed:
        return ", ".join(column.allowed)
    if column.min is None and column.max is None:
        return column.type
    low = "" if column.min is None else f"{column.min:g}"
    high = "" if column.max is None else f"{column.max:g}"
    return (
        f"{column.type} {low} to {high}"
        if low and high
        else f"{column.type}, {low} or more"
        if low
        else f"{column.type}, at most {high}"
    )


def _meaning(column: Column) -> str:
    return f"{column.description} ({column.unit})" if column.unit else column.description


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _dictionary() -> Iterable[str]:
    yield "| variable | definition | unit | years | made by | known issues | terms | sources |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in _rows(DICTIONARY):
        years = f"{row['first_year']}-{row['last_year']}"
        texts = [
            row["definition"],
            row["unit"],
            years,
            row["transformation"],
            row["known_issues"],
            row["licence"],
        ]
        yield (
            "| "
            + " | ".join(
                map(_cell, [f"`{row['variable']}`", *texts, row["source_id"].replace(";", ", ")])
            )
            + " |"
        )


def _grades_of(rows: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """Return the grades of the rows, and of each column that has grades of its own."""
    own = [name for name in rows[0] if name.endswith("_evidence")]
    found: dict[str, list[str]] = {}
    for name in [name for name in ("evidence", *own) if name in rows[0]]:
        column = name.removesuffix("evidence").removesuffix("_")
        found[name] = [row[name] for row in rows if row[name] and row.get(column, "graded")]
    return found


def _grades() -> Iterable[str]:
    yield (
        "A was read in a primary or scholarly source, B in a secondary one, C is recalled and "
        "was not read again. A line with a column counts"
    )
    yield "its known cells, which have grades of their own."
    yield ""
    yield "| file | column | graded | A | B | C | share of C |"
    yield "|---|---|---|---|---|---|---|"
    paths = [path for path in sorted(DATA.rglob("*.csv")) if path.parent.name != "build"]
    for path in paths:
        for name, grades in _grades_of(_rows(path)).items():
            column = name.removesuffix("evidence").removesuffix("_")
            cells = [
                f"`data/{path.relative_to(DATA).as_posix()}`",
                f"`{column}`" if column else "",
                f"{len(grades):,}",
                *(f"{grades.count(grade):,}" for grade in "ABC"),
            ]
            yield f"| {' | '.join(cells)} | {grades.count('C') / len(grades):.1%} |"


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def config_reference() -> str:
    """Return docs/config_reference.md."""
    lines = [
        "# Keys of the config",
        "",
        "Made from `schemas/config.yaml`; do not edit it by hand, write it anew:",
        "",
        "    PYTHONPATH=scripts .venv/bin/python -m coalition.commands.codebook",
        "",
        "NAME stands for a name of your own. What a key is in your config, and where that was set:",
        "`./run check --explain models.h1_logit_pooled.cluster`.",
        "",
        "A file that is laid over others may also have `extends` (files that are laid under it),",
        "`replace` (blocks of which it keeps nothing; `all` for every block) and `only` (blocks of",
        "which it keeps the entries named). An entry that is null is taken out.",
    ]
    block = ""
    for key in reference.every_key():
        if key.path.partition(".")[0] != block:
            block = key.path.partition(".")[0]
            lines += ["", f"## {block}"]
        lines += ["", f"### `{key.path}`", "", f"{key.description}.", ""]
        lines += [f"- allowed: {key.allowed}"]
        lines += [f"- default: `{key.default}`"] if key.default is not None else []
        lines += [f"- example: `{key.example}`"] if key.example is not None else []
    return wrapped(lines) + "\n"


def write(path: Path = CODEBOOK) -> None:
    """Write docs/codebook.md, and docs/config_reference.md beside it."""
    write_bytes(path, codebook().encode())
    write_bytes(path.parent / REFERENCE, config_reference().encode())


if __name__ == "__main__":
    write()
    write_bytes(ARCHITECTURE, page_with(ARCHITECTURE.read_text(encoding="utf-8")).encode())
    write_bytes(DATA / data_package.FILE, data_package.text(DATA).encode())
