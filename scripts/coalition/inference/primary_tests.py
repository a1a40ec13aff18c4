"""Every primary test under every method of inference, and how strong a confounder each would
bear.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from .. import estimators
from ..base.keys import keys_of
from ..base.multiplicity import benjamini_hochberg, holm
from ..estimators.dependence import without_dependent
from ..estimators.design_matrix import prepare
from ..estimators.fit_types import EstimationFailure
from ..estimators.primary_test import primary_effect, primary_rows, smallest_effect
from ..formula.inference_methods import asked_of
from .by_method import places
from .equivalence import two_one_sided_tests
from .every_method import EVERY
from .methods import LEVEL, Case, Result, check_design, weakest
from .quantities import Linear
from .sensitivity import Benchmark, benchmark, least_squares, partial_r2, robustness_value

Entry = dict[str, Any]
PRIMARY = "primary"
NUMBERS = (
    "term",
    "estimate",
    "std_error",
    "statistic",
    "df",
    "p_value",
    "conf_low",
    "conf_high",
    "p_equal_tailed",
    "replicates",
    "not_fitted",
)


def compare(
    config: Mapping[str, Any], samples: Mapping[str, pd.DataFrame], estimates: Mapping[str, Entry]
) -> Entry:
    """Test every hypothesis by every method of the config.

    Parameters
    ----------
    config : mapping
        Blocks hypotheses, models, inference, and seed.
    samples : mapping
        Sample -> its table.
    estimates : mapping
        Model -> its entry in the estimates files, where the primary test's own numbers stand.

    Returns
    -------
    dict
        The content of estimates/inference.json.
    """
    settings, found = config["inference"], []
    for name, hypothesis in config["hypotheses"].items():
        model = config["models"][hypothesis["primary"]["model"]]
        entry = estimates[hypothesis["primary"]["model"]]
        found.append(_hypothesis(name, hypothesis, model, samples[model["sample"]], entry, config))
    for method in (PRIMARY, *settings["methods"]):
        _adjust([next(row for row in one["rows"] if row["method"] == method) for one in found])
    return {"seed": config["seed"], "level": LEVEL, **settings, "hypotheses": found}


def _hypothesis(
    name: str,
    hypothesis: Mapping[str, Any],
    model: Mapping[str, Any],
    sample: pd.DataFrame,
    entry: Entry,
    config: Mapping[str, Any],
) -> Entry:
    primary, settings = hypothesis["primary"], config["inference"]
    margin, scale = smallest_effect(primary)
    about = {
        "hypothesis": name, "title": hypothesis["title"], "model": primary["model"],
        "family": model["family"], "scale": scale,
        "sign": primary["sign"], "smallest_effect": margin, "n": entry["n"],
        "n_clusters": entry["n_clusters"],
    }  # fmt: skip
    try:
        keys = keys_of(config.get("samples", {}).get(model["sample"], {}))
        prepared = without_dependent(prepare(sample, model, {}, keys), model)[0]
        prepared = replace(prepared, rows=places(prepared.rows, keys, asked_of(model)))
        check_design(prepared.design)
        fit = estimators.fit(model["family"], prepared.design, LEVEL)
    except EstimationFailure as failure:
        rows, sensitivity = (
            [_row(method, None, failure.message) for method in settings["methods"]],
            None,
        )
    else:
        case = Case(
            model,
            primary,
            prepared,
            fit,
            settings["replicates"],
            settings["permutations"],
            config["seed"],
        )
        rows, sensitivity = (
            [_by(method, case) for method in settings["methods"]],
            _sensitivity(case, settings["benchmark_times"]),
        )
    rows = [_primary_row(entry, primary), *rows]
    for row in rows:
        if row["p_below_smallest"] is None:
            row["p_below_smallest"] = _below(row, primary["sign"], margin, scale)
    return about | {"rows": rows, "sensitivity": sensitivity}


def _row(method: str, result: Result | None, reason: str | None) -> Entry:
    numbers = dict.fromkeys(NUMBERS) if result is None else asdict(result)
    return {
        "method": method,
        "linear": method.startswith("linear_"),
        **numbers,
        "p_below_smallest": None if result is None else result.p_below_smallest,
        "reason": reason,
    }


def _primary_row(entry: Entry, primary: Mapping[str, Any]) -> Entry:
    """Return the primary test's own numbers as the estimates file has them."""
    effect, inference = primary_effect(entry, primary), entry["inference"] or {}
    statistic = next(
        (row["statistic"] for row in primary_rows(entry, primary) if row["term"] == effect["term"]),
        None,
    )
    numbers = {part: effect.get(part) for part in NUMBERS} | {
        "statistic": statistic,
        "df": inference.get("df"),
    }
    failure = None if entry["failure"] is None else entry["failure"]["message"]
    return {
        "method": PRIMARY,
        "linear": False,
        **numbers,
        "p_below_smallest": None,
        "reason": failure,
    }


def _by(method: str, case: Case) -> Entry:
    """Return a method's row: of several quantities, all of which the claim needs, the one that
    supports it least.
    """
    try:
        results = EVERY[method](case)
        if not results:
            raise EstimationFailure("not_defined", "not defined for contrasts of probabilities")
    except (EstimationFailure, np.linalg.LinAlgError) as failure:
        return _row(method, None, str(failure))
    return _row(method, weakest(results, case.primary["sign"]), None)


def _below(row: Entry, sign: int, margin: float, scale: str) -> float | None:
    """Return the p-value of the test that the effect in the predicted direction is at least the
    smallest one of interest.
    """
    if not row["std_error"] or (row["linear"] and scale != "probability"):
        return None
    return two_one_sided_tests(sign * row["estimate"], row["std_error"], margin, row["df"]).p_below


def _adjust(rows: Sequence[Entry]) -> None:
    """Write into the rows of one method the p-values adjusted over the hypotheses."""
    p_values = [math.nan if row["p_value"] is None else row["p_value"] for row in rows]
    for name, adjusted in (("p_holm", holm(p_values)), ("p_bh", benjamini_hochberg(p_values))):
        for row, value in zip(rows, adjusted, strict=True):
            row[name] = value


def _sensitivity(case: Case, times: float) -> Entry | None:
    """Return the robustness value in the linear counterpart, of several quantities of the weakest;
    None where there is none.
    """
    try:
        models = case.linear
    except EstimationFailure:
        return None
    fits = [(of, least_squares(of.y, of.X)) for of in models]
    of, fit = min(
        fits,
        key=lambda pair: (
            case.primary["sign"]
            * pair[1].estimates[pair[0].column]
            / pair[1].std_error[pair[0].column]
        ),
    )
    statistic = float(fit.estimates[of.column] / fit.std_error[of.column])
    return {
        "term": of.term,
        "estimate": float(fit.estimates[of.column]),
        "std_error": float(fit.std_error[of.column]),
        "statistic": statistic,
        "df": fit.df,
        "partial_r2": partial_r2(statistic, fit.df),
        "robustness_value": robustness_value(statistic, fit.df),
        "robustness_value_alpha": robustness_value(statistic, fit.df, alpha=1 - LEVEL),
        "benchmarks": [
            {"covariate": name} | found
            for name, column in of.covariates.items()
            if (found := _benchmark(of, column, times))
        ],
    }


def _benchmark(of: Linear, covariate: int, times: float) -> Entry | None:
    try:
        found: Benchmark = benchmark(of.y, of.X, of.column, covariate, times)
    except EstimationFailure:
        return None
    return asdict(found)
