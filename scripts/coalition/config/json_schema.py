"""The shape of a config against schemas/config.yaml: every error of JSON Schema in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from ..base.errors import Problem, Problems, nearest
from ..base.files import read_own_yaml
from ..base.keys import listed
from ..formula.families import FAMILIES
from ..formula.inference_methods import METHODS
from .output_kinds import FIGURES, TABLES

SCHEMA = Path(__file__).parents[3] / "schemas" / "config.yaml"
KINDS = {
    "object": "a block of keys", "array": "a list", "string": "a text", "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false", "null": "(empty)",
}  # fmt: skip
LIMITS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "minimum": ("too small", "{:g} or more".format),
    "maximum": ("too large", "at most {:g}".format),
    "exclusiveMinimum": ("too small", "more than {:g}".format),
    "exclusiveMaximum": ("too large", "less than {:g}".format),
    "minItems": ("too few entries", "{} or more".format),
    "maxItems": ("too many entries", "at most {}".format),
    "minProperties": ("too few keys", "{} or more".format),
    "maxProperties": ("too many keys", "at most {}".format),
    "minLength": ("too short", "{} characters or more".format),
    "maxLength": ("too long", lambda most: f"at most {most} character{'s' if most != 1 else ''}"),
    "uniqueItems": ("an entry stands twice", lambda _: ""),
    "format": ("not a date", lambda _: "YYYY-MM-DD"),
}
"""Constraints of JSON Schema: what is wrong where one is not met, and what is allowed."""


def check(config: Mapping[str, Any], problems: Problems) -> None:
    """Note what a config has in the wrong place, of the wrong kind, or not at all."""
    for error in sorted(_validator().iter_errors(config), key=_place_then_kind):
        _explain(error, problems)


def schema() -> dict[str, Any]:
    """Return the schema of a config, with the names that the registries hold filled in."""
    return _completed(tuple(FAMILIES), tuple(METHODS), tuple(TABLES), tuple(FIGURES))


@cache
def _completed(
    families: tuple[str, ...],
    methods: tuple[str, ...],
    tables: tuple[str, ...],
    figures: tuple[str, ...],
) -> dict[str, Any]:
    found = read_own_yaml(SCHEMA)
    found["$defs"]["family"]["enum"] = list(families)
    found["$defs"]["method"]["enum"] = list(methods)
    for part, kinds in (("tables", tables), ("figures", figures)):
        entry = found["properties"][part]["additionalProperties"]["properties"]
        entry["kind"]["enum"] = list(kinds)
    return found


def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        schema(), format_checker=jsonschema.FormatChecker(["date"])
    )


def path(parts: Iterable[object]) -> str:
    """Return a place in a config as a user reads it: models.h1_logit.terms[entry 2]."""
    text = ""
    for part in parts:
        text += (
            f"[entry {part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
        )
    return text or "config"


def _place_then_kind(error: Any) -> tuple[list[str], str]:
    # unknown keys before missing ones
    return [str(part) for part in error.absolute_path], str(error.validator)


def _shown(value: Any) -> str:
    """Return a value as it is written in a config."""
    return (
        "(empty)"
        if value is None
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )


def _explain(error: Any, problems: Problems) -> None:
    place, shown = path(error.absolute_path), _shown(error.instance)
    if error.instance is None:
        problems.add(place, "empty; fill it in")
    elif error.validator in EXPLAINED:
        EXPLAINED[error.validator](error, place, problems)
    elif error.validator in LIMITS:
        message, words = LIMITS[error.validator]
        problems.add(place, message, value=shown, allowed=words(error.validator_value) or None)
    else:
        allowed = error.schema.get("allowed")
        problems.add(place, "not allowed here", value=shown, allowed=allowed)


def _not_possible(error: Any, place: str, problems: Problems) -> None:
    """Note a value that is none of an enumeration."""
    value, allowed = _shown(error.instance), [_shown(option) for option in error.validator_value]
    problems.add(
        place,
        "not one of the possible values",
        value=value,
        allowed=", ".join(allowed),
        nearest=nearest(value, allowed),
    )


def _wrong_kind(error: Any, place: str, problems: Problems) -> None:
    shown, allowed = _shown(error.instance), _kinds(error.validator_value)
    problems.add(place, "of the wrong kind", value=shown, allowed=allowed)


def _no_form(error: Any, place: str, problems: Problems) -> None:
    """Note a value in no form that is possible, or a block with none or several of keys that
    exclude each other.
    """
    options, block = error.validator_value, isinstance(error.instance, dict)
    if error.validator == "oneOf" and block and all("required" in option for option in options):
        *keys, last = (option["required"][0] for option in options)
        given = [key for key in (*keys, last) if key in error.instance]
        found = f"it has {' and '.join(given)}" if given else "it has none"
        problems.add(
            place, f"needs exactly one of the keys {', '.join(keys)} or {last}, and {found}"
        )
    else:
        forms, shown = " or ".join(map(_form, options)), _shown(error.instance)
        problems.add(place, "not in any of the possible forms", value=shown, allowed=forms)


def _kinds(types: str | list[str]) -> str:
    return " or ".join(KINDS[kind] for kind in listed(types))


def _form(option: Mapping[str, Any]) -> str:
    """Return in words one of the forms that a value may have."""
    if "enum" in option:
        return " or ".join(map(_shown, option["enum"]))
    if "const" in option:
        return _shown(option["const"])
    words = option.get("items", {}).get("enum")
    if words:
        return f"a list of {', '.join(map(_shown, words))}"
    return _kinds(option.get("type", "object")) + (
        f" of {option['minimum']:g} or more" if "minimum" in option else ""
    )


def _unknown_keys(error: Any, place: str, problems: Problems) -> None:
    known = list(error.schema.get("properties", {}))
    for key in error.instance:
        if key not in known:
            where = f"{place}.{key}" if place != "config" else key
            problems.add(
                where, "unknown key", allowed=", ".join(known), nearest=nearest(key, known)
            )


def _missing_keys(error: Any, place: str, problems: Problems) -> None:
    """Note missing keys once each, though there is an error for each of them that names them
    all.
    """
    for key in error.validator_value:
        problem = Problem(place, f"the key {key!r} is missing")
        if (
            key not in error.instance
            and problem not in problems.found
            and not _misspelt(key, error.instance, place, problems)
        ):
            problems.found.append(problem)


def _misspelt(key: str, instance: Mapping[str, Any], place: str, problems: Problems) -> bool:
    """Whether a missing key is the one that an unknown key, which was noted already, was meant
    for.
    """
    prefix = "" if place == "config" else f"{place}."
    unknown = {problem.place for problem in problems.found if problem.nearest == key}
    return any(f"{prefix}{name}" in unknown for name in instance)


EXPLAINED: Mapping[str, Callable[[Any, str, Problems], None]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_keys,
    "enum": _not_possible,
    "type": _wrong_kind,
    "oneOf": _no_form,
    "anyOf": _no_form,
}
"""Rules of JSON Schema of which more than a limit is said, and what says it."""
