"""One draw of a world, judged: primary tests, states and regions left out, region effects, parts of
claims, selection, the curve; then both versions of the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...base.distributions import norm
from ...base.number_formats import known
from ...config.settings import labels, patched
from ...estimators.design_matrix import prepare
from ...estimators.estimate import estimate
from ...estimators.fit_types import EstimationFailure
from ...estimators.primary_test import PARTS, primary_effect, smallest_effect
from ...formula.filters import holds
from ...inference import primary_tests
from ...verdicts import rule, second_version
from ...verdicts.valid_test import CLUSTERED, measured_for
from .. import refit
from . import drawn_curve
from .drawn_curve import DrawnCurve
from .made_worlds import Drawn, Ground, table_of

Config = Mapping[str, Any]
Entry = dict[str, Any]
FAR = 0.1
"""P-value of the declared test from which on the test that decides is not made: it rejects more
seldom, and an unknown p-value counts as one in Holm's adjustment.
"""


@dataclass(frozen=True)
class Judge:
    """What every draw is judged with: the config, the levels of the tests, and the curves."""

    config: Config
    levels: Mapping[str, Entry]
    curves: Mapping[str, DrawnCurve]


def judge(of: Judge, at: Ground, drawn: Drawn, seed: int) -> dict[str, Entry]:
    """Return what both versions of the rule say of every hypothesis in a draw.

    What can no longer change either verdict is not computed: the bootstrap where the declared test
    is far from any decision, and states left out, the curve, region effects and selection where
    support has failed before.

    Returns
    -------
    dict
        hypothesis -> first, second (verdicts), estimate, p_value (of the declared test), close
        (whether version 1 has the sign and the adjusted significance), failed (names of the clauses
        of version 2 that are not met, as far as they were computed).
    """
    config, reserved_from = of.config, _reserved_from(of.config)
    table = table_of(at, drawn, reserved_from)
    models = _models(config, table)
    robustness = _robustness(config, models)
    inference = [
        _inference(of, name, table, models, found["primary"], seed)
        for name, found in robustness.items()
    ]
    first, second = _decided(of, robustness, inference, models, {})
    close = {entry["hypothesis"]: _close(entry) for entry in first["hypotheses"]}
    curves: dict[str, Entry] = {}
    for name, entry in second.items():
        if close[name] or not _failed(entry):
            robustness[name] |= _left_out(config, name, table)
            curves |= _curve(of, name, drawn)
        if not _failed(entry) or entry["verdict"] == "contradicted":
            as_coded = table_of(at, drawn, reserved_from, drawn.as_coded)
            robustness[name]["alternatives"] = _alternatives(config, name, table, as_coded)
            models |= _selected(config, name, table) if entry["association"] else {}
    first, second = _decided(of, robustness, inference, models, curves)
    return {
        entry["hypothesis"]: _said(entry, second[entry["hypothesis"]], close)
        for entry in first["hypotheses"]
    }


def _reserved_from(config: Config) -> int:
    model = config["models"][config["diagnosis"]["joining"]]
    return int(config["samples"][model["sample"]]["reserved_from"])


def _robustness(config: Config, models: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the primary effects, with nothing left out and no alternative yet."""
    return {
        name: {
            "primary": primary_effect(models[spec["primary"]["model"]], spec["primary"]),
            "alternatives": [],
            "leave_one_out": [],
            "leave_bloc_out": [],
        }
        for name, spec in config["hypotheses"].items()
    }


def _said(first: Entry, second: Entry, close: Mapping[str, bool]) -> Entry:
    """Return what is kept of one hypothesis in a draw."""
    return {
        "first": first["verdict"],
        "second": second["verdict"],
        "estimate": first["estimate"],
        "p_value": first["p_value"],
        "close": close[first["hypothesis"]],
        "failed": _failed(second),
    }


def _curve(of: Judge, name: str, drawn: Drawn) -> dict[str, Entry]:
    """Return the content of a hypothesis' curve by its name; nothing where it has none."""
    curve = of.curves.get(name)
    primary = of.config["hypotheses"][name]["primary"]
    return {} if curve is None else {name: drawn_curve.content(curve, primary, drawn)}


def _decided(
    of: Judge,
    robustness: Mapping[str, Any],
    inference: list[Entry],
    models: Mapping[str, Entry],
    curves: Mapping[str, Entry],
) -> tuple[Entry, dict[str, Entry]]:
    config = of.config
    first = rule.decide(config["hypotheses"], robustness, config["verdict"], curves)
    evidence = second_version.Evidence(
        robustness=robustness,
        inference={"hypotheses": inference},
        curves=curves,
        models=models,
        levels=of.levels,
        operations=sorted(config["operations"]),
    )
    return first, second_version.decide(first, evidence, config["verdict_2"])[1]


def _close(entry: Entry) -> bool:
    """Tell whether version 1 finds the predicted sign and the significance."""
    met = {of["condition"] for of in entry["conditions"] if of["met"]}
    return {"sign", "significance"} <= met


def _failed(entry: Entry) -> list[str]:
    """Return the clauses of version 2 that are not met."""
    return [
        of["condition"]
        for of in entry["conditions"]
        if of["met"] is False and of["for"] != "contradicted"
    ]


def _models(config: Config, table: pd.DataFrame) -> dict[str, Entry]:
    """Return the primary models and those of parts of claims, fitted to a draw."""
    second = config["verdict_2"]
    names = [spec["primary"]["model"] for spec in config["hypotheses"].values()]
    names += [of["model"] for parts in second["parts"].values() for of in parts.values()]
    return {
        name: estimate(name, config["models"][name], table, labels(config), marginal_effects=False)
        for name in dict.fromkeys(names)
        if name in config["models"]
    }


def _selected(config: Config, name: str, table: pd.DataFrame) -> dict[str, Entry]:
    """Return the model with selection that a hypothesis names, if there is one."""
    wanted = config["verdict_2"]["selection"]["models"].get(name)
    if wanted not in config["models"]:
        return {}
    model = config["models"][wanted]
    return {wanted: estimate(wanted, model, table, labels(config), marginal_effects=False)}


def _alternatives(
    config: Config, name: str, table: pd.DataFrame, as_coded: pd.DataFrame
) -> list[Entry]:
    """Return the alternatives that can turn a verdict: those that change the model, and the other
    construct of a caveat, for which a draw has levels of its own.
    """
    turns, primary = config["verdict_2"]["turns"], config["hypotheses"][name]["primary"]
    found = []
    for other in (*turns["region_effects"], *turns["construct"]):
        spec = config["robustness"].get(other)
        if spec is None or name not in spec.get("hypotheses", [name]):
            continue
        construct = other in turns["construct"]
        if set(spec) - {"label", "hypotheses", "sample" if construct else "model"}:
            continue
        changed = patched(config, spec, primary["model"])
        model = changed["models"][primary["model"]]
        rows = as_coded if construct else table
        entry = estimate(primary["model"], model, rows, labels(config), marginal_effects=False)
        about = {"name": other, "label": spec["label"], "status": entry["status"], "message": None}
        found.append(about | primary_effect(entry, primary))
    return found


def _left_out(config: Config, name: str, table: pd.DataFrame) -> Entry:
    """Return the primary test without each state and without each region."""
    primary = config["hypotheses"][name]["primary"]
    model = config["models"][primary["model"]]
    try:
        prepared = prepare(table, model, labels(config))
    except EstimationFailure:
        return {"leave_one_out": [], "leave_bloc_out": []}
    whole = refit.problem_of(prepared, model, primary)
    names = np.unique(prepared.rows["iso3"].to_numpy(str))
    states = {state: whole.states == code for code, state in enumerate(names)}
    regions = {
        bloc: holds(prepared.rows, config["blocs"][bloc]["where"]).to_numpy()
        for bloc in config["verdict_2"]["regions"]
        if bloc in config["blocs"]
    }
    return {
        "leave_one_out": _without(whole, states, primary),
        "leave_bloc_out": [
            of | {"label": config["blocs"][of["left_out"]]["label"]}
            for of in _without(whole, regions, primary)
        ],
    }


def _without(
    whole: refit.Problem, groups: Mapping[str, np.ndarray], primary: Mapping[str, Any]
) -> list[Entry]:
    usable = {name: refit.of_rows(whole, ~out) for name, out in groups.items() if out.any()}
    fitting = {name: of for name, of in usable.items() if len(of.design.levels) > 1}
    effects = dict(zip(fitting, refit.fit(list(fitting.values()), primary, ""), strict=True))
    empty: Entry = dict.fromkeys(PARTS)
    return [
        {"left_out": name, **effects.get(name, empty), "n": len(of.design.y)}
        for name, of in usable.items()
    ]


def _far(effect: Entry, primary: Mapping[str, Any]) -> bool:
    """Tell whether the declared test is far from any decision: neither an effect nor its being
    smaller than the smallest of interest has a p-value below `FAR`.
    """
    if not known(effect["p_value"]) or not known(effect["std_error"]):
        return True
    margin = smallest_effect(primary)[0]
    below = (primary["sign"] * effect["estimate"] - margin) / effect["std_error"]
    return bool(effect["p_value"] > FAR and norm.sf(-below) > FAR)


def _inference(
    of: Judge,
    name: str,
    table: pd.DataFrame,
    models: Mapping[str, Entry],
    effect: Entry,
    seed: int,
) -> Entry:
    """Return the primary test and the one that decides, as in estimates/inference.json."""
    config, spec = of.config, of.config["hypotheses"][name]
    model = spec["primary"]["model"]
    measured = config["verdict_2"]["levels"]
    same = measured_for(name, model, sorted(config["operations"]), measured)
    level = of.levels.get(name) if same else None
    other = level is not None and level["method"] != CLUSTERED and not _far(effect, spec["primary"])
    methods = [level["method"]] if level is not None and other else []
    replicates = config["diagnosis"]["replicates"]
    reduced = {
        "hypotheses": {name: spec},
        "models": {model: config["models"][model]},
        "seed": seed,
        "inference": {
            "methods": methods,
            "replicates": replicates,
            "permutations": replicates,
            "benchmark_times": 1,
        },
    }
    sample = config["models"][model]["sample"]
    found: Entry = primary_tests.compare(reduced, {sample: table}, models)["hypotheses"][0]
    return found
