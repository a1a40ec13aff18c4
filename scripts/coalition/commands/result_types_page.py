"""The block of docs/architecture.md that says what result files hold, printed from their types."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints

from ..base.result_types import FILES

WORDS = {str: "text", int: "whole", float: "number", bool: "true/false", type(None): "null"}


def block() -> str:
    """Return the part of docs/architecture.md that these types are: each file, then what it holds
    that no file before it does.
    """
    lines, said = list[str](), set[type]()
    for file in FILES:
        lines += [f"{file.__doc__}:", "", *_printed("", file)]
        for inner in _inner(file):
            if inner not in said:
                lines += _printed(f"{inner.__name__.upper()} = ", inner)
            said.add(inner)
        lines.append("")
    return "\n".join(lines)


START, END = "<!-- types -->\n", "<!-- end of types -->\n"


def page_with(page: str) -> str:
    """Return docs/architecture.md with the block between its marks made anew."""
    before, _, rest = page.partition(START)
    return f"{before}{START}\n{block()}{END}{rest.partition(END)[2]}"


def _inner(of: Any) -> Iterator[type]:
    """Return the types that a type is made of, whatever lies between; itself not."""
    hints = get_type_hints(of).values() if isinstance(of, type) and keyed(of) else get_args(of)
    for hint in hints:
        if isinstance(hint, type) and keyed(hint):
            yield hint
        if not isinstance(hint, str):
            yield from _inner(hint)


def keyed(of: type) -> bool:
    """Tell whether a type is a dictionary with declared keys."""
    return issubclass(of, dict) and hasattr(of, "__required_keys__")


def optional(of: type) -> set[str]:
    """Return the keys of such a type that need not be there."""
    hints = get_type_hints(of, include_extras=True)
    return {key for key, hint in hints.items() if get_origin(hint) is NotRequired}


def _printed(head: str, of: type) -> list[str]:
    keys = ", ".join(
        f'"{key}"{"?" if key in optional(of) else ""}: {_word(hint)}'
        for key, hint in get_type_hints(of).items()
    )
    filled = textwrap.wrap(f"{head}{{{keys}}}", 94, subsequent_indent="  ")
    about = [] if of in FILES else textwrap.wrap(" ".join(str(of.__doc__).split()), 92)
    return [f"    {line}" for line in [*(f"# {line}" for line in about), *filled]]


def _word(hint: Any) -> str:
    """Return a type as the page writes it."""
    parts = get_args(hint)
    if get_origin(hint) is list:
        return f"[{_word(parts[0])}]"
    if get_origin(hint) is Literal:
        return " | ".join(f'"{part}"' for part in parts)
    return " | ".join(map(_word, parts)) if parts else WORDS.get(hint) or hint.__name__.upper()
