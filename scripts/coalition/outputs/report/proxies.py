"""What stands in for what cannot be observed: the measures that a hypothesis tests, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import display_names
from ..stored_results import Sources

MINUS = "\N{MINUS SIGN}"


def proxies(config: Mapping[str, Any], sources: Sources) -> list[str]:
    """Return a sentence for each measure that a hypothesis tests: what it is made of, and which
    way each part counts.
    """
    measures, models = config["measures"], config["models"]
    tested = [
        term
        for about in config["hypotheses"].values()
        for term in _terms(about["primary"], models[about["primary"]["model"]])
        if term in measures
    ]
    return [
        f"{measures[name]['label']} is not observed; what stands in for it is "
        f"{_listed(list(_parts(name, 1, measures, sources)))}."
        for name in dict.fromkeys(tested)
    ]


def _terms(primary: Mapping[str, Any], model: Mapping[str, Any]) -> list[str]:
    """Return the measures that a primary test is about; of contrasts, the model's corners."""
    if "term" in primary:
        return str(primary["term"]).split(":")
    corners = model.get("corners", {})
    return [corners[place] for place in ("first", "second") if place in corners]


def _parts(name: str, sign: int, measures: Mapping[str, Any], sources: Sources) -> Iterator[str]:
    """Give the variables of a measure, those of measures within it too, with their direction."""
    for part in measures[name]["components"]:
        direction = sign * part["sign"]
        if part["variable"] in measures:
            yield from _parts(part["variable"], direction, measures, sources)
        else:
            label = display_names.low(sources.label(part["variable"]))
            yield f"{label} ({'+' if direction > 0 else MINUS})"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
