"""Tables and figures of a config, checked: what each kind needs, and the samples, models and terms
that it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...base.errors import Problems, one_of
from ..settings import Config

NEEDS: Mapping[str, tuple[str, ...]] = {
    "descriptives": ("sample",), "components": ("sample",), "regression": ("models",), "marginal_effects": ("models",),
    "coefficients": ("models",), "assumed_correlations": ("models", "terms"),
    "measures": ("sample", "first", "second"), "responses": ("sample",), "troops": ("sample",),
}  # fmt: skip


def check_output(output: Mapping[str, Any], config: Config, place: str, problems: Problems) -> None:
    """Look for what a table or figure of its kind needs, and for everything that it names."""
    for key in NEEDS.get(output["kind"], ()):
        if key not in output:
            problems.add(place, f"the kind {output['kind']!r} needs the key {key!r}")
    if "sample" in output:
        one_of(output["sample"], config["samples"], f"{place}.sample", "sample", problems)
        _check_unit(output, config, place, problems)
    models = [*output.get("models", []), *([output["model"]] if "model" in output else [])]
    for model in models:
        one_of(model, config["models"], f"{place}.models", "model", problems)
    terms = dict.fromkeys(
        term for model in models for term in config["models"].get(model, {}).get("terms", [])
    )
    for model in models if output["kind"] == "corners" else []:
        if "corners" not in config["models"].get(model, {"corners": None}):
            problems.add(f"{place}.models", "the model has no corners", value=model)
    for term in output.get("terms", []):
        one_of(term, terms, f"{place}.terms", "term of these models", problems)
    for key in ("first", "second"):
        if key in output:
            one_of(
                output[key],
                [*config["measures"], *config["variables"]],
                f"{place}.{key}",
                "measure or variable",
                problems,
            )


def _check_unit(output: Mapping[str, Any], config: Config, place: str, problems: Problems) -> None:
    """Look for the sample's unit that a kind of figure can show; troops also need the rule by which
    they are counted.
    """
    unit = {
        "responses": "country_operation",
        "measures": "country_operation",
        "troops": "country_operation_year",
    }.get(output["kind"])
    sample = config["samples"].get(output["sample"], {})
    if unit is not None and sample and sample.get("unit") != unit:
        fitting = [name for name, spec in config["samples"].items() if spec.get("unit") == unit]
        problems.add(
            f"{place}.sample",
            f"a figure of {output['kind']} needs a sample of unit {unit}",
            value=output["sample"],
            allowed=", ".join(fitting) or None,
        )
    elif unit == "country_operation_year" and sample:
        for key in ("flags", "troops"):
            if key not in sample:
                problems.add(
                    f"samples.{output['sample']}",
                    f"the figure {place} needs the key {key!r} of its sample",
                )
