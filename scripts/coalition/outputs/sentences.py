"""What is said of models and tests: their terms, rows, contrasts and messages, with the labels of
the config.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..base.number_formats import p_words
from . import display_names, unit_words
from .stored_results import Entry, Sources

OTHER = "values of the other term"
"""Where a contrast is taken, when it is not known which term that is."""


def _bounds(allowed: Mapping[str, float]) -> str:
    words = {"min": "at least", "max": "at most"}
    return " and ".join(f"{word} {allowed[end]:g}" for end, word in words.items() if end in allowed)


def condition(where: Mapping[str, Any] | str | list[str], sources: Sources) -> str:
    """Return a `where` of the config in words; a filter as it is written."""
    if not isinstance(where, Mapping):
        return where if isinstance(where, str) else "; ".join(where)
    parts = []
    for name, allowed in where.items():
        if name == "operation":
            parts.append(", ".join(sources.operation(value) for value in allowed))
        elif isinstance(allowed, Mapping):
            parts.append(f"{sources.label(name)} {_bounds(allowed)}")
        else:
            parts.append(f"{sources.label(name)} = {' or '.join(str(value) for value in allowed)}")
    return "; ".join(parts) or "all rows"


STATES = ("iso3", "operation")
"""The unit of every panel that the project builds itself."""
UNITS = "states and operations"
"""What the families of panel models call these."""


def unit_label(model: Entry, sources: Sources) -> str:
    """Return what the unit of a panel is called, as the head of its effects: "State x operation",
    or the labels of a file's own columns.
    """
    unit = (model.get("panel") or {}).get("unit") or STATES
    if tuple(unit) == STATES:
        return "State \N{MULTIPLICATION SIGN} operation"
    return " \N{MULTIPLICATION SIGN} ".join(sources.label(name) for name in unit)


def time_label(model: Entry, sources: Sources) -> str:
    """Return what the time of a panel is called."""
    return sources.label((model.get("panel") or {}).get("time") or "year")


def family(label_: str, model: Entry, sources: Sources) -> str:
    """Return the label of a family with the unit and the time of the model's own panel."""
    panel = model.get("panel")
    if not panel or tuple(panel["unit"]) == STATES or not panel["unit"]:
        return label_
    own = " and ".join(sources.label(name) for name in panel["unit"])
    return label_.replace(UNITS, own).replace("year effects", f"{panel['time']} effects")


def rows_of(model: Entry, sources: Sources) -> str:
    """Return which rows a model is fitted to: those of its sample, and of these its own."""
    own, sample = model["where"], model.get("sample_where")
    if not sample:
        return condition(own, sources)
    words = f"of the sample, {condition(sample, sources)}"
    return f"{words}; of these, {condition(own, sources)}" if own else words


def label(term: str, models: Iterable[Entry], sources: Sources) -> str:
    """Return what is printed for a term, as the models that have it name it."""
    return next(
        (model["labels"][term] for model in models if model["labels"].get(term)),
        sources.label(term),
    )


def term_label(term: str | None, sources: Sources, second: str | None = None) -> str:
    """Return what is printed for the term or contrast of a primary test; `second` is the term at
    whose values a contrast is taken.
    """
    if term is None:
        return "Not estimated"
    if is_contrast(term, sources):
        return contrast(term, sources.label(second) if second else OTHER)
    return " \N{MULTIPLICATION SIGN} ".join(sources.label(part) for part in term.split(":"))


def is_contrast(term: str | None, sources: Sources) -> bool:
    """Return whether a primary test's term is a contrast of probabilities."""
    return term in display_names.CONTRASTS and term not in sources.labels


def contrast(name: str, second: str) -> str:
    """Return a contrast in words; `second` is the label of the term at whose values the other one
    is raised.
    """
    return display_names.CONTRASTS.get(name, name.replace("_", " ").capitalize()).format(
        second=display_names.low(second)
    )


def corner_terms(points: Iterable[str]) -> tuple[str, str]:
    """Return the two terms of corners such as "abandonment=low, entrapment=high"; empty names where
    there are no corners.
    """
    for point in points:
        first, second = (part.split("=")[0] for part in point.split(", "))
        return first, second
    return "", ""


def heading(test: Entry, term: str | None, sources: Sources, *more: str) -> str:
    """Return the line above a hypothesis' rows: what is tested, on which scale, with which
    predicted sign, and what `more` says.

    Parameters
    ----------
    test : mapping
        hypothesis, title, scale and sign, as verdicts and inference.json have them.
    term : str, optional
        The term or contrast that is tested.
    """
    of = (
        "contrast of predicted probabilities"
        if is_contrast(term, sources)
        else term_label(term, sources)
    )
    about = "; ".join(
        (scale(test["scale"]), f"predicted sign: {display_names.direction(test['sign'])}", *more)
    )
    return f"{test['hypothesis']} {test['title']}: {of} ({about})"


def scale(name: str) -> str:
    """Return what the numbers of a primary test are, from the scale of its smallest effect."""
    return "difference of probabilities" if name == "probability" else name


def readable(message: str, model: Entry, sources: Sources) -> str:
    """Return a message of an estimator with labels in place of names."""
    return effect_label(
        display_names.with_labels(
            message, {model["outcome"]: model["outcome_label"], **model["labels"]}
        ),
        sources,
    )


def effect_label(text: str, sources: Sources) -> str:
    """Return a text in which indicators of fixed effects such as "operation[iraq]" are words."""
    return re.sub(
        r"\b(\w+)\[([^\]]+)\]",
        lambda match: f"{sources.label(match[1])}: {sources.operation(match[2])}",
        text,
    )


def reasons(text: str, names: set[str]) -> list[str]:
    """Return the variables that a reason such as "missing: A, B" names; labels may hold commas
    themselves.

    A reason that is not put together from known labels stays whole.
    """
    prefix, _, rest = text.partition("missing: ")
    if prefix or not rest:
        return [text]
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
    found = []
    while rest:
        match = re.match(rf"({pattern})(?:, |$)", rest) if pattern else None
        if match is None:
            return [text.removeprefix("missing: ")]
        found.append(match[1])
        rest = rest[match.end() :]
    return found


def short(reason: str, states: list[str], word: str | None = None) -> str:
    """Return a reason of a verdict without a long list of states, which stands elsewhere on its
    own.
    """
    return (
        reason.replace(", ".join(states), f"any one of {unit_words.plural(len(states), word)}")
        if len(states) > 3
        else reason
    )


def kinds(failures: Mapping[str, int]) -> str:
    """Return why specifications were not fitted, in words: how many of each kind."""
    return ", ".join(
        f"{number:,} {display_names.named(display_names.FAILURES, kind)}"
        for kind, number in sorted(failures.items())
    )


def joint(found: Entry) -> str:
    """Return the joint test of a curve in words."""
    test = found["joint_test"]
    if not test["specifications"]:
        return "No joint test: no specification has an estimate that could be permuted."
    of = dict(zip(test["statistics"], test["p_value"], strict=True))
    permuted = f"{test['permutations']:,} permutations of {unit_words.plurals(found.get('unit'))}"
    return (
        f"Joint permutation tests ({permuted}): {p_words(of['median_effect'])} for the median, "
        f"{p_words(of['share_of_predicted_sign'])} for the share with the predicted sign, "
        f"{p_words(of['share_significant'])} for the share significant."
    )
