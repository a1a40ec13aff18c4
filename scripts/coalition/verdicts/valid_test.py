"""The test that decides a hypothesis under the second version of the rule: one whose level was
measured, and held, in a world with the spatial dependence of the data.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..base.distributions import norm
from ..base.number_formats import finite, known

Entry = dict[str, Any]
CLUSTERED, PRIMARY = "cluster", "primary"
"""The clustered test as levels.csv calls it, and the primary test as inference.json does."""
NUMBERS = ("term", "p_value", "conf_low", "conf_high", "replicates", "not_fitted", "reason")


def levels_of(path: str | Path) -> dict[str, Entry]:
    """Return the method that decides each hypothesis: its name, its size, whether it holds.

    Parameters
    ----------
    path : path
        configs/levels.csv: hypothesis, method, size, mc_error, draws, holds, decides, rows (of the
        design that was measured), measured.
    """
    with open(path, encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["decides"] == "1"]
    return {
        row["hypothesis"]: {
            "method": row["method"],
            "size": float(row["size"]),
            "size_error": float(row["mc_error"]),
            "draws": int(row["draws"]),
            "holds": row["holds"] == "1",
            "rows": int(row["rows"]) if row.get("rows") else None,
            "measured": row["measured"],
        }
        for row in rows
    }


def measured_for(
    name: str, model: str, operations: Sequence[str], measured: Mapping[str, Any]
) -> bool:
    """Tell whether the levels are those of this primary model and these operations.

    Parameters
    ----------
    measured : mapping
        The block `verdict_2.levels`: operations, models.
    """
    same = sorted(operations) == sorted(measured["operations"])
    return same and measured["models"].get(name) == model


def deciding(
    name: str, level: Mapping[str, Any] | None, inference: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the numbers of the test that decides.

    Parameters
    ----------
    level : mapping or None
        As `levels_of` has it; None where no level was measured for this design, and the declared
        test is read.
    inference : mapping
        The content of estimates/inference.json.

    Returns
    -------
    dict
        method, holds (None: not measured), size, size_error, draws, rows, measured; term, p_value,
        conf_low, conf_high, replicates, not_fitted, p_below (of the effect being at least the
        smallest of interest), reason (why there is no number).
    """
    unmeasured = dict.fromkeys(("size", "size_error", "draws", "holds", "rows", "measured"))
    about: Entry = dict(level) if level else unmeasured | {"method": PRIMARY}
    method = PRIMARY if about["method"] == CLUSTERED else str(about["method"])
    row = _row(name, inference, method)
    if row is None:
        found: Entry = dict.fromkeys((*NUMBERS, "p_below"))
        return about | found | {"reason": "the run did not make this test"}
    return about | {part: row[part] for part in NUMBERS} | {"p_below": row["p_below_smallest"]}


def _row(name: str, inference: Mapping[str, Any], method: str) -> Entry | None:
    of = next((one for one in inference["hypotheses"] if one["hypothesis"] == name), None)
    return next((row for row in of["rows"] if row["method"] == method), None) if of else None


def carried_over(effect: Mapping[str, Any], p_value: float | None) -> float | None:
    """Return the factor by which the deciding test weakens a statistic of the declared one.

    A test by resampling is not made anew without each state. What its p-value is there is read from
    the declared test's statistic without that state, divided by what makes the statistic of all
    states give the deciding p-value: with all states the two agree, and the statistics without one
    are near by.
    """
    if not all(known(effect[part]) for part in ("estimate", "std_error")) or not known(p_value):
        return None
    if effect["std_error"] <= 0:
        return None
    bound = -float(norm.ppf(max(p_value, 1e-300) / 2))
    size = abs(effect["estimate"] / effect["std_error"])
    return size / bound if bound > 0 else math.inf


def without_each(
    effect: Mapping[str, Any], left_out: Sequence[Mapping[str, Any]], p_value: float | None
) -> list[Entry]:
    """Return the estimates without each state with the p-values of the deciding test, as
    `carried_over` reads them; None where there is none.
    """
    factor = carried_over(effect, p_value)

    def read(of: Mapping[str, Any]) -> float | None:
        if factor is None or not known(of["estimate"]) or not known(of["std_error"]):
            return None
        size = abs(of["estimate"] / of["std_error"]) / factor if factor else math.inf
        return finite(2 * float(norm.sf(size)))

    return [{**of, "p_value": read(of)} for of in left_out]
