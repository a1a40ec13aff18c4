"""Predictions of a model, checked: what its family can predict, and that all that a term stands in
moves with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.errors import Problems, one_of
from ...formula.families import FAMILIES, names_where
from ...formula.terms import Factor, TermError, parse_term, power, text_of


def check_predictions(model: Mapping[str, Any], place: str, problems: Problems) -> None:
    """Look for the terms that predictions move, and for those that would have to move along.

    Parameters
    ----------
    model : mapping
        One entry of `models`.
    place : str
        Where its predictions stand in the config.
    problems : Problems
    """
    if not model.get("predictions"):
        return
    if not FAMILIES[model["family"]].predicts:
        allowed = ", ".join(names_where(lambda family: family.predicts))
        text = "the family has no predictions here"
        problems.add(place, text, value=model["family"], allowed=allowed)
    groups = [*model["terms"], *model.get("fixed_effects", [])]
    for name, about in model["predictions"].items():
        here = f"{place}.{name}"
        single = [term for term in model["terms"] if ":" not in term]
        for key in ("over", "effect_of"):
            if key in about:
                one_of(about[key], single, f"{here}.{key}", "term of this model", problems)
                _check_alone(about[key], model["terms"], f"{here}.{key}", problems)
        if "groups" in about:
            text = "term or fixed effect of this model"
            one_of(about["groups"], groups, f"{here}.groups", text, problems)
        _check_range(about, here, problems)


def _check_range(about: Mapping[str, Any], place: str, problems: Problems) -> None:
    if about.get("over", 0) == about.get("effect_of", 1):
        problems.add(f"{place}.effect_of", "is the term that it is shown along")
    if "groups" in about and {"from", "to", "points"} & set(about):
        problems.add(place, "groups have no range: leave out from, to and points")
    if "from" in about and "to" in about and about["from"] >= about["to"]:
        problems.add(place, "from must be below to", value=f"{about['from']} and {about['to']}")


def _check_alone(term: str, terms: list[str], place: str, problems: Problems) -> None:
    """Look for other terms of the same variable that do not follow a term when it moves."""
    try:
        parsed = {text: parse_term(text) for text in (term, *terms)}
    except TermError:
        return  # noted where it stands
    (own,) = parsed[term].factors[:1]
    if own.categorical:
        problems.add(place, "factor(...) has groups and no range; name it as `groups`", value=term)
    for text, other in parsed.items():
        for factor in other.factors:
            if factor.variable == own.variable and not _follows(factor, own):
                problems.add(
                    place,
                    "another term of the same variable would not move with it",
                    value=text,
                    allowed="the variable itself, its square and cube, and products with these",
                )


def _follows(factor: Factor, own: Factor) -> bool:
    return factor == own or (power(factor)[0] == text_of(own) and power(factor)[1] > 1)
