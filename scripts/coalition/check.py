"""Everything that can be known to be wrong before anything is computed or overwritten; `./run check` prints it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import yaml

from . import config as configuration
from . import ingest, manifest, rectangular, samples
from .design import prepare
from .errors import Problems
from .fits import EstimationFailure
from .keys import keys_of

FATAL = {
    "constant_outcome": "so nothing can be fitted; look at the model's `where` and at the data",
    "too_few_rows": "so nothing can be fitted; leave out terms, or look at the model's `where` and at empty cells",
    "unfit_column": "so nothing can be fitted",
}
"""Failures that are known before anything is fitted, and where to look."""


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
    built = {name: _build(config, name, tables, problems) for name in config["samples"]}
    problems.stop()
    for name, model in config["models"].items():
        try:
            prepare(built[model["sample"]], model, configuration.labels(config), keys_of(config["samples"][model["sample"]]))
        except EstimationFailure as failure:
            if failure.kind in FATAL:
                problems.add(f"models.{name}", f"{failure.message}, {FATAL[failure.kind]}")
    problems.stop()
    return built


def _build(config: Mapping[str, Any], name: str, tables: ingest.Tables, problems: Problems) -> pd.DataFrame:
    if "file" in config["samples"][name]:
        return rectangular.build(config, name, problems).table
    return samples.build(config, name, tables, describe=False).table


def summary(config: Mapping[str, Any], built: Mapping[str, pd.DataFrame]) -> str:
    """Return a short account of what the samples hold."""
    lines = ["The config and the data are in order."]
    for name, table in built.items():
        if "file" in config["samples"][name]:
            lines.append(f"  {name}: {len(table):,} rows")
            continue
        lines.append(f"  {name}: {len(table)} rows, {table['iso3'].nunique()} states")
        for operation, rows in table.groupby("operation"):
            outcome = "participated" if "participated" in rows else "deployed"
            joined = rows[rows[outcome] == 1]
            known = f", caveat level known for {joined['caveat_level'].notna().sum()}" if "caveat_level" in rows else ""
            label = config["operations"][operation]["label"]
            lines.append(f"    {label}: {len(rows)} rows, {joined['iso3'].nunique()} contributors{known}")
    return "\n".join([*lines, "Nothing was fitted and nothing was written."])


def main(arguments: Sequence[str]) -> int:
    """Check config.yaml with the files and values laid over it, as Snakemake would; return the exit code."""
    from snakemake.utils import update_config  # here, because it is slow to import and only the command needs it

    parser = argparse.ArgumentParser(prog="./run check", description="Look for mistakes; fit nothing, write nothing.")
    parser.add_argument("--configfile", nargs="+", default=[], metavar="FILE", help="files laid over config.yaml")
    parser.add_argument("--config", nargs="+", default=[], metavar="KEY=VALUE", help="values laid over the files")
    given = parser.parse_args(arguments)
    changes: dict[str, Any] = {}
    try:
        config = configuration.read("config.yaml")
        for path in given.configfile:
            update_config(changes, configuration.read(path))
        for entry in given.config:
            key, _, value = entry.partition("=")
            update_config(changes, {key: yaml.safe_load(value)})
        config = configuration.combine(configuration.read("config.yaml"), changes)
        built = everything(config)
        manifest.untouched(f"results/{config['run']}")
        print(summary(config, built))
    except Problems as problems:
        print(problems, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
