"""The codebook of the data package, as Markdown and as one HTML page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from ...data.frictionless_schema import value_labels
from ...data.table_schema import Column
from .about import About
from .resources import OTHERS, Resource

HEAD = ("column", "type", "meaning", "values", "known", "terms")
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 2rem; font-size: 0.9rem; }
th, td { border-bottom: 1px solid #bbb; padding: 0.3rem 0.5rem; }
th, td { text-align: left; vertical-align: top; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
h2 { margin-top: 2.5rem; }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee; } a { color: #9cf; } }
"""


def rows(resource: Resource) -> Iterator[tuple[str, ...]]:
    """Return one row a column of a table: HEAD."""
    for column in resource.columns:
        terms = resource.terms.get(column.name)
        known = int(resource.table[column.name].notna().sum())
        said = ""
        if terms is not None:
            said = ", ".join(terms.terms)
            said += {"yes": " (share-alike)", "unclear": " (share-alike unclear)"}.get(
                terms.share_alike, ""
            )
        meaning = column.description or column.name
        if column.unit:
            meaning += f" ({column.unit})"
        yield column.name, column.type, meaning, _values(column), f"{known:,}", said


def _values(column: Column) -> str:
    scale = value_labels(column)
    if scale:
        return ", ".join(f"{value} {text}" for value, text in scale.items())
    if column.allowed:
        return ", ".join(column.allowed)
    low = "" if column.min is None else f"{column.min:g} or more"
    return low if column.max is None else f"{low or 'at most'} to {column.max:g}"


def introduction(about: About) -> list[str]:
    """Return the paragraphs before the tables."""
    return [
        f"{about.settings['title']}, version {about.data_version}.",
        "Every table stands as .csv (UTF-8, comma, first line names), .dta (Stata 14 and later, "
        "with labels of variables and values) and .rds (R). An empty cell, a missing value in "
        "Stata and NA in R mean not known; zero is never filled in. Dates are texts: YYYY-MM-DD, "
        "or as precise as known (YYYY-MM, YYYY). 'known' counts the cells that are not empty.",
        "Grades of evidence: A was read in a primary or scholarly source, B in a secondary one, C "
        "is recalled and was not read again, own is a user's own coding.",
    ]


def markdown(about: About, tables: Sequence[Resource]) -> str:
    """Return CODEBOOK.md."""
    lines = ["# Codebook", ""]
    for paragraph in introduction(about):
        lines += [paragraph, ""]
    for resource in tables:
        lines += [f"## `{resource.stem}`: {resource.title}", "", f"{_about(resource)}", ""]
        lines += [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}"]
        for name, *others in rows(resource):
            cells = [f"`{name}`", *(cell.replace("|", "\\|") for cell in others)]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _about(resource: Resource) -> str:
    key = ", ".join(name for name in resource.schema.key if name in resource.table)
    apart = (
        " The table is of others: each column has its own terms."
        if resource.folder == OTHERS
        else ""
    )
    facts = ", ".join(f"{term} ({count:,})" for term, count in resource.rows_by_terms.items())
    sources = f" Rows by terms of the sources that they name: {facts}." if facts else ""
    return f"{len(resource.table):,} rows; one row is {resource.row}. Key: {key}.{apart}{sources}"


def html(about: About, tables: Sequence[Resource]) -> str:
    """Return CODEBOOK.html: one file, without scripts."""
    title = f"Codebook: {about.settings['title']}"
    body = [f"<h1>{escape(title)}</h1>"]
    body += [f"<p>{escape(paragraph)}</p>" for paragraph in introduction(about)]
    body += ["<nav aria-label='Tables'><ul>"]
    body += [
        f"<li><a href='#{resource.name}'>{escape(resource.stem)}</a>: {escape(resource.title)}</li>"
        for resource in tables
    ]
    body += ["</ul></nav>"]
    for resource in tables:
        body += _section(resource)
    return (
        f"<!DOCTYPE html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n<title>{escape(title)}"
        "</title>\n<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _section(resource: Resource) -> list[Any]:
    found = [
        (
            f"<h2 id='{resource.name}'><code>{escape(resource.stem)}</code> "
            f"{escape(resource.title)}</h2>"
        )
    ]
    found += [f"<p>{escape(_about(resource))}</p>", "<table>", "<thead><tr>"]
    found += [f"<th scope='col'>{name}</th>" for name in HEAD]
    found += ["</tr></thead>", "<tbody>"]
    for name, *others in rows(resource):
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in others)
        found.append(f"<tr><th scope='row'><code>{escape(name)}</code></th>{cells}</tr>")
    return [*found, "</tbody>", "</table>"]
