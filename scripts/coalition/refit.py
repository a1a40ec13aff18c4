"""One primary test fitted many times to other rows or other outcomes of its own design, by the batched solver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from . import batch
from . import distributions as stats
from .curve import effects
from .curve.problems import Problem
from .design import Prepared, focal_columns

Effect = dict[str, Any]


def possible(model: Mapping[str, Any]) -> bool:
    """Tell whether the batched solver knows all that a model asks for."""
    cluster = model.get("cluster")
    others = model.get("weights") or model.get("covariance", "default") != "default" or model.get("correction", "full") != "full"
    return model["family"] in batch.FAMILIES and not others and model.get("constant", True) and not isinstance(cluster, list)


def problem_of(prepared: Prepared, model: Mapping[str, Any], primary: Mapping[str, Any]) -> Problem:
    """Return the data of a primary test.

    Parameters
    ----------
    prepared : Prepared
        Its design and rows.
    model : mapping
        Its entry in `models`.
    primary : mapping
        `term` or `contrasts`.

    Raises
    ------
    EstimationFailure
        When what is tested is not one column of the model.
    """
    focal = primary.get("term") or model["corners"]["first"]
    held = focal_columns(prepared.design.names, prepared.terms, focal)
    codes = [np.unique(prepared.rows[name], return_inverse=True)[1] for name in ("iso3", "operation")]
    return Problem(prepared.design, codes[0], codes[1], model["family"], model.get("corners"), held)


def of_rows(problem: Problem, kept: np.ndarray) -> Problem:
    """Return a problem of some of its rows (n,) bool; levels that do not occur among them are no part of it."""
    design = problem.design
    present, y = np.unique(design.y[kept], return_inverse=True)
    groups = None if design.groups is None else np.unique(design.groups[kept], return_inverse=True)[1]
    levels = tuple(design.levels[int(code)] for code in present)
    less = replace(design, y=y.astype(float), X=design.X[kept], groups=groups, levels=levels)
    return replace(problem, design=less, states=problem.states[kept], operations=problem.operations[kept])


def fit(problems: Sequence[Problem], primary: Mapping[str, Any], model: str, level: float = 0.95) -> list[Effect]:
    """Return the EFFECT of each problem, as `verdicts.primary_effect` reads it from a model that was fitted alone."""
    found = effects.fit(problems, primary)
    half = stats.norm.ppf((1 + level) / 2) * found.std_error
    numbers = zip(found.estimate, found.std_error, found.p_value, found.estimate - half, found.estimate + half, strict=True)
    parts = ("estimate", "std_error", "p_value", "conf_low", "conf_high")
    return [
        {
            "model": model,
            "term": primary.get("term"),
            **dict(zip(parts, (_known(value) for value in values), strict=True)),
            **_size(problem),
        }
        for values, problem in zip(numbers, problems, strict=True)
    ]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _size(problem: Problem) -> dict[str, int | None]:
    groups = problem.design.groups
    return {"n": len(problem.design.y), "n_clusters": None if groups is None else len(np.unique(groups))}
