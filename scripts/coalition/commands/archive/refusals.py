"""What keeps a run from being archived: all of it at once, before anything is written."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...base.errors import Problems
from ...base.files import read_json, sha256
from ...data import released_tables
from ...data.file_formats import located
from ...workflow import provenance
from ...workflow.manifest import MANIFEST
from .about import LICENCES, About, about
from .replication_package import outside

AGAIN = "start the run again with ./run, and let it come to its end"
FOLDER = "archive"
"""Folder of a run that takes its packages."""
DESCRIPTION = "datapackage.json"
DERIVED = ("data/state_operation", "data/operations.csv")
"""Tables that the run's rules make: other rules are no other data."""
PACKAGE = "package:"


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of a finished run.

    Raises
    ------
    Problems
        When the folder holds no finished run of this version of the program.
    """
    problems, place = Problems(), str(folder)
    if not folder.is_dir():
        known = [
            f"results/{path.parent.name}" for path in sorted(Path("results").glob("*/" + MANIFEST))
        ]
        problems.add(place, "there is no such folder", allowed=", ".join(known) or "a run's folder")
    elif not (folder / MANIFEST).is_file():
        problems.add(
            place, f"an unfinished run: it has no {MANIFEST}, which a run writes last; {AGAIN}"
        )
    problems.stop()
    found: Any = None
    with suppress(OSError, ValueError):
        found = read_json(folder / MANIFEST)
    if not isinstance(found, dict) or not {"program", "command", "steps", "config"} <= found.keys():
        message = f"made by a version that did not store what code made the results; {AGAIN}"
        problems.add(str(folder / MANIFEST), message)
    elif Path("results", str(found["run"])).resolve() != folder.resolve():
        problems.add(place, "not where the run was made", allowed=f"results/{found['run']}")
    problems.stop()
    assert isinstance(found, dict)
    return found


def check(manifest: Mapping[str, Any], problems: Problems) -> About:
    """Note everything that keeps a run from being archived; return what a deposit says of
    itself.
    """
    _results(manifest, problems)
    _inputs(manifest, problems)
    _program(manifest, problems)
    if not manifest["config"].get("operations"):
        message = "the run analyses no operation, so there are no coded data to deposit"
        problems.add("operations", message, allowed="a run of one operation or more")
    found = about(manifest)
    _stated(found, manifest, problems)
    return found


def _results(manifest: Mapping[str, Any], problems: Problems) -> None:
    for path, made in sorted(manifest["outputs"].items()):
        if not Path(path).is_file():
            problems.add(path, f"a result of the run is gone; {AGAIN}")
        elif sha256(path) != made:
            problems.add(
                path, f"a result was changed since the run made it; delete it, then {AGAIN}"
            )


def _inputs(manifest: Mapping[str, Any], problems: Problems) -> None:
    for part, what in (("inputs", "data file"), ("config_files", "config file")):
        for path, read in sorted(manifest[part].items()):
            there = Path(located(path))
            if not there.is_file():
                problems.add(path, f"this {what} of the run is gone; put it back")
            elif sha256(there) != read:
                problems.add(path, f"this {what} was changed since the run; {AGAIN}")
    own = [path for path in manifest["inputs"] if not path.startswith(PACKAGE)]
    for path in outside([*own, *manifest["config_files"]]):
        message = "this file lies outside the project's folder, so no package can hold it"
        problems.add(
            path, message, allowed=f"a file in the folder, for instance data/{Path(path).name}"
        )


def _program(manifest: Mapping[str, Any], problems: Problems) -> None:
    then, now = manifest["program"]["files"], provenance.program()
    for path in sorted({*then, *now}):
        if then.get(path) != now.get(path):
            what = "is gone" if path not in now else "is new" if path not in then else "was changed"
            problems.add(path, f"this file of the program {what} since the run; {AGAIN}")


def _stated(found: About, manifest: Mapping[str, Any], problems: Problems) -> None:
    """Note what a deposit must state and does not."""
    if not found.settings:
        problems.add(
            "archive", "the config has no such block", allowed="see configs/main/archive.yaml"
        )
    elif not found.settings.get("data_licence"):
        problems.add(
            "archive.data_licence",
            "no licence of the project's own coding is chosen",
            allowed=", ".join(name for name in LICENCES if name != "MIT"),
        )
    _citation(found, problems)
    if not found.data_version:
        folder = Path(manifest["config"]["states"]).parent
        problems.add(
            str(folder / "VERSION"), "no version of the data", allowed="one line such as 1.0"
        )
    elif not _plain(found.data_version):
        problems.add("VERSION", "not a version", value=found.data_version, allowed="such as 1.0")


def _citation(found: About, problems: Problems) -> None:
    """Note what CITATION.cff must state and does not."""
    if not found.authors or not all(author.name for author in found.authors):
        problems.add(
            "CITATION.cff",
            "no authors, or one without a name",
            allowed="authors: [{family-names: ..., given-names: ..., orcid: ...}]",
        )
    if not found.program_version:
        problems.add("CITATION.cff", "no version of the program", allowed="version: 1.0.0")
    if not found.program_licence:
        problems.add("CITATION.cff", "no licence of the program", allowed="license: MIT")


def _plain(version: str) -> bool:
    return all(part.isalnum() for part in version.replace("-", ".").split("."))


# -- a version stands for one content


def used_before(found: About, tables: Mapping[str, str], states: str, problems: Problems) -> None:
    """Note a version of the data that was used before with other data: in a package that was made
    here, or as a release.

    Parameters
    ----------
    tables : mapping
        Table of the package (path) -> sha256.
    states : str
        The list of states, beside which the releases stand.
    """
    name = f"{found.data_name}.zip"
    for path in sorted(Path("results").glob(f"*/{FOLDER}/{name}")):
        before = hashes(_description(path))
        other = [table for table, made in before.items() if tables.get(table, made) != made]
        other = [table for table in other if not table.startswith(DERIVED)]
        if other:
            message = (
                f"version {found.data_version} of the data was used before with other data "
                f"({', '.join(sorted(other))}); raise {Path(states).parent / 'VERSION'}, or delete "
                "that package if it was never published"
            )
            problems.add(str(path), message)
    for table in _unlike_release(Path(states).parent, found.data_version):
        message = f"other data than in the release {found.data_version}; raise the version"
        problems.add(str(Path(states).parent / released_tables.RELEASE), message, value=table)


def hashes(description: Mapping[str, Any]) -> dict[str, str]:
    """Return the sha256 of each table that a datapackage.json describes, by path."""
    return {
        resource["path"]: resource["hash"].partition(":")[2]
        for resource in description.get("resources", [])
    }


def _description(path: Path) -> dict[str, Any]:
    with (
        suppress(OSError, ValueError, KeyError, zipfile.BadZipFile),
        zipfile.ZipFile(path) as packed,
    ):
        return json.loads(packed.read(f"{path.stem}/{DESCRIPTION}"))
    return {}


def _unlike_release(folder: Path, version: str) -> list[str]:
    """Return the tables that are not those of the release of a version, if there was one."""
    if not (folder / released_tables.RELEASE).is_file():
        return []
    # here, because most of what this module does needs nothing of it
    import pandas as pd

    release = pd.read_csv(folder / released_tables.RELEASE, dtype="str", keep_default_na=False)
    then = release[release["version"] == version]
    if then.empty:
        return []
    now = released_tables.fingerprints(released_tables.read_tables(folder))
    both = then.merge(now, on=["table", "column"], how="outer", suffixes=("", "_now"))
    return sorted(set(both.loc[both["sha256"] != both["sha256_now"], "table"]))
