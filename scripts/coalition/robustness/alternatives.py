"""The primary tests again: under every alternative of the config, and without each state in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from ..base.cache import Cache
from ..base.files import digest
from ..config.settings import labels, patched
from ..estimators.design_matrix import prepare
from ..estimators.estimate import estimate
from ..estimators.fit_types import EstimationFailure
from ..estimators.primary_test import PARTS, primary_effect
from ..estimators.separation import check_clusters, check_rank
from ..formula.columns import columns_of
from ..formula.filters import holds
from ..samples import country_operations
from . import refit

Config = Mapping[str, Any]
Build = Callable[[Config, str], pd.DataFrame]
KEY = ("iso3", "operation", "year")
SAMPLE_PARTS = ("operations", "covariates", "variables", "measures", "universes", "samples")


def builder(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Build:
    """Return a function that builds a config's sample, and keeps those that it has built."""
    cache = Cache()

    def build(config: Config, sample: str) -> pd.DataFrame:
        also = cache.once("columns of every alternative", lambda: _columns(config))
        return cache.once(
            digest(
                [
                    sample,
                    {part: config[part] for part in SAMPLE_PARTS},
                    sorted(country_operations.wanted_columns(config)),
                ]
            ),
            lambda: (
                country_operations.build(
                    config, sample, tables, describe=False, cache=cache, also=also
                ).table
            ),
        )

    return build


def _columns(config: Config) -> set[str]:
    """Return the columns of the covariates that the primary tests use under any alternative."""
    tested = {spec["primary"]["model"] for spec in config["hypotheses"].values() if spec}
    return {
        column
        for alternative in config.get("robustness", {}).values()
        for model in tested
        if model in config["models"]
        for column in country_operations.wanted_columns(patched(config, alternative, model))
    }


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
        name, label, status, message and the EFFECT; a failed alternative has no numbers and says
        why.
    """
    primary = config["hypotheses"][hypothesis]["primary"]
    results = []
    for name, alternative in config["robustness"].items():
        if hypothesis not in alternative.get("hypotheses", [hypothesis]):
            continue
        entry = _estimated(patched(config, alternative, primary["model"]), primary, build)
        failure = entry["failure"]["message"] if entry["failure"] else None
        about = {
            "name": name,
            "label": alternative["label"],
            "status": entry["status"],
            "message": failure,
        }
        results.append(about | primary_effect(entry, primary))
    return results


def _estimated(config: Config, primary: Mapping[str, Any], build: Build) -> dict[str, Any]:
    model = config["models"][primary["model"]]
    table = build(config, model["sample"])
    return estimate(primary["model"], model, table, labels(config), marginal_effects=False)


def leave_out(
    config: Config, hypothesis: str, sample: pd.DataFrame
) -> dict[str, list[dict[str, Any]]]:
    """Fit a hypothesis' primary test without each state, and without each bloc, in turn.

    The measures stay as they were, and so do the transforms of terms that are relative to the other
    rows: `standardise(abandonment)` keeps the mean and standard deviation of all rows. A
    coefficient then has the same unit whoever is left out.

    Parameters
    ----------
    sample : DataFrame
        The table of the primary model's sample.

    Returns
    -------
    dict
        leave_one_out and leave_bloc_out: left_out, (label,) and the EFFECT, for all that is among
        the rows of the model.
    """
    primary = config["hypotheses"][hypothesis]["primary"]
    model = config["models"][primary["model"]]
    unit = config["verdict"]["leave_one_out"]
    blocs = {name: holds(sample, spec["where"]) for name, spec in config["blocs"].items()}
    states = {value: sample[unit] == value for value in sorted(sample[unit].unique())}
    sample = sample[
        [column for column in sample.columns if column in {*KEY, unit, *columns_of(model)}]
    ]
    without_each = _together if refit.possible(model) else _one_by_one
    found = {
        name: without_each(config, primary, sample, groups)
        for name, groups in (("leave_one_out", states), ("leave_bloc_out", blocs))
    }
    return {
        name: [
            {"left_out": value, "label": config["blocs"].get(value, {}).get("label", value)}
            | effect
            for value, effect in effects.items()
        ]
        for name, effects in found.items()
    }


def _together(
    config: Config,
    primary: Mapping[str, Any],
    sample: pd.DataFrame,
    groups: Mapping[str, pd.Series],
) -> dict[str, dict[str, Any]]:
    """Return the effect without each group, by the batched solver; a group without rows in the
    model is passed over.
    """
    model = config["models"][primary["model"]]
    try:
        prepared = prepare(sample, model, labels(config))
    except EstimationFailure:
        return {}
    rows, whole = _keys(prepared.rows), refit.problem_of(prepared, model, primary)
    found: dict[str, dict[str, Any]] = {}
    problems: dict[str, Any] = {}
    for name, group in groups.items():
        out = rows.isin(_keys(sample[group]))
        if out.any():
            problem = _problem(config, primary, sample, group, refit.of_rows(whole, ~out))
            found[name] = problem if isinstance(problem, dict) else {}
            problems |= {} if isinstance(problem, dict) else {name: problem}
    return found | dict(
        zip(problems, refit.fit(list(problems.values()), primary, primary["model"]), strict=True)
    )


def _problem(
    config: Config,
    primary: Mapping[str, Any],
    sample: pd.DataFrame,
    out: pd.Series,
    rest: refit.Problem,
) -> refit.Problem | dict[str, Any]:
    """Return what is left of the primary test, or the empty EFFECT where it can not be fitted.

    The rows that are left can lack a value of a fixed effect or of a categorical term; only then is
    the design made anew without its column.
    """
    model, effect = (
        config["models"][primary["model"]],
        dict.fromkeys(PARTS) | {"model": primary["model"]},
    )
    try:
        if _deficient(rest):
            rest = refit.problem_of(prepare(sample, model, labels(config), out=out), model, primary)
            effect |= refit.size_of(rest)
            check_rank(rest.design)
        effect |= refit.size_of(rest)
        check_clusters(rest.design.groups)
    except EstimationFailure:
        return effect
    return rest


def _deficient(problem: refit.Problem) -> bool:
    try:
        check_rank(problem.design)
    except EstimationFailure:
        return True
    return len(problem.design.levels) < 2


def _keys(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[list(KEY)])


def _one_by_one(
    config: Config,
    primary: Mapping[str, Any],
    sample: pd.DataFrame,
    groups: Mapping[str, pd.Series],
) -> dict[str, dict[str, Any]]:
    """Return the effect without each group, for families that the batched solver does not know."""
    whole = _without(config, primary, sample, None)
    entries = {
        name: _without(config, primary, sample, group)
        for name, group in groups.items()
        if group.any()
    }
    return {
        name: primary_effect(entry, primary)
        for name, entry in entries.items()
        if entry["n"] != whole["n"]
    }


def _without(
    config: Config, primary: Mapping[str, Any], sample: pd.DataFrame, out: pd.Series | None
) -> dict[str, Any]:
    model = config["models"][primary["model"]]
    return estimate(
        primary["model"], model, sample, labels(config), marginal_effects=False, out=out
    )
