"""The packages opened again in a fresh folder, as somebody who downloads them does."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...workflow.fingerprints import PROJECT
from . import table_files
from .fixed_zip import unpacked, wrong_sums
from .replication_readme import arguments

PATIENCE = 600
"""Seconds for `sh run check`."""


def data(path: Path, folder: Path, problems: Callable[[str], None]) -> list[str]:
    """Open a data package: sums, schema, and the three files of each table against each other;
    return what was found in order, a sentence each.
    """
    found = unpacked(path, folder)
    said = _sums(found, problems)
    description = json.loads((found / "datapackage.json").read_text(encoding="utf-8"))
    said.append(_valid(found, description, problems))
    tables = cells = 0
    for resource in description["resources"]:
        stem, fields = resource["path"].removesuffix(".csv"), resource["schema"]["fields"]
        for difference in table_files.differences(found, stem, fields):
            problems(difference)
        rows = len(pd.read_csv(found / resource["path"], dtype="str"))
        tables, cells = tables + 1, cells + rows * len(fields)
    said.append(f"{tables} tables: csv = dta = rds in all {cells:,} cells")
    return said


def _sums(folder: Path, problems: Callable[[str], None]) -> list[str]:
    wrong = wrong_sums(folder)
    for name in wrong:
        problems(f"{name}: another sha256 than in SHA256SUMS")
    files = sum(path.is_file() for path in folder.rglob("*"))
    return [] if wrong else [f"{folder.name}: {files} files, all sums right"]


def _valid(folder: Path, description: Mapping[str, Any], problems: Callable[[str], None]) -> str:
    """Validate by the Frictionless library where it is installed, else by the project's own
    check.
    """
    if find_spec("frictionless") is None:
        for resource in description["resources"]:
            for sentence in violations(folder, resource, description):
                problems(sentence)
        return "datapackage.json: every table as its schema says (own check)"
    validate = import_module("frictionless").validate

    report = validate(str(folder / "datapackage.json"))
    for task in report.tasks:
        for error in task.errors:
            problems(f"{task.name}: {error.message}")
    return "datapackage.json: valid (frictionless)"


def violations(
    folder: Path, resource: Mapping[str, Any], description: Mapping[str, Any]
) -> list[str]:
    """Return in words where a table is not as its Table Schema says: names, types, constraints, key
    and references to other tables.
    """
    table = pd.read_csv(folder / resource["path"], dtype="str", keep_default_na=False)
    schema = resource["schema"]
    names = [field["name"] for field in schema["fields"]]
    if names != list(table.columns):
        return [f"{resource['path']}: other columns than in its schema"]
    found = []
    for field in schema["fields"]:
        cells = table[field["name"]]
        found += [
            f"{resource['path']}: column {field['name']}: {what}" for what in _broken(cells, field)
        ]
    key = schema["primaryKey"]
    if key and table.duplicated(key).any():
        found.append(f"{resource['path']}: two rows with one {' + '.join(key)}")
    others = {other["name"]: other for other in description["resources"]}
    for reference in schema.get("foreignKeys", []):
        name, target = reference["fields"][0], reference["reference"]
        other = pd.read_csv(
            folder / others[target["resource"]]["path"], dtype="str", keep_default_na=False
        )
        lost = sorted(set(table[name]) - {""} - set(other[target["fields"][0]]))
        if lost:
            found.append(f"{resource['path']}: {name} {lost[0]} is not in {target['resource']}")
    return found


def _broken(cells: pd.Series, field: Mapping[str, Any]) -> list[str]:
    limits, known = field.get("constraints", {}), cells[cells != ""]
    number = field["type"] in table_files.NUMBERS
    values: pd.Series = pd.to_numeric(known, errors="coerce") if number else known
    found = ["empty cells"] if limits.get("required") and len(known) < len(cells) else []
    if number:
        found += _no_number(values, field["type"], limits)
    if "enum" in limits and not values.isin(limits["enum"]).all():
        found.append("a value that is not allowed")
    if "pattern" in limits and not known.str.fullmatch(limits["pattern"]).all():
        found.append("a value of another form")
    return found


def _no_number(numbers: pd.Series, kind: str, limits: Mapping[str, Any]) -> list[str]:
    broken = numbers.isna() | ((numbers % 1 != 0) if kind == "integer" else False)
    beyond = {
        "minimum": numbers < limits.get("minimum", -np.inf),
        "maximum": numbers > limits.get("maximum", np.inf),
    }
    found = [f"not {kind}"] if broken.any() else []
    return found + [f"a value beyond its {bound}" for bound, out in beyond.items() if out.any()]


def replication(
    path: Path, folder: Path, manifest: Mapping[str, Any], problems: Callable[[str], None]
) -> list[str]:
    """Open a replication package: sums, and `sh run check` from it, with the packages that are
    installed here; return what was found in order, a sentence each.
    """
    found = unpacked(path, folder)
    said = _sums(found, problems)
    installed = PROJECT / ".venv"
    if not (installed / "bin" / "python").exists():
        return [*said, "sh run check was not tried: the packages are not installed in .venv"]
    (found / ".venv").symlink_to(installed.resolve())
    command = ["sh", "run", "check", *arguments(manifest).split()]
    code, printed = -1, "it took too long"
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(command, cwd=found, capture_output=True, text=True, timeout=PATIENCE)
        code, printed = done.returncode, done.stderr.strip() or done.stdout.strip()
    (found / ".venv").unlink()
    if code:
        problems(
            f"`{' '.join(command)}` in the unpacked package ends with {code}: {printed[:2000]}"
        )
        return said
    return [*said, f"`{' '.join(command)}` from the unpacked package: in order"]
