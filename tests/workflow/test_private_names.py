"""No test calls a private name of another module: what a test needs is public, or tested through
what is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
OWN = ("self", "cls")
NAMED_TUPLE = ("_replace", "_asdict", "_fields", "_make")
"""Public by the standard library's documentation, in spite of how they are written."""
DOTTED = re.compile(r"[a-z_0-9.]*\b_[a-z]\w*")
REACHING = ("setattr", "getattr", "delattr", "patch", "object")


def is_private(name: str) -> bool:
    """Tell whether a name is for its own module alone."""
    return name.startswith("_") and not name.startswith("__") and name not in NAMED_TUPLE


def reached(source: str) -> Iterator[tuple[int, str]]:
    """Give line and name of every private name of another module or object in a source text."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module=module, names=names):
                parts = [*(module or "").split("."), *(alias.name for alias in names)]
                if module != "__future__":
                    yield from ((node.lineno, part) for part in parts if is_private(part))
            case ast.Import(names=names):
                parts = [part for alias in names for part in alias.name.split(".")]
                yield from ((node.lineno, part) for part in parts if is_private(part))
            case ast.Attribute(value=ast.Name(id=name)) if name in OWN:
                pass
            case ast.Attribute(attr=name) if is_private(name):
                yield node.lineno, name
            case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called), args=args):
                if called in REACHING:
                    yield from ((node.lineno, name) for name in _written(args))


def _written(args: list[ast.expr]) -> Iterator[str]:
    """Give the private names that stand as texts: `setattr(module, "_name", ...)`."""
    texts = [one.value for one in args if isinstance(one, ast.Constant)]
    for text in texts:
        if isinstance(text, str) and DOTTED.fullmatch(text):
            yield from (part for part in text.split(".") if is_private(part))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("from coalition.robustness.power import _drawn", "_drawn"),
        ("from coalition import _secret", "_secret"),
        ("import coalition._secret", "_secret"),
        ("power._drawn(1)", "_drawn"),
        ("made().table._rows", "_rows"),
        ("monkeypatch.setattr(power, '_drawn', None)", "_drawn"),
        ("monkeypatch.setattr('coalition.robustness.power._drawn', None)", "_drawn"),
        ("getattr(power, '_drawn')", "_drawn"),
    ],
)
def test_a_private_name_is_found(source: str, name: str) -> None:
    assert list(reached(source)) == [(1, name)]


@pytest.mark.parametrize(
    "source",
    [
        "from __future__ import annotations",
        "self._kept = 1",
        "row._replace(a=1)",
        "module.__file__",
        "_own(1)",
        "getattr(one, 'public')",
    ],
)
def test_other_names_are_left_alone(source: str) -> None:
    assert list(reached(source)) == []


def test_no_test_calls_a_private_name_of_another_module() -> None:
    files = sorted(TESTS.rglob("*.py"))
    assert len(files) > 100
    found = [
        f"{path.relative_to(TESTS)}:{line} {name}"
        for path in files
        for line, name in reached(path.read_text(encoding="utf-8"))
    ]
    assert found == []
