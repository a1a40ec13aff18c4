"""What counts as a change between two runs."""

from __future__ import annotations

from typing import Any

from ...base.number_formats import known

BOTH, ONLY_A, ONLY_B = "both", "only in A", "only in B"


def presence(first: object, second: object) -> str:
    """Return which run has something."""
    return BOTH if first and second else ONLY_A if first else ONLY_B


def unlike(first: Any, second: Any) -> bool:
    """Return whether two values differ; what one run does not know is no change, but shows as
    unknown.
    """
    return first is not None and second is not None and first != second


def sign(estimate: object) -> int | None:
    """Return -1, 0 or 1; None for an estimate that is not known."""
    return (estimate > 0) - (estimate < 0) if known(estimate) else None


def significant(p_value: object, alpha: float) -> bool | None:
    """Return whether a p-value is below a threshold; None where it is not known."""
    return p_value < alpha if known(p_value) else None
