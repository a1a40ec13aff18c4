"""Every key of a config as the schema describes it: what it is, may be, and is where nothing is
said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import methodcaller
from typing import Any

import yaml

from ..base.keys import listed
from .json_schema import schema

ANY = "NAME"
"""Stands in a path for a name of the user's own."""
PARTS = ("if", "then", "else")


@dataclass(frozen=True)
class Key:
    """One key: its path, and what the schema says of it (`default` and `example` None: none)."""

    path: str
    description: str
    allowed: str
    default: str | None
    example: str | None


def every_key() -> list[Key]:
    """Return every key that a config may have, block by block."""
    whole = schema()
    return [_key(path, spec, whole) for path, spec in _walk(whole, (), whole)]


def find(path: Sequence[str]) -> Key | None:
    """Return the key at a path, with names of the user's own in it; None where there is none."""
    whole = schema()
    spec: Mapping[str, Any] = whole
    for step in path:
        found = _child(spec, step, whole)
        if found is None:
            return None
        spec = found
    return _key(tuple(path), spec, whole)


def shown(value: Any) -> str:
    """Return a value as it is written in a config, on one line."""
    text = yaml.safe_dump(
        value, default_flow_style=True, width=10**6, sort_keys=False, allow_unicode=True
    )
    return text.strip().removesuffix("...").strip()


def _walk(
    spec: Mapping[str, Any], path: tuple[str, ...], whole: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Go through the keys of a block. A block that others share is described where it first is."""
    for form in _forms(spec, whole):
        for name, inner in form.get("properties", {}).items():
            if "description" in inner:
                yield (*path, name), inner
                if not _described_elsewhere((*path, name)):
                    yield from _walk(inner, (*path, name), whole)
        entries = form.get("additionalProperties")
        if isinstance(entries, Mapping) and len(path) < 5:
            yield from _walk(entries, (*path, ANY), whole)
        if isinstance(form.get("items"), Mapping):
            yield from _walk(form["items"], path, whole)


def _described_elsewhere(path: tuple[str, ...]) -> bool:
    """Tell whether a block only changes settings that have a section of their own."""
    top, last = path[0], path[-1]
    return top == "subsamples" or (
        (
            top in ("robustness", "specification_curve")
            and len(path) > 1
            and last in ("operations", "variables", "measures", "sample")
        )
        or (top == "specification_curve" and last == "model")
    )


def _forms(spec: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Return what a part of the schema says, and each part that it refers to."""
    yield spec
    if "$ref" in spec:
        yield from _forms(whole["$defs"][spec["$ref"].rsplit("/", 1)[-1]], whole)
    for part in PARTS:
        if isinstance(spec.get(part), Mapping):
            yield from _forms(spec[part], whole)
    for part in ("allOf", "oneOf"):
        for option in spec.get(part, []):
            yield from _forms(option, whole)


def _child(
    spec: Mapping[str, Any], step: str, whole: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    forms = list(_forms(spec, whole))
    forms += [
        inner
        for form in forms
        if isinstance(form.get("items"), Mapping)
        for inner in _forms(form["items"], whole)
    ]
    named = [form["properties"][step] for form in forms if step in form.get("properties", {})]
    if named:
        return min(named, key=lambda inner: "description" not in inner)
    entries = map(methodcaller("get", "additionalProperties"), forms)
    return next((inner for inner in entries if isinstance(inner, Mapping)), None)


def _key(path: tuple[str, ...], spec: Mapping[str, Any], whole: Mapping[str, Any]) -> Key:
    examples = spec.get("examples", [])
    return Key(
        ".".join(path),
        str(spec.get("description", "")),
        _allowed(spec, whole),
        shown(spec["default"]) if "default" in spec else None,
        shown(examples[0]) if examples else None,
    )


def _allowed(spec: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    """Return in words what a value may be."""
    if "$ref" in spec:
        name = spec["$ref"].rsplit("/", 1)[-1]
        return "conditions" if name == "where" else _allowed(whole["$defs"][name], whole)
    if "enum" in spec:
        return ", ".join(map(_value, spec["enum"]))
    if "const" in spec:
        return str(spec["const"])
    if "oneOf" in spec and "type" not in spec:
        return " or ".join(dict.fromkeys(_allowed(option, whole) for option in spec["oneOf"]))
    return " or ".join(_kind(kind, spec, whole) for kind in listed(spec.get("type", "object")))


def _value(value: Any) -> str:
    return "(empty)" if value is None else str(value)


def _kind(kind: str, spec: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    if kind == "array":
        items = spec.get("items", {})
        return f"list of {_allowed(items, whole)}" if items else "list"
    if kind == "object":
        return f"keys: {', '.join(spec['properties'])}" if "properties" in spec else "a block"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    return words.get(kind, kind) + _range(spec)


def _range(spec: Mapping[str, Any]) -> str:
    bounds = {
        "minimum": "from", "exclusiveMinimum": "above", "maximum": "to",
        "exclusiveMaximum": "below",
    }  # fmt: skip
    words = [f"{word} {spec[bound]:g}" for bound, word in bounds.items() if bound in spec]
    return f" {' '.join(words)}" if words else ""
