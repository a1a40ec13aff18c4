"""What an output depends on besides its inputs: the content of source files, and the library
modules that a script imports.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..base.files import plain, sha256

PACKAGE = Path(__file__).parents[1]
PROJECT = PACKAGE.parents[1]
NAMED = {
    PACKAGE.joinpath(*room.split("/"), "__init__.py")
    for room in ("estimators", "samples", "outputs/tables", "outputs/figures")
}
"""Packages that import their modules by the names in a registry: all of these count as imported."""
HEADINGS = ("groups", "panels")
"""Keys of a table below which names stand that it prints in their order."""


@cache
def imported(module: Path) -> frozenset[Path]:
    """Return the library's files that a Python file imports directly."""
    here = module.parent if PACKAGE in module.parents else PACKAGE.parent
    found = {
        file
        for statement in _statements(ast.parse(module.read_text(encoding="utf-8")))
        for candidate in _named(statement, here)
        for file in (candidate.with_suffix(".py"), candidate / "__init__.py")
        if file.is_file()
    }
    if module in NAMED:
        found |= set(module.parent.rglob("*.py")) - {module}
    ours = {file for file in found if PACKAGE in file.parents}
    return frozenset(ours.union(*map(_packages, ours)))


def _packages(file: Path) -> set[Path]:
    """Return the `__init__.py` of every package of the library that a file lies in."""
    return {folder / "__init__.py" for folder in file.parents if folder.is_relative_to(PACKAGE)}


def _named(node: ast.stmt, here: Path) -> list[Path]:
    """Return the paths, without ending, of what a statement may import."""
    if isinstance(node, ast.Import):
        return [PACKAGE.parent.joinpath(*alias.name.split(".")) for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = [here, *here.parents][node.level - 1] if node.level else PACKAGE.parent
    path = base.joinpath(*node.module.split(".")) if node.module else base
    return [path, *(path / alias.name for alias in node.names)]


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Return every statement of a file, also those inside others; expressions, which are most of a
    file, hold no imports.
    """
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        for part in ("body", "orelse", "handlers", "finalbody", "cases"):
            inside = getattr(node, part, None)
            # of a lambda or a conditional expression it is one expression
            if isinstance(inside, list):
                waiting += inside
                yield from (statement for statement in inside if isinstance(statement, ast.stmt))


def modules(script: str | Path) -> list[str]:
    """Return every library file that a script imports, directly or through another, sorted."""
    wanted, seen = [Path(script).resolve()], set()
    while wanted:
        for file in imported(wanted.pop()):
            if file not in seen:
                seen.add(file)
                wanted.append(file)
    return sorted(str(file) for file in seen)


@cache
def _hash(path: str) -> str:
    return sha256(path)


def content(paths: Iterable[str]) -> dict[str, str]:
    """Return the sha256 of each file that exists, by its path from the project's folder, sorted;
    each file is read once.
    """
    found = {
        os.path.relpath(path, PROJECT): _hash(str(path))
        for path in map(str, paths)
        if Path(path).is_file()
    }
    return dict(sorted(found.items()))


def part(config: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Return some blocks of the config as plain values, as `named` does it."""
    return {key: named(config[key]) for key in keys}


def named(block: Any) -> Any:
    """Return a block of the config as plain values that do not depend on the order in which an
    entry's keys are written.

    The names of the entries keep their order, because tables list measures, models and alternatives
    in it, and so do the headings that a table has of its own.
    """
    return (
        {name: _in_order(entry) for name, entry in plain(block).items()}
        if isinstance(block, Mapping)
        else plain(block)
    )


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: named(item) if key in HEADINGS else _in_order(item)
            for key, item in sorted(value.items())
        }
    return [_in_order(item) for item in value] if isinstance(value, list) else value
