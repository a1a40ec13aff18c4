"""Which columns of its sample a model names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..base.keys import listed
from .families import FAMILIES
from .filters import variables
from .terms import Factor, TermError, parse_term

RESPONSES = ("abstain", "unreserved", "reserved")

LEVELS = ("none", "low", "medium", "high")


def factors_of(model: Mapping[str, Any]) -> list[Factor]:
    """Return every factor of a model's terms, each once."""
    return list(
        dict.fromkeys(factor for text in model["terms"] for factor in parse_term(text).factors)
    )


def columns_of(model: Mapping[str, Any]) -> list[str]:
    """Return the columns of its sample that a model names, each once: terms, outcome, condition,
    effects, clusters, weights.
    """
    named = [factor.variable for factor in factors_of(model)] + [
        outcome_of(model).variable,
        *variables(model.get("where", {})),
    ]
    named += [
        *model.get("fixed_effects", []),
        *clusters_of(model),
        *([model["weights"]] if model.get("weights") else []),
        *times_of(model),
        *units_of(model),
    ]
    if "selection" in model:
        named += [
            model["selection"]["outcome"],
            *(factor.variable for factor in factors_of(model["selection"])),
        ]
    return list(dict.fromkeys(named))


def numbers_of(model: Mapping[str, Any]) -> list[str]:
    """Return the columns of its sample that a model calculates with, each once."""
    named = [factor.variable for factor in factors_of(model) if not factor.categorical]
    kind = FAMILIES[model["family"]]
    named += [outcome_of(model).variable] if kind.numeric or kind.outcome == "event" else []
    named += [model["weights"]] if model.get("weights") else []
    named += times_of(model)
    if "selection" in model:
        joining = factors_of(model["selection"])
        named += [factor.variable for factor in joining if not factor.categorical]
    return list(dict.fromkeys(named))


def times_of(model: Mapping[str, Any]) -> list[str]:
    """Return the columns of numbers that say when rows are at risk, or how much was exposed."""
    found = [model[key] for key in ("offset", "exposure") if key in model]
    found += [model["spell"][key] for key in ("start", "stop") if key in model.get("spell", {})]
    return [*found, *([model["baseline"]["time"]] if "baseline" in model else [])]


def units_of(model: Mapping[str, Any]) -> list[str]:
    """Return the columns that name, for a model of durations, the units at risk."""
    given = [model[key]["unit"] for key in ("spell", "baseline") if "unit" in model.get(key, {})]
    return [name for unit in given for name in listed(unit)]


def outcome_of(model: Mapping[str, Any]) -> Factor:
    """Return a model's outcome: a variable, or a transform of one.

    Raises
    ------
    TermError
        When it is a product or no term at all.
    """
    factors = parse_term(model["outcome"]).factors
    if len(factors) > 1 or factors[0].categorical:
        raise TermError("an outcome is one variable or a transform of one")
    return factors[0]


def clusters_of(model: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns by which a model's errors are clustered."""
    given = model.get("cluster")
    return () if given is None else tuple(listed(given))
