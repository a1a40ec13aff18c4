"""Methods of inference that a model names, checked: what exists for its family and its sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.errors import Problems, one_of
from ...base.keys import LATITUDE, LONGITUDE, REGION, keys_of, lying_of
from ...base.yaml_text import setting
from ...formula.columns import clusters_of
from ...formula.inference_methods import METHODS, Asked, asked_of, existing
from ..settings import Config


def check_inference(
    model: Mapping[str, Any], config: Config, known: list[str], place: str, problems: Problems
) -> None:
    """Refuse methods that do not exist for a model, with the list of those that do.

    Parameters
    ----------
    known : list of str
        Columns of the model's sample, variables and measures among them.
    """
    asked = asked_of(model)
    if not asked.methods:
        return
    where = f"{place}.inference"
    _check_exists(model, asked, where, problems)
    for term in asked.terms:
        one_of(term, model["terms"], f"{where}.terms", "term of this model", problems)
    met = _met(model, config, known)
    own = "file" in config["samples"][model["sample"]]
    for method in (name for name in asked.methods if name in METHODS):
        for need in (need for need in METHODS[method].needs if not met[need]):
            problems.add(where, f"the method needs {_words(need, own)}", value=method)
    if asked.within is not None:
        one_of(asked.within, known, f"{where}.within", "column", problems)


def _check_exists(model: Mapping[str, Any], asked: Asked, where: str, problems: Problems) -> None:
    family = model["family"]
    for method in asked.methods:
        if method in METHODS and family not in METHODS[method].families:
            problems.add(
                where,
                f"this method does not exist for the family {family}",
                value=method,
                allowed=", ".join(existing(family)) or "none; leave `inference` out",
            )
    unknown = {
        "weights": bool(model.get("weights")),
        "clusters in two ways": len(clusters_of(model)) > 1,
        "an offset or exposure": "offset" in model or "exposure" in model,
    }
    for what in (words for words, given in unknown.items() if given):
        problems.add(where, f"the methods are not made for {what}", allowed="leave one of them out")


def _met(model: Mapping[str, Any], config: Config, known: list[str]) -> dict[str, bool]:
    """Return what methods need, and whether a model and its sample have it."""
    sample = config["samples"][model["sample"]]
    named = {name: name for name in (LATITUDE, LONGITUDE, REGION)}
    if "file" in sample:
        named = lying_of(keys_of(sample))
    there = {name for name, column in named.items() if column in known}
    return {
        "coordinates": {LATITUDE, LONGITUDE} <= there,
        "region": REGION in there,
        "cluster": bool(clusters_of(model)),
    }


def _words(need: str, own: bool) -> str:
    if need == "cluster":
        return "the model's `cluster`"
    if own:
        keys = ("unit", "latitude", "longitude") if need == "coordinates" else ("unit", "region")
        places = setting("places", {key: key.upper() for key in keys})
        return f"`{places}` of the sample, columns of the file"
    names = f"{LATITUDE} and {LONGITUDE}" if need == "coordinates" else REGION
    return f"the variables {names}"
