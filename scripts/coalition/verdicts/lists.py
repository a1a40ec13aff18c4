"""Lists and counts of a verdict, as texts of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Entry = Mapping[str, Any]
STATES = ("flips", "bloc_flips", "flips_by_size", "flips_sign", "flips_holm", "bloc_flips_holm")
"""The lists of states and blocs that verdicts.json has of a hypothesis."""


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
