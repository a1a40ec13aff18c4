"""Models whose outcome is what coders say of caveats, and what the coding is conditioned on for
each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..formula.columns import outcome_of
from ..formula.outcomes import CROSS_SECTION

Config = Mapping[str, Any]
CODED = ("caveat_level", "any_caveat", "substantive_caveat", "response")
"""Outcomes that rest on what coders say."""
OF_LEVEL = ("caveat_level", "substantive_caveat", "response")
"""Those that follow from the level: whether there is any caveat is said by statements on rules."""
LEADING = "primary tests"
"""Name of the plausible values that are given the terms of the primary tests alone."""
AND = " + "


def measured_sample(config: Config) -> str | None:
    """Return the sample whose statements are measured: that of the first primary test of a coded
    outcome. None where there is no such test, no statement, or no block `measurement`.
    """
    if not config.get("measurement"):
        return None
    for spec in config["hypotheses"].values():
        name = config["models"][spec["primary"]["model"]]["sample"]
        if is_coded(config, spec["primary"]["model"]) and operations(config, name):
            return str(name)
    return None


def is_coded(config: Config, model: str) -> bool:
    """Tell whether a model's outcome is one that a sample of the project makes of levels."""
    entry = config["models"][model]
    sample = config["samples"][entry["sample"]]
    made_here = "file" not in sample and sample["unit"] == CROSS_SECTION
    return made_here and outcome_of(entry).variable in OF_LEVEL


def operations(config: Config, sample: str) -> list[str]:
    """Return the operations of a sample of which statements are coded."""
    names = config["samples"][sample].get("operations", [])
    return [name for name in names if "caveats" in config["operations"][name]["files"]]


def names(config: Config) -> list[str]:
    """Return the models of coded outcomes on the measured sample."""
    sample = measured_sample(config)
    return [
        name
        for name, model in config["models"].items()
        if model["sample"] == sample and is_coded(config, name)
    ]


def leading_terms(config: Config) -> list[str]:
    """Return the terms of the primary tests of coded outcomes, each once."""
    sample = measured_sample(config)
    tested = [spec["primary"]["model"] for spec in config["hypotheses"].values()]
    terms = [
        text
        for name in tested
        if config["models"][name]["sample"] == sample and is_coded(config, name)
        for text in _terms(config["models"][name])
    ]
    return list(dict.fromkeys(terms))


def given(config: Config, model: str) -> str:
    """Return the name of the plausible values that suit a model: LEADING, and its terms beyond
    those of the primary tests.
    """
    known = leading_terms(config)
    more = [text for text in _terms(config["models"][model]) if text not in known]
    return AND.join([LEADING, *more])


def terms_given(config: Config, name: str) -> list[str]:
    """Return the terms that plausible values of a name are given."""
    return [*leading_terms(config), *name.split(AND)[1:]]


def _terms(model: Mapping[str, Any]) -> list[str]:
    """Return the terms of a model, and its fixed effects but those of operations, which every
    measurement has.
    """
    effects = [f"factor({name})" for name in model.get("fixed_effects", []) if name != "operation"]
    return [*model["terms"], *effects]
