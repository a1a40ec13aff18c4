"""The primary tests again: under every alternative of the config, and without each state in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from . import samples
from .conditions import holds
from .config import labels, patched
from .design import columns_of
from .estimate import estimate
from .files import digest
from .verdicts import primary_effect

Config = Mapping[str, Any]
Build = Callable[[Config, str], pd.DataFrame]
KEY = ("iso3", "operation", "year")
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


def leave_out(config: Config, hypothesis: str, sample: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Fit a hypothesis' primary test without each state, and without each bloc, in turn (the measures stay as they were).

    Parameters
    ----------
    sample : DataFrame
        The table of the primary model's sample.

    Returns
    -------
    dict
        leave_one_out and leave_bloc_out: left_out, (label,) and the EFFECT, for all that is among the rows of the model.
    """
    primary = config["hypotheses"][hypothesis]["primary"]
    model = config["models"][primary["model"]]
    blocs = {name: holds(sample, spec["where"]) for name, spec in config["blocs"].items()}
    unit = config["verdict"]["leave_one_out"]
    states = {value: sample[unit] == value for value in sorted(sample[unit].unique())}
    sample = sample[[column for column in sample.columns if column in {*KEY, unit, *columns_of(model)}]]
    whole = _without(config, primary, sample)
    found = {
        name: {value: _without(config, primary, sample[~left_out]) for value, left_out in groups.items() if left_out.any()}
        for name, groups in (("leave_one_out", states), ("leave_bloc_out", blocs))
    }
    return {
        name: [
            {"left_out": value, "label": config["blocs"].get(value, {}).get("label", value)} | primary_effect(entry, primary)
            for value, entry in entries.items()
            if entry["n"] != whole["n"]  # otherwise none of its rows are in the model
        ]
        for name, entries in found.items()
    }


def _without(config: Config, primary: Mapping[str, Any], sample: pd.DataFrame) -> dict[str, Any]:
    return estimate(primary["model"], config["models"][primary["model"]], sample, labels(config), marginal_effects=False)
