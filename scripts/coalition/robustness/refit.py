"""One primary test fitted many times to other rows or other outcomes of its own design, by the
batched solver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..base import distributions as stats
from ..base.number_formats import finite
from ..estimators import batched, firth
from ..estimators.batched import batched_binary
from ..estimators.batched.stack import stack
from ..estimators.design_matrix import Prepared, focal_columns
from ..estimators.fit_types import EstimationFailure
from ..formula.families import FAMILIES
from .curve import curve_effects
from .curve.curve_problems import Problem

Effect = dict[str, Any]


def possible(model: Mapping[str, Any]) -> bool:
    """Tell whether the batched solver knows all that a model asks for."""
    cluster = model.get("cluster")
    others = (
        model.get("weights")
        or model.get("covariance", "default") != "default"
        or model.get("correction", "full") != "full"
        or "offset" in model
        or "exposure" in model
    )
    return (
        FAMILIES[model["family"]].batched is not None
        and not others
        and model.get("constant", True)
        and not isinstance(cluster, list)
    )


def problem_of(prepared: Prepared, model: Mapping[str, Any], primary: Mapping[str, Any]) -> Problem:
    """Return the data of a primary test.

    Parameters
    ----------
    prepared : Prepared
        Its design and rows.
    model : mapping
        Its entry in `models`.
    primary : mapping
        `term` or `contrasts`; of a sample that is a file, also `unit`, the column whose values
        stand
        for states.

    Raises
    ------
    EstimationFailure
        When what is tested is not one column of the model.
    """
    focal = primary.get("term") or model["corners"]["first"]
    held = focal_columns(prepared.design.names, prepared.terms, focal)
    unit = primary.get("unit")
    states = np.unique(prepared.rows[unit or "iso3"].astype(str), return_inverse=True)[1]
    operations = (
        np.zeros(len(states), dtype=int)
        if unit
        else np.unique(prepared.rows["operation"], return_inverse=True)[1]
    )
    return Problem(prepared.design, states, operations, model["family"], model.get("corners"), held)


def of_rows(problem: Problem, kept: np.ndarray) -> Problem:
    """Return a problem of some of its rows (n,) bool; levels that do not occur among them are no
    part of it.
    """
    design = problem.design
    present, y = np.unique(design.y[kept], return_inverse=True)
    groups = (
        None if design.groups is None else np.unique(design.groups[kept], return_inverse=True)[1]
    )
    levels = tuple(design.levels[int(code)] for code in present)
    less = replace(design, y=y.astype(float), X=design.X[kept], groups=groups, levels=levels)
    return replace(
        problem, design=less, states=problem.states[kept], operations=problem.operations[kept]
    )


def tested(
    problems: Sequence[Problem], primary: Mapping[str, Any], start: np.ndarray | None
) -> curve_effects.Effects:
    """Fit every problem and test its effect as the estimator of its family does when it is fitted
    alone.

    That is Wald's test; for Firth's logit without clusters it is the penalised likelihood ratio, as
    in estimators/firth.py. The specification curve (`curve.effects.fit`) has Wald's for both.

    Parameters
    ----------
    problems : sequence of Problem
        Of one model.
    primary : mapping
        `term` or `contrasts`, and `sign`.
    start : ndarray, shape (p,), or None
        Parameters near the estimates of problems that have as many.
    """
    if not (problems and _by_likelihood(problems[0])):
        return curve_effects.fit(problems, primary, start)
    size = len(problems)
    found = curve_effects.Effects.unknown(size)
    for places in curve_effects.alike(problems):
        chunk, every = stack([problems[place].design for place in places]), np.arange(len(places))
        column = np.array([problems[place].focal[0] for place in places])
        chunk = curve_effects.from_near(chunk, start, problems[places[0]])
        fitted = batched.fit("firth_logit", chunk)
        ratio = batched_binary.penalised_ratios(chunk, fitted.params, column)
        ended = np.isfinite(ratio)  # NaN too where the fit itself failed
        found.estimate[places] = np.where(ended, fitted.params[every, column], np.nan)
        found.std_error[places] = np.where(ended, fitted.std_error[every, column], np.nan)
        found.p_value[places] = stats.ChiSquared(1).sf(ratio)
        found.status[places] = np.where(
            ended | (fitted.status != "ok"), fitted.status, "no_convergence"
        )
    return found


def _by_likelihood(problem: Problem) -> bool:
    return FAMILIES[problem.family].penalised and problem.design.groups is None


def _intervals(
    problems: Sequence[Problem], found: curve_effects.Effects, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper ends (S,): normal, or of the profile where the test is a penalised
    likelihood ratio.
    """
    if not (problems and _by_likelihood(problems[0])):
        half = stats.norm.ppf((1 + level) / 2) * found.std_error
        return found.estimate - half, found.estimate + half
    ends = np.array(
        [
            _profile(problem, level) if status == "ok" else (np.nan, np.nan)
            for problem, status in zip(problems, found.status, strict=True)
        ]
    )
    return ends[:, 0], ends[:, 1]


def _profile(problem: Problem, level: float) -> tuple[float, float]:
    """Return the ends of the profile interval of Firth's logit; NaN where they cannot be found."""
    y, X = problem.design.y, problem.design.X
    try:
        top = firth.top(y, X)
        low, high = (
            firth.profile_bound(problem.focal[0], side, top, y, X, level) for side in (-1, 1)
        )
    except (EstimationFailure, np.linalg.LinAlgError):
        return np.nan, np.nan
    return low, high


def fit(
    problems: Sequence[Problem],
    primary: Mapping[str, Any],
    model: str,
    level: float = 0.95,
    intervals: bool = True,
) -> list[Effect]:
    """Return the EFFECT of each problem, as `verdicts.primary_effect` reads it from a model that
    was fitted alone; without `intervals` their ends are unknown (a profile takes long).
    """
    found = tested(problems, primary, None)
    unknown = np.full(len(problems), np.nan)
    numbers = zip(
        found.estimate,
        found.std_error,
        found.p_value,
        *(_intervals(problems, found, level) if intervals else (unknown, unknown)),
        strict=True,
    )
    parts = ("estimate", "std_error", "p_value", "conf_low", "conf_high")
    return [
        {
            "model": model,
            "term": primary.get("term"),
            **dict(zip(parts, (finite(value) for value in values), strict=True)),
            **size_of(problem),
        }
        for values, problem in zip(numbers, problems, strict=True)
    ]


def size_of(problem: Problem) -> dict[str, int | None]:
    """Return a problem's n and n_clusters."""
    groups = problem.design.groups
    return {
        "n": len(problem.design.y),
        "n_clusters": None if groups is None else len(np.unique(groups)),
    }
