"""The rooms of the library: imports go down only, and no two modules are called alike."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[2] / "scripts" / "coalition"
FLOORS = (
    ("base",),
    ("formula",),
    ("data",),
    ("config",),
    ("estimators", "workflow"),
    ("samples", "inference", "measurement", "verdicts"),
    ("robustness",),
    ("outputs",),
    ("commands",),
)
"""From the ground: a room may import from those below it, and from itself."""
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(LIBRARY.rglob("*.py"))


def imported_rooms(path: Path) -> Iterator[tuple[int, str]]:
    """Return the line and the room of every import of the library in one of its modules."""
    package = path.relative_to(LIBRARY).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = package[: len(package) - (node.level - 1)]
            base = [*above, *(node.module or "").split(".")] if node.module else [*above]
            rooms = base[:1] or [alias.name for alias in node.names]
            yield from ((node.lineno, room) for room in rooms)


def test_every_room_has_a_floor() -> None:
    rooms = {path.name for path in LIBRARY.iterdir() if (path / "__init__.py").is_file()}
    assert rooms <= set(FLOOR)
    assert [path.name for path in LIBRARY.glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_imports_go_down(path: Path) -> None:
    room = path.relative_to(LIBRARY).parts[0]
    up = [
        (line, other)
        for line, other in imported_rooms(path)
        if other != room and FLOOR[other] >= FLOOR[room]
    ]
    assert not up


def test_module_names_are_unique_and_not_of_the_standard_library() -> None:
    names = Counter(path.stem for path in MODULES if not path.stem.startswith("__"))
    assert [name for name, count in names.items() if count > 1] == []
    assert set(names) & set(sys.stdlib_module_names) == set()


def test_names_of_test_files_are_unique() -> None:
    """Two test files of one name cannot be collected together: pytest imports them by name."""
    names = Counter(path.name for path in Path(__file__).parents[1].rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
