"""Settings and software of two runs, key by key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from .runs import Run
from .told_settings import follows_from

COLUMNS = ["key", "kind", "change", "a", "b"]
FOLLOWS = "follows_from"
ANALYSIS, TRIED, DRAWS, PRINT = "analysis", "alternatives", "draws", "print"
KINDS = {
    ANALYSIS: "What is analysed",
    TRIED: "What else is tried",
    DRAWS: "How often is drawn, and from which seed",
    PRINT: "What is printed",
}
"""Kinds of settings, from what moves an estimate down."""
OF_KIND = {
    **dict.fromkeys(("robustness", "specification_curve", "blocs", "companions"), TRIED),
    **dict.fromkeys(("power", "agreement", "stated_reasons", "across_operations"), TRIED),
    **dict.fromkeys(("tables", "figures", "report", "archive", "diagnosis"), PRINT),
    "seed": DRAWS,
    "inference.replicates": DRAWS,
    "inference.permutations": DRAWS,
    "inference": TRIED,
    "uncertainty.draws": DRAWS,
    "uncertainty": TRIED,
    "measurement.draws": DRAWS,
    "measurement.folds": DRAWS,
    "specification_curve.permutations": DRAWS,
    "specification_curve.share": DRAWS,
    "specification_curve.shards": DRAWS,
    "power.replicates": DRAWS,
    "agreement.replicates": DRAWS,
    "stated_reasons.permutations": DRAWS,
    "companions.terciles.replicates": DRAWS,
}
"""Key -> the kind of it and of all below it, the longest key first; all others are ANALYSIS."""
ORDER = (
    *(
        "hypotheses",
        "verdict",
        "controls",
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
"""Blocks of the config from what decides a verdict down."""
NAME = "run"
"""The name of the run differs by intention."""
ABSENT = object()


def differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> pd.DataFrame:
    """Return every setting that is not the same in two configs.

    Returns
    -------
    DataFrame
        Key `key` ("models.h1_logit.terms"); kind (KINDS); change (changed, only in A, only in B);
        a, b: the values as JSON, missing where absent; follows_from: the changed entry of
        `controls`
        of which a list of terms is but a copy, "" otherwise. An entry that one config lacks is one
        row. A list is one value: its order is a setting. Rows stand by kind, then in the order of
        ORDER.
    """
    found = [(".".join(path), old, new) for path, old, new in _walk(a, b, ()) if path != (NAME,)]
    rows = [
        {
            "key": key,
            "kind": kind(key),
            "change": _change(old, new),
            "a": _written(old),
            "b": _written(new),
        }
        for key, old, new in sorted(found, key=lambda each: (_rank(each[0]), each[0]))
    ]
    table = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    return table.assign(**{FOLLOWS: follows_from(table)})


def written(table: pd.DataFrame) -> pd.DataFrame:
    """Return, of settings that differ, those that follow from no other: what a user wrote."""
    return table[table[FOLLOWS] == ""]


def kind(key: str) -> str:
    """Return what a setting decides, of KINDS: a label only what is printed."""
    parts = key.split(".")
    if parts[-1] in ("label", "title", "claim", "argument"):
        return PRINT
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((OF_KIND[name] for name in names if name in OF_KIND), ANALYSIS)


def program(a: Run, b: Run) -> pd.DataFrame:
    """Return how the program itself differs: what, a, b; nothing where it is the same.

    The version and the commit, and each of its files that is not the same, by its path. A run whose
    manifest says nothing of the program is of an earlier version, which is told.
    """
    first, second = (run.manifest.get("program") or {} for run in (a, b))
    if first.get("sha256") == second.get("sha256"):
        return pd.DataFrame(columns=["what", "a", "b"], dtype=object)
    rows: list[tuple[object, ...]] = [
        ("version", a.manifest.get("version"), b.manifest.get("version"))
    ]
    rows.append(("commit", _commit(first), _commit(second)))
    files = [of.get("files") or {} for of in (first, second)]
    for path in sorted({*files[0], *files[1]}):
        if files[0].get(path) != files[1].get(path):
            rows.append((path, *(_file(path, of) for of in files)))
    return pd.DataFrame(rows, columns=["what", "a", "b"], dtype=object)


def _commit(of: Mapping[str, Any]) -> str | None:
    commit = of.get("commit")
    return f"{commit[:10]}{', changed since' if of.get('modified') else ''}" if commit else None


def _file(path: str, files: Mapping[str, str]) -> str | None:
    return files[path][:10] if path in files else None


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


def _rank(key: str) -> tuple[int, int]:
    block = key.split(".")[0]
    within = ORDER.index(block) if block in ORDER else len(ORDER)
    return list(KINDS).index(kind(key)), within


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
