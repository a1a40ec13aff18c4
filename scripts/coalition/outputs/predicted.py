"""What tables and figures of predictions say alike: what is predicted, of which levels, where."""

from __future__ import annotations

from typing import Any

from ..base.number_formats import fixed
from . import display_names, sentences
from .stored_results import Entry, Sources

WORDS = {
    "probability": "predicted probability",
    "count": "predicted count",
    "outcome": "predicted outcome",
}


def prediction_of(model: Entry, name: str) -> Entry | None:
    """Return a model's prediction, or None where the model has no numbers."""
    found: Entry | None = (model.get("predictions") or {}).get(name)
    return found if found and found["points"] else None


def why_not(model: Entry, name: str, sources: Sources) -> str:
    """Return why a model has no numbers of a prediction."""
    if model["status"] != "ok":
        reason = (model["failure"] or {"message": "the estimator gave no reason"})["message"]
        return f"not estimated, because {sentences.readable(reason, model, sources)}"
    about = (model.get("predictions") or {}).get(name)
    reason = about["message"] if about else "the model has no such prediction"
    return sentences.readable(reason, model, sources)


def quantity(about: Entry, model: Entry, sources: Sources) -> str:
    """Return what the numbers are: "predicted probability", or an effect on it."""
    words = WORDS[about["scale"]]
    if about["effect_of"]:
        return f"effect of {term(about['effect_of'], model, sources)} on the {words}"
    return words


def term(name: str, model: Entry, sources: Sources) -> str:
    """Return what is printed for the term that moves; of a factor its variable alone."""
    if name.startswith("factor("):
        return sources.label(name.removeprefix("factor(").rstrip(")").partition(",")[0].strip())
    return sentences.label(name, [model], sources)


def place(about: Entry, at: Any, sources: Sources) -> str:
    """Return one value of the term that moves, or the name of a group."""
    if about["groups"] == "operation":
        return sources.operation(at)
    return at if isinstance(at, str) else fixed_short(at)


def fixed_short(value: float) -> str:
    """Return a number as an axis would print it: three significant digits."""
    if value == int(value) and abs(value) < 1e6:
        return fixed(value, 0)
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")


def level(name: str | None, model: Entry) -> str:
    """Return what is printed for a level; nothing for the event of a binary outcome or a mean."""
    if name is None or len(model["levels"]) == 2:
        return ""
    plain = name.replace(".", "", 1).replace("-", "", 1).isdigit()
    return f"{model['outcome_label']} {name}" if plain else display_names.level(name)


def event(model: Entry) -> str:
    """Return, for a sentence, of what the probability is."""
    levels = model["levels"]
    if len(levels) != 2:
        return f" of each level of {model['outcome_label']}" if levels else ""
    named = display_names.level(levels[1]).lower()
    return f" that {model['outcome_label']} is {named}"


def caution(about: Entry, model: Entry, sources: Sources) -> str:
    """Return a sentence where a range reaches beyond the rows of the model."""
    seen = about["observed"]
    if not seen:
        return ""
    low, high = about["points"][0]["at"], about["points"][-1]["at"]
    if low >= seen["low"] and high <= seen["high"]:
        return ""
    return (
        f"The range reaches beyond the rows, in which {term(about['over'], model, sources)} runs "
        f"from {fixed_short(seen['low'])} to {fixed_short(seen['high'])}: there the curve is the "
        "model's form, not the data."
    )
