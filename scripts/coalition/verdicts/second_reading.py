"""The verdicts read again, with dependence between neighbouring states allowed for.

The first rule takes states as independent. They are not: residuals of neighbours are alike. This
reading was added after the results were known (November 2026), beside the first rule and not in
its place. It asks three things of a verdict of the first rule: a test that holds its level in a
world with the spatial dependence of the data, region effects, and each region left out.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..base.multiplicity import holm
from ..estimators.primary_test import known

Entry = dict[str, Any]
CLUSTERED, PRIMARY = "cluster", "primary"
"""The clustered test as levels.csv calls it, and as inference.json does."""


def levels_of(path: str | Path) -> dict[str, Entry]:
    """Return the method that decides each hypothesis: its name, its size, whether it holds.

    Parameters
    ----------
    path : path
        configs/levels.csv: hypothesis, method, size, mc_error, draws, holds, decides, measured.
    """
    with open(path, encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["decides"] == "1"]
    return {
        row["hypothesis"]: {
            "method": row["method"],
            "size": float(row["size"]),
            "size_error": float(row["mc_error"]),
            "holds": row["holds"] == "1",
            "measured": row["measured"],
        }
        for row in rows
    }


def read_again(
    found: Mapping[str, Any],
    inference: Mapping[str, Any],
    robustness: Mapping[str, Mapping[str, Any]],
    levels: Mapping[str, Entry],
    settings: Mapping[str, Any],
) -> dict[str, Entry | None]:
    """Read every verdict again.

    Parameters
    ----------
    found : mapping
        What `rule.decide` returns.
    inference : mapping
        The content of estimates/inference.json.
    robustness : mapping
        Hypothesis -> the content of its robustness file.
    levels : mapping
        As `levels_of` returns it: measured at the designs of the models that `settings` names.
    settings : mapping
        The block `dependence`: models, region_effects, regions, keeps.

    Returns
    -------
    dict
        Hypothesis -> its second reading; None where the level of no test was measured for its
        primary model.
    """
    entries = {entry["hypothesis"]: entry for entry in found["hypotheses"]}
    wanted = [
        name
        for name, entry in entries.items()
        if settings["models"].get(name) == entry["model"] and name in levels
    ]
    p_values = [_p_value(name, inference, levels[name]["method"]) for name in wanted]
    numbers = [value if known(value) else math.nan for value in p_values]
    adjusted = holm(numbers) if wanted else []
    again: dict[str, Entry | None] = dict.fromkeys(entries)
    for name, p_value, p_holm in zip(wanted, p_values, adjusted, strict=True):
        test = {**levels[name], "p_value": p_value, "p_holm": _stored(p_holm)}
        again[name] = _again(
            entries[name], robustness[name], test, settings, found["rule"]["alpha"]
        )
    return again


def _stored(value: float) -> float | None:
    return float(value) if known(value) else None


def _p_value(name: str, inference: Mapping[str, Any], method: str) -> float | None:
    wanted = PRIMARY if method == CLUSTERED else method
    about = next((one for one in inference["hypotheses"] if one["hypothesis"] == name), None)
    rows = about["rows"] if about else []
    return next((row["p_value"] for row in rows if row["method"] == wanted), None)


def _again(
    entry: Mapping[str, Any],
    evidence: Mapping[str, Any],
    test: Entry,
    settings: Mapping[str, Any],
    alpha: float,
) -> Entry:
    effects = _with_region_effects(entry, evidence, settings)
    without = _without_regions(entry, evidence, settings["regions"])
    turning = [line["sentence"] for line in (*effects, *without) if line["turns"]]
    reasons = [*_no_valid_test(test), *_insignificant(test, alpha), *turning]
    if entry["verdict"] != "supported":  # it takes support away, and gives none
        reasons = []
    return {
        **test,
        "region_effects": effects,
        "regions_left_out": without,
        "verdict": "undecided" if reasons else entry["verdict"],
        "reasons": reasons,
    }


def _no_valid_test(level: Entry) -> list[str]:
    if level["holds"]:
        return []
    return [
        f"no valid test: the least oversized, {level['method']}, rejects in {level['size']:.1%} of "
        "worlds without an effect"
    ]


def _insignificant(test: Entry, alpha: float) -> list[str]:
    p_holm = test["p_holm"]
    if p_holm is not None and p_holm < alpha:
        return []
    shown = "not known" if p_holm is None else f"{p_holm:.3f}"
    return [f"the Holm-adjusted p-value of {test['method']} is {shown}, not below {alpha:g}"]


def _with_region_effects(
    entry: Mapping[str, Any], evidence: Mapping[str, Any], settings: Mapping[str, Any]
) -> list[Entry]:
    """Return the estimate with region effects, and whether it turns: loses its sign, or more than
    the share that must be kept.
    """
    lines = []
    for other in evidence["alternatives"]:
        if other["name"] in settings["region_effects"] and known(other["estimate"]):
            share = other["estimate"] / entry["estimate"] if known(entry["estimate"]) else math.nan
            lines.append(
                {
                    **{part: other[part] for part in ("name", "label", "estimate", "p_value", "n")},
                    "share_kept": share,
                    "turns": not share >= settings["keeps"],
                    "sentence": f"with region effects {share:.0%} of the estimate is left",
                }
            )
    return lines


def _without_regions(
    entry: Mapping[str, Any], evidence: Mapping[str, Any], regions: Sequence[str]
) -> list[Entry]:
    """Return the estimate without each region, and whether it turns: loses the sign of the whole, or
    its interval does not hold the estimate of the whole.
    """
    lines = []
    for other in evidence["leave_bloc_out"]:
        if other["left_out"] not in regions:
            continue
        whole = known(other["estimate"]) and known(other["conf_low"]) and known(entry["estimate"])
        turns = not whole or not (
            other["estimate"] * entry["estimate"] > 0
            and other["conf_low"] <= entry["estimate"] <= other["conf_high"]
        )
        lines.append(
            {part: other[part] for part in ("left_out", "label", "estimate", "p_value", "n")}
            | {"turns": turns, "sentence": f"without {other['label']} the estimate is another"}
        )
    return lines
