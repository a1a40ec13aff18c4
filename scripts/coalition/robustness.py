"""The primary tests again: under every alternative of the config, and without each state in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from . import samples
from .config import labels, patched
from .design import columns_of
from .estimate import estimate
from .files import digest
from .verdicts import primary_effect

Config = Mapping[str, Any]
Build = Callable[[Config, str], pd.DataFrame]
SAMPLE_PARTS = ("operations", "covariates", "variables", "measures", "universes", "samples")


def builder(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Build:
    """Return a function that builds a config's sample, and keeps those that it has built."""
    built: dict[str, pd.DataFrame] = {}

    def build(config: Config, sample: str) -> pd.DataFrame:
        key = digest([sample, {part: config[part] for part in SAMPLE_PARTS}])
        if key not in built:
            built[key] = samples.build(config, sample, tables, describe=False).table
        return built[key]

    return build


def alternatives(config: Config, hypothesis: str, build: Build) -> list[dict[str, Any]]:
    """Fit a hypothesis' primary test under every alternative that applies to it.

    Parameters
    ----------
    config : mapping
        The whole config.
    hypothesis : str
        Its name.
    build : callable
        As `builder` returns it.

    Returns
    -------
    list of dict
        name, label, status, message and the EFFECT; a failed alternative has no numbers and says why.
    """
    primary = config["hypotheses"][hypothesis]["primary"]
    results = []
    for name, alternative in config["robustness"].items():
        if hypothesis not in alternative.get("hypotheses", [hypothesis]):
            continue
        entry = _refit(patched(config, alternative, primary["model"]), primary, build)
        failure = entry["failure"]["message"] if entry["failure"] else None
        about = {"name": name, "label": alternative["label"], "status": entry["status"], "message": failure}
        results.append(about | primary_effect(entry, primary))
    return results


def _refit(config: Config, primary: Mapping[str, Any], build: Build) -> dict[str, Any]:
    model = config["models"][primary["model"]]
    table = build(config, model["sample"])
    return estimate(primary["model"], model, table, labels(config), marginal_effects=False)


def leave_one_out(config: Config, hypothesis: str, sample: pd.DataFrame, unit: str) -> list[dict[str, Any]]:
    """Fit a hypothesis' primary test without each state in turn (the measures stay as they were).

    Parameters
    ----------
    sample : DataFrame
        The table of the primary model's sample.
    unit : str
        The column whose values are left out one at a time.

    Returns
    -------
    list of dict
        left_out and the EFFECT, for every value that is among the rows of the model.
    """
    primary = config["hypotheses"][hypothesis]["primary"]
    model = config["models"][primary["model"]]
    whole = estimate(primary["model"], model, sample, labels(config), marginal_effects=False)
    named = {"iso3", "operation", "year", unit, *columns_of(model)}
    sample = sample[[column for column in sample.columns if column in named]]
    results = []
    for value in sorted(sample[unit].unique()):
        entry = estimate(primary["model"], model, sample[sample[unit] != value], labels(config), marginal_effects=False)
        if entry["n"] != whole["n"]:  # otherwise none of its rows are in the model
            results.append({"left_out": value} | primary_effect(entry, primary))
    return results
