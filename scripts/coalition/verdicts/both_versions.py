"""Both versions of the verdict rule side by side: the content of verdicts.json and verdicts.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.result_types import Power, Robustness
from . import rule, second_version
from .lists import SECOND, flat_second
from .valid_test import levels_of

Entry = dict[str, Any]
Contents = Mapping[str, Mapping[str, Any]]


def decide(
    params: Mapping[str, Any],
    robustness: Mapping[str, Robustness],
    curves: Contents,
    powers: Mapping[str, Power],
    others: Mapping[str, Sequence[Any]],
    tables: Mapping[str, Sequence[str]],
) -> Entry:
    """Apply the first version, and the second where the config declares it.

    Parameters
    ----------
    params : mapping
        hypotheses, seconds (hypothesis -> the term at whose values its contrasts are taken), rule
        (the block `verdict`), second (the block `verdict_2`, or empty), design, operations (name
        -> label), lee_measure.
    robustness, curves, powers : mapping
        By hypothesis, the contents of these files.
    others : mapping
        Contents of the files inference, models, companions and diagnosis, each a list that may be
        empty.
    tables : mapping
        Paths of levels and record, each a list that may be empty.
    """
    hypotheses = {
        name: spec | {"second": params["seconds"][name]}
        for name, spec in params["hypotheses"].items()
    }
    found = rule.decide(hypotheses, robustness, params["rule"], curves, powers)
    if not params["second"]:
        return found
    evidence = second_version.Evidence(
        robustness=robustness,
        inference=others["inference"][0],
        curves=curves,
        models={of["model"]: of for content in others["models"] for of in content["models"]},
        levels=levels_of(tables["levels"][0]),
        lee_bounds=_lee_bounds(others["companions"], params["operations"]),
        lee_measure=params["lee_measure"],
        operations=sorted(params["operations"]),
        design=params["design"],
    )
    about, second = second_version.decide(found, evidence, params["second"])
    printed = records(tables["record"], params["operations"])
    simulated = _simulated(others["diagnosis"], params["operations"])
    return found | {
        "version_2": about,
        "hypotheses": [
            entry
            | {
                "version_2": second[entry["hypothesis"]]
                | {
                    "before": before(printed, entry),
                    "simulated": simulated.get(entry["hypothesis"]),
                }
            }
            for entry in found["hypotheses"]
        ],
    }


def _lee_bounds(
    companions: Sequence[Mapping[str, Any]], operations: Mapping[str, str]
) -> list[Entry]:
    return [
        {"operation": of["operation"], "label": operations.get(of["operation"], of["operation"])}
        | {key: of["bounds"][key] for key in ("low", "high", "conf_low", "conf_high", "unadjusted")}
        for content in companions
        for of in content["terciles"]
        if of["bounds"]
    ]


def records(paths: Sequence[str], operations: Iterable[str]) -> list[Entry]:
    """Return the verdicts that were printed before, of these operations."""
    rows: list[Entry] = []
    for path in paths:
        with Path(path).open(encoding="utf-8", newline="") as handle:
            rows += list(csv.DictReader(handle))
    return [row for row in rows if sorted(row["operations"].split(";")) == sorted(operations)]


def before(rows: Sequence[Entry], entry: Mapping[str, Any]) -> Entry | None:
    """Return the verdict of the first version as it was printed on earlier data."""
    for row in rows:
        if (row["hypothesis"], row["model"]) == (entry["hypothesis"], entry["model"]):
            return {
                "verdict": row["verdict"],
                "estimate": float(row["estimate"]),
                "p_holm": float(row["p_holm"]),
                "n": int(row["n"]),
                "data_version": row["data_version"],
                "printed": row["printed"],
            }
    return None


def _simulated(contents: Sequence[Mapping[str, Any]], operations: Iterable[str]) -> dict[str, Any]:
    """Return what the simulated worlds say of each hypothesis; nothing of other operations."""
    return {
        name: of
        for content in contents
        if sorted(content["operations"]) == sorted(operations)
        for name, of in content["hypotheses"].items()
    }


def flat(found: Mapping[str, Any]) -> pd.DataFrame:
    """Return the verdicts as a table, one row a hypothesis, for verdicts.csv; the columns that end
    in _2 are those of the second version, where there is one.
    """
    table = rule.flat(found)
    if "version_2" not in found:
        return table
    rows = [flat_second(entry["version_2"]) for entry in found["hypotheses"]]
    return pd.concat([table, pd.DataFrame(rows, columns=SECOND)], axis=1)
