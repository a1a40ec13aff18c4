"""Settings and software of two runs, key by key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from .runs import Run

COLUMNS = ["key", "change", "a", "b"]
ORDER = (
    *(
        "hypotheses",
        "verdict",
        "models",
        "measures",
        "variables",
        "samples",
        "universes",
        "operations",
        "covariates",
        "states",
    ),
    *("sources", "robustness", "blocs", "uncertainty", "agreement", "seed"),
)
"""Blocks of the config from what decides a verdict down; tables and figures, which only print, come
after all others.
"""
NAME = "run"
"""The name of the run differs by intention."""
ABSENT = object()


def differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> pd.DataFrame:
    """Return every setting that is not the same in two configs.

    Returns
    -------
    DataFrame
        Key `key` ("models.h1_logit.terms"); change (changed, only in A, only in B); a, b: the
        values as JSON, missing where absent. An entry that one config lacks is one row. A list is
        one value: its order is a setting. Rows stand in the order of ORDER.
    """
    found = [(".".join(path), old, new) for path, old, new in _walk(a, b, ()) if path != (NAME,)]
    rows = [
        {"key": key, "change": _change(old, new), "a": _written(old), "b": _written(new)}
        for key, old, new in sorted(found, key=lambda each: (_rank(each[0]), each[0]))
    ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def redefined(a: Mapping[str, Any], b: Mapping[str, Any]) -> set[str]:
    """Return variables and measures that do not mean the same in two configs, themselves or by a
    component; labels do not count.
    """
    configs = [
        {**(config.get("variables") or {}), **(config.get("measures") or {})} for config in (a, b)
    ]
    found = {
        name
        for name in {*configs[0], *configs[1]}
        if _meaning(configs[0].get(name)) != _meaning(configs[1].get(name))
    }
    while (
        more := {
            name for config in configs for name, spec in config.items() if _refers(spec) & found
        }
        - found
    ):
        found |= more
    return found


def versions(a: Run, b: Run) -> pd.DataFrame:
    """Return the software of both runs: name, change, a, b; all of it, sorted by name."""
    first, second = _software(a.manifest), _software(b.manifest)
    names = sorted({*first, *second})
    sides = [(name, first.get(name), second.get(name)) for name in names]
    rows = [(name, _versions_change(old, new), old, new) for name, old, new in sides]
    return pd.DataFrame(rows, columns=["name", "change", "a", "b"], dtype=object)


def _walk(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Yield every place where two settings differ; an empty block and an absent one are different
    settings.
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*map(str, old), *map(str, new)}):
            yield from _walk(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key))
    elif old is ABSENT or new is ABSENT or _written(old) != _written(new):
        yield path, old, new


def _written(value: Any) -> str | None:
    return (
        None
        if value is ABSENT
        else json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    )


def _change(old: Any, new: Any) -> str:
    return "only in B" if old is ABSENT else "only in A" if new is ABSENT else "changed"


def _versions_change(old: str | None, new: str | None) -> str:
    return (
        "same"
        if old == new
        else "only in B"
        if old is None
        else "only in A"
        if new is None
        else "changed"
    )


def _rank(key: str) -> int:
    block = key.split(".")[0]
    if block in ORDER:
        return ORDER.index(block)
    return len(ORDER) + (block in ("tables", "figures"))


def _meaning(spec: Any) -> str:
    return json.dumps(
        {key: value for key, value in (spec or {"absent": True}).items() if key != "label"},
        sort_keys=True,
        default=str,
    )


def _refers(spec: Any) -> set[str]:
    """Return every text in a definition: the names among them are what it is made of."""
    if isinstance(spec, Mapping):
        return set().union({str(key) for key in spec}, *(_refers(value) for value in spec.values()))
    if isinstance(spec, list | tuple):
        return set().union(*(_refers(value) for value in spec))
    return {spec} if isinstance(spec, str) else set()


def _software(manifest: Mapping[str, Any]) -> dict[str, str]:
    packages = {
        str(name): str(version) for name, version in (manifest.get("packages") or {}).items()
    }
    return packages | {
        name: str(manifest[name]) for name in ("python", "platform") if name in manifest
    }
