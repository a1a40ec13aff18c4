"""The rows of a table as dictionaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import pandas as pd


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a row each, by the names of the columns, which are texts here."""
    return cast("list[dict[str, Any]]", table.to_dict("records"))
