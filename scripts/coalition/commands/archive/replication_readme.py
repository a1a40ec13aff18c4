"""README of the replication package, in the order of the Social Science Data Editors' template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...data.file_formats import located
from ...data.table_schema import SCHEMAS, load
from . import licences
from .about import About
from .exhibits import exhibits
from .operations_read import Read
from .wrapped import bullet, page, paragraph, table

NAMED = ("numpy", "pandas", "scipy", "statsmodels", "linearmodels", "snakemake", "matplotlib")
"""Packages that a reader looks for; all of them stand in requirements.lock."""
CITED = {
    "datasets.csv": "Data sets, with DOI",
    "references.bib": "The same and the literature, for BibTeX",
    "sources.csv": "Every source",
}
"""Files beside the list of states that say what to cite."""
ROOM = 1.2
"""Gigabytes that the installed packages take."""
RIGHTS = {
    "own-coding": ("yes", "the project's own coding"),
    "facts-only": ("yes", "facts and figures taken from the source; facts are free"),
    "CC0-1.0": ("yes", "dedicated to the public"),
    "CC-BY-4.0": ("yes", "name the source, say what was changed"),
    "CC-BY-SA-4.0": ("yes", "share-alike: pass on under the same terms"),
    "MIT": ("yes", "keep the notice, cite the repository"),
    "public-domain-US-gov": ("yes", "public domain in the United States"),
    "OGL-UK-3.0": ("yes", "name the source"),
    "OPL-UK-3.0": ("yes", "name the source"),
    "scholarly-citation": ("for research", "cite; ask the owner before any other use"),
    "SIPRI-terms": ("in small parts", "credit; less than a tenth; no commercial use"),
    "unknown": ("not stated", "no terms were found: ask the owner before passing on"),
    "none": ("yes", "recalled, no source"),
}
"""Terms -> whether they let the files be passed on, and what they ask."""


@dataclass(frozen=True)
class Facts:
    """What the README is made from."""

    about: About
    manifest: Mapping[str, Any]
    read: Read
    carrying: Sequence[Mapping[str, str]]

    @property
    def command(self) -> str:
        """What makes this run, without its first word."""
        return arguments(self.manifest)


def arguments(manifest: Mapping[str, Any]) -> str:
    """Return the arguments with which the run was started, as a shell reads them."""
    given = manifest["command"]
    parts = ["--configfile", *given["configfiles"]] if given["configfiles"] else []
    single = [f"{key}={value}" for key, value in given["settings"].items()]
    return " ".join([*parts, *(["--config", *single] if single else [])])


def readme(facts: Facts) -> str:
    """Return README.md."""
    about = facts.about
    lines = [f"# Replication package: {about.settings['title']}", ""]
    lines += paragraph(
        f"{about.byline}. Version {about.program_version} of the program, {about.data_version} of "
        f"the data; run `{about.run}` of {about.made}. The order of this page is that of the "
        "template README of the Social Science Data Editors "
        "(https://social-science-data-editors.github.io/template_README/). It is made from the "
        "run's manifest, its config and the data's dictionaries."
    )
    for part in (
        overview, availability, datasets, requirements, programs, instructions, listed, references,
    ):  # fmt: skip
        lines += part(facts)
    lines += about.confirmation()
    return page(lines)


def _run(facts: Facts, more: str = "") -> str:
    return " ".join(part for part in ("sh run", more, facts.command) if part)


def overview(facts: Facts) -> list[str]:
    """Return what the package does, in a few lines."""
    made, steps = exhibits(facts.manifest), facts.manifest["steps"]
    lines = ["## Overview", ""]
    return lines + paragraph(
        f"`{_run(facts)}` makes {len(made)} tables and figures and the report from the data files "
        f"of this package in {len(steps)} steps (Snakemake, Python). Their results as published "
        f"stand in `results/{facts.about.run}/`; a replicator should expect about "
        f"{_minutes(facts)} on {_cores(facts)} cores."
    )


def _minutes(facts: Facts) -> str:
    """Return how long the run takes: the steps' processor time over the cores."""
    used = sum(step["cpu_seconds"] for step in facts.manifest["steps"])
    minutes = used / 60 / _cores(facts)
    return "one minute" if minutes < 1 else f"{minutes:.0f} minutes"


def _cores(facts: Facts) -> int:
    return int(facts.manifest["machine"]["cores"] or 1)


def availability(facts: Facts) -> list[str]:
    """Return rights, and which data are provided."""
    lines = ["## Data availability and provenance", "", "### Rights", ""]
    lines += paragraph(
        "The project's own coding (statements, types, participation, troops, reasons) is under "
        f"{facts.about.licence_sentence}. All other columns keep the terms of their sources, which "
        "the list of sources and the dictionaries of `data/` give for every source and column."
    )
    if terms := _terms(facts.read):
        head = ("terms", "columns of country_year", "may be passed on", "what they ask")
        lines += table(head, terms)
    lines += ["### Share-alike", ""]
    lines += paragraph(
        f"`SHARE_ALIKE.csv` names the {len(facts.carrying)} columns of results that are made of "
        "share-alike columns, or of columns whose terms leave that unclear, and from which. "
        "Anyone who passes on these files does so under the terms of the columns that they are "
        "made of."
    )
    lines += ["### Summary", ""]
    missing = [name for name in facts.manifest["inputs"] if not _provided(name)]
    all_there = "All data that the run reads are provided and publicly available."
    some = f"Not provided, but part of the installed packages: {', '.join(missing)}."
    return lines + paragraph(some if missing else all_there)


def _terms(read: Read) -> list[tuple[object, ...]]:
    counts: dict[str, int] = {}
    for entry in licences.dictionary(read).values():
        counts[entry["terms"]] = counts.get(entry["terms"], 0) + 1
    return [
        (f"`{term}`", count, *RIGHTS.get(term, ("see the source", "")))
        for term, count in sorted(counts.items())
    ]


def _provided(name: str) -> bool:
    # here, because the package is made of this module's page
    from .replication_package import outside

    return not outside([name])


def datasets(facts: Facts) -> list[str]:
    """Return the list of data files."""
    lines = ["## Dataset list", ""]
    return lines + table(
        ("file", "what", "terms of its sources", "provided"),
        [
            (f"`{name}`", _what(name), _source_terms(name, facts.read), _yes(_provided(name)))
            for name in sorted(facts.manifest["inputs"])
        ],
    )


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _what(name: str) -> str:
    stem = Path(located(name)).stem
    return load(stem).title if (SCHEMAS / f"{stem}.yaml").is_file() else "data of the run"


def _source_terms(name: str, read: Read) -> str:
    rows = read.by_path.get(name)
    return "" if rows is None else ", ".join(licences.of_rows(rows, read).terms)


def requirements(facts: Facts) -> list[str]:
    """Return software, randomness, memory, duration and storage."""
    made, machine = facts.manifest, facts.manifest["machine"]
    packages = made["packages"]
    lines = ["## Computational requirements", "", "### Software", ""]
    named = ", ".join(f"{name} {packages[name]}" for name in NAMED if name in packages)
    lines += paragraph(
        f"Python {made['python']} (3.11 to 3.13 work) on Linux or macOS; on Windows in WSL. "
        f"`sh run` installs all packages in `.venv/`, by hash from `requirements.lock` ({named}, "
        "and what they need); for this first start it needs the internet, afterwards never. No "
        "other software is needed."
    )
    linear = ", ".join(f"{part} {name}" for part, name in machine["linear_algebra"].items())
    lines += paragraph(f"Linear algebra: {linear}, one thread a step.")
    lines += ["### Controlled randomness", ""]
    lines += paragraph(
        f"Every random number comes from `seed: {made['seed']}` in the config. Two runs give the "
        "same bytes, on one core or several; only `manifest.json` and logs hold times."
    )
    lines += ["### Memory, duration, storage", ""]
    steps = made["steps"]
    peak = max((step["peak_mb"] for step in steps), default=0)
    used = sum(step["cpu_seconds"] for step in steps)
    size = sum(Path(name).stat().st_size for name in made["outputs"]) / 1e6
    lines += paragraph(
        f"Made on {machine['cores']} cores ({machine['processor']}, {machine['memory_gb']} GB of "
        f"memory, {made['platform']}). The {len(steps)} steps took {used:,.0f} seconds of "
        f"processor time together; the largest held {peak:,} MiB of memory. The results take "
        f"{size:,.0f} MB, the installed packages about {ROOM} GB."
    )
    lines += table(
        ("step", "seconds", "processor seconds", "peak memory (MiB)"),
        [
            (f"`{step['step']}`", step["seconds"], step["cpu_seconds"], step["peak_mb"])
            for step in steps
        ],
    )
    return lines


def programs(facts: Facts) -> list[str]:
    """Return what the code is, and its licence."""
    code = facts.manifest["program"]
    lines = ["## Description of programs", ""]
    for text in (
        "`run` starts everything; `Snakefile` and `rules/` hold the steps and their order.",
        "`scripts/NAME.py` is the script of the rule NAME; `scripts/coalition/` the library, whose "
        "modules `docs/architecture.md` lists.",
        "`config.yaml`, `configs/` hold every choice; `schemas/` says what may stand in config and "
        "tables.",
        "`tests/` holds the tests (`sh run test`), among them recovery of known truths and "
        "comparison with R and published results.",
    ):
        lines += bullet(text)
    commit = f", commit {code['commit']}" if code["commit"] else ""
    changed = " with changes that are not committed" if code["modified"] else ""
    lines += [
        "",
        *paragraph(
            f"The results were made by version {facts.about.program_version}{commit}{changed}: "
            f"sha256 `{code['sha256']}` of {len(code['files'])} files, each in "
            f"`results/{facts.about.run}/manifest.json`."
        ),
    ]
    return lines + paragraph(f"Licence of the code: {facts.about.program_licence} (LICENSE).")


def instructions(facts: Facts) -> list[str]:
    """Return what a replicator does."""
    run = facts.about.run
    lines = ["## Instructions to replicators", ""]
    lines += ["    sha256sum -c SHA256SUMS           # the package is whole"]
    lines += [f"    {_run(facts, 'check'):<34}# reads data and settings, fits nothing"]
    lines += [f"    mv results/{run} results/published"]
    lines += [f"    {_run(facts):<34}# makes everything again"]
    lines += [f"    sh run compare results/published results/{run}", ""]
    return lines + paragraph(
        "`sh run` is the same as `./run`, and works where an archive has dropped the run bit. As "
        f"long as the published results are in place in `results/{run}`, `sh run` takes "
        "them for made and may make nothing, so move them away first. The comparison says which "
        "tables, figures and estimates differ; none should."
    )


def listed(facts: Facts) -> list[str]:
    """Return where every table and figure comes from."""
    lines = ["## List of tables and figures", ""]
    return lines + table(
        ("exhibit", "title", "config", "rule", "script", "output"),
        [
            (
                each.number,
                each.title,
                each.config,
                f"`{each.rule}`",
                each.script,
                f"`{each.output}`",
            )
            for each in exhibits(facts.manifest)
        ],
    )


def references(facts: Facts) -> list[str]:
    """Return what to cite."""
    lines = ["## References", ""]
    lines += bullet(facts.about.cited("replication package", facts.about.program_version))
    for entry in facts.about.settings.get("related", []):
        doi = f" https://doi.org/{entry['doi']}" if entry.get("doi") else ""
        lines += bullet(f"{entry['citation']}{doi}")
    folder = Path(facts.manifest["config"]["states"]).parent
    for name, what in CITED.items():
        if (folder / name).is_file():
            lines += bullet(f"{what}: `{(folder / name).as_posix()}`.")
    return [*lines, ""]
