"""What is known of a fit before it is made: terms without a column, errors that cannot be had, an
offset that seems to be no log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..formula.families import FAMILIES
from .dependence import without_dependent
from .design_matrix import Prepared
from .fit_types import Design, EstimationFailure
from .linear import check_leverage
from .separation import check_clusters

NO_LOG = 35.0
"""No amount has a larger log: exp(35) is 1.6e15."""


def foreseen(prepared: Prepared, model: Mapping[str, Any]) -> list[str]:
    """Return what the fit of a model will leave out, and why it will give no numbers.

    Parameters
    ----------
    prepared : Prepared
    model : mapping
        One entry of `models` in the config.
    """
    left, cautions = without_dependent(prepared, model)
    found = [caution.message for caution in cautions] + _raw_offset(prepared, model)
    try:
        _check_errors(left.design, model)
    except EstimationFailure as failure:
        found.append(f"will have no estimates: {failure.message}")
    return found


def _raw_offset(prepared: Prepared, model: Mapping[str, Any]) -> list[str]:
    """Say where an offset looks like a count or an amount, whose log is meant."""
    if not model.get("offset"):
        return []
    values = prepared.rows[model["offset"]].astype(float)
    low, high = float(values.min()), float(values.max())
    whole = bool((values % 1 == 0).all()) and low < high
    if low <= 0 or not (whole or high > NO_LOG):
        return []
    return [
        f"the offset {model['offset']} lies between {low:,.10g} and {high:,.10g}: an offset is on "
        "the log scale and is added as it stands; `exposure` takes counts and amounts, and their "
        "log"
    ]


def _check_errors(design: Design, model: Mapping[str, Any]) -> None:
    """Raise where rows are too few for the columns, or the errors that are asked for are not
    defined on these rows.
    """
    rows, columns = design.X.shape
    if FAMILIES[model["family"]].linear and not FAMILIES[model["family"]].own_columns:
        if rows <= columns:
            raise EstimationFailure("too_few_rows", f"{rows} rows for {columns} parameters")
        check_leverage(design)
    check_clusters(design.groups)
    check_clusters(design.crossed)
