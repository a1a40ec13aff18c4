"""Everything that can be known to be wrong before anything is computed or overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from . import config as configuration
from . import ingest, samples
from .design import prepare
from .errors import Problems
from .estimators.base import EstimationFailure

FATAL = ("constant_outcome", "too_few_rows")


def everything(config: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Check the config, every data file, and that every model has rows to be fitted to.

    Returns
    -------
    dict of DataFrame
        The samples, by name.

    Raises
    ------
    Problems
        With everything that was found.
    """
    configuration.check(config)
    problems = Problems()
    tables = ingest.everything(config, problems)
    problems.stop()
    built = {name: samples.build(config, name, tables).table for name in config["samples"]}
    for name, model in config["models"].items():
        try:
            prepare(built[model["sample"]], model, configuration.labels(config))
        except EstimationFailure as failure:
            if failure.kind in FATAL:
                problems.add(f"models.{name}", failure.message)
    problems.stop()
    return built


def summary(config: Mapping[str, Any], built: Mapping[str, pd.DataFrame]) -> str:
    """Return a short account of what the samples hold."""
    lines = ["The config and the data are in order."]
    for name, table in built.items():
        lines.append(f"  {name}: {len(table)} rows, {table['iso3'].nunique()} states")
        for operation, rows in table.groupby("operation"):
            outcome = "participated" if "participated" in rows else "deployed"
            joined = rows[rows[outcome] == 1]
            known = f", caveat level known for {joined['caveat_level'].notna().sum()}" if "caveat_level" in rows else ""
            label = config["operations"][operation]["label"]
            lines.append(f"    {label}: {len(rows)} rows, {joined['iso3'].nunique()} contributors{known}")
    return "\n".join([*lines, "Nothing was fitted and nothing was written."])
