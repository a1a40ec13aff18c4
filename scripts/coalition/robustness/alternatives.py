"""The primary tests again: under every alternative of the config, and without each state in
turn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..base.cache import Cache
from ..base.errors import Problems
from ..base.files import digest
from ..base.keys import STATES, Keys, keys_of
from ..config.settings import labels, left_out, patched
from ..estimators.dependence import without_dependent
from ..estimators.design_matrix import Prepared, prepare
from ..estimators.estimate import estimate
from ..estimators.fit_types import EstimationFailure
from ..estimators.primary_test import PARTS, primary_effect
from ..estimators.separation import check_clusters, check_rank
from ..formula.columns import columns_of
from ..formula.filters import holds
from ..samples import country_operations, user_file
from . import refit

Config = Mapping[str, Any]
Build = Callable[[Config, str], pd.DataFrame]
UNCHANGED, SAME = "unchanged", 1e-9
"""Status of an alternative that changes no number, and how near numbers are that are the same."""
SAMPLE_PARTS = ("operations", "covariates", "variables", "measures", "universes", "samples")


def builder(tables: Mapping[str, Mapping[str, pd.DataFrame]], configs: Iterable[Config]) -> Build:
    """Return a function that builds a config's sample, and keeps those that it has built.

    Parameters
    ----------
    tables : mapping
        Canonical tables, as `country_operations.build` takes them.
    configs : iterable of mapping
        Those whose alternatives will be built: the columns that any of them uses are joined once,
        for all.
    """
    cache = Cache()
    also = set[str]().union(*map(_columns, configs))

    def build(config: Config, sample: str) -> pd.DataFrame:
        if "file" in config["samples"][sample]:
            return cache.once(
                digest([sample, config["samples"][sample]]), lambda: from_file(config, sample)
            )
        parts = {part: config[part] for part in SAMPLE_PARTS}
        further = sorted(country_operations.wanted_columns(config) - also)
        return cache.once(
            digest([sample, parts, further]),
            lambda: (
                country_operations.build(
                    config, sample, tables, describe=False, cache=cache, also=also
                ).table
            ),
        )

    return build


def _columns(config: Config) -> set[str]:
    """Return the columns of the covariates that the primary tests use, as they are and under any
    alternative.
    """
    tested = {spec["primary"]["model"] for spec in config["hypotheses"].values() if spec}
    return country_operations.wanted_columns(config) | {
        column
        for alternative in config.get("robustness", {}).values()
        for model in tested
        if model in config["models"]
        for column in country_operations.wanted_columns(patched(config, alternative, model))
    }


def from_file(config: Config, sample: str) -> pd.DataFrame:
    """Return the table of a sample that is a file of the user's."""
    problems = Problems()
    found = user_file.build(config, sample, problems)
    problems.stop()
    return found.table


def alternatives(
    config: Config, hypothesis: str, build: Build, fitted: Cache | None = None
) -> list[dict[str, Any]]:
    """Fit a hypothesis' primary test under every alternative that applies to it.

    Parameters
    ----------
    config : mapping
        The whole config.
    hypothesis : str
        Its name.
    build : callable
        As `builder` returns it.
    fitted : Cache, optional
        Of what was fitted for other hypotheses of the same config: those that are tested in the
        same model share it.

    Returns
    -------
    list of dict
        name, label, status, message and the EFFECT; a failed alternative has no numbers and says
        why, and one that changes no number on these data is "unchanged" and counts as none.
    """
    primary = config["hypotheses"][hypothesis]["primary"]
    results, fitted = [], fitted or Cache()

    def estimated(name: str | None, patch: Mapping[str, Any]) -> dict[str, Any]:
        model = primary["model"]
        return fitted.once(
            (model, name), lambda: _estimated(patched(config, patch, model), primary, build)
        )

    whole = primary_effect(estimated(None, {}), primary)
    for name, alternative in config["robustness"].items():
        if hypothesis not in alternative.get("hypotheses", [hypothesis]):
            continue
        entry = estimated(name, alternative)
        failure = entry["failure"]["message"] if entry["failure"] else None
        about = {
            "name": name,
            "label": alternative["label"],
            "status": entry["status"],
            "message": failure,
        }
        effect = primary_effect(entry, primary)
        if entry["status"] == "ok" and same_numbers(effect, whole):
            about |= {"status": UNCHANGED, "message": "changes no number here"}
        results.append(about | effect)
    return results


def same_numbers(effect: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    """Tell whether an alternative left every number of the primary test as it was, to rounding."""
    return all(_same(effect[part], whole[part]) for part in PARTS if part not in ("model", "term"))


def _same(value: Any, other: Any) -> bool:
    if value is None or other is None:
        return value is other
    return math.isclose(value, other, rel_tol=SAME, abs_tol=SAME)


def _estimated(config: Config, primary: Mapping[str, Any], build: Build) -> dict[str, Any]:
    model = config["models"][primary["model"]]
    table, keys = build(config, model["sample"]), keys_of(config["samples"][model["sample"]])
    return estimate(
        primary["model"], model, table, labels(config), marginal_effects=False, keys=keys
    )


def leave_out(
    config: Config, hypothesis: str, sample: pd.DataFrame
) -> dict[str, list[dict[str, Any]]]:
    """Fit a hypothesis' primary test without each state (or each value of the column that it
    names),
    and without each bloc, in turn.

    The measures stay as they were, and so do the transforms of terms that are relative to the other
    rows: `standardise(abandonment)` keeps the mean and standard deviation of all rows. A
    coefficient then has the same unit whichever state is left out.

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
    unit, keys = left_out(config, hypothesis), keys_of(config["samples"][model["sample"]])
    blocs = {name: holds(sample, spec["where"]) for name, spec in config["blocs"].items()}
    states = {str(value): sample[unit] == value for value in sorted(sample[unit].dropna().unique())}
    named = {*keys.row, *keys.unit, keys.time, keys.state, unit, *columns_of(model)}
    sample = sample[[column for column in sample.columns if column in named]]
    without_each = leave_out_together if refit.possible(model) else leave_out_one_by_one
    about = {**primary, "unit": None if keys == STATES else unit}
    found = {
        name: without_each(config, about, sample, groups)
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


def leave_out_together(
    config: Config,
    primary: Mapping[str, Any],
    sample: pd.DataFrame,
    groups: Mapping[str, pd.Series],
) -> dict[str, dict[str, Any]]:
    """Return the effect without each group, by the batched solver; a group without rows in the
    model is passed over.
    """
    model = config["models"][primary["model"]]
    keys = keys_of(config["samples"][model["sample"]])
    try:
        prepared = _prepared(config, primary, sample, None)
    except EstimationFailure:
        return {}
    whole = refit.problem_of(prepared, model, primary)
    every = _named(sample, keys).append(_named(prepared.rows, keys))
    codes = pd.factorize(every)[0]
    theirs, ours = codes[: len(sample)], codes[len(sample) :]
    found: dict[str, dict[str, Any]] = {}
    problems: dict[str, Any] = {}
    for name, group in groups.items():
        out = np.isin(ours, theirs[group.fillna(False).to_numpy(bool)])
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
    """Return what is left of the primary test, or the empty EFFECT where it cannot be fitted.

    The rows that are left can lack a value of a fixed effect or of a categorical term; only then is
    the design made anew without its column.
    """
    model, effect = (
        config["models"][primary["model"]],
        dict.fromkeys(PARTS) | {"model": primary["model"]},
    )
    try:
        if _deficient(rest):
            rest = refit.problem_of(_prepared(config, primary, sample, out), model, primary)
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


def _prepared(
    config: Config, primary: Mapping[str, Any], sample: pd.DataFrame, out: pd.Series | None
) -> Prepared:
    """Return the rows and the design of the primary model, as `estimate` makes them."""
    model = config["models"][primary["model"]]
    keys = keys_of(config["samples"][model["sample"]])
    return without_dependent(prepare(sample, model, labels(config), keys, out), model)[0]


def _named(rows: pd.DataFrame, keys: Keys) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[list(keys.row)])


def leave_out_one_by_one(
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
    keys = keys_of(config["samples"][model["sample"]])
    return estimate(
        primary["model"], model, sample, labels(config), marginal_effects=False, keys=keys, out=out
    )
