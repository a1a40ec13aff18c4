"""A specification curve in drawn worlds: the designs of some specifications, made once, and their
fits to the outcomes of each draw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...estimators.fit_types import EstimationFailure
from ...estimators.primary_test import smallest_effect
from .. import refit
from ..curve import curve_effects
from ..curve.curve_problems import Problem, Problems, Tables, parameters
from ..curve.specifications import Specification, choices, combinations
from .made_worlds import Drawn, Ground, response

Config = Mapping[str, Any]
JOINED, LEVEL = "participated", "caveat_level"
THRESHOLDS = {"any_caveat": 1, "substantive_caveat": 2}


@dataclass(frozen=True)
class Kept:
    """One specification with the design of all rows, whichever states joined.

    rows : of its design, (m,) places in the ground; reading : of levels, one of "level" (as the
    primary test), "other" (another coding), "as_coded", "none"; reserved_from : level from which on
    a state is reserved
    """

    problem: Problem
    rows: np.ndarray
    outcome: str
    levels: tuple[str, ...]
    reading: str
    reserved_from: int


@dataclass(frozen=True)
class DrawnCurve:
    """The specifications of a hypothesis, and what the content of a curve says of them."""

    kept: tuple[Kept, ...]
    about: Mapping[str, Any]
    rows_per_parameter: float
    states: int
    """Of all, of which the codes of a design's rows are some."""


def designs(config: Config, hypothesis: str, tables: Tables, at: Ground, number: int) -> DrawnCurve:
    """Draw some specifications of a curve with the seed, once, and make their designs.

    The primary test is the first; only distinct specifications that the real data can fit are
    drawn.
    """
    data = Problems(config, hypothesis, tables)
    every = combinations(config, hypothesis)
    rng = np.random.default_rng(config["seed"])
    order = [every[0], *(every[1 + k] for k in rng.permutation(len(every) - 1))]
    states = np.array(data.states)
    place = _places(at, states)
    kept: list[Kept] = []
    chosen: list[Specification] = []
    seen: set[str] = set()
    for specification in order:
        if len(kept) == number:
            break
        try:
            real = data.problem(specification)
        except EstimationFailure:
            continue
        if real.key not in seen:
            seen.add(real.key)
            chosen.append(specification)
            kept.append(_kept(config, hypothesis, data, specification, real, place))
    return DrawnCurve(
        tuple(kept),
        _about(config, hypothesis, data, chosen),
        config["specification_curve"]["rows_per_parameter"],
        len(states),
    )


def _places(at: Ground, states: np.ndarray) -> dict[tuple[int, str], int]:
    codes = np.searchsorted(states, at.rows["iso3"].to_numpy(str))
    return {
        (int(code), operation): row
        for row, (code, operation) in enumerate(zip(codes, at.operation, strict=True))
    }


def _kept(
    config: Config, hypothesis: str, data: Problems, specification: Specification, real: Problem,
    place: Mapping[tuple[int, str], int],
) -> Kept:  # fmt: skip
    model = data.model(specification)
    where = {key: value for key, value in model.get("where", {}).items() if key != JOINED}
    whole = {**model, "where": where, "outcome": JOINED, "family": "logit"}
    found = data.every_row(specification, whole)
    sample = config["samples"][config["models"][data.primary["model"]]["sample"]]
    names = sorted(sample["operations"])  # as the codes of a table's operations are
    rows = np.array(
        [
            place.get((int(state), names[int(code)]), -1)
            for state, code in zip(found.states, found.operations, strict=True)
        ]
    )
    known = rows >= 0
    problem = _with_rows(found, known, model["family"])
    changes = [option.patch.get("sample", {}) for option in specification.options]
    reserved = [change["reserved_from"] for change in changes if "reserved_from" in change]
    return Kept(
        problem,
        rows[known],
        model["outcome"],
        real.design.levels,
        _reading([change["caveats"] for change in changes if "caveats" in change]),
        (reserved or [sample["reserved_from"]])[0],
    )


def _with_rows(found: Problem, known: np.ndarray, family: str) -> Problem:
    """Return a problem of some rows, of another family."""
    design, groups = found.design, found.design.groups
    less = replace(
        design,
        X=design.X[known],
        y=design.y[known],
        groups=None if groups is None else groups[known],
    )
    return replace(
        found,
        design=less,
        states=found.states[known],
        operations=found.operations[known],
        family=family,
    )


def _reading(changes: Sequence[Mapping[str, Any]]) -> str:
    """Return how a specification reads caveats, from what its options change of that."""
    made_of = [change["what_was_sent"] for change in changes if "what_was_sent" in change]
    if made_of:
        return "none" if made_of[0] == "none" else "as_coded"
    return "other" if changes else "level"


def _levels_read(kept: Kept, drawn: Drawn) -> np.ndarray:
    """Return the levels (m,) as a specification reads them."""
    if kept.reading == "none":
        unread = (drawn.joined == 1) & ~np.isfinite(drawn.level)
        return np.where(unread, 0.0, drawn.level)[kept.rows]
    by = {"level": drawn.level, "other": drawn.other, "as_coded": drawn.as_coded}
    return by[kept.reading][kept.rows]


def _about(
    config: Config, hypothesis: str, data: Problems, chosen: Sequence[Specification]
) -> dict[str, Any]:
    """Return what the content of a curve says that no draw changes."""
    primary = config["hypotheses"][hypothesis]["primary"]
    smallest, scale = smallest_effect(primary)
    options = choices(config, hypothesis)
    terms = [tuple(data.model(of)["terms"]) for of in chosen]
    sets = list(dict.fromkeys(terms))
    curves = config["specification_curve"]["choices"]
    return {
        "hypothesis": hypothesis,
        "sign": primary["sign"],
        "scale": scale,
        "smallest_effect": smallest,
        "choices": [
            {
                "choice": choice,
                "label": curves[choice]["label"],
                "options": [{"name": of.name, "label": of.label} for of in several],
            }
            for choice, several in options.items()
        ],
        "options": {
            choice: [[of.name for of in several].index(spec.names[position]) for spec in chosen]
            for position, (choice, several) in enumerate(options.items())
        },
        "terms": {"sets": [list(of) for of in sets], "of": [sets.index(of) for of in terms]},
    }


def content(of: DrawnCurve, primary: Mapping[str, Any], drawn: Drawn) -> dict[str, Any]:
    """Return what the rules read of a curve in one draw, as in estimates/curve_<hypothesis>.json;
    there is no joint test, which decides nothing.
    """
    problems = problems_of(of, drawn)
    usable = [problem for problem in problems if problem is not None]
    found = curve_effects.fit(usable, primary)
    estimate = np.full(len(problems), np.nan)
    status = np.full(len(problems), "level_missing", dtype=object)
    there = np.array([problem is not None for problem in problems])
    estimate[there], status[there] = found.estimate, found.status
    known, sign = np.isfinite(estimate), of.about["sign"]
    shares = (
        {
            "sign_share": float((sign * estimate[known] > 0).mean()),
            "median": float(np.median(estimate[known])),
        }
        if known.any()
        else {"sign_share": None, "median": None}
    )
    failed = Counter(str(name) for name in status[~known])
    return {
        **of.about,
        "summary": {"n": int(known.sum()), **shares},
        "joint_test": {"statistics": ["median_effect"], "p_value": [None]},
        "counts": {"impossible": {}, "failed": dict(failed)},
        "specifications": {
            "estimate": [float(x) if np.isfinite(x) else None for x in estimate],
            "status": list(status),
        },
    }


def problems_of(of: DrawnCurve, drawn: Drawn) -> list[Problem | None]:
    """Return every specification with a draw's outcomes; None where it cannot be fitted to them."""
    return [_problem(kept, drawn, of.rows_per_parameter) for kept in of.kept]


def _problem(kept: Kept, drawn: Drawn, rows_per_parameter: float) -> Problem | None:
    """Return a specification with a draw's outcomes; None where it cannot be fitted to them."""
    level, joined = _levels_read(kept, drawn), drawn.joined[kept.rows]
    if kept.outcome == JOINED:
        y, there = joined, np.ones(len(joined), dtype=bool)
    elif kept.outcome == "response":
        names = response(joined, level, kept.reserved_from)
        y, there = _codes(names, kept.levels), names != ""
    else:
        there = np.isfinite(level)
        cut = THRESHOLDS.get(kept.outcome)
        y = np.nan_to_num(level) if cut is None else (level >= cut).astype(float)
    if not there.any():
        return None
    design = replace(kept.problem.design, y=y, levels=_levels(kept, y))
    whole = replace(kept.problem, design=design)
    _, codes = np.unique(y[there], return_inverse=True)
    if codes.max(initial=0) < 1:
        return None
    found = _of_rows(whole, there)
    needed = parameters(found.family, found.design.X.shape[1], len(found.design.levels))
    return found if len(found.design.y) >= rows_per_parameter * needed else None


def _codes(names: np.ndarray, levels: Sequence[str]) -> np.ndarray:
    return np.array([levels.index(name) if name in levels else -1 for name in names], dtype=float)


def _levels(kept: Kept, y: np.ndarray) -> tuple[str, ...]:
    """Return names by code, as many as `refit.of_rows` may look up."""
    wide = tuple(str(k) for k in range(int(y.max()) + 1))
    return kept.levels if kept.outcome == "response" else wide


def _of_rows(problem: Problem, kept: np.ndarray) -> Problem:
    """Return a problem of some rows, without columns that are zero or double there."""
    less = refit.of_rows(problem, kept)
    X = less.design.X
    moving = (X.std(axis=0) > 0) | (np.arange(X.shape[1]) == 0)
    if moving.all() or not moving[list(less.focal)].all():
        return less
    names = tuple(name for name, stays in zip(less.design.names, moving, strict=True) if stays)
    focal = tuple(int(moving[:place].sum()) for place in less.focal)
    return replace(less, design=replace(less.design, X=X[:, moving], names=names), focal=focal)
