"""Lists and counts of a verdict, as texts of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Entry = Mapping[str, Any]
STATES = ("flips", "bloc_flips", "flips_by_size", "flips_sign", "flips_holm", "bloc_flips_holm")
"""The lists of states and blocs that verdicts.json has of a hypothesis."""
SECOND = (
    "verdict_2",
    "reasons_2",
    "not_applied_2",
    "method_2",
    "p_value_2",
    "p_holm_2",
    "conf_low_2",
    "conf_high_2",
    "p_equivalence_holm_2",
    "flips_holm_2",
)
"""Columns of the second version of the rule in a flat table."""


def not_fitted(counts: Entry) -> dict[str, int]:
    """Return how many specifications of a curve have no estimate, by kind: impossible combinations,
    and distinct ones that failed.

    Parameters
    ----------
    counts : mapping
        `counts` of a curve file.
    """
    kinds = sorted({*counts["impossible"], *counts["failed"]})
    return {
        kind: counts["impossible"].get(kind, 0) + counts["failed"].get(kind, 0) for kind in kinds
    }


def listed(entry: Entry) -> dict[str, str]:
    """Return what a verdict has lists or numbers by name of, each as one text for a cell of a CSV
    file.
    """
    failures: Mapping[str, int] = entry["curve_failures"] or {}
    texts = {part: ";".join(entry[part]) for part in STATES}
    return texts | {
        "reasons": "; ".join(entry["reasons"]),
        "curve_failures": ";".join(f"{kind}:{n}" for kind, n in failures.items()),
    }


def flat_second(of: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the second version says of a hypothesis as cells of a CSV file, by SECOND."""
    test = of["test"]
    return {
        "verdict_2": of["verdict"],
        "reasons_2": "; ".join(of["reasons"]),
        "not_applied_2": "; ".join(of["not_applied"]),
        "method_2": test["method"],
        "p_value_2": test["p_value"],
        "p_holm_2": of["p_holm"],
        "conf_low_2": test["conf_low"],
        "conf_high_2": test["conf_high"],
        "p_equivalence_holm_2": of["p_equivalence_holm"],
        "flips_holm_2": ";".join(of["flips_holm"] or []),
    }
