"""What an output depends on besides its inputs: the content of source files, and the library modules that a script imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .files import plain, sha256

PACKAGE = Path(__file__).parent


@cache
def imported(module: Path) -> frozenset[Path]:
    """Return the library's files that a Python file imports directly."""
    found: set[Path] = set()
    here = module.parent if PACKAGE in module.parents else PACKAGE.parent
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = here if node.level else PACKAGE.parent
            for _ in range(node.level - 1):
                base = base.parent
            path = base.joinpath(*(node.module or "").split(".")) if node.module else base
            candidates = [path, *(path / alias.name for alias in node.names)]
        elif isinstance(node, ast.Import):
            candidates = [PACKAGE.parent.joinpath(*alias.name.split(".")) for alias in node.names]
        else:
            continue
        found |= {file for candidate in candidates for file in (candidate.with_suffix(".py"), candidate / "__init__.py") if file.is_file()}
    return frozenset(file for file in found if file == PACKAGE / "__init__.py" or PACKAGE in file.parents)


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
    """Return the sha256 of each file that exists, by name, sorted; each file is read once.

    Modules are named by their place in the library, since several packages have files of one name.
    """
    return {_name(Path(path)): _hash(str(path)) for path in sorted(set(map(str, paths))) if Path(path).is_file()}


def _name(path: Path) -> str:
    library = PACKAGE.resolve()
    return path.resolve().relative_to(library).as_posix() if library in path.resolve().parents else path.name


def part(config: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Return some blocks of the config as plain values. Their order is kept: tables list measures and alternatives in it."""
    return {key: plain(config[key]) for key in keys}
