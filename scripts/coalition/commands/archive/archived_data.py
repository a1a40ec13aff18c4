"""The data package: tables in three formats, codebook, licence, citation, datapackage.json."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...data.frictionless_schema import label
from . import codebook_pages
from .about import LICENCES, About
from .fixed_zip import with_sums
from .operations_read import Read
from .resources import OTHERS, OWN, Resource, resources
from .state_operations import LABELS, OF_THE_SAMPLE
from .wrapped import bullets, page, paragraph

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
DESCRIPTION = "datapackage.json"
TERMS = "TERMS.csv"
"""One row a column of the tables of others: its terms."""
ALSO = {"CHANGELOG.md": "CHANGELOG.md", "changes.csv": "changes.csv",
        "references.bib": f"{OTHERS}/references.bib"}  # fmt: skip
"""Files beside the list of states that the package holds as they are -> where."""


def files(about: About, read: Read) -> dict[str, bytes]:
    """Return every file of the data package: path -> content."""
    tables = resources(read)
    found: dict[str, bytes] = {}
    for resource in tables:
        found |= resource.files()
    folder = Path(read.config["states"]).parent
    for name, target in ALSO.items():
        if (folder / name).is_file():
            found[target] = (folder / name).read_bytes()
    texts = {
        "README.md": readme(about, tables, set(found)),
        "CODEBOOK.md": codebook_pages.markdown(about, tables),
        "CODEBOOK.html": codebook_pages.html(about, tables),
        "LICENSE": licence(about),
        "citation.bib": citation(about),
        TERMS: terms(tables),
    }
    found |= {name: text.encode() for name, text in texts.items()}
    description = json.dumps(datapackage(about, tables, found), indent=1, ensure_ascii=False)
    return with_sums({**found, DESCRIPTION: f"{description}\n".encode()})


def datapackage(
    about: About, tables: Sequence[Resource], content: Mapping[str, bytes]
) -> dict[str, Any]:
    """Return datapackage.json (Data Package, version 2): every table as its CSV file."""
    title, address = LICENCES[about.licence]
    own = {"name": about.licence, "title": title, "path": address}
    names = {resource.name for resource in tables}
    return {
        "$schema": PROFILE,
        "name": about.data_name,
        "title": about.settings["title"],
        "description": about.settings["description"],
        "version": about.data_version,
        "created": about.made,
        "keywords": list(about.settings.get("keywords", [])),
        "licenses": [own],
        "contributors": [
            {
                "title": author.name,
                "roles": ["creator"],
                **({"path": f"https://orcid.org/{author.orcid}"} if author.orcid else {}),
                **({"organization": author.affiliation} if author.affiliation else {}),
            }
            for author in about.authors
        ],
        "resources": [
            {
                "name": resource.name.replace("_", "-"),
                "type": "table",
                "path": f"{resource.stem}.csv",
                "title": resource.title,
                "description": f"One row is {resource.row}.",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(content[f"{resource.stem}.csv"]),
                "hash": f"sha256:{hashlib.sha256(content[f'{resource.stem}.csv']).hexdigest()}",
                **({"licenses": [own]} if resource.folder == OWN else {}),
                **(
                    {"rowsByTermsOfSources": dict(resource.rows_by_terms)}
                    if resource.rows_by_terms
                    else {}
                ),
                "schema": _with_names(resource.described(names)),
            }
            for resource in tables
        ],
    }


def _with_names(schema: dict[str, Any]) -> dict[str, Any]:
    """Write the names of resources as the standard wants them."""
    for key in schema.get("foreignKeys", []):
        key["reference"]["resource"] = key["reference"]["resource"].replace("_", "-")
    return schema


def terms(tables: Sequence[Resource]) -> str:
    """Return TERMS.csv."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["file", "column", "label", "terms", "share_alike", "licence", "sources"])
    for resource in tables:
        for column in resource.columns:
            found = resource.terms.get(column.name)
            if found is not None:
                writer.writerow(
                    [
                        f"{resource.stem}.csv", column.name, label(column), ";".join(found.terms),
                        found.share_alike, found.stated, ";".join(found.sources),
                    ]
                )  # fmt: skip
    return stream.getvalue()


FREE = ("facts-only", "own-coding", "none", "unknown")
"""Terms of sources of which a row holds facts alone."""


def with_terms(tables: Sequence[Resource]) -> list[str]:
    """Return the coded tables with rows whose sources have terms of their own, and how many."""
    found = []
    for resource in tables:
        counts = [
            f"{term} ({count:,} rows)"
            for term, count in resource.rows_by_terms.items()
            if term not in FREE
        ]
        if counts:
            found.append(f"`{resource.stem}`: {', '.join(counts)}")
    return found


def shared(tables: Sequence[Resource], answer: str) -> list[str]:
    """Return the columns whose terms are share-alike ("yes"), or leave that open ("unclear")."""
    return [
        f"{resource.stem}.csv: " + ", ".join(names)
        for resource in tables
        if (
            names := [name for name, found in resource.terms.items() if found.share_alike == answer]
        )
    ]


def readme(about: About, tables: Sequence[Resource], present: set[str]) -> str:
    """Return README.md."""
    first = next((table for table in tables if table.name == "state_operation"), tables[0])
    lines = [f"# {about.settings['title']}", "", f"Version {about.data_version} of the data.", ""]
    lines += paragraph(about.settings["description"])
    lines += ["## Load it", "", "In this folder, one line each:", ""]
    lines += [f'    d <- readRDS("{first.stem}.rds")                              # R', ""]
    lines += [f'    use "{first.stem}.dta", clear                              // Stata', ""]
    lines += [
        f'    import pandas as pd; d = pd.read_csv("{first.stem}.csv")  # Python', ""
    ]  # fmt: skip
    lines += paragraph(
        f"`{first.stem}` has {len(first.table):,} rows and {len(first.columns)} columns; one row "
        f"is {first.row}. What each column means: CODEBOOK.html, or CODEBOOK.md."
    )
    lines += _first_figure(first)
    lines += ["## What is in it", "", "| table | rows | one row is |", "|---|---|---|"]
    lines += [f"| `{table.stem}` | {len(table.table):,} | {table.row} |" for table in tables]
    lines += [""]
    lines += paragraph(
        "Each table stands as .csv, .dta and .rds with the same cells. `datapackage.json` "
        "describes the CSV files (Frictionless Data Package 2), `SHA256SUMS` holds the sums of "
        "all files (`sha256sum -c SHA256SUMS`)."
    )
    if "changes.csv" in present:
        lines += paragraph(
            "`CHANGELOG.md` says what changed between versions, `changes.csv` cell by cell."
        )
    lines += _terms_page(about, tables)
    lines += ["## Cite", ""]
    lines += paragraph(about.cited("data", about.data_version))
    lines += paragraph("For BibTeX: citation.bib.")
    lines += about.confirmation()
    return page(lines)


def _first_figure(table: Resource) -> list[str]:
    """Return how to draw the caveat levels of one operation, that with most of them; nothing where
    the table has none. Leaders, targets and states at war stand apart from a study's samples, so
    they are not drawn.
    """
    rows = table.table
    if not {"operation", "country", "role", "caveat_level"} <= {*rows}:
        return []
    drawn = (rows["role"] == OF_THE_SAMPLE) & rows["caveat_level"].notna()
    rated = rows.loc[drawn, "operation"].value_counts().sort_index()
    if rated.empty:
        return []
    name = str(rated.idxmax())
    scale = ", ".join(f"{level} {word}" for level, word in LABELS)
    return [
        "## A first figure",
        "",
        *paragraph(
            f"Caveat levels of {rated.max()} states in the operation `{name}`; its leader, its "
            f"target and states at war with it (`role` is not `{OF_THE_SAMPLE}`) are left out. "
            f"`caveat_level` is the level by the study's main rule ({scale}), and is empty where "
            "no selected statement has a level, or the state took no part; `level_low` and "
            "`level_high` are the range of what the statements say, `latent` is the level from a "
            "model of all coders."
        ),
        "R:",
        "",
        f'    d <- readRDS("{table.stem}.rds")',
        f'    d <- subset(d, operation == "{name}" & role == "{OF_THE_SAMPLE}")',
        "    d <- subset(d, !is.na(caveat_level))",
        "    d <- d[order(d$caveat_level, d$country), ]",
        f'    pdf("{name}.pdf", height = 10)',
        f'    dotchart(d$caveat_level, labels = d$country, xlab = "Caveat level: {scale}")',
        "    dev.off()",
        "",
        "Python, with pandas and matplotlib:",
        "",
        "    import pandas as pd",
        f'    d = pd.read_csv("{table.stem}.csv")',
        f'    d = d[(d.operation == "{name}") & (d.role == "{OF_THE_SAMPLE}")]',
        "    d = d[d.caveat_level.notna()]",
        '    d = d.sort_values(["caveat_level", "country"])',
        f'    axes = d.plot.scatter("caveat_level", "country", xticks=range({len(LABELS)}),',
        "                          figsize=(7, 10))",
        f'    axes.set_xlabel("Caveat level: {scale}")',
        f'    axes.figure.savefig("{name}.png", bbox_inches="tight")',
        "",
    ]


def _terms_page(about: About, tables: Sequence[Resource]) -> list[str]:
    """Return the section on terms."""
    lines = ["## Terms", ""]
    lines += paragraph(
        f"The tables in `{OWN}/` are the project's own coding: {about.licence_sentence}. Their "
        "facts come from the sources that each row names; CODEBOOK says how many rows name "
        "sources of which terms. Please cite the data, and the source of a row that you quote."
    )
    if rows := with_terms(tables):
        lines += paragraph(
            "Rows whose sources have terms of their own, beyond that facts are free; keep their "
            "notice, and cite them:"
        )
        lines += bullets(rows)
    lines += paragraph(
        f"The tables in `{OTHERS}/` are made of data of others and stand apart: each column keeps "
        f"the terms of its source, which `{TERMS}`, CODEBOOK and datapackage.json give."
    )
    for answer, said in (
        (
            "yes",
            "Share-alike: what is made from these columns must be passed on under their terms.",
        ),
        ("unclear", "Whether they are share-alike is unclear; ask their owners first."),
    ):
        if names := shared(tables, answer):
            lines += [*paragraph(said), *bullets(names)]
    return lines


def licence(about: About) -> str:
    """Return LICENSE."""
    title, address = LICENCES[about.licence]
    lines = [f"{title} ({about.licence})", "", address, f"Legal code: {address}legalcode", ""]
    if not about.settings.get("licence_confirmed"):
        lines += ["PROPOSED. The choice is the owner's to confirm before publication.", ""]
    lines += paragraph(
        f"This licence covers the project's own coding: the tables in {OWN}/ of this package, the "
        "codebook and this documentation. Facts as such are free."
    )
    lines += paragraph(
        f"It does not cover the tables in {OTHERS}/, whose columns keep the terms of their sources "
        f"({TERMS})."
    )
    return page(lines)


def citation(about: About) -> str:
    """Return citation.bib: the data, and the publications that they belong to."""
    lines = [
        f"@misc{{{about.settings['name'].replace('-', '_')}_data,",
        f"  author = {{{{{about.byline}}}}},"
        if not any(author.person for author in about.authors)
        else f"  author = {{{about.byline}}},",
        f"  title = {{{{{about.settings['title']}}}}},",
        f"  year = {{{about.year}}},",
        f"  version = {{{about.data_version}}},",
        "  howpublished = {Data set}",
        "}",
    ]
    for number, entry in enumerate(about.settings.get("related", []), start=1):
        lines += ["", f"@misc{{related_{number},", f"  note = {{{entry['citation']}}},"]
        lines += [f"  doi = {{{entry['doi']}}}"] if entry.get("doi") else []
        lines += ["}"]
    return "\n".join(lines) + "\n"


def described(content: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the datapackage.json of the files of a package."""
    return json.loads(content[DESCRIPTION])
