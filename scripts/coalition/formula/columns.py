"""Which columns of its sample a model names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    named += [outcome_of(model).variable] if FAMILIES[model["family"]].numeric else []
    named += [model["weights"]] if model.get("weights") else []
    if "selection" in model:
        joining = factors_of(model["selection"])
        named += [factor.variable for factor in joining if not factor.categorical]
    return list(dict.fromkeys(named))


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
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)
