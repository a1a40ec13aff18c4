"""ro-crate-metadata.json: the replication package as machines read it (RO-Crate 1.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from .about import LICENCES, About, Author

NAME = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
WORKFLOW = "Snakefile"
ENDINGS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tex": "application/x-tex",
}


def crate(about: About, manifest: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return the crate: the package, its authors, the workflow, and the run that made the results.

    Parameters
    ----------
    names : sequence of str
        Every file of the package.
    """
    inputs, outputs, others = (
        [name for name in sorted(listed) if name in names]
        for listed in (manifest["inputs"], manifest["outputs"], ("LICENSE", "README.md"))
    )
    described = [*inputs, *outputs, *others]
    authors = [_person(author, number) for number, author in enumerate(about.authors)]
    parts = [WORKFLOW, *described]
    return {
        "@context": CONTEXT,
        "@graph": [
            {
                "@id": NAME,
                "@type": "CreativeWork",
                "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
                "about": {"@id": "./"},
            },
            {
                "@id": "./",
                "@type": "Dataset",
                "name": f"Replication package: {about.settings['title']}",
                "description": about.settings["description"],
                "datePublished": about.made,
                "version": about.program_version,
                "keywords": ", ".join(about.settings.get("keywords", [])),
                "license": {"@id": LICENCES[about.licence][1]},
                "author": _ids(author["@id"] for author in authors),
                "hasPart": _ids(parts),
                "mainEntity": {"@id": WORKFLOW},
            },
            {
                "@id": LICENCES[about.licence][1],
                "@type": "CreativeWork",
                "name": LICENCES[about.licence][0],
                "description": "Of the project's own coding; code and data of others have "
                "their own.",
            },
            *authors,
            {
                "@id": WORKFLOW,
                "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
                "name": about.settings["name"],
                "version": about.program_version,
                "license": about.program_licence,
                "programmingLanguage": {"@id": "#snakemake"},
            },
            {
                "@id": "#snakemake",
                "@type": "ComputerLanguage",
                "name": "Snakemake",
                "url": "https://snakemake.github.io",
                "version": manifest["packages"].get("snakemake", ""),
            },
            {
                "@id": "#run",
                "@type": "CreateAction",
                "name": f"Run {about.run}",
                "endTime": about.made,
                "instrument": {"@id": WORKFLOW},
                "object": _ids(inputs),
                "result": _ids(outputs),
            },
            *(_file(name, manifest) for name in described),
        ],
    }


def _ids(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"@id": name} for name in names]


def _person(author: Author, number: int) -> dict[str, Any]:
    found = {
        "@id": f"https://orcid.org/{author.orcid}" if author.orcid else f"#author-{number + 1}",
        "@type": "Person" if author.person else "Organization",
        "name": author.name,
    }
    return found | ({"affiliation": author.affiliation} if author.affiliation else {})


def _file(name: str, manifest: Mapping[str, Any]) -> dict[str, Any]:
    found = {"@id": name, "@type": "File", "name": PurePosixPath(name).name}
    kind = ENDINGS.get(PurePosixPath(name).suffix)
    made = manifest["outputs"].get(name) or manifest["inputs"].get(name)
    return found | ({"encodingFormat": kind} if kind else {}) | ({"sha256": made} if made else {})
