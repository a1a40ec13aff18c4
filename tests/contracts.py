"""What docs/architecture.md says a result holds, read from the page, and a result held against it.

The page writes an object as JSON with an example, a choice ("a" | "b") or a name (MODEL) for a
value: `"key"?` is there only where it applies, `...EFFECT` has the keys of another object, and
`{kind: n}`, without quotes, is a mapping whose keys are data.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from coalition.commands.result_types_page import keyed, optional

PAGE = Path(__file__).parents[1] / "docs" / "architecture.md"
TOKEN = re.compile(r'#[^\n]*|"[^"]*"\??|[{}\[\],:|]|\.\.\.[A-Z]*|[^\s{}\[\],:|"]+')
NAME = re.compile(r"[A-Z]{3,}")


@dataclass
class Object:
    """keys : key -> the objects that its value may be or hold; optional : keys that need not be
    there; free : keys are data.
    """

    keys: dict[str, list[Object | str]] = field(default_factory=dict)
    optional: set[str] = field(default_factory=set)
    spread: list[str] = field(default_factory=list)
    free: bool = False


@cache
def page() -> str:
    """Return the text of the page."""
    return PAGE.read_text(encoding="utf-8")


def documented(heading: str) -> Object:
    """Return the object that the page shows after a text such as "`manifest.json`" or "    MODEL =
    ".
    """
    assert page().count(heading) == 1, f"{heading!r} must stand in docs/architecture.md once"
    text = page()[page().index(heading) + len(heading) :]
    return _object(
        token for token in TOKEN.findall(text[text.index("{") + 1 :]) if not token.startswith("#")
    )


def _object(tokens: Iterator[str]) -> Object:
    """Return the object whose opening brace has been read; what stands between its keys and values
    in plain words says nothing.
    """
    found, key = Object(), None
    before = ","
    for token in tokens:
        if token == "}":
            return found
        if before == "," and token.startswith('"'):
            key = token.strip('"?')
            assert key not in found.keys, f"{key!r} is documented twice"
            found.keys[key] = []
            found.optional |= {key} if token.endswith("?") else set()
        elif before == "," and token.startswith("..."):
            found.spread += [token.removeprefix("...")] if token != "..." else []
        elif before == "," and token not in "[{":
            found.free = True
        elif key and token in "{[":
            found.keys[key] += [_object(tokens)] if token == "{" else _list(tokens)
        elif key and NAME.fullmatch(token):
            found.keys[key].append(token)
        elif token in "{[":
            (_object if token == "{" else _list)(tokens)
        before = token
    raise AssertionError("an object of docs/architecture.md has no end")


def _list(tokens: Iterator[str]) -> list[Object | str]:
    """Return the objects of the list whose opening bracket has been read."""
    found: list[Object | str] = []
    for token in tokens:
        if token == "]":
            return found
        if token in "{[":
            found += [_object(tokens)] if token == "{" else _list(tokens)
        elif NAME.fullmatch(token):
            found.append(token)
    raise AssertionError("a list of docs/architecture.md has no end")


def _whole(of: Object | str) -> Object:
    """Return an object with the keys of those that it names."""
    of = documented(f"{of} = ") if isinstance(of, str) else of
    others = [_whole(name) for name in of.spread]
    keys = {name: value for each in (of, *others) for name, value in each.keys.items()}
    return Object(keys, of.optional.union(*(each.optional for each in others)), [], of.free)


def differences(result: Any, contract: Object | str, place: str = "") -> list[str]:
    """Return what a result has and the page does not say, and what the page says and the result has
    not; empty where they agree.
    """
    if isinstance(result, list):
        return list(
            dict.fromkeys(line for each in result for line in differences(each, contract, place))
        )
    if not isinstance(result, dict):
        return []
    of = _whole(contract)
    if of.free:
        return []
    found = [f"{place}.{key} is not documented" for key in result if key not in of.keys]
    found += [
        f"{place}.{key} is documented and missing"
        for key in of.keys
        if key not in result and key not in of.optional
    ]
    for key in [key for key in result if of.keys.get(key)]:
        found += differences(result[key], of.keys[key][0], f"{place}.{key}")
    return found


def misfits(value: Any, hint: Any, place: str = "") -> list[str]:
    """Return where a stored value is not of a type: a key too many or too few, or another kind of
    value; empty where it is.
    """
    parts = get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        found = [misfits(value, part, place) for part in parts]
        return [] if [] in found else max(found, key=len)
    if get_origin(hint) is Literal:
        return [] if value in parts else [f"{place}: {value!r}"]
    if get_origin(hint) is list and isinstance(value, list):
        return [line for each in value for line in misfits(each, parts[0], f"{place}[]")]
    if isinstance(hint, type) and keyed(hint) and isinstance(value, Mapping):
        keys = get_type_hints(hint)
        found = [misfits(value[key], keys[key], f"{place}.{key}") for key in keys if key in value]
        wanted = {*keys} - optional(hint)
        unlike = [f"{place}.{key}" for key in sorted((wanted - {*value}) | ({*value} - {*keys}))]
        return [*unlike, *(line for lines in found for line in lines)]
    allowed = (int, float) if hint is float else hint
    right = isinstance(value, allowed) and (hint is bool or not isinstance(value, bool))
    return [] if right else [f"{place}: {value!r}"]
