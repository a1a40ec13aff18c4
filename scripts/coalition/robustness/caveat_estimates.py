"""Every model of caveats as the coders' median has it, with the coder drawn, and over plausible
values of the coded level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..config import caveat_models
from ..config.settings import labels
from ..formula.families import FAMILIES
from . import missing_data

Config = Mapping[str, Any]
METHODS = {
    "median": "Median of the coders",
    "coders": "Coder drawn",
    "plausible": "Plausible values",
}


def compare(
    config: Config, build: missing_data.Build, values: pd.DataFrame, given: Mapping[str, str | None]
) -> dict[str, Any]:
    """Fit every model of caveats in each way of treating the coding.

    Parameters
    ----------
    config : mapping
        The whole config.
    build : callable
        Config, sample -> the sample's table.
    values : DataFrame
        Plausible values, as `measurement.latent_levels` draws them.
    given : mapping
        Name of plausible values -> why there are none, or None.

    Returns
    -------
    dict
        The content of estimates/caveat_models.json (docs/architecture.md).
    """
    sample = str(caveat_models.measured_sample(config))
    whole = build(config, sample)
    coders: list[pd.DataFrame] | None = None
    rows, left_out = [], []
    for name in caveat_models.names(config):
        why = _unfit(config["models"][name])
        if why:
            left_out.append({"model": name, "label": _label(config, name), "reason": why})
            continue
        coders = missing_data.by_coder(config, name, build) if coders is None else coders
        rows += _of_model(config, name, whole, coders, values, given)
    return {
        "sample": sample,
        "draws": config["measurement"]["draws"],
        "coder_draws": config["uncertainty"]["draws"],
        "rows": rows,
        "left_out": left_out,
    }


def _unfit(model: Mapping[str, Any]) -> str:
    """Return why the estimates of a model are not pooled, if they are not."""
    if "selection" in model:
        return "it has an equation of selection"
    if model.get("nonproportional"):
        return "its tested effect is one for each cut point"
    if FAMILIES[model["family"]].several and "corners" not in model:
        return "its tested effect is one for each response"
    return ""


def tested(config: Config, name: str) -> dict[str, Any]:
    """Return what of a model is pooled: the test of the hypothesis that it belongs to, else its
    first term, else of one with corners the contrasts of the primary test that has some.
    """
    model = config["models"][name]
    hypotheses = config["hypotheses"].values()
    if "corners" in model:
        contrasts = [spec["primary"] for spec in hypotheses if "contrasts" in spec["primary"]]
        return {
            "sign": 1,
            "contrasts": ["more_reserved"],
            **(contrasts[0] if contrasts else {}),
            "model": name,
        }
    for spec in hypotheses:
        primary = spec["primary"]
        belongs = name in spec.get("supporting", []) or name == primary["model"]
        if belongs and primary.get("term") in model["terms"]:
            return {"model": name, "term": primary["term"], "sign": primary["sign"]}
    return {"model": name, "term": model["terms"][0], "sign": 1}


def _of_model(
    config: Config,
    name: str,
    whole: pd.DataFrame,
    coders: list[pd.DataFrame],
    values: pd.DataFrame,
    given: Mapping[str, str | None],
) -> list[dict[str, Any]]:
    model, test = config["models"][name], tested(config, name)
    primary = any(spec["primary"]["model"] == name for spec in config["hypotheses"].values())
    conditioned = caveat_models.given(config, name)
    about = {
        "model": name,
        "label": _label(config, name),
        "family": model["family"],
        "outcome": model["outcome"],
        "given": conditioned,
        "primary": primary,
    }
    generator = np.random.default_rng([config["seed"], 2])
    found = []
    for method, label in METHODS.items():
        if method == "coders" and not primary:
            continue
        tables = {
            "median": lambda: [whole],
            "coders": lambda: missing_data.drawn_coders(
                whole, coders, config["uncertainty"]["draws"], generator
            ),
            "plausible": lambda: missing_data.plausible(config, name, whole, values, conditioned),
        }[method]()
        row = about | {"method": method, "method_label": label}
        if tables:
            found.append(missing_data.pooled(tables, test, config) | row)
        elif method == "plausible":
            message = given.get(conditioned) or "no plausible values"
            found.append(_nothing(test) | row | {"message": message})
    return found


def _nothing(test: Mapping[str, Any]) -> dict[str, Any]:
    parts = ("n", "n_clusters", "df", "missing", "draws", "failed")
    numbers = ("estimate", "std_error", "p_value", "conf_low", "conf_high")
    return {"term": test.get("term")} | dict.fromkeys((*numbers, *parts))


def _label(config: Config, name: str) -> str:
    return str(labels(config).get(name) or config["models"][name].get("label", name))
