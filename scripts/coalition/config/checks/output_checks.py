"""Tables and figures of a config, checked: what each kind needs, and the samples, models and terms
that it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from os.path import isfile
from typing import Any

from ...base.causal_graph import has_cycle
from ...base.errors import Problems, one_of
from ...data.file_formats import located
from ...formula.inference_methods import asked_of
from ..output_kinds import Kind
from ..settings import Config, models_named


def check_output(
    kind: Kind, output: Mapping[str, Any], config: Config, place: str, problems: Problems
) -> None:
    """Look for what a table or figure of its kind needs, and for everything that it names."""
    for key in kind.needs:
        if key not in output:
            problems.add(place, f"the kind {kind.name!r} needs the key {key!r}")
    if "sample" in output:
        one_of(output["sample"], config["samples"], f"{place}.sample", "sample", problems)
        _check_unit(kind, output, config, place, problems)
    _check_models(kind, output, config["models"], place, problems)
    terms = dict.fromkeys(
        term
        for model in models_named(output)
        for term in config["models"].get(model, {}).get("terms", [])
    )
    for term in output.get("terms", []):
        one_of(term, terms, f"{place}.terms", "term of these models", problems)
    _check_graph(output, place, problems)
    _check_options(output, terms, place, problems)
    _check_methods(output, config, place, problems)
    _check_panels(output, place, problems)
    for key in ("first", "second"):
        if key in output:
            one_of(
                output[key],
                [*config["measures"], *config["variables"]],
                f"{place}.{key}",
                "measure or variable",
                problems,
            )


def _check_models(
    kind: Kind,
    output: Mapping[str, Any],
    known: Mapping[str, Any],
    place: str,
    problems: Problems,
) -> None:
    """Look for the models of a table or figure, and for what it prints of each."""
    models = models_named(output)
    for model in models:
        one_of(model, known, f"{place}.models", "model", problems)
    for model in models if kind.name == "corners" else []:
        if "corners" not in known.get(model, {"corners": None}):
            problems.add(f"{place}.models", "the model has no corners", value=model)
    for model in models if "prediction" in output else []:
        predictions = known.get(model, {}).get("predictions", {})
        what, where = f"prediction of the model {model}", f"{place}.prediction"
        one_of(output["prediction"], predictions, where, what, problems)


def _printed(config: Config, kind: str) -> list[str]:
    """Return where tables and figures of a kind stand in the config."""
    return [
        f"{form}.{name}"
        for form in ("tables", "figures")
        for name, output in config[form].items()
        if output["kind"] == kind
    ]


def check_across(config: Config, problems: Problems) -> None:
    """Look for what the comparison of operations names, where a table or figure prints it."""
    place, block = "across_operations", config.get("across_operations")
    printed = _printed(config, place)
    if not printed:
        return
    if not block:
        problems.add(printed[0], f"the kind {place!r} needs the block {place!r}")
        return
    if block.get("config") and not isfile(located(block["config"])):
        problems.add(f"{place}.config", "the file does not exist", value=block["config"])
    if not block.get("config"):
        one_of(block["sample"], config["samples"], f"{place}.sample", "sample", problems)
    known = [*config["measures"], *config["variables"]]
    for name, question in block["questions"].items():
        here = f"{place}.questions.{name}"
        one_of(question["term"], question["terms"], f"{here}.term", "term of it", problems)
        for term in question["terms"]:
            one_of(term, known, f"{here}.terms", "measure or variable", problems)


def check_reasons(config: Config, problems: Problems) -> None:
    """Look for what the comparison of stated reasons names, where a table or figure prints it."""
    place, block = "stated_reasons", config.get("stated_reasons")
    printed = [
        f"{form}.{name}"
        for form in ("tables", "figures")
        for name, output in config[form].items()
        if output["kind"].startswith(place)
    ]
    if not printed:
        return
    if not block:
        problems.add(printed[0], f"it needs the block {place!r}")
        return
    one_of(block["sample"], config["samples"], f"{place}.sample", "sample", problems)
    for key in ("abandonment", "entrapment"):
        known = [*config["measures"], *config["variables"]]
        one_of(block[key], known, f"{place}.{key}", "measure or variable", problems)


def _check_graph(output: Mapping[str, Any], place: str, problems: Problems) -> None:
    """Look for nodes that a causal graph does not have, and for a cause of itself."""
    nodes, edges = output.get("nodes", {}), output.get("edges", [])
    for key, about in output.get("effects", {}).items():
        for name in [about["cause"], about["effect"], *about["adjusted"], *about.get("among", [])]:
            one_of(name, nodes, f"{place}.effects.{key}", "node of the graph", problems)
    for edge in edges:
        for name in edge:
            one_of(name, nodes, f"{place}.edges", "node of the graph", problems)
    if has_cycle(edges):
        problems.add(f"{place}.edges", "a node of the graph causes itself, by these arrows")


def _check_options(
    output: Mapping[str, Any], terms: Mapping[str, None], place: str, problems: Problems
) -> None:
    """Look for the terms that the options of a table name; columns of categories count as
    theirs.
    """
    options = output.get("options", {})
    if options and output["kind"] != "regression":
        problems.add(f"{place}.options", "only tables of the kind 'regression' have options")
    named = {key: options.get(key, []) for key in ("keep", "drop", "order", "rename")}
    named |= {f"groups.{head}": some for head, some in options.get("groups", {}).items()}
    for key, given in named.items():
        for term in given:
            if term.partition("[")[0] not in {*terms, "const"} and "[" not in term:
                known = [*terms, "const"]
                one_of(term, known, f"{place}.options.{key}", "term of these models", problems)
    _check_headings(options.get("groups", {}), f"{place}.options.groups", problems)


def _check_headings(groups: Mapping[str, list[str]], place: str, problems: Problems) -> None:
    """Look for terms under two headings, of which the table would print the first alone."""
    first: dict[str, str] = {}
    for head, terms in groups.items():
        for term in terms:
            if (other := first.setdefault(term, head)) != head:
                text = f"the term stands under the heading {other!r} already; leave it out of one"
                problems.add(f"{place}.{head}", text, value=term)


def _check_methods(
    output: Mapping[str, Any], config: Config, place: str, problems: Problems
) -> None:
    """Look whether the models name the methods of inference that a table prints."""
    asked = output.get("options", {}).get("methods", [])
    known = {name: asked_of(config["models"].get(name, {})) for name in output.get("models", [])}
    named = sorted({method for of in known.values() for method in of.methods})
    for method in asked:
        one_of(method, named, f"{place}.options.methods", "method of these models", problems)
    for name, of in known.items():
        if output["kind"] == "by_method" and name in config["models"] and not of.methods:
            problems.add(
                f"{place}.models",
                "the model names no methods of inference: `inference: [...]`",
                value=name,
            )


def _check_panels(output: Mapping[str, Any], place: str, problems: Problems) -> None:
    """Look whether panels hold the table's models, each once, and as many in each."""
    panels = output.get("panels")
    if not panels:
        return
    if output["kind"] != "regression":
        problems.add(f"{place}.panels", "only tables of the kind 'regression' have panels")
    models = [model for names in panels.values() for model in names]
    if models != output.get("models", []):
        problems.add(
            f"{place}.panels",
            "the panels do not hold the models of the table, in their order",
            value=", ".join(models),
            allowed=", ".join(output.get("models", [])),
        )
    sizes = {title: len(names) for title, names in panels.items()}
    if len(set(sizes.values())) > 1:
        found = ", ".join(f"{title} {size}" for title, size in sizes.items())
        problems.add(f"{place}.panels", "panels have different numbers of models", value=found)


def _check_unit(
    kind: Kind, output: Mapping[str, Any], config: Config, place: str, problems: Problems
) -> None:
    """Look for the sample's unit that a kind of figure can show; troops also need the rule by which
    they are counted.
    """
    sample = config["samples"].get(output["sample"])
    if not sample:
        return
    if kind.unit is not None and sample.get("unit") != kind.unit:
        fitting = [
            name for name, spec in config["samples"].items() if spec.get("unit") == kind.unit
        ]
        problems.add(
            f"{place}.sample",
            f"a figure of {kind.name} needs a sample of unit {kind.unit}",
            value=output["sample"],
            allowed=", ".join(fitting) or None,
        )
    elif kind.unit == "country_operation_year":
        for key in ("flags", "troops"):
            if key not in sample:
                problems.add(
                    f"samples.{output['sample']}",
                    f"the figure {place} needs the key {key!r} of its sample",
                )
